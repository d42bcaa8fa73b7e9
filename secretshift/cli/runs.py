"""``secretshift runs``"""

from __future__ import annotations

import click

from secretshift.model.errors import ExitCode

from .command import command, pass_invocation
from .invocation import Invocation


@command(
    "runs",
    "secretshift runs",
    "secretshift runs --format json",
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
def runs(invocation: Invocation, form: str) -> ExitCode:
    """List the runs of this workspace, newest first."""
    from secretshift.reports.json_text import json_text
    from secretshift.reports.runs import runs_data, runs_lines
    from secretshift.workflow.runs import runs as journey

    records = journey(invocation.services())
    if form == "json":
        invocation.screen.data(json_text(runs_data(records)))
    else:
        invocation.screen.show(runs_lines(records))
    return ExitCode.DONE
