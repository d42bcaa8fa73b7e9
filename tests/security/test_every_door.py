"""Whichever way the program is started: no core dump, no tracing, no SDK that says its requests."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from secretshift import logs
from secretshift.cli.invocation import Invocation
from secretshift.cli.root import COMMANDS
from secretshift.cli.serve import _program
from tests.journeys.program import PROGRAM

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="prctl of Linux")

SDKS = ("botocore", "boto3", "urllib3", "grpc", "azure", "google", "s3transfer", "msal", "requests")
# Reads back what is in force when the one module is loaded that opens files, clouds and the
# journal, and ends there. By an audit hook: nothing of the program is touched. Before it, as an
# SDK might, something lowers the level of every logger.
NOTE = """
import ctypes, json, logging, os, resource, sys, threading
for name in {sdks!r}:
    logging.getLogger(name).setLevel(1)
def note(event, details):
    if event == "import" and details[0] == "secretshift.wiring":
        found = dict(
            dumpable=ctypes.CDLL(None).prctl(3, 0, 0, 0, 0),
            core=resource.getrlimit(resource.RLIMIT_CORE),
            loudest=min(logging.getLogger(name).getEffectiveLevel() for name in {sdks!r}),
            ours=logging.getLogger("secretshift").getEffectiveLevel(),
            hooks=[
                hook.__module__
                for hook in (sys.excepthook, threading.excepthook, sys.unraisablehook)
            ],
        )
        with open({file!r}, "w") as out:
            json.dump(found, out)
        os._exit(0)
sys.addaudithook(note)
"""
CREDENTIAL = "c-000000000000"
ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "scan": (".",),
    "plan": (".",),
    "migrate": (".", "--yes"),
    "resume": ("last", "--yes"),
    "undo": ("last", "--yes"),
    "show": ("last",),
    "proof": ("last",),
    "decide": (CREDENTIAL, "--as", "refused", "--reason", "a test"),
    "reveal": (CREDENTIAL,),
}
TERMINAL = ("open", "reveal", "demo")
WITHOUT_VALUES = ("completion",)
"""Opens nothing: neither a file nor a cloud nor the workspace."""


def doors() -> dict[str, list[str]]:
    found = {
        name: [str(PROGRAM), name, *ARGUMENTS.get(name, ()), "-vvv"]
        for name in COMMANDS
        if name not in WITHOUT_VALUES
    }
    found["demo --headless"] = [str(PROGRAM), "demo", "--headless", "-vvv"]
    found["demo --serve"] = [str(PROGRAM), "demo", "--serve", "-vvv"]
    found["python -m"] = [sys.executable, "-m", "secretshift", "scan", ".", "-vvv"]
    found["in the browser"] = [*_program(Invocation(), read_only=False), "-vvv"]
    return found


DOORS = doors()


def opened(argv: list[str], folder: Path, *, terminal: bool) -> Mapping[str, object]:
    """What was in force in this process; {} where it ended without opening anything."""
    file = folder / "found.json"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(NOTE.format(sdks=SDKS, file=str(file)))
    mine, theirs = pty.openpty()
    try:
        subprocess.run(
            argv,
            cwd=folder,
            env={
                "PATH": "/usr/local/bin:/usr/bin:/bin",
                "HOME": str(folder),
                "SECRETSHIFT_HOME": str(folder / "workspace"),
                "PYTHONPATH": str(folder),
                "TERM": "xterm",
            },
            stdin=theirs if terminal else subprocess.DEVNULL,
            stdout=theirs if terminal else subprocess.DEVNULL,
            stderr=theirs if terminal else subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
    finally:
        os.close(theirs)
        os.close(mine)
    found: Mapping[str, object] = json.loads(file.read_text()) if file.exists() else {}
    return found


@pytest.fixture(scope="module")
def in_force(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, object]]:
    folder = tmp_path_factory.mktemp("doors")

    def one(number: int) -> Mapping[str, object]:
        name = list(DOORS)[number]
        return opened(DOORS[name], folder / str(number), terminal=name in TERMINAL)

    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(DOORS, pool.map(one, range(len(DOORS))), strict=True))


@pytest.mark.parametrize("door", DOORS)
def test_no_core_and_no_tracing_before_anything_is_opened(
    in_force: Mapping[str, Mapping[str, object]], door: str
) -> None:
    found = in_force[door]
    assert found, f"{DOORS[door]} opened nothing"
    assert found["core"] == [0, 0] and found["dumpable"] == 0


@pytest.mark.parametrize("door", DOORS)
def test_no_sdk_is_below_info_at_the_highest_verbosity(
    in_force: Mapping[str, Mapping[str, object]], door: str
) -> None:
    found = in_force[door]
    assert found["ours"] == 10, "-vvv was heard"
    assert found["loudest"] == 20


@pytest.mark.parametrize("door", DOORS)
def test_what_nobody_catches_is_told_without_its_text(
    in_force: Mapping[str, Mapping[str, object]], door: str
) -> None:
    assert in_force[door]["hooks"] == ["secretshift.logs"] * 3


def test_the_loggers_of_every_sdk_are_known() -> None:
    """What the program depends on and talks to a cloud with, and what its ports foresee."""
    assert set(SDKS) <= set(logs.TALKATIVE)


def test_there_is_no_other_door() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"secretshift": "secretshift.cli.main:main"}
    assert not {"gui-scripts", "entry-points"} & project.keys()
