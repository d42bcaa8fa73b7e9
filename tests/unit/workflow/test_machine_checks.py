"""What doctor says of a machine, for each of the ways in which one can be."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from secretshift.hardening import Hardening, Swap
from secretshift.model.checks import Check
from secretshift.workflow import machine_checks as machine
from secretshift.workflow.account_checks import clock_check
from secretshift.workflow.doctor import DoctorResult
from secretshift.workflow.terminal_facts import TerminalFacts


def facts(columns: int = 120, rows: int = 36, **variables: str) -> TerminalFacts:
    return TerminalFacts.of(variables, columns, rows)


def states(terminal: TerminalFacts | None) -> dict[str, str]:
    return {check.id: str(check.state) for check in machine.terminal_checks(terminal)}


@pytest.mark.parametrize(
    ("variables", "colours"),
    [
        ({}, "none"),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, "none"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "none"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "screen-256color"}, "256"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm", "COLORTERM": "24bit"}, "truecolor"),
    ],
)
def test_colours_are_those_that_the_terminal_announces(
    variables: dict[str, str], colours: str
) -> None:
    assert facts(**variables).colours == colours


@pytest.mark.parametrize(
    ("variables", "utf8"),
    [
        ({"LANG": "de_DE.UTF-8"}, True),
        ({"LANG": "C.utf8"}, True),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),
        ({"LC_ALL": "", "LANG": "de_DE@euro"}, False),
        ({}, False),
    ],
)
def test_the_locale_that_holds_is_the_one_that_setlocale_takes(
    variables: dict[str, str], utf8: bool
) -> None:
    assert facts(**variables).utf8 is utf8


@pytest.mark.parametrize(
    ("columns", "rows", "state"),
    [(80, 24, "ok"), (79, 24, "warn"), (80, 23, "warn"), (59, 50, "warn")],
)
def test_a_small_terminal_is_warned_of(columns: int, rows: int, state: str) -> None:
    assert states(facts(columns, rows))["terminal-size"] == state


def test_what_cannot_be_told_of_a_terminal_is_unknown() -> None:
    assert states(None) == {"terminal": "unknown"}
    assert states(facts())["terminal-mouse"] == "unknown"
    assert states(facts(LANG="C"))["terminal-utf8"] == "warn"


@pytest.mark.parametrize(
    ("version", "state"),
    [("2.31.0", "ok"), ("2.30.9", "fail"), ("3.0", "ok"), ("of nothing", "fail")],
)
def test_git_has_to_be_new_enough(
    version: str, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "git").write_text(f"#!/bin/sh\necho git version {version}\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.git_check().state == state


def test_without_git_no_work_tree_can_be_scanned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    check = machine.git_check()
    assert check.state == "fail" and check.hint


@pytest.mark.parametrize(
    ("core_limit", "dumpable", "state"),
    [
        (0, False, "ok"),
        (0, None, "ok"),
        (0, True, "fail"),
        (1024, False, "fail"),
        (-1, None, "fail"),
    ],
)
def test_memory_must_not_be_written_or_looked_into(
    core_limit: int, dumpable: bool | None, state: str
) -> None:
    assert machine.core_dumps_check(Hardening(core_limit, dumpable)).state == state


@pytest.mark.parametrize(
    ("found", "state", "named"),
    [
        (None, "unknown", ""),
        ((), "ok", ""),
        ((Swap("/a", True),), "ok", ""),
        ((Swap("/a", None), Swap("/b", True)), "unknown", "/a"),
        ((Swap("/a", None), Swap("/b", False)), "warn", "/b"),
    ],
)
def test_swap_in_the_clear_is_warned_of(
    found: tuple[Swap, ...] | None, state: str, named: str
) -> None:
    check = machine.swap_check(found)
    assert check.state == state and named in check.text


@pytest.mark.parametrize(
    ("ahead", "state", "said"),
    [
        (None, "unknown", "nothing to compare"),
        (timedelta(seconds=1), "ok", "same"),
        (timedelta(seconds=-299), "ok", "4 min behind"),
        (timedelta(seconds=301), "fail", "5 min ahead"),
        (timedelta(minutes=-6), "fail", "6 min behind"),
    ],
)
def test_a_clock_that_is_far_off_fails(ahead: timedelta | None, state: str, said: str) -> None:
    check = clock_check(ahead)
    assert check.state == state and said in check.text


def test_an_extra_that_is_missing_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        machine, "EXTRAS", {"aws": ("not-installed-here", "x"), "demo": ("pytest", "y")}
    )
    missing = machine.extra_check("aws")
    assert missing.state == "warn" and missing.hint == "pip install 'secretshift[aws]'"
    assert machine.extra_check("demo").state == "ok"


@pytest.mark.parametrize(
    ("seen", "code"), [(["ok", "warn", "unknown"], 0), (["ok", "fail"], 3), ([], 0)]
)
def test_only_what_failed_is_in_the_exit_code(seen: list[str], code: int) -> None:
    checks = tuple(Check("x", "x", machine.CheckState(state), "") for state in seen)
    assert DoctorResult(checks).exit_code == code
