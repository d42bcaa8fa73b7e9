"""Nothing of a scanned tree is loaded or followed, whichever way the program was started."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from secretshift.cli.invocation import Invocation
from secretshift.cli.serve import _program
from secretshift.model.findings import SourceError
from secretshift.model.journeys import CancelToken
from secretshift.sources.worktree import Folder, SourceFile, WorkTree, open_source
from tests.journeys.program import PROGRAM, Answer, Program, git

TOKEN = "tok-" + secrets.token_hex(14)
ELSEWHERE = "elsewhere-" + secrets.token_hex(14)
SHADOWS = ("json", "logging", "click", "textual", "boto3", "sitecustomize", "secretshift")


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "marker"


@pytest.fixture
def tree(tmp_path: Path, marker: Path) -> Path:
    """A repository that wants to be loaded: settings, plugins, and modules of known names."""
    where = tmp_path / "tree"
    where.mkdir()
    trap = f"open({str(marker)!r}, 'a').write(__name__ + chr(10))\n"
    for name in SHADOWS:
        (where / f"{name}.py").write_text(trap)
    (where / "plugins").mkdir()
    (where / "plugins" / "evil.py").write_text(trap)
    (where / "secretshift.toml").write_text(
        '[scan]\nexclude = ["*"]\nplugins = ["plugins/evil.py"]\n'
    )
    (where / ".secrets.baseline").write_text('{"plugins_used": [{"path": "plugins/evil.py"}]}')
    (where / "app.py").write_text(f"API_TOKEN = {TOKEN!r}\n")
    git(where, "init", "-q")
    git(where, "add", ".")
    git(where, "commit", "-qm", "start")
    return where


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "program", {"AWS_EC2_METADATA_DISABLED": "true"})


def paths(answer: Answer) -> set[str]:
    return {finding["location"]["path"] for finding in json.loads(answer.out)["findings"]}


def test_settings_and_plugins_of_a_tree_that_is_only_scanned_are_data(
    program: Program, tree: Path, marker: Path
) -> None:
    answer = program.run("scan", str(tree), "--format", "json")
    assert answer.code == 1 and "app.py" in paths(answer), answer
    assert not marker.exists(), marker.read_text()


def test_shared_settings_of_a_tree_that_is_only_scanned_are_data(
    program: Program, tree: Path, marker: Path
) -> None:
    content = (tree / "secretshift.toml").read_text().replace("[scan]", "[tool.secretshift.scan]")
    (tree / "secretshift.toml").unlink()
    (tree / "pyproject.toml").write_text(content)
    answer = program.run("scan", str(tree), "--format", "json")
    assert answer.code == 1 and "app.py" in paths(answer), answer
    assert not marker.exists(), marker.read_text()


def test_code_of_the_folder_one_stands_in_is_not_run_unless_it_was_named(
    tree: Path, marker: Path, program: Program
) -> None:
    (tree / "secretshift.toml").write_text('[scan]\nplugins = ["plugins/evil.py"]\n')
    program.here = tree
    answer = program.run("scan", ".", "--format", "json")
    assert answer.code == 1 and "not loaded; trust it with --config" in answer.err, answer
    assert not marker.exists(), marker.read_text()
    program.run("scan", ".", "--config", "secretshift.toml")
    assert marker.exists(), "named, it is loaded: so the trap does spring"


def started(tree: Path, program: Program, *argv: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        argv,
        cwd=tree,
        env=program.environment({}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )


def test_no_way_to_start_imports_from_the_folder_one_stands_in(
    tree: Path, marker: Path, program: Program
) -> None:
    (tree / "secretshift.toml").unlink()
    careless = started(tree, program, sys.executable, "-c", "import json")
    assert careless.returncode == 0 and marker.exists(), "the trap does spring"
    marker.unlink()
    # A package of our own name would be there before any line of ours.
    (tree / "secretshift.py").unlink()
    of_serve = _program(Invocation(), read_only=True)
    assert of_serve[:2] == [sys.executable, "-P"]
    for argv in (
        [str(PROGRAM), "kinds"],
        [sys.executable, "-m", "secretshift", "kinds"],
        [*of_serve[: of_serve.index("open")], "kinds"],
    ):
        done = started(tree, program, *argv)
        assert done.returncode == 0, (argv, done.stderr)
        assert not marker.exists(), (argv, marker.read_text())


# Ways out of the tree


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A repository beside the scanned one."""
    where = tmp_path / "other"
    where.mkdir()
    (where / "private.py").write_text(f"API_TOKEN = {ELSEWHERE!r}\n")
    git(where, "init", "-q")
    git(where, "add", ".")
    git(where, "commit", "-qm", "start")
    return where


def read(source: WorkTree | Folder) -> str:
    """Everything that was read, by path."""
    found = list(source.files(CancelToken()))
    assert not [f for f in found if isinstance(f, SourceError)]
    return "\n".join(f"{f.path}: {f.text}" for f in found if isinstance(f, SourceFile))


def a_file(tree: Path, other: Path) -> None:
    (tree / "link.py").symlink_to(other / "private.py")


def a_folder(tree: Path, other: Path) -> None:
    (tree / "link").symlink_to(other)


def a_tracked_folder(tree: Path, other: Path) -> None:
    (tree / "sub").mkdir()
    (tree / "sub" / "private.py").write_text("")
    git(tree, "add", ".")
    (tree / "sub" / "private.py").unlink()
    (tree / "sub").rmdir()
    (tree / "sub").symlink_to(other)


def git_as_a_link(tree: Path, other: Path) -> None:
    (tree / ".git").rename(tree.parent / "moved.git")
    (tree / ".git").symlink_to(other / ".git")


def git_as_a_file(tree: Path, other: Path) -> None:
    (tree / ".git").rename(tree.parent / "moved.git")
    (tree / ".git").write_text(f"gitdir: {other / '.git'}\n")


def a_submodule(tree: Path, other: Path) -> None:
    git(tree, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "sub")


def another_work_tree(tree: Path, other: Path) -> None:
    git(other, "worktree", "add", "-q", str(tree / "sub"), "HEAD")


@pytest.mark.parametrize(
    "way",
    [
        a_file,
        a_folder,
        a_tracked_folder,
        git_as_a_link,
        git_as_a_file,
        a_submodule,
        another_work_tree,
    ],
)
def test_no_link_leads_out_of_the_tree(
    tree: Path, other: Path, way: Callable[[Path, Path], None]
) -> None:
    way(tree, other)
    text = read(open_source(tree))
    assert ELSEWHERE not in text
    assert f"app.py: API_TOKEN = {TOKEN!r}" in text or way in (git_as_a_link, git_as_a_file)


@pytest.mark.parametrize(
    "condition", ["include", 'includeIf "gitdir:**"', 'includeIf "onbranch:**"']
)
def test_settings_that_are_included_run_nothing(
    tree: Path, marker: Path, tmp_path: Path, condition: str
) -> None:
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\necho ran >> '{marker}'\n")
    trap.chmod(0o755)
    (tree / "more").write_text(
        f"[core]\n\tfsmonitor = {trap}\n\tpager = {trap}\n\thooksPath = {tmp_path}\n"
        f"[alias]\n\tls-files = !{trap}\n"
    )
    with (tree / ".git" / "config").open("a") as config:
        config.write(f"[{condition}]\n\tpath = ../more\n")
    os.utime(tree / "app.py")
    git(tree, "status")
    assert marker.exists(), "the trap does spring for a careless git"
    marker.unlink()
    assert TOKEN in read(open_source(tree))
    assert not marker.exists()


HOSTILE = (
    "[red]x[bold]",
    "\x1b]0;owned\x07",
    "\x1b[2J",
    "a\nb",
    "\u202egnp",
    "$(touch marker)",
    "`touch marker`",
    "-rf",
    "--output=x",
    "a;b|c&d",
)


def test_names_are_data_in_every_form(program: Program, tree: Path, marker: Path) -> None:
    for number, name in enumerate(HOSTILE):
        (tree / name).write_text(f"API_TOKEN = 'tok-{secrets.token_hex(14)}{number}'\n")
    (tree / os.fsdecode(b"\xff.py")).write_text(f"API_TOKEN = 'tok-{secrets.token_hex(14)}'\n")
    git(tree, "add", ".")
    git(tree, "commit", "-qm", "names")
    for form in ("json", "table", "csv"):
        answer = program.run("scan", str(tree), "--format", form, "-vvv")
        assert answer.code == 1, answer
        for text in (answer.out, answer.err):
            assert "\x1b" not in text and "\u202e" not in text, form
        if form == "json":
            assert {*HOSTILE, "app.py"} <= paths(answer)
        if form == "table":
            assert "[red]x[bold]" in answer.out, "markup is text"
    assert not marker.exists()
    assert not [*program.folder.rglob("marker"), *tree.rglob("marker")]
