"""``secretshift proof``"""

from __future__ import annotations

import click

from secretshift.model.errors import ExitCode

from .command import command, pass_invocation
from .invocation import Invocation
from .run_options import FORM, RUN


@command(
    "proof",
    "secretshift proof last",
    "secretshift proof r-20251124 --format json",
    "secretshift proof last --done rotate-1a2b3c4d     a person rotated it",
)
@RUN
@FORM
@click.option("--done", multiple=True, metavar="ID", help="Tick a thing of the list as done.")
@click.option("--not-done", multiple=True, metavar="ID", help="Take a tick back.")
@pass_invocation
def proof(
    invocation: Invocation,
    run: str,
    form: str,
    done: tuple[str, ...],
    not_done: tuple[str, ...],
) -> ExitCode:
    """Show what a run proved, and what it leaves for a person.

    RUN is an id, the beginning of one, or last. It is told from the journal: no cloud is looked
    at. Exit code 0, whatever is left.
    """
    from secretshift.reports.json_text import json_text
    from secretshift.reports.proof import proof_data, proof_lines
    from secretshift.workflow.proof import proof as journey
    from secretshift.workflow.proof import tick

    services = invocation.services()
    result = journey(services, run)
    for todo, said in [*((id_, True) for id_ in done), *((id_, False) for id_ in not_done)]:
        result = tick(services, result.run, todo, done=said)
    if form == "json":
        invocation.screen.data(json_text(proof_data(result)))
    else:
        invocation.screen.show(proof_lines(result))
    return ExitCode.DONE
