"""The made-up plan of the pictures, for screens that show plans and runs."""

from __future__ import annotations

import pytest

from ..reports.conftest import made_up_plan, picture_script

__all__ = ["made_up_plan", "picture_script"]


@pytest.fixture(autouse=True)
def colours(monkeypatch):
    """A terminal that knows colours, whatever the tests run in."""
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("NO_COLOR", raising=False)
