"""Carries a plan out: expand, switch, contract, one function beside the other.

For each function: grant, twin, references, proof, removal, proof. No function is ever without its
value; where a proof fails, its plaintext stays, and where the last proof fails it comes back.
Where there is no room for both forms and a person allowed it: grant, twin, swap, proof.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime

from secretshift.changes.context import RunContext, secret_gone
from secretshift.changes.create_secret import CreateSecret
from secretshift.changes.granting import narrow_grants
from secretshift.changes.publish_layer import PublishLayer
from secretshift.changes.swap_reference import writes
from secretshift.model.errors import (
    Interrupted,
    LoginExpired,
    NotFound,
    SecretshiftError,
)
from secretshift.model.functions import Place
from secretshift.model.journeys import Consent
from secretshift.model.plans import FunctionPlan, Plan, SecretPlan

from . import role_grants
from .journaling import ChangeRecord, Journal, perform
from .one_function import carry_out_one, proved_without
from .rights import check_proof, check_rights, check_unchanged, check_values


@dataclass(frozen=True, slots=True)
class Failure:
    """What did not work, on which function or secret."""

    target: str
    code: str
    what: str
    hint: str

    @classmethod
    def of(cls, target: str, error: SecretshiftError) -> Failure:
        resource = f" ({error.resource})" if error.resource and error.resource != target else ""
        return cls(target, error.code, error.what + resource, error.hint)


@dataclass(slots=True)
class Outcome:
    """moved: functions without plaintext now; kept: functions that hold it still; of_roles:
    functions whose whole role may read what they read, those that failed since included."""

    moved: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    of_roles: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    interrupted: bool = False


def carry_out(ctx: RunContext, journal: Journal, consent: Consent, concurrency: int) -> Outcome:
    """Run or resume. Stops between two changes when cancelled; an expired login ends it
    resumably."""
    outcome = Outcome()
    earlier = {record.key: record for record in journal.changes(ctx.run)}
    _remember(ctx, earlier)
    role_grants.remember(ctx, journal, earlier)
    try:
        functions = _ready(ctx, earlier, concurrency, outcome)
        usable = _secrets(ctx, journal, earlier, functions, outcome)
        placed = _layers(ctx, journal, earlier, usable, outcome)
        _functions(ctx, journal, earlier, placed, consent, concurrency, outcome)
    except Interrupted:
        outcome.interrupted = True
    except LoginExpired as error:
        outcome.failures.append(Failure.of("login", error))
    outcome.of_roles = role_grants.of_roles(ctx)
    return outcome


def _remember(ctx: RunContext, earlier: Mapping[str, ChangeRecord]) -> None:
    """Take from the journal what a former attempt made."""
    for function in ctx.plan.active:
        for change in writes(function):
            record = earlier.get(change.key)
            if record is not None and record.state == "done" and record.after.get("at"):
                when = datetime.fromisoformat(str(record.after["at"]))
                ctx.written[function.function.arn] = when
    for secret in ctx.plan.secrets:
        record = earlier.get(CreateSecret(secret).key)
        if record is not None and record.state == "done" and record.after.get("arn"):
            ctx.arns[secret.key] = (str(record.after["arn"]), str(record.after["version"]))


def _ready(
    ctx: RunContext, earlier: Mapping[str, ChangeRecord], concurrency: int, outcome: Outcome
) -> list[FunctionPlan]:
    """Functions whose values and rights are all there; nothing was written yet."""
    ready: dict[int, FunctionPlan] = {}

    def one(number: int, function: FunctionPlan) -> None:
        if function.function.arn in ctx.role_tried:
            # A former attempt was killed before its proof: first of all the condition comes back.
            narrow_grants(ctx, function)
        if not proved_without(earlier, function):
            check_proof(ctx, function)
            check_unchanged(ctx, function)
            check_values(ctx, function)
            check_rights(ctx, function)
        ready[number] = function

    in_parallel(guarded(ctx, one, outcome), ctx.plan.active, concurrency)
    return [ready[number] for number in sorted(ready)]


def guarded(
    ctx: RunContext, work: Callable[[int, FunctionPlan], None], outcome: Outcome
) -> Callable[[int, FunctionPlan], None]:
    """The same work, with what fails written down as this function's failure.

    After an expired login or a wish to stop no further work begins; both are raised.
    """
    stopped: list[SecretshiftError] = []

    def one(number: int, function: FunctionPlan) -> None:
        if stopped:
            raise stopped[0]
        try:
            ctx.cancel.check()
            work(number, function)
        except (LoginExpired, Interrupted) as error:
            stopped.append(error)
            raise
        except SecretshiftError as error:
            outcome.failures.append(Failure.of(str(function.function), error))

    return one


def _secrets(
    ctx: RunContext,
    journal: Journal,
    earlier: Mapping[str, ChangeRecord],
    functions: Sequence[FunctionPlan],
    outcome: Outcome,
) -> list[FunctionPlan]:
    """Make the secrets; a function whose secret failed is left as it is."""
    wanted = {v.secret for f in functions if not proved_without(earlier, f) for v in f.variables}
    failed: set[str] = set()
    todo = [
        secret
        for secret in ctx.plan.secrets
        if secret.key in wanted or any(piece.file for piece in secret.pieces)
    ]
    for number, secret in enumerate(todo):
        change = CreateSecret(secret)
        try:
            if _made(ctx, secret, earlier.get(change.key)):
                continue
            ctx.arns.pop(secret.key, None)
            perform(ctx, journal, change, earlier, (number, len(todo)))
        except (LoginExpired, Interrupted):
            raise
        except SecretshiftError as error:
            outcome.failures.append(Failure.of(change.target, error))
            failed.add(secret.key)
    return [f for f in functions if not any(v.secret in failed for v in f.variables)]


def _made(ctx: RunContext, secret: SecretPlan, record: ChangeRecord | None) -> bool:
    """Whether a former attempt made it. Raises Moved, Refused where it is not there as made."""
    if record is None or record.state != "done" or secret.key not in ctx.arns:
        return False
    arn = ctx.arns[secret.key][0]
    try:
        version = ctx.region(secret.place).secrets.read(arn)
    except NotFound:
        raise secret_gone(arn) from None
    return ctx.fingerprint(version.value) == secret.fingerprint


def _layers(
    ctx: RunContext,
    journal: Journal,
    earlier: Mapping[str, ChangeRecord],
    functions: Sequence[FunctionPlan],
    outcome: Outcome,
) -> list[FunctionPlan]:
    places = dict.fromkeys(f.function.place for f in functions if f.way == "layer")
    failed: set[Place] = set()
    for number, place in enumerate(places):
        try:
            perform(ctx, journal, PublishLayer(place), earlier, (number, len(places)))
        except (LoginExpired, Interrupted):
            raise
        except SecretshiftError as error:
            outcome.failures.append(Failure.of(f"layer in {place.region}", error))
            failed.add(place)
    return [f for f in functions if f.way != "layer" or f.function.place not in failed]


def _functions(
    ctx: RunContext,
    journal: Journal,
    earlier: Mapping[str, ChangeRecord],
    functions: Sequence[FunctionPlan],
    consent: Consent,
    concurrency: int,
    outcome: Outcome,
) -> None:
    def one(number: int, function: FunctionPlan) -> None:
        moved = carry_out_one(ctx, journal, earlier, function, consent, (number, len(functions)))
        (outcome.moved if moved else outcome.kept).append(str(function.function))

    in_parallel(guarded(ctx, one, outcome), functions, concurrency)


def in_parallel(
    work: Callable[[int, FunctionPlan], None], functions: Sequence[FunctionPlan], concurrency: int
) -> None:
    """Call it for each function with its number, in threads that log under the same run."""
    with ThreadPoolExecutor(max_workers=max(1, concurrency)) as pool:
        futures = [
            pool.submit(copy_context().run, work, number, function)
            for number, function in enumerate(functions)
        ]
        wait(futures)
    errors = [error for future in futures if (error := future.exception()) is not None]
    for error in sorted(errors, key=_urgency):
        raise error


def _urgency(error: BaseException) -> int:
    """A defect of the program first, then an expired login, then the wish to stop."""
    if not isinstance(error, SecretshiftError):
        return 0
    return 1 if isinstance(error, LoginExpired) else 2


def finished(records: Sequence[ChangeRecord], plan: Plan) -> bool:
    """Whether every function that can lose its plaintext has lost it and was proved after."""
    earlier = {record.key: record for record in records}
    return all(proved_without(earlier, f) for f in plan.active if f.way == "layer")
