"""Whether there is room for both forms, and what a plan makes of a function without it."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest

from secretshift.planning.inputs import Options
from secretshift.reports.lines import plain
from secretshift.reports.plan_text import brief_lines, plan_lines

ALLOWED = Options(swap_at_once=("api",))
LIMIT = 4096


def planned(world, options: Options | None = None, **changes):
    """3,000 bytes of value, and as many others that both forms do not fit."""
    variables = {"API_TOKEN": secrets.token_hex(1500), "PADDING": "x" * 950}
    (function,) = world.function("api", variables, **changes).plan(options).functions
    return function


def size_notes(function) -> list:
    return [note for note in function.blockers if note.code == "size"]


def test_without_consent_it_is_blocked_with_the_sizes_and_how_to_allow_it(world):
    function = planned(world, Options(swap_at_once=("another",)))
    (note,) = size_notes(function)
    sizes = function.sizes
    assert sizes.present <= LIMIT and sizes.final <= LIMIT < sizes.peak
    assert f"{sizes.peak:,} of 4,096 bytes" in note.text and f"{sizes.final:,}" in note.text
    assert 'plan.swap_at_once = ["api"]' in note.hint
    assert not function.at_once


@pytest.mark.parametrize(("event", "proof"), [(False, "probe"), (True, "event")])
def test_by_name_it_is_planned_as_one_write_and_says_what_that_means(world, event, proof):
    function = planned(world, ALLOWED, event=event)
    assert function.at_once and not function.blocked
    assert (function.way, function.proof) == ("layer", proof)
    assert "twin" in function.proof_text and "before the one write" in function.proof_text
    (note,) = [n for n in function.warnings if n.code == "swap-at-once"]
    assert "API_TOKEN" in note.text and "rely on the reference" in note.text
    plan = world.plan(ALLOWED)
    said, sizes = " ".join(plain(plan_lines(plan)).split()), function.sizes
    assert f"{sizes.present:,} → {sizes.final:,} of 4,096 bytes, in one write" in said
    assert f"{sizes.peak:,} (peak), which do not fit" in said
    assert "no time in which the function has both" in said
    assert "replace the plaintext by the references, in one write" in said
    assert "put the references beside the plaintext" not in said
    assert "swapped in one write after a twin" in plain(brief_lines(plan))
    assert "there is no room for both" in plain(brief_lines(plan, keep_plaintext=True))


@pytest.mark.parametrize("event", [False, True])
def test_without_a_twin_it_stays_blocked_and_says_why(world, event):
    world.function("api", {"API_TOKEN": secrets.token_hex(1500), "PADDING": "x" * 950}, event=event)
    world.cases = [replace(case, no_twin="you may not make a twin") for case in world.cases]
    (function,) = world.plan(ALLOWED).functions
    (note,) = size_notes(function)
    assert "only after a twin, and there is none: you may not make a twin" in note.text
    assert "swap_at_once" not in note.hint and not function.at_once


def test_what_does_not_fit_with_the_reference_alone_stays_blocked(world):
    token = {"API_TOKEN": "tok-Vw83hdkQpe71", "PADDING": "x" * 3900}
    (function,) = world.function("api", token).plan(ALLOWED).functions
    (note,) = size_notes(function)
    assert function.sizes.final > LIMIT and "the reference alone" in note.text
    assert not function.at_once


def test_where_a_person_has_to_change_the_code_nothing_is_swapped(world):
    function = planned(world, ALLOWED, runtime="ruby3.4")
    (note,) = size_notes(function)
    assert function.way == "code" and not function.at_once
    assert "the reference alone" not in note.text and "swap_at_once" not in note.hint


@pytest.mark.parametrize(("over", "at_once"), [(0, False), (1, True)])
def test_the_limit_itself_still_has_room_for_both(world, over, at_once):
    token = secrets.token_hex(500)

    def function(padding: int, options: Options | None = None):
        world.cases.clear()
        variables = {"API_TOKEN": token, "PADDING": "x" * padding}
        (made,) = world.function("api", variables).plan(options).functions
        return made

    padding = 100 + LIMIT + over - function(100).sizes.peak
    allowed = function(padding, ALLOWED)
    assert allowed.sizes.peak == LIMIT + over
    assert allowed.at_once is at_once and not allowed.blocked
    assert bool(size_notes(function(padding))) is at_once
