"""Remove the plaintext from the function: the second and last write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from secretshift.model.errors import Moved, Refused
from secretshift.model.functions import EnvironmentWrite
from secretshift.model.plans import FunctionPlan

from .add_reference import check_rest
from .context import RunContext
from .grant_read import check_granted
from .prove_match import check_attached


@dataclass(frozen=True, slots=True)
class RemovePlaintext:
    """Happens only after a proof in this process."""

    function: FunctionPlan
    type: str = "remove-plaintext"

    @property
    def key(self) -> str:
        return f"{self.type}:{self.function.function.arn}"

    @property
    def target(self) -> str:
        return str(self.function.function)

    def describe(self) -> str:
        names = ", ".join(variable.name for variable in self.function.variables)
        return f"Remove the plaintext of {names} from {self.target}"

    def intent(self, ctx: RunContext, _earlier: Mapping[str, object]) -> Mapping[str, object]:
        return {"names": [variable.name for variable in self.function.variables]}

    def apply(self, ctx: RunContext, _intent: Mapping[str, object]) -> Mapping[str, object]:
        region = ctx.of(self.function)
        ref = self.function.function
        snapshot = region.functions.settled(ref)
        present = [v for v in self.function.variables if v.name in snapshot.variables]
        at = ctx.now()
        if not present:
            ctx.written.setdefault(ref.arn, at)
            return {"revision": snapshot.revision, "at": ctx.written[ref.arn].isoformat()}
        if ref.arn not in ctx.proved and ref.arn not in ctx.observed:
            raise Refused("Nothing proved that it gets its value", resource=str(ref))
        check_rest(self.function, snapshot)
        check_attached(ctx, self.function, snapshot)
        check_granted(ctx, self.function)
        ctx.check_stored(self.function)
        for variable in present:
            if ctx.fingerprint(snapshot.variables[variable.name]) != variable.fingerprint:
                raise Moved(
                    "Its plaintext was changed meanwhile and differs from the secret",
                    resource=f"{ref} {variable.name}",
                    hint="The plaintext stays; plan again",
                    code="source-moved",
                )
        rewrite = region.references.contracted(snapshot, [v.name for v in present])
        written = EnvironmentWrite(rewrite.variables, snapshot.revision, None, snapshot.kms_key)
        revision = region.functions.write(ref, written).revision
        ctx.written[ref.arn] = at
        return {"revision": revision, "at": at.isoformat()}
