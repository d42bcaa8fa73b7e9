"""Measures how much of what is a credential is found, and how much of what is found is one.

    python -m tests.bench.quality [--part a|…|g|all] [--wrong] [--format json] [--write PAGE]

--wrong lists what was misjudged; all values are made up. Exit code 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from .quality_engines import OURS, Engine, Hit, engines
from .quality_set import PARTS, File, Function, files, functions

GOALS: Final = {"functions": (0.97, 0.97), "files": (0.90, 0.75)}
"""Least precision and recall."""
HIGH_GOAL: Final = 0.98
CONFIDENCES: Final = ("high", "medium", "low")


@dataclass
class Score:
    """What one engine did on one kind of data. A unit is a variable or a line.

    said: units complained of, by the greatest confidence and whether there is a credential;
    exact: those of them where the engine's span is the labelled one to the character.
    """

    said: Counter[tuple[str, bool]] = field(default_factory=Counter)
    units: int = 0
    missed: int = 0
    exact: int = 0
    wrong: list[str] = field(default_factory=list)

    def precision(self, *confidences: str) -> float:
        wanted = {
            key: n for key, n in self.said.items() if not confidences or key[0] in confidences
        }
        total = sum(wanted.values())
        return sum(n for (_, true), n in wanted.items() if true) / total if total else 1.0

    def count(self, *confidences: str) -> int:
        return sum(n for key, n in self.said.items() if not confidences or key[0] in confidences)

    def true(self, *confidences: str) -> int:
        return sum(
            n
            for (c, true), n in self.said.items()
            if true and (not confidences or c in confidences)
        )

    def recall(self, *confidences: str) -> float:
        total = self.true() + self.missed
        return self.true(*confidences) / total if total else 1.0


@dataclass(frozen=True)
class Unit:
    """what: how a misjudgement of it is shown; sure: a credential, None where it does not count;
    spans: of the labels, in characters of the value or of the whole text."""

    what: str
    sure: bool | None
    spans: frozenset[tuple[int, int]]


def units_of_function(one: Function) -> dict[int, Unit]:
    return {
        n: Unit(
            f"{one.name}: {variable.name} = {variable.made.text[:90]!r}",
            _sure([label.sure for label in variable.made.labels]),
            frozenset((label.start, label.end) for label in variable.made.labels),
        )
        for n, variable in enumerate(one.variables)
    }


def units_of_file(one: File) -> dict[int, Unit]:
    """Lines; a label over several lines is at home on its first, and the others do not count."""
    text = one.made.text
    found: dict[int, list[tuple[bool, tuple[int, int]]]] = {}
    rest: set[int] = set()
    for label in one.made.labels:
        line = text.count("\n", 0, label.start)
        found.setdefault(line, []).append((label.sure, (label.start, label.end)))
        rest.update(range(line + 1, text.count("\n", 0, label.end) + 1))
    units = {}
    for n, row in enumerate(text.split("\n")):
        labels = found.get(n, [])
        sure = _sure([one for one, _ in labels])
        if n in rest and not labels:
            sure = None
        units[n] = Unit(
            f"{one.path}:{n + 1}: {row.strip()[:120]}", sure, frozenset(span for _, span in labels)
        )
    return units


def _sure(labels: list[bool]) -> bool | None:
    if not labels:
        return False
    return True if any(labels) else None


def add(score: Score, units: dict[int, Unit], hits: Sequence[Hit]) -> None:
    best: dict[int, str] = {}
    for hit in hits:
        order = (hit.confidence, best.get(hit.unit, "low"))
        best[hit.unit] = min(order, key=("any", *CONFIDENCES).index)
    spans = {(hit.start, hit.end) for hit in hits}
    score.units += len(units)
    for number, unit in units.items():
        said = best.get(number)
        if said is None:
            if unit.sure:
                score.missed += 1
                score.wrong.append(f"missed          {unit.what}")
        elif unit.sure is not None:
            score.said[said, unit.sure] += 1
            score.exact += unit.sure and bool(unit.spans & spans)
            if not unit.sure:
                score.wrong.append(f"no secret {said:6}{unit.what}")
            elif not unit.spans & spans:
                score.wrong.append(f"other span      {unit.what}")


def measured(engine: Engine, part: str) -> dict[str, Score]:
    scores = {"functions": Score(), "files": Score()}
    for function in functions(part):
        add(scores["functions"], units_of_function(function), engine.function(function))
    for file in files(part):
        add(scores["files"], units_of_file(file), engine.file(file))
    return scores


Results = dict[str, dict[str, dict[str, Score]]]
"""Part, engine and kind of data."""


def as_json(results: Results) -> dict[str, Any]:
    return {
        "environment": environment(),
        "results": [
            {
                "part": part,
                "engine": engine,
                "data": kind,
                "precision": round(score.precision(), 4),
                "recall": round(score.recall(), 4),
                "found": score.true(),
                "missed": score.missed,
                "false": score.count() - score.true(),
                "exact": score.exact,
                "by_confidence": {
                    one: {
                        "findings": score.count(one),
                        "precision": round(score.precision(one), 4),
                    }
                    for one in CONFIDENCES
                    if score.count(one)
                },
            }
            for part, kind, engine, score in rows(results)
        ],
    }


def rows(results: Results) -> Iterator[tuple[str, str, str, Score]]:
    for part, by_engine in results.items():
        for kind in GOALS:
            for engine, scores in by_engine.items():
                if scores[kind].units:
                    yield part, kind, engine, scores[kind]


def environment() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "kingfisher-secret-scanner": version("kingfisher-secret-scanner"),
        "detect-secrets": version("detect-secrets"),
    }


def short(results: Results) -> str:
    lines = []
    for part, kind, engine, score in rows(results):
        by = "  ".join(
            f"{one} {score.precision(one):.3f} of {score.count(one)}"
            for one in CONFIDENCES
            if score.count(one)
        )
        lines.append(
            f"{part} {kind:9} {engine:24} precision {score.precision():.3f} recall "
            f"{score.recall():.3f}  found {score.true()} missed {score.missed} false "
            f"{score.count() - score.true()} exact {score.exact}  {by}"
        )
    return "\n".join(lines)


def met(results: Results) -> bool:
    """Whether the goals are kept in each part, and nearly all that is called high is true."""
    for _, kind, engine, score in rows(results):
        if engine != OURS:
            continue
        precision, recall = GOALS[kind]
        if score.precision() < precision or score.recall() < recall:
            return False
        if score.precision("high") < HIGH_GOAL:
            return False
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--part", choices=(*PARTS, "all"), default="all")
    parser.add_argument("--ours", action="store_true", help="without the engines beside it")
    parser.add_argument("--wrong", action="store_true", help="list what was misjudged")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write the page of the docs")
    options = parser.parse_args(arguments)
    parts = PARTS if options.part == "all" else (options.part,)
    chosen = [one for one in engines() if one.name == OURS or not options.ours]
    results = {part: {one.name: measured(one, part) for one in chosen} for part in parts}
    if options.wrong:
        for _, _, engine, score in rows(results):
            if engine == OURS:
                print("\n".join(score.wrong))
    print(json.dumps(as_json(results), indent=2) if options.format == "json" else short(results))
    if options.write:
        from .quality_page import page

        options.write.write_text(page(results), "utf-8")
    return 0 if met(results) else 1


if __name__ == "__main__":
    sys.exit(main())
