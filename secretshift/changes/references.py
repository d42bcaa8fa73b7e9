"""What a planned variable refers to, and what the function must be allowed to read for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from secretshift.model.plans import SecretPlan, VariablePlan
from secretshift.model.ports import Grant, Reference, ReferenceStyle


def reference_of(
    style: ReferenceStyle, secret: SecretPlan, variable: VariablePlan, arn: str = ""
) -> Reference:
    """The reference that a variable gets; with a stand-in where the secret is not there yet."""
    target = arn or secret.arn or style.foreseen(secret.place, secret.name)
    return Reference(variable.name, style.text(target, variable.json_key), variable.template)


def grants_of(
    style: ReferenceStyle,
    secrets: Mapping[str, SecretPlan],
    variables: Sequence[VariablePlan],
    arns: Mapping[str, str] | None = None,
) -> tuple[Grant, ...]:
    """One grant for each secret that these variables read. arns: secret key -> ARN, once known."""
    grants = {}
    for variable in variables:
        secret = secrets[variable.secret]
        arn = (arns or {}).get(secret.key) or secret.arn
        target = arn or style.foreseen(secret.place, secret.name)
        grants[target] = Grant(target, secret.kms_key)
    return tuple(grants[target] for target in sorted(grants))
