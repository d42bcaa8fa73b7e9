"""Put layer, wrapper, list and references into the function in one write; the plaintext stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from secretshift.model.errors import Moved, Refused
from secretshift.model.functions import EnvironmentWrite, FunctionSnapshot
from secretshift.model.plans import FunctionPlan

from .context import RunContext, source_moved


@dataclass(frozen=True, slots=True)
class AddReference:
    """The first of at most two writes on a function."""

    function: FunctionPlan
    type: str = "add-reference"

    @property
    def key(self) -> str:
        return f"{self.type}:{self.function.function.arn}"

    @property
    def target(self) -> str:
        return str(self.function.function)

    def describe(self) -> str:
        names = ", ".join(variable.name for variable in self.function.variables)
        return f"Point {self.target} at the secret for {names}; the plaintext stays"

    def intent(self, ctx: RunContext, earlier: Mapping[str, object]) -> Mapping[str, object]:
        """found: the references were there before this run, so its undo leaves them."""
        found = earlier.get("found")
        if found is None:
            snapshot = ctx.of(self.function).functions.read(self.function.function)
            found = self._there(ctx, snapshot)
        return {
            "found": found,
            "names": [variable.name for variable in self.function.variables],
            "layer": layer_of(ctx, self.function),
            "references": [
                {"name": r.name, "text": r.text, "template": r.template}
                for r in ctx.references(self.function)
            ],
        }

    def apply(self, ctx: RunContext, _intent: Mapping[str, object]) -> Mapping[str, object]:
        region = ctx.of(self.function)
        style, functions = region.references, region.functions
        references = ctx.references(self.function)
        layer = layer_of(ctx, self.function)
        snapshot = functions.settled(self.function.function)
        if not self._there(ctx, snapshot):
            check_plaintext(ctx, self.function, snapshot)
            check_rest(self.function, snapshot)
            check_free(ctx, self.function, snapshot)
            rewrite = style.expanded(snapshot, references, layer)
            written = EnvironmentWrite(
                rewrite.variables,
                snapshot.revision,
                rewrite.layers if layer else None,
                snapshot.kms_key,
            )
            at = ctx.now()
            snapshot = functions.write(self.function.function, written)
        else:
            at = ctx.written.get(self.function.function.arn, ctx.now())
        ctx.written[self.function.function.arn] = at
        return {"revision": snapshot.revision, "at": at.isoformat()}

    def _there(self, ctx: RunContext, snapshot: FunctionSnapshot) -> bool:
        return ctx.of(self.function).references.referenced(
            snapshot, ctx.references(self.function), layer_of(ctx, self.function)
        )


def check_free(ctx: RunContext, function: FunctionPlan, snapshot: FunctionSnapshot) -> None:
    """No variable of somebody else's stands where our references go. Raises Refused."""
    style = ctx.of(function).references
    for reference in ctx.references(function):
        present = style.present(snapshot, reference.name)
        if present is not None and present != reference:
            raise Refused(
                f"A reference of {reference.name} to something else is there by now",
                resource=str(function.function),
                hint="Somebody added it since the plan was made; plan again",
                code="foreign-reference",
            )
    if snapshot.update_status == "Failed" or snapshot.state == "Failed":
        raise Refused(
            "Its last update failed",
            resource=str(function.function),
            hint="Repair the function first",
            code="update-failed",
        )


def layer_of(ctx: RunContext, function: FunctionPlan) -> str:
    return ctx.layers[function.function.place] if function.way == "layer" else ""


def check_plaintext(ctx: RunContext, function: FunctionPlan, snapshot: FunctionSnapshot) -> None:
    """Every variable still holds what the plan was made from. Raises Moved."""
    for variable in function.variables:
        value = snapshot.variables.get(variable.name)
        if value is None or ctx.fingerprint(value) != variable.fingerprint:
            raise source_moved(f"{snapshot.ref} {variable.name}")


def check_rest(function: FunctionPlan, snapshot: FunctionSnapshot) -> None:
    """Role, runtime, network and all else are as planned: the proofs hold for these only."""
    if snapshot.role != function.role or snapshot.rest_digest != function.rest_digest:
        raise Moved(
            "The function was changed since the plan was made",
            resource=str(function.function),
            hint="Plan again",
            code="function-moved",
        )
