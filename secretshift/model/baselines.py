"""What was found before, kept in a file that may be committed: no value, and nothing to test a
guess against.

A workspace's fingerprints mean nothing on another machine, and a hash that meant something there
would let anybody try passwords against the file. So a finding is known by its place, its kind, the
name of its variable and one hexadecimal digit of its value (``identity.check_digit``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final, NamedTuple

from .findings import Finding
from .identity import name_of, place_of

FORMAT: Final = "secretshift-baseline"
SCHEMA: Final = 1


class Key(NamedTuple):
    """What a finding is known by. type: of its location."""

    type: str
    place: str
    kind: str
    name: str
    check: str


@dataclass(frozen=True, slots=True)
class Known:
    """Findings that are alike, and how many of them there are. place: a path from the folder in
    which the baseline lies, or ``aws:ACCOUNT:REGION:FUNCTION:QUALIFIER``."""

    type: str
    place: str
    kind: str
    name: str
    check: str
    count: int

    @property
    def key(self) -> Key:
        return Key(self.type, self.place, self.kind, self.name, self.check)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The file: known is in the order of its keys, which no two have in common."""

    format: str
    schema: int
    known: tuple[Known, ...] = ()


def key_of(finding: Finding, folder: PurePath) -> Key:
    """folder: in which the baseline lies, free of links, as the roots of findings are."""
    place = place_of(finding.location, folder)
    return Key(finding.location.type, place, finding.kind, name_of(finding), finding.check)


def baseline_of(counts: Mapping[Key, int]) -> Baseline:
    """Each key with how many findings it stands for; without those of none."""
    known = tuple(Known(*key, count=n) for key, n in sorted(counts.items()) if n > 0)
    return Baseline(FORMAT, SCHEMA, known)


def counts_of(baseline: Baseline) -> Counter[Key]:
    return Counter({one.key: one.count for one in baseline.known})


def new_ones(
    findings: Iterable[Finding], baseline: Baseline, key: Callable[[Finding], Key]
) -> tuple[Finding, ...]:
    """Those that the baseline does not know. Of more that are alike than it has, the last ones."""
    left = counts_of(baseline)
    new = []
    for finding in findings:
        name = key(finding)
        if left[name] > 0:
            left[name] -= 1
        else:
            new.append(finding)
    return tuple(new)


def renewed(
    old: Baseline,
    found: Counter[Key],
    looked_at: Callable[[Key], bool],
    *,
    add: bool = True,
) -> Baseline:
    """What was found, with what is in the old one and what this scan did not look at.

    add: whether what is new comes in; otherwise the baseline can only get smaller.
    """
    before = counts_of(old)
    after = {}
    for key in before.keys() | found.keys():
        there = found[key] if add else min(found[key], before[key])
        after[key] = there if looked_at(key) else max(there, before[key])
    return baseline_of(after)


def compared(old: Baseline, new: Baseline) -> tuple[int, int]:
    """How many findings came in, and how many went."""
    before, after = counts_of(old), counts_of(new)
    return (after - before).total(), (before - after).total()
