"""Credentials: each key does its one thing, each state has its sentence, nothing is lost."""

from __future__ import annotations

import asyncio
import csv
from dataclasses import replace

import pytest

from secretshift.model.decisions import Choice
from secretshift.model.errors import Unavailable
from secretshift.model.findings import SourceError
from secretshift.tui.bridge import Bridge
from secretshift.tui.overlays.decide import Decide
from secretshift.tui.overlays.destination import Destination
from secretshift.tui.overlays.explain import Explain
from secretshift.tui.overlays.export import Export
from secretshift.tui.overlays.reveal import Reveal
from secretshift.workflow.context import ContextLine
from secretshift.workflow.moments import Moment, MomentKind

from ..reports.conftest import HOSTILE
from .samples import (
    DENIED,
    SCANNED,
    credential_row,
    credential_rows,
    decided,
    finding,
    foreign_row,
    in_file,
    in_function,
    report,
)
from .stage import LARGE, NOW, SMALL, stage

ROWS = {row.title: row for row in credential_rows()}
STRIPE, DATABASE = ROWS["Stripe secret key"], ROWS["PostgreSQL password"]
LOW, MOVED = ROWS["JWT signing key"], ROWS["MySQL password"]


def put(session, rows, errors=()):
    session.report = session.listed = report(rows, errors)
    session.rows = tuple(rows)
    session.scanned_at = SCANNED


def filled(session):
    put(session, credential_rows())


def shown(there, **options):
    return stage(there, screen="credentials", **{"fill": filled, "size": LARGE, **options})


def rows_of(there):
    return there.app.screen.query_one("#rows")


def titles(there) -> list[str]:
    return [view.cells[0].text for view in rows_of(there).shown]


def at(there) -> str:
    return rows_of(there).cursor_row.cells[0].text


def flat(there) -> str:
    """What stands on the screen, without its line breaks and without borders."""
    return " ".join(there.text.replace("│", " ").split())


def said(there) -> str:
    """The passing sentences."""
    return " ".join(note.message for note in there.app._notifications)


# What is shown


@pytest.mark.parametrize("size", [SMALL, (120, 36), LARGE, (60, 15)])
async def test_a_row_says_what_it_is_and_what_became_of_it_at_every_size(tmp_path, size):
    async with shown(tmp_path, size=size) as there:
        line = next(line for line in there.text.splitlines() if "PostgreSQL" in line)
        assert f"#{DATABASE.credential.fingerprint[:6]}" in line
        assert "▲ found" in line
        assert all(len(line) <= size[0] for line in there.text.splitlines())
        for word in ("Next", "Cloud", "Back", "? keys"):
            assert word in there.text


async def test_each_status_stands_in_the_list_as_a_glyph_and_a_word(tmp_path):
    async with shown(tmp_path) as there:
        for status in ("▲ found", "· planned", "⊘ blocked", "◌ look", "✔ refused", "× accepted"):
            assert status in there.text
        assert "✕ false" in there.text and "✔ moved" in there.text


async def test_what_a_narrow_list_has_no_room_for_stands_under_the_row_of_the_cursor(tmp_path):
    async with shown(tmp_path, size=SMALL) as there:
        assert "billing-api STRIPE_KEY and 5 more. high confidence" in flat(there)
        await there.press("j")
        assert "orders-api DATABASE_PASSWORD. medium confidence" in flat(there)


async def test_the_line_over_the_list_says_how_many_how_sorted_and_how_old(tmp_path):
    async with shown(tmp_path) as there:
        assert "10 credentials · sorted by risk · scanned 2 h ago · by credential" in there.text


# Moving, marking, filtering, sorting, grouping


async def test_space_marks_and_takes_the_mark_back(tmp_path):
    async with shown(tmp_path, size=SMALL) as there:
        await there.press("j", "space")
        assert there.session.marks == {DATABASE.credential.id}
        assert "1 marked" in there.text and "▸●  PostgreSQL password" in there.text
        assert "p plan" in there.footer, "the next step has room in a small window"
        assert "p makes a plan for the 1 marked" in there.text
        await there.press("space")
        assert there.session.marks == set() and "marked" not in there.text


async def test_star_marks_all_that_is_shown_and_again_none_of_it(tmp_path):
    async with shown(tmp_path) as there:
        await there.press("space", "slash", *"orders-api", "enter", "asterisk")
        both = {DATABASE.credential.id, ROWS["Database user"].credential.id}
        assert there.session.marks == both | {STRIPE.credential.id}
        await there.press("asterisk")
        assert there.session.marks == {STRIPE.credential.id}


async def test_the_filter_narrows_with_each_letter_and_escape_brings_all_back(tmp_path):
    async with shown(tmp_path, size=SMALL) as there:
        await there.press("slash", *"fil")
        assert titles(there) == ["Stripe secret key", "SendGrid key", "name that tells"]
        await there.press(*"e:config")
        assert titles(there) == ["SendGrid key"]
        assert "/file:config" in there.text and "1 of 10 shown" in there.text
        await there.press("backspace")
        assert titles(there) == ["SendGrid key"]
        await there.press("escape")
        assert len(titles(there)) == 10 and there.app.screen.NAME == "credentials"
        assert at(there) == "SendGrid key", "the cursor stays with its row"


async def test_letters_are_text_while_one_types_and_the_arrows_move_the_rows(tmp_path):
    async with shown(tmp_path) as there:
        await there.press("slash", *"pdvs*", "down")
        assert there.app.screen.filter_line.value == "pdvs*"
        assert there.session.marks == set() and there.app.screen.NAME == "credentials"
        assert there.footer.split() == ["Enter", "to", "the", "rows", "?", "keys"]
        for _ in range(5):
            await there.press("backspace")
        await there.press("down", "down")
        assert at(there) == "Database user"


async def test_enter_leaves_the_filter_in_force_and_goes_to_the_rows(tmp_path):
    async with shown(tmp_path, size=SMALL) as there:
        await there.press("slash", *"orders", "enter", "j", "space")
        assert there.session.marks == {ROWS["Database user"].credential.id}
        assert "/orders" in there.text
        await there.press("2", "3")
        assert titles(there) == ["PostgreSQL password", "Database user"]
        await there.press("escape")
        assert len(titles(there)) == 10


async def test_s_goes_through_the_orders_and_back_to_risk(tmp_path):
    async with shown(tmp_path) as there:
        first = titles(there)
        await there.press("j", "s")
        assert titles(there) == sorted(first) and "sorted by kind" in there.text
        assert at(there) == "PostgreSQL password", "the cursor stays with its row"
        await there.press("s", "s")
        assert titles(there)[0] == "Storage account key" and "sorted by status" in there.text
        await there.press("s")
        assert titles(there) == first and "sorted by risk" in there.text


async def test_b_groups_by_function_then_by_repository_then_not_at_all(tmp_path):
    async with shown(tmp_path) as there:
        await there.press("j", "b")
        assert "orders-api eu-central-1 111122223333 2 credentials" in flat(there)
        assert titles(there).count("Stripe secret key") == 2
        assert at(there) == "PostgreSQL password"
        assert "10 credentials" in there.text, "one that stands twice is counted once"
        await there.press("b")
        assert "/home/sam/shop 3 credentials" in flat(there)
        await there.press("b")
        assert len(titles(there)) == 10 and at(there) == "PostgreSQL password"


async def test_space_on_the_heading_of_a_group_marks_the_group_folded_or_not(tmp_path):
    async with shown(tmp_path) as there:
        await there.press("b", "j", "j", "h", "h")
        heading = rows_of(there).cursor_row
        assert heading.foldable and heading.cells[0].text.startswith("invoice-worker")
        await there.press("space")
        assert there.session.marks == {STRIPE.credential.id}
        assert there.text.count("●  ") >= 1
        await there.press("space")
        assert there.session.marks == set()


async def test_enter_on_the_heading_of_a_group_folds_it(tmp_path):
    async with shown(tmp_path) as there:
        await there.press("b", "g")
        before = len(titles(there))
        await there.press("enter")
        assert len(titles(there)) < before
        assert not there.app.screen.open


async def test_n_goes_from_one_that_needs_a_person_to_the_next(tmp_path):
    async with shown(tmp_path) as there:
        seen = []
        for _ in range(4):
            await there.press("n")
            seen.append(at(there))
        needing = ["Storage account key", "JWT signing key", "SendGrid key"]
        assert seen == [*needing, needing[0]]
        await there.press("N")
        assert at(there) == "SendGrid key"


# The detail


async def test_the_detail_beside_the_list_follows_the_cursor(tmp_path):
    async with shown(tmp_path) as there:
        await there.sees("billing-api STRIPE_KEY · $LATEST, versions 12")
        assert "files of /home/sam/shop" in there.text and ".env.production line 4" in there.text
        await there.press("j")
        await there.sees("orders-api DATABASE_PASSWORD · $LATEST")
        assert ".env.production" not in there.text


async def test_in_a_small_window_enter_lays_the_detail_over_the_list_and_escape_closes_it(
    tmp_path,
):
    async with shown(tmp_path, size=SMALL) as there:
        await there.press("j")
        assert "orders-api DATABASE_PASSWORD ·" not in there.text
        await there.press("enter")
        await there.sees("orders-api DATABASE_PASSWORD · $LATEST")
        assert "Stripe secret key" not in there.text and "Move this one" in there.text
        assert "Enter plans the move of this one" in there.text and "Esc: the list" in there.text
        await there.press("escape")
        assert "Stripe secret key" in there.text and at(there) == "PostgreSQL password"


async def test_the_brackets_go_through_the_tabs_in_both_directions(tmp_path):
    async with shown(tmp_path) as there:
        await there.sees("[Where]")
        await there.press("j", "right_square_bracket", "right_square_bracket")
        await there.press("right_square_bracket")
        await there.sees("[Siblings]")
        assert "Database user" in flat(there).split("[Siblings]")[1]
        await there.press("right_square_bracket")
        await there.sees("[Why]")
        assert "Confidence: medium" in there.text and "password of a connection" in there.text
        assert "https://dashboard.stripe.com/apikeys" in there.text
        await there.press("right_square_bracket")
        await there.sees("[Where]")
        await there.press("left_square_bracket")
        await there.sees("[Why]")


async def test_context_shows_the_masked_lines_around_the_place_that_was_chosen(tmp_path):
    async with shown(tmp_path, size=SMALL) as there:
        asked = []

        def context(location, done, _failed):
            asked.append(location)
            done((ContextLine(3, "# keys", False), ContextLine(4, "STRIPE=••••••", True)))

        there.app.acts.context = context
        await there.press("enter", "shift+tab", "G", "up", "up", "enter")
        assert asked == [in_file(".env.production")]
        assert "[Context]" in there.text and "STRIPE=••••••" in there.text
        assert ".env.production around line 4" in there.text


async def test_the_place_that_stands_for_a_value_is_chosen_anew_with_each_row(tmp_path):
    both = credential_row("b", in_file("a.py"), in_function("pay", "KEY"), title="Both")
    async with shown(tmp_path, fill=lambda s: put(s, [LOW, both, DATABASE])) as there:
        screen = there.app.screen
        for keys in (["j"], ["k", "j"], ["j", "k"], ["space"], ["s"]):
            await there.press(*keys)
            await there.changed("scan", "credentials", "plan")
            await there.pilot.pause(0.1)
        await there.until(lambda: at(there) == "Both" and screen.reader._rest is None)
        assert screen.finding.location == in_function("pay", "KEY")
        assert screen.detail.body.cursor_id == screen.finding.id


async def test_history_says_what_happened_to_the_value(tmp_path):
    async with shown(tmp_path) as there:
        there.app.acts.moments = lambda credential, done, failed: done(
            (Moment(NOW, MomentKind.DECIDED, "accepted: sandbox only", "sam"),)
        )
        await there.press("right_square_bracket", "right_square_bracket")
        await there.sees("decided: accepted:")


async def test_what_cannot_be_read_is_said_where_it_would_stand(tmp_path):
    async with shown(tmp_path) as there:
        error = Unavailable("The file is gone", resource=".env", hint="Look again")
        there.app.acts.context = lambda location, done, failed: failed(error)
        await there.press("right_square_bracket")
        await there.sees("Not readable now: The file is gone (.env).")
        assert "Look again." in there.text


async def test_an_answer_for_a_tab_that_was_left_is_dropped(tmp_path):
    async with shown(tmp_path) as there:
        late = []
        there.app.acts.context = lambda location, done, failed: late.append(done)
        await there.press("right_square_bracket")
        await there.sees("reading …")
        await there.press("left_square_bracket")
        await there.sees("[Where]")
        late[0]((ContextLine(1, "came late", True),))
        await there.pilot.pause()
        assert "came late" not in there.text and "Goes to" in there.text


async def test_a_sibling_is_gone_to_with_enter(tmp_path):
    async with shown(tmp_path, size=SMALL) as there:
        await there.press("j", "enter", "left_square_bracket", "shift+tab", "g")
        await there.press("left_square_bracket")
        await there.sees("[Siblings]")
        assert "Enter to that row" in there.footer
        await there.press("enter")
        assert at(there) == "Database user" and "[Siblings]" not in there.text


async def test_z_gives_the_pane_the_whole_window_and_back(tmp_path):
    async with shown(tmp_path) as there:
        await there.sees("[Where]")
        await there.press("z")
        await there.until(lambda: "[Where]" not in there.text, "the list alone")
        await there.press("z")
        await there.sees("[Where]")
    async with shown(tmp_path / "small", size=SMALL) as there:
        await there.press("z")
        assert "Stripe secret key" in there.text


async def test_tab_goes_from_list_to_detail_to_button_and_back(tmp_path):
    async with shown(tmp_path) as there:
        await there.sees("[Where]")
        await there.press("tab")
        assert there.app.focused.id == "body"
        await there.press("tab")
        assert there.app.focused.id == "move" and "Enter move this one" in there.footer
        await there.press("tab")
        assert there.app.focused.id == "rows"
        await there.press("shift+tab")
        assert there.app.focused.id == "move"


async def test_the_footer_follows_the_tab(tmp_path):
    """Enter on a line of context does nothing where this one cannot be planned."""
    async with shown(tmp_path, size=SMALL) as there:
        there.app.acts.context = lambda location, done, failed: done(())
        await there.press("n", "n", "enter")
        assert at(there) == "JWT signing key" and "Enter what is around" in there.footer
        await there.press("right_square_bracket")
        assert "Enter" not in there.footer


# Plan


async def test_p_plans_what_is_marked_and_goes_to_the_plan(tmp_path):
    async with shown(tmp_path) as there:
        planned = []
        there.app.acts.plan = lambda ids=None: planned.append(ids)
        await there.press("space", "j", "space", "p")
        assert planned == [(STRIPE.credential.id, DATABASE.credential.id)]
        assert there.app.screen.NAME == "plan"
        await there.press("escape")
        assert len(there.session.marks) == 2, "going back loses no mark"


async def test_p_without_a_mark_plans_the_row_of_the_cursor(tmp_path):
    async with shown(tmp_path) as there:
        planned = []
        there.app.acts.plan = lambda ids=None: planned.append(ids)
        await there.press("j", "p")
        assert planned == [(DATABASE.credential.id,)]


async def test_p_says_what_is_not_planned_and_why_and_stays_where_nothing_is(tmp_path):
    async with shown(tmp_path) as there:
        planned = []
        there.app.acts.plan = lambda ids=None: planned.append(ids)
        await there.press("n", "n", "p")
        assert planned == [] and there.app.screen.NAME == "credentials"
        assert "1 value of low confidence is never moved unattended" in said(there)


async def test_the_button_of_the_detail_plans_this_one_alone(tmp_path):
    async with shown(tmp_path, size=SMALL) as there:
        planned = []
        there.app.acts.plan = lambda ids=None: planned.append(ids)
        await there.press("space", "j", "enter", "enter")
        assert planned == [(DATABASE.credential.id,)]
        assert there.session.marks == {STRIPE.credential.id}


@pytest.mark.parametrize("row", [LOW, MOVED, ROWS["Slack token"]])
async def test_what_cannot_be_planned_has_no_button_to_press(tmp_path, row):
    async with shown(tmp_path, size=SMALL, fill=lambda s: put(s, [row])) as there:
        planned = []
        there.app.acts.plan = lambda ids=None: planned.append(ids)
        await there.press("enter", "enter", "enter")
        assert planned == []
        assert there.app.screen.detail.button.disabled


# Sheets


@pytest.mark.parametrize(
    ("key", "sheet"), [("d", Decide), ("e", Destination), ("v", Reveal), ("w", Export)]
)
async def test_a_key_held_on_its_sheet_changes_nothing(tmp_path, key, sheet):
    async with shown(tmp_path) as there:
        clock = [0.0]
        there.app.clock = lambda: clock[0]
        there.app.pressed = lambda _: clock[0]
        there.app.quiet = 0.3
        done = []
        for name in ("decide", "reveal", "write", "plan"):
            setattr(there.app.acts, name, lambda *a, **k: done.append(a))
        await there.press(key)
        assert isinstance(there.app.screen, sheet)
        for held in (key, "enter"):
            for _ in range(20):
                clock[0] += 0.03
                await there.press(held)
        assert isinstance(there.app.screen, sheet)
        assert done == [] and there.session.edits == {} and not list(tmp_path.glob("*.csv"))


@pytest.mark.parametrize("key", ["d", "e", "v", "w"])
async def test_escape_leaves_a_sheet_and_everything_as_it_was(tmp_path, key):
    async with shown(tmp_path, size=SMALL) as there:
        await there.press("slash", *"orders", "enter", "j", "space", key)
        assert len(there.app.screen_stack) == 3
        await there.press("j", "escape")
        assert there.app.screen.NAME == "credentials"
        assert at(there) == "Database user" and len(titles(there)) == 2
        assert there.session.marks == {ROWS["Database user"].credential.id}
        assert there.session.edits == {}


async def test_d_decides_for_all_that_is_marked_with_one_reason(tmp_path):
    async with shown(tmp_path) as there:
        made = []
        there.app.acts.decide = lambda *a: made.append(a[:4])
        await there.press("slash", *"status:found", "enter", "asterisk", "d")
        assert "3 credentials" in there.text
        await there.press("j", "j", "enter", *"examples", "enter")
        ids = [ROWS[t].credential.id for t in ("Stripe secret key", "PostgreSQL password")]
        ids.append(ROWS["SendGrid key"].credential.id)
        assert made == [(ids, Choice.FALSE_POSITIVE, "examples", "")]
        assert there.app.screen.NAME == "credentials"


async def test_a_decision_that_was_not_kept_comes_back_with_what_was_typed(tmp_path):
    async with shown(tmp_path) as there:
        failed = []
        there.app.acts.decide = lambda *a: failed.append(a[4])
        await there.press("d", "j", "enter", *"sandbox", "enter")
        failed[0](Unavailable("The disk is full"))
        await there.sees("Not decided: The disk is full.")
        assert "sandbox" in there.text


async def test_a_reason_that_holds_a_value_does_not_come_back(tmp_path):
    async with shown(tmp_path) as there:
        failed = []
        there.app.acts.decide = lambda *a: failed.append(a[4])
        await there.press("d", "j", "enter", *"hidden-word", "enter")
        failed[0](Unavailable("The reason holds a value", code="value-in-reason"))
        await there.sees("Not decided: The reason holds a value.")
        assert "hidden-word" not in there.text


async def test_e_fills_the_next_plan_and_u_takes_it_back(tmp_path):
    async with shown(tmp_path) as there:
        await there.press("e", *"shop/stripe", "enter")
        edit = there.session.edits[STRIPE.credential.id]
        assert (edit.name, edit.shape) == ("shop/stripe", "")
        await there.sees("shop/stripe")
        assert "Kept for the next plan (p). u takes it back." in said(there)
        await there.press("e")
        assert "shop/stripe" in there.app.screen.query_one("#name").value
        await there.press("tab", "j", "j", "enter")
        assert there.session.edits[STRIPE.credential.id].shape == "json"
        await there.press("u")
        assert there.session.edits[STRIPE.credential.id] == edit
        await there.press("u")
        assert there.session.edits == {}


async def test_u_takes_the_last_thing_back_whether_decision_or_destination(tmp_path):
    async with shown(tmp_path) as there:
        taken = []
        there.app.acts.take_back = lambda: taken.append(True)
        there.app.acts.decide = lambda *a: None
        await there.press("e", *"one", "enter", "d", "j", "enter", *"why", "enter")
        await there.press("u")
        assert taken == [True] and there.session.edits
        await there.press("u")
        assert taken == [True] and there.session.edits == {}


async def test_y_copies_the_masked_row_and_in_the_detail_its_place(tmp_path):
    async with shown(tmp_path) as there:
        copied = []
        there.app.copy_to_clipboard = copied.append
        await there.press("y")
        assert "sk_live_••••••" in copied[0] and "billing-api" in copied[0]
        await there.sees("[Where]")
        await there.press("tab", "y")
        assert copied[1].startswith("billing-api STRIPE_KEY · $LATEST")


async def test_w_writes_what_the_filter_shows_masked(tmp_path):
    async with shown(tmp_path) as there:
        await there.press("slash", *"orders", "enter", "w", "enter")
        file = tmp_path / "secretshift-credentials.csv"
        await there.until(file.exists, "the file")
        with file.open(newline="") as lines:
            found = list(csv.DictReader(lines))
        assert {row["function"] for row in found} == {"orders-api"} and len(found) == 2


async def test_i_lists_what_was_not_read_and_else_says_why_this_one_counts(tmp_path):
    async with shown(tmp_path, size=SMALL) as there:
        await there.press("i")
        await there.sees("Confidence: high")
        assert "[Why]" in there.text
    broken = [DENIED, replace(DENIED, source="eu-south-2")]
    async with shown(
        tmp_path / "two", size=SMALL, fill=lambda s: put(s, credential_rows(), broken)
    ) as there:
        await there.press("i")
        assert isinstance(there.app.screen, Explain)
        assert "eu-south-2: lambda:ListFunctions is denied for you." in flat(there)
        await there.press("escape")
        assert there.app.screen.NAME == "credentials"


# States


async def test_without_a_scan_it_says_how_to_get_one(tmp_path):
    async with stage(tmp_path, screen="credentials", size=SMALL) as there:
        assert "No scan yet, so nothing is known here." in there.text
        assert "Choose where to look (1), then look (2)." in there.text
        assert there.footer.split() == ["?", "keys"], "no key is offered that does nothing"


async def test_nothing_found_counts_what_was_read_and_unread_is_not_clean(tmp_path):
    async with shown(tmp_path, size=SMALL, fill=lambda s: put(s, [])) as there:
        assert "No credential found in 61,204 files and 312 functions." in there.text
        assert "clean" not in there.text
    async with shown(tmp_path / "two", size=SMALL, fill=lambda s: put(s, [], [DENIED])) as there:
        assert 'so this is not yet "clean" (i).' in flat(there)


async def test_a_filter_that_nothing_fits_says_so_and_how_to_clear_it(tmp_path):
    async with shown(tmp_path, size=SMALL) as there:
        await there.press("slash", *"no such thing", "enter")
        assert "Nothing matches this filter. Esc clears it." in there.text
        await there.press("p", "d", "v", "e", "space", "y")
        assert there.app.screen.NAME == "credentials" and there.session.marks == set()
        assert "0 of 10 shown" in there.text


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_region_that_was_not_read_has_its_own_line(tmp_path, size):
    async with shown(
        tmp_path, size=size, fill=lambda s: put(s, credential_rows(), [DENIED])
    ) as there:
        said = "eu-south-1 was not read: lambda:ListFunctions is denied for you."
        assert f"▲ {said} Credentials there are missing here (i)." in flat(there)
        assert "Stripe secret key" in there.text


async def test_a_scan_that_failed_leaves_the_rows_before_and_says_so(tmp_path):
    def fill(session):
        filled(session)
        session.scan_error = Unavailable("No network", hint="Connect")

    async with shown(tmp_path, size=SMALL, fill=fill) as there:
        assert "The last scan failed: No network. Connect. The rows are older (i)." in flat(there)
        assert "Stripe secret key" in there.text and "scanned 2 h ago" in there.text


async def test_a_workspace_that_does_not_open_says_why(tmp_path):
    def fill(session):
        session.services = None
        session.problem = Unavailable("The workspace is locked", hint="Close the other program")

    async with shown(tmp_path, size=SMALL, fill=fill) as there:
        assert "The workspace is locked. Close the other program." in flat(there)
        await there.press("d", "p", "v", "u", "w", "enter")
        assert there.app.screen.NAME == "credentials"


async def test_findings_stand_in_the_list_while_the_scan_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(Bridge, "busy", lambda self, *names: "scan" in names)
    async with stage(tmp_path, screen="start", size=SMALL) as there:
        session = there.session
        await there.press("3")
        assert "has found no credential until now" in there.text
        session.live.append(finding("one", in_function("pay", "KEY")))
        await there.changed("scan")
        assert "1 credential · the scan goes on · in the order found" in there.text
        session.live += [finding("two", in_file("a.py")), finding("one", in_file("b.py"))]
        await there.changed("scan")
        assert "2 credentials" in there.text and "pay KEY and 1 more" in there.text
        await there.press("p", "d")
        assert there.app.screen.NAME == "credentials", "nothing is decided of half a scan"
        assert "A plan can be made when it is over" in flat(there)


async def test_the_cursor_keeps_its_row_when_the_whole_report_comes(tmp_path):
    async with shown(tmp_path, fill=lambda s: put(s, credential_rows()[:5])) as there:
        await there.press("j", "j", "space")
        assert at(there) == "Database user"
        put(there.session, tuple(reversed(credential_rows())))
        await there.changed("scan", "credentials")
        assert at(there) == "Database user" and len(titles(there)) == 10
        assert there.session.marks == {ROWS["Database user"].credential.id}


async def test_a_row_that_changed_is_drawn_anew_in_list_and_detail(tmp_path):
    async with shown(tmp_path) as there:
        await there.sees("▲ found")
        first, *others = credential_rows()
        there.session.rows = (decided(first, Choice.REFUSED, "rolled"), *others)
        await there.changed("credentials")
        await there.sees("refused")


async def test_thousands_of_rows_come_in_and_keys_are_answered_meanwhile(tmp_path):
    many = [credential_row(f"n{n}", in_file(f"f{n}.py"), title=f"Kind {n:05}") for n in range(3000)]
    async with shown(tmp_path, fill=lambda s: put(s, many)) as there:
        await there.until(lambda: rows_of(there).count == 3000, "all rows")
        assert "3,000 credentials" in there.text
        await there.press("G")
        assert at(there) == "Kind 02999"
        await there.press("b", "b")
        await there.until(lambda: "/home/sam/shop" in there.text, "the group")
        assert at(there) == "Kind 02999"


# Resizing, going away, coming back


async def test_resizing_keeps_cursor_marks_filter_and_what_is_typed(tmp_path):
    async with shown(tmp_path) as there:
        await there.press("slash", *"orders", "enter", "j", "space", "slash", *"-api")
        for size in (SMALL, (60, 15), (40, 10), LARGE):
            await there.pilot.resize_terminal(*size)
            await there.pilot.pause()
        assert there.app.screen.filter_line.value == "orders-api"
        assert there.app.screen.typing and at(there) == "Database user"
        assert there.session.marks == {ROWS["Database user"].credential.id}


async def test_resizing_keeps_an_open_detail_and_its_tab(tmp_path):
    async with shown(tmp_path, size=SMALL) as there:
        await there.press("j", "enter", "left_square_bracket")
        await there.sees("[Why]")
        await there.pilot.resize_terminal(*LARGE)
        await there.pilot.pause()
        assert "[Why]" in there.text and "Stripe secret key" in there.text
        await there.pilot.resize_terminal(*SMALL)
        await there.pilot.pause()
        assert "[Why]" in there.text and "Stripe secret key" not in there.text
        await there.press("escape")
        assert at(there) == "PostgreSQL password"


async def test_escape_closes_one_thing_after_the_other(tmp_path):
    async with shown(tmp_path, size=SMALL) as there:
        await there.press("slash", *"orders", "enter", "enter", "d")
        screens = []
        for _ in range(4):
            await there.press("escape")
            screens.append((there.app.screen.NAME, there.app.screen.has_class("-open")))
            if there.app.screen.NAME != "credentials":
                break
        assert screens == [
            ("credentials", True),
            ("credentials", False),
            ("credentials", False),
            ("scan", False),
        ]


# Modes


@pytest.mark.parametrize(
    ("mode", "why"),
    [("browser", "No value is shown in a browser"), ("read_only", "read-only")],
)
async def test_in_a_browser_and_read_only_no_value_is_shown(tmp_path, mode, why):
    async with shown(tmp_path) as there:
        setattr(there.app, mode, True)
        read = []
        there.app.acts.reveal = lambda *a: read.append(a)
        await there.press("v")
        assert there.app.screen.NAME == "credentials" and read == []
        assert why in said(there)


async def test_showing_values_can_be_switched_off(tmp_path):
    async with shown(tmp_path) as there:
        tui = replace(there.session.settings.tui, reveal_seconds=0)
        there.session.settings = replace(there.session.settings, tui=tui)
        await there.press("v")
        assert there.app.screen.NAME == "credentials"
        assert "Showing values is switched off" in said(there)


# Foreign text


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_hostile_text_in_every_field_is_text(tmp_path, size):
    long = f"{HOSTILE}[@click=app.quit]x[/] 宽宽 [open {'y' * 10_000}"
    row = foreign_row(long)
    errors = [SourceError(long, long, long, long)]
    async with shown(tmp_path, size=size, fill=lambda s: put(s, [row, STRIPE], errors)) as there:
        there.app.acts.context = lambda location, done, failed: done([ContextLine(1, long, True)])
        there.app.acts.moments = lambda credential, done, failed: done(
            [Moment(NOW, MomentKind.DECIDED, long, long)]
        )
        frames = [there.text]
        await there.press("enter")
        for _ in range(5):
            await there.press("right_square_bracket")
            frames.append(there.text)
        for keys in (["escape"], ["b"], ["i"], ["escape", "g", "j", "d"], ["escape", "e"]):
            await there.press(*keys)
            frames.append(there.text)
        await there.press("escape", "w")
        frames.append(there.text)
        await there.press("escape", "v")
        frames.append(there.text)
        for frame in frames:
            assert {c for c in frame if not c.isprintable()} <= {"\n"}
        assert any("[red]" in frame for frame in frames)
        assert there.app._exit is False


async def test_nothing_waits_for_an_answer_that_never_comes(tmp_path):
    async with shown(tmp_path) as there:
        there.app.acts.context = lambda location, done, failed: None
        await there.press("right_square_bracket")
        async with asyncio.timeout(20):
            await there.press("j", "j", "space", "escape")
        assert there.session.marks == {ROWS["Database user"].credential.id}
