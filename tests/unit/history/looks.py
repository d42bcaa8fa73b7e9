"""A search of a history, told in short."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from secretshift.detection import Detector
from secretshift.history.repository import History
from secretshift.model.findings import HistoryLocation, SourceError
from secretshift.model.journeys import CancelToken


def value() -> str:
    return "sk_" + "live_" + secrets.token_hex(12)


def setting(held: str) -> bytes:
    return f"STRIPE_SECRET_KEY={held}\n".encode()


@dataclass
class Search:
    """places: by value; errors: codes; gaps: what was not searched."""

    places: dict[str, list[HistoryLocation]] = field(default_factory=dict)
    errors: list[SourceError] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()

    @property
    def codes(self) -> list[str]:
        return sorted(error.code for error in self.errors)

    def paths(self, held: str) -> list[str]:
        return sorted(at.path for at in self.places.get(held, []))


def search(folder: Path, detector: Detector, *, count: int = 1, **more: bool) -> Search:
    history = History(folder, detector, count=count, **more)
    found = Search()
    for item in history.findings(lambda _done, _total: None, CancelToken()):
        if isinstance(item, SourceError):
            found.errors.append(item)
        else:
            verdict, location = item
            found.places.setdefault(verdict.secret.reveal(), []).append(location)
    found.counts = dict(history.counts)
    found.gaps = history.not_searched
    return found
