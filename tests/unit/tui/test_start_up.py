"""What is loaded for the first screen, and what only when it is wanted."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

LIST = """
import sys
import secretshift.cli.program, secretshift.cli.interface
import secretshift.tui.launch, secretshift.tui.app
import secretshift.tui.screens.start
from secretshift import wiring
wiring.load_settings()
print("\\n".join(sys.modules))
"""
FIRST = """
import asyncio
from pathlib import Path
from textual.css import stylesheet
from secretshift.settings import Settings
from secretshift.tui.app import SecretshiftApp

said = []
parse, update = stylesheet.parse, SecretshiftApp.update_styles

def parsed(scope, css, read_from, **more):
    said.append(f"read {read_from[1]}")
    return parse(scope, css, read_from, **more)

def updated(self, node, animate=True):
    said.append(f"styled {type(node).__name__}")
    update(self, node, animate)

stylesheet.parse, SecretshiftApp.update_styles = parsed, updated

async def main():
    app = SecretshiftApp(settings=Settings(), open_services=lambda emit: None, here=Path.cwd())
    app.opens_after = 600
    first = []
    app.painted = lambda: first.extend(said)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert app.screen.classes >= {"-wide", "-tall"}
    print("\\n".join(first))

asyncio.run(main())
"""
HEAVY = {"boto3", "botocore", "detect_secrets", "ministack", "sqlalchemy", "sqlite3", "azure"}
LATER = {
    "secretshift.catalogue.loading",
    "secretshift.cli.demo",
    "secretshift.clouds",
    "secretshift.detection",
    "secretshift.execution",
    "secretshift.model.findings",
    "secretshift.model.journeys",
    "secretshift.planning",
    "secretshift.settings.keys",
    "secretshift.settings.load",
    "secretshift.shapes",
    "secretshift.state",
    "secretshift.demo",
    "secretshift.workflow.services",
    "secretshift.tui.linear",
    "secretshift.tui.overlays.sheet",
    "secretshift.tui.run_state",
    "secretshift.tui.screens.credentials",
    "secretshift.tui.screens.plan",
    "secretshift.tui.screens.run",
}


def test_the_first_screen_loads_no_cloud_no_engine_no_database_and_no_other_screen(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LIST], capture_output=True, text=True, timeout=60, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "secretshift.tui.screens.start" in loaded
    assert not {name.partition(".")[0] for name in loaded} & HEAVY
    assert not {name for name in loaded if name in LATER}


def test_the_rules_of_the_first_screen_are_read_once_and_styled_once(tmp_path):
    """In a process of its own: the tests here keep what was read from one program to the next."""
    done = subprocess.run(
        [sys.executable, "-c", FIRST], capture_output=True, text=True, timeout=60, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    made = Counter(done.stdout.splitlines())
    read = {line.removeprefix("read "): n for line, n in made.items() if line.startswith("read ")}
    assert "StartScreen.DEFAULT_CSS" in read and "SecretshiftApp.CSS" in read
    # Textual reads these two again: they rank lower under our screen than under its empty one.
    twice = {"Screen.DEFAULT_CSS", "Widget.DEFAULT_CSS"}
    assert {name for name, times in read.items() if times > 1} <= twice
    assert not {name.partition(".")[0] for name in read} & {"Button", "Input", "LATER", "Sheet"}
    assert made["styled StartScreen"] == 1
