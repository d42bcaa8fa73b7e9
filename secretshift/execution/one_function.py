"""One function from its grant to its last proof.

Its plaintext stays until all that comes before its removal is proved, and where the last proof
fails it comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from secretshift.changes.add_reference import AddReference
from secretshift.changes.context import RunContext
from secretshift.changes.grant_read import GrantRead, check_written, wait_until_simulated
from secretshift.changes.grant_role import GrantRole
from secretshift.changes.granting import of_role
from secretshift.changes.probe_function import DENIED, ProbeFunction
from secretshift.changes.prove_match import ProveMatch
from secretshift.changes.remove_plaintext import RemovePlaintext
from secretshift.changes.swap_reference import SwapReference
from secretshift.model.errors import Interrupted, LoginExpired, Refused, SecretshiftError
from secretshift.model.journeys import Consent, Note
from secretshift.model.plans import FunctionPlan

from .journaling import Change, ChangeRecord, Journal, perform
from .put_back import Allowed, put_back

DISPROOFS = (
    DENIED,
    "probe-mismatch",
    "probe-failed",
    "grant-unsteady",
    "secret-mismatch",
    "already-exists",
    "probe-left",
)
"""Failures of a twin that speak against the function, and not only against having a twin."""


def carry_out_one(
    ctx: RunContext,
    journal: Journal,
    earlier: Mapping[str, ChangeRecord],
    function: FunctionPlan,
    consent: Consent,
    progress: tuple[int, int],
) -> bool:
    """One function from grant to proof; True if its plaintext is gone."""

    def step(change: Change) -> None:
        perform(ctx, journal, change, earlier, progress)

    if consent < Consent.SWITCH:
        return False
    gone = proved_without(earlier, function)
    if gone:
        return True
    if not done(earlier, GrantRead(function)):
        step(GrantRead(function))
    if function.at_once:
        return _at_once(ctx, journal, earlier, function, consent, step)
    return _in_two_writes(ctx, journal, earlier, function, consent, step)


def _in_two_writes(
    ctx: RunContext,
    journal: Journal,
    earlier: Mapping[str, ChangeRecord],
    function: FunctionPlan,
    consent: Consent,
    step: Callable[[Change], None],
) -> bool:
    """Twin, references, proof, removal, proof. True if the plaintext is gone.

    Once the removal began, in this attempt or in one that was killed, a failure ends with the
    plaintext.
    """
    change, safe = RemovePlaintext(function), False
    try:
        if function.way == "layer":
            _twin(ctx, step, function)
        # What a former attempt wrote is not written again: if it is gone, somebody took it away,
        # and the proof says so.
        if not done(earlier, AddReference(function)):
            step(AddReference(function))
        if function.way == "layer" and consent >= Consent.REMOVE_PLAINTEXT:
            step(ProveMatch(function))
            step(change)
            step(ProveMatch(function, wanted="resolved"))
            safe = True
    except (LoginExpired, Interrupted):
        # Proved just before; the run goes on from here when it is resumed.
        safe = True
        raise
    finally:
        if not safe and _begun(ctx, journal, change):
            _safe(ctx, journal, function)
    return safe


def _begun(ctx: RunContext, journal: Journal, change: Change) -> bool:
    return any(record.key == change.key for record in journal.changes(ctx.run))


def _at_once(
    ctx: RunContext,
    journal: Journal,
    earlier: Mapping[str, ChangeRecord],
    function: FunctionPlan,
    consent: Consent,
    step: Callable[[Change], None],
) -> bool:
    """There is no room for both forms: a twin, one write, the proof. True if the plaintext is gone.

    Once the write began, everything but the last proof ends with the plaintext, a wish to stop
    included: nothing else compared the two.
    """
    change, safe = SwapReference(function), False
    try:
        _twin(ctx, step, function)
        if consent >= Consent.REMOVE_PLAINTEXT:
            if not done(earlier, change):
                step(change)
            step(ProveMatch(function, wanted="resolved"))
            safe = True
    except LoginExpired:
        # Nothing can be written now; resume and undo begin here.
        safe = True
        raise
    finally:
        if not safe and _begun(ctx, journal, change):
            _safe(ctx, journal, function)
    return safe


def _safe(ctx: RunContext, journal: Journal, function: FunctionPlan) -> None:
    """After the removal or its proof failed: what is gone comes back."""
    snapshot = ctx.of(function).functions.settled(function.function)
    if all(variable.name in snapshot.variables for variable in function.variables):
        return
    ctx.emit(Note(f"{function.function}: not proved without it, the plaintext comes back"))
    # a secret that went meanwhile is this very run's, and the function has no other source
    put_back(ctx, journal, function, Allowed(deleted=True))


def _twin(ctx: RunContext, step: Callable[[Change], None], function: FunctionPlan) -> None:
    """The twin comes before the first write; where it may not be made and a test event is
    configured, the first proof is what the function itself reports."""
    check_written(ctx, function)
    wait_until_simulated(ctx, function)
    if function.no_twin:
        ctx.emit(
            Note(
                f"{function.function}: no twin ({function.no_twin}); its own report is the first "
                "proof"
            )
        )
        wait_until_simulated(ctx, function, steady=True)
        return
    try:
        step(ProbeFunction(function))
    except (LoginExpired, Interrupted):
        raise
    except SecretshiftError as error:
        if error.code == DENIED and not of_role(ctx, function):
            _whole_role(ctx, step, function, error)
            return
        replaceable = function.function.name in ctx.events and not function.at_once
        if error.code in DISPROOFS or not replaceable:
            raise
        ctx.emit(
            Note(f"{function.function}: no twin ({error.code}); its own report is the first proof")
        )
        wait_until_simulated(ctx, function, steady=True)


def _whole_role(
    ctx: RunContext,
    step: Callable[[Change], None],
    function: FunctionPlan,
    denied: SecretshiftError,
) -> None:
    """The twin was denied with the condition on the function: without it, where the plan says so,
    otherwise the denial stands."""
    if not function.fallback.allowed:
        fallback = function.fallback.text
        raise Refused(
            denied.what,
            resource=denied.resource,
            hint=f"{denied.hint}. If the condition on its ARN is the reason: the plan {fallback}"
            if fallback
            else denied.hint,
            code=denied.code,
        )
    step(GrantRole(function))
    gains = f", and so may {', '.join(function.sharing)}" if function.sharing else ""
    ctx.emit(
        Note(
            f"{function.function}: denied with the condition on its ARN and allowed without, so "
            f"its whole role may read the secret now{gains}",
            "warning",
        )
    )


def proved_without(earlier: Mapping[str, ChangeRecord], function: FunctionPlan) -> bool:
    """Whether a former attempt came to its last proof."""
    return done(earlier, ProveMatch(function, wanted="resolved"))


def done(earlier: Mapping[str, ChangeRecord], change: Change) -> bool:
    record = earlier.get(change.key)
    return record is not None and record.state == "done"
