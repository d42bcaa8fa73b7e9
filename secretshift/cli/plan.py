"""``secretshift plan``"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from secretshift.model.errors import ExitCode

from .command import command, pass_invocation
from .invocation import Invocation
from .output import STDOUT, check_target, deliver
from .source_options import SELECTION, SOURCES, Given, apply
from .stopping import READING, stoppable

if TYPE_CHECKING:
    from secretshift.model.plans import Plan


@command(
    "plan",
    "secretshift plan --aws                            this account and region",
    "secretshift plan --aws --only function:pay-*      some functions",
    "secretshift plan --aws -o plan.json               and keep it for migrate --plan",
    "secretshift plan src --store-files --region eu-west-1",
)
@apply(SOURCES)
@apply(SELECTION)
@click.option(
    "-o", "--output", metavar="FILE", help="Write the plan, as JSON, to a file of mode 0600."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    metavar="text|json",
    help="Form of the plan on stdout.",
)
@pass_invocation
def plan(invocation: Invocation, /, form: str, output: str | None, **given: Any) -> ExitCode:
    """Show what moving the credentials would change, and change nothing.

    Exit code 0: everything can be done; 3: something is blocked or could not be read.
    """
    from secretshift.workflow.plan import plan as journey

    asked = Given(**given)
    asked.check()
    check_target(output)
    services = invocation.services()
    request = asked.plan_request(invocation.settings())
    with stoppable(READING) as cancel, invocation.watch():
        result = journey(services, request, invocation.emit, cancel)
    if output != STDOUT:
        print_plan(invocation, result.plan, form)
    if output is not None:
        deliver(plan_json(result.plan), output, invocation.screen)
    return exit_code_of(result.plan)


def print_plan(invocation: Invocation, plan: Plan, form: str) -> None:
    """The whole plan to stdout."""
    from secretshift.reports.plan_text import plan_lines

    if form == "json":
        invocation.screen.data(plan_json(plan))
    else:
        invocation.screen.show(plan_lines(plan))


def plan_json(plan: Plan) -> str:
    from secretshift.model.codec import to_data
    from secretshift.reports.json_text import json_text

    return json_text(to_data(plan))


def exit_code_of(plan: Plan) -> ExitCode:
    incomplete = plan.errors or any(function.blocked for function in plan.functions)
    return ExitCode.INCOMPLETE if incomplete else ExitCode.DONE
