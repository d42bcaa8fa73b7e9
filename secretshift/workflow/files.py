"""Files of a work tree or folder, or the changes in one, read into findings."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from secretshift.model.errors import Interrupted, SecretshiftError
from secretshift.model.findings import FileLocation, Finding, SourceError
from secretshift.model.journeys import CancelToken, Emit, Looking
from secretshift.sources.new_lines import overlaps
from secretshift.sources.text import Lines

from .notebook import Notebook
from .services import FileSource, ReadBefore, Services, SourceFile, Sources

TELL_SECONDS: Final = 0.2
"""At most so often it is said how far the reading is."""
LATEST_SECONDS: Final = 0.5
"""How long it is waited for a first finding before anything else is done beside the reading."""


def open_files(services: Services, sources: Sources, path: Path) -> FileSource:
    """What is to be read at a path. Raises what opening it raises."""
    if sources.partial:
        return services.open_changes(
            path, sources.since, sources.exclude_paths, sources.include_paths
        )
    return services.open_source(path, sources.exclude_paths, sources.include_paths)


def read_files(
    services: Services,
    path: str,
    source: FileSource,
    book: Notebook,
    emit: Emit,
    cancel: CancelToken,
    meanwhile: Callable[[], object],
    *,
    whole: bool,
) -> None:
    """Take what one source holds into the book. path: as it was asked for; meanwhile: for this
    process to do as soon as the first finding was told, or soon after nothing was, which is called
    again and again, or never; whole: not only what changed there. Raises Interrupted, where what
    was found stays, and what meanwhile raises."""
    done, told = 0, float("-inf")
    begun = time.monotonic()
    hindered = False
    numbers: list[int] = []
    last = 0
    is_mixed = False
    before = services.read_before(services, str(Path(path).absolute())) if whole else None
    try:
        for item in source.files(cancel):
            cancel.check()
            if isinstance(item, SourceError):
                book.unread(item)
                continue
            done += 1
            last, is_mixed = item.number, is_mixed or item.number < last
            known = None if before is None else before.known(item)
            if known is None:
                known = _judged(services, item, before, book)
            now = time.monotonic()
            if known:
                # Whoever waits for the first one is told of it at once.
                told = told if book.findings else float("-inf")
                book.findings += known
                numbers += [item.number] * len(known)
                book.tell()
            if now - told >= TELL_SECONDS:
                told = now
                emit(Looking(path, done, source.total or 0, len(book.findings)))
            if book.findings or now - begun >= LATEST_SECONDS:
                hindered = True
                meanwhile()
                hindered = False
        if before is not None:
            before.keep()
    except Interrupted:
        _tell_in_order(book, numbers, is_mixed=is_mixed)
        _count(source, book)
        raise
    except SecretshiftError as error:
        if hindered:
            raise
        book.failed(path, error)
    _tell_in_order(book, numbers, is_mixed=is_mixed)
    emit(Looking(path, done, source.total or done, len(book.findings), over=True))
    _count(source, book)


def _tell_in_order(book: Notebook, numbers: Sequence[int], *, is_mixed: bool) -> None:
    """Say what was found since; from here on it stands in the order of the files, and so does what
    could not be read. numbers: of the files, one for each finding; is_mixed: whether they were read
    in another order."""
    book.tell(all_of_it=True)
    if is_mixed:
        order = sorted(range(len(numbers)), key=numbers.__getitem__)
        book.findings[:] = [book.findings[at] for at in order]
        book.errors.sort(key=lambda error: error.source)


def _count(source: FileSource, book: Notebook) -> None:
    for name, number in source.counts.items():
        book.count(name, number)


def _judged(
    services: Services, file: SourceFile, before: ReadBefore | None, book: Notebook
) -> tuple[Finding, ...]:
    verdicts = services.detector.text(file.path, file.text)
    left = services.detector.left_out(file.path)
    if left:
        book.unread(SourceError("too-many", f"{file.root}/{file.path}", left))
    lines = Lines(file.text if verdicts else "")
    found: list[Finding] = []
    for verdict in verdicts:
        line, column = lines.at(verdict.offset)
        last = lines.at(max(verdict.offset, verdict.end - 1))[0]
        if file.lines is None or overlaps(file.lines, line, last):
            location = FileLocation(file.root, file.path, line, column)
            found.append(book.finding(verdict, location))
    if before is not None and not left:
        before.judged(file, tuple(found))
    return tuple(found)
