"""``secretshift kinds``"""

from __future__ import annotations

import difflib

import click

from secretshift.model.errors import ExitCode, UsageProblem

from .command import command, pass_invocation
from .invocation import Invocation


@command(
    "kinds",
    "secretshift kinds",
    "secretshift kinds postgres-password",
)
@click.argument("kind", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    metavar="table|json",
    help="Form of the list.",
)
@pass_invocation
def kinds(invocation: Invocation, kind: str | None, form: str) -> ExitCode:
    """List the kinds of credentials that are known, or tell all of one."""
    from secretshift.catalogue import load
    from secretshift.reports.json_text import json_text
    from secretshift.reports.kinds import kind_lines, kinds_data, kinds_lines

    catalogue = load(extra=invocation.settings().catalogue.extra)
    chosen = sorted(catalogue.kinds, key=lambda entry: entry.id)
    if kind is not None:
        known = [entry.id for entry in chosen]
        chosen = [entry for entry in chosen if entry.id == kind]
        if not chosen:
            near = difflib.get_close_matches(kind, known, n=1)
            raise UsageProblem(
                "There is no such kind",
                resource=kind,
                hint=f"Did you mean {near[0]}?" if near else "See secretshift kinds",
            )
    if form == "json":
        invocation.screen.data(json_text(kinds_data(chosen)))
    elif kind is not None:
        invocation.screen.show(kind_lines(chosen[0]))
    else:
        invocation.screen.show(kinds_lines(chosen))
    return ExitCode.DONE
