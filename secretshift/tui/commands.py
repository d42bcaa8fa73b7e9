"""The palette: every action of this screen and of the program, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from .keymap import KEYS, SCREENS, Key, of_group
from .wording import TITLES

if TYPE_CHECKING:
    from .app import SecretshiftApp

PROGRAM = ("help", "redraw", "suspend", "interrupt", "leave")
MOVES = ("open", *(key.id for key in of_group("move") if not key.id.endswith(("-open", "-tab"))))
"""Actions of lists and panes rather than of screens."""


class Commands(Provider):
    """Actions that are possible now, with their keys, so that the keys are learnt in passing."""

    def _commands(self) -> Iterator[tuple[str, str, Callable[[], Any]]]:
        from .screens.base import SCREEN_KEYS, BaseScreen

        app = cast("SecretshiftApp", self.app)
        screen = self.screen
        named = app.glyphs.key
        for key, action in self._in_focus():
            shown = f"{key.label.capitalize()}  ({named(app.keymap.shown(key.id))})"
            yield shown, key.meaning, action
        if isinstance(screen, BaseScreen):
            for name in SCREEN_KEYS:
                if name != "open" and screen.possible(name):
                    key = KEYS[name]
                    title = screen.label(name).capitalize()
                    action = partial(screen.run_action, key.action)
                    yield f"{title}  ({named(app.keymap.shown(name))})", key.meaning, action
        for name in SCREENS:
            go = partial(app.goto, name)
            shown = named(app.keymap.shown(f"go-{name}"))
            yield f"Go to {TITLES[name]}  ({shown})", f"screen {TITLES[name]}", go
        for name in PROGRAM:
            if name == "suspend" and app.browser:
                continue
            key = KEYS[name]
            action = partial(app.run_action, key.action)
            yield (
                f"{key.label.capitalize()}  ({named(app.keymap.shown(name))})",
                key.meaning,
                action,
            )

    def _in_focus(self) -> Iterator[tuple[Key, Callable[[], Any]]]:
        """Moving and opening, in what has the focus."""
        screen = self.screen
        for name in MOVES:
            key = KEYS[name]
            for owner in (screen.focused, screen):
                if owner is not None and hasattr(owner, f"action_{key.action}"):
                    yield key, partial(owner.run_action, key.action)
                    break

    async def discover(self) -> Hits:
        for title, meaning, action in self._commands():
            yield DiscoveryHit(title, action, help=meaning)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, meaning, action in self._commands():
            score = matcher.match(f"{title} {meaning}")
            if score > 0:
                yield Hit(score, matcher.highlight(title), action, help=meaning)
