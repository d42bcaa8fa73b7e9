"""What became of each function of a run, from the journal and the journaled plan. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from secretshift.changes.create_secret import CreateSecret
from secretshift.changes.grant_read import GrantRead
from secretshift.changes.grant_role import GrantRole
from secretshift.changes.probe_function import ProbeFunction
from secretshift.changes.prove_match import ProveMatch
from secretshift.changes.publish_layer import PublishLayer
from secretshift.changes.swap_reference import adding, removing, writes
from secretshift.model.plans import FunctionPlan, Plan
from secretshift.model.proofs import FunctionProof, Proved

from .journaling import Change, ChangeRecord
from .proofs import proof_of

BOTH: Final = "the plaintext is still there beside the reference"
ALONE: Final = "the plaintext is still there, and no reference: there is no room for both"


class Record(ChangeRecord, Protocol):
    """The same with what went wrong last, and when."""

    @property
    def error(self) -> str: ...
    @property
    def updated(self) -> datetime: ...


class Line(Protocol):
    """One line of the log."""

    @property
    def key(self) -> str: ...
    @property
    def error(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Told:
    """What the journal tells of a run. failures: of its last attempt, by what failed; undone: an
    undo has begun."""

    records: Mapping[str, Record]
    log: Sequence[Line] = ()
    failures: Mapping[str, str] = field(default_factory=dict)
    undone: bool = False


def outcomes(plan: Plan, told: Told) -> tuple[FunctionProof, ...]:
    """Every function of the plan, then what was left out of it."""
    found = [
        _blocked(function) if function.blocked else _Function(plan, function, told).proof()
        for function in plan.functions
    ]
    return (*found, *_left_out(plan))


def whole_role(function: FunctionPlan, records: Mapping[str, Record]) -> bool:
    """Whether this run let the whole role of the function read its secrets, and still does."""
    record = records.get(GrantRole(function).key)
    return record is not None and record.state in ("done", "kept")


def _blocked(function: FunctionPlan) -> FunctionProof:
    why = "; ".join(note.text for note in function.blockers)
    text = f"blocked, so nothing was written and it has its plaintext: {why}"
    return FunctionProof(str(function.function), Proved.LEFT_OUT, text)


def _left_out(plan: Plan) -> Iterator[FunctionProof]:
    for name in plan.left_out:
        what = "this variable was" if " " in name else "it was"
        text = f"{what} left out of the plan, so it stays in plain"
        yield FunctionProof(name, Proved.LEFT_OUT, text)


class _Function:
    """One function that the run was to change."""

    def __init__(self, plan: Plan, function: FunctionPlan, told: Told) -> None:
        self._function = function
        self._told = told
        self._records = told.records
        own = (
            GrantRead(function),
            ProbeFunction(function),
            GrantRole(function),
            ProveMatch(function),
            *writes(function),
            ProveMatch(function, wanted="resolved"),
        )
        self._keys = [change.key for change in own]
        used = dict.fromkeys(variable.secret for variable in function.variables)
        self._shared: list[Change] = [CreateSecret(plan.secret(key)) for key in used]
        if function.way == "layer":
            self._shared.append(PublishLayer(function.function.place))

    def proof(self) -> FunctionProof:
        state, sentence = self._judged()
        own = [self._records[key] for key in self._keys if key in self._records]
        holds = state in (Proved.MOVED, Proved.KEPT, Proved.FAILED)
        return FunctionProof(
            function=str(self._function.function),
            state=state,
            sentence=sentence,
            time=max((record.updated for record in own), default=None),
            versions_holding=self._function.versions if holds else (),
        )

    def _judged(self) -> tuple[Proved, str]:
        function = self._function
        last = self._done(ProveMatch(function, wanted="resolved").key)
        if last is not None:
            proved = proof_of(last.type, last.before, last.after)
            wide = "; its whole role may read them" if whole_role(function, self._records) else ""
            return Proved.MOVED, f"plaintext gone from $LATEST; {proved}{wide}"
        references = self._records.get(adding(function).key)
        if references is not None and references.state == "undone":
            return self._taken_back()
        if self._told.undone and not any(self._open(key) for key in self._keys):
            return Proved.UNDONE, "nothing of this run is left on it; its plaintext never went"
        failed = self._failed()
        if failed:
            return Proved.FAILED, failed
        probe = self._done(ProbeFunction(function).key)
        if function.at_once and references is None and probe is not None:
            proved = proof_of(probe.type, probe.before, probe.after)
            return Proved.KEPT, f"{ALONE}; {proved}"
        if references is None or references.state != "done":
            return (
                Proved.FAILED,
                "the run did not get to it: it has its plaintext, and nothing else",
            )
        if function.way != "layer":
            return Proved.KEPT, f"{BOTH} until its code reads the secret"
        removal = self._records.get(removing(function).key)
        if removal is not None:
            return Proved.FAILED, "stopped before the last proof: the run has to be resumed"
        proof = self._done(ProveMatch(function).key) or probe
        if proof is None:
            return Proved.KEPT, BOTH
        return Proved.KEPT, f"{BOTH}; {proof_of(proof.type, proof.before, proof.after)}"

    def _taken_back(self) -> tuple[Proved, str]:
        removed = removing(self._function).key in self._records
        back = "its plaintext is back and was read back" if removed else "its plaintext never went"
        grant = self._records.get(GrantRead(self._function).key)
        if grant is not None and grant.state == "kept":
            back += "; its grant stays, since something still reads the secret"
        if self._told.undone:
            return Proved.UNDONE, f"the references are gone; {back}"
        error = self._last_error()
        at_once = self._function.at_once
        why = "nothing proved it after the one write" if at_once else "the last proof failed"
        return Proved.FAILED, f"{why}, so {back}{f' ({error})' if error else ''}"

    def _failed(self) -> str:
        """What went wrong, "" if nothing did."""
        said = self._told.failures.get(str(self._function.function), "")
        if said:
            return f"{said}; {self._standing()}"
        for change in self._shared:
            said = self._told.failures.get(change.target, "")
            record = self._records.get(change.key)
            if said or (record is not None and record.state == "failed"):
                return f"{said or 'its secret or layer could not be made'}; {self._standing()}"
        halted = [r for r in self._passed() if r.state in ("failed", "started", "undoing")]
        if not halted:
            return ""
        last = max(halted, key=lambda record: record.updated)
        what = last.error if last.state == "failed" else f"stopped in the middle of {last.type}"
        return f"{what or 'it failed'}; {self._standing()}"

    def _passed(self) -> Iterator[Record]:
        """What bears on the end. A twin that failed does not where the run went on without it."""
        references = self._done(adding(self._function).key)
        for key in self._keys:
            record = self._records.get(key)
            if record is None:
                continue
            later = references is not None and references.updated > record.updated
            if record.type != "probe" or not later:
                yield record

    def _standing(self) -> str:
        removal = self._records.get(removing(self._function).key)
        if removal is not None and removal.state != "undone":
            return "resume or undo the run"
        return "it has its plaintext"

    def _last_error(self) -> str:
        lines = [line.error for line in self._told.log if line.key in self._keys and line.error]
        return lines[-1] if lines else ""

    def _done(self, key: str) -> Record | None:
        record = self._records.get(key)
        return record if record is not None and record.state == "done" else None

    def _open(self, key: str) -> bool:
        record = self._records.get(key)
        return record is not None and record.state not in ("undone", "skipped", "kept")
