"""In which order the tests run where several processes share them.

pytest-xdist gives each worker the same number of neighbouring tests, and who has finished takes
from the end of what another one still has. So the long tests are dealt out, each worker begins with
the longest of its share, and the short ones come last and even out who is ahead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

SECONDS: Final[Mapping[str, float]] = {
    "tests/security/test_canary_sweep.py::test_journeys_that_fail": 65,
    "tests/security/test_canary_sweep.py::test_journeys_that_go_well": 65,
    "tests/security/test_canary_sweep.py::test_a_crash": 12,
    "tests/security/test_canary_sweep.py::test_the_sweep_finds_what": 7,
    "tests/security/test_nothing_is_sent.py": 3.5,
    "tests/security/test_scanned_tree.py": 0.6,
    "tests/security/test_tui_crash.py": 2,
    "tests/journeys/test_reliability.py": 20,
    "tests/journeys/test_at_the_same_time.py": 18,
    "tests/journeys/test_tui_guided.py": 18,
    "tests/journeys/test_tui_tmux.py": 30,
    "tests/journeys/test_browser.py": 8,
    "tests/journeys/test_command_line.py": 6,
    "tests/journeys/test_command_line.py::test_a_whole_migration": 25,
    "tests/journeys/test_command_line.py::test_what_is_chosen": 20,
    "tests/journeys/test_migrate_and_undo.py": 6,
    "tests/journeys/test_whole_role": 6,
    "tests/journeys/": 4,
    "tests/contract/test_aws_faults.py": 0.6,
    "tests/contract/test_aws_key_rights.py": 1.4,
    "tests/contract/test_resolver_network.py": 0.5,
    "tests/contract/test_embedded_aws/test_lambda_api.py::test_code_and_layers": 15,
    "tests/contract/test_embedded_aws/test_runtime.py": 0.6,
    "tests/contract/test_embedded_aws/test_server.py": 1,
    "tests/unit/history/test_apart.py::test_no_value": 10,
    "tests/unit/history/test_apart.py::test_that_rules_are_compiled": 19,
    "tests/unit/tui/test_keys_everywhere.py": 9,
    "tests/unit/tui/test_keys_everywhere.py::test_a_key_that_is_held": 33,
    "tests/unit/tui/test_keys_everywhere.py::test_every_key": 18,
    "tests/unit/tui/test_hostile.py": 1,
    "tests/unit/tui/test_hostile.py::test_hostile_text": 20,
    "tests/unit/tui/test_colours.py": 5,
    "tests/unit/tui/test_credentials.py": 1.4,
    "tests/unit/tui/test_credentials_views.py": 0,
    "tests/unit/tui/test_export.py": 1.8,
    "tests/unit/tui/test_plan_views.py": 0,
    "tests/unit/tui/test_windows.py": 2,
    "tests/unit/tui/": 0.6,
    "tests/unit/cli/test_decide.py": 1.2,
    "tests/unit/cli/test_doctor.py": 0.6,
    "tests/unit/cli/test_program.py": 1,
}
"""How a name begins -> about how long one such test takes; the longest beginning counts, and what
is not here is short. Wrong numbers cost time and nothing else."""

TOGETHER: Final = (
    "tests/journeys/test_tui_guided.py",
    "tests/security/test_tui_crash.py",
)
"""Files whose tests share something that takes long to make."""


def seconds(name: str) -> float:
    beginnings = (one for one in SECONDS if name.startswith(one))
    return SECONDS.get(max(beginnings, key=len, default=""), 0)


def dealt(names: Sequence[str], workers: int) -> list[int]:
    """The places of these tests in the order to run them in."""
    more = workers - len(names) % workers
    room = [len(names) // workers + (number >= more) for number in range(workers)]
    piles: list[list[int]] = [[] for _ in range(workers)]
    loads = [0.0] * workers
    long = [group for group in _groups(names) if seconds(names[group[0]])]
    for group in sorted(long, key=lambda group: -seconds(names[group[0]])):
        fitting = [n for n in range(workers) if len(piles[n]) + len(group) <= room[n]]
        chosen = min(fitting, key=lambda n: loads[n], default=None)
        if chosen is not None:
            piles[chosen] += group
            loads[chosen] += sum(seconds(names[one]) for one in group)
    taken = {one for pile in piles for one in pile}
    rest = iter([one for one in range(len(names)) if one not in taken])
    for pile, size in zip(piles, room, strict=True):
        pile += [one for _, one in zip(range(size - len(pile)), rest, strict=False)]
    return [one for pile in piles for one in pile]


def _groups(names: Sequence[str]) -> Iterator[list[int]]:
    """Neighbours of a file that belong together; every other test alone."""

    def key(place: int) -> str | int:
        file = names[place].partition("::")[0]
        return file if file in TOGETHER else place

    for _, group in groupby(range(len(names)), key):
        yield list(group)
