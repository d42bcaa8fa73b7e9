"""How a change becomes known, on a clock that the test turns."""

from __future__ import annotations

from itertools import pairwise

import pytest

from secretshift.demo.spreading import PARTS, Spreading


class Hands:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def answers(seed: int, *times: float, requests: int = 40) -> list[list[str]]:
    """What 40 requests see at each time after the change of "role" from old to new."""
    clock = Hands()
    spreading = Spreading[str]((5.0, 15.0), seed, clock)
    spreading.changed("role", "old")
    seen = []
    for after in times:
        clock.now = 100.0 + after
        seen.append([spreading.seen("role", "new") for _ in range(requests)])
    return seen


def test_nothing_is_known_before_the_first_and_all_after_the_last() -> None:
    early, late = answers(1, 4.99, 15.0)
    assert set(early) == {"old"}
    assert set(late) == {"new"}


def test_it_works_and_fails_by_turns_in_between() -> None:
    (between,) = answers(1, 10.0)
    turns = set(pairwise(between))
    assert {("new", "old"), ("old", "new")} <= turns


def test_a_seed_decides_all_of_it() -> None:
    times = [5.0 + step / 4 for step in range(41)]
    assert answers(1, *times) == answers(1, *times)
    assert answers(1, *times) != answers(2, *times)


def test_a_part_that_knows_a_change_keeps_knowing_it() -> None:
    clock = Hands()
    spreading = Spreading[str]((0.0, 8.0), 3, clock)
    spreading.changed("role", "old")
    shares = []
    for step in range(9):
        clock.now = 100.0 + step
        shares.append(sum(spreading.seen("role", "new") == "new" for _ in range(400)) / 400)
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert len({round(share * PARTS) for share in shares}) == PARTS + 1
    assert all(later >= former - 0.1 for former, later in pairwise(shares))


def test_changes_become_known_in_their_order() -> None:
    clock = Hands()
    spreading = Spreading[str]((1.0, 2.0), 1, clock)
    spreading.changed("role", "first")
    clock.now += 1.5
    spreading.changed("role", "second")
    seen = {spreading.seen("role", "third") for _ in range(40)}
    assert seen == {"first", "second"}
    clock.now += 0.9
    assert {spreading.seen("role", "third") for _ in range(40)} == {"second"}
    clock.now += 1.1
    assert {spreading.seen("role", "third") for _ in range(40)} == {"third"}


@pytest.mark.parametrize("name", ["other", "role2"])
def test_nobody_else_is_concerned(name: str) -> None:
    clock = Hands()
    spreading = Spreading[str]((5.0, 15.0), 1, clock)
    spreading.changed("role", "old")
    assert spreading.seen(name, "present") == "present"
