"""Look for credentials in files and functions; a failed look is an error, never a clean result."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from secretshift.model.errors import Interrupted, SecretshiftError
from secretshift.model.findings import (
    FileLocation,
    Finding,
    FunctionLocation,
    Location,
    ScanReport,
    SourceError,
    Verdict,
    credential_id,
)
from secretshift.model.functions import LATEST, FunctionSnapshot, Place
from secretshift.model.journeys import CancelToken, Emit, Looking
from secretshift.model.ports import Cloud, Region
from secretshift.model.secret_value import SecretValue
from secretshift.sources.text import Lines

from .regions import choose_regions
from .services import FileSource, Services, Sources

NEVER_SEARCHED = (
    "git history: only the files of the work tree were read",
    "AWS besides Lambda: ECS, CodeBuild, Step Functions, EC2 user data, SSM parameters, stacks",
    "Azure and Google Cloud",
)


@dataclass(frozen=True, slots=True)
class FoundFunction:
    """A function with what was found in it. Lives in memory: its snapshots hold values.

    held: findings of published versions and aliases.
    """

    region: Region
    snapshot: FunctionSnapshot
    versions: tuple[FunctionSnapshot, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] | None = None
    findings: tuple[Finding, ...] = ()
    held: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanResult:
    """report may be written; functions and regions are for planning and stay in memory.

    unlisted: places of which not all functions could be listed.
    """

    report: ScanReport
    functions: tuple[FoundFunction, ...] = ()
    regions: tuple[Region, ...] = ()
    clouds: tuple[Cloud, ...] = ()
    interrupted: bool = False
    unlisted: tuple[Place, ...] = ()


class _Notebook:
    """What a scan gathers; one for each unit, merged at the end."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.findings: list[Finding] = []
        self.errors: list[SourceError] = []
        self.counts: dict[str, int] = {}
        self.functions: list[FoundFunction] = []
        self.unlisted: list[Place] = []

    def count(self, name: str, number: int = 1) -> None:
        if number:
            self.counts[name] = self.counts.get(name, 0) + number

    def failed(self, source: str, error: SecretshiftError) -> None:
        self.errors.append(SourceError(error.code, source, str(error), error.hint))

    def finding(self, verdict: Verdict, location: Location) -> Finding:
        fingerprint = self._services.fingerprint(verdict.secret)
        seed = f"{fingerprint}|{location!r}".encode("utf-8", "surrogatepass")
        return Finding(
            id=f"f-{hashlib.sha256(seed).hexdigest()[:12]}",
            credential=credential_id(fingerprint),
            fingerprint=fingerprint,
            kind=verdict.kind,
            confidence=verdict.confidence,
            reasons=verdict.reasons,
            masked=verdict.masked,
            location=location,
        )


def scan(services: Services, sources: Sources, emit: Emit, cancel: CancelToken) -> ScanResult:
    """Read every source and judge what is in it.

    Raises UsageProblem for a path that is not there; what cannot be read otherwise is in the
    report's errors. Interrupted keeps what was found until then.
    """
    books: list[_Notebook] = []
    clouds: tuple[Cloud, ...] = ()
    regions: tuple[Region, ...] = ()
    opened = [
        (path, services.open_source(Path(path), sources.exclude_paths)) for path in sources.paths
    ]
    interrupted = False
    gaps: list[str] = []
    try:
        for path, source in opened:
            book = _Notebook(services)
            books.append(book)
            _read_files(services, path, source, book, emit, cancel)
        if sources.aws:
            book = _Notebook(services)
            books.append(book)
            clouds = services.clouds(sources.profiles)
            regions, gaps, unread = choose_regions(sources, clouds)
            book.errors += unread
            books += _read_places(services, regions, emit, cancel)
            cancel.check()
    except Interrupted:
        interrupted = True
        book = _Notebook(services)
        book.errors.append(
            SourceError("interrupted", "scan", "Stopped on request before all was read")
        )
        books.append(book)
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
            *_not_searched(sources),
        ),
        counts=tuple(sorted(counts.items())),
    )
    functions = tuple(function for book in books for function in book.functions)
    unlisted = tuple(place for book in books for place in book.unlisted)
    return ScanResult(report, functions, regions, clouds, interrupted, unlisted)


def _not_searched(sources: Sources) -> Iterator[str]:
    if not sources.aws:
        yield "AWS Lambda functions: run with --aws"
    if not sources.paths:
        yield "Files: name a PATH"
    yield from NEVER_SEARCHED


# Files


def _read_files(
    services: Services,
    path: str,
    source: FileSource,
    book: _Notebook,
    emit: Emit,
    cancel: CancelToken,
) -> None:
    done = 0
    try:
        for item in source.files(cancel):
            cancel.check()
            if isinstance(item, SourceError):
                book.errors.append(item)
                continue
            done += 1
            verdicts = services.detector.text(item.path, item.text)
            if verdicts:
                lines = Lines(item.text)
                for verdict in verdicts:
                    line, column = lines.at(verdict.offset)
                    location = FileLocation(item.root, item.path, line, column)
                    book.findings.append(book.finding(verdict, location))
            if done % 50 == 0:
                emit(Looking(path, done, source.total or 0, len(book.findings)))
    except Interrupted:
        raise
    except SecretshiftError as error:
        book.failed(path, error)
    emit(Looking(path, done, source.total or done, len(book.findings)))
    for name, number in source.counts.items():
        book.count(name, number)


# Functions


def _read_places(
    services: Services, regions: Sequence[Region], emit: Emit, cancel: CancelToken
) -> list[_Notebook]:
    if not regions:
        return []
    with ThreadPoolExecutor(max_workers=min(8, len(regions))) as pool:
        futures = [pool.submit(_read_place, services, r, emit, cancel) for r in regions]
        return [future.result() for future in futures]


def _read_place(services: Services, region: Region, emit: Emit, cancel: CancelToken) -> _Notebook:
    book = _Notebook(services)
    place = region.place
    done = 0
    try:
        for snapshot in region.functions.functions():
            cancel.check()
            done += 1
            found = _read_function(services, region, snapshot, book)
            book.functions.append(found)
            book.findings += [*found.findings, *found.held]
            emit(Looking(str(place), done, 0, len(book.findings), "functions"))
    except Interrupted:
        # What was found until then is kept; the caller sees the wish to stop itself.
        pass
    except SecretshiftError as error:
        book.failed(str(place), error)
        book.unlisted.append(place)
    book.count("functions", done)
    return book


def _read_function(
    services: Services, region: Region, snapshot: FunctionSnapshot, book: _Notebook
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
    services: Services, snapshot: FunctionSnapshot, qualifier: str, book: _Notebook
) -> tuple[Finding, ...]:
    place = snapshot.ref.place
    if snapshot.environment is None:
        error = SourceError(
            "environment-unreadable",
            f"{snapshot.ref}:{qualifier}",
            f"Its environment could not be decrypted ({snapshot.environment_error})",
            "Allow kms:Decrypt on the function's key to whoever scans",
        )
        if error not in book.errors:
            book.errors.append(error)
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
