"""Options of the commands that change something, and how their outcome is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from secretshift.workflow.migrate import MigrateResult

    from .invocation import Invocation

YES = click.option("--yes", is_flag=True, help="Do not ask.")
KEEP = click.option(
    "--keep-plaintext",
    is_flag=True,
    help="Put the references beside the plaintext, and leave it there.",
)
REMOVE = click.option(
    "--remove-plaintext",
    is_flag=True,
    help="Remove it, although the run began with --keep-plaintext.",
)
CONCURRENCY = click.option(
    "--concurrency",
    type=click.IntRange(1, 32),
    metavar="N",
    help="Functions changed at a time (as set; 4 at first).",
)
FORM = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    metavar="text|json",
    help="Form of the result.",
)
RUN = click.argument("run", metavar="RUN")
"""An id, the beginning of one, or ``last``."""


def print_migrated(invocation: Invocation, result: MigrateResult, form: str, work: int) -> None:
    """work: how many things of the plan are left for a person."""
    from secretshift.reports.json_text import json_text
    from secretshift.reports.results import migrated_data, migrated_lines

    if form == "json":
        invocation.screen.data(json_text(migrated_data(result)))
    else:
        invocation.screen.show(migrated_lines(result, work))
