"""The sheet on which a person decides: choice, reason, day."""

from __future__ import annotations

from datetime import date

import pytest

from secretshift.model.decisions import Choice
from secretshift.tui.gate import Safe
from secretshift.tui.overlays.decide import LONGEST, Answer, Decide, problem_of
from secretshift.workflow.credentials import Status
from secretshift.workflow.decisions import decisions
from secretshift.workflow.remembered import remember
from secretshift.workflow.services import Sources

from .samples import SCANNED, credential_rows, report
from .stage import LARGE, SMALL, stage

TODAY = date(2026, 11, 25)
ASKED = Safe("Stripe secret key #7f3a91")


async def ask(there, answers, **options):
    there.app.push_sheet(Decide(ASKED, TODAY, **options), answers.append)
    await there.pilot.pause()


def statuses(there) -> list[Status]:
    """Of the rows that the filter shows."""
    screen = there.app.screen
    return [screen.known[view.id].status for view in screen.rows.shown]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(Choice.MOVE), ""),
        (Answer(Choice.ACCEPTED, "sandbox", "2026-11-25"), ""),
        (Answer(Choice.ACCEPTED, "sandbox", "2026-11-24"), "That day is over already."),
        (Answer(Choice.ACCEPTED, "sandbox", "20261231"), "The day is written as in 2026-12-31."),
        (Answer(Choice.ACCEPTED, "sandbox", "2026-02-30"), "The day is written as in 2026-12-31."),
        (Answer(Choice.REFUSED, "  "), "A value that stays where it is needs a reason"),
        (Answer(Choice.FALSE_POSITIVE, "x" * (LONGEST + 1)), "The reason has 501 characters"),
    ],
)
def test_what_is_no_decision_yet_is_said(answer, said):
    problem = problem_of(answer, TODAY)
    assert problem.startswith(said) and bool(problem) == bool(said)


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 15)])
async def test_choice_reason_and_enter_make_a_decision_at_every_size(tmp_path, size):
    async with stage(tmp_path, size=size) as there:
        answers = []
        await ask(there, answers)
        for word in ("move", "accepted", "false positive", "refused", "Reason", "Cancel"):
            assert word in there.text
        await there.press("j", "j", "enter", *"an example", "enter")
        assert answers == [Answer(Choice.FALSE_POSITIVE, "an example")]


async def test_without_a_reason_nothing_is_decided_and_it_is_said_why(tmp_path):
    async with stage(tmp_path) as there:
        answers = []
        await ask(there, answers)
        await there.press("j", "enter", "enter")
        assert answers == [] and "needs a reason" in there.text
        await there.press(*"sandbox")
        assert "needs a reason" not in there.text
        await there.press("enter")
        assert answers == [Answer(Choice.ACCEPTED, "sandbox")]


async def test_only_an_acceptance_has_a_last_day(tmp_path):
    async with stage(tmp_path) as there:
        answers = []
        await ask(there, answers)
        assert there.app.screen.query_one("#until").disabled
        await there.press("j", "enter", *"for now", "tab", *"2026-12-31", "shift+tab", "shift+tab")
        assert there.app.screen.answer == Answer(Choice.ACCEPTED, "for now", "2026-12-31")
        await there.press("j", "j", "enter", "enter")
        assert answers == [Answer(Choice.REFUSED, "for now")]


async def test_the_button_is_there_only_when_it_is_a_decision(tmp_path):
    async with stage(tmp_path) as there:
        await ask(there, [])
        go = there.app.screen.query_one("#go")
        assert not go.disabled, "to move it needs no reason"
        await there.press("j")
        assert go.disabled
        await there.press("enter", "x")
        assert not go.disabled


async def test_what_was_decided_before_stands_in_the_fields(tmp_path):
    async with stage(tmp_path) as there:
        answers = []
        before = Answer(Choice.ACCEPTED, "sandbox only", "2026-12-31")
        await ask(there, answers, before=before, problem=Safe("Not decided: the disk is full."))
        assert "Not decided: the disk is full." in there.text
        assert "sandbox only" in there.text and "2026-12-31" in there.text
        await there.press("j")
        assert "Not decided" not in there.text, "of another answer it was not said"
        await there.press("k", "enter", "enter")
        assert answers == [before]


@pytest.mark.parametrize("keys", [["escape"], ["j", "enter", "x", "escape"]])
async def test_escape_decides_nothing(tmp_path, keys):
    async with stage(tmp_path) as there:
        answers = []
        await ask(there, answers)
        await there.press(*keys)
        assert answers == [None] and there.app.screen.NAME == "start"


async def test_cancel_comes_before_the_deed(tmp_path):
    async with stage(tmp_path) as there:
        answers = []
        await ask(there, answers)
        buttons = [button.id for button in there.app.screen.query("Button")]
        assert buttons == ["cancel", "go"]
        await there.press("tab", "tab")
        assert there.app.focused.id == "cancel"
        await there.press("enter")
        assert answers == [None]


async def test_resizing_keeps_what_is_typed(tmp_path):
    async with stage(tmp_path) as there:
        await ask(there, [])
        await there.press("j", "enter", *"half a rea")
        for size in (LARGE, (60, 15), SMALL):
            await there.pilot.resize_terminal(*size)
            await there.pilot.pause()
        await there.press(*"son")
        assert there.app.screen.answer == Answer(Choice.ACCEPTED, "half a reason")


async def test_decided_for_many_kept_shown_and_taken_back_at_once(tmp_path):
    """With the real workspace: filter, mark all, d, reason, Enter, and u."""
    rows = credential_rows()

    def fill(session):
        scanned = report(rows)
        remember(session.services, Sources(paths=("/home/sam/shop",)), scanned)
        session.report, session.scanned_at = scanned, SCANNED

    async with stage(tmp_path, screen="credentials", size=LARGE, fill=fill) as there:
        there.app.acts.overview()
        await there.until(lambda: len(there.session.rows) == len(rows), "the rows")
        await there.press("slash", *"orders-api", "enter", "asterisk", "d")
        assert "2 credentials" in there.text
        await there.press("j", "enter", *"sandbox", "enter")
        accepted = [Status.ACCEPTED] * 2
        await there.until(lambda: statuses(there) == accepted, "both accepted")
        assert "× accepted" in there.text
        made = decisions(there.session.services)
        assert {one.reason for one in made.values()} == {"sandbox"} and len(made) == 2
        await there.press("u")
        await there.until(lambda: Status.ACCEPTED not in statuses(there), "both as before")
        assert not decisions(there.session.services)
