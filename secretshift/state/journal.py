"""The durable record of every run: written before and after every change, never rewritten.

A process can be killed at any point: whatever a method wrote before it returned is there when
the workspace is opened again. Importing this module loads no database library.
"""

from __future__ import annotations

import contextlib
import difflib
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from ..model.errors import Refused, UsageProblem
from .plain_json import check_name, check_text, from_json, to_json
from .records import CHANGE_STATES, END_STATES, RUNNING, ChangeRecord, Entry, RunRecord, fold
from .workspace import Workspace, locked, system_errors

if TYPE_CHECKING:
    from .database import Database, Row

__all__ = ["ChangeRecord", "Entry", "Journal", "RunRecord"]

MAX_CHANGE_BYTES: Final = 256 * 1024
MAX_PLAN_BYTES: Final = 64 * 1024 * 1024
_RUN_ID: Final = re.compile(r"r-[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")


def _now() -> datetime:
    return datetime.now(UTC)


class Journal:
    """The journal of one workspace; one object serves all threads of a process.

    Every method raises Damaged, Unavailable or Refused where the database cannot be used, and
    UsageProblem for a run that is not there.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        url: str = "",
        clock: Callable[[], datetime] = _now,
        opened: Database | None = None,
    ) -> None:
        """url: another database than the workspace's own, as SQLAlchemy writes it; opened: the
        one to use, already open."""
        from . import database

        self._sql = database
        self._workspace = workspace
        self._clock = clock
        self._db = opened or database.open_database(workspace, url)

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_about: object) -> None:
        self.close()

    # Runs

    def begin(
        self,
        kind: str,
        plan: Mapping[str, object],
        request: Mapping[str, object],
        *,
        label: str = "",
    ) -> str:
        """Open a run and return its id: ``r-<date>-<time>-<4 hex>``, in UTC, sortable."""
        plan_text = to_json(plan, max_bytes=MAX_PLAN_BYTES, where="plan")
        request_text = to_json(request, max_bytes=MAX_PLAN_BYTES, where="request")
        running = to_json({"status": RUNNING}, max_bytes=MAX_CHANGE_BYTES, where="status")
        while True:
            now = self._clock()
            run = f"r-{now.astimezone(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
            row = {
                "id": run,
                "kind": check_name(kind, "kind"),
                "label": _printable(check_text(label, "label")),
                "started": _stamp(now),
            }
            try:
                self._db.insert(
                    self._sql.runs.insert().values(row),
                    self._fact(run, "plan", "", plan_text, now),
                    self._fact(run, "request", "", request_text, now),
                    self._fact(run, "status", "", running, now),
                )
            except self._sql.Taken:
                continue
            return run

    def runs(self) -> tuple[RunRecord, ...]:
        """Every run, newest first."""
        sql = self._sql
        import sqlalchemy as sa

        found, statuses, counts = self._db.select(
            sa.select(sql.runs).order_by(sql.runs.c.seq.desc()),
            sa.select(sql.facts).where(sql.facts.c.kind == "status").order_by(sql.facts.c.seq),
            sa.select(
                sql.entries.c.run, sa.func.count(sql.entries.c.key.distinct()).label("changes")
            ).group_by(sql.entries.c.run),
        )
        newest = {row["run"]: row for row in statuses}
        changes = {row["run"]: int(row["changes"]) for row in counts}
        return tuple(_run(row, newest.get(row["id"]), changes.get(row["id"], 0)) for row in found)

    def run(self, id_or_prefix: str) -> RunRecord:
        """The run of this id, of the ids that begin so the only one, or with "last" the newest.

        Raises UsageProblem if there is none (and names the nearest) or more than one.
        """
        known = self.runs()
        if id_or_prefix == "last" and known:
            return known[0]
        exact = [record for record in known if record.id == id_or_prefix]
        fitting = exact or [r for r in known if id_or_prefix and r.id.startswith(id_or_prefix)]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise UsageProblem(
                f"{len(fitting)} runs begin with {_printable(id_or_prefix)}",
                hint="Say more of the id: " + ", ".join(r.id for r in fitting[:5]),
                code="ambiguous-run",
            )
        if not known:
            raise UsageProblem("This workspace has no runs", code="unknown-run")
        near = difflib.get_close_matches(id_or_prefix, [r.id for r in known], n=1)
        raise UsageProblem(
            f"There is no run {_printable(id_or_prefix)}",
            hint=f"Did you mean {near[0]}?" if near else f"The newest is {known[0].id}",
            code="unknown-run",
        )

    def plan(self, run: str) -> Mapping[str, object]:
        """The run's plan as it was begun or last updated."""
        return self._newest_fact(run, "plan")

    def request(self, run: str) -> Mapping[str, object]:
        """What the run was asked for."""
        return self._newest_fact(run, "request")

    def update_plan(self, run: str, plan: Mapping[str, object]) -> None:
        """Append a newer plan; the earlier one stays in the log."""
        self._append(run, "plan", "", to_json(plan, max_bytes=MAX_PLAN_BYTES, where="plan"))

    def note(self, run: str, key: str, data: Mapping[str, object]) -> None:
        """Append a small fact of the run under a name."""
        check_name(key, "note")
        self._append(run, "note", key, to_json(data, max_bytes=MAX_CHANGE_BYTES, where=key))

    def notes(self, run: str) -> Mapping[str, Mapping[str, object]]:
        """The newest fact of each name, in order of first appearance."""
        return {
            row["key"]: from_json(row["data"], where=run) for row in self._facts_of(run, "note")
        }

    def end(self, run: str, status: str) -> None:
        """Say how the run ended: done, incomplete, undone, partly-undone or interrupted."""
        if status not in END_STATES:
            raise ValueError(f"a run does not end as {status}")
        self._status(run, status)

    def reopen(self, run: str) -> None:
        """Say that a run that had ended (or died) is being worked on again."""
        self._status(run, RUNNING)

    @contextlib.contextmanager
    def hold(self, run: str) -> Iterator[None]:
        """Be the only one, of all processes of this machine, to work on the run.

        The system lets go when the process dies, however it dies. Raises Refused
        (``run-busy``) while somebody else holds it.
        """
        if not _RUN_ID.fullmatch(run):
            raise UsageProblem(f"There is no run {_printable(run)}", code="unknown-run")
        folder = self._workspace.path / "locks"
        with contextlib.ExitStack() as stack:
            try:
                with system_errors(folder):
                    folder.mkdir(mode=0o700, exist_ok=True)
                    stack.enter_context(locked(folder / f"{run}.lock", wait=False))
            except BlockingIOError:
                raise Refused(
                    f"Another process is working on run {run}",
                    resource=run,
                    hint="Wait until it is done, or stop it",
                    code="run-busy",
                ) from None
            yield

    def busy(self, run: str) -> bool:
        """Whether somebody holds the run now; a run that is ``running`` and not busy has died."""
        try:
            with self.hold(run):
                return False
        except Refused:
            return True

    # Changes

    def write(
        self,
        run: str,
        key: str,
        *,
        type: str,  # noqa: A002  the word of the product
        target: str,
        state: str,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
        error: str = "",
    ) -> None:
        """Append what became of a change, in one transaction that is on disk when this returns.

        key: names the change within its run; before, after: None keeps what was given earlier;
        error: a code or a sentence of ours, never the text of another exception.
        Raises TypeError for a SecretValue, bytes or anything that is not plain JSON, ValueError
        for an unknown state, Refused over 256 KiB.
        """
        if state not in CHANGE_STATES:
            raise ValueError(f"a change has no state {state}")
        where = f"change {check_name(key, 'key')}"
        data: dict[str, object] = {
            "target": check_text(target, where),
            "error": check_text(error, where),
        }
        if before is not None:
            data["before"] = before
        if after is not None:
            data["after"] = after
        row = {
            "run": check_name(run, "run"),
            "key": key,
            "type": check_name(type, where),
            "state": state,
            "data": to_json(data, max_bytes=MAX_CHANGE_BYTES, where=where),
            "time": _stamp(self._clock()),
        }
        try:
            self._db.insert(self._sql.entries.insert().values(row))
        except self._sql.NoSuchRun:
            raise self._unknown(run) from None

    def entries(self, run: str) -> tuple[Entry, ...]:
        """The raw log of a run, oldest first."""
        table = self._sql.entries
        (rows,) = self._db.select(table.select().where(table.c.run == run).order_by(table.c.seq))
        if not rows:
            self._newest_fact(run, "status")
        return tuple(_entry(row) for row in rows)

    def changes(self, run: str) -> tuple[ChangeRecord, ...]:
        """The newest state of each change of a run, in order of first appearance."""
        return fold(self.entries(run))

    def all_changes(
        self,
        *,
        type: str | None = None,  # noqa: A002  the word of the product
    ) -> tuple[ChangeRecord, ...]:
        """The newest state of each change of every run, oldest run first."""
        table = self._sql.entries
        query = table.select().order_by(table.c.seq)
        if type is not None:
            query = query.where(table.c.type == type)
        (rows,) = self._db.select(query)
        return fold(_entry(row) for row in rows)

    # Inside

    def _fact(self, run: str, kind: str, key: str, data: str, now: datetime) -> Any:
        row = {"run": run, "kind": kind, "key": key, "data": data, "time": _stamp(now)}
        return self._sql.facts.insert().values(row)

    def _append(self, run: str, kind: str, key: str, data: str) -> None:
        try:
            self._db.insert(self._fact(run, kind, key, data, self._clock()))
        except self._sql.NoSuchRun:
            raise self._unknown(run) from None

    def _status(self, run: str, status: str) -> None:
        text = to_json({"status": status}, max_bytes=MAX_CHANGE_BYTES, where="status")
        self._append(run, "status", "", text)

    def _facts_of(self, run: str, kind: str) -> list[Row]:
        table = self._sql.facts
        query = table.select().where(table.c.run == run, table.c.kind == kind)
        (rows,) = self._db.select(query.order_by(table.c.seq))
        return rows

    def _newest_fact(self, run: str, kind: str) -> dict[str, object]:
        rows = self._facts_of(run, kind)
        if not rows:
            raise self._unknown(run)
        return from_json(rows[-1]["data"], where=run)

    def _unknown(self, run: str) -> UsageProblem:
        return UsageProblem(f"There is no run {_printable(run)}", code="unknown-run")


def _stamp(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text)[:200]


def _run(row: Row, status: Row | None, changes: int) -> RunRecord:
    said = from_json(status["data"], where=row["id"]) if status is not None else {}
    word = str(said.get("status", RUNNING))
    ended = None
    if status is not None and word != RUNNING:
        ended = datetime.fromisoformat(status["time"])
    return RunRecord(
        id=row["id"],
        kind=row["kind"],
        started=datetime.fromisoformat(row["started"]),
        ended=ended,
        status=word,
        changes=changes,
        label=row["label"],
    )


def _entry(row: Row) -> Entry:
    data = from_json(row["data"], where=row["run"])
    before, after = data.get("before"), data.get("after")
    return Entry(
        run=row["run"],
        key=row["key"],
        type=row["type"],
        target=str(data.get("target", "")),
        state=row["state"],
        before=before if isinstance(before, dict) else None,
        after=after if isinstance(after, dict) else None,
        error=str(data.get("error", "")),
        seq=int(row["seq"]),
        time=datetime.fromisoformat(row["time"]),
    )
