"""The progress of a scan on a real terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

from tests import compiled_rules

from .conftest import PROGRAM

MOVES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")


def on_a_terminal(tmp_path: Path, **more: str) -> bytes:
    """What a scan of this folder draws on stderr."""
    compiled_rules.lay_below(tmp_path)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "app.txt").write_text("nothing\n")
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "SECRETSHIFT_HOME": str(tmp_path / "workspace"),
        "TERM": "xterm",
        "COLUMNS": "100",
        **more,
    }
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [str(PROGRAM), "scan", "folder"],
        env=environment,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    drawn = bytearray()
    try:
        while piece := os.read(ours, 65536):
            drawn += piece
    except OSError:
        # Nobody holds the other end any more.
        pass
    os.close(ours)
    assert process.wait(60) == 0
    return bytes(drawn)


def test_a_bar_goes_along_and_is_taken_away(tmp_path):
    drawn = on_a_terminal(tmp_path)
    plain = MOVES.sub(b"", drawn).decode()
    assert re.search(r"folder files +━+ +1/1", plain), plain
    assert b"\x1b[2K" in drawn
    assert plain.rstrip().endswith("Looked at 1 file, 8 bytes")


def test_without_colours_there_are_plain_lines(tmp_path):
    drawn = on_a_terminal(tmp_path, NO_COLOR="1")
    # A busy machine takes longer to load the rules than one that says nothing of it.
    lines = drawn.decode().splitlines()
    slow = re.compile("Compiling the detection rules|folder: 1 of [1?] files")
    assert [line for line in lines if not slow.match(line)] == ["Looked at 1 file, 8 bytes"]
    assert not MOVES.search(drawn)
