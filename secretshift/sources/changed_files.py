"""Changed files as text, each with the lines that are new in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ..model.findings import SourceError
from ..model.journeys import CancelToken
from .blobs import Blobs, MissingBlob
from .changes import Change, ChangeList, since, staged
from .exclusion import Choice
from .lfs import is_pointer
from .new_lines import Ranges, new_lines
from .skipped import skipped
from .text import text_of
from .worktree import MAX_BYTES, SourceFile

__all__ = ["ChangedFiles", "open_changes"]

_SUBMODULE: Final = "160000"
_LINK: Final = "120000"


class ChangedFiles:
    """The files of one list of changes. Contents come from git's objects, never from the work
    tree: what is read is what is or will be committed."""

    def __init__(
        self,
        listed: ChangeList,
        *,
        max_bytes: int = MAX_BYTES,
        exclude: Sequence[str] = (),
        include: Sequence[str] = (),
    ) -> None:
        self.root = str(listed.root)
        self.total: int | None = None
        """How many files there are to look at, None while unknown."""
        self._listed = listed
        self._max_bytes = max_bytes
        self._choice = Choice(exclude, include)
        self._counts: Counter[str] = Counter({"files": 0, "bytes": 0})

    @property
    def counts(self) -> Mapping[str, int]:
        """What was looked at so far: files and bytes of text, the rest by why it was skipped."""
        return MappingProxyType(self._counts)

    @property
    def not_searched(self) -> tuple[str, ...]:
        """Sentences on what was skipped so far, and on what these changes leave out."""
        return (*self._listed.not_searched, *skipped(self._counts, self._max_bytes))

    def files(self, cancel: CancelToken) -> Iterator[SourceFile | SourceError]:
        """Each file that has new lines, once, in git's order.

        Raises Interrupted, and Unavailable where git cannot be started.
        """
        self._counts = Counter({"files": 0, "bytes": 0})
        chosen = [change for change in self._listed.changes if self._chosen(change.path)]
        self.total = len(chosen)
        with Blobs(self._listed.root) as blobs:
            for change in chosen:
                cancel.check()
                found = self._read(blobs, change)
                if found is not None:
                    yield found

    def _chosen(self, path: str) -> bool:
        named = self._listed.named
        if path == named:
            return True
        if named and not path.startswith(f"{named}/"):
            return False
        reason = self._choice.why_not(path)
        if reason:
            self._counts[reason] += 1
        return not reason

    def _read(self, blobs: Blobs, change: Change) -> SourceFile | SourceError | None:
        """None where nothing is new, and where it was counted and skipped."""
        if change.unmerged:
            return self._error(
                change, "unmerged", "Its conflict is not resolved", "Resolve it, then git add it"
            )
        if change.before == change.after:
            return None
        reason = {_SUBMODULE: "submodules", _LINK: "symlinks"}.get(change.mode, "")
        if reason:
            self._counts[reason] += 1
            return None
        try:
            size, content = blobs.read(change.after, self._max_bytes)
        except MissingBlob:
            return self._missing(change)
        text, reason = self._text(size, content)
        if text is None:
            self._counts[reason] += 1
            return None
        try:
            fresh = self._fresh(blobs, change, text)
        except MissingBlob:
            return self._missing(change)
        self._counts["files"] += 1
        self._counts["bytes"] += size
        return SourceFile(self.root, change.path, text, fresh) if fresh else None

    def _text(self, size: int, content: bytes) -> tuple[str | None, str]:
        """The text, or None and why it is not read."""
        if size > self._max_bytes:
            return None, "huge"
        if is_pointer(size, content):
            return None, "lfs"
        return text_of(content), "binary"

    def _fresh(self, blobs: Blobs, change: Change, text: str) -> Ranges:
        """All lines where there was no text before."""
        before = None
        if change.before:
            size, content = blobs.read(change.before, self._max_bytes)
            before, _reason = self._text(size, content)
        return new_lines(before, text) if before is not None else ((1, text.count("\n") + 1),)

    def _missing(self, change: Change) -> SourceError:
        return self._error(
            change,
            "missing-object",
            "Its content is not in this repository",
            "Fetch it; a partial clone has not everything (git fetch --refetch --no-filter)",
        )

    def _error(self, change: Change, code: str, what: str, hint: str) -> SourceError:
        self._counts["unreadable"] += 1
        return SourceError(code, f"{self.root}/{change.path}", what, hint)


def open_changes(
    path: Path,
    ref: str,
    *,
    max_bytes: int = MAX_BYTES,
    exclude: Sequence[str] = (),
    include: Sequence[str] = (),
) -> ChangedFiles:
    """What is new at a path: since ref, or what is staged where ref is "".

    Raises what ``staged`` and ``since`` raise.
    """
    listed = since(path, ref) if ref else staged(path)
    return ChangedFiles(listed, max_bytes=max_bytes, exclude=exclude, include=include)
