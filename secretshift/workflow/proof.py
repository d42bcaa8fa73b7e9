"""What a run proved, and what is left for a person, from the journal and the journaled plan."""

from __future__ import annotations

from dataclasses import replace

from secretshift.execution.outcomes import Told, outcomes
from secretshift.model.codec import from_data
from secretshift.model.errors import UsageProblem
from secretshift.model.plans import Plan
from secretshift.model.proofs import FunctionProof, ProofResult, Proved, Todo
from secretshift.state.records import fold

from .failures import kept_failures
from .migrate import UNDO_NOTE
from .services import Journal, Services
from .todos import todos

__all__ = ["FunctionProof", "ProofResult", "Proved", "Todo", "proof", "tick"]

TICK = "todo:"
"""Begins the name of the note that a person's tick is kept under."""


def proof(services: Services, run: str) -> ProofResult:
    """run: an id, the beginning of one, or "last". Looks at no cloud. Raises UsageProblem if there
    is no such run."""
    journal = services.journal()
    record = journal.run(run)
    plan = from_data(Plan, journal.plan(record.id), "the journaled plan")
    notes = journal.notes(record.id)
    failures = kept_failures(journal, record.id)
    log = journal.entries(record.id)
    records = {change.key: change for change in fold(log)}
    told = Told(
        records=records,
        log=log,
        failures={failure.target: failure.what for failure in failures},
        undone=UNDO_NOTE in notes,
    )
    functions = outcomes(plan, told)
    left = todos(
        record.id, plan, functions, records, failures, services.catalogue, undone=told.undone
    )
    ticked = {key.removeprefix(TICK) for key, note in notes.items() if _ticked(key, note)}
    return ProofResult(
        run=record.id,
        status=record.status,
        functions=functions,
        todo=tuple(replace(todo, done=todo.id in ticked) for todo in left),
        not_searched=plan.gaps,
    )


def tick(services: Services, run: str, todo: str, *, done: bool = True) -> ProofResult:
    """Note that a person did it, or did not; what holds then. Raises UsageProblem for a thing that
    is not on the run's list."""
    journal = services.journal()
    known = proof(services, run)
    if all(item.id != todo for item in known.todo):
        raise UsageProblem(
            "There is no such thing on the list of this run",
            resource=todo,
            hint=f"secretshift proof {known.run} lists them",
        )
    _note(journal, known.run, todo, services, done=done)
    return proof(services, known.run)


def _note(journal: Journal, run: str, todo: str, services: Services, *, done: bool) -> None:
    said = {"done": done, "who": services.who(), "time": services.now().isoformat()}
    journal.note(run, f"{TICK}{todo}", said)


def _ticked(key: str, note: object) -> bool:
    return key.startswith(TICK) and isinstance(note, dict) and note.get("done") is True
