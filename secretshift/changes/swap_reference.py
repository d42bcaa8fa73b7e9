"""Replace the plaintext by the references in one write, where both do not fit side by side.

There is no time in which the function itself compares both, so this is done only where a person
allowed it by name, and only after a twin got exactly these values. Lambda takes 4 KB for all
variables of a function. Source: AWS Lambda developer guide, page `gettingstarted-limits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from secretshift.model.errors import Refused
from secretshift.model.functions import EnvironmentWrite, FunctionSnapshot
from secretshift.model.plans import FunctionPlan

from .add_reference import AddReference, check_free, check_plaintext, check_rest, layer_of
from .context import RunContext
from .grant_read import check_granted
from .prove_match import check_layer
from .remove_plaintext import RemovePlaintext

REMOVALS: Final = ("remove-plaintext", "swap-reference")
"""Types of the changes after which a function holds no plaintext."""


@dataclass(frozen=True, slots=True)
class SwapReference:
    """The only write on a function that has no room for both forms."""

    function: FunctionPlan
    type: str = "swap-reference"

    @property
    def key(self) -> str:
        return f"{self.type}:{self.function.function.arn}"

    @property
    def target(self) -> str:
        return str(self.function.function)

    def describe(self) -> str:
        names = ", ".join(self._names)
        return f"Replace the plaintext of {names} in {self.target} by the reference, in one write"

    def intent(self, ctx: RunContext, earlier: Mapping[str, object]) -> Mapping[str, object]:
        """Raises Moved where somebody else took the plaintext out before: then nothing of it is
        this run's, and nothing is journaled."""
        if not earlier:
            snapshot = ctx.of(self.function).functions.read(self.function.function)
            check_plaintext(ctx, self.function, snapshot)
        return {
            "names": list(self._names),
            "layer": layer_of(ctx, self.function),
            "references": [
                {"name": r.name, "text": r.text, "template": r.template}
                for r in ctx.references(self.function)
            ],
        }

    def apply(self, ctx: RunContext, _intent: Mapping[str, object]) -> Mapping[str, object]:
        functions, ref = ctx.of(self.function).functions, self.function.function
        snapshot = functions.settled(ref)
        at = ctx.now()
        if self._there(ctx, snapshot):
            at = ctx.written.get(ref.arn, at)
        else:
            self._check(ctx, snapshot)
            snapshot = functions.write(ref, self._swapped(ctx, snapshot))
        ctx.written[ref.arn] = at
        return {"revision": snapshot.revision, "at": at.isoformat()}

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(variable.name for variable in self.function.variables)

    def _there(self, ctx: RunContext, snapshot: FunctionSnapshot) -> bool:
        layer = layer_of(ctx, self.function)
        return not any(name in snapshot.variables for name in self._names) and ctx.of(
            self.function
        ).references.referenced(snapshot, ctx.references(self.function), layer)

    def _check(self, ctx: RunContext, snapshot: FunctionSnapshot) -> None:
        if self.function.function.arn not in ctx.proved:
            raise Refused(
                "No twin proved that it gets its value, so the plaintext stays",
                resource=str(self.function.function),
                hint="Resume this run: without a twin nothing is swapped at once",
                code="no-proof",
            )
        check_plaintext(ctx, self.function, snapshot)
        check_rest(self.function, snapshot)
        check_free(ctx, self.function, snapshot)
        check_layer(ctx, self.function)
        check_granted(ctx, self.function)
        ctx.check_stored(self.function)

    def _swapped(self, ctx: RunContext, snapshot: FunctionSnapshot) -> EnvironmentWrite:
        style, layer = ctx.of(self.function).references, layer_of(ctx, self.function)
        expanded = style.expanded(snapshot, ctx.references(self.function), layer)
        both = replace(snapshot, environment=expanded.variables)
        final = style.contracted(both, self._names)
        return EnvironmentWrite(
            final.variables, snapshot.revision, expanded.layers, snapshot.kms_key
        )


def adding(function: FunctionPlan) -> AddReference | SwapReference:
    """The change that puts its references in."""
    return SwapReference(function) if function.at_once else AddReference(function)


def removing(function: FunctionPlan) -> RemovePlaintext | SwapReference:
    """The change that takes its plaintext out."""
    return SwapReference(function) if function.at_once else RemovePlaintext(function)


def writes(function: FunctionPlan) -> tuple[AddReference | RemovePlaintext | SwapReference, ...]:
    """Every write on its environment, in order."""
    if function.at_once:
        return (SwapReference(function),)
    return AddReference(function), RemovePlaintext(function)
