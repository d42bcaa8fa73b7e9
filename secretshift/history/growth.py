"""From what is kept of a search to what a search would find now, where only commits were added.

Each version of a file that a new commit wrote is judged as a whole. Wherever that might not give
what a search of everything gives, there is no answer, and everything is searched.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from ..model.findings import Finding, Verdict
from ..model.journeys import CancelToken
from ..model.secret_value import Fingerprint, Fingerprinter
from ..sources.git_command import bounded, run_git, start_git
from ..sources.text import decode, line_and_column, text_of
from .commits import ARGUMENTS, CommitLog
from .gaps import USES_LFS
from .kept_order import continued, order_from
from .known import Basis, Found, Holder, Key, basis_of, location, merged, new_commits, with_refs
from .lfs import uses_lfs
from .objects import Facts, GitReader
from .packs import Damaged
from .tips import Named, Tips, head_of, named_by, order_of, tips_among
from .tracing import LINE_OF_ITS_OWN

MOST_JUDGED: Final = 2000
"""Versions from which on a search of everything is worth more, and new findings whose versions
before are looked at."""
MOST_NEW: Final = 200


_CHUNK: Final = 1 << 18


class Judge(Protocol):
    """As a detector does."""

    def text(self, path: str, text: str, /) -> tuple[Verdict, ...]: ...


class Grown(NamedTuple):
    found: Found
    basis: Basis


class Now(NamedTuple):
    """Where the history begins, all of its commits, and the files of HEAD."""

    tips: Tips
    log: CommitLog
    head: Mapping[str, str]


def now_of(folder: Path, facts: Facts, basis: Basis | None = None) -> Now:
    """basis: what is kept of the last search. Raises what ``run_git`` raises."""
    with ThreadPoolExecutor(2) as pool:
        there = pool.submit(head_of, folder)
        asked = pool.submit(named_by, folder, facts)
        log = None if basis is None else _gone_on(folder, basis, asked.result())
        if log is None:
            log = order_of(folder)
        tips = tips_among(folder, facts, asked.result(), frozenset(log.names))
        return Now(tips, log, there.result())


def _gone_on(folder: Path, basis: Basis, named: Named) -> CommitLog | None:
    if not basis.commits or named.refs is None or basis.others:
        return None
    try:
        kept = order_from(basis.commits)
        before = {bytes.fromhex(tip) for tip in basis.tips}
        return continued(folder, kept, before, named.named)
    except ValueError:
        # It is what another program wrote, or what git says is no order.
        return None


class _Unsure(Exception):
    """Everything has to be searched."""


class _Seen(NamedTuple):
    verdict: Verdict
    number: int
    line: bytes


@dataclass(frozen=True, slots=True)
class Growth:
    """limit: bytes of a version that is still read; most: versions in new commits."""

    folder: Path
    facts: Facts
    judge: Judge
    fingerprint: Fingerprinter
    limit: int
    most: int = MOST_JUDGED

    def grown(
        self,
        found: Found,
        basis: Basis,
        now: Now,
        progress: Callable[[int, int], None],
        cancel: CancelToken,
    ) -> Grown | None:
        """None where everything has to be searched. Raises Interrupted and what ``run_git``
        raises."""
        versions = _Versions(self)
        try:
            return self._grown(found, basis, now, versions, progress, cancel)
        except _Unsure:
            return None
        finally:
            versions.close()

    def _grown(
        self,
        found: Found,
        basis: Basis,
        now: Now,
        versions: _Versions,
        progress: Callable[[int, int], None],
        cancel: CancelToken,
    ) -> Grown:
        tips, log, head = now
        others = tuple((kind, name.hex()) for kind, name in tips.others)
        new = new_commits(basis, log)
        if not tips.are_whole or new is None or len(new) > MOST_JUDGED or others != basis.others:
            raise _Unsure
        late = _log_of(self.folder, [log.names[commit] for commit in new])
        holders = _holders(versions, log, late, self.most, progress, cancel)
        _check_before(found, holders, versions, log, self.folder)
        root = str(self.facts.root)
        findings = merged(found.findings, holders, log, late, root)
        before = {finding.id: finding for finding in found.findings}
        there = dict(basis.there)
        findings = [
            _in_head(one, before.get(one.id), head, there, versions)
            for one in with_refs(findings, log, tips)
        ]
        counts = Counter(dict(found.counts))
        counts.update(versions.counts)
        files = ((path, bytes.fromhex(blob)) for path, blob in head.items())
        counts[USES_LFS] = int(uses_lfs(self.folder, files))
        every = Found(tuple(findings), tuple(sorted(counts.items())))
        return Grown(every, basis_of(tips, log, every, head))


class _Versions:
    """Versions of files, each judged whole. Raises _Unsure for what cannot be read, and for too
    many."""

    def __init__(self, growth: Growth) -> None:
        self._growth = growth
        self._reader = GitReader(growth.folder)
        self._known: dict[tuple[str, str], Mapping[Fingerprint, _Seen]] = {}
        self._counted: set[str] = set()
        self.counts: Counter[str] = Counter()

    def close(self) -> None:
        self._reader.close()

    def count(self, blob: str) -> None:
        """As of a search, once each."""
        if blob in self._counted:
            return
        self._counted.add(blob)
        content = self._read(blob)
        if content is None:
            self.counts["huge"] += 1
        elif decode(content) is None:
            self.counts["binary"] += 1
        else:
            self.counts["blobs"] += 1
            self.counts["bytes"] += len(content)

    def values(self, blob: str, path: str) -> Mapping[Fingerprint, _Seen]:
        known = self._known.get((blob, path))
        if known is None:
            if len(self._known) >= MOST_JUDGED:
                raise _Unsure
            known = self._known[blob, path] = self._judged(self._read(blob), path)
        return known

    def has_line(self, blob: str, line: bytes) -> bool:
        return line in (self._read(blob) or b"")

    def _judged(self, content: bytes | None, path: str) -> Mapping[Fingerprint, _Seen]:
        text = "" if content is None else text_of(content) or ""
        found: dict[Fingerprint, _Seen] = {}
        for verdict in self._growth.judge.text(path, text):
            number, _column = line_and_column(text, verdict.offset)
            begin = text.rfind("\n", 0, verdict.offset) + 1
            end = text.find("\n", verdict.end)
            line = text[begin : len(text) if end < 0 else end].strip()
            seen = _Seen(verdict, number, line.encode("utf-8", "surrogatepass"))
            found.setdefault(self._growth.fingerprint(verdict.secret), seen)
        return found

    def _read(self, blob: str) -> bytes | None:
        """None for one over the limit."""
        try:
            content = self._reader.blob(bytes.fromhex(blob), self._growth.limit)
        except Damaged:
            raise _Unsure from None
        if content is None:
            raise _Unsure
        return content if isinstance(content, bytes) else None


def _log_of(folder: Path, names: Sequence[bytes]) -> CommitLog:
    """What git says of these commits and what they wrote."""
    late = CommitLog()
    if not names:
        return late
    git = bounded(start_git(folder, *ARGUMENTS, "--no-walk=unsorted", "--stdin"))
    assert git.stdin is not None and git.stdout is not None
    try:
        git.stdin.write(b"".join(name.hex().encode("ascii") + b"\n" for name in names))
        git.stdin.close()
        with git.stdout as pipe:
            late.read(iter(lambda: pipe.read(_CHUNK), b""))
    except (ValueError, OSError):
        git.kill()
        git.wait()
        raise _Unsure from None
    if git.wait() or sorted(late.names) != sorted(names):
        raise _Unsure
    return late


def _holders(
    versions: _Versions,
    log: CommitLog,
    late: CommitLog,
    most: int,
    progress: Callable[[int, int], None],
    cancel: CancelToken,
) -> dict[Key, list[Holder]]:
    """By value and path the new versions that hold it, newest first."""
    names = set(late.names)
    places = {name: place for place, name in enumerate(log.names) if name in names}
    paths = [os.fsdecode(path) for path in late.path_names()]
    blobs = [blob.hex() for blob in late.blobs]
    writings = sorted(
        (places[late.names[commit]], paths[path], blobs[blob])
        for commit, path, blob in late.writings()
    )
    if len(writings) > most:
        raise _Unsure
    found: dict[Key, list[Holder]] = {}
    for done, (commit, path, blob) in enumerate(writings):
        cancel.check()
        progress(done, len(writings))
        versions.count(blob)
        for fingerprint, seen in versions.values(blob, path).items():
            holder = Holder(commit, blob, seen.verdict, seen.number)
            found.setdefault((fingerprint, path), []).append(holder)
    return found


def _check_before(
    found: Found,
    holders: Mapping[Key, Sequence[Holder]],
    versions: _Versions,
    log: CommitLog,
    folder: Path,
) -> None:
    """Raise _Unsure where the line of a new finding stood there before and was none then: the
    first commit is the one that wrote the line, which only a search of everything tells."""
    known = {(one.fingerprint, location(one).path) for one in found.findings}
    new = [key for key in holders if key not in known]
    if len(new) > MOST_NEW:
        raise _Unsure
    for fingerprint, path in new:
        oldest = holders[fingerprint, path][-1]
        line = versions.values(oldest.blob, path)[fingerprint].line
        for parent in log.parents_of(oldest.commit) if len(line) >= LINE_OF_ITS_OWN else ():
            name = f"{parent.hex()}:{path}"
            there = run_git(folder, "rev-parse", "--verify", "-q", name, also=(1, 128))
            if not there.code and versions.has_line(there.output.decode("ascii").strip(), line):
                raise _Unsure


def _in_head(
    one: Finding,
    before: Finding | None,
    head: Mapping[str, str],
    there: Mapping[str, str],
    versions: _Versions,
) -> Finding:
    """The same, with whether HEAD has it now."""
    at = location(one)
    blob = head.get(at.path)
    if blob is None:
        has = False
    elif before is not None and there.get(at.path) == blob:
        has = location(before).in_head
    else:
        has = one.fingerprint in versions.values(blob, at.path)
    return replace(one, location=replace(at, in_head=has))
