"""IAM behind the port `AccessControl`, for one account.

Source: GetRolePolicy, PutRolePolicy, DeleteRolePolicy, ListRolePolicies in the IAM API reference,
"IAM and AWS STS quotas" (inline policies of a role: 10,240 characters without white space).
IAM has no conditional write, so that writes on one role wait for each other here, and what we did
not write is neither replaced nor deleted.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from secretshift.model.errors import AlreadyThere, Moved, NotFound, Refused
from secretshift.model.ports import Answer, Audience, Caller, Question

from .audience import read_audience
from .clocks import Clock, SystemClock
from .connections import RegionClients
from .errors import aws_errors
from .key_policy import Principal
from .key_rights import KeyRights
from .limits import ROLE_POLICY_LIMIT, check_policy_document, policy_size
from .policy import parse_grant_document
from .simulation import Ruling, Simulation, principal_of

_PAUSES = (0.2, 0.4, 0.8, 1.6, 3.2)


class AwsAccess:
    """caller: asked when it is needed, since finding out is a call of its own."""

    def __init__(
        self, clients: RegionClients, caller: Callable[[], Caller], clock: Clock | None = None
    ) -> None:
        self._clients = clients
        self._caller = caller
        self._clock: Clock = clock or SystemClock()
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def read_policy(self, role: str, name: str) -> str | None:
        return self._read(self._name(role), name)

    def write_policy(self, role: str, name: str, document: str) -> None:
        check_policy_document(document, name)
        role_name = self._name(role)
        with self._lock(role_name):
            present = self._read(role_name, name)
            if present is not None:
                if _canonical(present) == _canonical(document):
                    return
                self._check_ours(present, role, name)
            self._check_room(role, role_name, name, document)
            with aws_errors("writing the role's policy", f"{role} {name}"):
                self._clients.identities.put_role_policy(
                    RoleName=role_name, PolicyName=name, PolicyDocument=document
                )
            self._await(role_name, name, document)

    def delete_policy(self, role: str, name: str) -> None:
        role_name = self._name(role)
        with self._lock(role_name):
            present = self._read(role_name, name)
            if present is None:
                return
            self._check_ours(present, role, name)
            try:
                with aws_errors("deleting the role's policy", f"{role} {name}"):
                    self._clients.identities.delete_role_policy(RoleName=role_name, PolicyName=name)
            except NotFound:
                return

    def policy_room(self, role: str) -> int:
        return ROLE_POLICY_LIMIT - self._taken(role, self._name(role))

    def simulate(self, principal: str, questions: Sequence[Question]) -> tuple[Answer, ...]:
        self._check_account(principal)
        return Simulation(self._clients.identities, principal).ask(questions)

    def caller_may(self, questions: Sequence[Question]) -> tuple[Answer, ...]:
        caller = self._caller()
        principal = principal_of(self._clients.identities, caller.arn)
        if principal:
            rulings = Simulation(self._clients.identities, principal, lenient=True).rule(questions)
        else:
            rulings = tuple(Ruling(Answer(q, True, "the root user may all")) for q in questions)
        session = caller.arn if ":assumed-role/" in caller.arn else ""
        keys = KeyRights(self._clients, Principal(principal or caller.arn, session))
        return tuple(keys.answer(ruling) for ruling in rulings)

    def key_bars(self, role: str, key: str) -> str:
        self._check_account(role)
        return KeyRights(self._clients, Principal(role)).bars_reader(key)

    def audience(self) -> Audience:
        return read_audience(self._clients.identities)

    def _name(self, role: str) -> str:
        """A role is named by the last part of its ARN; what stands before it is its path."""
        self._check_account(role)
        if ":role/" not in role:
            raise Refused("This is not the ARN of a role", resource=role, code="not-a-role")
        return role.rsplit("/", 1)[-1]

    def _check_account(self, arn: str) -> None:
        caller = self._caller()
        if not arn.startswith(f"arn:{caller.partition}:iam::{caller.account}:"):
            raise Refused(
                f"The role does not belong to the account {caller.account}",
                resource=arn,
                hint="Use the profile of its account",
                code="other-account",
            )

    def _lock(self, role_name: str) -> threading.Lock:
        with self._guard:
            return self._locks[role_name]

    def _read(self, role_name: str, name: str) -> str | None:
        try:
            with aws_errors("reading the role's policy", f"{role_name} {name}"):
                answer = self._clients.identities.get_role_policy(
                    RoleName=role_name, PolicyName=name
                )
        except NotFound:
            return None
        return as_text(answer["PolicyDocument"])

    def _check_ours(self, present: str, role: str, name: str) -> None:
        if parse_grant_document(present) is None:
            raise AlreadyThere(
                "The role's policy of this name is not as secretshift writes it",
                resource=f"{role} {name}",
                hint="Rename or remove that policy by hand",
                code="not-ours",
            )

    def _check_room(self, role: str, role_name: str, name: str, document: str) -> None:
        size = policy_size(document) + self._taken(role, role_name, without=name)
        if size > ROLE_POLICY_LIMIT:
            raise Refused(
                f"The role's inline policies would take {size} characters "
                f"of at most {ROLE_POLICY_LIMIT}",
                resource=role,
                hint="Make managed policies of some of them",
                code="policies-too-large",
            )

    def _taken(self, role: str, role_name: str, without: str = "") -> int:
        """Characters of the role's inline policies, as the quota counts them."""
        with aws_errors("listing the role's policies", role):
            pages = self._clients.identities.get_paginator("list_role_policies").paginate(
                RoleName=role_name
            )
            names = [item for page in pages for item in page["PolicyNames"] if item != without]
        return sum(policy_size(self._read(role_name, name) or "") for name in names)

    def _await(self, role_name: str, name: str, document: str) -> None:
        """Read back until it is there, since IAM is eventually consistent."""
        for pause in (*_PAUSES, 0.0):
            present = self._read(role_name, name)
            if present is not None and _canonical(present) == _canonical(document):
                return
            if pause:
                self._clock.wait(pause)
        raise Moved(
            "The role's policy does not read as it was written",
            resource=f"{role_name} {name}",
            hint="Someone else may be changing this role: plan again",
        )


def as_text(document: Any) -> str:
    """A policy document as canonical JSON. The SDK decodes it to an object, stubs say string."""
    return document if isinstance(document, str) else _dumped(document)


def _canonical(document: str) -> str:
    return _dumped(json.loads(document))


def _dumped(body: Any) -> str:
    return json.dumps(body, sort_keys=True, separators=(",", ":"))
