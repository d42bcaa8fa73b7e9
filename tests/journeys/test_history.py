"""``scan --history`` as a process: what only the past holds, and Ctrl-C while it is read."""

from __future__ import annotations

import json
import secrets
import signal
import time
from pathlib import Path

import pytest

from .program import PATIENCE, Program, check, git
from .test_interrupted_scan import DETECTOR


def value() -> str:
    return f"Wd5!{secrets.token_hex(6)}Kp"


@pytest.fixture
def program(tmp_path: Path):
    made = Program(tmp_path / "program", {})
    git(made.here, "init", "-q")
    yield made
    made.close()


def commit(program: Program, name: str, text: str) -> None:
    (program.here / name).write_text(text)
    git(program.here, "add", name)
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    git(program.here, *who, "commit", "-qm", "x")


def test_what_was_removed_is_found_in_the_history_alone(program):
    gone, here = value(), value()
    commit(program, "app.env", f"DB_PASSWORD={gone}\n")
    commit(program, "app.env", "A=1\n")
    assert program.run("scan", ".").code == 0
    answer = program.run("scan", ".", "--history", "--format", "json")
    assert answer.code == 1, answer
    (finding,) = answer.data("findings")["findings"]
    place = finding["location"]
    assert (place["type"], place["path"], place["in_head"]) == ("history", "app.env", False)
    assert place["first_commit"] == place["last_commit"]
    commit(program, "app.env", f"DB_PASSWORD={here}\n")
    answer = program.run("scan", ".", "--history")
    assert answer.code == 1, answer
    assert answer.out.count("app.env") >= 3
    for said in (answer.out, answer.err):
        assert gone not in said and here not in said


def test_a_history_without_credentials(program):
    commit(program, "app.env", "A=1\n")
    answer = program.run("scan", ".", "--history")
    assert answer.code == 0, answer


def test_ctrl_c_in_the_history_keeps_what_the_files_held(program):
    held, go = program.folder / "held", program.folder / "go"
    (program.folder / "detector.py").write_text(DETECTOR.format(held=str(held), go=str(go)))
    settings = program.folder / "held.toml"
    settings.write_text('[scan]\nplugins = ["detector.py"]\n')
    here = value()
    commit(program, "m.txt", "hold the scan here\n")
    commit(program, "m.txt", "go on\n")
    commit(program, "a.env", f"DB_PASSWORD={here}\n")
    running = program.start("scan", ".", "--history", "--config", str(settings), "--format", "json")
    until = time.monotonic() + PATIENCE
    while not held.exists():
        assert running.process.poll() is None and time.monotonic() < until
        time.sleep(0.01)
    running.signal(signal.SIGINT)
    running.hear("Stopping.")
    go.touch()
    answer = running.end()
    assert answer.code == 130, answer
    data = json.loads(answer.out)
    check("findings", data)
    assert [one["location"]["path"] for one in data["findings"]] == ["a.env"]
    assert "interrupted" in {error["code"] for error in data["errors"]}
    assert here not in answer.out and here not in answer.err
