"""A detector of the user's own: a broken one is no clean scan, a loud one says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .program import Program, git

TOKEN = "acme_" + "deploy_" + "x9k2mq7vl4s1"
LOUD = """import logging, os, re, sys, warnings
from detect_secrets.plugins.base import BasePlugin
class Acme(BasePlugin):
    secret_type = "Acme"
    def analyze_string(self, string):
        print(string)
        print(string, file=sys.stderr)
        os.write(1, string.encode())
        os.write(2, string.encode())
        logging.warning(string)
        warnings.warn(string)
        if "odd" in string:
            raise ValueError(string)
        yield from re.findall("acme_deploy_[a-z0-9]{12}", string)
"""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    made = Program(tmp_path / "own", {})
    (made.here / "own.toml").write_text('[scan]\nplugins = ["own.py"]\n')
    (made.here / "z.env").write_text(f"A=1\nRELEASE={TOKEN}\n")
    yield made
    made.close()


@pytest.mark.parametrize(
    "text",
    ["class Acme(:\n", "import sys\nsys.exit(0)\n", "x = 1\n"],
    ids=["syntax", "exit", "none"],
)
def test_a_scan_does_not_go_on_without_one_that_cannot_be_loaded(
    program: Program, text: str
) -> None:
    (program.here / "own.py").write_text(text)
    for command in (["scan", "z.env"], ["baseline", "z.env"]):
        answer = program.run(*command, "--config", "own.toml")
        assert answer.code == 2, answer
        assert "own.py" in answer.err and "A detector of your own" in answer.err


def test_one_that_ends_its_process_is_no_clean_scan(program: Program) -> None:
    (program.here / "own.py").write_text("import os\nos._exit(0)\n")
    answer = program.run("scan", "z.env", "--config", "own.toml")
    assert answer.code == 3, answer


def test_what_it_prints_is_not_seen_and_what_it_fails_on_is_told(program: Program) -> None:
    (program.here / "own.py").write_text(LOUD)
    (program.here / "a.txt").write_text(f"odd {TOKEN}\n")
    answer = program.run("-vv", "scan", ".", "--config", "own.toml", "--format", "json")
    assert answer.code == 3, answer
    report = answer.data("findings")
    found = [one["location"] for one in report["findings"]]
    assert [(at["path"], at["line"]) for at in found] == [("z.env", 2)]
    assert [one["code"] for one in report["errors"]] == ["detector-failed"]
    assert TOKEN not in answer.out + answer.err


def test_it_is_asked_of_every_line_of_a_history(program: Program) -> None:
    (program.here / "own.py").write_text(LOUD.replace('if "odd" in string:', "if False:"))
    git(program.here, "init", "-q")
    git(program.here, "add", "z.env")
    git(program.here, "commit", "-qm", "one")
    git(program.here, "rm", "-q", "z.env")
    git(program.here, "commit", "-qm", "two")
    answer = program.run("scan", "--history", "--config", "own.toml", "--format", "json")
    found = [one["location"] for one in answer.data("findings")["findings"]]
    assert [(at["type"], at["path"], at["line"]) for at in found] == [("history", "z.env", 2)]
    assert TOKEN not in answer.out + answer.err
