"""The page on detectors of one's own: each of its commands is run, and says what the page says."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.journeys.program import PROGRAM, Program

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/how-to/write-a-detector.md"
PLUGINS = ROOT / "plugins"
HERE = "/acme"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
_ID = re.compile(r"\bc-[0-9a-f]{12}\b")


def steps() -> Iterator[tuple[str, str, str]]:
    """In order: ("file", its name, its text) and ("run", a command, what it says)."""
    for language, text in _BLOCK.findall(PAGE.read_text("utf-8")):
        if language == "console":
            for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
                command, _, said = part.partition("\n")
                yield "run", command, said
        elif (named := re.match(r"# (\S+\.\w+)\n", text)) is not None:
            yield "file", named[1], text


def carried_out(folder: Path, program: Program) -> Iterator[tuple[str, str, str]]:
    """(command, what the page says, what it said): functions of the shell last for the page."""
    kept = ""
    environment = program.environment({"PATH": f"{PROGRAM.parent}:/usr/local/bin:/usr/bin:/bin"})
    for kind, name, text in steps():
        if kind == "file":
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            continue
        done = subprocess.run(
            ["sh", "-c", f"{kept}{name}"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
        )
        if "() {" in name:
            kept += f"{name}\n"
        yield name, text, done.stdout.decode().replace(str(folder), HERE)


def test_each_command_says_what_the_page_says(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    folder.mkdir()
    run = list(carried_out(folder.resolve(), Program(tmp_path / "program", {})))
    assert len(run) >= 12
    for command, expected, said in run:
        assert _ID.sub("c-", said) == _ID.sub("c-", expected), command


def meaning(name: str, text: str) -> Any:
    """What a file says, without comments and the words at its head."""
    if name.endswith(".toml"):
        return tomllib.loads(text)
    if name.endswith(".yml"):
        return yaml.safe_load(text)
    body = ast.parse(text).body
    first = body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return [ast.dump(node) for node in (body[1:] if is_text else body)]


@pytest.mark.parametrize(
    "name", ["rules/acme_session.yml", "kinds/acme.toml", "detectors/acme_deploy_token.py"]
)
def test_the_files_to_copy_say_the_same(name: str) -> None:
    (on_page,) = [text for kind, file, text in steps() if kind == "file" and file == name]
    assert meaning(name, on_page) == meaning(name, (PLUGINS / name).read_text("utf-8"))


def test_the_settings_to_copy_say_the_same() -> None:
    *_, last = [text for kind, file, text in steps() if kind == "file" and file == "team.toml"]
    copy = (PLUGINS / "secretshift.toml").read_text("utf-8")
    assert tomllib.loads(last) == tomllib.loads(copy)
