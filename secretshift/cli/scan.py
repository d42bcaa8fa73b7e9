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

    from secretshift.workflow.scan import ScanResult


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
@click.option(
    "--fail-on",
    type=click.Choice(["high", "medium", "low", "none"]),
    metavar="high|medium|low|none",
    help="From which confidence on a finding makes the exit code 1 (as set; low at first, so every "
    "finding does). none: no finding does.",
)
@pass_invocation
def scan(
    invocation: Invocation,
    /,
    form: str,
    output: str | None,
    fail_on: str | None,
    **given: Any,
) -> ExitCode:
    """Find plaintext credentials in files and Lambda functions.

    Exit code 0: nothing found but what was decided to stay or is less sure than --fail-on, and
    everything was read; 1: something else found; 3: something could not be read.
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

        invocation.screen.show(findings_lines(result.report, titles, result.decisions))
    else:
        deliver(_text(result, form, titles), output, invocation.screen)
        _summary(invocation, result)
        if form == "csv":
            # A table of findings has no place for it.
            for sentence in result.report.not_searched:
                invocation.screen.tell(f"Not searched: {sentence}")
    invocation.screen.tell(counts_sentence(result.report.counts))
    return result.exit_code_from(fail_on or invocation.settings().scan.fail_on)


def _text(result: ScanResult, form: str, titles: Mapping[str, str]) -> str:
    report, decisions = result.report, result.decisions
    if form == "json":
        from secretshift.reports.findings_json import findings_data
        from secretshift.reports.json_text import json_text

        return json_text(findings_data(report, decisions))
    if form == "csv":
        from secretshift.reports.findings_csv import findings_csv

        return findings_csv(report, decisions)
    from secretshift.reports.findings_table import findings_lines
    from secretshift.reports.lines import plain

    return plain(findings_lines(report, titles, decisions))


def _summary(invocation: Invocation, result: ScanResult) -> None:
    """What a file or a pipe does not show to the person who waits."""
    from secretshift.reports.findings_table import total
    from secretshift.reports.lines import counted

    invocation.screen.tell(total(result.report, result.decisions))
    if result.report.errors:
        errors = counted(len(result.report.errors), "source")
        invocation.screen.tell(f"{errors} could not be read")
