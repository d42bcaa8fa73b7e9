"""`secretshift demo` as a person has it: the program in a terminal of tmux, real keys, and what
stands on the screen. Every byte that the terminal got is kept and swept."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from secretshift.tui.app import QUIET
from tests import compiled_rules

from .interface import shown_values, sweep
from .program import PROGRAM

PATIENCE = 60.0
AGAIN = 3.0
"""Seconds after which a key is pressed once more, where nothing shows that it would be heard."""


class Terminal:
    """A shell in tmux, alone with its own server. Waits for what stands on the screen."""

    def __init__(self, folder: Path, width: int, height: int, term: str) -> None:
        self.folder = folder
        self.wide, self.term = width >= 100, term
        self.bytes = folder / "bytes"
        self._tmux = ["tmux", "-S", str(folder / "socket"), "-f", "/dev/null"]
        home = folder / "home"
        home.mkdir()
        compiled_rules.lay_below(home)
        environment = {
            "PATH": f"{PROGRAM.parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(home),
            "TMPDIR": str(folder),
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
            "PS1": "$ ",
        }
        # TERM of what runs inside is tmux's to say.
        setting = ["set", "-g", "default-terminal", term, ";"]
        new = ["new", "-d", "-x", str(width), "-y", str(height), "sh"]
        self._run(*setting, *new, env=environment)
        self._run("pipe-pane", "-O", f"cat > {self.bytes}")

    def _run(self, *arguments: str, env: dict[str, str] | None = None) -> str:
        done = subprocess.run(
            [*self._tmux, *arguments],
            env=env or {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        )
        return done.stdout

    @property
    def text(self) -> str:
        return self._run("capture-pane", "-p")

    @property
    def modes(self) -> str:
        """Alternate screen, cursor, mouse."""
        return self._run("display", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag}")

    def press(self, *keys: str) -> None:
        self._run("send-keys", *keys)

    def _comes(self, text: str, seconds: float, or_else: str = "\0") -> bool:
        deadline = time.monotonic() + seconds
        while text not in (shown := self.text):
            if or_else in shown or time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def sees(self, text: str) -> None:
        """Raises at once where the program is over, which says so in the end."""
        assert self._comes(text, PATIENCE, or_else="code 7"), f"never came: {text}\n{self.text}"

    def answer(self, keys: tuple[str, ...], text: str) -> None:
        """Press until a sheet hears it and the text comes of it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self.press(*keys)
            if self._comes(text, AGAIN):
                return
        raise AssertionError(f"never came: {text}\n{self.text}")

    def close(self) -> None:
        self._run("kill-server")


@pytest.fixture(
    params=[(120, 36, "tmux-256color"), (80, 24, "screen-256color")], ids=["wide", "narrow"]
)
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    if shutil.which("tmux") is None:
        assert "CI" not in os.environ, "tmux is missing, and CI has to have it"
        pytest.skip("tmux is missing: the program was NOT tried in a real terminal")
    made = Terminal(tmp_path, *request.param)
    try:
        yield made
    finally:
        made.close()


def test_the_demo_in_a_real_terminal(terminal: Terminal) -> None:
    """The whole journey in the wide one; in the narrow one up to the plan."""
    before, after = terminal.folder / "before", terminal.folder / "after"
    terminal.press("echo it is $TERM", "Enter")
    terminal.sees(f"it is {terminal.term}\n")
    command = f"stty -a > {before}; secretshift demo; echo code $?; stty -a > {after}; echo over"
    terminal.press(command, "Enter")
    terminal.sees("Enter looks for credentials in 1 folder and 1 account")
    terminal.press("Enter")
    # While the last places still come in, the row on top is not yet the first.
    terminal.sees("c scan again")
    terminal.sees("Found 18 values in 27 places")
    terminal.press("Enter")
    terminal.sees("18 credentials")
    terminal.press("Enter")
    terminal.sees("Move this one")
    terminal.answer(("Enter",), "1 credential, 1 function.")
    terminal.sees("R runs it")
    if terminal.wide:
        the_run(terminal)
    terminal.press("q")
    terminal.sees("over")
    terminal.sees("code 0")
    assert after.read_text() == before.read_text(), "the terminal's own settings"
    assert terminal.modes.split() == ["0", "1", "0"], "alternate screen, cursor, mouse"
    assert "Traceback" not in terminal.text
    assert [p.name for p in terminal.folder.glob("secretshift-*")] == [], "the demo leaves nothing"

    sent = terminal.bytes.read_text("utf-8", "surrogateescape")
    assert "release-bot" in sent
    assert shown_values(sent) == []
    terminal.bytes.unlink()
    assert sweep().below(terminal.folder) == {}


def the_run(terminal: Terminal) -> None:
    """Run, proof, undo."""
    terminal.press("R")
    terminal.sees("Keep the plaintext for now")
    # Cancel has the focus; two steps on is Run.
    time_to_hear()
    terminal.press("Tab", "Tab", "Enter")
    terminal.sees("1 function moved and proven")
    terminal.press("Enter")
    terminal.sees("For you to do: 0 of 3 done")
    terminal.press("U")
    terminal.sees("to undo it:")
    word = re.search(r"Type (\w+) to undo it", terminal.text)
    assert word is not None
    time_to_hear()
    terminal.press(word[1], "Enter")
    terminal.sees("Undone and read back.")
    terminal.sees("all of it is undone.")


def time_to_hear() -> None:
    """A sheet is deaf until no key has come for a moment, and nothing shows when that is over."""
    time.sleep(2 * QUIET)
