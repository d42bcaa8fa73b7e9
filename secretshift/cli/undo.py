"""``secretshift undo``"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from secretshift.model.errors import ExitCode

from .asking import agree, require_answerable
from .command import command, pass_invocation
from .invocation import Invocation
from .run_options import CONCURRENCY, FORM, RUN, YES
from .stopping import WRITING, stoppable

if TYPE_CHECKING:
    from secretshift.reports.lines import Line
    from secretshift.workflow.runs import RunDetail

MAX_NAMES = 40


@command(
    "undo",
    "secretshift undo last                             the newest run",
    "secretshift undo r-20251124-022600-ab12 --yes     without asking",
    "secretshift undo last --accept-rotated            where a secret was rotated meanwhile",
)
@RUN
@YES
@click.option(
    "--accept-rotated",
    is_flag=True,
    help="Where a secret was rotated since, put its present value into the function.",
)
@click.option(
    "--restore-deleted",
    is_flag=True,
    help="Where a secret of ours is scheduled for deletion, restore it to read the value.",
)
@CONCURRENCY
@FORM
@pass_invocation
def undo(
    invocation: Invocation,
    run: str,
    yes: bool,
    accept_rotated: bool,
    restore_deleted: bool,
    concurrency: int | None,
    form: str,
) -> ExitCode:
    """Put back everything that a run changed.

    RUN is an id, the beginning of one, or last. The values lie in plain again afterwards. Exit
    code 0: all is as before; 3: something could not be put back.
    """
    from secretshift.reports.json_text import json_text
    from secretshift.reports.results import undone_data, undone_lines
    from secretshift.workflow.runs import show
    from secretshift.workflow.steps import undo_steps
    from secretshift.workflow.undo import UndoRequest, undo_preview
    from secretshift.workflow.undo import undo as journey

    require_answerable(yes=yes)
    services = invocation.services()
    name, plan, something = undo_preview(services, run)
    if something:
        invocation.screen.tell(*_warning(show(services, name)))
        agree(invocation.screen, f"Run {name} will be taken back.", yes=yes)
    request = UndoRequest(
        name,
        accept_rotated,
        concurrency or invocation.settings().migrate.concurrency,
        restore_deleted,
    )
    total = len(undo_steps(plan, services.journal().changes(name))) if something else 0
    with stoppable(WRITING) as cancel, invocation.watch(total):
        result = journey(services, request, invocation.emit, cancel)
    if form == "json":
        invocation.screen.data(json_text(undone_data(result)))
    else:
        invocation.screen.show(undone_lines(result))
    return result.exit_code


def _warning(detail: RunDetail) -> list[Line]:
    """Which functions will hold plaintext again, before anybody says yes."""
    from secretshift.changes.swap_reference import REMOVALS
    from secretshift.reports.lines import Style, counted, line

    lost = [
        change.target
        for change in detail.changes
        if change.type in REMOVALS and change.state not in ("planned", "undone")
    ]
    if not lost:
        return [line("No function lost its plaintext in this run; the references go.")]
    head = f"The value lies in plain again in {counted(len(lost), 'function')}:"
    lines = [line(("! ", Style.WARNING), head)]
    lines += [line(f"    {name}") for name in lost[:MAX_NAMES]]
    if len(lost) > MAX_NAMES:
        lines.append(line(f"    and {len(lost) - MAX_NAMES:,} more"))
    return lines
