"""The table of what the embedded cloud refuses names tests and modules that exist."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/reference/embedded-cloud.md"
EXTENSIONS = ROOT / "secretshift/demo/extensions"
KNOWN = ("read", "reported", "believed")
# They add to MiniStack what makes it run like Lambda, and refuse nothing of AWS's.
NOT_REFUSING = frozenset(
    {
        "__init__",
        "execution_environment",
        "function_environment",
        "function_listing",
        "function_logs",
        "function_runtime",
        "isolation",
        "network_acls",
        "patching",
        "process_output",
        "service_models",
        "start_command",
    }
)


@dataclass(frozen=True)
class Row:
    what: str
    known: str
    module: str
    test: str


def rows(text: str) -> Iterator[Row]:
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) >= 6 and cells[-1].startswith("`"):
            known, module, test = cells[-3], cells[-2].strip("`"), cells[-1].strip("`")
            yield Row(cells[0], known, module, test)


def _tests_in(file: Path) -> frozenset[str]:
    if not file.is_file():
        return frozenset()
    body = ast.parse(file.read_text()).body
    return frozenset(node.name for node in body if isinstance(node, ast.FunctionDef))


def faults(text: str) -> list[str]:
    """What is wrong with the table, one line each."""
    found = []
    for row in rows(text):
        file, _, name = row.test.partition("::")
        if name not in _tests_in(ROOT / file):
            found.append(f"no such test: {row.test}")
        if not (EXTENSIONS / f"{row.module}.py").is_file():
            found.append(f"no such module: {row.module}")
        elif row.known == "believed" and not _says_so(row.module):
            found.append(f"the docstring does not say what is believed: {row.module}")
        if row.known not in KNOWN:
            found.append(f"read, reported or believed: {row.what}")
    listed = {row.module for row in rows(text)} | NOT_REFUSING
    found += sorted(
        f"not in the table: {module.stem}"
        for module in EXTENSIONS.glob("*.py")
        if module.stem not in listed
    )
    return found


def _says_so(module: str) -> bool:
    documented = ast.get_docstring(ast.parse((EXTENSIONS / f"{module}.py").read_text())) or ""
    return "Believed:" in documented


TEXT = PAGE.read_text()


def test_the_table_is_whole_and_every_test_exists() -> None:
    assert faults(TEXT) == []
    assert len(list(rows(TEXT))) >= 30


@pytest.mark.parametrize(
    ("former", "present", "said"),
    [
        ("::test_a_role_is_passed_only_by_who_may", "::test_of_nothing", "no such test"),
        ("| `package_size` |", "| `package_sizes` |", "no such module: package_sizes"),
        ("| `package_size` |", "| `policy_sizes` |", "not in the table: package_size"),
        ("| reported | `package_size`", "| guessed | `package_size`", "read, reported or"),
        ("| read | `signatures`", "| believed | `signatures`", "does not say what is believed"),
    ],
)
def test_a_fault_of_the_table_is_seen(former: str, present: str, said: str) -> None:
    assert former in TEXT
    assert any(said in fault for fault in faults(TEXT.replace(former, present)))
