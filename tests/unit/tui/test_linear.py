"""Linear mode: plain lines and numbered choices, no control byte, no redraw."""

from __future__ import annotations

import io
import subprocess
import sys

from secretshift.model.errors import ExitCode
from secretshift.model.journeys import CancelToken, Looking, Note, Step
from secretshift.settings import Settings
from secretshift.tui.linear import Conversation, converse
from secretshift.wiring import services

from ..reports.conftest import HOSTILE


def talk(tmp_path, answers: str, clock=lambda: 0.0) -> str:
    out = io.StringIO()
    made = services(Settings(), workspace=tmp_path / "workspace")
    code = converse(made, tmp_path, io.StringIO(answers), out, clock)
    assert code == ExitCode.DONE
    return out.getvalue()


def conversation(tmp_path, clock) -> tuple[Conversation, io.StringIO]:
    out = io.StringIO()
    made = services(Settings(), workspace=tmp_path / "workspace")
    return Conversation(made, tmp_path, io.StringIO(), out, clock), out


def test_the_end_of_input_leaves_and_says_where_to_go_on(tmp_path):
    said = talk(tmp_path, "")
    assert "What do you want to do?" in said and "Left." in said


def test_a_wrong_number_is_said_and_asked_again(tmp_path):
    said = talk(tmp_path, "9\nx\nq\n")
    assert said.count("That is none of 1 to 3.") == 2


def test_a_folder_is_scanned_and_its_findings_are_numbered_and_masked(tmp_path, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    canary = "hV9" + "x2mQz7LrT4wKp"
    (tmp_path / "settings.py").write_text(f'DB_PASSWORD = "{canary}"\n')
    said = talk(tmp_path, "1\n1\nwhy 1\nb\nq\n")
    assert "1 credential found." in said and "settings.py:1" in said
    assert "confidence" in said
    assert canary not in said


def test_no_runs_is_said(tmp_path):
    assert "No runs in this workspace." in talk(tmp_path, "2\nq\n")


def test_every_state_is_a_word_and_foreign_text_is_harmless(tmp_path):
    talk_to, out = conversation(tmp_path, lambda: 0.0)
    talk_to.heard(Step("x", HOSTILE, "failed", HOSTILE, proof=HOSTILE))
    talk_to.heard(Note(HOSTILE))
    said = out.getvalue()
    assert "Failed:" in said
    assert not any(ord(c) < 32 and c != "\n" for c in said) and "\x1b" not in said


def test_progress_is_said_only_after_ten_seconds_and_when_it_changed(tmp_path):
    now = [0.0]
    talk_to, out = conversation(tmp_path, lambda: now[0])
    with talk_to.cancellable("x") as token:
        assert isinstance(token, CancelToken)
        for second in range(35):
            now[0] = float(second)
            talk_to.heard(Looking("src", second // 12, 100, 0))
    lines = [line for line in out.getvalue().splitlines() if line.startswith("src")]
    assert len(lines) == 2 or len(lines) == 3
    assert len(lines) == len(set(lines))


def test_it_loads_no_textual():
    code = "import secretshift.tui.linear, sys; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
