"""Decisions go by the value: they outlive moved lines and renamed files, and end on their day."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest

from secretshift.model.decisions import Choice
from secretshift.model.errors import ExitCode
from secretshift.workflow.decisions import DecideRequest, decide

WHY = "goes with the old test system"


@pytest.fixture
def decided(desk):
    """One credential in one file, decided to stay for 20 days."""
    desk.write("src/app.py", f'DB_PASSWORD = "{secrets.token_urlsafe(18)}7"\n')
    until = (desk.now.astimezone().date() + timedelta(days=20)).isoformat()
    credential = desk.credential().id
    decide(desk.services(), DecideRequest((credential,), Choice.ACCEPTED, WHY, until))
    assert desk.scan().exit_code is ExitCode.DONE
    return desk


def test_it_holds_where_lines_move(decided):
    file = decided.folder / "src/app.py"
    file.write_text("# one\n# two\n\n" + file.read_text() + "\nx = 1\n")
    result = decided.scan()
    assert result.report.findings[0].location.line == 4
    assert result.exit_code is ExitCode.DONE


def test_it_holds_where_the_file_is_renamed_and_where_it_is_copied(decided):
    file = decided.folder / "src/app.py"
    decided.write("other/settings.py", file.read_text())
    file.rename(decided.folder / "src/renamed.py")
    result = decided.scan()
    assert {f.location.path for f in result.report.findings} == {
        "other/settings.py",
        "src/renamed.py",
    }
    assert result.exit_code is ExitCode.DONE


def test_it_holds_where_the_value_stands_under_another_name(decided):
    file = decided.folder / "src/app.py"
    file.write_text(file.read_text().replace("DB_PASSWORD", "SMTP_PASSWORD"))
    assert decided.scan().exit_code is ExitCode.DONE


def test_another_value_in_its_place_is_open(decided):
    decided.write("src/app.py", f'DB_PASSWORD = "{secrets.token_urlsafe(18)}7"\n')
    assert decided.scan().exit_code is ExitCode.FINDINGS


def test_it_ends_with_its_last_day(decided):
    decided.later(days=20)
    assert decided.scan().exit_code is ExitCode.DONE
    decided.later(days=1)
    result = decided.scan()
    assert result.exit_code is ExitCode.FINDINGS
    assert result.decisions == {}
