"""What was decided about credentials, and whose value was shown. Rows are only ever added.

Importing this module loads no database library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from ..model.decisions import Choice, Decision, Reveal
from ..model.errors import Damaged
from ..model.findings import CredentialId
from ..model.secret_value import Fingerprint
from .plain_json import check_name, check_text, from_json, to_json

if TYPE_CHECKING:
    from .database import Database, Row

MAX_BYTES: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One line of the log. choice: None where the decision was taken back.

    batch: lines that were decided together; undoes: a batch that counts no more since this line.
    """

    batch: str
    credential: CredentialId
    fingerprint: Fingerprint
    choice: Choice | None
    reason: str
    until: str
    who: str
    time: datetime
    undoes: str = ""


def counting(lines: Iterable[DecisionLine]) -> tuple[DecisionLine, ...]:
    """The lines that no later one undid, oldest first."""
    all_of_them = tuple(lines)
    undone = {line.undoes for line in all_of_them if line.undoes}
    return tuple(line for line in all_of_them if not line.undoes and line.batch not in undone)


def standing(lines: Iterable[DecisionLine]) -> Mapping[CredentialId, Decision]:
    """The newest decision on each credential, without those that were taken back."""
    found: dict[CredentialId, Decision] = {}
    for line in counting(lines):
        found.pop(line.credential, None)
        if line.choice is not None:
            found[line.credential] = Decision(
                credential=line.credential,
                fingerprint=line.fingerprint,
                choice=line.choice,
                reason=line.reason,
                until=line.until,
                who=line.who,
                time=line.time,
            )
    return found


class Decisions:
    """The log of decisions of one workspace; one object serves all threads.

    Every method raises Damaged, Unavailable or Refused where the database cannot be used.
    """

    def __init__(self, database: Database) -> None:
        from . import database as sql

        self._table = sql.decisions
        self._db = database

    def append(self, lines: Sequence[DecisionLine]) -> None:
        """Add lines in one transaction, on disk when this returns.

        Raises TypeError for a SecretValue or anything else that is no plain text.
        """
        rows = [self._row(line) for line in lines]
        self._db.insert(*(self._table.insert().values(row) for row in rows))

    def lines(self) -> tuple[DecisionLine, ...]:
        """Every line, oldest first."""
        (rows,) = self._db.select(self._table.select().order_by(self._table.c.seq))
        return tuple(_line(row) for row in rows)

    def _row(self, line: DecisionLine) -> dict[str, Any]:
        where = f"decision on {check_name(line.credential, 'credential')}"
        data = {"reason": line.reason, "until": line.until, "who": line.who}
        for text in data.values():
            check_text(text, where)
        return {
            "batch": check_name(line.batch, where),
            "credential": line.credential,
            "fingerprint": check_name(line.fingerprint, where),
            "choice": "" if line.choice is None else line.choice.value,
            "undoes": check_text(line.undoes, where),
            "data": to_json(data, max_bytes=MAX_BYTES, where=where),
            "time": stamp(line.time),
        }


class Reveals:
    """The log of values that were shown: of whom, where, to whom, when; never what."""

    def __init__(self, database: Database) -> None:
        from . import database as sql

        self._table = sql.reveals
        self._db = database

    def append(self, reveal: Reveal, fingerprint: Fingerprint) -> None:
        """On disk when this returns."""
        where = f"reveal of {check_name(reveal.credential, 'credential')}"
        data = {"place": check_text(reveal.place, where), "who": check_text(reveal.who, where)}
        row = {
            "credential": reveal.credential,
            "fingerprint": check_name(fingerprint, where),
            "data": to_json(data, max_bytes=MAX_BYTES, where=where),
            "time": stamp(reveal.time),
        }
        self._db.insert(self._table.insert().values(row))

    def of(self, credential: CredentialId) -> tuple[Reveal, ...]:
        """Oldest first."""
        table = self._table
        query = table.select().where(table.c.credential == credential).order_by(table.c.seq)
        (rows,) = self._db.select(query)
        found = []
        for row in rows:
            data = from_json(row["data"], where=row["credential"])
            found.append(
                Reveal(
                    credential=CredentialId(row["credential"]),
                    place=str(data.get("place", "")),
                    who=str(data.get("who", "")),
                    time=datetime.fromisoformat(row["time"]),
                )
            )
        return tuple(found)


def stamp(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def _line(row: Row) -> DecisionLine:
    data = from_json(row["data"], where=row["credential"])
    word = row["choice"]
    if word and word not in [choice.value for choice in Choice]:
        raise Damaged(
            "A decision of the workspace cannot be read",
            resource=row["credential"],
            hint="Put a backup of the workspace back, or decide again in another --workspace",
        )
    return DecisionLine(
        batch=row["batch"],
        credential=CredentialId(row["credential"]),
        fingerprint=Fingerprint(row["fingerprint"]),
        choice=Choice(word) if word else None,
        reason=str(data.get("reason", "")),
        until=str(data.get("until", "")),
        who=str(data.get("who", "")),
        time=datetime.fromisoformat(row["time"]),
        undoes=row["undoes"],
    )
