"""The main job against the embedded cloud, told to somebody who sees it for the first time."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from secretshift.changes.patience import Patience
from secretshift.demo import repository, samples
from secretshift.demo.embedded_aws import EmbeddedAws
from secretshift.model.errors import ExitCode
from secretshift.model.findings import FunctionLocation, ScanReport, credentials_of
from secretshift.model.functions import LATEST
from secretshift.model.journeys import CancelToken, Consent, Emit, Event, Note, Step
from secretshift.model.plans import Plan
from secretshift.workflow.migrate import MigrateRequest, migrate
from secretshift.workflow.plan import PlanRequest, plan
from secretshift.workflow.scan import scan
from secretshift.workflow.services import Services, Sources
from secretshift.workflow.undo import UndoRequest, undo

MakeServices = Callable[[Path, Emit], Services]
REGIONS = ("eu-west-1", "us-east-1")


class _Teller:
    """Writes the story as plain lines; the numbers at the end come from what was seen."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self.failures: list[str] = []

    def say(self, text: str = "") -> None:
        self._out.write(text + "\n")
        self._out.flush()

    def chapter(self, number: int, title: str) -> None:
        self.say()
        self.say(f"{number}. {title}")

    def check(self, fine: bool, text: str) -> None:
        self.say(f"   {'ok  ' if fine else 'FAIL'}  {text}")
        if not fine:
            self.failures.append(text)

    def emit(self, event: Event) -> None:
        if isinstance(event, Step) and event.state in ("done", "undone", "failed"):
            mark = {"done": "·", "undone": "↩", "failed": "✗"}[event.state]
            self.say(f"   {mark} {event.text}")
        elif isinstance(event, Note):
            self.say(f"   {event.text}")


def tell(out: TextIO, make_services: MakeServices) -> ExitCode:
    """Scan, plan, migrate, migrate again, undo, on sample functions that really need their
    credentials. Leaves nothing behind. DONE only if every check of the story held."""
    teller = _Teller(out)
    teller.say("secretshift demo: an embedded AWS on this machine, nothing leaves it.")
    with tempfile.TemporaryDirectory(prefix="secretshift-demo-") as folder, EmbeddedAws() as aws:
        former = dict(os.environ)
        os.environ.update(aws.environment)
        try:
            _tell(teller, Path(folder), aws, make_services)
        finally:
            os.environ.clear()
            os.environ.update(former)
    teller.say()
    if teller.failures:
        teller.say(f"The demo failed: {len(teller.failures)} checks did not hold.")
        return ExitCode.INCOMPLETE
    teller.say("The demo is complete: every check held, and the embedded cloud is gone.")
    return ExitCode.DONE


def _tell(teller: _Teller, folder: Path, aws: EmbeddedAws, make_services: MakeServices) -> None:
    teller.chapter(1, "A small company's cloud")
    functions = samples.fill(aws)
    repo = repository.create(folder / "shop", samples.values())
    by_region = {region: [f for f in functions if f.region == region] for region in REGIONS}
    for region, there in by_region.items():
        teller.say(f"   {region}: {len(there)} functions, for instance")
        for function in there[:3]:
            teller.say(f"     {function.name} ({function.runtime}): {function.story}")
    _answers(teller, aws, functions, "before anything")
    services = replace(
        make_services(folder / "workspace", teller.emit),
        patience=Patience(60.0, 20.0, 0.25, steady=0.5),
    )
    sources = Sources(paths=(str(repo),), aws=True, regions=REGIONS)
    quiet = CancelToken()

    teller.chapter(2, "Scan: where do credentials lie in plain?")
    report = scan(services, sources, lambda _event: None, quiet).report
    _tell_findings(teller, report)

    teller.chapter(3, "Plan: what would change?")
    planned = plan(services, PlanRequest(sources), lambda _event: None, quiet).plan
    _tell_plan(teller, planned)

    teller.chapter(4, "Migrate: store, grant, prove, point, prove, remove, prove")
    first = migrate(
        services,
        MigrateRequest(planned, Consent.REMOVE_PLAINTEXT, concurrency=4),
        teller.emit,
        quiet,
    )
    teller.check(first.status == "done", f"run {first.run} is done")
    teller.check(
        len(first.moved) == len(planned.active), f"{len(first.moved)} functions hold no plaintext"
    )
    _answers(teller, aws, functions, "after the migration")

    teller.chapter(5, "Migrate again: there is nothing to do")
    again = plan(services, PlanRequest(sources), lambda _event: None, quiet).plan
    second = migrate(services, MigrateRequest(again, Consent.REMOVE_PLAINTEXT), teller.emit, quiet)
    teller.check(second.status == "nothing to do", "the second run found nothing to do")

    teller.chapter(6, "Undo: as if it had never been")
    undone = undo(services, UndoRequest(first.run, concurrency=4), teller.emit, quiet)
    teller.check(undone.status == "undone", f"run {first.run} is undone")
    _answers(teller, aws, functions, "after the undo")
    third = scan(services, sources, lambda _event: None, quiet).report
    teller.check(_sightings(third) == _sightings(report), "every variable is where it was before")

    leaks = _leaks(folder / "workspace")
    teller.check(
        not leaks, "no value is in the journal, the key file or anything else that was kept"
    )

    teller.chapter(7, "What you have seen")
    credentials = credentials_of(report.findings)
    writes = 2 * len(first.moved)
    teller.say(f"   {len(credentials)} credentials at {len(report.findings)} places were found.")
    teller.say(
        f"   {len(first.moved)} functions were moved to {len(planned.secrets)} secrets with "
        f"{writes} configuration writes, two a function."
    )
    if not teller.failures:
        teller.say("   Each function answered before, after, and after the undo.")
        teller.say("   The journal holds keyed fingerprints, and of no variable the value.")
    teller.say("   Next, in your own account: secretshift scan --aws")


def _leaks(workspace: Path) -> list[str]:
    """Files of the workspace in which a sample value stands, plain or as JSON would write it."""
    needles = [
        form.encode()
        for value in samples.values().values()
        for form in (value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])
    ]
    return [
        str(file)
        for file in workspace.rglob("*")
        if file.is_file() and any(needle in file.read_bytes() for needle in needles)
    ]


def _answers(
    teller: _Teller, aws: EmbeddedAws, functions: Sequence[samples.SampleFunction], when: str
) -> None:
    answers = samples.answers(aws, functions)
    good = sum(1 for status in answers.values() if status == 200)
    silent = [name for name, status in answers.items() if status != 200]
    text = f"{good} of {len(answers)} functions answer {when}"
    teller.check(not silent, text + (f" (not: {', '.join(silent)})" if silent else ""))


def _tell_findings(teller: _Teller, report: ScanReport) -> None:
    credentials = credentials_of(report.findings)
    in_functions = {
        finding.credential
        for finding in report.findings
        if isinstance(finding.location, FunctionLocation)
    }
    for credential in credentials:
        if credential.confidence == "low":
            continue
        where = [str(finding.location) for finding in credential.findings]
        places = "place" if len(where) == 2 else "places"
        more = f" and {len(where) - 1} more {places}" if len(where) > 1 else ""
        teller.say(
            f"   {credential.confidence:6}  {credential.kind:24} {credential.masked:16} "
            f"{where[0]}{more}"
        )
    teller.check(
        not report.errors, f"{len(credentials)} credentials found, {len(in_functions)} in functions"
    )


def _tell_plan(teller: _Teller, planned: Plan) -> None:
    for secret in planned.secrets:
        keys = ", ".join(piece.key for piece in secret.pieces if piece.key) or "one text"
        teller.say(f"   + secret {secret.name} in {secret.place.region} ({keys})")
    for function in planned.functions:
        names = ", ".join(variable.name for variable in function.variables)
        sizes = function.sizes
        teller.say(
            f"   ~ {function.function}: {names}; environment {sizes.present} → {sizes.peak} → "
            f"{sizes.final} of {sizes.limit} bytes"
        )
        for note in function.blockers:
            teller.say(f"     blocked: {note.text}")
        for note in function.warnings:
            teller.say(f"     note: {note.text}")
    if planned.work:
        teller.say(f"   {len(planned.work)} things are left for a person, in files and versions")
    teller.check(bool(planned.active), f"{len(planned.active)} functions can be moved unattended")


def _sightings(report: ScanReport) -> Mapping[str, str]:
    """Which value each variable of each ``$LATEST`` holds, by fingerprint."""
    return {
        str(finding.location): finding.fingerprint
        for finding in report.findings
        if isinstance(finding.location, FunctionLocation) and finding.location.qualifier == LATEST
    }
