"""``secretshift plugins``"""

from __future__ import annotations

import click

from secretshift.model.errors import ExitCode

from .command import command, pass_invocation
from .invocation import Invocation


@command(
    "plugins",
    "secretshift plugins                               what was added, and whether it loaded",
    "secretshift plugins --config team.toml            with what this file names",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    metavar="table|json",
    help="Form of the list.",
)
@pass_invocation
def plugins(invocation: Invocation, form: str) -> ExitCode:
    """List what was added to the program, and why something did not load.

    Kinds of credentials, detectors, rule files, and what installed packages offer. Rules and kinds
    are tried on the examples that stand beside them. Exit code 3: something of it failed.
    """
    from secretshift.reports.json_text import json_text
    from secretshift.reports.plugins import plugins_data, plugins_lines
    from secretshift.workflow.plugins import installed

    result = installed(invocation.settings())
    if form == "json":
        invocation.screen.data(json_text(plugins_data(result.plugins)))
    else:
        invocation.screen.show(plugins_lines(result.plugins))
    return result.exit_code
