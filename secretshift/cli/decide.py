"""``secretshift decide`` and ``secretshift decisions``"""

from __future__ import annotations

import click

from secretshift.model.decisions import Choice, Decision
from secretshift.model.errors import ExitCode, UsageProblem
from secretshift.model.findings import CredentialId

from .command import command, pass_invocation
from .invocation import Invocation
from .run_options import FORM

_CHOICES = tuple(choice.value for choice in Choice)


@command(
    "decide",
    'secretshift decide c-12ab34cd56ef --as accepted --reason "test system" --until 2026-12-31',
    'secretshift decide c-12ab c-98fe --as false-positive --reason "checksums"',
    "secretshift decide c-12ab --take-back             as if nothing was decided",
    "secretshift decide --take-back --last             undo the last decide as a whole",
)
@click.argument("credentials", nargs=-1, metavar="[CREDENTIAL]...")
@click.option(
    "--as",
    "choice",
    type=click.Choice(_CHOICES),
    metavar="|".join(_CHOICES),
    help="What it is, or is to become. refused: whoever gave it out refuses it already.",
)
@click.option("--reason", default="", metavar="TEXT", help="Why; everything but move needs it.")
@click.option(
    "--until", default="", metavar="DATE", help="Last day of an acceptance, as in 2026-12-31."
)
@click.option("--take-back", is_flag=True, help="Take back what was decided.")
@click.option("--last", is_flag=True, help="With --take-back: all of the last decide.")
@FORM
@pass_invocation
def decide(
    invocation: Invocation,
    credentials: tuple[str, ...],
    choice: str | None,
    reason: str,
    until: str,
    take_back: bool,
    last: bool,
    form: str,
) -> ExitCode:
    """Say what is to become of credentials: plans and scans go by it.

    CREDENTIAL is an id that scan shows, or the beginning of one. What is accepted, a false
    positive or refused stays out of plans, and a scan that finds nothing else ends with 0. A
    decision goes by the value: it holds wherever that lies, and not for another one in its place.
    Exit code 0: decided; 2: not understood or not known, and nothing is decided.
    """
    from secretshift.reports.decisions import decided_data, decided_lines
    from secretshift.reports.json_text import json_text
    from secretshift.workflow.decisions import DecideRequest, take_back_last, today_of
    from secretshift.workflow.decisions import decide as journey

    _check(credentials, choice, reason, until, take_back=take_back, last=last)
    services = invocation.services()
    named = tuple(CredentialId(one) for one in credentials)
    made: tuple[Decision, ...] = ()
    taken: tuple[CredentialId, ...] = ()
    if last:
        taken = take_back_last(services)
    elif choice is None:
        taken = tuple(one.credential for one in journey(services, DecideRequest(named, None)))
    else:
        made = journey(services, DecideRequest(named, Choice(choice), reason, until))
    if form == "json":
        invocation.screen.data(json_text(decided_data(made, taken, today_of(services))))
    else:
        invocation.screen.show(decided_lines(made, taken))
    return ExitCode.DONE


def _check(
    credentials: tuple[str, ...],
    choice: str | None,
    reason: str,
    until: str,
    *,
    take_back: bool,
    last: bool,
) -> None:
    if last and not take_back:
        raise UsageProblem("--last goes with --take-back")
    if take_back and (choice or reason or until):
        raise UsageProblem("--take-back takes neither --as nor --reason nor --until")
    if last and credentials:
        raise UsageProblem(
            "--last takes back the last decide as a whole", hint="Name no CREDENTIAL"
        )
    if not last and not credentials:
        raise UsageProblem("No credential is named", hint="secretshift scan shows their ids")
    if not take_back and choice is None:
        raise UsageProblem("Nothing is said of what to decide", hint="Add --as or --take-back")


@command(
    "decisions",
    "secretshift decisions",
    "secretshift decisions --format csv > decisions.csv",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    metavar="table|json|csv",
    help="Form of the list.",
)
@pass_invocation
def decisions(invocation: Invocation, form: str) -> ExitCode:
    """List what was decided about credentials in this workspace.

    An acceptance that ran out is listed as such. Exit code 0.
    """
    from secretshift.reports.decisions import decisions_csv, decisions_data, decisions_lines
    from secretshift.reports.json_text import json_text
    from secretshift.workflow.decisions import decisions as journey
    from secretshift.workflow.decisions import today_of

    services = invocation.services()
    found, today = tuple(journey(services).values()), today_of(services)
    if form == "json":
        invocation.screen.data(json_text(decisions_data(found, today)))
    elif form == "csv":
        invocation.screen.data(decisions_csv(found, today))
    else:
        invocation.screen.show(decisions_lines(found, today))
    return ExitCode.DONE
