"""``secretshift scan``"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from secretshift.model.errors import ExitCode

from .command import command, pass_invocation
from .invocation import Invocation
from .output import check_target, deliver
from .source_options import SOURCES, Given, apply
from .stopping import READING, stoppable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from secretshift.model.findings import ScanReport


@command(
    "scan",
    "secretshift scan                                  the current folder",
    "secretshift scan --aws --all-regions              functions in every region",
    "secretshift scan src --aws --profile prod         a folder and an account",
    "secretshift scan --format json -o findings.json   for another program",
)
@apply(SOURCES)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    metavar="table|json|csv",
    help="Form of the report.",
)
@click.option("-o", "--output", metavar="FILE", help="Write the report to a file of mode 0600.")
@pass_invocation
def scan(invocation: Invocation, /, form: str, output: str | None, **given: Any) -> ExitCode:
    """Find plaintext credentials in files and Lambda functions.

    Exit code 0: nothing found, and everything was read; 1: something found; 3: something could
    not be read.
    """
    from secretshift.reports.findings_table import counts_sentence
    from secretshift.workflow.scan import scan as journey

    asked = Given(**given)
    asked.check()
    check_target(output)
    services = invocation.services()
    sources = asked.sources(invocation.settings())
    with stoppable(READING) as cancel, invocation.watch():
        result = journey(services, sources, invocation.emit, cancel)
    titles = {kind.id: kind.title for kind in services.catalogue.kinds}
    if form == "table" and output is None:
        from secretshift.reports.findings_table import findings_lines

        invocation.screen.show(findings_lines(result.report, titles))
    else:
        deliver(_text(result.report, form, titles), output, invocation.screen)
        _summary(invocation, result.report)
    invocation.screen.tell(counts_sentence(result.report.counts))
    if result.interrupted:
        return ExitCode.INTERRUPTED
    if result.report.errors:
        return ExitCode.INCOMPLETE
    return ExitCode.FINDINGS if result.report.findings else ExitCode.DONE


def _text(report: ScanReport, form: str, titles: Mapping[str, str]) -> str:
    if form == "json":
        from secretshift.reports.findings_json import findings_data
        from secretshift.reports.json_text import json_text

        return json_text(findings_data(report))
    if form == "csv":
        from secretshift.reports.findings_csv import findings_csv

        return findings_csv(report)
    from secretshift.reports.findings_table import findings_lines
    from secretshift.reports.lines import plain

    return plain(findings_lines(report, titles))


def _summary(invocation: Invocation, report: ScanReport) -> None:
    """What a file or a pipe does not show to the person who waits."""
    from secretshift.reports.findings_table import total
    from secretshift.reports.lines import counted

    invocation.screen.tell(total(report))
    if report.errors:
        invocation.screen.tell(f"{counted(len(report.errors), 'source')} could not be read")
