"""Lines so long that not every name on them is worth a look."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.detection.candidate import Place
from secretshift.detection.grammars import lines


def word(rng: random.Random, length: int) -> str:
    return "".join(rng.choice("abcdefghkmnprstuvwxyzABCDEFGH2345679") for _ in range(length))


def piece(rng: random.Random) -> str:
    name = rng.choice(("status", "e.x", "dbPassword", "api-key", "n", "monkey", "Label2", "token"))
    value = word(rng, rng.randint(1, 30))
    return rng.choice(
        (
            f'"{name}": "{value}",',
            f"{name}={value};",
            f"{name}: '{value}', ",
            f'{name}("{value}")',
            f"function {name}(e){{return {value}}}",
            f'url:"mysql://app:{value}@db/x",',
            f'c = "Server=x;Pwd={value};"',
            f"{value} ",
            f"{name}: string = `{value}`,",
        )
    )


@given(seed=st.integers(0, 2**32), places=st.sampled_from(list(Place)))
@settings(max_examples=300)
def test_what_a_long_line_assigns_is_what_its_names_say(seed: int, places: Place) -> None:
    rng = random.Random(seed)
    line = "".join(piece(rng) for _ in range(rng.randint(1, 60)))
    told = list(lines.assignments(line, 0, len(line), places, False))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_LONG", len(line) + 1)
        assert told == list(lines.assignments(line, 0, len(line), places, False))


def test_the_last_name_on_a_line_is_read() -> None:
    line = '"status": "open", ' * 60 + '"dbPassword": "kahn-Ufer-29"'
    assert [item.text for item in lines.assignments(line, 0, len(line), Place.CODE, False)] == [
        "kahn-Ufer-29"
    ]


def test_an_address_under_a_name_that_says_nothing_is_read_to_the_end_of_the_line() -> None:
    address = "mysql://app:kahn-Ufer-29@db.example/x"
    line = '"status": "open", ' * 60 + f'"link": "{address}"'
    assert [item.text for item in lines.assignments(line, 0, len(line), Place.CODE, False)] == [
        address
    ]
