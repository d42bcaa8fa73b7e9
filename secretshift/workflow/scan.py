"""Look for credentials in files and functions; a failed look is an error, never a clean result."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from secretshift.history import forerunner
from secretshift.model.decisions import Decision
from secretshift.model.errors import ExitCode, Interrupted, SecretshiftError
from secretshift.model.findings import (
    Confidence,
    CredentialId,
    FileLocation,
    Finding,
    FunctionLocation,
    ScanReport,
    SourceError,
)
from secretshift.model.functions import LATEST, FunctionSnapshot, Place
from secretshift.model.journeys import CancelToken, Emit, Looking, Note
from secretshift.model.secret_value import SecretValue

from .decisions import in_force
from .files import open_files, read_files
from .line import line_watched
from .notebook import FoundFunction, Notebook
from .own_detectors import own_gaps, own_problems, refuse_broken
from .past import is_past_only, not_searched, open_pasts, read_past
from .regions import choose_regions
from .remembered import remember
from .services import Services, Sources

if TYPE_CHECKING:
    from secretshift.model.ports import Cloud, Region

__all__ = ["FoundFunction", "ScanResult", "find_in_file", "judged_variables", "places", "scan"]

NEVER_SEARCHED = (
    "AWS besides Lambda: ECS, CodeBuild, Step Functions, EC2 user data, SSM parameters, parameters "
    "of stacks",
    "Azure and Google Cloud",
)


@dataclass(frozen=True, slots=True)
class ScanResult:
    """report may be written; functions and regions are for planning and stay in memory.

    unlisted: places of which not all functions could be listed. decisions: those in force when
    the scan began.
    """

    report: ScanReport
    functions: tuple[FoundFunction, ...] = ()
    regions: tuple[Region, ...] = ()
    clouds: tuple[Cloud, ...] = ()
    interrupted: bool = False
    unlisted: tuple[Place, ...] = ()
    decisions: Mapping[CredentialId, Decision] = field(default_factory=dict)

    @property
    def exit_code(self) -> ExitCode:
        """Where every finding counts."""
        return self.exit_code_from("low")

    def exit_code_from(self, fail_on: str) -> ExitCode:
        """What a person decided to leave where it is counts as nothing found, and so does what is
        less sure than fail_on: a confidence, or "none" where no finding counts."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if self.report.errors:
            return ExitCode.INCOMPLETE
        left = {key for key, decision in self.decisions.items() if decision.leaves_out}
        least = None if fail_on == "none" else Confidence(fail_on).rank
        counts = least is not None and any(
            finding.confidence.rank >= least and finding.credential not in left
            for finding in self.report.findings
        )
        return ExitCode.FINDINGS if counts else ExitCode.DONE


def scan(services: Services, sources: Sources, emit: Emit, cancel: CancelToken) -> ScanResult:
    """Read every source and judge what is in it.

    Raises UsageProblem for a path that is not there and for a detector of the user's that cannot be
    loaded; what cannot be read otherwise is in the
    report's errors. Interrupted keeps what was found until then. The report is remembered in the
    workspace, but for one on changes only, which would take the place of a whole one; a workspace
    that cannot be used is found out before clouds are asked, or once the first finding was told.
    """
    with services.heeding(cancel):
        return _scanned(services, sources, emit, cancel)


def _scanned(services: Services, sources: Sources, emit: Emit, cancel: CancelToken) -> ScanResult:
    refuse_broken(services)
    books: list[Notebook] = []
    clouds: tuple[Cloud, ...] = ()
    regions: tuple[Region, ...] = ()
    opened = [
        (path, open_files(services, sources, Path(path)))
        for path in sources.paths
        if not is_past_only(sources, path)
    ]
    pasts, without = open_pasts(services, sources)
    searched = bool(pasts) and forerunner.is_sent()
    if pasts:
        pasts[0].source.begin()
    decided = cache(lambda: in_force(services))
    if sources.aws or not (opened or searched):
        decided()
    interrupted = False
    gaps: list[str] = []
    try:
        for path, source in opened:
            book = Notebook(services, emit)
            books.append(book)
            whole = not sources.partial
            read_files(services, path, source, book, emit, cancel, decided, whole=whole)
        for past in pasts:
            book = Notebook(services, emit)
            books.append(book)
            read_past(sources, past, book, emit, cancel, decided)
        if sources.aws:
            book = Notebook(services, emit)
            books.append(book)
            clouds = services.clouds(sources.profiles)
            with line_watched(clouds, emit, services.patience.silence):
                regions, gaps, unread = choose_regions(sources, clouds)
                for error in unread:
                    book.unread(error)
                books += _read_places(services, regions, emit, cancel)
            cancel.check()
        books.append(_of_detectors(services, emit))
        gaps = [*gaps, *own_gaps(services)]
    except Interrupted:
        interrupted = True
        book = Notebook(services, emit)
        book.errors.append(
            SourceError("interrupted", "scan", "Stopped on request before all was read")
        )
        books.append(book)
    finally:
        # What follows holds a report twice, and would come on top of what the detector holds.
        services.rest()
    counts: dict[str, int] = {}
    for book in books:
        for name, number in book.counts.items():
            counts[name] = counts.get(name, 0) + number
    report = ScanReport(
        findings=tuple(finding for book in books for finding in book.findings),
        errors=tuple(error for book in books for error in book.errors),
        not_searched=(
            *gaps,
            *(gap for _path, source in opened for gap in source.not_searched),
            *(gap for past in pasts for gap in past.source.not_searched),
            *without,
            *_not_searched(sources),
        ),
        counts=tuple(sorted(counts.items())),
    )
    functions = tuple(function for book in books for function in book.functions)
    unlisted = tuple(place for book in books for place in book.unlisted)
    _remember(services, sources, report, emit)
    return ScanResult(report, functions, regions, clouds, interrupted, unlisted, decided())


def _of_detectors(services: Services, emit: Emit) -> Notebook:
    """What detectors of the user's failed on: they could have found something there."""
    book = Notebook(services, emit)
    for problem in own_problems(services):
        book.unread(
            SourceError("detector-failed", problem.plugin, f"The detector {problem.reason}")
        )
    return book


def _remember(services: Services, sources: Sources, report: ScanReport, emit: Emit) -> None:
    """A look of hours is not lost because the workspace could not take it in."""
    try:
        remember(services, sources, report)
    except SecretshiftError as error:
        emit(Note(f"This scan is not remembered: {error}", "warning"))


def _not_searched(sources: Sources) -> Iterator[str]:
    if sources.partial:
        # What changed is one question; the places that it did not ask about are its own list.
        return
    if not sources.aws:
        yield "AWS Lambda functions: run with --aws"
    if not sources.paths:
        yield "Files: name a PATH"
    yield from not_searched(sources)
    yield from NEVER_SEARCHED


# Functions


def _read_places(
    services: Services, regions: Sequence[Region], emit: Emit, cancel: CancelToken
) -> list[Notebook]:
    if not regions:
        return []
    with ThreadPoolExecutor(max_workers=min(8, len(regions))) as pool:
        futures = [pool.submit(_heeding, services, r, emit, cancel) for r in regions]
        return [future.result() for future in futures]


def _heeding(services: Services, region: Region, emit: Emit, cancel: CancelToken) -> Notebook:
    with services.heeding(cancel):
        return _read_place(services, region, emit, cancel)


def _read_place(services: Services, region: Region, emit: Emit, cancel: CancelToken) -> Notebook:
    book = Notebook(services, emit)
    place = region.place
    done = 0
    try:
        for snapshot in region.functions.functions():
            cancel.check()
            done += 1
            found = _read_function(services, region, snapshot, book)
            book.functions.append(found)
            book.findings += [*found.findings, *found.held]
            book.tell()
            emit(Looking(str(place), done, 0, len(book.findings), "functions"))
    except Interrupted:
        # What was found until then is kept; the caller sees the wish to stop itself.
        pass
    except SecretshiftError as error:
        book.failed(str(place), error)
        book.unlisted.append(place)
    book.tell(all_of_it=True)
    emit(Looking(str(place), done, done, len(book.findings), "functions", over=True))
    book.count("functions", done)
    return book


def _read_function(
    services: Services, region: Region, snapshot: FunctionSnapshot, book: Notebook
) -> FoundFunction:
    name = str(snapshot.ref)
    versions: tuple[FunctionSnapshot, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = {}
    try:
        versions = region.functions.versions(snapshot.ref)
        aliases = region.functions.aliases(snapshot.ref)
    except SecretshiftError as error:
        book.failed(f"versions of {name}", error)
    findings = _judge(services, snapshot, LATEST, book)
    held: list[Finding] = []
    for version in versions:
        book.count("versions")
        routes = [alias for alias, to in aliases.items() if version.version in to]
        for qualifier in (version.version, *routes):
            held += _judge(services, version, qualifier, book)
    for alias, to in aliases.items():
        if to == (LATEST,):
            held += _judge(services, snapshot, alias, book)
    return FoundFunction(region, snapshot, versions, aliases, findings, tuple(held))


def _judge(
    services: Services, snapshot: FunctionSnapshot, qualifier: str, book: Notebook
) -> tuple[Finding, ...]:
    place = snapshot.ref.place
    if snapshot.environment is None:
        book.unread(
            SourceError(
                "environment-unreadable",
                f"{snapshot.ref}:{qualifier}",
                f"Its environment could not be decrypted ({snapshot.environment_error})",
                "Allow kms:Decrypt on the function's key to whoever scans",
            )
        )
        return ()
    return tuple(
        book.finding(
            verdict,
            FunctionLocation(
                place.cloud,
                place.account,
                place.region,
                snapshot.ref.name,
                qualifier,
                verdict.name,
            ),
        )
        for verdict in services.detector.environment(judged_variables(snapshot))
    )


def judged_variables(snapshot: FunctionSnapshot) -> Mapping[str, SecretValue]:
    """Without what we put there ourselves: references, list and wrapper."""
    listed = snapshot.variables.get("SECRETSHIFT_VARS")
    names = listed.reveal().split(",") if listed is not None else []
    ours = {"SECRETSHIFT_VARS", "SECRETSHIFT_WRAPPER", "AWS_LAMBDA_EXEC_WRAPPER"}
    for name in names:
        ours |= {f"{name}_SECRET_ARN", f"{name}_SECRET_TEMPLATE"}
    return {name: value for name, value in snapshot.variables.items() if name not in ours}


def find_in_file(services: Services, location: FileLocation, fingerprint: str) -> SecretValue:
    """Read one file again and give the secret that has this fingerprint.

    Raises SecretshiftError (Moved) if it is not there any more.
    """
    from secretshift.changes.context import source_moved

    source = services.open_source(Path(location.root, location.path), ())
    for item in source.files(CancelToken()):
        if isinstance(item, SourceError):
            continue
        for verdict in services.detector.text(location.path, item.text):
            if services.fingerprint(verdict.secret) == fingerprint:
                return verdict.secret
    raise source_moved(os.fspath(Path(location.root, location.path)))


def places(functions: Sequence[FoundFunction]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys(function.snapshot.ref.place for function in functions))
