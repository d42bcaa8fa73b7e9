"""The palette: every action of this screen and of the program, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from .keymap import KEYS, SCREENS
from .wording import TITLES

if TYPE_CHECKING:
    from .app import SecretshiftApp

PROGRAM = ("help", "redraw", "leave")


class Commands(Provider):
    """Actions that are possible now, with their keys, so that the keys are learnt in passing."""

    def _commands(self) -> Iterator[tuple[str, str, Callable[[], Any]]]:
        from .screens.base import SCREEN_KEYS, BaseScreen

        app = cast("SecretshiftApp", self.app)
        screen = self.screen
        if isinstance(screen, BaseScreen):
            for name in SCREEN_KEYS:
                if name != "open" and screen.possible(name):
                    key = KEYS[name]
                    title = screen.label(name).capitalize()
                    action: Callable[[], Any] = partial(screen.run_action, key.action)
                    yield f"{title}  ({app.keymap.shown(name)})", key.meaning, action
        for name in SCREENS:
            go = partial(app.goto, name)
            shown = app.keymap.shown(f"go-{name}")
            yield f"Go to {TITLES[name]}  ({shown})", f"screen {TITLES[name]}", go
        for name in PROGRAM:
            key = KEYS[name]
            action = partial(app.run_action, key.action)
            yield f"{key.label.capitalize()}  ({app.keymap.shown(name)})", key.meaning, action

    async def discover(self) -> Hits:
        for title, meaning, action in self._commands():
            yield DiscoveryHit(title, action, help=meaning)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, meaning, action in self._commands():
            score = matcher.match(f"{title} {meaning}")
            if score > 0:
                yield Hit(score, matcher.highlight(title), action, help=meaning)
