"""``secretshift layers``"""

from __future__ import annotations

import click

from secretshift.model.errors import ExitCode, UsageProblem

from .asking import agree, require_answerable
from .command import command, pass_invocation
from .invocation import Invocation
from .run_options import YES
from .stopping import WRITING, stoppable


@command(
    "layers",
    "secretshift layers                                this account and region",
    "secretshift layers --all-regions --delete         delete what nothing uses",
)
@click.option("--profile", "profiles", multiple=True, metavar="P", help="Profile to use.")
@click.option("--region", "regions", multiple=True, metavar="R", help="Only these regions.")
@click.option("--all-regions", is_flag=True, help="Every region that the account may use.")
@click.option(
    "--delete",
    is_flag=True,
    help="Delete versions that no function and no published version lists. There is no undo.",
)
@YES
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    metavar="table|json",
    help="Form of the list.",
)
@pass_invocation
def layers(
    invocation: Invocation,
    profiles: tuple[str, ...],
    regions: tuple[str, ...],
    all_regions: bool,
    delete: bool,
    yes: bool,
    form: str,
) -> ExitCode:
    """List the resolver's layer versions, and delete those that nothing uses.

    Undo leaves layer versions where they are: a deleted one can never be attached again.
    """
    from secretshift.reports.json_text import json_text
    from secretshift.reports.layers import layers_data, layers_lines
    from secretshift.workflow.layers import layers as journey
    from secretshift.workflow.services import Sources

    if regions and all_regions:
        raise UsageProblem("--region and --all-regions exclude each other")
    settings = invocation.settings()
    sources = Sources(
        aws=True,
        profiles=profiles or settings.aws.profiles,
        regions=regions or (() if all_regions else settings.aws.regions),
        all_regions=all_regions,
        exclude_regions=settings.aws.exclude_regions,
    )
    if delete:
        require_answerable(yes=yes)
        agree(invocation.screen, "Unused layer versions will be deleted for good.", yes=yes)
    with stoppable(WRITING) as cancel:
        result = journey(invocation.services(), sources, invocation.emit, cancel, delete=delete)
    if form == "json":
        invocation.screen.data(json_text(layers_data(result.layers, result.errors)))
    else:
        invocation.screen.show(layers_lines(result.layers, result.errors))
    return result.exit_code
