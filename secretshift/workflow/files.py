"""Files of a work tree or folder, or the changes in one, read into findings."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from secretshift.model.errors import Interrupted, SecretshiftError
from secretshift.model.findings import FileLocation, SourceError
from secretshift.model.journeys import CancelToken, Emit, Looking
from secretshift.sources.new_lines import overlaps
from secretshift.sources.text import Lines

from .notebook import Notebook
from .services import FileSource, Services, Sources

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
) -> None:
    """Take what one source holds into the book. path: as it was asked for. Raises Interrupted;
    what was found stays."""
    done, told = 0, 0.0
    try:
        for item in source.files(cancel):
            cancel.check()
            if isinstance(item, SourceError):
                book.unread(item)
                continue
            done += 1
            verdicts = services.detector.text(item.path, item.text)
            if left := services.detector.left_out(item.path):
                book.unread(SourceError("too-many", f"{item.root}/{item.path}", left))
            if verdicts:
                lines = Lines(item.text)
                for verdict in verdicts:
                    line, column = lines.at(verdict.offset)
                    if item.lines is not None and not overlaps(
                        item.lines, line, lines.at(max(verdict.offset, verdict.end - 1))[0]
                    ):
                        continue
                    location = FileLocation(item.root, item.path, line, column)
                    book.findings.append(book.finding(verdict, location))
                book.tell()
            now = time.monotonic()
            if now - told >= TELL_SECONDS:
                told = now
                emit(Looking(path, done, source.total or 0, len(book.findings)))
    except Interrupted:
        book.tell(all_of_it=True)
        raise
    except SecretshiftError as error:
        book.failed(path, error)
    book.tell(all_of_it=True)
    emit(Looking(path, done, source.total or done, len(book.findings), over=True))
    for name, number in source.counts.items():
        book.count(name, number)
