"""Linear mode: plain lines and numbered choices, no control byte, no redraw."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace

import pytest

from secretshift.model.errors import ExitCode, Interrupted
from secretshift.model.journeys import CancelToken, Consent, Looking, NoAnswer, Note, Step
from secretshift.model.plans import Readers, Readership
from secretshift.settings import Settings
from secretshift.tui.linear import Conversation, converse
from secretshift.tui.linear.moving import Moving
from secretshift.tui.linear.runs import FormerRuns
from secretshift.tui.linear.talk import Talk
from secretshift.wiring import services
from secretshift.workflow.scan import scan
from secretshift.workflow.services import Sources

from ..reports.conftest import HOSTILE
from ..workflow.plain_history import plain_history


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
    assert said.count("That is none of 1 to 5.") == 2


def test_a_folder_is_scanned_and_its_findings_are_numbered_and_masked(tmp_path, alone):
    canary = with_password(tmp_path)
    said = talk(tmp_path, "1\n1\n1\n2\n1\n7\nq\n")
    assert "1 credential found." in said and "settings.py:1" in said
    assert "confidence" in said
    assert canary not in said
    assert "Not searched: Azure and Google Cloud." in said
    assert "Around settings.py:1" in said and "line 1: here: DB_PASSWORD" in said
    assert "No value is said in linear mode" in said


@pytest.fixture
def alone(monkeypatch):
    """No account anywhere."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")


def with_password(folder) -> str:
    canary = "hV9" + "x2mQz7LrT4wKp"
    (folder / "settings.py").write_text(f'DB_PASSWORD = "{canary}"\n')
    return canary


def test_of_a_repository_it_is_asked_how_far_back_and_told_what_its_history_has(tmp_path, alone):
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
        subprocess.run(["git", "-C", str(tmp_path), *identity, *arguments], check=True)

    git("init", "-q", "-b", "main")
    canary = with_password(tmp_path)
    git("add", "settings.py")
    git("commit", "-qm", "x")
    git("rm", "-q", "settings.py")
    git("commit", "-qm", "y")
    made = services(Settings(), workspace=tmp_path / "workspace")
    made = replace(made, open_history=plain_history(made.detector))
    said = io.StringIO()
    answers = io.StringIO(f"{SCAN}2\n2\n1\n7\nq\n")
    assert converse(made, tmp_path, answers, said, lambda: 0.0) == ExitCode.DONE
    told = said.getvalue()
    assert "How far back?" in told
    assert "That is git history: removed from HEAD, written" in told and "by Ann, on main" in told
    assert "line 1: here: DB_PASSWORD" in told and canary not in told


SCAN = "1\n1\n1\n"
"""Look for credentials, among the places that were found, in the first of them."""


def test_a_decision_is_made_by_numbers_needs_a_reason_and_is_taken_back(tmp_path, alone):
    canary = with_password(tmp_path)
    no_reason, reason = "3\n1\n2\n\n\n", "3\n1\n2\nonly a sandbox\n2999-12-31\n"
    said = talk(tmp_path, f"{SCAN}{no_reason}{reason}6\n5\n6\n5\n7\nq\n")
    assert said.count("Error: ") == 1
    assert "Decided for 1 credential." in said
    assert "accepted, decided: only a sandbox" in said
    assert "Taken back for 1 credential." in said and "No decision yet." in said
    assert said.rindex("accepted, decided") < said.rindex("Taken back")
    assert canary not in said


def test_a_reason_that_holds_the_value_is_refused_and_not_said_again(tmp_path, alone):
    canary = with_password(tmp_path)
    said = talk(tmp_path, f"{SCAN}3\n1\n3\nit is {canary}\n7\nq\n")
    assert "Error: " in said and canary not in said and "Decided for" not in said


def test_a_name_that_the_store_refuses_is_not_kept_and_a_good_one_is(tmp_path, alone):
    with_password(tmp_path)
    said = talk(tmp_path, f"{SCAN}4\n1\nno blanks here\n4\n1\nshop/db\n2\n7\nq\n")
    assert said.count("Not kept: ") == 1 and said.count("Kept for the next plan.") == 1


def test_the_last_scan_is_gone_on_with_and_a_plan_for_a_file_says_why_not(tmp_path, alone):
    with_password(tmp_path)
    talk(tmp_path, f"{SCAN}7\nq\n")
    said = talk(tmp_path, "2\n1\nall\n7\nq\n")
    assert "1 credential found." in said and "Planning. This only reads." in said
    assert "Nothing can be moved by this plan." in said
    assert "not in this folder" not in said
    assert "No scan yet." in talk(tmp_path / "other", "2\nq\n")


def test_a_last_scan_of_another_folder_says_of_which(tmp_path, alone):
    scanned, here = tmp_path / "scanned", tmp_path / "here"
    scanned.mkdir()
    with_password(scanned)
    made = services(Settings(), workspace=tmp_path / "workspace")
    scan(made, Sources(paths=(str(scanned),)), lambda _event: None, CancelToken())
    out = io.StringIO()
    converse(made, here, io.StringIO("2\nq\n"), out, lambda: 0.0)
    assert f"in {scanned}, not in this folder" in out.getvalue()


def test_a_value_that_was_replaced_since_the_scan_is_said(tmp_path, alone):
    out = io.StringIO()
    made = services(Settings(), workspace=tmp_path / "workspace")
    file = tmp_path / ".env"
    file.write_text(f"STRIPE_KEY=sk_{'live'}_{'Xq83nvLw' * 3}\n")
    report = scan(made, Sources(paths=(str(tmp_path),)), lambda _event: None, CancelToken()).report
    file.write_text("STRIPE_KEY=none\n")
    asked = Sources(paths=(str(tmp_path),))
    ids = [finding.credential for finding in report.findings]
    assert ids
    talk_to = Talk(io.StringIO(), out, lambda: 0.0)
    Moving(talk_to, made).plan(asked, ids, found=report.findings)
    assert ".env no longer holds the value that was chosen." in out.getvalue()


def test_who_gains_is_said_before_the_yes(tmp_path, made_up_plan):
    out = io.StringIO()
    made = services(Settings(), workspace=tmp_path / "workspace")
    gain = Readership(gain=Readers(1, ("role/auditor",)))
    (secret, *_rest) = made_up_plan.secrets
    plan = replace(made_up_plan, secrets=(replace(secret, readership=gain),))
    Moving(Talk(io.StringIO("no\n"), out, lambda: 0.0), made)._confirm(plan, Consent.SWITCH, ())
    said = f"{secret.name}: 1 user or role could not see it before: role/auditor.\nType "
    assert said in out.getvalue() and "nothing was changed" in out.getvalue()


@pytest.mark.parametrize(
    ("keeps", "answers", "consent"),
    [
        (False, "1\nab12\n", Consent.REMOVE_PLAINTEXT),
        (False, "2\nab12\n", Consent.SWITCH),
        (True, "1\nab12\n", Consent.SWITCH),
        (True, "2\nab12\n", Consent.REMOVE_PLAINTEXT),
        (True, "1\nno\n", None),
        (True, "3\n", None),
    ],
)
def test_a_run_that_keeps_the_plaintext_goes_on_so_unless_told(
    tmp_path, monkeypatch, keeps, answers, consent
):
    asked = []

    def resume(_services, _run, given, *_rest, **_named):
        asked.append(given)
        raise Interrupted("Stopped")

    monkeypatch.setattr("secretshift.workflow.migrate.resume", resume)
    out = io.StringIO()
    made = services(Settings(), workspace=tmp_path / "workspace")
    talk_to = Talk(io.StringIO(answers), out, lambda: 0.0)
    FormerRuns(talk_to, made, Moving(talk_to, made))._go_on("r-1-ab12", keeps=keeps)
    assert asked == ([] if consent is None else [consent])
    assert ("It began by keeping the plaintext." in out.getvalue()) == keeps


def test_doctor_and_settings_are_said_a_fact_a_line(tmp_path, alone):
    said = talk(tmp_path, "4\n5\nq\n")
    assert "machine: git: ok." in said and "Linear mode: off" in said
    assert "Accounts marked as production: none." in said


def test_ctrl_c_at_a_question_leaves(tmp_path):
    class Interrupted(io.StringIO):
        def readline(self, *_size):
            raise KeyboardInterrupt

    out = io.StringIO()
    made = services(Settings(), workspace=tmp_path / "workspace")
    assert converse(made, tmp_path, Interrupted(), out) == ExitCode.DONE
    assert "Left." in out.getvalue()


@pytest.mark.parametrize("answers", ["", "1\n", "1\n1\n", SCAN, SCAN + "1\n", SCAN + "3\n1\n"])
def test_nobody_answers_any_more_at_whatever_question(tmp_path, alone, answers):
    with_password(tmp_path)
    assert talk(tmp_path, answers).rstrip().endswith("secretshift runs.")


def test_hostile_names_are_said_as_text(tmp_path, alone):
    folder = tmp_path / "shop\x1b[31m[red]\u202e"
    folder.mkdir()
    with_password(folder)
    out = io.StringIO()
    made = services(Settings(), workspace=tmp_path / "workspace")
    converse(made, folder, io.StringIO(f"{SCAN}2\n1\n7\nq\n"), out)
    said = out.getvalue()
    assert "\\x1b[31m[red]" in said
    assert all(c.isprintable() for line in said.splitlines() for c in line)


def test_no_runs_is_said(tmp_path):
    assert "No runs in this workspace." in talk(tmp_path, "3\nq\n")


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


def test_a_silent_cloud_is_said_every_ten_seconds_and_taken_back(tmp_path):
    talk_to, out = conversation(tmp_path, lambda: 0.0)
    for seconds in range(10, 31):
        talk_to.heard(NoAnswer("AWS eu-west-1 (lambda)", float(seconds)))
    talk_to.heard(NoAnswer("AWS eu-west-1 (lambda)", 31.0, "answered"))
    *lost, back = out.getvalue().splitlines()
    assert [line.split(".")[0] for line in lost] == [
        f"No connection to AWS eu-west-1 (lambda) for {seconds} s" for seconds in (10, 20, 30)
    ]
    assert lost[0].endswith("asked again by itself. Ctrl-C stops where nothing is half done.")
    assert back == "AWS eu-west-1 (lambda) answers again."


def test_it_loads_no_textual():
    code = "import secretshift.tui.linear, sys; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
