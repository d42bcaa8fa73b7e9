"""kingfisher's validator: the one place from which a credential is sent to whoever gave it out.

The engine follows no redirect, takes the proxies of the environment (HTTPS_PROXY, NO_PROXY), and
connects to no internal address unless the settings name it. What it is given is the finding alone
with what belongs to it, so that nothing else of the same text is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from secretshift.builtin_rules import built_in
from secretshift.detection.engines.own_rules import OwnRules
from secretshift.model.errors import Interrupted, Unavailable, UsageProblem
from secretshift.model.verification import Outcome

from .endpoints import AWS_HOST, NO_RULE, Endpoint, endpoint_of, unknown_form

if TYPE_CHECKING:
    import kingfisher_sdk

SECONDS: Final = 10.0
"""For one request."""
SECONDS_IN_ALL: Final = 20.0
"""For one credential, with everything that its rule asks."""
MAX_ANSWER: Final = 256 * 1024
"""Bytes that are read of an answer."""

SEVERAL: Final = "more than one issuer could have given it out"
LACKS: Final = "what belongs to it does not stand beside it"
TEMPORARY: Final = "it is a temporary one, which works only with its session token"
ENTANGLED: Final = "a rule that it needs would ask somebody as well"
FORBIDDEN: Final = "it is not allowed to ask (403), which a working one may not be either"
"""A limit of requests, single sign-on, a list of addresses, missing rights, a suspended account."""

_REASONS: Final = {
    "deadline_exceeded": "no answer in time",
    "request_failed": "it could not be reached, or what came back was no answer",
    "response_mismatch": "no answer that says either",
    "invalid_configuration": "the rule's request could not be made",
}


@dataclass(frozen=True, slots=True)
class Ready:
    """What can be asked about one credential. Lives in memory only: it holds the value."""

    endpoint: Endpoint
    rule: str
    _findings: tuple[kingfisher_sdk.Finding, ...] = field(repr=False)

    @property
    def hosts(self) -> tuple[str, ...]:
        return self.endpoint.hosts


@dataclass(frozen=True, slots=True)
class Said:
    outcome: Outcome
    reason: str = ""


IsIt = Callable[[str], bool]
"""Whether a text is the value in question."""


class Issuers:
    """endpoints: base URLs in place of the issuers' own; rule_paths: rule files whose validation is
    trusted as well. Raises UsageProblem for endpoints that are none. Safe to use from several
    threads once ``ready`` has returned."""

    def __init__(self, endpoints: Mapping[str, str], rule_paths: Sequence[Path] = ()) -> None:
        if why := unknown_form(endpoints):
            raise UsageProblem(f"verify.endpoints {why}", code="verify-endpoints")
        self._endpoints = {name: url.rstrip("/") for name, url in endpoints.items()}
        self._rule_paths = tuple(rule_paths)
        self._sets: tuple[kingfisher_sdk.Scanner, ...] = ()
        self._stop = _token()

    def ready(self, text: str, is_it: IsIt, rules: frozenset[str]) -> Ready | str:
        """What would be asked about a value that stands in a text, or why nobody can be asked.

        rules: those that mean the kind of the credential; they win over others that match. Sends
        nothing. Raises Unavailable where the rules cannot be loaded.
        """
        found = [
            one
            for scanner in self._loaded()
            for one in _ways(scanner, text, is_it, self._endpoints)
        ]
        possible = [one for one in found if isinstance(one, Ready)]
        named = [one for one in possible if one.rule in rules]
        possible = named or possible
        if not possible:
            return next((one for one in found if one != NO_RULE), NO_RULE)
        if len({one.hosts for one in possible}) > 1:
            return SEVERAL
        return possible[0]

    def ask(self, ready: Ready) -> Said:
        """Send it, and wait. Raises Interrupted once ``stop`` was called."""
        import kingfisher_sdk

        if self._stop.is_cancelled:
            raise Interrupted("Stopped on request")
        validator = kingfisher_sdk.Validator(
            timeout=SECONDS,
            concurrency=1,
            retries=0,
            max_response_bytes=MAX_ANSWER,
            allow_internal_ips=ready.endpoint.internal,
            variables=dict(ready.endpoint.variables),
        )
        try:
            result = validator.validate(
                ready._findings, timeout=SECONDS_IN_ALL, cancellation=self._stop
            )[0]
        except TimeoutError:
            return Said(Outcome.UNKNOWN, _REASONS["deadline_exceeded"])
        except (RuntimeError, ValueError):
            if self._stop.is_cancelled:
                raise Interrupted("Stopped on request") from None
            return Said(Outcome.UNKNOWN, "it could not be asked")
        # STS says with a 403 too that it does not know a key, but in words, which the engine reads.
        forbids = result.http_status == HTTPStatus.FORBIDDEN and AWS_HOST not in ready.hosts
        if forbids and result.outcome != "verified_active":
            return Said(Outcome.UNKNOWN, FORBIDDEN)
        return _said(result.outcome, result.reason)

    def stop(self) -> None:
        """Break off whatever is under way, in any thread, for good."""
        self._stop.cancel()

    def _loaded(self) -> tuple[kingfisher_sdk.Scanner, ...]:
        if not self._sets:
            try:
                ours = built_in().scanner
            except (RuntimeError, ValueError, OSError):
                raise Unavailable(
                    "The detection rules could not be loaded", code="rules-unavailable"
                ) from None
            own = OwnRules(self._rule_paths).scanner()
            self._sets = (ours,) if own is None else (own, ours)
        return self._sets


def _token() -> kingfisher_sdk.CancellationToken:
    import kingfisher_sdk

    return kingfisher_sdk.CancellationToken()


def _said(outcome: str, reason: str | None) -> Said:
    match outcome:
        case "verified_active":
            return Said(Outcome.ACTIVE)
        case "verified_inactive":
            return Said(Outcome.REFUSED)
        case "skipped" | "not_attempted" | "assumed" | "locally_derived" | "invalid_material":
            return Said(Outcome.NOT_CHECKED, LACKS)
    return Said(Outcome.UNKNOWN, _REASONS.get(reason or "", "no answer that says either"))


def _ways(
    scanner: kingfisher_sdk.Scanner, text: str, is_it: IsIt, endpoints: Mapping[str, str]
) -> Iterator[Ready | str]:
    """Each rule of a set that could ask about the value, or why it cannot."""
    try:
        findings = scanner.scan(text.encode("utf-8", "replace"))
    except (RuntimeError, ValueError, TimeoutError):
        raise Unavailable(
            "The detection rules could not be run on a text", code="scan-failed"
        ) from None
    for finding, own in _that_hold(scanner, findings, is_it):
        detail = scanner.rules.detail(finding.rule_id)
        endpoint = endpoint_of(detail, endpoints)
        if endpoint.reason:
            yield endpoint.reason
            continue
        if AWS_HOST in endpoint.hosts and not finding.secret.startswith("AKIA"):
            yield TEMPORARY
            continue
        needed = _needed(scanner, detail)
        if any(scanner.rules.detail(rule).get("validation") for rule in needed):
            yield ENTANGLED
            continue
        beside = [
            one
            for one in findings
            if one.rule_id in needed and (own or one.visible or is_it(one.secret))
        ]
        yield _complete(Ready(endpoint, finding.rule_id, (finding, *beside)))


def _complete(ready: Ready) -> Ready | str:
    import kingfisher_sdk

    variables = dict(ready.endpoint.variables)
    problems = kingfisher_sdk.Validator(variables=variables).inspect(ready._findings)
    return LACKS if problems[0] else ready


def _that_hold(
    scanner: kingfisher_sdk.Scanner, findings: Sequence[kingfisher_sdk.Finding], is_it: IsIt
) -> Iterator[tuple[kingfisher_sdk.Finding, bool]]:
    """Findings of the value itself (True), and those that have it as their other half (False): an
    AWS secret key is asked about through the id beside it."""
    halves = set()
    for finding in findings:
        if not is_it(finding.secret):
            continue
        if finding.visible:
            yield finding, True
        else:
            halves.add(finding.rule_id)
    for finding in findings if halves else ():
        needed = _needed(scanner, scanner.rules.detail(finding.rule_id))
        if finding.visible and halves & needed and not is_it(finding.secret):
            yield finding, False


def _needed(scanner: kingfisher_sdk.Scanner, detail: Mapping[str, Any]) -> frozenset[str]:
    """Rules on which a rule depends, and those on which these do."""
    needed: set[str] = set()
    waiting = [detail]
    known = {rule["id"] for rule in scanner.rules.metadata()} if _rules_in(detail) else set()
    while waiting:
        for rule in _rules_in(waiting.pop()):
            if rule not in needed and rule in known:
                needed.add(rule)
                waiting.append(scanner.rules.detail(rule))
    return frozenset(needed)


def _rules_in(detail: Mapping[str, Any]) -> list[str]:
    return [str(row["rule_id"]) for row in detail.get("depends_on_rule") or () if row]
