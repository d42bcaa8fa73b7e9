"""Data on stdout, talk on stderr, and neither breaks when nobody reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from secretshift.cli.screen import Screen
from secretshift.model.errors import Refused
from secretshift.model.findings import ScanReport, SourceError
from secretshift.model.journeys import Note
from secretshift.reports.lines import Style, line
from secretshift.workflow.scan import ScanResult

HOSTILE = "pay\x1b[2J\x1b]0;x\x07\u202e\x9b31m\r\nerror: faked"

ENDLESS = """
import sys, secretshift.cli.kinds as kinds
from secretshift.cli import main
import secretshift.reports.kinds as reports
from secretshift.reports.lines import line
reports.kinds_lines = lambda chosen: [line("x" * 100) for _ in range(100_000)]
sys.argv = ["secretshift", "kinds"]
main.main()
"""

MAIN = "$PYTHON -c 'from secretshift.cli.main import main; main()'"


@pytest.fixture
def shell(tmp_path):
    """Run a line of bash in a folder, with a workspace beside it."""
    folder = tmp_path / "folder"

    def run(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
        given = {**os.environ, "PYTHON": sys.executable, "SECRETSHIFT_HOME": str(folder)}
        return subprocess.run(
            ["/bin/bash", "-c", line],
            cwd=tmp_path,
            env={**given, **environment},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def test_talk_never_mixes_with_data(world):
    report = ScanReport(errors=(SourceError("x", "y", "z"),), counts=(("files", 3),))
    world.answer("scan.scan", ScanResult(report))
    answer = world.run("scan", "--format", "json")
    assert json.loads(answer.out)["errors"]
    assert "Looked at 3 files" in answer.err


def test_quiet_says_nothing_but_errors(world):
    world.answer("scan.scan", ScanResult(ScanReport(counts=(("files", 3),))))
    assert world.run("scan", "-q", "--format", "json").err == ""
    world.answer("scan.scan", Refused("It was refused"))
    assert world.run("scan", "-q").err == "error: It was refused\n"


def test_an_error_is_what_where_and_what_to_do(world):
    error = Refused("It was refused", resource="arn:aws:x", hint="Ask for the right")
    world.answer("scan.scan", error)
    answer = world.run("scan", "--format", "json")
    assert answer.err == "error: It was refused\n  at: arn:aws:x\n  do: Ask for the right\n"
    assert answer.out == ""


def test_what_comes_from_outside_cannot_write_lines_or_move_the_cursor(world):
    world.answer("scan.scan", Refused(HOSTILE, resource=HOSTILE, hint=HOSTILE))
    said = world.run("scan").err
    assert len(said.splitlines()) == 3
    assert said.replace("\n", "").isprintable()


def test_a_note_from_outside_is_harmless_too(world):
    from secretshift.cli.invocation import Invocation

    Invocation().emit(Note(HOSTILE))
    assert world.capsys.readouterr().err.rstrip("\n").isprintable()


def test_a_hostile_command_line_is_harmless_too(world):
    said = world.run("\x1b[2Jnonsense", "\x07").err
    assert said.replace("\n", "").isprintable()


def test_a_defect_is_told_without_the_text_of_the_exception(world):
    world.answer("scan.scan", ValueError("hunter2-canary"))
    answer = world.run("scan")
    assert answer.code == 70
    assert "ValueError" in answer.err
    assert "hunter2-canary" not in answer.out + answer.err


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_is_no_failure(shell, tmp_path, unbuffered):
    (tmp_path / "endless.py").write_text(ENDLESS)
    done = shell("$PYTHON endless.py | head -1; echo ${PIPESTATUS[0]}", PYTHONUNBUFFERED=unbuffered)
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_stdout_has_a_buffer_that_repeats_a_write_that_was_cut_short(shell, unbuffered):
    program = (
        "import io, sys; from secretshift.cli.screen import prepare_streams; prepare_streams(); "
        "sys.stdout.write(str(isinstance(sys.stdout.buffer, io.BufferedWriter)))"
    )
    assert shell(f'$PYTHON -c "{program}"', PYTHONUNBUFFERED=unbuffered).stdout == "True"


@pytest.mark.parametrize(
    "command", ["kinds", "--help", "scan --format json -q .", "scan .", "scan --help"]
)
def test_a_full_disk_is_a_failure_that_is_told_once(shell, command):
    done = shell(f"{MAIN} {command} >/dev/full")
    assert done.returncode == 3
    error = "error: The output cannot be written: No space left on device\n  at: stdout\n"
    assert done.stderr.endswith(error)
    assert "defect" not in done.stderr and "Exception" not in done.stderr


@pytest.mark.parametrize("way", ["2>&-", "2> >(true)", "2>/dev/full"])
def test_talk_that_nobody_can_hear_stops_nothing(shell, way):
    done = shell(f"{MAIN} scan --format json . {way}; echo $?")
    *lines, code = done.stdout.splitlines()
    assert (len(lines) > 5, code) == (True, "0")


def test_no_file_gets_the_number_of_a_stream_that_was_closed(shell):
    program = (
        "from secretshift.cli.screen import prepare_streams; prepare_streams(); "
        "import os; os._exit(os.open('/dev/null', os.O_RDONLY))"
    )
    assert shell(f'$PYTHON -c "{program}" 0<&- 1>&- 2>&-').returncode > 2


def test_any_locale_gets_utf_8(program):
    done = program(["scan", "--help"], LC_ALL="POSIX", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    assert done.returncode == 0
    assert done.stdout.decode("utf-8").startswith("Usage:")


class Terminal:
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("options", "environment", "coloured"),
    [
        ({}, {"TERM": "xterm"}, True),
        ({"colour": False}, {"TERM": "xterm"}, False),
        ({}, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({}, {"TERM": "xterm", "NO_COLOR": ""}, True),
        ({}, {"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(monkeypatch, options, environment, coloured):
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Screen(**options).coloured(Terminal()) is coloured


def test_no_colour_in_a_pipe(capsys):
    Screen().show([line(("red", Style.BAD))])
    assert capsys.readouterr().out == "red\n"
