"""Takes a run back: environments, proof, grants, secrets, in that order.

Only this run's own changes are undone, whatever others or other runs changed since. A secret goes
only if nothing refers to it any more, published versions included, and with a recovery window.
"""

from __future__ import annotations

from collections.abc import Mapping

from secretshift.changes.add_reference import AddReference
from secretshift.changes.context import RunContext
from secretshift.changes.create_secret import FINGERPRINT_TAG, RUN_TAG, CreateSecret
from secretshift.changes.grant_read import GrantRead
from secretshift.changes.grant_role import GrantRole
from secretshift.changes.granting import take_grants
from secretshift.changes.probe_function import ProbeFunction, clean_up_probe
from secretshift.changes.publish_layer import PublishLayer
from secretshift.changes.remove_plaintext import RemovePlaintext
from secretshift.changes.swap_reference import REMOVALS, adding
from secretshift.model.errors import Interrupted, LoginExpired, Moved, NotFound, SecretshiftError
from secretshift.model.functions import FunctionSnapshot, Place
from secretshift.model.journeys import Note
from secretshift.model.plans import FunctionPlan, SecretPlan

from . import role_grants
from .journaling import Change, ChangeRecord, Journal
from .put_back import Allowed, mark_gone, put_back
from .run import Failure, Outcome, guarded, in_parallel
from .telling import Environment, tell

OPEN = ("started", "done", "failed", "undoing", "kept")


def take_back(
    ctx: RunContext, journal: Journal, concurrency: int, allowed: Allowed | None = None
) -> Outcome:
    """Undo or go on undoing. ``moved`` of the outcome names functions that have their plaintext
    again, ``kept`` what stays and why."""
    outcome, allowed = Outcome(), allowed or Allowed()
    records = {record.key: record for record in journal.changes(ctx.run)}
    try:
        _remember(ctx, records, outcome)
        role_grants.remember(ctx, journal, records)
        _leftover_probes(ctx, journal, records, outcome)
        clean = _environments(ctx, journal, records, concurrency, allowed, outcome)
        usage = _Usage(ctx)
        _grants(ctx, journal, records, clean, usage, outcome)
        _secrets(ctx, journal, records, usage, allowed, outcome)
        _layers(ctx, records, outcome)
    except Interrupted:
        outcome.interrupted = True
    except LoginExpired as error:
        outcome.failures.append(Failure.of("login", error))
    return outcome


def nothing_left(journal: Journal, run: str) -> bool:
    """Whether an undo would find nothing that it could still take back."""
    undoable = ("add-reference", *REMOVALS, "grant-read", "create-secret", "probe")
    return not any(
        record.state in OPEN
        for record in journal.changes(run)
        if record.type in undoable
        and not (record.type == "create-secret" and record.after.get("made") == "reused")
        and not (record.type == "probe" and record.state == "done")
    )


def _remember(ctx: RunContext, records: Mapping[str, ChangeRecord], outcome: Outcome) -> None:
    for secret in ctx.plan.secrets:
        record = records.get(CreateSecret(secret).key)
        if record is None:
            continue
        if record.after.get("arn"):
            ctx.arns[secret.key] = (str(record.after["arn"]), str(record.after["version"]))
            continue
        try:
            _find_unfinished(ctx, secret, record)
        except LoginExpired:
            raise
        except SecretshiftError as error:
            outcome.failures.append(Failure.of(secret.name, error))


def _find_unfinished(ctx: RunContext, secret: SecretPlan, record: ChangeRecord) -> None:
    """A kill between the call and the journal: the secret is there, made or restored by us."""
    info = ctx.region(secret.place).secrets.describe(secret.arn or secret.name)
    if info is None or info.deletion is not None:
        return
    made = info.tags.get(RUN_TAG) == ctx.run
    same = info.tags.get(FINGERPRINT_TAG) == secret.fingerprint
    if made or (record.before.get("restores") and same):
        ctx.arns[secret.key] = (info.arn, info.current_version)


def _leftover_probes(
    ctx: RunContext,
    journal: Journal,
    records: Mapping[str, ChangeRecord],
    outcome: Outcome,
) -> None:
    for function in ctx.plan.active:
        for change in (ProbeFunction(function), GrantRole(function)):
            record = records.get(change.key)
            if record is None or record.state in ("done", "kept", "undone"):
                continue
            try:
                clean_up_probe(ctx, function, str(record.before["probe"]))
            except LoginExpired:
                raise
            except SecretshiftError as error:
                outcome.failures.append(Failure.of(change.target, error))
                continue
            if isinstance(change, ProbeFunction):
                _write(ctx, journal, change, "undone")
                tell(ctx, change, "undone", f"The twin of {change.target} is gone")


def _environments(
    ctx: RunContext,
    journal: Journal,
    records: Mapping[str, ChangeRecord],
    concurrency: int,
    allowed: Allowed,
    outcome: Outcome,
) -> set[str]:
    """Environments first; returns the ARNs of the functions that are as before."""
    clean: set[str] = set()
    todo: list[FunctionPlan] = []
    for function in ctx.plan.active:
        record = records.get(adding(function).key)
        if record is None or record.state not in OPEN:
            clean.add(function.function.arn)
        elif later := _later_removal(ctx, journal, function):
            outcome.kept.append(
                f"references of {function.function}: run {later} relies on them, undo it first"
            )
        else:
            todo.append(function)

    def one(number: int, function: FunctionPlan) -> None:
        name = str(function.function)
        telling = Environment(ctx, function, records, (number, len(todo)))
        telling.started()
        try:
            put_back(ctx, journal, function, allowed)
        except NotFound:
            mark_gone(ctx, journal, function)
            telling.gone()
        except SecretshiftError as error:
            telling.failed(error)
            raise
        else:
            outcome.moved.append(name)
            telling.undone()
        clean.add(function.function.arn)

    in_parallel(guarded(ctx, one, outcome), todo, concurrency)
    return clean


def _later_removal(ctx: RunContext, journal: Journal, function: FunctionPlan) -> str:
    """Another run that removed a plaintext for which it found our references; "" if none."""
    add = AddReference(function).key
    removal = RemovePlaintext(function).key
    found = {
        record.run
        for record in journal.all_changes(type="add-reference")
        if record.key == add and record.run != ctx.run and record.before.get("found") is True
    }
    return next(
        (
            record.run
            for record in journal.all_changes(type="remove-plaintext")
            if record.key == removal and record.run in found and record.state == "done"
        ),
        "",
    )


class _Usage:
    """Which configurations of a place refer to a secret; read once for each place."""

    def __init__(self, ctx: RunContext) -> None:
        self._ctx = ctx
        self._read: dict[Place, tuple[FunctionSnapshot, ...]] = {}

    def of(self, place: Place, secret: str, *, function: str = "") -> str:
        """Names the first configuration that refers to it, "" if there is none.

        A configuration whose environment cannot be read counts as one that does.
        """
        style = self._ctx.region(place).references
        for snapshot in self._snapshots(place):
            if function and snapshot.ref.arn != function:
                continue
            if snapshot.environment is None or style.mentions(snapshot, secret):
                return f"{snapshot.ref.name}:{snapshot.version}"
        return ""

    def _snapshots(self, place: Place) -> tuple[FunctionSnapshot, ...]:
        if place not in self._read:
            self._read[place] = tuple(self._ctx.region(place).functions.everything())
        return self._read[place]


def _grants(
    ctx: RunContext,
    journal: Journal,
    records: Mapping[str, ChangeRecord],
    clean: set[str],
    usage: _Usage,
    outcome: Outcome,
) -> None:
    for function in ctx.plan.active:
        ctx.cancel.check()
        change = GrantRead(function)
        record = records.get(change.key)
        if record is None or record.state not in OPEN:
            continue
        if function.function.arn not in clean:
            continue
        try:
            place = function.function.place
            grants = ctx.grants(function)
            users = {
                grant.secret: usage.of(place, grant.secret, function=function.function.arn)
                for grant in grants
            }
            kept = [user for user in users.values() if user]
            _write(ctx, journal, change, "undoing")
            gone = [grant for grant in grants if not users[grant.secret]]
            wide = take_grants(ctx, function, gone)
            role_grants.end(ctx, journal, records, function, kept=bool(kept))
        except LoginExpired:
            raise
        except SecretshiftError as error:
            outcome.failures.append(Failure.of(change.target, error))
            tell(ctx, change, "failed", str(error))
            continue
        if kept:
            outcome.kept.append(f"grant of {change.target}: {kept[0]} still reads the secret")
        elif wide:
            outcome.kept.append(f"grant of {change.target}: what other runs gave stays its role's")
        _write(ctx, journal, change, "kept" if kept else "undone")
        text = f"The grant of {change.target} is taken back"
        stays = (
            f"The grant of {change.target} stays: {kept[0]} still reads the secret" if kept else ""
        )
        tell(ctx, change, "kept" if kept else "undone", stays or text)


def _secrets(
    ctx: RunContext,
    journal: Journal,
    records: Mapping[str, ChangeRecord],
    usage: _Usage,
    allowed: Allowed,
    outcome: Outcome,
) -> None:
    if outcome.failures:
        ctx.emit(Note("Secrets stay until everything before them is undone", "warning"))
        return
    for secret in ctx.plan.secrets:
        ctx.cancel.check()
        change = CreateSecret(secret)
        record = records.get(change.key)
        if record is None or record.state not in OPEN:
            continue
        if secret.key not in ctx.arns:
            _write(ctx, journal, change, "undone")
            tell(ctx, change, "undone", f"Secret {secret.name} was not made")
            continue
        arn = ctx.arns[secret.key][0]
        if record.after.get("made") == "reused" and not _orphan_of_others(ctx, journal, arn):
            _write(ctx, journal, change, "undone")
            tell(ctx, change, "undone", f"Secret {secret.name} stays, it was there before")
            continue
        try:
            user = usage.of(secret.place, arn) or _running_user(ctx, journal, arn)
            if user:
                outcome.kept.append(f"secret {secret.name}: {user} still refers to it")
                _write(ctx, journal, change, "kept")
                tell(ctx, change, "kept", f"Secret {secret.name} stays: {user} refers to it")
                continue
            _write(ctx, journal, change, "undoing")
            _delete(ctx, secret, arn, accept_rotated=allowed.rotated)
        except LoginExpired:
            raise
        except SecretshiftError as error:
            outcome.failures.append(Failure.of(change.target, error))
            tell(ctx, change, "failed", str(error))
            continue
        _write(ctx, journal, change, "undone")
        text = f"Secret {secret.name} will be deleted in {ctx.recovery_days} days"
        tell(ctx, change, "undone", text, "nothing refers to it; it can be restored until then")


def _running_user(ctx: RunContext, journal: Journal, arn: str) -> str:
    """Another run that took this secret and is not through yet; "" if none."""
    users = {
        record.run
        for record in journal.all_changes(type="create-secret")
        if record.run != ctx.run and record.after.get("arn") == arn and record.state == "done"
    }
    return next((f"run {run}" for run in sorted(users) if journal.busy(run)), "")


def _delete(ctx: RunContext, secret: SecretPlan, arn: str, *, accept_rotated: bool) -> None:
    """A value that somebody put there since lies nowhere else, maybe: it goes on request only."""
    store = ctx.region(secret.place).secrets
    info = store.describe(arn)
    if info is None or info.deletion is not None:
        return
    if info.tags.get("secretshift:managed") != "true":
        raise NotFound("The secret no longer carries our tags, so it stays", resource=arn)
    if info.current_version != ctx.arns[secret.key][1] and not accept_rotated:
        raise Moved(
            "The secret holds another version than this run put there, so it stays",
            resource=arn,
            hint="It was rotated; undo with --accept-rotated deletes it all the same, with its "
            "recovery window",
            code="rotated",
        )
    store.schedule_deletion(arn, ctx.recovery_days)


def _orphan_of_others(ctx: RunContext, journal: Journal, arn: str) -> bool:
    """Whether the run that made this secret was undone and left it for us."""
    return any(
        record.run != ctx.run and record.after.get("arn") == arn and record.state == "kept"
        for record in journal.all_changes(type="create-secret")
    )


def _layers(ctx: RunContext, records: Mapping[str, ChangeRecord], outcome: Outcome) -> None:
    for place in dict.fromkeys(f.function.place for f in ctx.plan.active):
        record = records.get(PublishLayer(place).key)
        if record is not None and record.after.get("arn"):
            text = f"layer {record.after['arn']}: a deleted one cannot come back"
            outcome.kept.append(text)
            tell(ctx, PublishLayer(place), "kept", f"Kept {text}")


def _write(ctx: RunContext, journal: Journal, change: Change, state: str) -> None:
    journal.write(ctx.run, change.key, type=change.type, target=change.target, state=state)
