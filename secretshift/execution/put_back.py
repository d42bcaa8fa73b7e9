"""Bring a function's plaintext back: an inverse of this run's own changes, in one write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from secretshift.changes.context import RunContext, secret_gone, value_from_secret
from secretshift.changes.create_secret import FINGERPRINT_TAG, MANAGED_TAG
from secretshift.changes.prove_match import ProveMatch
from secretshift.changes.swap_reference import adding, writes
from secretshift.model.errors import LoginExpired, Moved, NotFound, Refused, SecretshiftError
from secretshift.model.functions import EnvironmentWrite, FunctionSnapshot
from secretshift.model.plans import FunctionPlan
from secretshift.model.ports import SecretInfo, SecretVersion
from secretshift.model.secret_value import SecretValue

from .journaling import ChangeRecord, Journal
from .plain_again import announce, confirm


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a person allowed beyond taking back. rotated: the current value of a secret that was
    rotated since goes into the function, or is deleted with its secret; deleted: a secret of ours
    that is scheduled for deletion is restored where a function has no other source of its value.
    """

    rotated: bool = False
    deleted: bool = False


def put_back(
    ctx: RunContext, journal: Journal, function: FunctionPlan, allowed: Allowed | None = None
) -> None:
    """The present environment less this run's references, plus the variables that are gone.

    Journals its writes and proofs as undone. Raises NotFound where the function is gone,
    Moved where the secret holds another value by now and Refused where it is scheduled for
    deletion, unless allowed says otherwise.
    """
    _mark(ctx, journal, function, "undoing")
    try:
        _restore(ctx, journal, function, allowed or Allowed())
    except SecretshiftError as error:
        for change in writes(function):
            journal.write(
                ctx.run,
                change.key,
                type=change.type,
                target=change.target,
                state="failed",
                error=f"undo: {error.code}: {error.what}",
            )
        raise
    _mark(ctx, journal, function, "undone")


def _mark(ctx: RunContext, journal: Journal, function: FunctionPlan, state: str) -> None:
    """The proofs first: as long as they stand, a run that goes on would take it for moved."""
    known = {record.key for record in journal.changes(ctx.run)}
    for change in (
        ProveMatch(function, wanted="resolved"),
        ProveMatch(function),
        *reversed(writes(function)),
    ):
        if change.key in known:
            journal.write(ctx.run, change.key, type=change.type, target=change.target, state=state)


def _restore(ctx: RunContext, journal: Journal, function: FunctionPlan, allowed: Allowed) -> None:
    region = ctx.of(function)
    ref = function.function
    snapshot = region.functions.settled(ref)
    if snapshot.environment is None:
        raise Refused(
            "Its environment cannot be decrypted; writing now would erase it",
            resource=str(ref),
            hint="Grant yourself kms:Decrypt on its key, then undo again",
        )
    record = _record(ctx, journal, function)
    # What was there before this run is another run's to undo.
    references = () if record.before.get("found") is True else ctx.references(function)
    values = _values(ctx, function, snapshot, allowed)
    rewrite = region.references.reverted(snapshot, references, values)
    layers = tuple(layer.arn for layer in snapshot.layers)
    if dict(rewrite.variables) != dict(snapshot.variables) or rewrite.layers != layers:
        size = region.references.size(rewrite.variables)
        if size > region.references.limit:
            raise Refused(
                f"With its plaintext back the environment needs {size} bytes",
                resource=str(ref),
                hint=f"Lambda takes {region.references.limit}; remove another variable first",
                code="size",
            )
        changed = rewrite.layers if rewrite.layers != layers else None
        if values:
            announce(journal, record, values, ctx.now())
        region.functions.write(
            ref, EnvironmentWrite(rewrite.variables, snapshot.revision, changed, snapshot.kms_key)
        )
    confirm(journal, _record(ctx, journal, function), rewrite.variables)
    _prove(ctx, function, values)


def _record(ctx: RunContext, journal: Journal, function: FunctionPlan) -> ChangeRecord:
    """Of this run's references: nothing is put back where none were added."""
    key = adding(function).key
    return next(record for record in journal.changes(ctx.run) if record.key == key)


def _values(
    ctx: RunContext, function: FunctionPlan, snapshot: FunctionSnapshot, allowed: Allowed
) -> Mapping[str, SecretValue]:
    """The values of the variables that are gone, from the secrets; those that are there stay."""
    values: dict[str, SecretValue] = {}
    for variable in function.variables:
        if variable.name in snapshot.variables:
            continue
        arn, version = ctx.arns[variable.secret]
        current = _current(ctx, function, variable.secret, arn, restore=allowed.deleted)
        value = value_from_secret(variable, current.value)
        rotated = current.version != version or ctx.fingerprint(value) != variable.fingerprint
        if rotated and not allowed.rotated:
            raise Moved(
                "The secret holds another version than this run put there",
                resource=arn,
                hint="It was rotated; undo with --accept-rotated puts the current value back",
                code="rotated",
            )
        values[variable.name] = value
    return values


def _current(
    ctx: RunContext, function: FunctionPlan, key: str, arn: str, *, restore: bool
) -> SecretVersion:
    """The secret's current version. One of ours that somebody scheduled for deletion cannot be
    read, and is restored only with consent. Raises Refused."""
    store = ctx.of(function).secrets
    try:
        return store.read(arn)
    except LoginExpired:
        raise
    except SecretshiftError as error:
        if not isinstance(error, NotFound) and error.code != "scheduled-for-deletion":
            raise
    info = store.describe(arn)
    if info is None or info.deletion is None or not _ours(info, ctx.secrets()[key].fingerprint):
        raise secret_gone(arn)
    if not restore:
        raise Refused(
            "The secret is scheduled for deletion, so its value cannot be read",
            resource=arn,
            hint="Find out who did it; undo with --restore-deleted brings it back first",
            code="scheduled-for-deletion",
        )
    store.restore(arn)
    return store.read(arn)


def _ours(info: SecretInfo, fingerprint: str) -> bool:
    tags = info.tags
    return tags.get(MANAGED_TAG) == "true" and tags.get(FINGERPRINT_TAG) == fingerprint


def mark_gone(ctx: RunContext, journal: Journal, function: FunctionPlan) -> None:
    """The function was deleted: there is nothing of it left to undo."""
    _mark(ctx, journal, function, "undone")


def _prove(ctx: RunContext, function: FunctionPlan, values: Mapping[str, SecretValue]) -> None:
    """Read back once the update is through, and call it where a test event is configured.

    values: what was put back. Grant and secret may go only after this.
    """
    region = ctx.of(function)
    snapshot = region.functions.settled(function.function)
    if snapshot.update_status == "Failed" or snapshot.state == "Failed":
        raise Refused(
            "Its last update failed, so environments may start without the plaintext",
            resource=str(function.function),
            hint="Repair the function, then undo again; the secret and the grant stay until then",
            code="update-failed",
        )
    present = snapshot.variables
    missing = [v.name for v in function.variables if v.name not in present]
    missing += [name for name, value in values.items() if present.get(name) != value]
    if missing:
        raise Moved("The plaintext did not come back", resource=f"{snapshot.ref} {missing[0]}")
    event = ctx.events.get(function.function.name)
    if event is None:
        return
    invocation = region.functions.invoke(function.function, event)
    if not invocation.ok:
        raise Refused(
            f"It has its plaintext again but fails on its test event ({invocation.error})",
            resource=str(function.function),
            hint="The secret and the grant stay until this is understood",
            code="event-failed",
        )
