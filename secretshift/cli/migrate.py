"""``secretshift migrate``"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from secretshift.model.errors import ExitCode, UsageProblem

from .asking import agree, require_answerable
from .command import command, pass_invocation
from .invocation import Invocation
from .plan import exit_code_of, print_plan
from .run_options import CONCURRENCY, FORM, KEEP, YES, print_migrated
from .source_options import SELECTION, SOURCES, Given, apply
from .stopping import READING, WRITING, stoppable

if TYPE_CHECKING:
    from secretshift.model.plans import Plan
    from secretshift.workflow.services import Services

MAX_PLAN_BYTES = 64 * 1024 * 1024


@command(
    "migrate",
    "secretshift migrate --aws                         scan, plan, ask, do it",
    "secretshift migrate --plan plan.json --yes        a plan that was looked at before",
    "secretshift migrate --aws --dry-run               the plan, and nothing else",
    "secretshift migrate --aws --keep-plaintext        stop before any plaintext is removed",
)
@apply(SOURCES)
@apply(SELECTION)
@click.option(
    "--plan",
    "plan_file",
    metavar="FILE",
    help="A plan of secretshift plan -o, in place of PATHs and everything that chooses.",
)
@YES
@click.option("--dry-run", is_flag=True, help="Show the plan and stop.")
@KEEP
@CONCURRENCY
@click.option("--label", default="", metavar="TEXT", help="A name for the run.")
@FORM
@pass_invocation
def migrate(
    invocation: Invocation,
    /,
    plan_file: str | None,
    yes: bool,
    dry_run: bool,
    keep_plaintext: bool,
    concurrency: int | None,
    label: str,
    form: str,
    **given: Any,
) -> ExitCode:
    """Move the credentials into Secrets Manager, prove it, remove the plaintext.

    Every step is proved before the next and can be undone. Exit code 0: all moved; 3: something
    failed, is blocked or could not be read; 130: stopped, resume it.
    """
    from secretshift.model.journeys import Consent
    from secretshift.reports.plan_text import brief_lines
    from secretshift.workflow.migrate import MigrateRequest
    from secretshift.workflow.migrate import migrate as journey

    from .progress import steps_of

    asked = Given(**given)
    if plan_file is not None and (option := asked.first_of_source()):
        raise UsageProblem(
            f"{option} has no meaning beside --plan",
            hint="The plan already says where to look and what to move",
        )
    if plan_file is None:
        asked.check()
    require_answerable(yes=yes or dry_run)
    ready = _read_plan(plan_file) if plan_file is not None else None
    services = invocation.services()
    plan = ready if ready is not None else _make_plan(invocation, services, asked)
    if dry_run:
        print_plan(invocation, plan, form)
        return exit_code_of(plan)
    consent = Consent.SWITCH if keep_plaintext else Consent.REMOVE_PLAINTEXT
    if not plan.nothing_to_do:
        invocation.screen.tell(*brief_lines(plan, keep_plaintext=keep_plaintext))
        agree(invocation.screen, _question(plan, keep_plaintext), yes=yes)
    settings = invocation.settings()
    request = MigrateRequest(
        plan=plan,
        consent=consent,
        profiles=asked.profiles or settings.aws.profiles,
        concurrency=concurrency or settings.migrate.concurrency,
        label=label,
    )
    total = steps_of(plan, remove=not keep_plaintext)
    with stoppable(WRITING) as cancel, invocation.watch(total):
        result = journey(services, request, invocation.emit, cancel)
    print_migrated(invocation, result, form, len(plan.work))
    if result.exit_code is ExitCode.DONE and plan.errors:
        return ExitCode.INCOMPLETE
    return result.exit_code


def _make_plan(invocation: Invocation, services: Services, asked: Given) -> Plan:
    from secretshift.workflow.plan import plan as journey

    request = asked.plan_request(invocation.settings())
    with stoppable(READING) as cancel, invocation.watch():
        return journey(services, request, invocation.emit, cancel).plan


def _read_plan(name: str) -> Plan:
    """The plan of a file. Raises UsageProblem where it cannot be read or is none."""
    from secretshift.workflow.migrate import check_plan

    try:
        with Path(name).open("rb") as file:
            content = file.read(MAX_PLAN_BYTES + 1)
    except OSError:
        raise UsageProblem("The plan cannot be read", resource=name) from None
    if len(content) > MAX_PLAN_BYTES:
        raise UsageProblem("The plan is over 64 MiB", resource=name)
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise UsageProblem("The plan is no JSON", resource=name) from None
    return check_plan(data)


def _question(plan: Plan, keep_plaintext: bool) -> str:
    from secretshift.reports.lines import counted

    lose = 0 if keep_plaintext else sum(f.way == "layer" for f in plan.active)
    what = f"{counted(len(plan.active), 'function')} will refer to Secrets Manager"
    if lose:
        what += f"; {lose:,} of them lose the plaintext once that is proved"
    return f"{what}."
