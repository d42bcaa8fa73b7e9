"""``secretshift baseline``"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from secretshift.model.errors import ExitCode, UsageProblem

from .command import command, pass_invocation
from .invocation import Invocation
from .output import STDOUT, check_target, deliver
from .source_options import PAST, SOURCES, Given, apply
from .stopping import READING, stoppable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from secretshift.model.findings import SourceError
    from secretshift.workflow.baselines import OwnBaseline, Renewed
    from secretshift.workflow.services import Services, Sources

OWN, OTHER = ".secretshift-baseline.json", ".secrets.baseline"


@command(
    "baseline",
    "secretshift baseline                              make it, or bring it up to date",
    "secretshift baseline --prune                      take out only what is gone",
    "secretshift baseline --import .secrets.baseline   go on from detect-secrets",
    "secretshift baseline --format detect-secrets --weak-hashes",
)
@apply((*SOURCES, *PAST))
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help=f"The baseline ({OWN}; of detect-secrets {OTHER}). Its paths are told from its folder.",
)
@click.option("--prune", is_flag=True, help="Take out what is not found any more, add nothing.")
@click.option(
    "--import",
    "theirs",
    metavar="FILE",
    help="Take over a baseline of detect-secrets: what it knows, and as decisions its false "
    "positives.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["secretshift", "detect-secrets"]),
    default="secretshift",
    metavar="secretshift|detect-secrets",
    help="Whose baseline to write.",
)
@click.option(
    "--weak-hashes",
    is_flag=True,
    help="Agree to SHA-1 of the found values in the file, as detect-secrets has them: whoever "
    "reads it can try passwords against them.",
)
@pass_invocation
def baseline(
    invocation: Invocation,
    /,
    output: str | None,
    prune: bool,
    theirs: str | None,
    form: str,
    weak_hashes: bool,
    **given: Any,
) -> ExitCode:
    """Write down what is found now, for scan --baseline to leave out.

    The file holds no value and no hash that a guess could be tested against, so it can be
    committed. What this scan did not look at, or could not read, keeps its entries. Exit code 0:
    written; 3: written, but something could not be read.
    """
    asked = Given(**given)
    asked.check()
    _check(form, asked, theirs, prune=prune, weak_hashes=weak_hashes)
    output = output or (OWN if form == "secretshift" else OTHER)
    check_target(output)
    services = invocation.services(anew=asked.no_cache)
    sources = asked.sources(invocation.settings())
    if form == "detect-secrets":
        return _export(invocation, services, sources, output)
    old = _own(output)
    if theirs is not None:
        return _take_over(invocation, services, sources, old, theirs, output)
    from secretshift.workflow.baselines import renew

    with stoppable(READING) as cancel, invocation.watch():
        made = renew(services, sources, old, invocation.emit, cancel, add=not prune)
    return _written(invocation, made, output)


def _take_over(
    invocation: Invocation,
    services: Services,
    sources: Sources,
    old: OwnBaseline,
    theirs: str,
    output: str,
) -> ExitCode:
    from secretshift.reports.baselines import taken_lines
    from secretshift.workflow.baselines import open_baseline, take_over
    from secretshift.workflow.secrets_baselines import SecretsBaseline

    known = open_baseline(Path(theirs))
    if not isinstance(known, SecretsBaseline):
        raise UsageProblem("That is no baseline of detect-secrets", resource=theirs)
    with stoppable(READING) as cancel, invocation.watch():
        taken = take_over(services, sources, old, known, invocation.emit, cancel)
    code = _written(invocation, taken.renewed, output)
    invocation.screen.tell(*taken_lines(len(taken.decided), taken.entries, taken.unknown))
    return code


def _export(invocation: Invocation, services: Services, sources: Sources, output: str) -> ExitCode:
    from secretshift.reports.lines import counted
    from secretshift.workflow.baselines import folder_of, open_document
    from secretshift.workflow.secrets_baselines import export

    path = Path(output)
    document = None if output == STDOUT or not path.exists() else open_document(path)
    with stoppable(READING) as cancel, invocation.watch():
        made, result = export(services, sources, document, folder_of(path), invocation.emit, cancel)
    if result.interrupted:
        return ExitCode.INTERRUPTED
    # As detect-secrets writes it: it escapes what is not ASCII.
    deliver(json.dumps(made, indent=2) + "\n", output, invocation.screen)
    entries = sum(len(items) for items in made["results"].values())
    invocation.screen.tell(
        f"The baseline of detect-secrets has {counted(entries, 'entry', 'entries')}, each with an "
        "unsalted SHA-1 of the value"
    )
    if result.report.errors:
        _unread(invocation, result.report.errors)
        return ExitCode.INCOMPLETE
    return ExitCode.DONE


def _unread(invocation: Invocation, errors: Sequence[SourceError]) -> None:
    from secretshift.reports.findings_table import error_lines

    invocation.screen.tell(*error_lines(errors))


def _check(form: str, asked: Given, theirs: str | None, *, prune: bool, weak_hashes: bool) -> None:
    if theirs is not None and prune:
        raise UsageProblem("--import adds to a baseline, and --prune only takes out")
    if form == "secretshift":
        if weak_hashes:
            raise UsageProblem(
                "A baseline of secretshift holds no hash", hint="Leave --weak-hashes out"
            )
        return
    if theirs is not None or prune:
        raise UsageProblem("--import and --prune are for a baseline of secretshift")
    if asked.aws:
        raise UsageProblem("A baseline of detect-secrets knows files only", hint="Leave out --aws")
    if asked.history:
        raise UsageProblem(
            "A baseline of detect-secrets knows files as they are now", hint="Leave out --history"
        )
    if not weak_hashes:
        raise UsageProblem(
            "A baseline of detect-secrets holds an unsalted SHA-1 of each value: whoever reads the "
            "file can try passwords against it",
            hint="If every value that is found is long and random, or will be replaced, add "
            "--weak-hashes",
            code="weak-hashes",
        )


def _own(output: str) -> OwnBaseline:
    from secretshift.workflow.baselines import OwnBaseline, empty, open_baseline

    path = Path(output)
    if output == STDOUT or not path.exists():
        return empty(path)
    found = open_baseline(path)
    if isinstance(found, OwnBaseline):
        return found
    raise UsageProblem(
        "That is a baseline of detect-secrets",
        resource=output,
        hint="Take it over with --import, or write to it with --format detect-secrets",
    )


def _written(invocation: Invocation, made: Renewed, output: str) -> ExitCode:
    from secretshift.model.codec import to_data
    from secretshift.reports.baselines import renewed_lines
    from secretshift.reports.json_text import json_text

    if not made.result.interrupted:
        deliver(json_text(to_data(made.baseline)), output, invocation.screen)
    total = sum(one.count for one in made.baseline.known)
    said = renewed_lines(total, made.added, made.gone, made.result.report.errors)
    invocation.screen.tell(*said)
    return made.exit_code
