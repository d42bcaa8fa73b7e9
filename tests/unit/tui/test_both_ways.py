"""What can be done, can be done by a command and in the interface, or there is a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import secretshift

ROOT = Path(secretshift.__file__).parent
LINEAR = ROOT / "tui/linear"
ONE_WAY = {
    "decisions.decisions": "a command lists them; in the interface each stands with its row",
    "decisions.resolve": "a command is given the beginning of an id; a screen has the row",
    "decisions.today_of": "a command asks what counts today; the interface has its own clock",
    "layers.layers": "layers belong to accounts and are looked after once in a while",
    "undo.undo_preview": "a command says it before it asks; the undo sheet has the plan at hand",
    "context.context": "a command names line and column, which an editor opens",
    "credentials.overview": "a command lists sightings, the interface values",
    "moments.moments": "the history of one value is read beside the list",
    "plan.plan_from": "plans what is scanned already; a command begins with its scan (plan.plan)",
    "plugins.plugins": "the command asks without a workspace (plugins.installed)",
    "sources.check_again": "a command is told its places by arguments",
    "sources.discover": "a command is told its places by arguments",
    "sources.named": "a command is told its places by arguments",
}
"""Journey -> why it is in one of both only."""
NOT_LINEAR = {
    "reveal.reveal": "a screen reader would speak a value aloud; secretshift reveal shows it",
    "layers.layers": "as for screens: a command does it",
    "plan.plan_from": "linear mode plans from a fresh scan",
    "sources.check_again": "looking for places again does the same",
    "decisions.decisions": "each is said with its credential",
    "decisions.resolve": "credentials have numbers",
    "decisions.today_of": "decide checks the day",
    "undo.undo_preview": "the run's detail holds the plan",
}


def journeys() -> set[str]:
    """Public functions of ``workflow`` that take the services first."""
    found = set()
    for path in (ROOT / "workflow").glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                first = node.args.args[0].arg if node.args.args else ""
                if first == "services":
                    found.add(f"{path.stem}.{node.name}")
    return found


def used(paths: Iterator[Path]) -> set[str]:
    """Names that these modules import from ``workflow``, on top or within a function."""
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                head, _, module = node.module.rpartition(".")
                if head == "secretshift.workflow":
                    found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


def test_every_journey_has_a_command_and_a_screen():
    commands = used((ROOT / "cli").rglob("*.py"))
    screens = used(path for path in (ROOT / "tui").rglob("*.py") if LINEAR not in path.parents)
    every = journeys() & (commands | screens)
    assert {"scan.scan", "plan.plan", "migrate.migrate", "undo.undo"} <= every
    only = {name for name in every if (name in commands) != (name in screens)}
    assert only == set(ONE_WAY), sorted(only ^ set(ONE_WAY))
    lines = used(LINEAR.glob("*.py"))
    assert every - lines == set(NOT_LINEAR), sorted((every - lines) ^ set(NOT_LINEAR))
