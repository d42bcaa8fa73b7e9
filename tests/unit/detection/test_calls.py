"""Literals that programs hand to well-known functions."""

from __future__ import annotations

import re

import pytest

from secretshift.detection.grammars import calls
from secretshift.detection.grammars.marks import held

VALUE = "kahn-Ufer-29"


def written(function: str) -> str:
    """A function as a program writes it: the first of its forms, without the signs of a pattern."""
    first = re.sub(r"\(\?![^()]*\([^()]*\)\)", "", function)
    first = re.sub(r"\(\?:([^|)]*)[^)]*\)", r"\1", first)
    first = (
        first.replace(r"\w{1,40}", "db")
        .replace(r"\w{2,12}", "AES")
        .replace("[ ]", " ")
        .replace("[A-Z]", "A")
    )
    return re.sub(r"\\\\\?|\\", "", first)


LINES = [
    *(f'x{written(f)}("a", "{VALUE}")' if f.startswith(r"\.") else f'{written(f)}("a", "{VALUE}")'
      for f in (*calls._USER_AND_PASSWORD, *calls._KEY_AND_SECRET)),
    *(f'{written(f)}("a", "b", "{VALUE}")' for f in calls._HOST_USER_PASSWORD),
    *(f'{written(f)}("{VALUE}")' for f in calls._SIGNS_WITH),
    *(f'{written(f)}(payload, "{VALUE}")' for f in calls._SECOND_SIGNS),
    f'requests.get(url, auth=("a", "{VALUE}"))',
    f'provider :github, "id", "{VALUE}"',
    f'twilio.Client("AC{"0123456789abcdef" * 2}", "{VALUE}")',
]  # fmt: skip


def handed_over(line: str) -> list[str]:
    there = held(line.lower(), calls.TABLE.marks)
    return [item.text for item in calls.secrets(line, there, 0)]


@pytest.mark.parametrize("line", LINES)
def test_what_a_call_hands_over_is_found(line: str) -> None:
    assert [
        item.text for item in calls.secrets(line, held(line.lower(), calls.TABLE.marks), 0)
    ] == [VALUE]


def test_a_line_that_calls_nothing_hands_nothing_over() -> None:
    line = f'store("a", "{VALUE}")'
    assert handed_over(line) == []
