"""A grant that is given or taken away works after some time, and by turns until then.

AWS: "Changes that I make are not always immediately visible" (IAM User Guide,
troubleshoot_general): IAM is eventually consistent, and no time is given.

Believed: that policies are read and simulated as they are stored, and that the parts of the cloud
learn of a change within 5 to 15 seconds. At once here, though not on AWS: new roles, users and
access keys, trust policies, tags, and the policies of secrets and keys.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import iam

from secretshift.demo.extensions.patching import replace, replace_item
from secretshift.demo.spreading import Spreading
from secretshift.demo.strictness import Strictness

_ACTIONS = (
    *(
        action.format(kind)
        for kind in ("Role", "User")
        for action in (
            "Put{}Policy",
            "Delete{}Policy",
            "Attach{}Policy",
            "Detach{}Policy",
            "Put{}PermissionsBoundary",
            "Delete{}PermissionsBoundary",
        )
    ),
    *(f"{act}GroupPolicy" for act in ("Put", "Delete", "Attach", "Detach")),
    "AddUserToGroup",
    "RemoveUserFromGroup",
    "CreatePolicyVersion",
)


@dataclass(frozen=True, slots=True)
class _Who:
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True)
class _Rights:
    policies: Any
    boundary: Any


_Known = dict[str, Spreading[_Rights]]


def apply(strictness: Strictness) -> None:
    if not any(strictness.iam_seconds):
        return
    known: _Known = {}
    accounts = partial(_of_account, known, strictness)
    for action in _ACTIONS:
        replace_item(iam._IAM_HANDLERS, action, partial(_noting, accounts))
    replace(iam_evaluator, "resolve_principal", partial(_as_far_as_known, accounts))


def _of_account(known: _Known, strictness: Strictness, account: str) -> Spreading[_Rights]:
    made = Spreading[_Rights](strictness.iam_seconds, strictness.iam_seed, time.monotonic)
    return known.setdefault(account, made)


def _noting(accounts: Any, original: Any) -> Any:
    def handle(params: Any) -> Any:
        account = get_account_id()
        before = {who: _rights(who, account) for who in _touched(params)}
        answer = original(params)
        for who, rights in before.items():
            if rights != _rights(who, account):
                accounts(account).changed(str(who), rights)
        return answer

    return handle


def _as_far_as_known(accounts: Any, original: Any) -> Any:
    def resolve(access_key_id: str, account_id: str, credential: Any = None) -> Any:
        found = original(access_key_id, account_id, credential)
        who = _principal(found)
        if who is None:
            return found
        present = _rights(who, found.account)
        seen = accounts(found.account).seen(str(who), present)
        return dataclasses.replace(
            found,
            policies=seen.policies,
            limits=[*seen.boundary, *found.limits[len(present.boundary) :]],
        )

    return resolve


def _principal(found: Any) -> _Who | None:
    """None for root, for whoever was not recognised, and for a federated user."""
    if not isinstance(found, iam_evaluator.PrincipalInfo) or found.policies is None:
        return None
    if found.type == "User":
        return _Who("user", found.arn.rpartition("/")[2])
    if found.type == "AssumedRole":
        return _Who("role", iam_evaluator._role_name_from_assumed_arn(found.arn))
    return None


def _rights(who: _Who, account: str) -> _Rights:
    gather, store = {
        "role": (iam_evaluator._gather_role_policies, iam._roles),
        "user": (iam_evaluator._gather_user_policies, iam._users),
    }[who.kind]
    return _Rights(
        gather(who.name, account), iam_evaluator._permissions_boundary(store, who.name, account)
    )


def _touched(params: Any) -> Iterator[_Who]:
    """Whose rights a request may change."""
    role, user = iam._p(params, "RoleName"), iam._p(params, "UserName")
    group, policy = iam._p(params, "GroupName"), iam._p(params, "PolicyArn")
    if role:
        yield _Who("role", role)
    elif user:
        yield _Who("user", user)
    elif group:
        for name in (iam._groups.get(group) or {}).get("Users", []):
            yield _Who("user", name)
    elif policy:
        for kind, store in (("role", iam._roles), ("user", iam._users)):
            for name, stored in store.items():
                if policy in (*stored["AttachedPolicies"], stored.get("PermissionsBoundary")):
                    yield _Who(kind, name)
