"""A scan's look at git histories: which repositories are asked, and what each is found to hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from secretshift.history import authors
from secretshift.history.gaps import USES_LFS
from secretshift.model.errors import Interrupted, SecretshiftError, UsageProblem
from secretshift.model.findings import Finding, HistoryLocation, SourceError, Spotted
from secretshift.model.journeys import BYTES, CancelToken, Emit, Looking, history_of
from secretshift.sources.exclusion import Choice
from secretshift.sources.named_path import require_path
from secretshift.sources.repository import repository_form

from .notebook import Notebook
from .services import HistorySource, Services, Sources

HISTORY: Final = (
    "git history: only the files of the work tree were read; scan --history reads it too"
)
UNREACHABLE: Final = (
    "what no ref of a repository reaches any more (reflogs, dangling commits): add --unreachable"
)


_LAST_SECONDS: Final = 2.0
"""For names, once somebody wants to stop."""


@dataclass(frozen=True, slots=True)
class Past:
    """The history of the repository at a path, opened. path: as it was asked for."""

    path: str
    source: HistorySource


def require_repositories(paths: Sequence[str]) -> None:
    """Raise UsageProblem for a path that is not there or is no git repository, and whatever git
    says of one that it does not open."""
    for path in paths:
        require_path(Path(path))
        if not repository_form(Path(path)):
            raise UsageProblem(
                "This is no git repository, so it has no history",
                resource=path,
                hint="Name a repository, or scan this path without --history",
                code="no-repository",
            )


def open_pasts(services: Services, sources: Sources) -> tuple[tuple[Past, ...], tuple[str, ...]]:
    """Each repository once, however many paths lie in it; and sentences on paths that are none.

    Raises what git says of a repository that it does not open.
    """
    if not sources.history:
        return (), ()
    opened: dict[str, Past] = {}
    without: list[str] = []
    for path in sources.paths:
        if not repository_form(Path(path)):
            without.append(f"history of {path}: it is no git repository")
            continue
        source = services.open_history(Path(path), sources.unreachable)
        opened.setdefault(source.root, Past(path, source))
    return tuple(opened.values()), tuple(without)


def is_past_only(sources: Sources, path: str) -> bool:
    """Whether of this path only the history is read: a bare repository, or the inside of one."""
    return sources.history and repository_form(Path(path)) == "bare"


def read_past(
    sources: Sources,
    past: Past,
    book: Notebook,
    emit: Emit,
    cancel: CancelToken,
    meanwhile: Callable[[], object],
) -> None:
    """Take what one history holds into the book. meanwhile: for this process to do as soon as
    others are at work, which is called again and again, or never. Raises Interrupted, where what
    was found stays, and what meanwhile raises."""
    name = history_of(past.path)
    choice = Choice(sources.exclude_paths, sources.include_paths)
    done = total = 0
    hindered = False

    def moved_on(bytes_done: int, of: int) -> None:
        nonlocal done, total, hindered
        done, total = bytes_done, of
        # Values are given when everything was read; until then it is said that there are some.
        emit(Looking(name, done, total, len(book.findings) or past.source.seen, BYTES))
        hindered = True
        meanwhile()
        hindered = False

    try:
        # What comes after somebody wished to stop is what was found until then.
        for item in past.source.findings(moved_on, cancel):
            if isinstance(item, SourceError):
                book.unread(item)
                continue
            if isinstance(item, Spotted):
                if not choice.why_not(item.location.path):
                    book.spotted(item)
                continue
            found = item if isinstance(item, Finding) else book.finding(*item)
            at = found.location
            if isinstance(at, HistoryLocation) and choice.why_not(at.path):
                continue
            book.findings.append(found)
    except Interrupted:
        _name_authors(past, book, _LAST_SECONDS)
        book.tell(all_of_it=True)
        _count(past, book)
        raise
    except SecretshiftError as error:
        if hindered:
            raise
        book.failed(name, error)
    _name_authors(past, book)
    book.tell(all_of_it=True)
    emit(Looking(name, done, max(total, done), len(book.findings), BYTES, over=True))
    _count(past, book)


def _count(past: Past, book: Notebook) -> None:
    for counted, number in past.source.counts.items():
        if counted != USES_LFS:
            book.count(counted, number)


def _name_authors(past: Past, book: Notebook, seconds: float | None = None) -> None:
    """Put the names of the repository's mailmap for those that stand in its commits."""
    places = [one.location for one in book.findings if isinstance(one.location, HistoryLocation)]
    commits = dict.fromkeys(at.first_commit for at in places if at.first_commit)
    names = authors.authors_of(Path(past.path), commits, seconds)
    for number, found in enumerate(book.findings):
        at = found.location
        if isinstance(at, HistoryLocation) and names.get(at.first_commit, at.author) != at.author:
            named = replace(at, author=names[at.first_commit])
            book.findings[number] = replace(found, location=named)


def not_searched(sources: Sources) -> Iterator[str]:
    """What of the pasts was not asked for."""
    if not sources.history:
        yield HISTORY
    elif not sources.unreachable:
        yield UNREACHABLE
