"""A defect in any screen: the terminal is as before, one report without a value, exit code 70."""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from secretshift.tui.keymap import SCREENS
from tests.journeys.interface import without_escapes
from tests.journeys.program import PROGRAM

from .sweep import Sweep

CANARY = "tok-" + "Lw47hsnPqe92" + "Xc18bvmRui53"
DEFECT = """
import secretshift.tui.screens.{name} as module
def draw(self, topics):
    value = {canary!r}
    held = [value, {{"value": value}}]
    try:
        raise ValueError(value)
    except ValueError as error:
        raise RuntimeError("no place for " + value) from error
module.{title}Screen.draw = draw
"""
UNDONE = """
from secretshift.tui.app import SecretshiftApp
del SecretshiftApp._handle_exception
"""


@dataclass(frozen=True)
class Ended:
    """code; sent: every byte for the terminal; same: the terminal's settings are as before."""

    code: int
    sent: str
    same: bool
    folder: Path

    @property
    def values(self) -> list[str]:
        sweep = Sweep({"token": CANARY})
        found = sweep.of(f"{self.sent}\0{without_escapes(self.sent)}".encode())
        return [*found, *sweep.below(self.folder / "home", self.folder / "workspace")]


def opened(folder: Path, name: str, more: str = "") -> Ended:
    """The program in a terminal of its own, with a screen that breaks when it is drawn."""
    patch = folder / "patch"
    for path in (patch, folder / "home", folder / "workspace"):
        path.mkdir(parents=True)
    defect = DEFECT.format(name=name, title=name.capitalize(), canary=CANARY)
    (patch / "sitecustomize.py").write_text(defect + more)
    mine, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    before = termios.tcgetattr(theirs)
    read: list[bytes] = []
    reader = threading.Thread(target=_read, args=(mine, read), daemon=True)
    reader.start()
    process = subprocess.Popen(
        [str(PROGRAM), "open", "--screen", name],
        cwd=folder / "home",
        env={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(folder / "home"),
            "SECRETSHIFT_HOME": str(folder / "workspace"),
            "PYTHONPATH": str(patch),
            "AWS_EC2_METADATA_DISABLED": "true",
            "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
        },
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    try:
        code = process.wait(60)
    finally:
        process.kill()
        same = termios.tcgetattr(theirs) == before
        os.close(theirs)
        reader.join(10)
        os.close(mine)
    return Ended(code, b"".join(read).decode("utf-8", "surrogateescape"), same, folder)


def _read(terminal: int, into: list[bytes]) -> None:
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError as error:
            # Linux says so where nobody has the other end any more.
            assert error.errno == errno.EIO
            return
        if not piece:
            return
        into.append(piece)


@pytest.fixture(scope="module")
def crashes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    folder = tmp_path_factory.mktemp("crashes")
    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(SCREENS, pool.map(lambda n: opened(folder / n, n), SCREENS), strict=True))


def test_a_defect_in_any_screen_ends_with_a_report_and_no_value(crashes):
    for name, ended in crashes.items():
        assert ended.code == 70, (name, ended.code)
        assert ended.values == [], name
        screen, _, after = ended.sent.rpartition("\x1b[?1049l")
        assert "\x1b[?1049h" in screen, f"{name} was not on the alternate screen"
        assert after.count("This is a defect of secretshift") == 1, (name, after)
        assert f"screens/{name}.py" in after or "draw" in after
        assert "\x1b" not in after.partition("This is a defect")[2]


def test_the_terminal_is_as_before_after_a_defect(crashes):
    for name, ended in crashes.items():
        assert ended.same, name
        for mode, on, off in (
            ("cursor", "\x1b[?25l", "\x1b[?25h"),
            ("mouse", "\x1b[?1000h", "\x1b[?1000l"),
            ("paste", "\x1b[?2004h", "\x1b[?2004l"),
            ("focus", "\x1b[?1004h", "\x1b[?1004l"),
        ):
            assert ended.sent.rfind(off) > ended.sent.rfind(on), (name, mode)


def test_without_the_door_the_value_would_be_on_the_screen(tmp_path):
    """Textual's own report prints variables: the sweep sees it, so it can fail."""
    ended = opened(tmp_path / "open", "start", UNDONE)
    assert ended.values != []
