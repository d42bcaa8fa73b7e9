"""Looks side by side: what hangs is left, what fails is raised, a wish to stop is heard."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from secretshift.model.errors import Interrupted
from secretshift.model.journeys import CancelToken
from secretshift.workflow.bounded import Look, side_by_side


def run(looks: list[Look[str]], seconds: float = 30.0, **more: int) -> dict[int, str]:
    return dict(side_by_side(looks, seconds=seconds, cancel=CancelToken(), **more))


@pytest.fixture
def hanging():
    """A work that answers when the test is over."""
    over = threading.Event()
    yield lambda: str(over.wait(60))
    over.set()


def test_every_look_is_answered_and_they_run_at_the_same_time() -> None:
    together = threading.Barrier(8, timeout=30)

    def work(name: str) -> Callable[[], str]:
        def look() -> str:
            together.wait()
            return name

        return look

    looks = [Look(work(str(number)), "late") for number in range(16)]
    assert run(looks) == {number: str(number) for number in range(16)}


def test_never_more_at_once_than_asked_for() -> None:
    three = threading.Barrier(3, timeout=0.3)

    def look() -> str:
        try:
            three.wait()
        except threading.BrokenBarrierError:
            return "never three"
        return "three at once"

    assert set(run([Look(look, "late")] * 6, at_once=2).values()) == {"never three"}


def test_one_that_hangs_is_late_and_holds_nobody_up(hanging: Callable[[], str]) -> None:
    looks = [Look(hanging, "late"), Look(lambda: "there", "late"), Look(lambda: "too", "late")]
    assert run(looks, seconds=0.2, at_once=1) == {0: "late", 1: "there", 2: "too"}


def test_an_exception_comes_out_where_the_answer_is_awaited() -> None:
    def fails() -> str:
        raise LookupError

    with pytest.raises(LookupError):
        run([Look(fails, "late")])


def test_a_wish_to_stop_waits_for_nobody(hanging: Callable[[], str]) -> None:
    cancel = CancelToken()
    answers = side_by_side(
        [Look(lambda: "first", ""), Look(hanging, "late")], seconds=60, cancel=cancel
    )
    assert next(answers) == (0, "first")
    cancel.cancel()
    with pytest.raises(Interrupted):
        next(answers)


def test_nothing_to_look_at() -> None:
    assert run([]) == {}
