"""The program around the screens: sheets, the way back, crashes."""

from __future__ import annotations

import pytest

from secretshift.model.errors import ExitCode
from secretshift.tui.gate import Safe
from secretshift.tui.overlays.confirm import Confirm

from .stage import LARGE, SMALL, drawn, stage


async def test_a_key_that_is_held_answers_no_sheet(tmp_path):
    """Twenty repeats of Enter, each within the quiet time, change nothing; the word does."""
    answers = []
    async with stage(tmp_path, size=SMALL) as there:
        clock = [0.0]
        there.app.clock = lambda: clock[0]
        there.app.pressed = lambda _: clock[0]
        there.app.quiet = 0.3
        there.app.push_sheet(Confirm("T", [Safe("x")], Safe("ab"), "go"), answers.append)
        await there.pilot.pause()
        for _ in range(20):
            clock[0] += 0.03
            await there.press("enter", "a")
        assert answers == [] and there.app.screen.query_one("#word").value == ""
        clock[0] += 0.5
        await there.press("a", "enter")
        assert answers == [] and "That is not ab, so nothing was started." in there.text
        await there.press("b")
        assert "That is not" not in there.text
        await there.press("enter")
        assert answers == [True]


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 15)])
@pytest.mark.parametrize("name", ["start", "runs", "doctor", "settings", "run", "proof"])
async def test_every_screen_answers_the_four_questions_at_every_size(tmp_path, name, size):
    async with stage(tmp_path, screen=name, size=size) as there:
        await there.until(lambda: not there.app.bridge.busy())
        text = there.text
        for word in ("Next", "Cloud", "Back", "? keys"):
            assert word in text, f"{word} is missing\n{text}"
        assert all(len(line) <= size[0] for line in text.splitlines())


async def test_a_window_that_is_too_small_says_which_size_is_needed(tmp_path):
    async with stage(tmp_path, size=(50, 12)) as there:
        assert "60 columns and 15 lines" in " ".join(there.text.split())


async def test_escape_leads_back_to_the_start_from_everywhere(tmp_path):
    async with stage(tmp_path, screen="start", size=SMALL) as there:
        for keys in (["8"], ["9"], ["0"], ["5"], ["6"], ["2"], ["8", "0", "9"]):
            await there.press(*keys)
            for _ in range(8):
                await there.press("escape")
            assert there.app.screen.NAME == "start", keys


async def test_a_defect_ends_with_a_sentence_and_shows_no_variable(tmp_path, capsys):
    canary = "made-up-" + "canary-value"

    def broken() -> None:
        held = canary
        raise RuntimeError(f"it holds {held}")

    with pytest.raises(RuntimeError):
        async with stage(tmp_path) as there:
            there.app.call_later(broken)
            await there.pilot.pause(0.1)
    assert there.app.bug is not None
    assert there.app.return_code == ExitCode.BUG
    out = capsys.readouterr()
    assert canary not in out.out + out.err
    assert not there.app._exit_renderables


async def test_a_defect_in_a_journey_ends_the_program_the_same_way(tmp_path):
    def broken(_emit, _cancel):
        raise RuntimeError("x")

    with pytest.raises(RuntimeError):
        async with stage(tmp_path) as there:
            there.app.journey("read", broken, lambda _r: None)
            await there.pilot.pause(0.3)
    assert there.app.return_code == ExitCode.BUG


async def test_no_picture_can_be_taken_from_the_palette(tmp_path):
    async with stage(tmp_path) as there:
        await there.press("colon")
        await there.pilot.pause(0.2)
        assert "Screenshot" not in drawn(there.app)


async def test_leaving_asks_a_run_to_stop_and_waits_for_it(tmp_path):
    import threading

    going = threading.Event()

    def work(_emit, cancel):
        going.set()
        while not cancel.cancelled:
            cancel._event.wait(1)
        return

    async with stage(tmp_path) as there:
        there.app.journey("run", work, lambda _r: None)
        going.wait(5)
        await there.press("q")
        await there.until(lambda: there.app._exit, "the end")
