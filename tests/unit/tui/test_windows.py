"""Every size of a window: nothing scrolls sideways, the words that are needed stay, and a resize
in the middle of anything loses nothing."""

from __future__ import annotations

import pytest
from textual.geometry import Size
from textual.widgets import Input

from secretshift.tui.widgets.rowlist import RowList

from . import frames
from .stage import LARGE, SMALL, Stage, stage
from .worlds import SCREEN_NAMES, fill

SIZES = ((60, 15), SMALL, (120, 36), LARGE)
NEEDED = {
    "start": ("shop", "acme-prod"),
    "scan": ("10 values", "c scan"),
    "credentials": ("Stripe secret key", "found"),
    "plan": ("orders-api", "R "),
    "run": ("5 of 8 done", "failed", "U undoes"),
    "proof": ("1 function moved and proven", "1 not", "For you to do"),
    "runs": ("complete", "stopped on request", "nobody works on it"),
    "doctor": ("1 failed", "1 not known"),
    "settings": ("Theme", "Read-only"),
}


async def to_size(there: Stage, size: tuple[int, int]) -> None:
    await there.pilot.resize_terminal(*size)
    await there.until(lambda: there.app.screen.size == Size(*size), "the other size")
    await there.pilot.pause()
    await there.pilot.pause()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_nothing_scrolls_sideways_and_what_is_needed_stands_there(
    tmp_path, made_up_plan, size
):
    async with stage(tmp_path, size=size, fill=lambda s: fill(s, made_up_plan)) as there:
        there.app.acts.plugins = lambda: None
        for name in SCREEN_NAMES:
            there.app.goto(name)
            await there.pilot.pause()
            assert not frames.faults_of_text(there.app), name
            flat = " ".join(there.text.split())
            for word in (*NEEDED[name], "Next", "Cloud", "Back", "? keys"):
                assert word in flat, f"{name}: {word} is missing\n{there.text}"
            for widget in there.app.screen.query(RowList):
                assert widget.max_scroll_x == 0, f"{name}: {widget} scrolls sideways"


async def test_a_resize_keeps_cursor_marks_filter_and_what_is_typed(tmp_path, made_up_plan):
    """Through every size, also one that is too small, and back."""
    async with stage(tmp_path, size=LARGE, fill=lambda s: fill(s, made_up_plan)) as there:
        there.app.acts.plugins = lambda: None
        there.app.goto("credentials")
        await there.pilot.pause()
        await there.press("space", "j", "j", "slash", *"key")
        screen = there.app.screen
        rows, line = screen.query_one("#rows", RowList), screen.query_one("#filter", Input)

        def state() -> tuple[object, ...]:
            return rows.cursor_id, set(there.session.marks), line.value, rows.count

        before = state()
        assert before[1] and line.value == "key" and 0 < rows.count < rows.total
        for size in (SMALL, (60, 15), (40, 10), (120, 36), LARGE):
            await to_size(there, size)
            assert state() == before, size
        await there.press("s")
        assert line.value == "keys", "the text field has the focus again"


async def test_a_key_right_behind_the_one_that_opens_a_screen_is_no_text(tmp_path, made_up_plan):
    """The hidden line of the filter has the focus at no moment."""
    async with stage(tmp_path, size=LARGE, fill=lambda s: fill(s, made_up_plan)) as there:
        there.app.goto("credentials")
        await there.press("space", "x")
        assert there.app.screen.query_one("#filter", Input).value == ""


async def test_a_resize_keeps_what_is_typed_into_a_sheet(tmp_path, made_up_plan):
    async with stage(tmp_path, size=LARGE, fill=lambda s: fill(s, made_up_plan)) as there:
        there.app.goto("run")
        await there.press("U", "a", "b")
        for size in (SMALL, (40, 10), LARGE):
            await to_size(there, size)
        await there.press("1")
        assert there.app.screen.query_one("#word", Input).value == "ab1"


async def test_every_list_keeps_its_cursor_through_a_resize(tmp_path, made_up_plan):
    lists = {"scan": "#meters", "plan": "#plan", "run": "#changes", "proof": "#proof"}
    lists |= {"runs": "#runs", "doctor": "#checks", "settings": "#settings", "start": "#sources"}
    async with stage(tmp_path, size=LARGE, fill=lambda s: fill(s, made_up_plan)) as there:
        there.app.acts.plugins = lambda: None
        at = {}
        for name, selector in lists.items():
            there.app.goto(name)
            await there.pilot.pause()
            await there.press("j")
            at[name] = there.app.screen.query_one(selector, RowList).cursor_id
            assert at[name], name
        await to_size(there, (40, 10))
        assert "60 columns and 15 lines are needed" in " ".join(there.text.split())
        await to_size(there, SMALL)
        for name, selector in lists.items():
            there.app.goto(name)
            await there.pilot.pause()
            rows = there.app.screen.query_one(selector, RowList)
            assert rows.cursor_id == at[name], name
            await there.press("k", "j")
            assert rows.cursor_id == at[name], f"{name}: the keyboard is not in the list"


async def test_under_the_least_size_one_sentence_stands_there_and_a_run_goes_on(
    tmp_path, made_up_plan
):
    async with stage(
        tmp_path, size=(59, 15), fill=lambda s: fill(s, made_up_plan, over=False)
    ) as there:
        for name in ("run", "credentials", "plan"):
            there.app.goto(name)
            await there.pilot.pause()
            flat = " ".join(there.text.split())
            assert "60 columns and 15 lines are needed" in flat, name
            assert "Next" not in flat
        assert "run 5 of 8" in flat, "the run says in the frame how far it is"
