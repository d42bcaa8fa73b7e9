"""What can be done, can be done by a command and in the interface, or there is a reason."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path

import click

import secretshift
from secretshift.cli.command import command
from secretshift.cli.root import COMMANDS
from secretshift.workflow.migrate import MigrateRequest
from secretshift.workflow.plan import PlanRequest
from secretshift.workflow.services import Sources
from secretshift.workflow.undo import UndoRequest

TAKES = {made.__name__: made for made in (MigrateRequest, PlanRequest, Sources, UndoRequest)}
ROOT = Path(secretshift.__file__).parent
LINEAR = ROOT / "tui/linear"
ONE_WAY = {
    "baselines.scan_against": "a baseline is for a gate; who looks at a screen sees all there is",
    "baselines.renew": "the file of a gate is made where the gate is",
    "baselines.take_over": "going on from another program happens once, in its repository",
    "secrets_baselines.export": "a file for another program, which needs consent by a flag",
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
    "baselines.scan_against": "as for screens",
    "baselines.renew": "as for screens",
    "baselines.take_over": "as for screens",
    "secrets_baselines.export": "as for screens",
    "reveal.reveal": "a screen reader would speak a value aloud; secretshift reveal shows it",
    "layers.layers": "as for screens: a command does it",
    "verify.keep_verified": "a command asks with the same question; what was said is told there",
    "verify.verify": "a command asks with the same question; what was said is told there",
    "verify.verify_plan": "a command asks with the same question; what was said is told there",
    "plan.plan_from": "linear mode plans from a fresh scan",
    "sources.check_again": "looking for places again does the same",
    "decisions.decisions": "each is said with its credential",
    "decisions.resolve": "credentials have numbers",
    "decisions.today_of": "decide checks the day",
    "undo.undo_preview": "the run's detail holds the plan",
}


DOES_IT: Mapping[str, tuple[str, str]] = {
    "--aws": ("Sources", "aws"),
    "--profile": ("Sources", "profiles"),
    "--region": ("Sources", "regions"),
    "--all-regions": ("Sources", "all_regions"),
    "--exclude-region": ("Sources", "exclude_regions"),
    "--exclude-path": ("Sources", "exclude_paths"),
    "--include-path": ("Sources", "include_paths"),
    "--history": ("Sources", "history"),
    "--min-confidence": ("PlanRequest", "min_confidence"),
    "--only": ("PlanRequest", "only"),
    "--name": ("PlanRequest", "edits"),
    "--shape": ("PlanRequest", "edits"),
    "--leave-out": ("PlanRequest", "left_out"),
    "--keep-plaintext": ("Consent", "SWITCH"),
    "--remove-plaintext": ("Consent", "REMOVE_PLAINTEXT"),
    "--concurrency": ("UndoRequest", "concurrency"),
    "--accept-rotated": ("UndoRequest", "accept_rotated"),
    "--restore-deleted": ("UndoRequest", "restore_deleted"),
}
"""Option -> what the interface and linear mode have to say to the journeys for the same."""
NO_OPTION_THERE = {
    "--baseline": "a baseline is for a gate; who looks at a screen sees all there is",
    "--yes": "a person answers",
    "--dry-run": "the plan is shown before every run",
    "--verify": "a asks about what is chosen; linear mode tells what was said",
    "--plan": "what is planned is at hand; a file is for who runs what somebody else looked at",
    "--exclude": "what is not marked is not planned",
    "--store-files": "a value that lies in files only is a person's to switch; a command stores it",
    "--label": "a run is found by its time and by what it changed",
    "--format": "a screen is not read by programs; the written files have their forms",
    "--output": "w writes what is shown",
    "--prune": "of baselines, which are for a gate",
    "--import": "of baselines, which are for a gate",
    "--weak-hashes": "of baselines, which are for a gate",
    "--delete": "of layers, which have no screen",
    "--staged": "a gate for a commit that is being made, which asks nobody",
    "--since": "a gate for a branch, run where no person sits",
    "--unreachable": "what no ref reaches is looked for by who knows git, after an accident",
    "--no-cache": "for who doubts what is kept; without it the same is found",
    "--fail-on": "a screen has no exit code",
}
"""Option -> why there is no such thing in the interface."""
COMMANDS_WITH_OPTIONS = ("scan", "baseline", "plan", "migrate", "resume", "undo", "layers")


def options() -> set[str]:
    """The long names of what these commands take, without those that every command has."""
    found = set()
    for name in COMMANDS_WITH_OPTIONS:
        module, _, attribute = COMMANDS[name][0].partition(":")
        taken = getattr(importlib.import_module(module), attribute).params
        shared = {parameter.name for parameter in command("x")(lambda: None).params}
        for parameter in taken:
            if isinstance(parameter, click.Option) and parameter.name not in shared:
                found |= {text for text in parameter.opts if text.startswith("--")}
    return found


def said(paths: Iterable[Path]) -> set[tuple[str, str]]:
    """(class, field) of every argument that these modules give to a class by name or place, and
    (class, member) of every member that they name."""
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found.add((node.value.id, node.attr))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                name = node.func.id
                places = [f.name for f in fields(TAKES[name])] if name in TAKES else []
                found |= {(name, keyword.arg) for keyword in node.keywords if keyword.arg}
                found |= {(name, place) for place, _ in zip(places, node.args, strict=False)}
    return found


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


def test_every_option_has_a_way_in_the_interface_and_in_linear_mode():
    both = DOES_IT.keys() & NO_OPTION_THERE.keys()
    assert not both
    assert options() == DOES_IT.keys() | NO_OPTION_THERE.keys()
    screens = said(path for path in (ROOT / "tui").rglob("*.py") if LINEAR not in path.parents)
    lines = said(LINEAR.glob("*.py"))
    for option, way in DOES_IT.items():
        assert way in screens, option
        assert way in lines, option


def test_every_journey_has_a_command_and_a_screen():
    commands = used((ROOT / "cli").rglob("*.py"))
    screens = used(path for path in (ROOT / "tui").rglob("*.py") if LINEAR not in path.parents)
    every = journeys() & (commands | screens)
    assert {"scan.scan", "plan.plan", "migrate.migrate", "undo.undo"} <= every
    only = {name for name in every if (name in commands) != (name in screens)}
    assert only == set(ONE_WAY), sorted(only ^ set(ONE_WAY))
    lines = used(LINEAR.glob("*.py"))
    assert every - lines == set(NOT_LINEAR), sorted((every - lines) ^ set(NOT_LINEAR))
