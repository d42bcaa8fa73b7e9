"""A git history searched in the plainest way: every version of every file judged whole.

Slow, and written to be right by reading it: what is searched fast is compared with it. It asks git
for the objects, for what each commit wrote, and for what contains a commit, and adds nothing.
"""

from __future__ import annotations

import io
import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from secretshift.model.errors import NotFound
from secretshift.model.findings import HistoryLocation, SourceError, Verdict
from secretshift.model.journeys import CancelToken
from secretshift.sources.text import Lines, decode
from secretshift.workflow.services import Detector, OpenHistory

GITLINK = "160000"


def plain_history(detector: Detector) -> OpenHistory:
    """An ``open_history`` of Services."""

    def opened(path: Path, unreachable: bool, /) -> PlainHistory:
        return PlainHistory(path, detector, unreachable=unreachable)

    return opened


@dataclass(frozen=True)
class Commit:
    """time: of the committer, UTC; writes: path -> the blob that it wrote there."""

    id: str
    time: str
    author: str
    writes: Mapping[str, str]


class PlainHistory:
    """See the module. Raises NotFound where there is no repository."""

    def __init__(self, path: Path, detector: Detector, *, unreachable: bool = False) -> None:
        self._detector = detector
        self._unreachable = unreachable
        inside = _git(path, "rev-parse", "--is-inside-work-tree", may_fail=True)
        if not inside:
            raise NotFound("There is no git repository", resource=str(path), code="no-repository")
        top = "--show-toplevel" if inside.strip() == b"true" else "--absolute-git-dir"
        self.root = os.fsdecode(_git(path, "rev-parse", top).removesuffix(b"\n"))
        self.counts: Counter[str] = Counter()
        self.not_searched: tuple[str, ...] = ()
        self.seen = 0

    def begin(self) -> None:
        """Nothing comes first here."""

    def findings(
        self, emit_progress: Callable[[int, int], None], cancel: CancelToken
    ) -> Iterator[tuple[Verdict, HistoryLocation] | SourceError]:
        self._kinds = self._everything()
        commits = self._commits()
        self._head = self._files_of("HEAD")
        places = {(blob, path) for commit in commits for path, blob in commit.writes.items()}
        named = {blob for blob, _ in places}
        places |= {(blob, path) for blob, path in self._objects() if blob not in named}
        texts = self._texts({blob for blob, _ in places})
        total = sum(len(texts[blob]) for blob, _ in places)
        held: dict[tuple[str, str], dict[str, tuple[Verdict, int]]] = {}
        done = 0
        for blob, path in sorted(places):
            cancel.check()
            held[blob, path] = self._values(path, texts[blob])
            done += len(texts[blob])
            emit_progress(done, total)
        for value, path in sorted({(v, path) for (_, path), vs in held.items() for v in vs}):
            cancel.check()
            holding = {b for (b, p), values in held.items() if p == path and value in values}
            yield self._found(value, path, holding, commits, held)

    def _found(
        self,
        value: str,
        path: str,
        holding: set[str],
        commits: list[Commit],
        held: Mapping[tuple[str, str], Mapping[str, tuple[Verdict, int]]],
    ) -> tuple[Verdict, HistoryLocation]:
        """holding: blobs that hold the value, read under this path."""
        wrote = [commit for commit in commits if commit.writes.get(path) in holding]
        blob = wrote[0].writes[path] if wrote else min(holding)
        verdict, line = held[blob, path][value]
        if not wrote:
            return verdict, HistoryLocation(self.root, path, line, blob)
        newest, oldest = wrote[0], wrote[-1]
        refs = self._refs(oldest.id)
        return verdict, HistoryLocation(
            root=self.root,
            path=path,
            line=line,
            blob=blob,
            first_commit=oldest.id,
            last_commit=newest.id,
            in_head=self._head.get(path) in holding,
            first_time=oldest.time,
            last_time=newest.time,
            author=oldest.author,
            refs=refs,
            refs_total=len(refs),
        )

    # What git says

    def _commits(self) -> list[Commit]:
        """Newest first: children before their parents, then by the time of the commit."""
        which = ["--all"]
        if self._unreachable:
            which += [name for name, kind in self._kinds.items() if kind == "commit"]
        if not _git(self._at, "rev-list", "-n1", *which, may_fail=True):
            return []
        log = _git(self._at, "log", "--date-order", "--format=%H%x00%ct%x00%an", "-s", *which)
        heads = [line.split(b"\0") for line in log.splitlines()]
        writes = self._writes([commit for commit, _, _ in heads])
        return [
            Commit(
                id=commit.decode(),
                time=datetime.fromtimestamp(int(time), UTC).isoformat(),
                author=author.decode("utf-8", "replace"),
                writes=writes.get(commit, {}),
            )
            for commit, time, author in heads
        ]

    def _writes(self, commits: list[bytes]) -> dict[bytes, dict[str, str]]:
        """Commit -> path -> blob. Of a merge only what differs from all of its parents."""
        raw = _git(
            self._at, "diff-tree", "-r", "-c", "--root", "--raw", "--no-renames", "--no-abbrev",
            "-z", "--stdin", asked=b"".join(commit + b"\n" for commit in commits),
        )  # fmt: skip
        tokens = iter(raw.split(b"\0"))
        found: dict[bytes, dict[str, str]] = {}
        writes: dict[str, str] = {}
        for entry in filter(None, tokens):
            if not entry.startswith(b":"):
                writes = found.setdefault(entry, {})
                continue
            path = os.fsdecode(next(tokens))
            parents = len(entry) - len(entry.lstrip(b":"))
            fields = entry[parents:].decode().split(" ")
            mode, blob = fields[parents], fields[2 * parents + 1]
            if mode not in ("000000", GITLINK):
                writes[path] = blob
        return found

    def _objects(self) -> Iterator[tuple[str, str]]:
        """Blobs that are searched, with the path that git gives them, "" for none."""
        listed = _git(self._at, "rev-list", "--objects", "--all", may_fail=True)
        for line in listed.splitlines():
            name, _, path = line.partition(b" ")
            if self._kinds[name.decode()] == "blob":
                yield name.decode(), os.fsdecode(path)
        if self._unreachable:
            yield from ((name, "") for name, kind in self._kinds.items() if kind == "blob")

    def _everything(self) -> dict[str, str]:
        """Every object of the repository, reached or not, with its kind."""
        answer = _git(
            self._at, "cat-file", "--batch-all-objects",
            "--batch-check=%(objectname) %(objecttype)",
        )  # fmt: skip
        return dict(line.split(" ") for line in answer.decode().splitlines())

    def _files_of(self, commit: str) -> dict[str, str]:
        tree = _git(self._at, "ls-tree", "-r", "-z", "--full-tree", commit, may_fail=True)
        files = {}
        for entry in filter(None, tree.split(b"\0")):
            facts, _, path = entry.partition(b"\t")
            files[os.fsdecode(path)] = facts.split()[2].decode()
        return files

    def _refs(self, commit: str) -> tuple[str, ...]:
        """Branches, then tags, then the others, by their whole names."""
        answer = _git(self._at, "for-each-ref", f"--contains={commit}", "--format=%(refname)")
        order = ("refs/heads/", "refs/tags/")

        def rank(name: str) -> tuple[int, str]:
            kind = next((n for n, start in enumerate(order) if name.startswith(start)), len(order))
            return kind, name

        return tuple(sorted(os.fsdecode(answer).splitlines(), key=rank))

    def _texts(self, blobs: set[str]) -> dict[str, str]:
        """ "" for what is binary."""
        names = sorted(blobs)
        asked = "".join(f"{name}\n" for name in names).encode()
        answer = io.BytesIO(_git(self._at, "cat-file", "--batch", asked=asked))
        texts = {}
        for name in names:
            size = int(answer.readline().split()[2])
            content = answer.read(size + 1)[:size]
            text = decode(content)
            self.counts["binary" if text is None else "blobs"] += 1
            self.counts["bytes"] += 0 if text is None else len(content)
            texts[name] = text or ""
        return texts

    def _values(self, path: str, text: str) -> dict[str, tuple[Verdict, int]]:
        """Value -> where it stands first, and the line, from 1."""
        found: dict[str, tuple[Verdict, int]] = {}
        lines = Lines(text)
        for verdict in sorted(self._detector.text(path, text), key=lambda v: v.offset):
            found.setdefault(verdict.secret.reveal(), (verdict, lines.at(verdict.offset)[0]))
        return found

    @property
    def _at(self) -> Path:
        return Path(self.root)


def _git(
    folder: Path, *arguments: str, may_fail: bool = False, asked: bytes | None = None
) -> bytes:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, check=False, input=asked
    )
    if done.returncode and not may_fail:
        raise AssertionError(f"git {arguments}: {done.stderr.decode()}")
    return b"" if done.returncode else done.stdout
