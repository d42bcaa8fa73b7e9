"""Settings, keys and plugins as rows, and what a change of one leads to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from secretshift.settings import Settings
from secretshift.settings.types import TuiSettings

from ..gate import Safe, gate
from ..keymap import GROUPS, KEYS, Keymap, of_group, shown
from ..themes import NAMES
from ..viewmodels import EMPTY, Cell, Column, RowView

COLUMNS: Final = (
    Column("name", "", 30, wrap=True),
    Column("value", "", 14, wrap=True),
    Column("what", "", hide_below=72),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A setting that is chosen among values. name: of TuiSettings; now: whether a change is in
    force at once."""

    name: str
    title: str
    values: tuple[bool | int | str, ...]
    what: str
    now: bool = True


CHOICES: Final = (
    Choice("theme", "Theme", NAMES, "colours; ansi takes those of the terminal"),
    Choice("glyphs", "Signs", ("auto", "unicode", "ascii"), "auto asks the locale"),
    Choice("read_only", "Read-only", (False, True), "look at everything, change nothing"),
    Choice(
        "reveal_seconds", "A revealed value is shown for", tuple(range(1, 11)), "seconds at most"
    ),
    Choice("animations", "Animations", (False, True), "from the next start on", now=False),
    Choice(
        "linear",
        "Linear mode",
        (False, True),
        "questions and lines in place of a screen, from the next start on",
        now=False,
    ),
)
_STATES: Final = {"loaded": "ok", "failed": "fail", "left out": "warn"}
BY_NAME: Final = {choice.name: choice for choice in CHOICES}


def rows(
    settings: Settings, keymap: Keymap, plugins: Sequence[tuple[str, str, str]]
) -> Iterable[RowView]:
    """plugins: name, state ("loaded", "failed" or "left out") and sentence of each."""
    tui = settings.tui
    yield _heading("interface", "Interface", _where(settings))
    for choice in CHOICES:
        fixed = f"tui.{choice.name}" in settings.of_project
        what = "set by the project's file" if fixed else choice.what
        yield RowView(
            id=f"s:{choice.name}",
            cells=(
                Cell(Safe(choice.title)),
                Cell(Safe(f"‹ {word(getattr(tui, choice.name))} ›"), "faint" if fixed else "key"),
                Cell(Safe(what), "faint"),
            ),
            search=f"{choice.title} {choice.what}".casefold(),
            depth=1,
            parent="h:interface",
        )
    production = ", ".join(tui.production) or "none"
    yield RowView(
        id="s:production",
        cells=(
            Cell(Safe("Production accounts")),
            Cell(gate(production), "faint"),
            Cell(Safe("tui.production in the file; runs there ask for a typed name"), "faint"),
        ),
        search="production accounts",
        depth=1,
        parent="h:interface",
    )
    yield _heading("plugins", "Plugins", f"{len(plugins)} found" if plugins else "none")
    for name, state, sentence in plugins:
        yield RowView(
            id=f"p:{name}",
            cells=(
                Cell(gate(name)),
                Cell(Safe(state), _STATES.get(state, "unknown")),
                Cell(gate(sentence, limit=1000)),
            ),
            search=f"{name} {sentence}".casefold(),
            sign=_STATES.get(state, "unknown"),
            token=_STATES.get(state, "unknown"),
            depth=1,
            parent="h:plugins",
            note=gate(sentence, limit=1000) if state != "loaded" else EMPTY,
            needs_person=state != "loaded",
        )
    changed = len(keymap.remapped)
    yield _heading("keys", "Keys", f"{changed} changed" if changed else "as they come")
    for group in GROUPS:
        for key in of_group(group):
            names = " ".join(shown(name) for name in keymap.keys(key.id))
            yield RowView(
                id=f"k:{key.id}",
                cells=(
                    Cell(Safe(key.id)),
                    Cell(gate(names), "key" if key.id in keymap.remapped else ""),
                    Cell(Safe(f"{key.meaning} ({group})"), "faint"),
                ),
                search=f"{key.id} {key.meaning} {group}".casefold(),
                depth=1,
                parent="h:keys",
            )


def _heading(name: str, title: str, said: str) -> RowView:
    return RowView(
        f"h:{name}",
        (Cell(Safe(title), "strong"), Cell(gate(said), "faint")),
        foldable=True,
        whole=True,
        search=title.casefold(),
    )


def _where(settings: Settings) -> str:
    own = settings.own
    return f"kept in {own.path}" if own is not None else "no file of your own was found"


def word(value: bool | int | str) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def next_value(tui: TuiSettings, name: str, step: int) -> bool | int | str:
    """The value after (or, with step -1, before) the present one."""
    values = BY_NAME[name].values
    present = getattr(tui, name)
    at = values.index(present) if present in values else 0
    return values[(at + step) % len(values)]


def known(action: str) -> bool:
    return action in KEYS
