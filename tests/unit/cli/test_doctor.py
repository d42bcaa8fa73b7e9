"""The commands doctor and plugins: what they pass on, print and answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from secretshift.model.checks import Check, CheckState
from secretshift.settings import AwsSettings
from secretshift.workflow import doctor as workflow
from secretshift.workflow.doctor import Checked, DoctorResult

SCHEMAS = Path(__file__).parents[3] / "docs/reference/schemas"
HOSTILE = "=pay\x1b[2J\u202egnp\r\n<b>"
CHECKS = (
    Check("git", "git", CheckState.OK, "2.47.0"),
    Check("swap", "swap", CheckState.WARN, "Not encrypted: /dev/sda2", "Encrypt it"),
    Check("x", "functions", CheckState.FAIL, HOSTILE, "Ask for the right", "aws 1 eu-west-1"),
    Check("mouse", "mouse", CheckState.UNKNOWN, "It cannot be told"),
)


def held_to(schema: str, text: str) -> Any:
    data = json.loads(text)
    document = json.loads((SCHEMAS / f"{schema}.json").read_text())
    jsonschema.Draft202012Validator(document).validate(data)
    return data


@pytest.fixture
def answers(world, monkeypatch):
    """Let doctor find these checks; gives the requests that it got."""
    requests: list[Any] = []

    def set_up(checks: Sequence[Check]) -> list[Any]:
        def fake(_services, request, emit, _cancel):
            requests.append(request)
            for check in checks:
                emit(Checked(check))
            return DoctorResult(tuple(checks), ("AWS accounts",))

        monkeypatch.setattr(workflow, "doctor", fake)
        return requests

    return set_up


def test_what_was_found_as_a_table(world, answers):
    answers(CHECKS)
    answer = world.run("doctor")
    assert answer.code == 3
    lines = answer.out.splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "machine",
        "aws 1 eu-west-1",
        "machine",
        "not looked at: AWS accounts",
        "1 ok, 1 warning, 1 failed, 1 unknown",
    ]
    assert "  ! swap: warn: Not encrypted: /dev/sda2" in lines
    assert "      do: Encrypt it" in lines
    assert all(line.isprintable() for line in lines)
    assert answer.err == ""


def test_each_fact_is_shown_when_it_is_known(world, monkeypatch):
    shown: list[str] = []

    def fake(_services, _request, emit, _cancel):
        emit(Checked(CHECKS[0]))
        shown.append(world.capsys.readouterr().out)
        return DoctorResult(CHECKS[:1])

    monkeypatch.setattr(workflow, "doctor", fake)
    assert world.run("doctor").code == 0
    assert "2.47.0" in shown[0]


def test_what_was_found_as_json(world, answers):
    answers(CHECKS)
    answer = world.run("doctor", "--format", "json")
    data = held_to("doctor", answer.out)
    assert answer.code == 3 and answer.err == ""
    assert [check["state"] for check in data["checks"]] == ["ok", "warn", "fail", "unknown"]
    assert data["checks"][2]["text"] == HOSTILE
    assert answer.out.replace("\n", "").isprintable()


def test_options_come_before_settings(world, answers):
    world.settings = replace(
        world.settings, aws=AwsSettings(("a",), ("eu-west-1",), exclude_regions=("us-east-1",))
    )
    requests = answers(())
    world.run("doctor", "--aws")
    world.run("doctor", "--aws", "--profile", "b", "--all-regions")
    world.run("doctor", "--aws", "--region", "eu-west-3")
    world.run("doctor")
    first, second, third, fourth = (request.sources for request in requests)
    assert (first.profiles, first.regions) == (("a",), ("eu-west-1",))
    assert first.exclude_regions == ("us-east-1",)
    assert (second.profiles, second.regions, second.all_regions) == (("b",), (), True)
    assert third.regions == ("eu-west-3",)
    assert first.aws and not fourth.aws


@pytest.mark.parametrize(
    "arguments",
    [
        ["--profile", "x"],
        ["--region", "x"],
        ["--all-regions"],
        ["--aws", "--region", "x", "--all-regions"],
    ],
)
def test_what_contradicts_itself_ends_before_anything_is_opened(world, answers, arguments):
    requests = answers(())
    answer = world.run("doctor", *arguments)
    assert answer.code == 2 and requests == [] and world.opened == []


def checks_of(done: Any) -> dict[str, Any]:
    data = held_to("doctor", done.stdout.decode())
    return {check["id"]: check for check in data["checks"]}


def test_a_machine_and_a_workspace_that_are_fit(program):
    done = program(["doctor", "--format", "json"], LC_ALL="C.UTF-8")
    checks = checks_of(done)
    assert done.returncode == 0, done.stdout
    for id_ in ("git", "python", "core-dumps", "workspace", "modes", "journal", "engine"):
        assert checks[id_]["state"] == "ok", checks[id_]
    # nobody sits at a terminal here
    assert checks["terminal"]["state"] == "unknown"


def test_what_keeps_the_program_from_opening_is_a_finding(program, tmp_path):
    program(["runs"])
    (tmp_path / "workspace").chmod(0o755)
    done = program(["doctor", "--format", "json"])
    checks = checks_of(done)
    assert done.returncode == 3
    assert checks["workspace"]["state"] == "fail" and "chmod 700" in checks["workspace"]["hint"]
    assert checks["journal"]["state"] == checks["engine"]["state"] == "unknown"
    assert checks["git"]["state"] == "ok"


def test_settings_that_cannot_be_read_are_a_finding(program, tmp_path):
    (tmp_path / "secretshift.toml").write_text("[plan]\nsecret_prefx = 'x'\n")
    done = program(["doctor", "--format", "json"])
    checks = checks_of(done)
    assert done.returncode == 3
    assert "secret_prefx" in checks["workspace"]["text"]
    assert "plan.secret_prefix" in checks["workspace"]["hint"]


def test_files_that_others_may_read_are_named(program, tmp_path):
    program(["runs"])
    (tmp_path / "workspace" / "workspace.db").chmod(0o644)
    checks = checks_of(program(["doctor", "--format", "json"]))
    assert checks["modes"]["state"] == "warn" and "workspace.db (0644)" in checks["modes"]["text"]


def test_a_journal_that_does_not_open_fails(program, tmp_path):
    program(["runs"])
    (tmp_path / "workspace" / "workspace.db").write_bytes(b"no database at all" * 100)
    done = program(["doctor", "--format", "json"])
    assert done.returncode == 3 and checks_of(done)["journal"]["state"] == "fail"


def test_plugins(program, tmp_path):
    done = program(["plugins"])
    assert done.returncode == 0 and b"Nothing was added" in done.stdout
    (tmp_path / "own.py").write_text("raise LookupError\n")
    (tmp_path / "own.toml").write_text("[scan]\nplugins = ['own.py']\n")
    done = program(["plugins", "--config", "own.toml", "--format", "json"])
    (plugin,) = held_to("plugins", done.stdout.decode())["plugins"]
    assert done.returncode == 3
    assert plugin["state"] == "failed" and plugin["where"] == str(tmp_path / "own.py")
    done = program(["doctor", "--config", "own.toml", "--format", "json"])
    check = checks_of(done)[f"plugin:{tmp_path / 'own.py'}"]
    assert done.returncode == 3 and check["state"] == "fail" and "LookupError" in check["text"]
    assert b"LookupError" in program(["plugins", "--config", "own.toml"]).stdout
    # a broken file of kinds stops the program, but not its list of plugins
    (tmp_path / "kinds.toml").write_text("[[kind]]\nid = 'x'\n")
    (tmp_path / "secretshift.toml").write_text("[catalogue]\nextra = ['kinds.toml']\n")
    assert program(["scan"]).returncode == 2
    done = program(["plugins"])
    assert done.returncode == 3 and b"kinds.toml" in done.stdout
