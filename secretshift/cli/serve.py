"""``secretshift serve``"""

from __future__ import annotations

import sys
from importlib.util import find_spec

import click

from secretshift.model.errors import ExitCode, UsageProblem

from .command import command, pass_invocation
from .invocation import Invocation


@command(
    "serve",
    "secretshift serve                                 on any free port of this machine",
    "secretshift serve --port 8000 --read-only         nothing can be changed from the browser",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    metavar="N",
    help="Where it listens, on the loopback address only.",
)
@click.option("--read-only", is_flag=True, help="Look at everything, change nothing.")
@pass_invocation
def serve(invocation: Invocation, port: int | None, read_only: bool) -> ExitCode:
    """Open the terminal interface in a browser on this machine.

    It prints an address that works once, in one browser. No value is ever shown there.
    """
    if find_spec("textual_serve") is None:
        raise UsageProblem(
            "This installation has no support for serve",
            hint="Install it with: pip install 'secretshift[serve]'",
            code="not-installed",
        )
    invocation.settings()
    from secretshift.tui.serve import serve as run

    run(_program(invocation, read_only), port or 0, sys.stdout)
    return ExitCode.DONE


def _program(invocation: Invocation, read_only: bool) -> list[str]:
    """What each session runs; it holds no token.

    -P: the working directory, often the tree to be scanned, is no place to import from.
    """
    argv = [sys.executable, "-P", "-m", "secretshift", "open", "--in-browser"]
    if invocation.workspace is not None:
        argv += ["--workspace", str(invocation.workspace)]
    if invocation.config is not None:
        argv += ["--config", str(invocation.config)]
    return [*argv, "--read-only"] if read_only else argv
