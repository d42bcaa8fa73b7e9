"""What happened to one credential, as far as this workspace knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from secretshift.changes.swap_reference import REMOVALS, removing
from secretshift.model.codec import from_data
from secretshift.model.findings import CredentialId
from secretshift.model.plans import Plan

from .services import Services


class MomentKind(StrEnum):
    FOUND = "found"
    DECIDED = "decided"
    TAKEN_BACK = "taken back"
    SHOWN = "shown"
    MOVED = "moved"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Moment:
    """time: UTC; text: what happened, without a value; who: "" where no person did it."""

    time: datetime
    kind: MomentKind
    text: str
    who: str = ""


def moments(services: Services, credential: CredentialId) -> tuple[Moment, ...]:
    """Newest first: scans, decisions, reveals, and the runs that moved it or put it back."""
    found = [
        *_first_scan(services, credential),
        *_decisions(services, credential),
        *_reveals(services, credential),
        *_moves(services, credential),
    ]
    return tuple(sorted(found, key=lambda moment: moment.time, reverse=True))


def _first_scan(services: Services, credential: CredentialId) -> Iterator[Moment]:
    time = services.scans().first_with(credential)
    if time is not None:
        yield Moment(time, MomentKind.FOUND, "found by a scan of this workspace for the first time")


def _decisions(services: Services, credential: CredentialId) -> Iterator[Moment]:
    for line in services.decisions().lines():
        if line.credential != credential:
            continue
        if line.choice is None:
            what = "the decision before was taken back"
            yield Moment(line.time, MomentKind.TAKEN_BACK, what, line.who)
            continue
        until = f" until {line.until}" if line.until else ""
        reason = f": {line.reason}" if line.reason else ""
        text = f"{line.choice.value}{until}{reason}"
        yield Moment(line.time, MomentKind.DECIDED, text, line.who)


def _reveals(services: Services, credential: CredentialId) -> Iterator[Moment]:
    for reveal in services.reveals().of(credential):
        text = f"the value was shown, read from {reveal.place}"
        yield Moment(reveal.time, MomentKind.SHOWN, text, reveal.who)


def _moves(services: Services, credential: CredentialId) -> Iterator[Moment]:
    journal = services.journal()
    plans: dict[str, Plan] = {}
    removals = (record for type_ in REMOVALS for record in journal.all_changes(type=type_))
    for record in removals:
        if record.state not in ("done", "undone"):
            continue
        if record.run not in plans:
            plans[record.run] = from_data(Plan, dict(journal.plan(record.run)), "a journaled plan")
        for function in plans[record.run].functions:
            if record.key != removing(function).key:
                continue
            for variable in function.variables:
                if credential not in variable.credentials:
                    continue
                where = f"{variable.name} of {function.function.name}"
                secret = plans[record.run].secret(variable.secret).name
                if record.state == "done":
                    text = f"{where} reads it from {secret} now (run {record.run})"
                    yield Moment(record.updated, MomentKind.MOVED, text)
                else:
                    text = f"{where} has it in plain again (run {record.run})"
                    yield Moment(record.updated, MomentKind.UNDONE, text)
