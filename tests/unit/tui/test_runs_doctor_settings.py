"""Runs, Doctor and Settings: what they list, what their keys do."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta

import pytest

from secretshift.model.checks import Check, CheckState
from secretshift.settings import Settings
from secretshift.settings.types import OwnFile
from secretshift.state.records import RunRecord

from ..reports.conftest import HOSTILE
from .stage import LARGE, NOW, SMALL, stage


def record(number: int, status: str, label: str = "") -> RunRecord:
    began = NOW - timedelta(days=number)
    ended = None if status == "running" else began
    return RunRecord(
        f"r-20261125-14020{number}-00a{number}", "migrate", began, ended, status, 7, label
    )


def fill_runs(session):
    session.runs = (
        record(1, "done"),
        record(2, "interrupted", HOSTILE),
        record(3, "undone"),
        record(4, "running"),
    )
    session.stopped_runs = frozenset({session.runs[3].id})


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_former_runs_say_how_they_stand_and_what_can_be_done(tmp_path, size):
    async with stage(tmp_path, screen="runs", size=size, fill=fill_runs) as there:
        for word in ("complete", "stopped on request", "undone, read back", "nobody works on it"):
            assert word in there.text
        assert "U undo" in there.footer and "R go on" not in there.footer
        await there.press("j")
        assert "R go on" in there.footer
        await there.press("j")
        assert "R go on" not in there.footer and "U undo" not in there.footer
        await there.press("n")
        assert there.app.screen.query_one("#runs").cursor_id == there.session.runs[3].id


async def test_a_workspace_without_runs_says_how_to_make_one(tmp_path):
    async with stage(tmp_path, screen="runs") as there:
        assert "No runs in this workspace. Make a plan: 3, then p, then R." in there.text


async def test_the_filter_of_runs_narrows_as_one_types_and_escape_brings_all_back(tmp_path):
    async with stage(tmp_path, screen="runs", fill=fill_runs) as there:
        await there.press("slash", *"state:done")
        assert there.app.screen.query_one("#runs").count == 1
        await there.press("escape")
        assert there.app.screen.query_one("#runs").count == 4
        assert there.app.screen.NAME == "runs"


def fill_checks(session):
    checks = (
        Check("git", "git", CheckState.OK, "2.47"),
        Check("clock", "clock", CheckState.FAIL, "6 minutes ahead", "Set it", "AWS 1"),
        Check("swap", "swap", CheckState.UNKNOWN, "cannot be told"),
        Check("evil", HOSTILE, CheckState.WARN, HOSTILE, HOSTILE, HOSTILE),
    )
    session.checks = {check.id: check for check in checks}


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_doctor_counts_what_is_not_known_apart(tmp_path, size):
    async with stage(tmp_path, screen="settings", size=size) as there:
        await there.until(lambda: not there.app.bridge.busy())
        fill_checks(there.session)
        await there.press("9")
        assert "1 fine, 1 failed, 1 to look at, 1 not known" in there.text
        assert "6 minutes ahead. Set it." in " ".join(there.text.split())
        await there.press("n")
        await there.press("enter")
        assert "Set it" in there.text
        await there.press("escape")
        assert "[red]" in there.text and "\x1b" not in there.text


async def test_the_doctor_looks_by_itself_the_first_time_and_again_on_c(tmp_path):
    async with stage(tmp_path, screen="doctor", size=LARGE) as there:
        await there.until(lambda: not there.app.bridge.busy() and bool(there.session.checks))
        await there.changed("doctor")
        assert "git" in there.text and "fine" in there.text
        there.session.checks.clear()
        await there.press("c")
        await there.until(lambda: not there.app.bridge.busy() and bool(there.session.checks))


def own(folder) -> Settings:
    return replace(Settings(), own=OwnFile(folder / "own.toml"))


async def test_a_setting_is_followed_at_once_kept_in_the_own_file_and_taken_back(tmp_path):
    async with stage(tmp_path, screen="settings", size=LARGE, settings=own(tmp_path)) as there:
        await there.press("j")
        assert "Theme" in there.text
        await there.press("enter")
        await there.until(lambda: there.app.theme == "light", "the light theme")
        kept = tomllib.loads((tmp_path / "own.toml").read_text())
        assert kept["tui"]["theme"] == "light"
        await there.press("u")
        await there.until(lambda: there.app.theme == "dark", "the theme before")


async def test_a_key_can_be_changed_and_a_clash_is_said(tmp_path):
    async with stage(tmp_path, screen="settings", size=LARGE, settings=own(tmp_path)) as there:
        await there.press("slash", *"leave-out", "enter")
        await there.press("j", "enter")
        assert "Another key for leave-out" in there.text
        await there.press("d")
        assert "decide and leave-out have the same key d" in " ".join(there.text.split())
        await there.press("m")
        await there.until(lambda: there.app.keymap.keys("leave-out") == ("m",), "the new key")
        kept = tomllib.loads((tmp_path / "own.toml").read_text())
        assert kept["tui"]["keys"]["leave-out"] == "m"
