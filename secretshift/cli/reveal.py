"""``secretshift reveal``"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from secretshift.model.errors import ExitCode, Interrupted, Moved, SecretshiftError, UsageProblem
from secretshift.model.secret_value import SecretValue

from .command import command, pass_invocation
from .invocation import Invocation
from .screen import is_terminal

if TYPE_CHECKING:
    from secretshift.model.findings import Finding
    from secretshift.workflow.services import Services


@command(
    "reveal",
    "secretshift reveal c-12ab34cd56ef",
)
@click.argument("credential", metavar="CREDENTIAL")
@pass_invocation
def reveal(invocation: Invocation, credential: str) -> ExitCode:
    """Show the value of a credential, on a terminal only, for ten seconds.

    CREDENTIAL is an id of the last scan, or the beginning of one. The value is read again from
    where it lies. That it was shown, where, to whom and when is kept in the workspace first. Exit
    code 0: shown; 2: no terminal, or not known; 3: it cannot be read any more; 130: not confirmed.
    """
    from secretshift.workflow.decisions import resolve

    from .alternate_screen import show_for_a_while

    _require_terminal()
    services = invocation.services()
    known = resolve(services, credential)
    places = _places(services, known)
    invocation.screen.say(
        f"The value of {known} will be on this screen for 10 seconds, or until a key is pressed.",
        f"That it was shown to {services.who()} is kept in the workspace.",
    )
    invocation.screen.ask("Type the id of the credential to see it:")
    if sys.stdin.readline().strip() != known:
        raise Interrupted("Not confirmed, so nothing was shown", code="not-confirmed")
    value, place = _first(services, places)
    show_for_a_while(value, f"{known}  {place}")
    invocation.screen.tell(f"Shown: {known} ({place}). It is gone from the screen.")
    return ExitCode.DONE


def _require_terminal() -> None:
    if not is_terminal(sys.stdout) or not is_terminal(sys.stdin):
        raise UsageProblem(
            "A value is shown on a terminal only, never to a file or a pipe",
            code="no-terminal",
        )
    if os.environ.get("TERM", "dumb") == "dumb":
        raise UsageProblem(
            "This terminal has no second screen from which a value can be cleared again",
            hint="Use another terminal",
            code="no-terminal",
        )


def _places(services: Services, credential: str) -> list[Finding]:
    """Where the last scan saw it, places that can be read at once first."""
    from secretshift.workflow.remembered import last_scan

    last = last_scan(services)
    found = [f for f in last.report.findings if f.credential == credential] if last else []
    if not found:
        raise UsageProblem(
            "The last scan did not see this credential",
            resource=credential,
            hint="Scan again where it lies",
            code="unknown-credential",
        )
    order = ("file", "history", "function")
    return sorted(found, key=lambda finding: order.index(finding.location.type))


def _first(services: Services, places: list[Finding]) -> tuple[SecretValue, str]:
    """The value from the first place that still holds it."""
    from secretshift.workflow.reveal import reveal as journey

    problem: SecretshiftError | None = None
    for finding in places:
        try:
            return journey(services, finding), str(finding.location)
        except Moved as error:
            problem = problem or error
    assert problem is not None
    raise problem
