"""Files that were judged before and are the same since: what was found in them is known.

Kept are a keyed digest of each text and what may be kept of findings, never a value or a text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from secretshift.model.codec import from_data, to_data
from secretshift.model.errors import Damaged
from secretshift.model.findings import Finding
from secretshift.model.secret_value import Fingerprinter

from .services import Detector, ReadBefore, Services, SourceFile

MOST_FINDINGS: Final = 5000
"""Of a source with more the rest is judged each time: it would take memory twice."""


class KeptSearch(Protocol):
    @property
    def found(self) -> str: ...


class Shelf(Protocol):
    """By place and rules. What it cannot give, it has not."""

    def of(self, repository: str, rules: str, /) -> KeptSearch | None: ...
    def keep(self, repository: str, rules: str, refs: str, found: str, basis: str, /) -> None: ...


@dataclass(frozen=True, slots=True)
class KeptFiles:
    """detector, fingerprint: whose findings are kept; rules: a text that changes with whatever
    decides, "" where nothing may be kept; digest: of a text, under the key of the workspace; anew:
    judge everything, and keep that."""

    shelf: Shelf
    detector: Detector
    fingerprint: Fingerprinter
    rules: Callable[[], str]
    digest: Callable[[str], str]
    anew: bool = False

    def reading(self, services: Services, path: str) -> ReadBefore | None:
        """For one reading of a path. None for whoever judges by something else."""
        same = services.detector is self.detector and services.fingerprint is self.fingerprint
        rules = self.rules() if same else ""
        if not rules:
            return None
        place = f"files of {path}"
        before = None if self.anew else self.shelf.of(place, rules)
        return _Reading(self, place, rules, {} if before is None else _entries(before.found))


@dataclass(frozen=True, slots=True)
class _Entry:
    """Of one file: a digest of its text, and its findings as a JSON list. As text, which takes a
    fifth of the memory that the findings themselves take."""

    digest: str
    found: str


@dataclass(slots=True)
class _Reading:
    """before: by root and path what was kept."""

    kept: KeptFiles
    place: str
    rules: str
    before: Mapping[str, _Entry]
    now: dict[str, _Entry] = field(default_factory=dict)
    findings: int = 0
    changed: bool = False

    def known(self, file: SourceFile) -> tuple[Finding, ...] | None:
        name, digest = _name(file), self.kept.digest(file.text)
        entry = self.before.get(name)
        if entry is None or entry.digest != digest:
            return None
        try:
            found = tuple(from_data(Finding, data) for data in json.loads(entry.found))
        except (Damaged, ValueError, TypeError):
            # An older program had another form: judged anew.
            return None
        self._take(name, entry, len(found))
        return found

    def judged(self, file: SourceFile, found: tuple[Finding, ...]) -> None:
        self.changed = True
        texts = json.dumps([to_data(finding) for finding in found], separators=(",", ":"))
        self._take(_name(file), _Entry(self.kept.digest(file.text), texts), len(found))

    def _take(self, name: str, entry: _Entry, findings: int) -> None:
        self.findings += findings
        if self.findings <= MOST_FINDINGS:
            self.now[name] = entry

    def keep(self) -> None:
        """Once everything was read."""
        gone = self.before.keys() != self.now.keys()
        if self.changed or gone:
            text = "\n".join(
                f"{name}\t{entry.digest}\t{entry.found}" for name, entry in self.now.items()
            )
            self.kept.shelf.keep(self.place, self.rules, "", text, "")


def _name(file: SourceFile) -> str:
    return json.dumps([file.root, file.path])


def _entries(text: str) -> dict[str, _Entry]:
    """A file a line, its three parts between tabs, of which JSON has none."""
    found = {}
    for line in text.split("\n"):
        parts = line.split("\t")
        if len(parts) == 3:
            found[parts[0]] = _Entry(parts[1], parts[2])
    return found
