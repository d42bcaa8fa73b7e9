"""A value on the terminal's second screen, which has no scrollback, cleared again in any case."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import sys
import termios
import time
import tty
from collections.abc import Iterator
from types import FrameType
from typing import Final

from secretshift.model.errors import Interrupted
from secretshift.model.secret_value import SecretValue
from secretshift.reports.terminal import safe

SECONDS: Final = 10.0
_ENTER: Final = "\x1b[?1049h\x1b[H\x1b[2J\x1b[?25l"
_LEAVE: Final = "\x1b[H\x1b[J\x1b[?25h\x1b[?1049l"
"""Wiped before it is left, where there is no second screen after all. Erased from the cursor on:
erasing the whole screen (``2J``) moves it into the scrollback of some terminals."""
_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP)


def show_for_a_while(value: SecretValue, title: str, seconds: float = SECONDS) -> None:
    """Show a value until a key is pressed or the time is over. Both streams are terminals.

    Ctrl-C and Ctrl-Z are keys here: a process that is put to sleep would leave the value on the
    screen. Raises Interrupted on SIGTERM and SIGHUP, with the screen cleared.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    with _stopped_by_signals(), _raw(sys.stdin.fileno()):
        output = sys.stdout.fileno()
        try:
            _write(output, _ENTER + "\r\n".join(_rows(value, title, seconds)))
            _wait(sys.stdin.fileno(), seconds)
        finally:
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            _write(output, _LEAVE)


def _rows(value: SecretValue, title: str, seconds: float) -> list[str]:
    """What fits on one screen: a line more would scroll."""
    columns, rows = shutil.get_terminal_size()
    shown: list[str] = []
    for line in value.reveal().splitlines() or [""]:
        text = safe(line, limit=max(1, columns * rows))
        # Half a screen wide: a character may take two columns.
        width = max(1, (columns - 1) // (1 if text.isascii() else 2))
        shown += [text[at : at + width] for at in range(0, len(text), width)] or [""]
    room = max(1, rows - 5)
    left = len(shown) - room
    hidden = [f"({left} more lines do not fit; make the terminal larger)"] if left > 0 else []
    head = [safe(title, limit=max(1, columns - 1)), ""]
    return [*head, *shown[:room], "", *hidden, f"Any key, or {seconds:.0f} seconds, clears this."]


def _wait(keys: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    termios.tcflush(keys, termios.TCIFLUSH)
    left = seconds
    while left > 0:
        ready, _, _ = select.select([keys], [], [], left)
        if ready:
            # The rest of an escape sequence must not reach the shell.
            termios.tcflush(keys, termios.TCIFLUSH)
            return
        left = end - time.monotonic()


@contextlib.contextmanager
def _raw(keys: int) -> Iterator[None]:
    before = termios.tcgetattr(keys)
    tty.setraw(keys)
    try:
        yield
    finally:
        termios.tcsetattr(keys, termios.TCSAFLUSH, before)


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Interrupted("Stopped on request; the value is gone from the screen")

    earlier = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _write(output: int, text: str) -> None:
    """Past Python's own buffer, in which a copy would stay."""
    raw = text.encode("utf-8", "backslashreplace")
    while raw:
        raw = raw[os.write(output, raw) :]
