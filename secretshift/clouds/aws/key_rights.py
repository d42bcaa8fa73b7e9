"""Rights on keys: what IAM's simulation says, joined with the policy of the key itself.

The simulation does not fetch the key's policy, and without it neither a yes nor a no is the last
word: a key may be given to somebody whom no IAM policy allows it, and a key that does not leave
the decision to IAM is closed to somebody whom IAM allows it. Grants of a key are not looked at.

Source: "Policy evaluation for requests within a single account" (IAM User Guide), GetKeyPolicy
(KMS API reference: within one account only, by the key's ARN).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from secretshift.model.errors import NotFound, Refused
from secretshift.model.ports import Answer, Question

from .connections import RegionClients
from .errors import aws_errors
from .key_policy import KeyRequest, KeyVerdict, Principal, Standing, judge
from .policy import DECRYPT, VIA, via_service
from .simulation import Ruling, global_context

_KEY = re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]+:([0-9]{12}):key/[A-Za-z0-9-]+")
_UNREADABLE = "the key's own policy could not be read (kms:GetKeyPolicy)"
_WHAT_TO_DO = "it may be allowed there, so allow that, or the action itself by an IAM policy"


@dataclass(frozen=True, slots=True)
class _Look:
    """text: the policy; None where it may not be read. gone: there is no such key."""

    text: str | None
    gone: bool = False


class KeyRights:
    """The rights of one principal on keys of its own account. Each key's policy is read once.

    Keys of other accounts stay as the simulation says: their policies cannot be read from here,
    and both accounts have to allow it.
    """

    def __init__(self, clients: RegionClients, principal: Principal) -> None:
        self._clients = clients
        self._principal = principal
        self._looks: dict[str, _Look] = {}

    def answer(self, ruling: Ruling) -> Answer:
        """Raises Unavailable and LoginExpired; a refusal to show the policy is no error."""
        question, answer = ruling.answer.question, ruling.answer
        if not self._concerns(question.action, question.resource):
            return answer
        if not answer.allowed and not ruling.implicit:
            return answer
        verdict = self._verdict(question)
        return _allowed(answer, verdict) if answer.allowed else _denied(ruling, verdict)

    def bars_reader(self, key: str) -> str:
        """Why no IAM policy lets the principal read secrets under this key, "" if one could.

        The secret and the function are left out of the question: a condition on them cannot be
        told before the secret is there.
        """
        if not self._concerns(DECRYPT, key):
            return ""
        parts = key.split(":")
        question = Question(DECRYPT, key, {VIA: via_service(parts[3], parts[1])})
        return _closed(self._verdict(question))

    def _concerns(self, action: str, resource: str) -> bool:
        key = _KEY.fullmatch(resource)
        own = key is not None and key.group(1) == self._principal.account
        return own and action.lower().startswith("kms:")

    def _verdict(self, question: Question) -> KeyVerdict | None:
        """None where the policy may not be read."""
        look = self._look(question.resource)
        if look.gone:
            return KeyVerdict(Standing.DENIED, "there is no such key")
        if look.text is None:
            return None
        context = _context(self._principal, question)
        request = KeyRequest(self._principal, question.action, question.resource, context)
        return judge(look.text, request)

    def _look(self, key: str) -> _Look:
        if key not in self._looks:
            self._looks[key] = self._read(key)
        return self._looks[key]

    def _read(self, key: str) -> _Look:
        client = self._clients.of_region(key.split(":")[3]).keys
        try:
            with aws_errors("reading the key's policy", key):
                return _Look(client.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
        except NotFound:
            return _Look(None, gone=True)
        except Refused:
            return _Look(None)


def _allowed(answer: Answer, verdict: KeyVerdict | None) -> Answer:
    """IAM allows it: is the key's policy such that this has an effect?"""
    if verdict is None:
        return Answer(answer.question, True, answer.why or _UNREADABLE)
    closed = _closed(verdict)
    if closed:
        return Answer(answer.question, False, closed)
    unsure = verdict.why if verdict.standing is Standing.UNKNOWN else ""
    return Answer(answer.question, True, answer.why or unsure)


def _closed(verdict: KeyVerdict | None) -> str:
    if verdict is None or verdict.standing not in (Standing.SILENT, Standing.DENIED):
        return ""
    return verdict.why


def _denied(ruling: Ruling, verdict: KeyVerdict | None) -> Answer:
    """No IAM policy allows it, and none denies it: does the key's policy alone allow it?

    Where a permissions boundary is in the way, only an allowance to the user or the session in
    person goes past it.
    """
    answer = ruling.answer
    if verdict is None:
        why = f"{answer.why}, and {_UNREADABLE}; {_WHAT_TO_DO}"
        return Answer(answer.question, False, why)
    if verdict.standing is Standing.ALLOWED and (verdict.in_person or not ruling.bounded):
        return Answer(answer.question, True, verdict.why)
    return Answer(answer.question, False, f"{answer.why}, and {verdict.why}")


def _context(principal: Principal, question: Question) -> Mapping[str, str]:
    """What is known of the request that will be made; `kms:CallerAccount` is always there."""
    return {
        **global_context(principal.arn, question.resource),
        "kms:CallerAccount": principal.account,
        **question.context,
    }
