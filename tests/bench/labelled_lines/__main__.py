"""Measures on lines of public repositories, labelled by readers, who is right about them.

    python -m tests.bench.labelled_lines FOLDER [--engines] [--wrong] [--format json]

FOLDER holds a clone of each repository by its name (``git clone https://github.com/OWNER/NAME``).
--engines also measures kingfisher's rules and detect-secrets alone; --wrong lists what was
misjudged (places, no text). What no clone has is counted, and nothing said of it. Exit code 2 where
no clone has any.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from ..quality_engines import OURS, Engine, engines
from ..quality_set import File
from ..quality_values import Made

SAMPLES: Final = Path(__file__).parent
CHECK: Final = 12
"""Digits of the digest of a line."""


class Line(NamedTuple):
    repository: str
    commit: str
    path: str
    number: int
    check: str
    label: str


@dataclass
class Score:
    found: int = 0
    missed: int = 0
    false: int = 0
    passed: int = 0

    def add(self, label: str, *, said: bool) -> None:
        """What two people would judge differently counts neither way."""
        if label == "T":
            self.found += said
            self.missed += not said
        elif label == "F":
            self.false += said
            self.passed += not said

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.false) if self.found + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0


def samples() -> dict[str, list[Line]]:
    """The lines of each sample, by its name."""
    found = {}
    for file in sorted(SAMPLES.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as rows:
            found[file.stem] = [
                Line(repository, commit, path, int(number), check, label)
                for repository, commit, path, number, check, label in csv.reader(rows)
            ]
    return found


def check_of(line: str) -> str:
    return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()[:CHECK]


def texts(folder: Path, lines: list[Line]) -> Iterator[tuple[str, list[Line], str]]:
    """Path, its labelled lines, and the file's text, where a clone has it as it was."""
    files: dict[tuple[str, str, str], list[Line]] = {}
    for line in lines:
        files.setdefault((line.repository, line.commit, line.path), []).append(line)
    for (repository, commit, path), asked in files.items():
        text = _text(folder / repository.partition("/")[2], commit, path)
        written = [] if text is None else text.split("\n")
        same = [
            line
            for line in asked
            if line.number <= len(written)
            and check_of(written[line.number - 1].rstrip("\r")) == line.check
        ]
        if text is not None and same:
            yield path, same, text


def _text(clone: Path, commit: str, path: str) -> str | None:
    shown = subprocess.run(
        ["git", "-C", str(clone), "show", f"{commit}:{path}"], capture_output=True, check=False
    )
    return None if shown.returncode else shown.stdout.decode("utf-8", "replace")


def measured(
    folder: Path, lines: list[Line], chosen: list[Engine], wrong: list[str]
) -> dict[str, Score]:
    scores = {engine.name: Score() for engine in chosen}
    for path, asked, text in texts(folder, lines):
        file = File(path, Made(text, ()))
        for engine in chosen:
            said = _lines_of(engine, file)
            for line in asked:
                scores[engine.name].add(line.label, said=line.number in said)
                right = (line.label == "T") == (line.number in said)
                if engine.name == OURS and line.label != "?" and not right:
                    word = "missed" if line.label == "T" else "false"
                    wrong.append(f"{word:6} {line.repository} {path}:{line.number}")
    return scores


def _lines_of(engine: Engine, file: File) -> set[int]:
    """From 1; of what goes over several lines each of them."""
    said: set[int] = set()
    for hit in engine.file(file):
        last = file.made.text.count("\n", 0, hit.end - 1) if hit.end > 0 else hit.unit
        said.update(range(hit.unit + 1, last + 2))
    return said


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--engines", action="store_true")
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    given = parser.parse_args()
    chosen = [engine for engine in engines() if given.engines or engine.name == OURS]
    wrong: list[str] = []
    results = {
        name: measured(given.folder, lines, chosen, wrong) for name, lines in samples().items()
    }
    if given.format == "json":
        print(
            json.dumps({name: {e: vars(s) for e, s in of.items()} for name, of in results.items()})
        )
        return 0
    for line in wrong if given.wrong else ():
        print(line)
    if not any(_measured_lines(scores) for scores in results.values()):
        print(
            f"error: nothing was measured: {given.folder} has none of the clones", file=sys.stderr
        )
        return 2
    _print(results)
    return 0


def _measured_lines(scores: dict[str, Score]) -> int:
    return sum(vars(next(iter(scores.values()))).values())


def _print(results: dict[str, dict[str, Score]]) -> None:
    together: dict[str, Counter[str]] = {}
    for name, scores in sorted(results.items()):
        asked = sum(line.label != "?" for line in samples()[name])
        for engine, score in scores.items():
            together.setdefault(engine, Counter()).update(vars(score))
            print(f"{name:8} {engine:24} {_row(score)}")
        left = asked - _measured_lines(scores)
        if left:
            print(f"{name:8} {left} lines are in no clone", file=sys.stderr)
    for engine, counts in together.items():
        print(f"all      {engine:24} {_row(Score(**counts))}")


def _row(score: Score) -> str:
    return (
        f"precision {score.precision:.3f} recall {score.recall:.3f}  found {score.found} "
        f"missed {score.missed} false {score.false}"
    )


if __name__ == "__main__":
    sys.exit(main())
