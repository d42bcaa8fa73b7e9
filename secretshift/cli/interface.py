"""``secretshift open``, and ``secretshift`` without a command: the terminal interface."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from secretshift.model.errors import ExitCode, UsageProblem

from .command import command, pass_invocation
from .invocation import Invocation
from .screen import is_terminal

if TYPE_CHECKING:
    from secretshift.settings import Settings

SCREENS = ("start", "scan", "credentials", "plan", "run", "proof", "runs", "doctor", "settings")


@command(
    "open",
    "secretshift                                       the same, where the work stopped",
    "secretshift open --screen runs                    begin with the former runs",
    "secretshift open --read-only                      nothing can be changed",
    "secretshift open --linear                         plain lines, for screen readers",
)
@click.option(
    "--screen",
    type=click.Choice(SCREENS),
    metavar="NAME",
    help=f"Screen to begin with: {', '.join(SCREENS)}.",
)
@click.option("--read-only", is_flag=True, help="Look at everything, change nothing.")
@click.option("--linear", is_flag=True, help="Questions and lines in place of a full screen.")
@click.option("--in-browser", is_flag=True, hidden=True, help="Set by secretshift serve.")
@pass_invocation
def interface(
    invocation: Invocation, screen: str | None, read_only: bool, linear: bool, in_browser: bool
) -> ExitCode:
    """Open the terminal interface; the same without any command.

    It leads through the whole journey: find, choose, plan, run, prove, undo.
    """
    if in_browser:
        return _full_screen(invocation, screen or "", read_only=read_only, browser=True)
    return opened(invocation, screen=screen or "", read_only=read_only, linear=linear)


def answerable() -> bool:
    """Whether a person is at both ends of this terminal."""
    return is_terminal(sys.stdin) and is_terminal(sys.stdout)


def opened(
    invocation: Invocation, *, screen: str = "", read_only: bool = False, linear: bool = False
) -> ExitCode:
    """Raises UsageProblem where there is no terminal."""
    settings = _settings(invocation, read_only)
    plain = linear or settings.tui.linear or os.environ.get("TERM", "dumb") == "dumb"
    if not is_terminal(sys.stdin):
        raise UsageProblem(
            "The interface needs a terminal",
            hint="The commands do the same: secretshift --help",
            code="no-terminal",
        )
    if plain or not is_terminal(sys.stdout):
        from secretshift import wiring
        from secretshift.tui.linear import converse

        services = wiring.services(settings, workspace=invocation.workspace, emit=invocation.emit)
        return converse(services, Path.cwd(), sys.stdin, sys.stdout)
    return _full_screen(invocation, screen, read_only=read_only)


def _settings(invocation: Invocation, read_only: bool) -> Settings:
    settings = invocation.settings()
    return replace(settings, tui=replace(settings.tui, read_only=True)) if read_only else settings


def _full_screen(
    invocation: Invocation, screen: str, *, read_only: bool, browser: bool = False
) -> ExitCode:
    from secretshift import wiring
    from secretshift.tui.launch import launch

    settings = _settings(invocation, read_only)
    return launch(
        settings,
        lambda emit: wiring.services(
            settings, workspace=invocation.workspace, emit=emit, apart=True
        ),
        here=Path.cwd(),
        screen=screen,
        browser=browser,
        open_demo=None if browser else lambda: _demo(invocation),
    )


def _demo(invocation: Invocation) -> ExitCode:
    from .demo import open_demo

    return open_demo(invocation)
