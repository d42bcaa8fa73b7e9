"""Scan, read what a plan needs to know beside it, and plan."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC

from secretshift.model.errors import LoginExpired, Refused, SecretshiftError, UsageProblem
from secretshift.model.findings import Confidence, FileLocation, HistoryLocation
from secretshift.model.functions import FunctionFacts, FunctionSnapshot, Place
from secretshift.model.journeys import CancelToken, Emit, Looking, Note, Reading
from secretshift.model.plans import Plan
from secretshift.model.ports import Audience, Cloud, Region
from secretshift.model.unread import Unread
from secretshift.planning.build import build, secrets_wanted
from secretshift.planning.edits import Edit, Edits, LeftOut
from secretshift.planning.inputs import Case, Inputs, Onlookers, Options
from secretshift.planning.selection import Selection
from secretshift.shapes.secret_name import name_problem

from .closed_keys import ClosedKeys
from .decisions import leaving_out
from .line import line_watched
from .scan import FoundFunction, ScanResult, scan
from .services import Services, Sources
from .shelf import look_at_secrets

__all__ = ["Edit", "PlanRequest", "PlanResult", "check_edits", "check_name", "plan", "plan_from"]


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """only, exclude: patterns of Selection; store_files: also store credentials that lie only in
    files, in this region ("" for no). edits: names and shapes of secrets that a person chose;
    left_out: functions and variables that stay as they are (see ``LeftOut``)."""

    sources: Sources
    min_confidence: Confidence = Confidence.MEDIUM
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    store_files: str = ""
    edits: tuple[Edit, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanResult:
    """plan may be written; the rest stays in memory for a run that follows at once."""

    plan: Plan
    scanned: ScanResult
    clouds: tuple[Cloud, ...] = ()
    regions: tuple[Region, ...] = ()
    warnings: tuple[str, ...] = field(default_factory=tuple)


def plan(services: Services, request: PlanRequest, emit: Emit, cancel: CancelToken) -> PlanResult:
    """Raises UsageProblem for a selection or an edit that cannot be meant; otherwise what could
    not be read is in the plan's errors and the functions concerned are blocked."""
    _check(request)
    scanned = scan(services, request.sources, emit, cancel)
    cancel.check()
    return plan_from(services, request, scanned, emit, cancel)


def _check(request: PlanRequest) -> None:
    """What can be told before anything is looked at. Raises UsageProblem."""
    if request.min_confidence is Confidence.LOW:
        raise UsageProblem(
            "What is of low confidence is never moved unattended",
            hint="Use --min-confidence medium and move the rest by hand",
        )
    check_edits(request.edits)


def plan_from(
    services: Services,
    request: PlanRequest,
    scanned: ScanResult,
    emit: Emit,
    cancel: CancelToken,
) -> PlanResult:
    """The same from a scan that the caller kept in memory, for a plan that is made again after an
    edit. Functions and secrets are looked at anew; a function that changed since is blocked.

    Of request.sources only the profiles count.
    """
    _check(request)
    clouds = scanned.clouds
    if request.store_files:
        clouds = clouds or services.clouds(request.sources.profiles)
    with line_watched(clouds, emit, services.patience.silence):
        return _from(services, request, scanned, clouds, emit, cancel)


def _from(
    services: Services,
    request: PlanRequest,
    scanned: ScanResult,
    clouds: Sequence[Cloud],
    emit: Emit,
    cancel: CancelToken,
) -> PlanResult:
    edits, left_out = Edits.of(request.edits), LeftOut(request.left_out)
    warnings = [
        f"{credential} was not found, so its edit does nothing; it may have moved already"
        for credential in edits.idle({f.credential for f in scanned.report.findings})
    ]
    for sentence in warnings:
        emit(Note(sentence, "warning"))
    left_out.check({found.snapshot.ref: _names(found) for found in scanned.functions})
    settings = services.settings
    store_at: Place | None = None
    regions = scanned.regions
    if request.store_files:
        region = clouds[0].region(request.store_files)
        store_at = region.place
        regions = (*regions, *([region] if region.place not in {r.place for r in regions} else []))
    errors = list(scanned.report.errors)
    cases = _cases(services, scanned, emit)
    options = Options(
        selection=Selection(
            request.min_confidence, request.only, request.exclude, leaving_out(services)
        ),
        prefix=settings.plan.secret_prefix,
        kms_key=settings.plan.kms_key,
        override_owner=settings.plan.override_owner,
        grant_to_role=settings.plan.grant_to_role,
        swap_at_once=settings.plan.swap_at_once,
        store_files=store_at,
        edits=edits,
        left_out=left_out,
    )
    now = services.now().astimezone(UTC)
    inputs = Inputs(
        id=f"p-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}",
        created=now.isoformat(timespec="seconds"),
        cases=cases,
        file_findings=tuple(
            f for f in scanned.report.findings if isinstance(f.location, FileLocation)
        ),
        history_findings=tuple(
            f for f in scanned.report.findings if isinstance(f.location, HistoryLocation)
        ),
        rooms=_rooms(scanned.functions, cases),
        not_searched=scanned.report.not_searched,
        onlookers=_onlookers(regions, cases, store_at),
    )
    wanted = secrets_wanted(inputs, options, services.catalogue, services.fingerprint)
    shelves = look_at_secrets(services, regions, cases, wanted, errors)
    cancel.check()
    inputs = replace(
        inputs,
        owned={place: tuple(shelf.owned.values()) for place, shelf in shelves.items()},
        held={arn: held for shelf in shelves.values() for arn, held in shelf.held.items()},
        named={place: shelf.named for place, shelf in shelves.items()},
        errors=tuple(errors),
    )
    made = build(inputs, options, services.catalogue, services.fingerprint)
    if store_at is not None and store_at.account not in made.accounts:
        made = replace(made, accounts=(*made.accounts, store_at.account))
    return PlanResult(made, scanned, tuple(clouds), regions, tuple(warnings))


def check_edits(edits: Sequence[Edit]) -> None:
    """What can be told of edits by themselves. Raises UsageProblem."""
    Edits.of(edits)


def check_name(name: str) -> str:
    """Why the store would refuse this name for a secret, as a sentence; "" if it would not.

    Whether the name is taken is found out by the plan.
    """
    return name_problem(name)


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


def _names(found: FoundFunction) -> set[str]:
    """Variables of a function, those included that only a reference is left of."""
    snapshot, style = found.snapshot, found.region.references
    return {*snapshot.variables, *(reference.name for reference in style.all_present(snapshot))}


def _rooms(functions: Sequence[FoundFunction], cases: Sequence[Case]) -> Mapping[str, int]:
    """Bytes left for policies, by role. Not to know is no reason to block: the run looks again."""
    regions = {found.region.place: found.region for found in functions}
    roles = {case.snapshot.role: regions[case.snapshot.ref.place] for case in cases}

    def room(role: str) -> int | None:
        try:
            return roles[role].access.policy_room(role)
        except SecretshiftError:
            return None

    with ThreadPoolExecutor(max_workers=4) as pool:
        found = zip(roles, pool.map(room, roles), strict=True)
        return {role: left for role, left in found if left is not None}


def _onlookers(
    regions: Sequence[Region], cases: Sequence[Case], store_at: Place | None
) -> Mapping[Place, Onlookers]:
    """Who may do what where secrets may be made. Each account is read once; what it does not let
    be seen is said in the plan, beside each secret."""
    concerned = {case.snapshot.ref.place for case in cases} | ({store_at} if store_at else set())
    known: dict[str, tuple[Audience | None, str]] = {}

    def look(region: Region) -> tuple[Audience | None, str]:
        try:
            return region.access.audience(), ""
        except LoginExpired:
            raise
        except SecretshiftError as error:
            return None, error.what

    found = {}
    for region in regions:
        if region.place in concerned:
            account = region.place.account
            if account not in known:
                known[account] = look(region)
            found[region.place] = Onlookers(region.references, *known[account])
    return found


def _cases(services: Services, scanned: ScanResult, emit: Emit) -> tuple[Case, ...]:
    """Facts are read only for functions that the plan may be about."""
    functions = scanned.functions
    unlisted = {place.account for place in scanned.unlisted}
    concerned = [f for f in functions if f.findings or f.held or f.snapshot.environment is None]
    roles: dict[tuple[str, str], list[str]] = {}
    for function in functions:
        key = (function.snapshot.ref.place.account, function.snapshot.role)
        roles.setdefault(key, []).append(str(function.snapshot.ref))
    events = services.test_events()
    twins = _Twins()
    closed = ClosedKeys(services.settings.plan.kms_key)

    emit(Reading(tuple(str(found.snapshot.ref) for found in concerned), "wait"))

    def one(found: FoundFunction) -> Case:
        snapshot, changed, unread = found.snapshot, False, ""
        name = str(snapshot.ref)
        emit(Reading((name,), "reading"))
        try:
            # A list leaves the state and the status of the last update out.
            snapshot = found.region.functions.read(found.snapshot.ref)
            changed = snapshot.environment != found.snapshot.environment
            facts = found.region.functions.facts(snapshot)
            route = found.region.functions.route(snapshot)
            no_twin = twins.why_not(found.region, snapshot)
            policy = _policy(found.region, snapshot)
        except SecretshiftError as error:
            unread = f"It could not be looked at closely: {error}"
            facts = FunctionFacts(unknown=(Unread.because(error, unread),))
            route, no_twin, policy = (True, ""), "", ""
        key = (snapshot.ref.place.account, snapshot.role)
        sharing = tuple(other for other in roles.get(key, ()) if other != name)
        case = Case(
            snapshot=snapshot,
            facts=replace(
                facts,
                sharing=sharing,
                sharing_known=snapshot.ref.place.account not in unlisted,
            ),
            style=found.region.references,
            findings=found.findings,
            held=found.held,
            route=route,
            event=snapshot.ref.name in events,
            no_twin=no_twin,
            policy=policy,
            changed=changed,
            closed_keys=closed.of(found.region, snapshot),
        )
        emit(Reading((name,), "unread" if unread else "read", unread))
        return case

    with ThreadPoolExecutor(max_workers=4) as pool:
        cases = []
        for number, case in enumerate(pool.map(one, concerned), 1):
            cases.append(case)
            emit(Looking("functions", number, len(concerned), 0, "functions looked at closely"))
    return tuple(cases)


def _policy(region: Region, snapshot: FunctionSnapshot) -> str:
    """The document under our name. A run that stopped early leaves one without any reference."""
    return (
        region.access.read_policy(snapshot.role, region.references.grant_name(snapshot.ref)) or ""
    )
