"""What the native pass costs, and what each of its expressions adds.

    python -m tests.bench.sweep_cost FOLDER... [--each] [--megabytes N]

Texts of the folders, mixed by lot, are looked at in batches as a search of a history hands them
over: milliseconds a megabyte, and how many places are pointed at. ``--each`` leaves one expression
out after the other, and takes minutes. Run it before and after an expression is added: a single one
that begins with what is on every line can cost more than all others together, and nothing else
shows it, because what is found stays the same.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import hyperscan

from secretshift.detection.sweep_expressions import PATTERNS

_BATCH: Final = 120_000
_LARGEST: Final = 200_000
_ROUNDS: Final = 3


def _texts(folders: Sequence[Path]) -> Iterator[bytes]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
                continue
            content = path.read_bytes()
            if b"\0" not in content[:8192]:
                yield content


def _batches(folders: Sequence[Path], most: int) -> list[bytes]:
    texts = list(_texts(folders))
    random.Random(1).shuffle(texts)
    data = b"\n\n\n".join(texts)[:most]
    return [data[at : at + _BATCH] for at in range(0, len(data), _BATCH)]


def _compiled(patterns: Sequence[str]) -> hyperscan.Database:
    made = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    made.compile(
        expressions=[one.encode("ascii") for one in patterns],
        ids=list(range(len(patterns))),
        flags=[hyperscan.HS_FLAG_CASELESS] * len(patterns),
    )
    made.scratch = hyperscan.Scratch(made)
    return made


def _cost(compiled: hyperscan.Database, batches: Sequence[bytes]) -> tuple[float, int]:
    """Milliseconds a megabyte, the best of some rounds, and places."""
    places = 0

    def met(*_said: Any) -> None:
        nonlocal places
        places += 1

    best = float("inf")
    for _ in range(_ROUNDS):
        places = 0
        began = time.perf_counter()
        for batch in batches:
            compiled.scan(batch, match_event_handler=met)
        best = min(best, time.perf_counter() - began)
    return best * 1e9 / sum(map(len, batches)), places


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--each", action="store_true", help="leave one out after the other")
    parser.add_argument("--megabytes", type=int, default=24)
    asked = parser.parse_args()
    batches = _batches(asked.folders, asked.megabytes * 1_000_000)
    everything = _compiled(PATTERNS)
    cost, places = _cost(everything, batches)
    print(f"{cost:.2f} ms/MB, {places} places, {sum(map(len, batches)) / 1e6:.0f} MB")
    for number in range(len(PATTERNS)) if asked.each else ():
        without = _compiled([*PATTERNS[:number], *PATTERNS[number + 1 :]])
        saved = _cost(everything, batches)[0] - _cost(without, batches)[0]
        print(f"{saved:+.2f}  {PATTERNS[number][-90:]}", flush=True)


if __name__ == "__main__":
    main()
