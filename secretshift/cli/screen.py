"""Where output goes: data to stdout, talk to stderr, colour only where a person looks."""

from __future__ import annotations

import io
import os
import shutil
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Final, TextIO

from secretshift.model.errors import SecretshiftError, Unavailable
from secretshift.reports.lines import Line, Style, line, plain
from secretshift.reports.wrapping import wrapped

_CODES: Final = {
    Style.ADD: "32",
    Style.REMOVE: "31",
    Style.CHANGE: "33",
    Style.GOOD: "32",
    Style.BAD: "1;31",
    Style.WARNING: "33",
    Style.STRONG: "1",
    Style.FAINT: "2",
}
_SHOW_CURSOR: Final = "\x1b[?25h"


class Screen:
    """Writes lines. Everything shown comes as spans, which hold printable characters only."""

    def __init__(self, *, colour: bool = True, quiet: bool = False) -> None:
        """colour: False never colours; quiet: no talk but errors."""
        self._colour = colour and not os.environ.get("NO_COLOR")
        self.quiet = quiet
        self._lock = threading.Lock()

    def show(self, lines: Iterable[Line]) -> None:
        """Data, as lines, to stdout."""
        self.data(self._rendered(list(lines), sys.stdout))

    def data(self, text: str) -> None:
        """Data to stdout. A reader that went away (``| head``) is no failure: it has what it
        wanted. Raises Unavailable where the system cannot write, for instance on a full disk."""
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            drop_output()
        except OSError as error:
            # What is left in the buffer would fail once more at the end of the process.
            drop_output()
            raise unwritable(error) from None

    def tell(self, *lines: Line | str) -> None:
        """Talk to stderr, unless it is to be quiet."""
        if not self.quiet:
            self.say(*lines)

    def say(self, *lines: Line | str) -> None:
        """To stderr in any case. That nobody reads it must not stop a run half-way."""
        made = [line(item) if isinstance(item, str) else item for item in lines]
        with self._lock, suppress(OSError, ValueError):
            sys.stderr.write(self._rendered(made, sys.stderr))
            sys.stderr.flush()

    def complain(self, error: SecretshiftError) -> None:
        """An expected error: what, at what, what to do."""
        lines = [line(("error:", Style.BAD), f" {error.what}")]
        if error.resource:
            lines.append(line(f"  at: {error.resource}"))
        if error.hint:
            lines.append(line(f"  do: {error.hint}"))
        self.say(*lines)

    def ask(self, question: str) -> None:
        """The beginning of a line, to which a person answers."""
        with suppress(OSError, ValueError):
            sys.stderr.write(plain([line(question)]).rstrip("\n") + " ")
            sys.stderr.flush()

    def coloured(self, stream: TextIO) -> bool:
        return self._colour and is_terminal(stream) and os.environ.get("TERM") != "dumb"

    def _rendered(self, lines: list[Line], stream: TextIO) -> str:
        if is_terminal(stream):
            lines = wrapped(lines, shutil.get_terminal_size().columns)
        return painted(lines) if self.coloured(stream) else plain(lines)


def is_terminal(stream: TextIO) -> bool:
    """Whether a person is at the other end; False for a stream that was closed."""
    try:
        return stream.isatty()
    except ValueError:
        return False


def painted(lines: Iterable[Line]) -> str:
    """The lines with ANSI colours."""
    return "".join(
        "".join(
            f"\x1b[{_CODES[span.style]}m{span.text}\x1b[0m" if span.style else span.text
            for span in spans
        )
        + "\n"
        for spans in lines
    )


def unwritable(error: OSError) -> Unavailable:
    """What is said where the system does not take what goes to stdout."""
    why = os.strerror(error.errno or 0)
    return Unavailable(f"The output cannot be written: {why}", resource="stdout")


def drop_output() -> None:
    """Send what is still to come on stdout nowhere, so that the end of the process is quiet."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def restore_cursor() -> None:
    """Show the cursor again, should a progress bar have hidden it."""
    if is_terminal(sys.stderr):
        with suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), _SHOW_CURSOR.encode())


def prepare_streams() -> None:
    """Make both streams UTF-8, whole and there.

    They never fail on a character that has no UTF-8 form. A descriptor that was closed (``2>&-``)
    is opened to nowhere: otherwise the next file, the journal for instance, would get its number
    and our messages. With PYTHONUNBUFFERED a write that the system cuts short would lose its
    rest in silence, so stdout gets its buffer back.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = _stream(sys.stdout, 1)
    sys.stderr = _stream(sys.stderr, 2)


def _stream(stream: TextIO | None, descriptor: int) -> TextIO:
    if stream is None:
        stream = os.fdopen(descriptor, "w", closefd=False)
    if descriptor == 1 and isinstance(getattr(stream, "buffer", None), io.RawIOBase):
        stream = os.fdopen(descriptor, "w", closefd=False)
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream
