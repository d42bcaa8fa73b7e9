"""Files of a work tree or folder, or the changes in one, read into findings."""

from __future__ import annotations

import time
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
    *,
    whole: bool,
) -> None:
    """Take what one source holds into the book. path: as it was asked for; whole: not only what
    changed there. Raises Interrupted; what was found stays."""
    done, told = 0, 0.0
    before = services.read_before(services, str(Path(path).absolute())) if whole else None
    try:
        for item in source.files(cancel):
            cancel.check()
            if isinstance(item, SourceError):
                book.unread(item)
                continue
            done += 1
            known = None if before is None else before.known(item)
            if known is None:
                known = _judged(services, item, before, book)
            if known:
                book.findings += known
                book.tell()
            now = time.monotonic()
            if now - told >= TELL_SECONDS:
                told = now
                emit(Looking(path, done, source.total or 0, len(book.findings)))
        if before is not None:
            before.keep()
    except Interrupted:
        book.tell(all_of_it=True)
        _count(source, book)
        raise
    except SecretshiftError as error:
        book.failed(path, error)
    book.tell(all_of_it=True)
    emit(Looking(path, done, source.total or done, len(book.findings), over=True))
    _count(source, book)


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
