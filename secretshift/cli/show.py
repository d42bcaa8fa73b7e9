"""``secretshift show``"""

from __future__ import annotations

from secretshift.model.errors import ExitCode

from .command import command, pass_invocation
from .invocation import Invocation
from .run_options import FORM, RUN


@command(
    "show",
    "secretshift show last",
    "secretshift show r-20251124 --format json",
)
@RUN
@FORM
@pass_invocation
def show(invocation: Invocation, run: str, form: str) -> ExitCode:
    """Show one run: its changes and its log.

    RUN is an id, the beginning of one, or last.
    """
    from secretshift.reports.json_text import json_text
    from secretshift.reports.runs import run_data, run_lines
    from secretshift.state.records import fold
    from secretshift.workflow.runs import show as journey

    detail = journey(invocation.services(), run)
    parts = (detail.record, detail.plan, fold(detail.entries), detail.entries)
    stopped, in_plain = detail.stopped, detail.in_plain
    if form == "json":
        data = run_data(*parts, stopped=stopped, in_plain=in_plain)
        invocation.screen.data(json_text(data))
    else:
        invocation.screen.show(run_lines(*parts, stopped=stopped, in_plain=in_plain))
    return ExitCode.DONE
