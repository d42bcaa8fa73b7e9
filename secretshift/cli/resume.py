"""``secretshift resume``"""

from __future__ import annotations

from secretshift.model.errors import ExitCode, UsageProblem

from .asking import agree, require_answerable
from .command import command, pass_invocation
from .invocation import Invocation
from .run_options import CONCURRENCY, FORM, KEEP, REMOVE, RUN, YES, print_migrated
from .stopping import WRITING, stoppable


@command(
    "resume",
    "secretshift resume last                           the newest run",
    "secretshift resume r-20251124 --yes               by the beginning of its id",
)
@RUN
@YES
@KEEP
@REMOVE
@CONCURRENCY
@FORM
@pass_invocation
def resume(
    invocation: Invocation,
    run: str,
    yes: bool,
    keep_plaintext: bool,
    remove_plaintext: bool,
    concurrency: int | None,
    form: str,
) -> ExitCode:
    """Go on with a run that was stopped.

    RUN is an id, the beginning of one, or last. It goes no further than the run was allowed to:
    one that began with --keep-plaintext keeps it, unless --remove-plaintext says otherwise.
    """
    from secretshift.model.journeys import Consent
    from secretshift.reports.lines import counted
    from secretshift.reports.plan_text import brief_lines
    from secretshift.workflow.migrate import resume as journey
    from secretshift.workflow.runs import show

    from .progress import steps_of

    if keep_plaintext and remove_plaintext:
        raise UsageProblem("Either --keep-plaintext or --remove-plaintext, not both")
    require_answerable(yes=yes)
    services = invocation.services()
    detail = show(services, run)
    record = detail.record
    allowed = services.journal().request(record.id).get("consent")
    keep = keep_plaintext or (allowed != int(Consent.REMOVE_PLAINTEXT) and not remove_plaintext)
    if record.status not in ("undone", "partly-undone") and (
        record.status != "done" or remove_plaintext
    ):
        invocation.screen.tell(*brief_lines(detail.plan, keep_plaintext=keep))
        finished = sum(change.state == "done" for change in detail.changes)
        question = f"{counted(finished, 'change')} of run {record.id} done; the rest follows."
        agree(invocation.screen, question, yes=yes)
    with (
        stoppable(WRITING) as cancel,
        invocation.watch(steps_of(detail.plan, remove=not keep)),
    ):
        result = journey(
            services,
            record.id,
            Consent.SWITCH if keep else Consent.REMOVE_PLAINTEXT,
            invocation.emit,
            cancel,
            concurrency=concurrency or invocation.settings().migrate.concurrency,
        )
    print_migrated(invocation, result, form, len(detail.plan.work))
    return result.exit_code
