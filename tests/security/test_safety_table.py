"""docs/safety.md names a test for every safety requirement, and each of these tests exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NUMBERS = range(1, 50)
NOT_DUE = frozenset({"S13", "S28", "S35", "S44", "S45", "S46"})
_TEST = re.compile(r"`(tests/[^`]+)`")
_WHY = re.compile(r"not yet: \w.{20,}")


@dataclass(frozen=True)
class Row:
    id: str
    holds: str
    held_by: str

    @property
    def tests(self) -> tuple[str, ...]:
        return tuple(_TEST.findall(self.held_by))


def rows(text: str) -> Iterator[Row]:
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().removesuffix("|").split("|")[1:]]
        if len(cells) == 3 and re.fullmatch(r"S\d+", cells[0]):
            yield Row(*cells)


@cache
def names_in(file: str, root: Path = ROOT) -> frozenset[str]:
    """``test_x`` and ``TestY::test_z`` of a file; none where there is no such file."""
    path = root / file
    if not path.is_file():
        return frozenset()
    return frozenset(_names(ast.parse(path.read_text()).body))


def _names(body: list[ast.stmt], within: str = "") -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.startswith("test"):
                yield within + node.name
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from _names(node.body, f"{within}{node.name}::")


def exists(node_id: str) -> bool:
    file, _, name = node_id.partition("::")
    return name.split("[", 1)[0] in names_in(file)


def faults(text: str) -> list[str]:
    """What is wrong with the tables, one line each."""
    found: list[str] = []
    by_id: dict[str, Row] = {}
    for row in rows(text):
        if row.id in by_id:
            found.append(f"{row.id} stands there twice")
        by_id[row.id] = row
    found += [f"S{n} is missing" for n in NUMBERS if f"S{n}" not in by_id]
    found += [f"{id_} is no requirement" for id_ in by_id if int(id_[1:]) not in NUMBERS]
    for row in by_id.values():
        found += _faults_of(row)
    return found


def _faults_of(row: Row) -> Iterator[str]:
    if not row.holds:
        yield f"{row.id} does not say what holds"
    for test in row.tests:
        if not exists(test):
            yield f"{row.id} names a test that does not exist: {test}"
    if row.id in NOT_DUE and not row.tests and not _WHY.fullmatch(row.held_by):
        yield f"{row.id} is not there yet and does not say why"
    if row.id not in NOT_DUE and not row.tests:
        yield f"{row.id} is due and has no test"


TEXT = (ROOT / "docs" / "safety.md").read_text()
HERE = "`tests/security/test_safety_table.py::test_the_tables_are_whole_and_every_test_exists`"


def table(**changed: str) -> str:
    """Whole tables but for the rows that were changed; "" leaves a row out."""
    due = {f"S{n}": f"| S{n} | something | {HERE} |" for n in NUMBERS}
    later = {
        id_: f"| {id_} | something | not yet: nothing of that is there so far |" for id_ in NOT_DUE
    }
    return "\n".join(({**due, **later} | changed).values())


def test_the_tables_are_whole_and_every_test_exists() -> None:
    assert faults(TEXT) == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("", "S3 is missing"),
        (f"| S3 | a | {HERE} |\n| S3 | b | {HERE} |", "S3 stands there twice"),
        (f"| S3 | a | {HERE} |\n| S99 | b | {HERE} |", "S99 is no requirement"),
        (f"| S3 | | {HERE} |", "S3 does not say what holds"),
        ("| S3 | a | |", "S3 is due and has no test"),
        ("| S3 | a | not yet: nobody came round to it so far |", "S3 is due and has no test"),
        (
            "| S3 | a | `tests/security/test_safety_table.py::test_of_nothing` |",
            "S3 names a test that does not exist: "
            "tests/security/test_safety_table.py::test_of_nothing",
        ),
        (
            "| S3 | a | `tests/security/test_nowhere.py::test_a` |",
            "S3 names a test that does not exist: tests/security/test_nowhere.py::test_a",
        ),
    ],
)
def test_a_fault_of_the_tables_is_seen(row: str, said: str) -> None:
    assert faults(table()) == []
    assert said in faults(table(S3=row))


def test_what_is_not_there_yet_says_why() -> None:
    assert faults(table(S13="| S13 | a | not yet |")) == [
        "S13 is not there yet and does not say why"
    ]


def test_the_threat_model_says_what_nobody_gains() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text()
    section = text.partition("## What nobody gains\n")[2].partition("\n## ")[0]
    assert "**There is no gain against code execution inside the function.**" in section
    for word in ("`/proc/self/environ`", "child processes", "error reporters", "as much as ever"):
        assert word in section, word
    readme = (ROOT / "README.md").read_text()
    assert "(docs/threat-model.md)" in readme and "what nobody gains" in readme
