"""``secretshift demo``"""

from __future__ import annotations

import sys

import click

from secretshift.model.errors import ExitCode, UsageProblem

from .command import command, pass_invocation
from .invocation import Invocation


@command(
    "demo",
    "secretshift demo                                  try the interface on it",
    "secretshift demo --headless                       the main job, start to undo",
    "secretshift demo --serve                          an AWS to try things on, until Ctrl-C",
)
@click.option("--headless", is_flag=True, help="Do the main job against it, told as it goes.")
@click.option("--serve", is_flag=True, help="Keep it up, and say how to reach it.")
@click.option("--empty", is_flag=True, help="With --serve: without the sample functions.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    metavar="N",
    help="With --serve: where it listens, on the loopback address only.",
)
@pass_invocation
def demo(
    invocation: Invocation, headless: bool, serve: bool, empty: bool, port: int | None
) -> ExitCode:
    """Try it on an AWS that runs on this machine, without an account."""
    if headless and serve:
        raise UsageProblem(
            "Choose one of --headless and --serve",
            hint="--headless tells the main job from start to undo; --serve keeps the AWS up",
        )
    if not serve and (empty or port is not None):
        raise UsageProblem("--empty and --port go with --serve")
    from secretshift import wiring

    if headless:
        return wiring.demo_headless(sys.stdout)
    if serve:
        wiring.demo_serve(empty=empty, port=port, out=sys.stdout)
        return ExitCode.DONE
    return open_demo(invocation)


def open_demo(invocation: Invocation) -> ExitCode:
    """The interface on the embedded cloud. Raises UsageProblem where there is no terminal."""
    from secretshift import wiring
    from secretshift.tui.launch import launch

    from .interface import answerable

    if not answerable():
        raise UsageProblem(
            "The interface needs a terminal",
            hint="Without one: secretshift demo --headless",
            code="no-terminal",
        )
    playground = wiring.demo_playground(invocation.settings())
    return launch(
        playground.settings,
        playground.open,
        here=playground.here,
        screen="start",
        demo="demo cloud",
        around=playground,
    )
