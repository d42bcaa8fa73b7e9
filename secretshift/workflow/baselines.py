"""Scan against a baseline, and make one or bring it up to date."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath
from typing import Any, Final

from secretshift.model.baselines import (
    FORMAT,
    SCHEMA,
    Baseline,
    Key,
    baseline_of,
    compared,
    key_of,
    new_ones,
    renewed,
)
from secretshift.model.codec import from_data
from secretshift.model.decisions import Choice, Decision
from secretshift.model.errors import Damaged, ExitCode, UsageProblem
from secretshift.model.findings import CredentialId, Finding
from secretshift.model.journeys import CancelToken, Emit
from secretshift.shapes import secrets_baseline
from secretshift.shapes.secrets_baseline import Entry
from secretshift.sources import exclusion

from .decisions import DecideRequest, decide, decisions
from .scan import ScanResult, scan
from .secrets_baselines import SecretsBaseline, watched
from .services import Services, Sources

MAX_BYTES: Final = 64 * 1024 * 1024
DEFAULT_NAME: Final = ".secretshift-baseline.json"


_THEIRS: Final = 'a JSON object with "plugins_used" and "results"'
_NO_BASELINE: Final = (
    f'neither one of secretshift (a JSON object with "format": "{FORMAT}") nor one of '
    f"detect-secrets ({_THEIRS})"
)


@dataclass(frozen=True, slots=True)
class OwnBaseline:
    """folder: in which it lies, free of links: its paths are told from there."""

    folder: PurePath
    baseline: Baseline


@dataclass(frozen=True, slots=True)
class Renewed:
    """baseline: what the file is to hold; added, gone: findings that came in and that went.

    result: of the scan. complete: whether everything was read; what was not keeps its entries.
    """

    baseline: Baseline
    added: int
    gone: int
    result: ScanResult

    @property
    def complete(self) -> bool:
        return not self.result.report.errors

    @property
    def exit_code(self) -> ExitCode:
        if self.result.interrupted:
            return ExitCode.INTERRUPTED
        return ExitCode.DONE if self.complete else ExitCode.INCOMPLETE


@dataclass(frozen=True, slots=True)
class TakenOver:
    """decided: false positives that are new here; entries: how many theirs has; unknown: how many
    of these fit nothing that was found."""

    renewed: Renewed
    decided: tuple[Decision, ...]
    entries: int
    unknown: int


def open_baseline(path: Path) -> OwnBaseline | SecretsBaseline:
    """A baseline of ours or of detect-secrets, told by what is in it.

    Raises UsageProblem where there is none, or where it is not of a form that is known.
    """
    folder = folder_of(path)
    data = _read(path)
    if not isinstance(data, dict):
        raise _broken(path, f"it is {_NO_BASELINE}")
    try:
        if secrets_baseline.is_secrets_baseline(data):
            return SecretsBaseline(folder, path.name, secrets_baseline.read(data))
        if data.get("format") != FORMAT:
            raise _broken(path, f"it is {_NO_BASELINE}")
        baseline = from_data(Baseline, data, "it")
    except Damaged as error:
        raise _broken(path, str(error)) from None
    if baseline.schema != SCHEMA:
        raise UsageProblem(
            f"The baseline is of another version: {baseline.schema}, and {SCHEMA} is known",
            resource=str(path),
            hint="Make it anew: secretshift baseline",
            code="broken-baseline",
        )
    if len({one.key for one in baseline.known}) < len(baseline.known):
        raise _broken(path, "an entry is in it twice")
    if any(one.count < 1 for one in baseline.known):
        raise _broken(path, "a count in it is not positive")
    return OwnBaseline(folder, baseline)


def open_document(path: Path) -> Mapping[str, Any]:
    """A baseline of detect-secrets as it stands in its file. Raises UsageProblem as above."""
    data = _read(path)
    if not isinstance(data, dict) or not secrets_baseline.is_secrets_baseline(data):
        raise UsageProblem(
            f"That is no baseline of detect-secrets, which is {_THEIRS}",
            resource=str(path),
            hint="Name another file: -o FILE",
        )
    try:
        secrets_baseline.read(data)
    except Damaged as error:
        raise _broken(path, str(error)) from None
    return data


def folder_of(path: Path) -> PurePath:
    """The folder of a file that may not be there yet, without links."""
    return PurePath(os.path.realpath(path.absolute().parent))


def scan_against(
    services: Services,
    sources: Sources,
    known: OwnBaseline | SecretsBaseline,
    emit: Emit,
    cancel: CancelToken,
) -> ScanResult:
    """A scan whose report leaves out, and counts, what the baseline knows. What is remembered in
    the workspace is the whole scan. Raises what ``scan`` raises."""
    if isinstance(known, OwnBaseline):
        result = scan(services, sources, emit, cancel)
        key = partial(key_of, folder=known.folder)
        new = new_ones(result.report.findings, known.baseline, key)
    else:
        watching, seen = watched(services)
        result = scan(watching, sources, emit, cancel)
        found = result.report.findings
        new = tuple(one for one in found if not known.entries_of(one, seen))
    report = result.report
    hidden = len(report.findings) - len(new)
    return replace(result, report=replace(report, findings=new, known=hidden))


def renew(
    services: Services,
    sources: Sources,
    old: OwnBaseline,
    emit: Emit,
    cancel: CancelToken,
    *,
    add: bool = True,
) -> Renewed:
    """Scan, and bring the baseline up to date with it; nothing is written.

    add: whether what is new comes in. What this scan did not look at, or could not read, keeps its
    entries. Raises what ``scan`` raises.
    """
    result = scan(services, sources, emit, cancel)
    found = Counter(key_of(one, old.folder) for one in result.report.findings)
    whole = not result.report.errors
    looked = _looked_at(sources, result, old.folder)
    baseline = renewed(old.baseline, found, lambda key: whole and looked(key), add=add)
    return _renewed(old, baseline, result)


def take_over(
    services: Services,
    sources: Sources,
    old: OwnBaseline,
    theirs: SecretsBaseline,
    emit: Emit,
    cancel: CancelToken,
) -> TakenOver:
    """Scan, decide what their audit calls a false positive, and add to the baseline what they know
    and nothing else. What is decided already stays decided as it is. Raises what ``scan`` and
    ``decide`` raise."""
    watching, seen = watched(services)
    result = scan(watching, sources, emit, cancel)
    fits = {
        number: theirs.entries_of(one, seen) for number, one in enumerate(result.report.findings)
    }
    found: Counter[Key] = Counter()
    for number, one in enumerate(result.report.findings):
        if fits[number]:
            found[key_of(one, old.folder)] += 1
    baseline = renewed(old.baseline, found, lambda _key: False)
    decided: tuple[Decision, ...] = ()
    ids = [] if result.interrupted else _false_positives(result.report.findings, fits)
    ids = [one for one in ids if one not in decisions(services)]
    if ids:
        reason = f"marked as a false positive in {theirs.name}"
        decided = decide(services, DecideRequest(tuple(ids), Choice.FALSE_POSITIVE, reason))
    matched = {entry for entries in fits.values() for entry in entries}
    unknown = sum(entry not in matched for entry in theirs.entries)
    return TakenOver(_renewed(old, baseline, result), decided, len(theirs.entries), unknown)


def _renewed(old: OwnBaseline, baseline: Baseline, result: ScanResult) -> Renewed:
    added, gone = compared(old.baseline, baseline)
    return Renewed(baseline, added, gone, result)


def _false_positives(
    findings: Sequence[Finding], fits: Mapping[int, Sequence[Entry]]
) -> list[CredentialId]:
    """Values of which every sighting is marked so, by one entry at least and against none: a
    decision goes by the value."""
    marked: dict[CredentialId, bool] = {}
    for number, finding in enumerate(findings):
        labels = {entry.is_secret for entry in fits[number]} - {None}
        marked[finding.credential] = marked.get(finding.credential, True) and labels == {False}
    return [credential for credential, all_of_it in marked.items() if all_of_it]


def empty(path: Path) -> OwnBaseline:
    """A baseline that is to be made at this path."""
    return OwnBaseline(folder_of(path), baseline_of({}))


def _looked_at(sources: Sources, result: ScanResult, folder: PurePath) -> Callable[[Key], bool]:
    tops = [PurePath(os.path.realpath(path)) for path in sources.paths]
    choice = exclusion.Choice(sources.exclude_paths, sources.include_paths)
    places = tuple(
        f"{place.cloud}:{place.account}:{place.region}:"
        for place in (region.place for region in result.regions)
        if place not in result.unlisted
    )

    def looked_at(key: Key) -> bool:
        if key.type == "function":
            return key.place.startswith(places)
        if key.type == "history" and not sources.history:
            return False
        whole = PurePath(os.path.normpath(folder / key.place))
        return any(whole.is_relative_to(top) for top in tops) and not choice.why_not(key.place)

    return looked_at


def _read(path: Path) -> object:
    try:
        if not path.is_file():
            raise UsageProblem(
                "There is no baseline at this path",
                resource=str(path),
                hint="Make one first: secretshift baseline -o FILE",
                code="no-baseline",
            )
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageProblem(
            f"The baseline cannot be read: {os.strerror(error.errno or 0)}", resource=str(path)
        ) from None
    if len(content) > MAX_BYTES:
        raise _broken(path, "it is larger than a baseline can be")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise _broken(path, "it is no JSON") from None


def _broken(path: Path, why: str) -> UsageProblem:
    return UsageProblem(
        f"The baseline cannot be used: {why}",
        resource=str(path),
        hint="Restore it from git, or move it away and make it anew: secretshift baseline",
        code="broken-baseline",
    )
