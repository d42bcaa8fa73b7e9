"""Four themes, and the colours that mean something.

Every pair of a meaning's colour and the background has a contrast of at least 4.5:1, in
``contrast`` 7:1; a test computes it.
"""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

TOKENS: Final = (
    "ok",
    "work",
    "wait",
    "todo",
    "warn",
    "block",
    "fail",
    "unknown",
    "secret",
    "line",
    "add",
    "change",
    "remove",
    "faint",
    "strong",
    "key",
)
"""What text can mean; each is a component class of lists and a variable ``$ss-<token>``."""

_DARK: Final = {
    "ok": "#6fd18b",
    "work": "#6cc7d9",
    "wait": "#9aa5b1",
    "todo": "#e6c35c",
    "warn": "#e6c35c",
    "block": "#ff8d85",
    "fail": "#ff8d85",
    "unknown": "#d7a6f0",
    "secret": "#a9b4c0",
    "line": "#ff8d85",
    "add": "#6fd18b",
    "change": "#e6c35c",
    "remove": "#ff8d85",
    "faint": "#9aa5b1",
    "strong": "#ffffff",
    "key": "#8ab4f8",
}
_LIGHT: Final = {
    "ok": "#17692f",
    "work": "#0b6172",
    "wait": "#59626b",
    "todo": "#7a5200",
    "warn": "#7a5200",
    "block": "#ad1f17",
    "fail": "#ad1f17",
    "unknown": "#7a2f98",
    "secret": "#4d565f",
    "line": "#ad1f17",
    "add": "#17692f",
    "change": "#7a5200",
    "remove": "#ad1f17",
    "faint": "#59626b",
    "strong": "#000000",
    "key": "#1a56b0",
}
_CONTRAST: Final = {
    "ok": "#7dff9b",
    "work": "#7deaff",
    "wait": "#d8d8d8",
    "todo": "#ffe14d",
    "warn": "#ffe14d",
    "block": "#ffb3ad",
    "fail": "#ffb3ad",
    "unknown": "#efc4ff",
    "secret": "#e0e0e0",
    "line": "#ffb3ad",
    "add": "#7dff9b",
    "change": "#ffe14d",
    "remove": "#ffb3ad",
    "faint": "#d8d8d8",
    "strong": "#ffffff",
    "key": "#b3d1ff",
}
_ANSI: Final = {
    "ok": "ansi_green",
    "work": "ansi_cyan",
    "wait": "ansi_default",
    "todo": "ansi_yellow",
    "warn": "ansi_yellow",
    "block": "ansi_red",
    "fail": "ansi_red",
    "unknown": "ansi_magenta",
    "secret": "ansi_default",
    "line": "ansi_red",
    "add": "ansi_green",
    "change": "ansi_yellow",
    "remove": "ansi_red",
    "faint": "ansi_default",
    "strong": "ansi_default",
    "key": "ansi_blue",
}


def _variables(colours: dict[str, str], cursor: str, bar: str) -> dict[str, str]:
    named = {f"ss-{token}": colour for token, colour in colours.items()}
    return {**named, "ss-cursor": cursor, "ss-bar": bar}


THEMES: Final = (
    Theme(
        name="dark",
        primary="#8ab4f8",
        secondary="#6cc7d9",
        warning=_DARK["warn"],
        error=_DARK["fail"],
        success=_DARK["ok"],
        accent="#8ab4f8",
        foreground="#dfe5ec",
        background="#12161c",
        surface="#12161c",
        panel="#1b222b",
        dark=True,
        variables=_variables(_DARK, "#2a3442", "#1b222b"),
    ),
    Theme(
        name="light",
        primary="#1a56b0",
        secondary="#0b6172",
        warning=_LIGHT["warn"],
        error=_LIGHT["fail"],
        success=_LIGHT["ok"],
        accent="#1a56b0",
        foreground="#1c2127",
        background="#fbfbf9",
        surface="#fbfbf9",
        panel="#efefeb",
        dark=False,
        variables=_variables(_LIGHT, "#dde4ee", "#efefeb"),
    ),
    Theme(
        name="contrast",
        primary="#b3d1ff",
        secondary="#7deaff",
        warning=_CONTRAST["warn"],
        error=_CONTRAST["fail"],
        success=_CONTRAST["ok"],
        accent="#ffe14d",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#000000",
        dark=True,
        variables=_variables(_CONTRAST, "#26364d", "#000000"),
    ),
    Theme(
        name="ansi",
        primary="ansi_blue",
        secondary="ansi_cyan",
        warning="ansi_yellow",
        error="ansi_red",
        success="ansi_green",
        accent="ansi_blue",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        dark=True,
        ansi=True,
        variables={
            **_variables(_ANSI, "ansi_default", "ansi_default"),
            "ansi-background": "ansi_default",
            "ansi-foreground": "ansi_default",
        },
    ),
)
NAMES: Final = tuple(theme.name for theme in THEMES)
