"""The keys, once: bindings, footer, help, palette and documentation are made from this table.

One key has one meaning on all screens, or none. Small letters never write to a cloud; ``R``,
``S`` and ``U`` act on a run.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from textual.binding import Binding

from secretshift.model.errors import UsageProblem


class Key(NamedTuple):
    """id: of the action, stable, remapped in the settings; keys: as Textual names them; label:
    one or two words for the footer; meaning: for help and documentation."""

    id: str
    keys: tuple[str, ...]
    label: str
    meaning: str
    group: str

    @property
    def action(self) -> str:
        return self.id.replace("-", "_")


GROUPS: Final = ("move", "look", "decide", "act in a cloud", "program")
SCREENS: Final[Mapping[str, str]] = {
    "start": "1",
    "scan": "2",
    "credentials": "3",
    "plan": "4",
    "run": "5",
    "proof": "6",
    "runs": "8",
    "doctor": "9",
    "settings": "0",
}
"""Screen -> the digit that leads there."""


def _key(group: str, id: str, keys: str, label: str, meaning: str) -> Key:  # noqa: A002
    return Key(id, tuple(keys.split()), label, meaning, group)


_TABLE: Final = (
    _key("move", "down", "down j", "down", "next row"),
    _key("move", "up", "up k", "up", "row before"),
    _key("move", "first", "home g", "first", "first row"),
    _key("move", "last", "end G", "last", "last row"),
    _key("move", "page-down", "pagedown ctrl+d", "page down", "a page down"),
    _key("move", "page-up", "pageup ctrl+u", "page up", "a page up"),
    _key("move", "fold", "left h", "fold", "fold this part"),
    _key("move", "unfold", "right l", "unfold", "unfold this part"),
    _key("move", "next-pane", "tab", "next pane", "next pane"),
    _key("move", "former-pane", "shift+tab", "former pane", "pane before"),
    _key("move", "former-tab", "left_square_bracket", "former tab", "tab before, in a detail"),
    _key("move", "next-tab", "right_square_bracket", "next tab", "next tab, in a detail"),
    _key("move", "next-open", "n", "next to look at", "next row that needs a person"),
    _key("move", "former-open", "N", "former to look at", "row before that needs a person"),
    _key("look", "open", "enter", "open", "open this, or press the highlighted button"),
    _key("look", "back", "escape", "back", "one step back; nothing is lost"),
    _key("look", "filter", "slash", "filter", "show only what fits, as you type"),
    _key("look", "sort", "s", "sort", "sort by the next column"),
    _key("look", "group", "b", "group", "group by credential, function or repository"),
    _key("look", "why", "i", "why", "why this is so, and what can be done"),
    _key("look", "zoom", "z", "zoom", "this pane alone, and back"),
    _key("look", "reveal", "v", "reveal", "show this value, for a few seconds"),
    _key("look", "ask", "a", "ask issuer", "ask whoever gave it out whether it still works"),
    _key("look", "copy", "y", "copy", "copy the name or the masked row"),
    _key("look", "write", "w", "write", "write what is shown to a file"),
    _key("look", "check", "c", "check again", "look again; only reads"),
    _key("look", "follow", "f", "follow", "follow the log"),
    _key("decide", "mark", "space", "mark", "mark this row"),
    _key("decide", "mark-all", "asterisk", "mark all", "mark all that is shown; again: none"),
    _key("decide", "decide", "d", "decide", "move, accept, false positive or refused, with reason"),
    _key("decide", "destination", "e", "destination", "name and shape of the secret"),
    _key("decide", "take-back", "u", "take back", "take the last decision or setting back"),
    _key("decide", "plan", "p", "plan", "make a plan for what is marked; only reads"),
    _key("decide", "leave-out", "x", "leave out", "leave this out of the plan, or put it back"),
    _key("act in a cloud", "run", "R", "run", "carry the plan out, or go on with a run"),
    _key("act in a cloud", "stop", "S", "stop", "stop after the change in hand"),
    _key("act in a cloud", "undo", "U", "undo", "undo a run"),
    *(
        _key("program", f"go-{name}", digit, name, f"screen {name}")
        for name, digit in SCREENS.items()
    ),
    _key("program", "commands", "colon ctrl+p", "commands", "every command, by name"),
    _key("program", "help", "question_mark", "keys", "keys of this screen"),
    _key("program", "leave", "q ctrl+q", "leave", "leave; a run stops after the change in hand"),
    _key("program", "interrupt", "ctrl+c", "copy", "copy the selection, or say how to leave"),
    _key("program", "redraw", "ctrl+l", "redraw", "draw the screen again"),
    _key("program", "suspend", "ctrl+z", "suspend", "back to the shell for a while"),
)
KEYS: Final[Mapping[str, Key]] = {key.id: key for key in _TABLE}

FORBIDDEN: Final = frozenset(
    [f"ctrl+{letter}" for letter in "absjmih"]
    + ["ctrl+enter", "shift+enter", "f1", "f10", "f11"]
    + [f"alt+{digit}" for digit in range(10)]
)
"""Keys that a terminal, a multiplexer or a window manager takes, or that never arrive."""

_NAMES: Final = {
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "question_mark": "?",
    "exclamation_mark": "!",
    "asterisk": "*",
    "slash": "/",
    "colon": ":",
    "space": "Space",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "shift+tab": "Shift-Tab",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "home": "Home",
    "end": "End",
    "pagedown": "PgDn",
    "pageup": "PgUp",
}


def shown(key: str) -> str:
    """A key as a person calls it: ``ctrl+d`` is Ctrl-D."""
    if key.startswith("ctrl+"):
        return f"Ctrl-{key.removeprefix('ctrl+').upper()}"
    return _NAMES.get(key, key)


def bindings(*ids: str) -> list[Binding]:
    """Bindings of these actions, in this order; none is shown by Textual's own footer."""
    return [
        Binding(",".join(key.keys), key.action, key.meaning, show=False, id=key.id)
        for key in (KEYS[name] for name in ids)
    ]


class Keymap:
    """The table with what the settings changed."""

    def __init__(self, remapped: Mapping[str, str] | None = None) -> None:
        self.remapped = dict(remapped or {})

    def keys(self, id: str) -> tuple[str, ...]:  # noqa: A002
        changed = self.remapped.get(id)
        return tuple(changed.split(",")) if changed else KEYS[id].keys

    def shown(self, id: str) -> str:  # noqa: A002
        """The first key of an action, as a person calls it."""
        return shown(self.keys(id)[0])

    def check(self) -> None:
        """Raise UsageProblem for an unknown action, a key that never arrives, or one key with two
        meanings; names both."""
        for name, text in self.remapped.items():
            if name not in KEYS:
                near = difflib.get_close_matches(name, KEYS, n=1)
                hint = f"Did you mean {near[0]}?" if near else "The help (?) names all actions"
                raise UsageProblem(f"There is no action {name}", resource="tui.keys", hint=hint)
            for key in text.split(","):
                if not key.strip() or key in FORBIDDEN:
                    raise UsageProblem(
                        f"{name} cannot have this key: terminals do not send it, or take it",
                        resource="tui.keys",
                        hint="Choose a letter",
                    )
        seen: dict[str, str] = {}
        for name in KEYS:
            for key in self.keys(name):
                if key in seen:
                    raise UsageProblem(
                        f"{seen[key]} and {name} have the same key {shown(key)}",
                        resource="tui.keys",
                        hint="Give one of them another key",
                    )
                seen[key] = name


def of_group(group: str) -> Iterable[Key]:
    return (key for key in _TABLE if key.group == group)
