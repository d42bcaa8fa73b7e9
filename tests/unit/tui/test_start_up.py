"""What is loaded for the first screen, and what only when it is wanted."""

from __future__ import annotations

import subprocess
import sys

LIST = """
import sys
import secretshift.cli.interface, secretshift.tui.launch, secretshift.tui.app
import secretshift.tui.screens.start
from secretshift import wiring
wiring.load_settings()
print("\\n".join(sys.modules))
"""
HEAVY = {"boto3", "botocore", "detect_secrets", "ministack", "sqlalchemy", "sqlite3", "azure"}
LATER = {
    "secretshift.catalogue.loading",
    "secretshift.clouds",
    "secretshift.detection",
    "secretshift.execution",
    "secretshift.planning",
    "secretshift.shapes",
    "secretshift.state",
    "secretshift.demo",
    "secretshift.workflow.services",
    "secretshift.tui.linear",
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
