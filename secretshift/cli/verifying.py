"""``--verify`` of a scan: say what would be sent to whom, ask, send it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from secretshift.model.errors import Interrupted, UsageProblem

from .asking import agrees, require_answerable
from .invocation import Invocation
from .stopping import READING, stoppable

if TYPE_CHECKING:
    from secretshift.workflow.scan import ScanResult
    from secretshift.workflow.services import Services, Sources

HINT = (
    "Run it on a terminal, which says what would be sent to whom; where that is agreed for good, "
    "add --yes"
)


def check(*, verify: bool, yes: bool) -> None:
    """Before anything is read. Raises UsageProblem where nobody could be asked, and for a consent
    to nothing."""
    if verify:
        require_answerable(yes=yes, hint=HINT)
    elif yes:
        raise UsageProblem("--yes answers what --verify asks", hint="Add --verify")


def verified(
    invocation: Invocation, services: Services, sources: Sources, result: ScanResult, *, yes: bool
) -> ScanResult:
    """The same scan with what the issuers say. Nothing is sent without consent; where the person
    does not agree, the scan stands as it is."""
    from secretshift.reports.verification import question
    from secretshift.workflow.verify import keep_verified, verify, verify_plan

    verifier = services.verifier()
    with stoppable(READING) as cancel, invocation.watch():
        try:
            plan = verify_plan(services, result.report, result.functions, verifier, cancel)
        except Interrupted:
            return replace(result, interrupted=True)
    invocation.screen.say(*question(plan.groups, len(plan.not_checked)))
    if plan.questions and not yes and not agrees(invocation.screen):
        invocation.screen.say("Not confirmed, so nothing was sent")
        return result
    with stoppable(READING) as cancel, invocation.watch():
        done = verify(services, plan, verifier, invocation.emit, cancel)
    report = keep_verified(services, sources, result.report, done, invocation.emit)
    return replace(result, report=report, interrupted=done.interrupted)
