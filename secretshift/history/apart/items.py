"""What a search gives, as both ends of the pipe say it to each other."""

from __future__ import annotations

from dataclasses import asdict

from ...detection.apart.wire import Message, verdicts, verdicts_data
from ...model.findings import HistoryLocation, SourceError, Verdict

Item = tuple[Verdict, HistoryLocation] | SourceError


def item_data(item: Item) -> Message:
    """Under a word of its own for each sort of item. It may hold a value."""
    if isinstance(item, SourceError):
        return {"unread": asdict(item)}
    verdict, location = item
    return {"found": verdicts_data([verdict]), "at": asdict(location)}


def item_of(data: Message) -> Item | None:
    """None for what is no item."""
    if "unread" in data:
        return SourceError(**data["unread"])
    if "found" not in data:
        return None
    (verdict,) = verdicts(data["found"])
    at = data["at"]
    return verdict, HistoryLocation(**{**at, "refs": tuple(at["refs"])})
