"""The made-up plan of the pictures, for screens that show plans and runs."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet

from ..reports.conftest import made_up_plan, picture_script

__all__ = ["made_up_plan", "picture_script"]


@pytest.fixture(autouse=True)
def colours(monkeypatch):
    """A terminal that knows colours, whatever the tests run in."""
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("NO_COLOR", raising=False)


def parse_styles_once() -> None:
    """Textual parses the same style sheets again, and twice, for each application that is opened.
    It keeps what it parsed for as long as the variables are the same, so tests may keep it too."""
    parse = Stylesheet._parse_rules
    kept: dict[Hashable, Any] = {}

    def parsed(self: Stylesheet, *given: Any, **named: Any) -> Any:
        key = (given, tuple(named.items()), tuple(self._variables.items()))
        if key not in kept:
            kept[key] = parse(self, *given, **named)
        return kept[key]

    Stylesheet._parse_rules = parsed


parse_styles_once()
