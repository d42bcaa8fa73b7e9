"""The long tests are dealt out to the processes that share the tests."""

from __future__ import annotations

import pytest

from tests.order import dealt, seconds

LONG = "tests/journeys/test_killed.py::test_{}"
LONGEST = "tests/journeys/test_at_the_same_time.py::test_{}"
SHORT = "tests/unit/shapes/test_arn.py::test_{}"
TOGETHER = "tests/journeys/test_tui_guided.py::test_{}"


def shares(order: list[int], workers: int) -> list[list[int]]:
    """As the scheduler cuts them: neighbours, the same number for each."""
    left, made = list(order), []
    for others in range(workers, 0, -1):
        made.append(left[: len(left) // others])
        left = left[len(left) // others :]
    return made


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("short", [0, 5, 100, 101])
def test_every_test_runs_once_and_the_long_ones_first(workers, short):
    names = [SHORT.format(n) for n in range(short)] + [LONG.format(n) for n in range(30)]
    names += [LONGEST.format(n) for n in range(5)]
    order = dealt(names, workers)
    assert sorted(order) == list(range(len(names)))
    for share in shares(order, workers):
        took = [seconds(names[place]) for place in share]
        assert took == sorted(took, reverse=True)


def test_each_process_gets_as_much_of_what_is_long():
    names = [LONG.format(n) for n in range(30)] + [SHORT.format(n) for n in range(301)]
    loads = [sum(seconds(names[n]) for n in share) for share in shares(dealt(names, 3), 3)]
    assert len(set(loads)) == 1 and loads[0] > 0


def test_what_shares_something_costly_stays_together():
    names = [TOGETHER.format(n) for n in range(6)] + [LONG.format(n) for n in range(90)]
    found = [place for place in dealt(names, 3) if place < 6]
    order = dealt(names, 3)
    at = [order.index(place) for place in range(6)]
    assert found == list(range(6)) and at == list(range(at[0], at[0] + 6))
