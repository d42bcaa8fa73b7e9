"""Prove that this function gets exactly this value, from what its own resolver reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from secretshift.model.errors import Refused, Unavailable
from secretshift.model.functions import LATEST, FunctionSnapshot
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
        snapshot = ctx.of(self.function).functions.settled(ref)
        check_attached(ctx, self.function, snapshot)
        check_granted(ctx, self.function)
        ctx.check_stored(self.function)
        event = ctx.events.get(ref.name)
        how = self._by_event(ctx, snapshot, event) if event else self._by_twin(ctx, snapshot)
        return {"how": how}

    def _since(self, ctx: RunContext) -> datetime:
        """From when on a report counts: the last write of ours, or a later proof by a twin, which
        outweighs an earlier report of a grant that had not spread yet."""
        arn = self.function.function.arn
        times = [when for when in (ctx.written.get(arn), ctx.proved.get(arn)) if when is not None]
        return (max(times) if times else ctx.now()) - CLOCK_SKEW

    def _by_event(self, ctx: RunContext, snapshot: FunctionSnapshot, event: bytes) -> str:
        """Call it, then wait for its resolver's line: the log may be some seconds late."""
        arn = self.function.function.arn
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
        reported = self._verdict(ctx, snapshot, invocation.resolver_text)
        while not reported:
            reported = self._verdict(ctx, snapshot, functions.resolver_log(snapshot, since))
            if reported or ctx.now() >= until:
                break
            ctx.wait()
        if reported:
            ctx.observed.add(arn)
            return "event"
        if arn in ctx.proved or (self.wanted == "resolved" and arn in ctx.observed):
            return "it answered its test event, and an earlier proof"
        raise Refused(
            "The resolver reported nothing, so the plaintext stays",
            resource=str(self.function.function),
            hint="Resume once a new environment of the function has started",
            code="no-report",
        )

    def _by_twin(self, ctx: RunContext, snapshot: FunctionSnapshot) -> str:
        """The twin proved it in this very process; what the function itself reported meanwhile
        must not speak against it."""
        arn = self.function.function.arn
        if self.wanted == "match" and arn not in ctx.proved:
            raise Refused(
                "Neither a test event nor a twin proved the value, so the plaintext stays",
                resource=str(self.function.function),
                hint=f'Set [functions."{self.function.function.name}"] test_event, or allow probes',
                code="no-proof",
            )
        try:
            text = ctx.of(self.function).functions.resolver_log(snapshot, self._since(ctx))
        except Unavailable as error:
            # A log too long to read through says nothing against a function that is proved.
            if error.code != "log-too-long":
                raise
            return "probe"
        return "observed" if self._verdict(ctx, snapshot, text) else "probe"

    def _verdict(self, ctx: RunContext, snapshot: FunctionSnapshot, text: str) -> bool:
        """Whether a line for these very references reports what is wanted, and none reports
        anything bad: of many environments that start, each has to get its values.

        Raises Refused where one did not.
        """
        digest = ctx.of(self.function).references.digest(snapshot)
        good = False
        for line in parse_lines(text):
            ours = line.refs == digest and line.function == self.function.function.name
            if not ours or line.version != LATEST:
                continue
            judged = _judge(line, self.function, snapshot)
            if judged not in (GOOD, FORMER):
                raise Refused(
                    f"The resolver reports {judged}",
                    resource=str(self.function.function),
                    hint="Check the grant, the key's policy and the network, then resume",
                    code="resolver-report",
                )
            good = good or judged == GOOD
        return good


GOOD, FORMER = "good", "former"


def _judge(line: ResolverLine, function: FunctionPlan, snapshot: FunctionSnapshot) -> str:
    """GOOD, FORMER (of an environment from before the last write), or what went wrong.

    A variable that is there has to match; one that is gone has to be resolved.
    """
    verdict = GOOD
    for variable in function.variables:
        outcome = line.outcomes.get(variable.name, "nothing")
        wanted = "match" if variable.name in snapshot.variables else "resolved"
        if outcome == wanted:
            continue
        if outcome not in ("match", "resolved"):
            return f"{outcome} for {variable.name}"
        verdict = FORMER
    return verdict


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
    check_layer(ctx, function)


def check_layer(ctx: RunContext, function: FunctionPlan) -> None:
    """The layer version that it gets is this program's build. Raises Refused."""
    layer = layer_of(ctx, function)
    if layer and ctx.of(function).functions.layer(layer).sha256 != ctx.layer.sha256:
        raise Refused(
            "The attached layer is not this program's build",
            resource=layer,
            hint="Plan again",
            code="layer-foreign",
        )
