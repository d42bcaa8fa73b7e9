"""What a scan gathers from one place or path."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from secretshift.model.errors import SecretshiftError
from secretshift.model.findings import (
    Finding,
    Location,
    SourceError,
    Spotted,
    Verdict,
)
from secretshift.model.functions import FunctionSnapshot, Place
from secretshift.model.identity import finding_of
from secretshift.model.journeys import Emit, Found, NotRead

from .services import Services

if TYPE_CHECKING:
    from secretshift.model.ports import Region

BATCH: Final = 25
SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class FoundFunction:
    """A function with what was found in it. Lives in memory: its snapshots hold values.

    held: findings of published versions and aliases.
    """

    region: Region
    snapshot: FunctionSnapshot
    versions: tuple[FunctionSnapshot, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] | None = None
    findings: tuple[Finding, ...] = ()
    held: tuple[Finding, ...] = ()


class Notebook:
    """What a scan gathers; one for each unit, merged at the end. Says what it found in batches."""

    def __init__(self, services: Services, emit: Emit) -> None:
        self._services = services
        self._emit = emit
        self._told = 0
        self._last = float("-inf")
        self.findings: list[Finding] = []
        self.errors: list[SourceError] = []
        self.counts: dict[str, int] = {}
        self.functions: list[FoundFunction] = []
        self.unlisted: list[Place] = []

    def tell(self, *, all_of_it: bool = False) -> None:
        """Say what was found since, unless that is little and the last time was just now."""
        new = len(self.findings) - self._told
        now = time.monotonic()
        if not new or not (all_of_it or new >= BATCH or now - self._last >= SECONDS):
            return
        self._emit(Found(tuple(self.findings[self._told :])))
        self._told, self._last = len(self.findings), now

    def spotted(self, one: Spotted) -> None:
        """Say it, and keep nothing of it: it comes once more when it is traced."""
        self._emit(Found((self.finding(one.verdict, one.location),), traced=False))

    def count(self, name: str, number: int = 1) -> None:
        if number:
            self.counts[name] = self.counts.get(name, 0) + number

    def failed(self, source: str, error: SecretshiftError) -> None:
        self.unread(SourceError(error.code, source, str(error), error.hint))

    def unread(self, error: SourceError) -> None:
        """Keep it for the report, and say it at once. The same is not kept twice."""
        if error not in self.errors:
            self.errors.append(error)
            self._emit(NotRead(error))

    def finding(self, verdict: Verdict, location: Location) -> Finding:
        return finding_of(verdict, location, self._services.fingerprint(verdict.secret))
