"""The palette of commands, and what becomes of a search when it is taken down."""

from __future__ import annotations

import asyncio

import pytest
from textual.command import CommandInput, CommandList, CommandPalette
from textual.css.query import NoMatches
from textual.widgets import Input

from .stage import stage


@pytest.mark.parametrize("way", ["the program ends", "escape"])
async def test_a_search_that_begins_when_the_list_is_gone_already(tmp_path, monkeypatch, way):
    """As when a key is pressed just before the end: the palette gets it, its list does not."""
    searched = asyncio.Event()

    async def type_when_it_is_gone(palette: CommandPalette, field: CommandInput) -> None:
        while palette.query(CommandList):
            await asyncio.sleep(0)
        palette._input(Input.Changed(field, "a"))
        searched.set()

    later = []

    async def unmounted(gone: CommandList) -> None:
        palette = gone.screen
        assert isinstance(palette, CommandPalette)
        field = palette.query_one(CommandInput)
        later.append(asyncio.create_task(type_when_it_is_gone(palette, field)))

    monkeypatch.setattr(CommandList, "on_unmount", unmounted, raising=False)
    async with stage(tmp_path, keys=("colon",)) as there:
        if way == "escape":
            await there.press("escape")
            await there.pilot.pause()
            assert there.app.is_running and not isinstance(there.app.screen, CommandPalette)
    await searched.wait()


async def test_a_list_that_is_missing_while_the_palette_stands_is_a_fault(tmp_path):
    with pytest.raises(Exception) as fault:
        async with stage(tmp_path, keys=("colon",)) as there:
            assert isinstance(there.app.screen, CommandPalette)
            await there.app.screen.query_one(CommandList).remove()
            await there.press("a")
            await there.pilot.pause()
    assert isinstance(getattr(fault.value, "error", fault.value), NoMatches)
