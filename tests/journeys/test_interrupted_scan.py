"""Ctrl-C in the middle of a scan: what was found until then is written, and said to be a part."""

from __future__ import annotations

import csv
import io
import json
import secrets
import signal
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from secretshift.cli.scan import scan

from .program import PATIENCE, Program, Running, check, git

DETECTOR = """
import re, time
from pathlib import Path
from detect_secrets.plugins.base import RegexBasedDetector

class Held(RegexBasedDetector):
    secret_type = "held"
    denylist = (re.compile("hold the scan here"),)

    def analyze_string(self, string):
        if "hold the scan here" in string:
            Path({held!r}).touch()
            until = time.monotonic() + 30
            while not Path({go!r}).exists() and time.monotonic() < until:
                time.sleep(0.01)
        return iter(())
"""
FOUND, LATER = "a.env", "z.env"
FORMATS = next(
    option.type.choices
    for option in scan.params
    if option.name == "form" and isinstance(option.type, click.Choice)
)


class Held:
    """A scan that waits in its second file of three until the test lets it go on."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._held, self._go = program.folder / "held", program.folder / "go"
        detector = DETECTOR.format(held=str(self._held), go=str(self._go))
        (program.folder / "detector.py").write_text(detector)
        self.settings = program.folder / "held.toml"
        self.settings.write_text('[scan]\nplugins = ["detector.py"]\n')
        self.values = [f"Wd5!{secrets.token_hex(6)}Kp" for _ in range(2)]
        for name, value in zip((FOUND, LATER), self.values, strict=True):
            (program.here / name).write_text(f"DB_PASSWORD={value}\n")
        (program.here / "m.env").write_text("hold the scan here\n")
        git(program.here, "init", "-q")
        git(program.here, "add", ".")

    def start(self, *arguments: str) -> Running:
        running = self._program.start("scan", "--config", str(self.settings), *arguments)
        until = time.monotonic() + PATIENCE
        while not self._held.exists():
            assert running.process.poll() is None and time.monotonic() < until
            time.sleep(0.01)
        return running

    def let_go(self) -> None:
        self._go.touch()


@pytest.fixture
def held(tmp_path: Path):
    program = Program(tmp_path / "held", {})
    yield Held(program)
    program.close()


def in_json(text: str) -> tuple[bool, bool]:
    data = json.loads(text)
    check("findings", data)
    return any(f["location"]["path"] == FOUND for f in data["findings"]), any(
        error["code"] == "interrupted" for error in data["errors"]
    )


def in_sarif(text: str) -> tuple[bool, bool]:
    (run,) = json.loads(text)["runs"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    return FOUND in json.dumps(run["results"]), "Stopped on request" in json.dumps(invocation)


def in_junit(text: str) -> tuple[bool, bool]:
    errors = [
        error.attrib.get("message", "") + (error.text or "")
        for error in ElementTree.fromstring(text).iter("error")
    ]
    return FOUND in text, any("Stopped on request" in error for error in errors)


def in_csv(text: str) -> tuple[bool, bool]:
    """Of what is not a finding a table has nothing; stderr and the exit code say it."""
    rows = list(csv.DictReader(io.StringIO(text)))
    return [row["path"] for row in rows] == [FOUND], True


def in_table(text: str) -> tuple[bool, bool]:
    return f"{FOUND}:1:" in text, "Stopped on request before all was read" in text


READERS: dict[str, Callable[[str], tuple[bool, bool]]] = {
    "json": in_json,
    "sarif": in_sarif,
    "junit": in_junit,
    "csv": in_csv,
    "table": in_table,
}


def test_every_form_has_a_reader():
    assert set(FORMATS) == set(READERS)


@pytest.mark.parametrize(
    ("form", "to_file"),
    [
        ("json", True),
        ("json", False),
        ("sarif", True),
        ("junit", False),
        ("csv", True),
        ("table", False),
    ],
)
def test_what_was_found_is_written_and_called_a_part(held, tmp_path, form, to_file):
    report = tmp_path / "report"
    running = held.start("--format", form, *(("-o", str(report)) if to_file else ()))
    running.signal(signal.SIGINT)
    running.hear("Stopping.")
    held.let_go()
    answer = running.end()
    assert answer.code == 130, answer
    text = report.read_text() if to_file else answer.out
    assert READERS[form](text) == (True, True), text
    assert LATER not in text
    assert "Stopped before all was read" in answer.err
    assert not any(value in text + answer.err for value in held.values)
    if to_file:
        assert report.stat().st_mode & 0o777 == 0o600 and answer.out == ""


def test_a_second_ctrl_c_ends_at_once_and_leaves_no_half_a_report(held, tmp_path):
    report = tmp_path / "report"
    report.write_text("of before")
    running = held.start("--format", "json", "-o", str(report))
    for said in ("Stopping.", "Stopped at once."):
        running.signal(signal.SIGINT)
        running.hear(said)
    assert running.end().code == 130
    assert report.read_text() == "of before"
