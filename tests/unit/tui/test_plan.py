"""Plan: each key does its one thing; each state has its sentence; nothing runs by accident."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from secretshift.model.codec import from_data
from secretshift.model.errors import Interrupted, Moved
from secretshift.model.journeys import Consent, Looking, NoAnswer, Reading
from secretshift.model.plans import Plan, PlanNote, Readers, Readership
from secretshift.reports.lines import plain
from secretshift.reports.plan_text import brief_lines
from secretshift.settings import Settings
from secretshift.settings.types import TuiSettings
from secretshift.tui.views import plan_words as views
from secretshift.tui.views.plan_rows import LINE

from .samples import credential_rows
from .stage import LARGE, SMALL, Stage, stage
from .test_plan_views import DENIED, WORK
from .worlds import HOSTILE, records

MIDDLE = (120, 36)


@pytest.fixture
def plan(made_up_plan) -> Plan:
    return made_up_plan


@pytest.fixture
def small(made_up_plan) -> Plan:
    """One function, nothing blocked, no warning: what R starts after the first run at once."""
    return replace(
        made_up_plan, functions=(replace(made_up_plan.functions[0], warnings=(), versions=()),)
    )


def arn(plan: Plan, number: int = 0) -> str:
    return plan.functions[number].function.arn


def filled(plan: Plan):
    def fill(session):
        session.plan = plan
        session.planned_for = ("c-4f1d2c3b5a69",)

    return fill


def on_plan(tmp_path, plan, size=SMALL, **options):
    return stage(tmp_path, screen="plan", size=size, fill=filled(plan), **options)


def words(there: Stage) -> str:
    return " ".join(there.text.split())


def rows(there: Stage):
    return there.app.screen.query_one("#plan")


def asked_to_run(there: Stage) -> list[tuple[Plan, Consent]]:
    asked: list[tuple[Plan, Consent]] = []
    there.app.acts.run = lambda plan, consent: asked.append((plan, consent))
    return asked


def said_in_passing(there: Stage) -> list[str]:
    said: list[str] = []
    there.app.say = lambda text, severity="information": said.append(str(text))
    return said


# What is shown


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE])
async def test_the_plan_says_what_it_adds_up_to_and_what_comes_next(tmp_path, plan, size):
    async with on_plan(tmp_path, plan, size) as there:
        said = words(there)
        assert "Plan 7b1e: 1 credential, 1 function. To create 2, to change 2, to remove 1." in said
        assert "1 blocker ⊘ 1 warning ▲ (n: next)" in said
        assert "+ create ~ change - remove × left out ═ point of no return" in said
        assert "R runs it: each step is proved before the next and can be undone." in said
        assert "Before R nothing is written, and nothing is rotated." in said
        assert "nothing changed so far" in said and "Esc: Credentials." in said
        assert "legacy-report" in said and "no way to Secrets Manager" in said
        assert "1,204 → 1,688 (peak) → 1,240 of 4,096 bytes" in said
        await there.press("G")
        assert "point of no return: everything above can be undone" in words(there)


async def test_a_text_without_an_undo_has_the_undo_column_too(tmp_path, plan):
    async with on_plan(tmp_path, plan, MIDDLE) as there:
        rows(there).move_to(arn(plan))
        await there.pilot.pause()
        line = next(one for one in there.text.splitlines() if one.strip().startswith("way "))
        assert line.rstrip("▁▂▃▄▅▆▇█ ").endswith("can start through the")


async def test_at_80_columns_the_undo_is_below_the_row_of_the_cursor(tmp_path, plan):
    async with on_plan(tmp_path, plan) as there:
        assert "undo:" not in there.text
        rows(there).move_to(f"{arn(plan)}/policy")
        await there.pilot.pause()
        assert "undo: this run's grant is taken out of the policy" in words(there)


# Keys


async def test_enter_on_the_policy_shows_exactly_its_json(tmp_path, plan):
    async with on_plan(tmp_path, plan, LARGE) as there:
        rows(there).move_to(f"{arn(plan)}/policy")
        await there.press("enter")
        text = there.text
        lines = [line.split("│")[1].strip() for line in text.splitlines() if "│" in line]
        start, end = lines.index("{"), len(lines) - 1 - lines[::-1].index("}")
        joined_ = "".join(lines[start : end + 1])
        shown = json.loads(joined_)
        assert shown == json.loads(plan.functions[0].policy)
        await there.press("escape")
        assert there.app.screen.NAME == "plan"


async def test_i_and_enter_explain_the_row_and_fold_what_has_no_more_to_say(tmp_path, plan):
    async with on_plan(tmp_path, plan, LARGE) as there:
        rows(there).move_to(f"{arn(plan)}/environment")
        await there.press("i")
        said = words(there)
        assert "1,204 now, 1,688 while both forms are there" in said
        assert "How it is undone:" in said
        await there.press("escape")
        rows(there).move_to("order")
        shown = rows(there).count
        await there.press("enter")
        assert rows(there).count > shown and "read every value again" in there.text


async def test_n_leads_to_each_thing_that_needs_a_person_even_in_folded_parts(tmp_path, plan):
    full = replace(plan, work=(WORK,), errors=(DENIED,))
    async with on_plan(tmp_path, full) as there:
        met = []
        for _ in range(4):
            await there.press("n")
            met.append(rows(there).cursor_id)
        assert met[0] == f"{arn(plan, 1)}/block/0"
        assert met[1] == f"{arn(plan)}/warn/0"
        assert met[2].startswith("work/") and met[3].startswith("errors/")
        await there.press("n")
        assert rows(there).cursor_id == met[0]
        await there.press("N")
        assert rows(there).cursor_id == met[3]


async def test_n_with_nothing_to_look_at_says_so(tmp_path, small):
    async with on_plan(tmp_path, small, LARGE) as there:
        said = said_in_passing(there)
        await there.press("n")
        assert said == ["Nothing here needs a person."]


async def test_b_turns_the_plan_by_credential_and_back(tmp_path, plan):
    async with on_plan(tmp_path, plan, LARGE) as there:
        assert "b by credential" in there.footer
        await there.press("b")
        assert "b by function" in there.footer
        assert any(row.id == "secret/s1" for row in rows(there).shown)
        await there.press("b")
        assert not any(row.id == "secret/s1" for row in rows(there).shown)


async def test_x_leaves_a_function_or_a_variable_out_and_the_plan_is_made_anew(tmp_path, plan):
    async with on_plan(tmp_path, plan, LARGE) as there:
        made = []
        said = said_in_passing(there)
        there.app.acts.plan = lambda *a, **k: made.append(set(there.session.left_out))
        rows(there).move_to(f"{arn(plan)}/environment/DATABASE_URL")
        await there.press("x")
        assert made == [{f"{arn(plan)}|DATABASE_URL"}]
        assert said == [
            "DATABASE_URL of orders-api is left out and stays as it is. x puts it back."
        ]
        rows(there).move_to(arn(plan))
        await there.press("x")
        assert made[-1] == {f"{arn(plan)}|DATABASE_URL", arn(plan)}
        there.session.plan = replace(plan, functions=plan.functions[1:], secrets=())
        await there.changed("plan")
        rows(there).move_to(f"out/{arn(plan)}")
        await there.pilot.pause()
        assert "x put back" in there.footer
        await there.press("x")
        assert made[-1] == {f"{arn(plan)}|DATABASE_URL"}


async def test_x_again_takes_it_back_and_nothing_else(tmp_path, small):
    one = small.functions[0]
    other = replace(one, function=replace(one.function, name="zebra", arn=f"{arn(small)}-2"))
    both = replace(small, functions=(one, other))
    async with on_plan(tmp_path, both, LARGE) as there:
        made = []

        def anew(*_ids, **_how):
            made.append(set(there.session.left_out))
            out = {key.partition("|")[0] for key in there.session.left_out}
            kept = tuple(f for f in both.functions if f.function.arn not in out)
            there.session.plan = replace(both, functions=kept)
            there.app.changed("plan")

        there.app.acts.plan = anew
        rows(there).move_to(f"{arn(small)}/environment/DATABASE_URL")
        await there.press("x")
        assert made == [{f"{arn(small)}|DATABASE_URL"}]
        assert rows(there).cursor_id == f"out/{arn(small)}|DATABASE_URL"
        await there.press("x")
        assert made[-1] == set()
        assert rows(there).cursor_id == f"{arn(small)}/environment/DATABASE_URL"


async def test_x_is_not_offered_where_there_is_nothing_to_leave_out(tmp_path, plan):
    async with on_plan(tmp_path, plan) as there:
        assert "x leave out" in there.footer
        rows(there).move_to(LINE)
        await there.pilot.pause()
        assert "x leave out" not in there.footer
        await there.press("x")
        assert there.session.left_out == set()


async def test_c_reads_everything_again(tmp_path, plan):
    async with on_plan(tmp_path, plan, LARGE) as there:
        asked = []
        there.app.acts.plan = lambda *a, **k: asked.append(k)
        await there.press("c")
        assert asked == [{"anew": True}]


async def test_w_writes_the_plan_to_a_file_that_can_be_run_elsewhere(tmp_path, plan):
    async with on_plan(tmp_path, plan, LARGE) as there:
        await there.press("w")
        assert "plan-p-20251124-101500-7b1e.json" in there.text
        await there.press("enter")
        file = tmp_path / "plan-p-20251124-101500-7b1e.json"
        await there.until(file.exists, "the file")
        assert from_data(Plan, json.loads(file.read_text())) == plan


async def test_s_stops_what_is_read_and_says_what_it_reads(tmp_path, plan):
    async with on_plan(tmp_path, plan, LARGE) as there:
        told = threading.Event()

        def work(emit, cancel):
            emit(Looking("aws 1 eu-west-1", 4, 9, 0, "functions"))
            told.set()
            if cancel._event.wait(10):
                raise Interrupted("Stopped on request")

        there.app.journey("plan", work, lambda _result: None)
        await there.until(told.is_set)
        await there.sees("Reading: functions 4 of 9. Nothing is written.")
        assert "S stop" in there.footer and "R run" not in there.footer
        await there.press("S")
        await there.sees("Stopped: no plan was made. c reads again.")
        assert "orders-api" not in there.text, "no plan is shown from before"


async def test_the_functions_scroll_along_with_what_is_read_until_a_person_moves(tmp_path):
    async with stage(tmp_path, screen="plan", size=SMALL) as there:
        steps = [threading.Event() for _ in range(3)]
        names = tuple(f"eu-west-1/worker-{number:02}" for number in range(60))

        def work(emit, _cancel):
            emit(Reading(names, "wait"))
            for event, number in zip(steps, (2, 30, 50), strict=True):
                emit(Reading(names[:number], "read"))
                emit(Reading(names[number : number + 1], "reading"))
                event.wait(10)

        there.app.journey("plan", work, lambda _result: None)
        await there.until(lambda: "worker-02 eu-west-1 reading…" in words(there))
        steps[0].set()
        await there.until(lambda: "worker-30 eu-west-1 reading…" in words(there))
        assert rows(there).cursor_id == "reading/eu-west-1/worker-30"
        # Who looks at another row stays there.
        await there.press("g")
        steps[1].set()
        await there.until(lambda: there.session.closely[names[50]][0] == "reading")
        await there.changed("plan")
        assert rows(there).cursor_id == "reading/eu-west-1/worker-00"
        assert "worker-00 eu-west-1 read" in words(there)
        steps[2].set()


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_each_function_is_said_to_be_read_until_the_plan_is_there(tmp_path, plan, size):
    async with stage(tmp_path, screen="plan", size=size) as there:
        go_on = threading.Event()
        names = ("eu-west-1/orders-api", "eu-west-1/mailer", "us-east-1/ledger", "us-east-1/late")

        def work(emit, _cancel):
            emit(Reading(names, "wait"))
            emit(Reading(names[:1], "reading"))
            emit(Reading(names[:1], "read"))
            emit(Reading(names[1:2], "reading"))
            emit(Reading(names[2:3], "unread", "It could not be looked at: no answer"))
            emit(Looking("functions", 2, 4, 0, "functions looked at closely"))
            emit(NoAnswer("AWS us-east-1 (lambda)", 14.0))
            go_on.wait(10)

        def done(_result):
            there.session.plan = plan
            there.app.changed("plan")

        there.app.journey("plan", work, done)
        await there.sees("No connection to AWS")
        said = words(there)
        assert "◐ mailer eu-west-1 reading…" in said, there.text
        assert "✔ orders-api eu-west-1 read " in said
        assert "? ledger us-east-1 not read" in said
        assert "· late us-east-1 waits" in said
        assert "No connection to AWS us-east-1 (lambda) for 14 s." in words(there)
        await there.press("g", "j", "j")
        assert "It could not be looked at: no answer" in words(there)
        await there.press("enter", "x", "i")
        assert there.app.screen.NAME == "plan", "nothing opens yet"
        go_on.set()
        await there.sees("orders-api")
        await there.until(lambda: not there.app.bridge.busy("plan"))
        await there.changed("plan")
        assert "reading…" not in there.text and "No connection" not in there.text
        assert len(rows(there).shown) > 4


async def test_esc_goes_back_and_loses_nothing(tmp_path, plan):
    async with on_plan(tmp_path, plan) as there:
        await there.press("b", "j", "j")
        kept = rows(there).cursor_id
        await there.press("escape")
        assert there.app.screen.NAME == "credentials"
        await there.press("4")
        assert rows(there).cursor_id == kept and "b by function" in there.footer


# Running it


async def test_the_first_run_shows_the_sheet_however_small_and_cancel_is_first(tmp_path, small):
    async with on_plan(tmp_path, small) as there:
        asked = asked_to_run(there)
        await there.press("R")
        said = words(there)
        assert "Run plan 7b1e" in said and "Every step can be undone (U)" in said
        await there.press("enter")
        assert there.app.screen.NAME == "plan" and asked == [], "Enter alone cancels"
        await there.press("R", "tab", "tab", "enter")
        assert asked == [(small, Consent.REMOVE_PLAINTEXT)]
        assert there.app.screen.NAME == "run"


async def test_the_plaintext_can_be_kept_for_now(tmp_path, small):
    async with on_plan(tmp_path, small, LARGE) as there:
        asked = asked_to_run(there)
        await there.press("R", "tab", "enter")
        assert asked == [(small, Consent.SWITCH)]


async def test_later_a_run_of_one_function_starts_at_once(tmp_path, small):
    async with on_plan(tmp_path, small) as there:
        there.session.runs = records()
        asked = asked_to_run(there)
        await there.press("R")
        assert asked == [(small, Consent.REMOVE_PLAINTEXT)]
        assert there.app.screen.NAME == "run"


async def test_a_small_run_by_which_somebody_gains_says_so_before_it_starts(tmp_path, small):
    gain = Readership(gain=Readers(1, ("role/auditor",)))
    gaining = replace(small, secrets=tuple(replace(s, readership=gain) for s in small.secrets))
    async with on_plan(tmp_path, gaining, SMALL) as there:
        there.session.runs = records()
        asked = asked_to_run(there)
        await there.press("R")
        said = " ".join(there.text.replace("│", " ").split())
        assert "1 user or role could not see it before: role/auditor." in said
        await there.press("enter")
        assert asked == [], "Cancel has the focus"


def test_the_sheet_says_who_gains_as_the_command_says_it_before_its_yes(small):
    """Of a few secrets each, of many how many more."""
    assert views.gains(small) == []
    gain = Readership(gain=Readers(2, ("role/auditor", "user/ann")))
    secret = replace(small.secrets[0], readership=gain)
    said = "2 users and roles could not see it before: role/auditor, user/ann"
    gaining = replace(small, secrets=(secret,))
    assert f"{secret.name}: {said}." in views.sheet_lines(gaining, ())
    assert said in plain(brief_lines(gaining))
    many = replace(small, secrets=(secret,) * 7)
    assert views.gains(many)[5].startswith("2 more secrets with somebody who gains")


async def test_a_wide_run_asks_for_the_plans_name(tmp_path, small):
    one = small.functions[0]
    other = replace(one, function=replace(one.function, name="refunds", arn=f"{arn(small)}-2"))
    both = replace(small, functions=(one, other))
    async with on_plan(tmp_path, both) as there:
        there.session.runs = records()
        asked = asked_to_run(there)
        await there.press("R")
        assert "It asks because it changes 2 functions." in words(there)
        await there.press("enter", "tab", "enter")
        assert asked == []
        await there.press("R", *"7b1", "enter")
        assert asked == [], "not yet the whole name"
        assert "That is not 7b1e, so nothing was started." in words(there)
        await there.press("e")
        assert "That is not" not in words(there)
        await there.press("enter")
        assert asked == [(both, Consent.REMOVE_PLAINTEXT)]


async def test_production_makes_a_small_run_wide(tmp_path, small):
    settings = replace(Settings(), tui=TuiSettings(production=("123456789012",)))
    async with on_plan(tmp_path, small, LARGE, settings=settings) as there:
        there.session.runs = records()
        asked = asked_to_run(there)
        await there.press("R")
        assert "123456789012 is marked as production" in words(there)
        await there.press("escape")
        assert asked == []


async def test_a_held_key_does_not_answer_the_sheet(tmp_path, small):
    async with on_plan(tmp_path, small, LARGE, quiet=60.0) as there:
        asked = asked_to_run(there)
        await there.press("R", "R", "tab", "tab", "enter")
        assert asked == [] and "Run plan 7b1e" in there.text


async def test_read_only_runs_nothing_and_says_what_can_be_done(tmp_path, small):
    settings = replace(Settings(), tui=TuiSettings(read_only=True))
    async with on_plan(tmp_path, small, LARGE, settings=settings) as there:
        asked = asked_to_run(there)
        assert "Read-only: nothing can be run from here. w writes the plan" in words(there)
        said = said_in_passing(there)
        assert "R run" not in there.footer
        await there.press("R")
        assert asked == [] and there.app.screen.NAME == "plan"
        assert "the setting tui.read_only (0) ends this" in said[0]


async def test_what_is_at_work_is_waited_for(tmp_path, small):
    async with on_plan(tmp_path, small, LARGE) as there:
        asked = asked_to_run(there)
        go_on = threading.Event()
        there.app.journey("plan", lambda _e, _c: go_on.wait(10), lambda _result: None)
        await there.changed("plan")
        said = said_in_passing(there)
        await there.press("R")
        assert asked == [] and "R works as soon as it is done" in said[0]
        go_on.set()
        await there.until(lambda: not there.app.bridge.busy())


# States


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_without_a_plan_it_says_how_one_is_made(tmp_path, size):
    async with stage(tmp_path, screen="plan", size=size) as there:
        said = words(there)
        assert "No plan yet: mark credentials (3) and press p. Planning only reads." in said
        await there.press("R", "x", "w", "b")
        assert there.app.screen.NAME == "plan"
        await there.press("enter")
        assert there.app.screen.NAME == "credentials"


async def test_all_moved_already(tmp_path, plan):
    async with on_plan(tmp_path, replace(plan, functions=(), secrets=())) as there:
        said = words(there)
        assert "All chosen values are already moved: there is nothing to do." in said
        assert "R runs it" not in said and "point of no return: everything" not in said


async def test_everything_blocked_says_why_and_runs_nothing(tmp_path, plan):
    blocked = replace(plan, functions=plan.functions[1:], secrets=())
    async with on_plan(tmp_path, blocked, LARGE) as there:
        asked = asked_to_run(there)
        said = words(there)
        assert "1 function is blocked, so nothing can be run." in said
        assert "What is blocked says why and what can be done (Enter)." in said
        passing = said_in_passing(there)
        await there.press("R")
        assert asked == []
        assert "Add an interface endpoint or a NAT." in passing[0]


async def test_a_region_that_was_denied_is_in_the_plan(tmp_path, plan):
    async with on_plan(tmp_path, replace(plan, errors=(DENIED,)), LARGE) as there:
        said = words(there)
        assert "1 not read ?" in said
        assert "what lies there is missing in this plan" in said
        assert "eu-south-1: lambda:ListFunctions is denied. Ask for it." in said


async def test_two_names_that_clash_are_a_blocker_with_what_to_do(tmp_path, plan):
    note = PlanNote("name-taken", "The name db/orders belongs to another secret", "Press e on 3")
    clash = replace(plan, functions=(replace(plan.functions[0], blockers=(note,)),))
    async with on_plan(tmp_path, clash, LARGE) as there:
        assert "The name db/orders belongs to another secret. Press e on 3." in words(there)


async def test_a_source_that_moved_leaves_no_old_plan_on_the_screen(tmp_path, plan):
    def moved(session):
        filled(plan)(session)
        session.plan_error = Moved(
            "The value changed since the scan", resource="orders-api", hint="Scan again"
        )

    async with stage(tmp_path, screen="plan", size=LARGE, fill=moved) as there:
        said = words(there)
        assert "No plan could be made. c reads again." in said
        assert "The value changed since the scan (orders-api). Scan again." in said
        assert "DATABASE_URL" not in said
        assert "R run" not in there.footer and "c again" in there.footer


async def test_another_choice_of_credentials_begins_at_the_top(tmp_path, plan):
    one = plan.functions[0]
    many = tuple(
        replace(one, function=replace(one.function, name=f"a{n}", arn=f"{arn(plan)}{n}"))
        for n in range(5)
    )
    async with on_plan(tmp_path, plan) as there:
        rows(there).move_to(f"{arn(plan)}/proof")
        there.session.plan = replace(plan, functions=(*many, one))
        await there.changed("plan")
        assert rows(there).cursor_id == f"{arn(plan)}/proof", "the same choice keeps the place"
        there.session.planned_for = ("c-1", "c-2")
        there.session.plan = replace(plan, functions=(*many, one))
        await there.changed("plan")
        assert rows(there).cursor_id == arn(plan) + "0"
        assert arn(plan) + "/proof" not in {row.id for row in rows(there).shown}


async def test_masks_come_from_the_scan_and_no_value_is_there(tmp_path, plan):
    row = credential_rows()[0]
    one = plan.functions[0]
    variable = replace(one.variables[0], credentials=(row.credential.id,))
    known = replace(plan, functions=(replace(one, variables=(variable,)),))

    def fill(session):
        filled(known)(session)
        session.rows = (row,)

    async with stage(tmp_path, screen="plan", size=LARGE, fill=fill) as there:
        assert row.credential.masked in there.text


@pytest.mark.parametrize("size", [(60, 15), SMALL, LARGE])
async def test_hostile_names_are_text(tmp_path, plan, size):
    one = plan.functions[0]
    foul = replace(
        plan,
        functions=tuple(
            replace(
                f,
                function=replace(f.function, name=HOSTILE),
                runtime=HOSTILE,
                why=HOSTILE,
                proof_text=HOSTILE,
                blockers=tuple(PlanNote("x", HOSTILE, HOSTILE) for _ in f.blockers),
                variables=tuple(replace(v, name=HOSTILE) for v in f.variables),
                policy=f.policy and HOSTILE,
            )
            for f in (one, plan.functions[1])
        ),
        errors=(replace(DENIED, source=HOSTILE, what=HOSTILE, hint=HOSTILE),),
        work=(replace(WORK, masked=HOSTILE, where=(HOSTILE,), text=HOSTILE, snippet=HOSTILE),),
        not_searched=(HOSTILE,),
    )
    async with on_plan(tmp_path, foul, size) as there:
        for row in [row.id for row in rows(there).shown][::5]:
            rows(there).move_to(row)
            await there.press("i")
            assert "\x1b" not in there.text and "\u202e" not in there.text
            if there.app.screen.__class__.__name__ == "Explain":
                await there.press("escape")
        await there.press("R")
        assert "\x1b" not in there.text
