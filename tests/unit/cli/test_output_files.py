"""Files that were asked for: whole or not at all, and nobody else's to read."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from secretshift.cli.output import check_target, deliver
from secretshift.cli.screen import Screen
from secretshift.model.errors import Unavailable, UsageProblem
from secretshift.model.findings import ScanReport
from secretshift.workflow.migrate import check_plan
from secretshift.workflow.scan import ScanResult


@pytest.fixture
def screen():
    return Screen(quiet=True)


def test_only_the_owner_can_read_it(screen, tmp_path):
    os.umask(0)
    deliver("text", str(tmp_path / "file"), screen)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


def test_a_file_of_before_that_all_could_read_is_replaced(screen, tmp_path):
    target = tmp_path / "file"
    target.write_text("old")
    target.chmod(0o644)
    deliver("new", str(target), screen)
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_what_a_link_points_to_is_left_alone(screen, tmp_path):
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "link").symlink_to("precious")
    deliver("new", str(tmp_path / "link"), screen)
    assert (tmp_path / "precious").read_text() == "precious"
    assert (tmp_path / "link").read_text() == "new"


def test_a_write_that_fails_leaves_the_old_file_and_no_crumbs(screen, tmp_path, monkeypatch):
    target = tmp_path / "file"
    target.write_text("old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="No space left"):
        deliver("new", str(target), screen)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_device_is_written_to_and_not_replaced(screen):
    deliver("new", "/dev/null", screen)
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_dash_is_stdout(screen, capsys):
    deliver("text", "-", screen)
    assert capsys.readouterr().out == "text"


def test_a_name_that_is_no_utf_8_does_not_break_it(screen, tmp_path):
    deliver("caf\udce9", str(tmp_path / "file"), screen)
    assert (tmp_path / "file").read_bytes() == b"caf\\udce9"


@pytest.mark.parametrize("target", [".", "missing/file"])
def test_what_cannot_be_written_is_found_before_the_work(world, target):
    answer = world.run("scan", "-o", target)
    assert answer.code == 2
    assert not world.opened


def test_none_and_a_dash_need_no_folder():
    check_target(None)
    check_target("-")
    with pytest.raises(UsageProblem):
        check_target("/nowhere/at/all")


def test_a_scan_goes_to_the_file_and_its_summary_to_stderr(world, tmp_path):
    world.answer("scan.scan", ScanResult(ScanReport()))
    answer = world.run("scan", "--format", "json", "-o", "out.json")
    assert answer.out == ""
    assert json.loads((tmp_path / "out.json").read_text())["schema"] == 1
    assert "Written: out.json" in answer.err
    assert "No plaintext credential" in answer.err


def test_a_plan_file_can_be_read_back_and_the_text_still_goes_to_stdout(
    world, made_up_plan, tmp_path
):
    world.answer("plan.plan", SimpleNamespace(plan=made_up_plan))
    answer = world.run("plan", "-o", "plan.json")
    assert "function orders-api" in answer.out
    assert check_plan(json.loads((tmp_path / "plan.json").read_text())) == made_up_plan


def test_a_plan_on_stdout_is_the_plan_alone(world, made_up_plan):
    world.answer("plan.plan", SimpleNamespace(plan=made_up_plan))
    assert check_plan(json.loads(world.run("plan", "-o", "-").out)) == made_up_plan
