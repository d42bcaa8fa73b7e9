"""What is kept of a search, so that the next one can go on from it. Pure."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..model.codec import from_data, to_data
from ..model.findings import Finding, HistoryLocation, Verdict
from ..model.identity import finding_of
from ..model.secret_value import Fingerprint
from . import kept_order
from .commits import CommitLog
from .tips import Tips, digest_of_order
from .tracing import NOWHERE, refs_reaching, time_of

_NEVER: Final = -1
"""The place of no commit, which is older than any."""
Key = tuple[Fingerprint, str]
"""A value and a path: one finding."""


@dataclass(frozen=True, slots=True)
class Found:
    """Findings, all of a HistoryLocation; counts: as of a search."""

    findings: tuple[Finding, ...]
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a search went out from. tips: commits; order: a digest over all commits, in their
    order; there: by path of a finding the blob that HEAD had. All in hexadecimal digits. commits:
    that order itself, "" where it is not kept."""

    tips: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    order: str
    there: tuple[tuple[str, str], ...]
    commits: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """A version that holds a value, by its commit's place in the log."""

    commit: int
    blob: str
    verdict: Verdict
    line: int


def basis_of(tips: Tips, log: CommitLog, found: Found, head: Mapping[str, str]) -> Basis:
    """log: of all commits, in the order of ``order_of``."""
    paths = sorted({path_of(finding) for finding in found.findings})
    return Basis(
        tuple(sorted(commit.hex() for commit in tips.commits)),
        tuple((kind, name.hex()) for kind, name in tips.others),
        digest_of_order(log.names),
        tuple((path, head[path]) for path in paths if path in head),
        kept_order.text_of(log, tips.named),
    )


def new_commits(basis: Basis, log: CommitLog) -> list[int] | None:
    """Commits that the search did not reach, newest first. None where it reached others than are
    there now, or in another order: then what was newest and oldest may be so no more."""
    reached = {bytes.fromhex(tip) for tip in basis.tips}
    first = next((place for place, name in enumerate(log.names) if name in reached), len(log.names))
    if digest_of_order(log.names[first:]) == basis.order:
        # Most often all that is new comes first, and the rest is what it was.
        return list(range(first))
    old: list[bytes] = []
    new: list[int] = []
    for commit, name in enumerate(log.names):
        if name in reached:
            reached.update(log.parents_of(commit))
            old.append(name)
        else:
            new.append(commit)
    return new if digest_of_order(old) == basis.order else None


def merged(
    before: Iterable[Finding],
    holders: Mapping[Key, Sequence[Holder]],
    log: CommitLog,
    late: CommitLog,
    root: str,
) -> list[Finding]:
    """The findings with what new commits wrote: holders are versions of theirs, newest first;
    late: the new commits in git's words. in_head and refs are left as they were."""
    places = _places(log)
    words = {name: place for place, name in enumerate(late.names)}
    known = {key_of(finding): finding for finding in before}
    told = _Told(log, late, words)
    result = dict(known)
    for key, new in holders.items():
        old = known.get(key)
        result[key] = _with(old, key, new, places, told, root)
    never = len(log.names)

    def in_order(one: Finding) -> tuple[bytes, int, int, str]:
        """As a search of everything tells them."""
        at = location(one)
        last = places.get(bytes.fromhex(at.last_commit), never)
        return os.fsencode(at.path), last, at.line, at.blob

    return sorted(result.values(), key=in_order)


def _places(log: CommitLog) -> dict[bytes, int]:
    return {name: place for place, name in enumerate(log.names)}


@dataclass(frozen=True, slots=True)
class _Told:
    """What git says of new commits."""

    log: CommitLog
    late: CommitLog
    words: Mapping[bytes, int]

    def id(self, commit: int) -> str:
        return self.log.names[commit].hex()

    def time(self, commit: int) -> str:
        return time_of(self.late, self.words[self.log.names[commit]])

    def author(self, commit: int) -> str:
        author = self.late.author(self.words[self.log.names[commit]])
        return author.decode("utf-8", "replace")


def _with(
    old: Finding | None,
    key: Key,
    new: Sequence[Holder],
    places: Mapping[bytes, int],
    told: _Told,
    root: str,
) -> Finding:
    newest, oldest = new[0], new[-1]
    at = HistoryLocation(root, key[1], newest.line, newest.blob) if old is None else location(old)
    if old is None or _is_newer(newest.commit, at.last_commit, places):
        at = replace(
            at,
            line=newest.line,
            blob=newest.blob,
            last_commit=told.id(newest.commit),
            last_time=told.time(newest.commit),
        )
        made = finding_of(newest.verdict, at, key[0])
    else:
        made = old
    if old is None or (at.first_commit and places[bytes.fromhex(at.first_commit)] < oldest.commit):
        at = replace(
            at,
            first_commit=told.id(oldest.commit),
            first_time=told.time(oldest.commit),
            author=told.author(oldest.commit),
        )
    return replace(made, location=at)


def _is_newer(commit: int, than: str, places: Mapping[bytes, int]) -> bool:
    return not than or commit < places[bytes.fromhex(than)]


def with_refs(findings: Sequence[Finding], log: CommitLog, tips: Tips) -> list[Finding]:
    """The same, with the refs that reach their first commits now."""
    places = _places(log)
    firsts = [places.get(bytes.fromhex(location(one).first_commit), _NEVER) for one in findings]
    reached = refs_reaching(firsts, log, tips.refs)
    return [
        replace(one, location=reached.get(first, NOWHERE).on(location(one)))
        for one, first in zip(findings, firsts, strict=True)
    ]


def location(finding: Finding) -> HistoryLocation:
    if not isinstance(finding.location, HistoryLocation):
        raise TypeError("a finding of a history has its place there")
    return finding.location


def path_of(finding: Finding) -> str:
    return location(finding).path


def key_of(finding: Finding) -> Key:
    return finding.fingerprint, path_of(finding)


def text_of(kept: Found | Basis) -> str:
    return json.dumps(to_data(kept), separators=(",", ":"))


def found_of(text: str) -> Found:
    """Raises Damaged and ValueError."""
    return from_data(Found, json.loads(text))


def basis_from(text: str) -> Basis:
    """Raises Damaged and ValueError."""
    return from_data(Basis, json.loads(text))
