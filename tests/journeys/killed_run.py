"""Runs a plan and kills itself with SIGKILL at one boundary of the journal.

python killed_run.py WORKSPACE PLAN before|after|twin NUMBER [SECONDS]

twin: as soon as a twin was made, whatever NUMBER is. SECONDS: until a denial counts.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from secretshift.changes.patience import Patience
from secretshift.changes.probe_function import ProbeFunction
from secretshift.model.journeys import CancelToken, Consent, ignore
from secretshift.settings import Settings
from secretshift.wiring import services
from secretshift.workflow.migrate import MigrateRequest, check_plan, migrate


class Deadly:
    """A journal that kills the process at its NUMBERth entry."""

    def __init__(self, journal, when: str, number: int) -> None:
        self._journal, self._when, self._left = journal, when, number

    def __getattr__(self, name):
        return getattr(self._journal, name)

    def write(self, *args, **kwargs):
        self._left -= 1
        if self._left == 0 and self._when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        self._journal.write(*args, **kwargs)
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def killed_beside_its_twin(*_about) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def run(workspace: str, plan_file: str, when: str, number: str, *seconds: str) -> None:
    patience = Patience(float(seconds[0]) if seconds else 15.0, 4.0, 0.2, steady=0.0)
    made = services(Settings(), workspace=Path(workspace))
    if when == "twin":
        ProbeFunction._ask = killed_beside_its_twin
    journal = Deadly(made.journal(), when, int(number))
    made = replace(made, journal=lambda: journal, patience=patience)
    plan = check_plan(json.loads(Path(plan_file).read_text()))
    request = MigrateRequest(plan, Consent.REMOVE_PLAINTEXT, concurrency=1)
    result = migrate(made, request, ignore, CancelToken())
    sys.stdout.write(result.status + "\n")


if __name__ == "__main__":
    run(*sys.argv[1:])
