"""Opens the interface in this terminal and ends with an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

from secretshift.model.errors import ExitCode

DEMO_GONE: Final = (
    "The demo cloud ended with the program, and its run with it: there is nothing to go on with "
    "and nothing to undo. secretshift demo begins anew."
)

if TYPE_CHECKING:
    from secretshift.model.journeys import Emit
    from secretshift.settings import Settings
    from secretshift.workflow.services import Services


def launch(
    settings: Settings,
    open_services: Callable[[Emit], Services],
    *,
    here: Path,
    screen: str = "",
    demo: str = "",
    browser: bool = False,
    around: AbstractContextManager[object] | None = None,
    open_demo: Callable[[], ExitCode] | None = None,
) -> ExitCode:
    """Run the application until the person leaves.

    around: entered for as long as it runs, for instance the embedded cloud; open_demo: called
    afterwards if the person asked for the demo, None where it cannot be had.
    """
    from .collector import resting, spare_keys

    with resting(), around or nullcontext():
        from .actions import WRITES
        from .app import SecretshiftApp

        app = SecretshiftApp(
            settings=settings,
            open_services=open_services,
            here=here,
            screen=screen,
            demo=demo,
            browser=browser,
        )
        app.has_demo = open_demo is not None
        app.opens_after = 0.25
        app.painted = spare_keys
        # One busy thread of ours would otherwise hold the interpreter for 5 ms at a time.
        sys.setswitchinterval(0.001)
        app.run()
        app.bridge.settle(*WRITES)
    if app.bug is not None:
        from secretshift.logs import report_bug

        report_bug(app.bug, sys.stderr)
        run = app.session.run
        if run is not None and demo:
            sys.stderr.write(f"{DEMO_GONE}\n")
        elif run is not None and run.run:
            sys.stderr.write(f"Go on with: secretshift resume {run.run}\n")
        return ExitCode.BUG
    if app.wants_demo and open_demo is not None:
        return open_demo()
    return ExitCode(app.return_code or 0)
