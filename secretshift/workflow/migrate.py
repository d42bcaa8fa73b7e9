"""Carry a plan out, or go on with a run that was stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from secretshift.changes.context import RunContext
from secretshift.execution.rights import check_accounts, check_arns, left_to_do
from secretshift.execution.run import Failure, Outcome, carry_out, finished
from secretshift.logs import bind_run
from secretshift.model.codec import from_data, to_data
from secretshift.model.errors import ExitCode, Refused, SecretshiftError, UsageProblem
from secretshift.model.functions import Place
from secretshift.model.journeys import CancelToken, Consent, Emit
from secretshift.model.plans import PLAN_SCHEMA, Plan
from secretshift.model.ports import Cloud, Region

from .failures import keep_failures
from .left_twins import Reopen, clear_left_twins
from .line import line_watched
from .role_users import role_users
from .scan import find_in_file
from .services import Journal, Services

KIND = "migrate"
UNDO_NOTE = "undo"
"""A fact of a run: its undo has begun, so it can only be undone to the end."""


@dataclass(frozen=True, slots=True)
class MigrateRequest:
    """consent: how far it may go without asking; profiles: whose accounts it works in."""

    plan: Plan
    consent: Consent
    profiles: tuple[str, ...] = ()
    concurrency: int = 4
    label: str = ""


@dataclass(frozen=True, slots=True)
class MigrateResult:
    """run: "" when there was nothing to do; granted_to_role: functions whose whole role may read
    the secret, since the condition on the function is what denied it; not_searched: what its plan
    did not or could not look at."""

    run: str
    status: str
    moved: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    blocked: tuple[str, ...] = ()
    interrupted: bool = False
    changes: int = 0
    granted_to_role: tuple[str, ...] = ()
    not_searched: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        if self.interrupted:
            return ExitCode.INTERRUPTED
        return ExitCode.INCOMPLETE if self.failures or self.blocked else ExitCode.DONE


def migrate(
    services: Services, request: MigrateRequest, emit: Emit, cancel: CancelToken
) -> MigrateResult:
    """Begin a run. Raises Refused before the first write if the plan is for other accounts."""
    plan = request.plan
    blocked = tuple(str(f.function) for f in plan.functions if f.blocked)
    if plan.nothing_to_do:
        return MigrateResult("", "nothing to do", blocked=blocked, not_searched=plan.gaps)
    clouds = services.clouds(request.profiles)
    with line_watched(clouds, emit, services.patience.silence):
        result = _begun(services, request, clouds, emit, cancel)
    return replace(result, blocked=blocked, not_searched=plan.gaps)


def _begun(
    services: Services,
    request: MigrateRequest,
    clouds: Sequence[Cloud],
    emit: Emit,
    cancel: CancelToken,
) -> MigrateResult:
    plan = request.plan
    check_accounts(plan, [cloud.caller() for cloud in clouds])
    check_arns(plan)
    regions = regions_of(plan, clouds)
    layer, consent = services.layer.name, request.consent
    plan = left_to_do(plan, regions, layer, consent, services.fingerprint)
    if plan.nothing_to_do:
        return MigrateResult("", "nothing to do")
    journal = services.journal()
    run = journal.begin(
        KIND,
        to_data(plan),
        {"profiles": list(request.profiles), "consent": int(request.consent)},
        label=request.label,
    )
    with journal.hold(run), bind_run(run):
        ctx = context(services, run, plan, clouds, emit, cancel)
        clear_left_twins(ctx, journal, reopened(services, clouds, emit, cancel))
        return _finish(journal, run, carry_out(ctx, journal, request.consent, request.concurrency))


def resume(
    services: Services,
    run: str,
    consent: Consent,
    emit: Emit,
    cancel: CancelToken,
    *,
    concurrency: int = 4,
) -> MigrateResult:
    """Go on with a run from its journal. Raises UsageProblem for a run that was undone."""
    journal = services.journal()
    record = journal.run(run)
    _refuse_undone(journal, record.id)
    plan = from_data(Plan, journal.plan(record.id), "the journaled plan")
    if record.status == "done" and finished(journal.changes(record.id), plan):
        return MigrateResult(record.id, "nothing to do", not_searched=plan.gaps)
    profiles = profiles_of(journal.request(record.id))
    clouds = services.clouds(profiles)
    with ExitStack() as around:
        around.enter_context(line_watched(clouds, emit, services.patience.silence))
        check_accounts(plan, [cloud.caller() for cloud in clouds])
        around.enter_context(journal.hold(record.id))
        around.enter_context(bind_run(record.id))
        _refuse_undone(journal, record.id)
        journal.reopen(record.id)
        ctx = context(services, record.id, plan, clouds, emit, cancel)
        clear_left_twins(ctx, journal, reopened(services, clouds, emit, cancel))
        result = _finish(journal, record.id, carry_out(ctx, journal, consent, concurrency))
    return replace(result, not_searched=plan.gaps)


def _refuse_undone(journal: Journal, run: str) -> None:
    if UNDO_NOTE in journal.notes(run):
        raise UsageProblem(
            "That run was undone, or its undo was stopped half-way",
            resource=run,
            hint=f"Finish it with: secretshift undo {run}, or migrate again",
        )


def context(
    services: Services,
    run: str,
    plan: Plan,
    clouds: Sequence[Cloud],
    emit: Emit,
    cancel: CancelToken,
) -> RunContext:
    """The context of a run: its regions, events and patience."""
    journal = services.journal()

    def granted(function: str) -> frozenset[str]:
        key = f"grant-read:{function}"
        secrets: set[str] = set()
        for record in journal.all_changes(type="grant-read"):
            grants = record.before.get("grants") if record.key == key else None
            secrets |= {str(grant) for grant in grants} if isinstance(grants, list) else set()
        return frozenset(secrets)

    return RunContext(
        granted=granted,
        role_users=role_users(clouds),
        run=run,
        plan=plan,
        regions=regions_of(plan, clouds),
        fingerprint=services.fingerprint,
        layer=services.layer,
        read_file=lambda source: find_in_file(services, source.location, source.fingerprint),
        events=services.test_events(),
        emit=emit,
        cancel=cancel,
        patience=services.patience,
        recovery_days=services.settings.migrate.recovery_days,
    )


def reopened(
    services: Services, clouds: Sequence[Cloud], emit: Emit, cancel: CancelToken
) -> Reopen:
    """How the context of another run is opened, with the logins of this one."""
    return lambda run, plan: context(services, run, plan, clouds, emit, cancel)


def regions_of(plan: Plan, clouds: Sequence[Cloud]) -> Mapping[Place, Region]:
    """The places of a plan, each by the login of its account. Raises Refused for a stranger's."""
    by_account = {cloud.caller().account: cloud for cloud in clouds}
    places = dict.fromkeys(
        [secret.place for secret in plan.secrets]
        + [function.function.place for function in plan.functions]
    )
    regions = {}
    for place in places:
        if place.account not in by_account:
            raise Refused(
                "None of the logins belongs to the plan's account",
                resource=place.account,
                hint="Name the right --profile",
                code="other-account",
            )
        regions[place] = by_account[place.account].region(place.region)
    return regions


def check_plan(data: object) -> Plan:
    """A plan from a file, checked. Raises UsageProblem."""
    if not isinstance(data, dict) or data.get("schema") != PLAN_SCHEMA:
        raise UsageProblem(
            "That is not a plan of this version", hint="Make it again with: secretshift plan -o"
        )
    try:
        return from_data(Plan, data, "plan")
    except SecretshiftError as error:
        raise UsageProblem(f"The plan cannot be read: {error.what}") from None


def profiles_of(request: Mapping[str, object]) -> tuple[str, ...]:
    profiles = request.get("profiles", [])
    return tuple(str(name) for name in profiles) if isinstance(profiles, list) else ()


def _finish(journal: Journal, run: str, outcome: Outcome) -> MigrateResult:
    if outcome.interrupted:
        status = "interrupted"
    elif outcome.failures:
        status = "incomplete"
    else:
        status = "done"
    keep_failures(journal, run, outcome.failures)
    journal.end(run, status)
    return MigrateResult(
        run=run,
        status=status,
        moved=tuple(outcome.moved),
        kept=tuple(outcome.kept),
        failures=tuple(outcome.failures),
        granted_to_role=tuple(outcome.of_roles),
        interrupted=outcome.interrupted,
        changes=len(journal.changes(run)),
    )
