"""What starting costs: a person who asks for help does not wait for three clouds."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

HEAVY = {
    "azure",
    "boto3",
    "botocore",
    "detect_secrets",
    "git",
    "google",
    "kingfisher_sdk",
    "ministack",
    "rich",
    "sqlalchemy",
    "sqlite3",
    "textual",
}
OURS = {"wiring", "workflow", "detection", "catalogue", "clouds", "execution", "state", "demo"}
BUDGET_SECONDS = 0.150
ROUNDS = 8

LIST = """
import atexit, sys
atexit.register(lambda: sys.stderr.write("\\n".join(sys.modules)))
from secretshift.cli.main import main
main()
"""


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["scan", "--help"], ["migrate", "--help"], ["demo", "--help"], []],
)
def test_starting_loads_no_cloud_no_engine_and_no_database(arguments):
    done = subprocess.run(
        [sys.executable, "-c", LIST, *arguments], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0
    loaded = done.stderr.splitlines()
    assert "secretshift.cli.root" in loaded
    assert not {name.partition(".")[0] for name in loaded} & HEAVY
    assert not {name for name in loaded if name in {f"secretshift.{part}" for part in OURS}}


@pytest.mark.bench
def test_help_costs_less_than_its_budget(benchmark):
    """The CPU that the child used, best of some: the time on the clock depends on what else the
    machine does, and is never less."""
    benchmark.pedantic(lambda: _seconds(["--help"]), rounds=ROUNDS)
    assert min(_seconds(["--help"]) for _ in range(ROUNDS)) < BUDGET_SECONDS


def _seconds(arguments: list[str]) -> float:
    def used() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = used()
    program = "from secretshift.cli.main import main; main()"
    subprocess.run(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.DEVNULL, check=True
    )
    return used() - before
