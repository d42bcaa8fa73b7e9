"""What a search gives, as both ends of the pipe say it to each other."""

from __future__ import annotations

from dataclasses import asdict

from ...detection.apart.wire import Message, verdicts, verdicts_data
from ...model.findings import HistoryLocation, SourceError, Spotted, Verdict

Item = tuple[Verdict, HistoryLocation] | Spotted | SourceError


def item_data(item: Item) -> Message:
    """Under a word of its own for each sort of item. It may hold a value."""
    if isinstance(item, SourceError):
        return {"unread": asdict(item)}
    if isinstance(item, Spotted):
        return {"spotted": verdicts_data([item.verdict]), "at": asdict(item.location)}
    verdict, location = item
    return {"found": verdicts_data([verdict]), "at": asdict(location)}


def item_of(data: Message) -> Item | None:
    """None for what is no item."""
    if "unread" in data:
        return SourceError(**data["unread"])
    said = data.get("spotted") or data.get("found")
    if said is None:
        return None
    (verdict,) = verdicts(said)
    at = data["at"]
    location = HistoryLocation(**{**at, "refs": tuple(at["refs"])})
    return Spotted(verdict, location) if "spotted" in data else (verdict, location)
