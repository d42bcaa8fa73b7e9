"""No file holds a scan up: the worst ones take a bounded time, and what is left out is said."""

from __future__ import annotations

import pytest

from secretshift.detection import Detector
from secretshift.detection.engines.pieces import SIZE, pieces
from secretshift.detection.named_places import MOST
from tests.bench.hostile_files import FILES, Hostile, seconds

_CHARACTERS = 120_000
_SECONDS = 5.0
"""Of the processor, twice what the worst of them takes: in slow hours beside other tests it came to
2.7. In proportion 0.05 would be due; what grows with the square takes many times more."""


@pytest.mark.parametrize("hostile", FILES, ids=lambda one: one.name.replace(" ", "-"))
def test_the_worst_files_take_a_bounded_time(detector: Detector, hostile: Hostile) -> None:
    detector.text("warm.py", 'password = "x"')
    assert seconds(hostile, _CHARACTERS, detector.text) < _SECONDS


def test_what_is_left_out_of_a_file_is_said(detector: Detector) -> None:
    row = "db{}.password=Summer{}x!\n"
    few = "".join(row.format(n, n) for n in range(50))
    many = "".join(row.format(n, n) for n in range(MOST + 50))
    assert len(detector.text("few.properties", few)) == 50
    assert detector.left_out("few.properties") == ""
    assert len(detector.text("many.properties", many)) == MOST
    assert "was not judged" in detector.left_out("many.properties")
    detector.text("many.properties", few)
    assert detector.left_out("many.properties") == ""


def test_formats_are_found_wherever_a_long_text_is_cut(detector: Detector) -> None:
    token = "gh" + "p_" + "x9K2mQ7vL4sT1wY8zR3bN6cF5hJ0dG2aE7uP"
    for at in (SIZE - 20, SIZE + 5, 2 * SIZE - 700, 3 * SIZE - 1):
        text = "é" * at + f" {token} " + "." * (4 * SIZE - at)
        (verdict,) = detector.text("a.txt", text)
        assert text[verdict.offset : verdict.end] == token


def test_pieces_hold_every_character() -> None:
    text = "".join(f"line {n}\n" for n in range(60_000))
    made = list(pieces(text))
    assert len(made) > 2
    assert all(text[at : at + len(piece)] == piece for at, piece in made)
    covered = 0
    for at, piece in made:
        assert at <= covered
        covered = at + len(piece)
    assert covered == len(text)
