"""Nothing is changed before somebody said yes, on the command line or on a terminal."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from secretshift.model.codec import to_data
from secretshift.model.journeys import Consent
from secretshift.workflow.migrate import MigrateResult
from secretshift.workflow.undo import UndoResult

DONE = MigrateResult("r-20251124-101500-7b1e", "done", moved=("eu-west-1/orders-api",))


@pytest.mark.parametrize("command", [["migrate"], ["resume", "last"], ["undo", "last"]])
def test_without_a_terminal_and_without_yes_nothing_is_even_opened(world, command):
    answer = world.run(*command)
    assert answer.code == 2
    assert "--yes" in answer.err
    assert not world.opened and not world.calls


def test_dry_run_asks_nothing_and_changes_nothing(world, made_up_plan):
    world.answer("plan.plan", SimpleNamespace(plan=made_up_plan))
    world.answer("migrate.migrate", DONE)
    answer = world.run("migrate", "--dry-run")
    assert answer.code == 3  # as plan says of a plan with a blocked function
    assert "function orders-api" in answer.out
    assert not world.called("migrate")


@pytest.mark.parametrize(
    ("options", "consent"),
    [([], Consent.REMOVE_PLAINTEXT), (["--keep-plaintext"], Consent.SWITCH)],
)
def test_consent_goes_as_far_as_was_said(world, made_up_plan, options, consent):
    world.answer("plan.plan", SimpleNamespace(plan=made_up_plan))
    world.answer("migrate.migrate", DONE)
    world.run("migrate", "--yes", "--label", "spring", *options)
    (request,) = world.called("migrate")
    assert request.consent is consent
    assert request.label == "spring"


def test_a_plan_of_a_file_is_carried_out_as_it_stands(world, made_up_plan, tmp_path):
    (tmp_path / "plan.json").write_text(json.dumps(to_data(made_up_plan)))
    world.answer("migrate.migrate", DONE)
    assert world.run("migrate", "--plan", "plan.json", "--yes", "--profile", "prod").code == 0
    (request,) = world.called("migrate")
    assert request.plan == made_up_plan
    assert request.profiles == ("prod",)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"schema": 2}', '{"schema": 1}', pytest.param("[" * 99999, id="deep")],
)
def test_a_file_that_is_no_plan_is_refused(world, tmp_path, text):
    (tmp_path / "plan.json").write_text(text)
    answer = world.run("migrate", "--plan", "plan.json", "--yes")
    assert answer.code == 2
    assert not world.opened


def test_resume_goes_no_further_than_the_run_was_allowed_to(world, made_up_plan):
    record = SimpleNamespace(id="r-20251124-101500-7b1e", status="interrupted")
    detail = SimpleNamespace(record=record, plan=made_up_plan, changes=(), entries=())
    world.answer("runs.show", detail)
    seen = []
    world.monkeypatch.setattr(
        "secretshift.workflow.migrate.resume",
        lambda _services, run, consent, *_rest, **_named: seen.append((run, consent)) or DONE,
    )
    for allowed, options, expected in [
        (Consent.REMOVE_PLAINTEXT, [], Consent.REMOVE_PLAINTEXT),
        (Consent.REMOVE_PLAINTEXT, ["--keep-plaintext"], Consent.SWITCH),
        (Consent.SWITCH, [], Consent.SWITCH),
    ]:
        request = {"consent": int(allowed)}
        world.journal = SimpleNamespace(request=lambda _run, request=request: request)
        assert world.run("resume", "last", "--yes", *options).code == 0
        assert seen.pop() == (record.id, expected)


def test_undo_says_first_where_the_value_will_lie_in_plain_again(world, made_up_plan):
    changes = (
        SimpleNamespace(type="remove-plaintext", target="eu-west-1/orders-api", state="done"),
        SimpleNamespace(type="remove-plaintext", target="eu-west-1/other", state="undone"),
        SimpleNamespace(type="add-reference", target="eu-west-1/third", state="done"),
    )
    world.answer("undo.undo_preview", ("r-20251124-101500-7b1e", made_up_plan, True))
    world.answer("runs.show", SimpleNamespace(changes=changes))
    world.answer("undo.undo", RuntimeError())
    told = world.run("undo", "last", "--yes").err
    assert "The value lies in plain again in 1 function:\n    eu-west-1/orders-api\n" in told
    assert "eu-west-1/other" not in told and "eu-west-1/third" not in told


@pytest.mark.parametrize(("typed", "asked"), [("no\n", False), ("yes\n", True)])
def test_undo_needs_a_yes_of_its_own(world, made_up_plan, monkeypatch, typed, asked):
    run = "r-20251124-101500-7b1e"
    world.answer("undo.undo_preview", (run, made_up_plan, True))
    world.answer("runs.show", SimpleNamespace(changes=()))
    world.answer("undo.undo", UndoResult(run, "undone"))
    world.journal = SimpleNamespace(changes=lambda _run: ())
    monkeypatch.setattr("secretshift.cli.asking.is_terminal", lambda _stream: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    answer = world.run("undo", "last")
    assert bool(world.called("undo")) is asked
    assert answer.code == (0 if asked else 130)


@pytest.mark.parametrize(
    ("option", "field"),
    [("--accept-rotated", "accept_rotated"), ("--restore-deleted", "restore_deleted")],
)
def test_what_undo_may_do_beyond_taking_back_is_said_by_name(world, made_up_plan, option, field):
    run = "r-20251124-101500-7b1e"
    world.answer("undo.undo_preview", (run, made_up_plan, True))
    world.answer("runs.show", SimpleNamespace(changes=()))
    world.answer("undo.undo", UndoResult(run, "undone"))
    world.journal = SimpleNamespace(changes=lambda _run: ())
    world.run("undo", "last", "--yes")
    world.run("undo", "last", "--yes", option)
    assert [getattr(request, field) for request in world.called("undo")] == [False, True]


SCRIPT = """
import signal
# As in a terminal: what started the tests may have been started with signals ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
import fcntl, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C on it is a signal
from types import SimpleNamespace
import secretshift.wiring as wiring
import secretshift.workflow.migrate as migrate
from secretshift.settings import Settings

def journey(*_given):
    print("CARRIED OUT")
    return migrate.MigrateResult("r-20251124-101500-7b1e", "done")

wiring.services = lambda *_a, **_k: SimpleNamespace(settings=Settings())
migrate.migrate = journey
from secretshift.cli.main import main
main()
"""


@pytest.mark.parametrize(
    ("typed", "code", "carried_out"),
    [
        (b"yes\n", 0, True),
        (b"y\n", 130, False),
        (b"YES\n", 130, False),
        (b"\n", 130, False),
        (b"no\n", 130, False),
        (b"\x04", 130, False),
        (b"\x03", 130, False),
    ],
)
def test_on_a_terminal_only_the_whole_word_counts(made_up_plan, tmp_path, typed, code, carried_out):
    plan = replace(made_up_plan, functions=made_up_plan.active)
    (tmp_path / "plan.json").write_text(json.dumps(to_data(plan)))
    ended, said = _on_a_terminal(tmp_path, ["migrate", "--plan", "plan.json"], typed)
    assert ended == code
    assert ("CARRIED OUT" in said) is carried_out
    assert "1 of them lose the plaintext once that is proved" in " ".join(said.split())
    assert "undo until here" in said


def _on_a_terminal(folder: Path, arguments: list[str], typed: bytes) -> tuple[int, str]:
    (folder / "program.py").write_text(SCRIPT)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "program.py", *arguments],
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "TERM": "xterm"},
    )
    os.close(theirs)
    said = b""
    waits = False
    while True:
        if waits and not select.select([ours], [], [], 5)[0]:
            # A Ctrl-C between the question and the read behind it waits for the next key.
            os.write(ours, typed)
            continue
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            break
        if not chunk:
            break
        said += chunk
        if b"go ahead:" in said and not waits:
            os.write(ours, typed)
            waits = True
    os.close(ours)
    return process.wait(timeout=30), said.decode()
