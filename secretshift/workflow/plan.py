"""Scan, read what a plan needs to know beside it, and plan."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from secretshift.model.errors import Refused, SecretshiftError, UsageProblem
from secretshift.model.findings import Confidence, FileLocation, SourceError
from secretshift.model.functions import FunctionFacts, FunctionSnapshot, Place
from secretshift.model.journeys import CancelToken, Emit, Looking
from secretshift.model.plans import Plan
from secretshift.model.ports import Cloud, Region, SecretInfo
from secretshift.planning.build import Case, Inputs, Options, build
from secretshift.planning.selection import Selection

from .scan import FoundFunction, ScanResult, scan
from .services import Services, Sources


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """only, exclude: patterns of Selection; store_files: also store credentials that lie only in
    files, in this region ("" for no)."""

    sources: Sources
    min_confidence: Confidence = Confidence.MEDIUM
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    store_files: str = ""


@dataclass(frozen=True, slots=True)
class PlanResult:
    """plan may be written; the rest stays in memory for a run that follows at once."""

    plan: Plan
    scanned: ScanResult
    clouds: tuple[Cloud, ...] = ()
    regions: tuple[Region, ...] = ()
    warnings: tuple[str, ...] = field(default_factory=tuple)


def plan(services: Services, request: PlanRequest, emit: Emit, cancel: CancelToken) -> PlanResult:
    """Raises UsageProblem for a selection that cannot be meant; otherwise what could not be read
    is in the plan's errors and the functions concerned are blocked."""
    settings = services.settings
    store_at: Place | None = None
    if request.min_confidence is Confidence.LOW:
        raise UsageProblem(
            "What is of low confidence is never moved unattended",
            hint="Use --min-confidence medium and move the rest by hand",
        )
    scanned = scan(services, request.sources, emit, cancel)
    cancel.check()
    regions = scanned.regions
    clouds = scanned.clouds
    if request.store_files:
        clouds = clouds or services.clouds(request.sources.profiles)
        region = clouds[0].region(request.store_files)
        store_at = region.place
        regions = (*regions, *([region] if region.place not in {r.place for r in regions} else []))
    errors = list(scanned.report.errors)
    owned = {region.place: _owned(region, errors) for region in regions}
    cases = _cases(services, scanned.functions, emit)
    options = Options(
        selection=Selection(request.min_confidence, request.only, request.exclude),
        prefix=settings.plan.secret_prefix,
        kms_key=settings.plan.kms_key,
        override_owner=settings.plan.override_owner,
        store_files=store_at,
    )
    now = datetime.now(UTC)
    inputs = Inputs(
        id=f"p-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}",
        created=now.isoformat(timespec="seconds"),
        cases=cases,
        file_findings=tuple(
            f for f in scanned.report.findings if isinstance(f.location, FileLocation)
        ),
        owned=owned,
        errors=tuple(errors),
        not_searched=scanned.report.not_searched,
    )
    made = build(inputs, options, services.catalogue, services.fingerprint)
    if store_at is not None and store_at.account not in made.accounts:
        made = replace(made, accounts=(*made.accounts, store_at.account))
    return PlanResult(made, scanned, clouds, regions)


class _Twins:
    """Whether the operator may make twins, asked once for each role."""

    def __init__(self) -> None:
        self._known: dict[tuple[Place, str], str] = {}
        self._lock = threading.Lock()

    def why_not(self, region: Region, snapshot: FunctionSnapshot) -> str:
        """Why not, in a few words; "" if they may. Not to know is no reason: the run asks again."""
        key = (region.place, snapshot.role)
        with self._lock:
            if key not in self._known:
                self._known[key] = self._ask(region, snapshot)
            return self._known[key]

    def _ask(self, region: Region, snapshot: FunctionSnapshot) -> str:
        questions = region.references.twin_rights(snapshot.ref, snapshot.role)
        try:
            answers = region.access.caller_may(questions)
        except Refused:
            return ""
        denied = [answer.question.action for answer in answers if not answer.allowed]
        return f"you may not make a twin (no {denied[0]})" if denied else ""


def _owned(region: Region, errors: list[SourceError]) -> tuple[SecretInfo, ...]:
    try:
        return tuple(region.secrets.owned())
    except SecretshiftError as error:
        errors.append(SourceError(error.code, f"secrets of {region.place}", str(error), error.hint))
        return ()


def _cases(services: Services, functions: Sequence[FoundFunction], emit: Emit) -> tuple[Case, ...]:
    """Facts are read only for functions that the plan may be about."""
    concerned = [f for f in functions if f.findings or f.held or f.snapshot.environment is None]
    roles: dict[tuple[str, str], list[str]] = {}
    for function in functions:
        key = (function.snapshot.ref.place.account, function.snapshot.role)
        roles.setdefault(key, []).append(str(function.snapshot.ref))
    events = services.test_events()
    twins = _Twins()

    def one(found: FoundFunction) -> Case:
        snapshot = found.snapshot
        key = (snapshot.ref.place.account, snapshot.role)
        sharing = tuple(name for name in roles[key] if name != str(snapshot.ref))
        try:
            facts = found.region.functions.facts(snapshot)
            route = found.region.functions.route(snapshot)
            no_twin = twins.why_not(found.region, snapshot)
        except SecretshiftError as error:
            facts = FunctionFacts(unknown=(f"It could not be looked at closely: {error}",))
            route, no_twin = (True, ""), ""
        return Case(
            snapshot=snapshot,
            facts=replace(facts, sharing=sharing),
            style=found.region.references,
            findings=found.findings,
            held=found.held,
            route=route,
            event=snapshot.ref.name in events,
            no_twin=no_twin,
        )

    with ThreadPoolExecutor(max_workers=4) as pool:
        cases = []
        for number, case in enumerate(pool.map(one, concerned), 1):
            cases.append(case)
            emit(Looking("functions", number, len(concerned), 0, "functions looked at closely"))
    return tuple(cases)
