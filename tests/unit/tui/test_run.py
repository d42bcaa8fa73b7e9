"""Run and Proof: live state, times, failures with their choices, the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from secretshift.execution.run import Failure
from secretshift.execution.steps import planned_steps
from secretshift.model.errors import Unavailable
from secretshift.model.journeys import Consent, NoAnswer, Note, Step
from secretshift.settings import Settings
from secretshift.tui.run_state import LogLine, RunState
from secretshift.tui.session import Session
from secretshift.tui.views import run as views
from secretshift.tui.views.refused import refused
from secretshift.tui.wording import ledger
from secretshift.workflow.migrate import MigrateResult
from secretshift.workflow.proof import FunctionProof, ProofResult, Proved, Todo
from secretshift.workflow.undo import UndoResult

from ..reports.conftest import HOSTILE
from .stage import LARGE, NOW, SMALL, stage

RUN = "r-20261125-140200-ab12"


def going(session, plan, mode="run") -> RunState:
    steps = planned_steps(plan, Consent.REMOVE_PLAINTEXT)
    state = session.begin_run(mode, plan, steps, 0.0)
    state.run = RUN
    return state


def step(state: RunState, number: int, word: str, proof: str = "") -> Step:
    planned = list(state.steps.values())[number]
    return Step(planned.change, planned.target, word, planned.text, key=planned.key, proof=proof)


async def test_every_change_is_there_from_the_first_frame_and_moves_on(tmp_path, made_up_plan):
    async with stage(
        tmp_path, screen="run", size=LARGE, fill=lambda s: going(s, made_up_plan)
    ) as there:
        state = there.session.run
        total = len(state.steps)
        assert f"0 of {total} done" in there.text
        there.session.take_run(
            [(1.0, step(state, 0, "started")), (1.9, step(state, 0, "done", "read back, equal"))],
            NOW,
        )
        await there.changed("run")
        assert f"1 of {total} done" in there.text
        assert "read back, equal" in there.text and "0.9 s" in there.text
        there.session.take_run([(2.0, Note("AWS asks us to slow down", "warning"))], NOW)
        await there.changed("run")
        assert "AWS asks us to slow down" in there.text


async def test_a_silent_cloud_is_said_with_its_seconds_and_taken_back(tmp_path, made_up_plan):
    def silence(seconds: float, state: str = "waiting") -> None:
        event = NoAnswer("AWS eu-west-1 (lambda)", seconds, state)
        there.session.take_run([(1.0, event)], NOW)

    async with stage(tmp_path, screen="run", fill=lambda s: going(s, made_up_plan)) as there:
        silence(10.0)
        silence(21.0)
        await there.changed("run")
        said = " ".join(there.text.split())
        assert "▲ No connection to AWS eu-west-1 (lambda) for 21 s. What was sent last may" in said
        assert "Nothing is broken, and it asks again by itself. S stops." in said
        there.session.run.stopping = True
        await there.changed("run")
        assert "asks again by itself. It stops when that is over." in " ".join(there.text.split())
        silence(22.0, "answered")
        await there.changed("run")
        assert "No connection" not in there.text
        log = [(line.level, line.text.split(".")[0]) for line in there.session.run.log]
        assert log == [
            ("warning", "No connection to AWS eu-west-1 (lambda) for 10 s"),
            ("info", "AWS eu-west-1 (lambda) answers again"),
        ]


async def test_the_log_tells_the_beginning_of_a_change_from_its_end(tmp_path, made_up_plan):
    async with stage(
        tmp_path, screen="run", size=LARGE, fill=lambda s: going(s, made_up_plan)
    ) as there:
        state = there.session.run
        text = next(iter(state.steps.values())).text
        for word in ("started", "done"):
            there.session.take_run([(1.0, step(state, 0, word))], NOW)
        await there.changed("run")
        lines = [line for line in there.text.splitlines() if f": {text}" in line]
        assert len(lines) == 2
        assert "◐" in lines[0] and f"in progress: {text}" in lines[0]
        assert "✔" in lines[1] and f"done: {text}" in lines[1]


def test_a_change_that_was_at_work_when_the_run_ended_takes_no_more_time(made_up_plan):
    state = RunState("run", made_up_plan, RUN, began=0.0, ended=30.0)
    state.take(Step("x", "t", "started", "t", key="k"), 10.0, NOW)
    state.error = Unavailable("The connection was lost")
    row = views.step_row(state, state.steps["k"], 5000.0)
    assert row.cells[-1].text == "20 s"


async def test_the_ledger_says_what_was_changed_and_that_it_can_be_undone(tmp_path, made_up_plan):
    async with stage(tmp_path, screen="run", fill=lambda s: going(s, made_up_plan)) as there:
        state = there.session.run
        assert "nothing changed so far" in there.text
        secrets = [n for n, s in enumerate(state.steps.values()) if s.change == "create-secret"]
        there.session.take_run([(1.0, step(state, secrets[0], "done"))], NOW)
        await there.changed("run")
        assert "1 secret created" in there.text and "can be undone" in there.text


async def test_a_failed_change_says_that_nothing_is_broken_and_what_can_be_done(
    tmp_path, made_up_plan
):
    async with stage(
        tmp_path, screen="run", size=LARGE, fill=lambda s: going(s, made_up_plan)
    ) as there:
        state = there.session.run
        target = list(state.steps.values())[-1].target
        there.session.take_run([(1.0, step(state, len(state.steps) - 1, "failed"))], NOW)
        state.result = MigrateResult(
            RUN, "incomplete", failures=(Failure(target, "x", "It was denied", "Ask for it"),)
        )
        await there.changed("run")
        assert "1 failed and left as they were, still answering" in there.text
        assert "R go on" in there.text and "U undo" in there.text
        await there.press("n", "i")
        assert "It was denied" in there.text and "Nothing is broken" in there.text


async def test_stop_is_asked_once_and_said(tmp_path, made_up_plan):
    async with stage(tmp_path, screen="run", fill=lambda s: going(s, made_up_plan)) as there:
        import threading

        gone = threading.Event()

        def work(_emit, cancel):
            if cancel._event.wait(10):
                gone.set()
            return MigrateResult(RUN, "interrupted", interrupted=True)

        there.app.journey("run", work, there.app.acts._run_over)
        await there.changed("run")
        assert "S stop" in there.text
        await there.press("S")
        await there.until(gone.is_set)
        await there.sees("Stopped on request. Nothing is half done")


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (MigrateResult(RUN, "done", moved=("a", "b")), "2 functions moved and proven"),
        (MigrateResult(RUN, "nothing to do"), "Nothing to do"),
        (UndoResult(RUN, "undone", restored=("a",)), "Undone and read back"),
    ],
)
def test_the_outcome_is_a_sentence(made_up_plan, result, said):
    mode = "undo" if isinstance(result, UndoResult) else "run"
    state = RunState(mode, made_up_plan, RUN, result=result)
    assert said in views.outcome(state)[1]


@pytest.mark.parametrize(
    ("result", "offered"),
    [
        (UndoResult(RUN, "undone", restored=("a",)), False),
        (UndoResult(RUN, "undone", kept=("prod/a is still read",)), True),
        (UndoResult(RUN, "partly-undone"), True),
        (MigrateResult(RUN, "done", moved=("a",)), True),
    ],
)
async def test_undo_is_offered_while_it_has_something_to_do(
    tmp_path, made_up_plan, result, offered
):
    def fill(session):
        session.begin_run("undo", made_up_plan, (), 0.0)
        session.run.run, session.run.result = RUN, result

    async with stage(tmp_path, screen="run", size=LARGE, fill=fill) as there:
        assert ("U undo" in there.footer) == offered


@pytest.mark.parametrize(("status", "offered"), [("undone", False), ("done", True)])
async def test_proof_offers_no_undo_of_what_is_undone(tmp_path, made_up_plan, status, offered):
    def fill(session):
        session.begin_run("former", made_up_plan, (), 0.0)
        session.run.run = RUN
        session.proof = ProofResult(RUN, status, (), ())

    async with stage(tmp_path, screen="proof", size=LARGE, fill=fill) as there:
        assert ("U undo" in there.footer) == offered
        assert ("U undoes the run" in there.text) == offered


def test_a_lost_connection_says_that_functions_answer_and_what_to_do(made_up_plan):
    error = Unavailable("The connection was lost", resource="lambda", hint="Resume the run")
    state = RunState("run", made_up_plan, RUN, error=error)
    token, sentence = views.outcome(state)
    assert token == "fail"
    assert "every function still answers" in sentence and "Resume the run." in sentence


def test_the_time_left_is_told_from_what_is_done_and_not_before():
    state = RunState("run", began=0.0)
    for number in range(10):
        state.take(Step("x", str(number), "started", "t", key=str(number)), 0.0, NOW)
    for number in range(2):
        state.take(Step("x", str(number), "done", "t", key=str(number)), 5.0, NOW)
    assert views.remaining(state, 10.0) == 0.0
    state.take(Step("x", "2", "done", "t", key="2"), 10.0, NOW)
    assert views.remaining(state, 12.0) == pytest.approx(28.0)


def stopped_half_way(plan, count: int) -> Session:
    """A run of which the first changes were made before it was stopped."""
    session = Session(Path(), Settings())
    planned = planned_steps(plan, Consent.REMOVE_PLAINTEXT)
    run = session.begin_run("run", plan, planned, 0.0)
    run.run = RUN
    for step in planned[:count]:
        event = Step(step.change, step.target, "done", step.text, key=step.key, proof="read back")
        run.take(event, 1.0, NOW)
    run.result = MigrateResult(RUN, "interrupted", interrupted=True)
    return session


def test_a_run_that_goes_on_counts_what_was_made_before(made_up_plan):
    session = stopped_half_way(made_up_plan, 3)
    before = session.run.counts()
    planned = planned_steps(made_up_plan, Consent.REMOVE_PLAINTEXT)
    run = session.begin_run("resume", made_up_plan, planned, 10.0, RUN)
    assert run.counts() == before and sum(before.values()) == 3
    assert run.done == 3 and [step.state for step in run.steps.values()][:3] == ["done"] * 3
    for step in planned[3:6]:
        event = Step(step.change, step.target, "done", step.text, key=step.key)
        run.take(event, 13.0, NOW)
    assert run.done == 6
    assert views.remaining(run, 13.0) == pytest.approx(3.0 * (len(planned) - 6) / 3)


def test_an_undo_counts_down_what_is_still_there(made_up_plan):
    session = stopped_half_way(made_up_plan, 3)
    before = session.run.counts()
    run = session.begin_run("undo", made_up_plan, (), 10.0, RUN)
    assert run.counts() == before and run.steps == {}
    for step in planned_steps(made_up_plan, Consent.REMOVE_PLAINTEXT)[:3]:
        run.take(Step(step.change, step.target, "started", "t", key=step.key), 11.0, NOW)
        run.take(Step(step.change, step.target, "undone", "t", key=step.key), 12.0, NOW)
    assert run.counts() == {}


def test_another_run_begins_with_nothing(made_up_plan):
    session = stopped_half_way(made_up_plan, 3)
    planned = planned_steps(made_up_plan, Consent.REMOVE_PLAINTEXT)
    assert session.begin_run("run", made_up_plan, planned, 10.0).counts() == {}
    session = stopped_half_way(made_up_plan, 3)
    assert session.begin_run("undo", made_up_plan, (), 10.0, "r-another").counts() == {}


async def test_the_log_is_filtered_followed_and_in_a_small_window_behind_tab(
    tmp_path, made_up_plan
):
    async with stage(
        tmp_path, screen="run", size=SMALL, fill=lambda s: going(s, made_up_plan)
    ) as there:
        state = there.session.run
        for number in range(50):
            state.note(LogLine(NOW + timedelta(seconds=number), "fn", f"line {number}"))
        await there.changed("run")
        assert "line 49" not in there.text
        await there.press("tab")
        await there.pilot.pause()
        assert "line 49" in there.text
        await there.press("slash", *"line 7")
        assert "line 7" in there.text and "line 49" not in there.text
        await there.press("escape")
        await there.press("tab")
        assert "line 49" not in there.text


async def test_undo_says_that_values_lie_in_plain_again_and_asks_for_the_name(
    tmp_path, made_up_plan
):
    def fill(session):
        state = going(session, made_up_plan)
        state.result = MigrateResult(RUN, "done", moved=("a",))

    async with stage(tmp_path, screen="run", size=LARGE, fill=fill) as there:
        asked = []
        there.app.acts.undo = lambda run, plan: asked.append(run)
        await there.press("U")
        assert "lie in plain again" in " ".join(there.text.split())
        await there.press("enter")
        assert asked == []
        await there.press(*"ab12", "enter")
        assert asked == [RUN]


def in_the_way(plan, *codes: str) -> tuple[Failure, ...]:
    """Failures as an undo gives them, of the plan's secrets in turn."""
    target = str(plan.active[0].function)
    return tuple(
        Failure(
            target,
            code,
            f"It cannot be used (arn:aws:secretsmanager:eu-west-1:1:secret:{secret.name}-aB3dE6)",
            "undo with --some-option",
        )
        for code, secret in zip(codes, plan.secrets, strict=False)
    )


def refused_undo(failures, *, former: bool):
    """A run whose undo was refused: just now, or as its journal tells."""

    def fill(session, plan):
        if former:
            session.run = RunState("former", plan, RUN, not_undone=failures)
        else:
            session.begin_run("undo", plan, (), 0.0, RUN)
            session.run.result = UndoResult(RUN, "partly-undone", failures=failures)

    return fill


@pytest.mark.parametrize("former", [False, True])
@pytest.mark.parametrize(
    ("code", "said", "consent"),
    [
        ("rotated", "would lie in plain in", {"accept_rotated": True, "restore_deleted": False}),
        (
            "scheduled-for-deletion",
            "would be restored to read its value",
            {"accept_rotated": False, "restore_deleted": True},
        ),
    ],
)
async def test_a_refused_undo_asks_for_consent_by_the_name_of_the_secret(
    tmp_path, made_up_plan, former, code, said, consent
):
    secret = made_up_plan.secrets[0].name
    fill = refused_undo(in_the_way(made_up_plan, code), former=former)
    async with stage(
        tmp_path, screen="run", size=LARGE, fill=lambda s: fill(s, made_up_plan)
    ) as there:
        asked = []
        there.app.acts.undo = lambda run, _plan, **options: asked.append((run, options))
        text = " ".join(there.text.split())
        assert f"1 secret in the way ({secret})" in text
        assert "U tries again and asks what to do with it" in text
        await there.press("i")
        assert "undo again, and it asks" in " ".join(there.text.split())
        assert "--" not in there.text
        await there.press("escape", "U")
        shown = " ".join(there.text.replace("│", " ").split())
        assert said in shown and secret in shown
        await there.press("enter", *"yes", "enter")
        assert asked == [] and "nothing was started" in there.text
        there.app.screen.query_one("#word").value = secret.rpartition("/")[2]
        await there.press("enter")
        assert asked == [(RUN, consent)]


@pytest.mark.parametrize(
    ("keeps", "keys", "consent"),
    [
        (False, ("enter",), Consent.REMOVE_PLAINTEXT),
        (False, ("tab", "tab", "enter"), Consent.SWITCH),
        (True, ("enter",), Consent.SWITCH),
        (True, ("tab", "tab", "tab", "enter"), Consent.REMOVE_PLAINTEXT),
    ],
)
async def test_a_run_that_keeps_the_plaintext_goes_on_so_unless_told(
    tmp_path, made_up_plan, keeps, keys, consent
):
    def fill(session):
        state = going(session, made_up_plan)
        state.keeps = keeps
        state.result = MigrateResult(RUN, "interrupted", interrupted=True)

    async with stage(tmp_path, screen="run", size=LARGE, fill=fill) as there:
        asked = []
        there.app.acts.resume = lambda run, _plan, given: asked.append((run, given))
        await there.press("R", "enter")
        assert asked == [], "Enter alone answers nothing"
        assert ("by keeping the plaintext" in " ".join(there.text.split())) == keeps
        await there.press(*"ab12", *keys)
        assert asked == [(RUN, consent)]


async def test_a_refused_undo_can_be_tried_again_without_consent(tmp_path, made_up_plan):
    fill = refused_undo(in_the_way(made_up_plan, "rotated"), former=False)
    async with stage(
        tmp_path, screen="run", size=LARGE, fill=lambda s: fill(s, made_up_plan)
    ) as there:
        asked = []
        there.app.acts.undo = lambda run, _plan, **options: asked.append((run, options))
        await there.press("U")
        await there.press(*"ab12", "enter")
        assert asked == [(RUN, {"accept_rotated": False, "restore_deleted": False})]


def test_more_than_one_secret_in_the_way_is_allowed_by_how_many(made_up_plan):
    two = replace(made_up_plan.secrets[0], name="prod/b")
    plan = replace(made_up_plan, secrets=(made_up_plan.secrets[0], two))
    found = refused(plan, in_the_way(plan, "rotated", "scheduled-for-deletion"))
    assert found is not None and (found.rotated, found.deleted) == (True, True)
    assert found.secrets == (plan.secrets[0].name, "prod/b") and found.word == "all 2"
    stays = Failure(f"{two.name} in x", "rotated", "y (arn:x:secret:prod/b-aB3dE6)", "")
    assert "scheduled for deletion with the value that somebody put there" in " ".join(
        refused(plan, [stays]).what
    )
    assert refused(plan, [Failure("a", "denied", "b", "c")]) is None


async def test_a_read_only_program_runs_and_undoes_nothing(tmp_path, made_up_plan):
    def fill(session):
        state = going(session, made_up_plan)
        state.result = MigrateResult(RUN, "incomplete", failures=(Failure("a", "b", "c", "d"),))

    async with stage(tmp_path, screen="run", fill=fill) as there:
        there.app.read_only = True
        await there.changed("run")
        await there.press("U", "R")
        assert there.app.screen.NAME == "run"
        assert "U undo" not in there.footer


async def test_hostile_names_are_text(tmp_path, made_up_plan):
    async with stage(
        tmp_path, screen="run", size=LARGE, fill=lambda s: going(s, made_up_plan)
    ) as there:
        there.session.take_run(
            [(1.0, Step("x", HOSTILE, "failed", HOSTILE * 50, key=HOSTILE, proof=HOSTILE))], NOW
        )
        await there.changed("run")
        await there.press("n", "i")
        assert "[red]" in there.text and "\x1b" not in there.text


PROOF = ProofResult(
    RUN,
    "done",
    (
        FunctionProof("eu-west-1/pay", Proved.MOVED, "the twin got this value", NOW, ("3", "4")),
        FunctionProof("eu-west-1/old", Proved.FAILED, "denied"),
    ),
    (Todo("rotate:1", "Rotate it", "At the issuer"), Todo("v:2", "Delete versions", done=True)),
)


async def test_the_proof_lists_functions_and_what_is_left(tmp_path, made_up_plan):
    def fill(session):
        going(session, made_up_plan).result = MigrateResult(RUN, "done", moved=("a",))
        session.proof = PROOF

    async with stage(tmp_path, screen="proof", size=SMALL, fill=fill) as there:
        text = " ".join(there.text.split())
        assert "1 function moved and proven, 1 not" in text
        assert "the twin got this value" in text
        assert "Published versions still hold it: 3, 4" in text
        assert "For you to do: 1 of 2 done" in text
        assert "[ ] Rotate it" in text and "[x] Delete versions" in text


async def test_space_ticks_what_is_done_and_nothing_else(tmp_path, made_up_plan):
    def fill(session):
        going(session, made_up_plan).result = MigrateResult(RUN, "done", moved=("a",))
        session.proof = PROOF

    async with stage(tmp_path, screen="proof", size=LARGE, fill=fill) as there:
        ticked = []
        there.app.acts.tick = lambda run, todo, done: ticked.append((run, todo, done))
        await there.press("space")
        assert ticked == []
        await there.press("G", "space", "k", "space")
        assert ticked == [(RUN, "v:2", False), (RUN, "rotate:1", True)]


async def test_nothing_to_show_says_how_to_get_there(tmp_path):
    for screen in ("run", "proof"):
        async with stage(tmp_path, screen=screen) as there:
            assert "No run yet. Make a plan: 3, then p, then R." in there.text


def test_a_layer_that_an_undo_leaves_is_not_left_to_undo(made_up_plan):
    session = Session(Path(), Settings())
    before = going(session, made_up_plan)
    for one in before.steps.values():
        one.state = "done"
    undo = session.begin_run("undo", made_up_plan, (), 1.0, RUN)
    for one in before.steps.values():
        kept = one.change == "publish-layer"
        undo.take(
            Step(one.change, one.target, "kept" if kept else "undone", "x", key=one.key), 2, NOW
        )
    assert undo.counts() == {"publish-layer": 1}
    assert ledger(undo.counts(), undone=True) == "all of it is undone."
    assert "1 layer published" in ledger(undo.counts())
