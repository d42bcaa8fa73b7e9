"""Decide about credentials, take it back, and say what stands."""

from __future__ import annotations

import difflib
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Final

from secretshift.model.decisions import Choice, Decision
from secretshift.model.errors import UsageProblem
from secretshift.model.findings import CredentialId
from secretshift.model.secret_value import Fingerprint, SecretValue
from secretshift.state.decisions import DecisionLine, counting, standing

from .remembered import last_scan
from .services import Services

MAX_REASON: Final = 500
_APART: Final = re.compile(r"[\s\"'`,;()\[\]{}<>]+")


@dataclass(frozen=True, slots=True)
class DecideRequest:
    """credentials: ids, or beginnings of ids; choice: None takes the decision back;
    until: last day of an acceptance, as an ISO date."""

    credentials: tuple[CredentialId, ...]
    choice: Choice | None
    reason: str = ""
    until: str = ""


def decide(services: Services, request: DecideRequest) -> tuple[Decision, ...]:
    """Write one batch of decisions and return them; for a take-back, those that stood until now.

    Raises UsageProblem for a credential that is known neither from the last scan nor from an
    earlier decision, and for a request that contradicts itself; nothing is written then.
    """
    lines = services.decisions().lines()
    known = _known(services, lines)
    _check(services, request, known)
    chosen = tuple(dict.fromkeys(_resolved(text, known) for text in request.credentials))
    earlier = standing(lines)
    if request.choice is None:
        chosen = tuple(credential for credential in chosen if credential in earlier)
    now = services.now()
    who, batch = services.who(), _batch(services)
    made = [
        Decision(
            credential=credential,
            fingerprint=known[credential],
            choice=request.choice or earlier[credential].choice,
            reason=request.reason.strip(),
            until=request.until,
            who=who,
            time=now,
        )
        for credential in chosen
    ]
    if made:
        services.decisions().append([_line(batch, one, request.choice) for one in made])
    if request.choice is None:
        return tuple(earlier[credential] for credential in chosen)
    return tuple(made)


def decisions(services: Services) -> Mapping[CredentialId, Decision]:
    """The newest decision on each credential, without those that were taken back. An acceptance
    that ran out is still there: ``in_force`` tells."""
    return standing(services.decisions().lines())


def in_force(services: Services) -> Mapping[CredentialId, Decision]:
    """Those of ``decisions`` that hold today."""
    today = today_of(services)
    return {key: one for key, one in decisions(services).items() if one.in_force(today)}


def leaving_out(services: Services) -> Mapping[CredentialId, Decision]:
    """Those in force that leave a credential where it is."""
    return {key: one for key, one in in_force(services).items() if one.leaves_out}


def today_of(services: Services) -> date:
    """Where the person is: an acceptance ends with their day."""
    return services.now().astimezone().date()


def take_back_last(services: Services) -> tuple[CredentialId, ...]:
    """Undo the last ``decide`` as a whole, and say of which credentials; () if there is none.

    What stood before it stands again. Called again, it goes one batch further back.
    """
    log = services.decisions()
    left = counting(log.lines())
    if not left:
        return ()
    last = left[-1].batch
    lines = [line for line in left if line.batch == last]
    now, who, batch = services.now(), services.who(), _batch(services)
    log.append(
        [
            DecisionLine(
                batch, line.credential, line.fingerprint, None, "", "", who, now, undoes=last
            )
            for line in lines
        ]
    )
    return tuple(line.credential for line in lines)


def _line(batch: str, decision: Decision, choice: Choice | None) -> DecisionLine:
    return DecisionLine(
        batch=batch,
        credential=decision.credential,
        fingerprint=decision.fingerprint,
        choice=choice,
        reason=decision.reason,
        until=decision.until,
        who=decision.who,
        time=decision.time,
    )


def _batch(services: Services) -> str:
    now = services.now().astimezone(UTC)
    return f"d-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"


def _known(services: Services, lines: Sequence[DecisionLine]) -> Mapping[CredentialId, Fingerprint]:
    known = {line.credential: line.fingerprint for line in lines}
    last = last_scan(services)
    if last is not None:
        known |= {finding.credential: finding.fingerprint for finding in last.report.findings}
    return known


def resolve(services: Services, text: str) -> CredentialId:
    """The credential of this id, or the only one whose id begins so. Raises UsageProblem."""
    return _resolved(text, _known(services, services.decisions().lines()))


def _resolved(text: str, known: Iterable[CredentialId]) -> CredentialId:
    ids = list(known)
    if text in ids:
        return CredentialId(text)
    fitting = [one for one in ids if len(text) > 2 and one.startswith(text)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UsageProblem(
            f"{len(fitting)} credentials begin with {text[:40]!r}",
            hint="Say more of the id: " + ", ".join(fitting[:5]),
            code="ambiguous-credential",
        )
    near = difflib.get_close_matches(text[:40], ids, n=1)
    raise UsageProblem(
        f"No credential {text[:40]!r} is known in this workspace",
        hint=f"Did you mean {near[0]}?" if near else "Find the credentials first: secretshift scan",
        code="unknown-credential",
    )


def _check(
    services: Services, request: DecideRequest, known: Mapping[CredentialId, Fingerprint]
) -> None:
    if not request.credentials:
        raise UsageProblem("No credential is named")
    if request.choice not in (None, Choice.MOVE) and not request.reason.strip():
        raise UsageProblem(
            "A decision that leaves plaintext where it is needs a reason",
            hint="Say why, so that the next person knows: --reason TEXT",
            code="no-reason",
        )
    if len(request.reason) > MAX_REASON:
        raise UsageProblem(
            f"The reason is too long: {len(request.reason)} of {MAX_REASON} characters"
        )
    _check_until(services, request)
    _check_no_value(services, request.reason, frozenset(known.values()))


def _check_until(services: Services, request: DecideRequest) -> None:
    if not request.until:
        return
    if request.choice is not Choice.ACCEPTED:
        raise UsageProblem("Only an acceptance ends on a day", hint="Leave --until out")
    try:
        day = date.fromisoformat(request.until)
    except ValueError:
        raise UsageProblem(
            "The last day of the acceptance is no date",
            resource=request.until[:40],
            hint="Write it as in 2026-12-31",
        ) from None
    if day.isoformat() != request.until:
        raise UsageProblem(
            "The last day of the acceptance is not written in full",
            resource=request.until[:40],
            hint=f"Write {day.isoformat()}",
        )
    if day < today_of(services):
        raise UsageProblem("That day is over already", resource=request.until)


def _check_no_value(services: Services, reason: str, known: frozenset[Fingerprint]) -> None:
    """A reason is kept and printed. The value itself, pasted into it, would be, too."""
    pieces = {reason.strip(), *_APART.split(reason)}
    pieces |= {part for piece in tuple(pieces) for part in re.split(r"[=:]", piece)}
    pieces |= {piece.rstrip(".,!?") for piece in tuple(pieces)}
    if any(piece and services.fingerprint(SecretValue(piece)) in known for piece in pieces):
        raise UsageProblem(
            "The reason holds the value of a credential",
            hint="Say it in other words; it was not kept, but it may be in your shell's history",
            code="value-in-reason",
        )
