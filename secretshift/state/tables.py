"""The tables of a workspace's database. Imported when the database is first needed."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

metadata: Final = sa.MetaData()
_sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

about = sa.Table(
    "about",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
runs = sa.Table(
    "runs",
    metadata,
    sa.Column("seq", _sequence, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(64), nullable=False, unique=True),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("started", sa.String(40), nullable=False),
)
facts = sa.Table(
    "facts",
    metadata,
    sa.Column("seq", _sequence, primary_key=True, autoincrement=True),
    sa.Column("run", sa.String(64), sa.ForeignKey("runs.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("time", sa.String(40), nullable=False),
)
"""kind: plan, request, status or note. data: a JSON object."""
entries = sa.Table(
    "entries",
    metadata,
    sa.Column("seq", _sequence, primary_key=True, autoincrement=True),
    sa.Column("run", sa.String(64), sa.ForeignKey("runs.id"), nullable=False, index=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("type", sa.String(64), nullable=False, index=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("time", sa.String(40), nullable=False),
)
"""data: a JSON object of target and error, and of before and after where they were given."""

# Since version 2

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("seq", _sequence, primary_key=True, autoincrement=True),
    sa.Column("batch", sa.String(64), nullable=False),
    sa.Column("credential", sa.String(64), nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("choice", sa.String(16), nullable=False),
    sa.Column("undoes", sa.String(64), nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("time", sa.String(40), nullable=False),
)
"""choice: "" where the decision was taken back; undoes: a batch that counts no more since then.
data: a JSON object of reason, until and who."""
reveals = sa.Table(
    "reveals",
    metadata,
    sa.Column("seq", _sequence, primary_key=True, autoincrement=True),
    sa.Column("credential", sa.String(64), nullable=False, index=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("time", sa.String(40), nullable=False),
)
"""data: a JSON object of place and who."""
scans = sa.Table(
    "scans",
    metadata,
    sa.Column("seq", _sequence, primary_key=True, autoincrement=True),
    sa.Column("digest", sa.String(64), nullable=False, index=True),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("time", sa.String(40), nullable=False),
)
"""data: a JSON object, or "" where an earlier row of this digest has it."""
