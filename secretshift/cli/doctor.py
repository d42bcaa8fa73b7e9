"""``secretshift doctor``"""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import click

from secretshift.model.errors import ExitCode, SecretshiftError, UsageProblem
from secretshift.model.findings import SourceError
from secretshift.model.journeys import Event

from .command import command, pass_invocation
from .invocation import Invocation
from .screen import is_terminal
from .stopping import READING, stoppable

if TYPE_CHECKING:
    from secretshift.workflow.doctor import DoctorRequest, TerminalFacts
    from secretshift.workflow.services import Services, Sources


@command(
    "doctor",
    "secretshift doctor                                this machine and this workspace",
    "secretshift doctor --aws                          and the login, its region, its rights",
    "secretshift doctor --aws --profile prod --all-regions",
    "secretshift doctor --aws --format json            for another program",
)
@click.option("--aws", is_flag=True, help="Look at AWS accounts as well.")
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    metavar="P",
    help="Profile of the AWS configuration; more than one for more accounts.",
)
@click.option("--region", "regions", multiple=True, metavar="R", help="Only these regions.")
@click.option("--all-regions", is_flag=True, help="Every region that the account may use.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    metavar="table|json",
    help="Form of the list.",
)
@pass_invocation
def doctor(
    invocation: Invocation,
    aws: bool,
    profiles: tuple[str, ...],
    regions: tuple[str, ...],
    all_regions: bool,
    form: str,
) -> ExitCode:
    """Say whether this machine, this workspace and these logins are fit for the work.

    Nothing is changed. Exit code 0: nothing failed; 3: something did.
    """
    from secretshift.reports.doctor import doctor_data, end_lines
    from secretshift.reports.json_text import json_text
    from secretshift.workflow.doctor import doctor as journey
    from secretshift.workflow.services import Sources

    if regions and all_regions:
        raise UsageProblem("--region and --all-regions exclude each other")
    for name, given in (("profile", profiles), ("region", regions), ("all-regions", all_regions)):
        if given and not aws:
            raise UsageProblem(
                f"--{name} says where to look in AWS, but AWS is not looked at", hint="Add --aws"
            )
    sources = Sources(aws=aws, profiles=profiles, regions=regions, all_regions=all_regions)
    services, request = _opened(invocation, sources)
    emit = invocation.emit if form == "json" else _Shown(invocation)
    with stoppable(READING) as cancel:
        result = journey(services, request, emit, cancel)
    if form == "json":
        invocation.screen.data(json_text(doctor_data(result.checks, result.not_checked)))
    else:
        invocation.screen.show(end_lines(result.checks, result.not_checked))
    return result.exit_code


class _Shown:
    """Each fact on stdout as soon as it is known."""

    def __init__(self, invocation: Invocation) -> None:
        self._invocation = invocation
        self._group = ""

    def __call__(self, event: Event) -> None:
        from secretshift.reports.doctor import check_lines
        from secretshift.workflow.doctor import Checked

        if not isinstance(event, Checked):
            self._invocation.emit(event)
            return
        check = event.check
        self._invocation.screen.show(check_lines(check, begins=check.group != self._group))
        self._group = check.group


def _opened(invocation: Invocation, given: Sources) -> tuple[Services | None, DoctorRequest]:
    """What kept the program from opening is a finding of doctor, not the end of it."""
    from dataclasses import replace

    from secretshift.workflow.doctor import DoctorRequest

    try:
        settings = invocation.settings()
        services = invocation.services()
    except SecretshiftError as error:
        trouble = SourceError(error.code, error.resource, str(error), error.hint)
        return None, DoctorRequest(given, _terminal(), trouble)
    sources = replace(
        given,
        profiles=given.profiles or settings.aws.profiles,
        regions=given.regions or (() if given.all_regions else settings.aws.regions),
        exclude_regions=settings.aws.exclude_regions,
    )
    return services, DoctorRequest(sources, _terminal())


def _terminal() -> TerminalFacts | None:
    """Of stderr where stdout goes to a file or a pipe: the person sits there all the same."""
    from secretshift.workflow.doctor import TerminalFacts

    if not is_terminal(sys.stdout) and not is_terminal(sys.stderr):
        return None
    size = shutil.get_terminal_size()
    return TerminalFacts.of(os.environ, size.columns, size.lines)
