"""Bring a function's plaintext back: an inverse of this run's own changes, in one write."""

from __future__ import annotations

from collections.abc import Mapping

from secretshift.changes.add_reference import AddReference
from secretshift.changes.context import RunContext, secret_gone, value_from_secret
from secretshift.changes.create_secret import FINGERPRINT_TAG
from secretshift.changes.prove_match import ProveMatch
from secretshift.changes.remove_plaintext import RemovePlaintext
from secretshift.model.errors import LoginExpired, Moved, NotFound, Refused, SecretshiftError
from secretshift.model.functions import EnvironmentWrite, FunctionSnapshot
from secretshift.model.plans import FunctionPlan
from secretshift.model.ports import SecretVersion
from secretshift.model.secret_value import SecretValue

from .journaling import ChangeRecord, Journal
from .plain_again import announce, confirm


def put_back(
    ctx: RunContext, journal: Journal, function: FunctionPlan, *, accept_rotated: bool = False
) -> None:
    """The present environment less this run's references, plus the variables that are gone.

    Journals both writes and both proofs as undone. Raises NotFound where the function is gone,
    Moved where the secret holds another value by now, unless accept_rotated, which puts the
    current value back.
    """
    _mark(ctx, journal, function, "undoing")
    try:
        _restore(ctx, journal, function, accept_rotated)
    except SecretshiftError as error:
        for change in (AddReference(function), RemovePlaintext(function)):
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
        RemovePlaintext(function),
        AddReference(function),
    ):
        if change.key in known:
            journal.write(ctx.run, change.key, type=change.type, target=change.target, state=state)


def _restore(
    ctx: RunContext, journal: Journal, function: FunctionPlan, accept_rotated: bool
) -> None:
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
    values = _values(ctx, function, snapshot, accept_rotated)
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
    _prove(ctx, function)


def _record(ctx: RunContext, journal: Journal, function: FunctionPlan) -> ChangeRecord:
    """Of this run's references: nothing is put back where none were added."""
    key = AddReference(function).key
    return next(record for record in journal.changes(ctx.run) if record.key == key)


def _values(
    ctx: RunContext,
    function: FunctionPlan,
    snapshot: FunctionSnapshot,
    accept_rotated: bool,
) -> Mapping[str, SecretValue]:
    """The values of the variables that are gone, from the secrets; those that are there stay."""
    values: dict[str, SecretValue] = {}
    for variable in function.variables:
        if variable.name in snapshot.variables:
            continue
        arn, version = ctx.arns[variable.secret]
        current = _current(ctx, function, variable.secret, arn)
        value = value_from_secret(variable, current.value)
        rotated = current.version != version or ctx.fingerprint(value) != variable.fingerprint
        if rotated and not accept_rotated:
            raise Moved(
                "The secret holds another version than this run put there",
                resource=arn,
                hint="It was rotated; undo with --accept-rotated puts the current value back",
                code="rotated",
            )
        values[variable.name] = value
    return values


def _current(ctx: RunContext, function: FunctionPlan, key: str, arn: str) -> SecretVersion:
    """The secret's current version. One of ours that somebody scheduled for deletion is restored:
    the function has no other source of its value."""
    store = ctx.of(function).secrets
    try:
        return store.read(arn)
    except LoginExpired:
        raise
    except SecretshiftError as error:
        if not isinstance(error, NotFound) and error.code != "scheduled-for-deletion":
            raise
    info = store.describe(arn)
    ours = info is not None and info.tags.get(FINGERPRINT_TAG) == ctx.secrets()[key].fingerprint
    if info is None or info.deletion is None or not ours:
        raise secret_gone(arn)
    store.restore(arn)
    return store.read(arn)


def mark_gone(ctx: RunContext, journal: Journal, function: FunctionPlan) -> None:
    """The function was deleted: there is nothing of it left to undo."""
    _mark(ctx, journal, function, "undone")


def _prove(ctx: RunContext, function: FunctionPlan) -> None:
    """Read back, and call it where a test event is configured."""
    region = ctx.of(function)
    snapshot = region.functions.settled(function.function)
    missing = [v.name for v in function.variables if v.name not in snapshot.variables]
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
