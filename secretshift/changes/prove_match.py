"""Prove that this function gets exactly this value, from what its own resolver reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from secretshift.model.errors import Refused
from secretshift.model.functions import FunctionSnapshot
from secretshift.model.plans import FunctionPlan
from secretshift.resolver.protocol import ResolverLine, parse_lines

from .add_reference import layer_of
from .context import RunContext
from .grant_read import check_granted

CLOCK_SKEW = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class ProveMatch:
    """The proof between the two writes. wanted: "match" while the plaintext is there, "resolved"
    once it is gone."""

    function: FunctionPlan
    wanted: str = "match"
    type: str = "prove"

    @property
    def key(self) -> str:
        return f"{self.type}-{self.wanted}:{self.function.function.arn}"

    @property
    def target(self) -> str:
        return str(self.function.function)

    def describe(self) -> str:
        if self.wanted == "match":
            return f"Prove, before the plaintext goes, that {self.target} gets its values"
        return f"Prove, now without plaintext, that {self.target} gets its values"

    def intent(self, ctx: RunContext, _earlier: Mapping[str, object]) -> Mapping[str, object]:
        return {"wanted": self.wanted}

    def apply(self, ctx: RunContext, _intent: Mapping[str, object]) -> Mapping[str, object]:
        ref = self.function.function
        began = ctx.now()
        snapshot = ctx.of(self.function).functions.settled(ref)
        check_attached(ctx, self.function, snapshot)
        check_granted(ctx, self.function)
        event = ctx.events.get(ref.name)
        if event is not None:
            how = self._by_event(ctx, snapshot, event)
        else:
            how = self._by_twin(ctx, snapshot)
        ctx.proved.setdefault(ref.arn, began)
        return {"how": how}

    def _since(self, ctx: RunContext) -> datetime:
        """From when on a report counts: the write of the references, or a later proof by a twin,
        which outweighs an earlier report of a grant that had not spread yet."""
        arn = self.function.function.arn
        times = [when for when in (ctx.written.get(arn), ctx.proved.get(arn)) if when is not None]
        return (max(times) if times else ctx.now()) - CLOCK_SKEW

    def _by_event(self, ctx: RunContext, snapshot: FunctionSnapshot, event: bytes) -> str:
        functions = ctx.of(self.function).functions
        since = self._since(ctx)
        invocation = functions.invoke(self.function.function, event)
        if not invocation.ok:
            raise Refused(
                f"The function failed on its test event ({invocation.error or 'no answer'})",
                resource=str(self.function.function),
                hint="Compare with how it answers without this change",
                code="event-failed",
            )
        until = ctx.deadline(ctx.patience.log)
        text = invocation.resolver_text
        while not self._verdict(ctx, snapshot, text):
            text = functions.resolver_log(snapshot, since)
            if self._verdict(ctx, snapshot, text):
                break
            if self.function.function.arn in ctx.proved:
                return "probe, and it answered its test event"
            if ctx.now() >= until:
                raise Refused(
                    "The resolver reported nothing, so the plaintext stays",
                    resource=str(self.function.function),
                    hint="Resume once a new environment of the function has started",
                    code="no-report",
                )
            ctx.wait()
        return "event"

    def _by_twin(self, ctx: RunContext, snapshot: FunctionSnapshot) -> str:
        """The twin proved it in this very process; what the function itself reported meanwhile
        must not speak against it."""
        if self.function.function.arn not in ctx.proved:
            raise Refused(
                "Neither a test event nor a twin proved the value, so the plaintext stays",
                resource=str(self.function.function),
                hint=f'Set [functions."{self.function.function.name}"] test_event, or allow probes',
                code="no-proof",
            )
        text = ctx.of(self.function).functions.resolver_log(snapshot, self._since(ctx))
        return "observed" if self._verdict(ctx, snapshot, text) else "probe"

    def _verdict(self, ctx: RunContext, snapshot: FunctionSnapshot, text: str) -> bool:
        """Whether the newest line for these very references reports what is wanted.

        Raises Refused where it reports anything else.
        """
        digest = ctx.of(self.function).references.digest(snapshot)
        lines = [
            line
            for line in parse_lines(text)
            if line.refs == digest and line.function == self.function.function.name
        ]
        if not lines:
            return False
        bad = _outcomes_against(lines[-1], self.function, self.wanted, snapshot)
        if bad:
            raise Refused(
                f"The resolver reports {bad}, so the plaintext stays"
                if self.wanted == "match"
                else f"The resolver reports {bad}",
                resource=str(self.function.function),
                hint="Check the grant, the key's policy and the network, then resume",
                code="resolver-report",
            )
        return True


def _outcomes_against(
    line: ResolverLine, function: FunctionPlan, wanted: str, snapshot: FunctionSnapshot
) -> str:
    """Which variable's outcome is not as it should be. After a kill the plaintext may be gone
    already; then there is nothing left to match."""
    for variable in function.variables:
        outcome = line.outcomes.get(variable.name, "nothing")
        compared = wanted == "match" and variable.name in snapshot.variables
        if outcome != "match" and (compared or outcome != "resolved"):
            return f"{outcome} for {variable.name}"
    return ""


def check_attached(ctx: RunContext, function: FunctionPlan, snapshot: FunctionSnapshot) -> None:
    """Layer, wrapper, list and references are there as we wrote them. Raises Refused."""
    region = ctx.of(function)
    layer = layer_of(ctx, function)
    if not region.references.referenced(snapshot, ctx.references(function), layer):
        raise Refused(
            "Its layer, wrapper or references are not as we wrote them, so the plaintext stays",
            resource=str(function.function),
            hint="Somebody changed the function; plan again",
            code="reference-gone",
        )
    if layer and region.functions.layer(layer).sha256 != ctx.layer.sha256:
        raise Refused(
            "The attached layer is not this program's build",
            resource=layer,
            hint="Plan again",
            code="layer-foreign",
        )
