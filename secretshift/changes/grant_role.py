"""Let the whole role read the secrets of one function, where the condition on the function's ARN
is what denies it.

The same policy without that condition. It comes after a twin was denied with the condition, and
only where the plan said so beforehand; a second twin has to get the values without it. Otherwise
the condition comes back at once. "Done" means proved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from secretshift.model.errors import LoginExpired, Refused, SecretshiftError, Unavailable
from secretshift.model.plans import FunctionPlan

from .context import RunContext
from .grant_read import wait_until_simulated
from .granting import bind_grants, widen_grants
from .probe_function import DENIED, ProbeFunction, delete_twin, twin_name
from .role_users import check_users


@dataclass(frozen=True, slots=True)
class GrantRole:
    """The grant of one function, made its role's."""

    function: FunctionPlan
    type: str = "grant-role"

    @property
    def key(self) -> str:
        return f"{self.type}:{self.function.function.arn}"

    @property
    def target(self) -> str:
        return str(self.function.function)

    def describe(self) -> str:
        return f"Let the whole role of {self.target} read its secrets, and prove it with a twin"

    def intent(self, ctx: RunContext, earlier: Mapping[str, object]) -> Mapping[str, object]:
        """The twin's name is journaled before it is made, so that it is found after a kill."""
        return {
            "role": self.function.role,
            "policy": self.function.policy_name,
            "gains": list(self.function.sharing),
            "probe": earlier.get("probe") or twin_name(),
        }

    def apply(self, ctx: RunContext, intent: Mapping[str, object]) -> Mapping[str, object]:
        arn, name = self.function.function.arn, str(intent["probe"])
        ctx.of(self.function).functions.delete_probe(name)
        check_users(ctx, self.function)
        ctx.role_tried.add(arn)
        proved = False
        try:
            widen_grants(ctx, self.function)
            wait_until_simulated(ctx, self.function, by_anybody=True)
            outcome = self._ask(ctx, name)
            proved = True
        finally:
            if not proved:
                self._bind(ctx)
        ctx.role_tried.discard(arn)
        ctx.role_proved.add(arn)
        ctx.proved[arn] = ctx.now()
        return {"outcome": outcome}

    def _bind(self, ctx: RunContext) -> None:
        try:
            bind_grants(ctx, self.function)
        except LoginExpired:
            raise
        except SecretshiftError as error:
            raise Unavailable(
                f"The condition on the function could not be put back into the grant: {error.what}",
                resource=f"{self.function.role} {self.function.policy_name}",
                hint="Resume or undo this run as soon as possible: either of them puts it back",
                code="role-grant-left",
            ) from None

    def _ask(self, ctx: RunContext, name: str) -> str:
        try:
            return ProbeFunction(self.function).ask(ctx, name)
        except Refused as error:
            if error.code != DENIED:
                raise
            raise Refused(
                "The twin may not read the secret, with the condition on the function and without",
                resource=self.function.function.arn,
                hint="Nothing was changed in the function, and the condition is back; look at the "
                "policies of the secret, its key and the network, then resume",
                code=DENIED,
            ) from None
        finally:
            delete_twin(ctx, self.function, name)
