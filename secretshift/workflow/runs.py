"""Look at what earlier runs did."""

from __future__ import annotations

from dataclasses import dataclass

from secretshift.execution.journaling import ChangeRecord
from secretshift.execution.plain_again import PlainAgain, plain_again
from secretshift.execution.run import Failure
from secretshift.model.codec import from_data
from secretshift.model.journeys import Consent
from secretshift.model.plans import Plan
from secretshift.state.records import Entry, RunRecord

from .failures import kept_failures
from .services import Services


@dataclass(frozen=True, slots=True)
class RunDetail:
    """stopped: it says running but no process works on it any more; in_plain: variables that got
    their plaintext back, and since when; failures: of its last attempt, undo included; keeps: it
    began with the consent to switch, and not to remove any plaintext."""

    record: RunRecord
    plan: Plan
    changes: tuple[ChangeRecord, ...]
    entries: tuple[Entry, ...]
    stopped: bool
    in_plain: tuple[PlainAgain, ...] = ()
    failures: tuple[Failure, ...] = ()
    keeps: bool = False


def runs(services: Services) -> tuple[RunRecord, ...]:
    """Every run of this workspace, newest first."""
    return services.journal().runs()


def show(services: Services, run: str) -> RunDetail:
    """Everything of one run. Raises UsageProblem if there is none of that id."""
    journal = services.journal()
    record = journal.run(run)
    changes = journal.changes(record.id)
    return RunDetail(
        record=record,
        plan=from_data(Plan, journal.plan(record.id), "the journaled plan"),
        changes=changes,
        entries=journal.entries(record.id),
        stopped=record.status == "running" and not journal.busy(record.id),
        in_plain=plain_again(changes),
        failures=kept_failures(journal, record.id),
        keeps=journal.request(record.id).get("consent") != int(Consent.REMOVE_PLAINTEXT),
    )
