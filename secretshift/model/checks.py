"""What doctor finds out, one fact at a time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CheckState(StrEnum):
    """unknown: it could not be told, which is never the same as ok."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One fact. id: stable, for machines; text: what is so; hint: what to do, "" if nothing;
    group: what it belongs to, such as ``machine`` or the name of an account."""

    id: str
    title: str
    state: CheckState
    text: str
    hint: str = ""
    group: str = "machine"
