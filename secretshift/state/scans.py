"""Scans that were made, without values: the newest one is what the next command goes by."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from ..model.errors import Damaged
from .decisions import stamp
from .plain_json import check_name, from_json, to_json

if TYPE_CHECKING:
    from .database import Database

MAX_SCAN_BYTES: Final = 64 * 1024 * 1024


class Scans:
    """The scans of one workspace; one object serves all threads.

    Every method raises Damaged, Unavailable or Refused where the database cannot be used.
    """

    def __init__(self, database: Database) -> None:
        from . import database as sql

        self._table = sql.scans
        self._db = database

    def keep(self, data: Mapping[str, object], time: datetime) -> None:
        """Add a scan. One that says the same as an earlier one takes no more room than its time.

        Raises TypeError for anything but plain JSON (a SecretValue is none), Refused over 64 MiB.
        """
        text = to_json(data, max_bytes=MAX_SCAN_BYTES, where="scan")
        digest = hashlib.sha256(text.encode("ascii")).hexdigest()
        row = {
            "digest": digest,
            "data": "" if self._text(digest) is not None else text,
            "time": stamp(time),
        }
        self._db.insert(self._table.insert().values(row))

    def newest(
        self, items: Mapping[str, Callable[[object], object]] | None = None
    ) -> tuple[Mapping[str, object], datetime] | None:
        """The newest scan and when it was made, None if there is none.

        items: what each item of a list becomes as it is read, by the list's path.
        """
        found = self._newest()
        if found is None:
            return None
        digest, time = found
        text = self._text(digest)
        if text is None:
            raise Damaged("The last scan cannot be read", resource="scan", hint="Scan again")
        return from_json(text, where="scan", items=items), time

    def newest_time(self) -> datetime | None:
        found = self._newest()
        return None if found is None else found[1]

    def first_with(self, credential: str) -> datetime | None:
        """When a scan found this credential for the first time, None if none did."""
        import sqlalchemy as sa

        table = self._table
        named = table.c.data.contains(f'"{check_name(credential, "credential")}"', autoescape=True)
        query = sa.select(table.c.time).where(named).order_by(table.c.seq).limit(1)
        (rows,) = self._db.select(query)
        return datetime.fromisoformat(rows[0]["time"]) if rows else None

    def _newest(self) -> tuple[str, datetime] | None:
        import sqlalchemy as sa

        table = self._table
        query = sa.select(table.c.digest, table.c.time).order_by(table.c.seq.desc()).limit(1)
        (rows,) = self._db.select(query)
        if not rows:
            return None
        return str(rows[0]["digest"]), datetime.fromisoformat(rows[0]["time"])

    def _text(self, digest: str) -> str | None:
        import sqlalchemy as sa

        table = self._table
        query = sa.select(table.c.data).where(table.c.digest == digest, table.c.data != "")
        (rows,) = self._db.select(query.limit(1))
        return str(rows[0]["data"]) if rows else None
