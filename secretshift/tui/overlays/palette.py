"""The palette of commands, taken down without a word in the midst of a search too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from textual.command import CommandPalette
from textual.css.query import NoMatches
from textual.worker import Worker


class Palette(CommandPalette):
    """Textual's. When it is closed, or the program ends, its list of commands goes before the
    search that fills it is cancelled; the search then fails for want of the list, and would
    bring the program down."""

    def run_worker(self, work: Any, *arguments: Any, **named: Any) -> Worker[Any]:
        begin = cast("Callable[[], Awaitable[object]]", work)

        async def until_taken_down() -> None:
            try:
                await begin()
            except NoMatches:
                if self.app.is_running and self in self.app.screen_stack:
                    raise

        return super().run_worker(until_taken_down, *arguments, **named)
