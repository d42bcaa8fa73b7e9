"""``secretshift scan``"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from secretshift import builtin_rules
from secretshift.history import catching_up, forerunner
from secretshift.model.errors import ExitCode

from . import verifying
from .command import command, pass_invocation
from .invocation import Invocation
from .output import check_target, deliver
from .source_options import CHANGES, PAST, SOURCES, Given, apply
from .stopping import READING, stoppable

if TYPE_CHECKING:
    from secretshift.workflow.baselines import OwnBaseline
    from secretshift.workflow.scan import ScanResult
    from secretshift.workflow.secrets_baselines import SecretsBaseline
    from secretshift.workflow.services import Services, Sources


@command(
    "scan",
    "secretshift scan                                  the current folder",
    "secretshift scan --aws --all-regions              functions in every region",
    "secretshift scan src --aws --profile prod         a folder and an account",
    "secretshift scan --staged                         what the next commit would bring in",
    "secretshift scan --since origin/main              what this branch brought in",
    "secretshift scan --baseline FILE                  only what this file does not know",
    "secretshift scan --verify                         ask the issuers whether what is found works",
    "secretshift scan --history                        every version of every file, too",
    "secretshift scan --format json -o findings.json   for another program",
    "secretshift scan --format sarif -o found.sarif    for GitHub code scanning",
)
@apply((*SOURCES, *CHANGES, *PAST))
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv", "sarif", "junit"]),
    default="table",
    metavar="table|json|csv|sarif|junit",
    help="Form of the report. sarif: for GitHub code scanning; junit: for Jenkins, GitLab and "
    "Azure Pipelines.",
)
@click.option("-o", "--output", metavar="FILE", help="Write the report to a file of mode 0600.")
@click.option(
    "--baseline",
    metavar="FILE",
    help="Leave out, and count, what this file knows: one that secretshift baseline wrote, or "
    "detect-secrets.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["high", "medium", "low", "none"]),
    metavar="high|medium|low|none",
    help="From which confidence on a finding makes the exit code 1 (as set; low at first, so every "
    "finding does). none: no finding does.",
)
@click.option(
    "--verify",
    is_flag=True,
    help="Ask whoever gave the credentials out whether they still work. Says first what would be "
    "sent to whom, and sends nothing before you agree.",
)
@click.option("--yes", is_flag=True, help="With --verify: do not ask.")
@pass_invocation
def scan(
    invocation: Invocation,
    /,
    form: str,
    output: str | None,
    baseline: str | None,
    fail_on: str | None,
    verify: bool,
    yes: bool,
    **given: Any,
) -> ExitCode:
    """Find plaintext credentials in files and Lambda functions.

    Exit code 0: nothing found but what was decided to stay, what the baseline knows or what is less
    sure than --fail-on; 1: something else found; 3: something could not be read. What is passed
    over, such as binary files and files over 5 MiB, is told and changes no exit code.
    """
    asked = Given(**given)
    with _ahead(invocation, asked):
        asked.check()
        verifying.check(verify=verify, yes=yes)
        check_target(output)
        from secretshift.reports.findings_table import counts_sentence

        known = _known(baseline)
        services = invocation.services(anew=asked.no_cache)
        sources = asked.sources(invocation.settings())
        result = _looked(invocation, services, sources, known)
    if verify and not result.interrupted:
        result = verifying.verified(invocation, services, sources, result, yes=yes)
    if form == "table" and output is None:
        from secretshift.reports.findings_table import findings_lines

        titles = {kind.id: kind.title for kind in services.catalogue.kinds}
        invocation.screen.show(findings_lines(result.report, titles, result.decisions))
    else:
        text = _text(result, form, services, sources, Path.cwd())
        deliver(text, output, invocation.screen)
        _summary(invocation, result)
        if form == "csv":
            # A table of findings has no place for it.
            for sentence in result.report.not_searched:
                invocation.screen.tell(f"Not searched: {sentence}")
    if result.interrupted:
        invocation.screen.tell("Stopped before all was read: this is what was found until then")
    invocation.screen.tell(counts_sentence(result.report.counts))
    return result.exit_code_from(fail_on or invocation.settings().scan.fail_on)


@contextlib.contextmanager
def _ahead(invocation: Invocation, asked: Given) -> Iterator[None]:
    """What is certain to be needed begins before all that this program has to import."""
    with contextlib.ExitStack() as stack:
        if asked.history and (asked.no_cache or not invocation.knows_anything()):
            # Everything will be searched.
            folder = Path((asked.paths or (".",))[0])
            stack.enter_context(forerunner.sent(folder, unreachable=asked.unreachable))
            # Only now: a process with another thread sends nobody out.
            builtin_rules.begin()
        elif asked.history and not asked.unreachable:
            stack.enter_context(catching_up.sent(lambda: _catch_up(invocation, asked)))
        yield


def _catch_up(invocation: Invocation, asked: Given) -> None:
    from secretshift import wiring

    for path in map(Path, asked.paths or (".",)):
        wiring.catch_up(invocation.settings(), path, workspace=invocation.workspace)


def _looked(
    invocation: Invocation,
    services: Services,
    sources: Sources,
    known: OwnBaseline | SecretsBaseline | None,
) -> ScanResult:
    from secretshift.workflow.scan import scan as journey

    with stoppable(READING) as cancel, invocation.watch():
        if known is None:
            return journey(services, sources, invocation.emit, cancel)
        from secretshift.workflow.baselines import scan_against

        return scan_against(services, sources, known, invocation.emit, cancel)


def _known(name: str | None) -> OwnBaseline | SecretsBaseline | None:
    """Read before hours of work. Raises UsageProblem."""
    if name is None:
        return None
    from secretshift.workflow.baselines import open_baseline

    return open_baseline(Path(name))


def _text(result: ScanResult, form: str, services: Services, sources: Sources, here: Path) -> str:
    from secretshift.reports.findings_text import findings_text

    places = (("files", sources.paths), ("history", sources.history), ("aws", sources.aws))
    looked = [name for name, given in places if given]
    return findings_text(
        result.report,
        form,
        services.catalogue.kinds,
        here,
        result.decisions,
        category="-".join(looked),
    )


def _summary(invocation: Invocation, result: ScanResult) -> None:
    """What a file or a pipe does not show to the person who waits."""
    from secretshift.reports.findings_table import total
    from secretshift.reports.lines import counted

    invocation.screen.tell(total(result.report, result.decisions))
    if result.report.errors:
        errors = counted(len(result.report.errors), "source")
        invocation.screen.tell(f"{errors} could not be read")
