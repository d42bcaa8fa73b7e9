"""Every meaning can be read on every ground of every theme."""

from __future__ import annotations

import pytest
from textual.color import Color

from secretshift.tui.themes import NAMES, THEMES, TOKENS

WANTED = {"dark": 4.5, "light": 4.5, "contrast": 7.0}


def luminance(color: Color) -> float:
    def part(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    return 0.2126 * part(color.r) + 0.7152 * part(color.g) + 0.0722 * part(color.b)


def contrast(one: str, other: str) -> float:
    first, second = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))))
    return (second + 0.05) / (first + 0.05)


@pytest.mark.parametrize("theme", [t for t in THEMES if t.name in WANTED], ids=lambda t: t.name)
def test_every_meaning_has_the_contrast_of_its_theme(theme):
    grounds = [
        theme.background,
        theme.panel,
        theme.variables["ss-cursor"],
        theme.variables["ss-bar"],
    ]
    colours = {token: theme.variables[f"ss-{token}"] for token in TOKENS}
    colours["foreground"] = theme.foreground
    for token, colour in colours.items():
        for ground in grounds:
            assert contrast(colour, ground) >= WANTED[theme.name], (token, colour, ground)


def test_there_are_the_four_themes_that_the_settings_know():
    from secretshift.settings.keys import KEYS

    choices = next(key.choices for key in KEYS if key.name == "tui.theme")
    assert set(choices) == set(NAMES)


def test_the_ansi_theme_names_no_colour_of_its_own():
    ansi = next(theme for theme in THEMES if theme.name == "ansi")
    assert all(str(v).startswith("ansi_") for v in ansi.variables.values())
