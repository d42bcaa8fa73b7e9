"""The one way in which a function's configuration is changed.

Source: UpdateFunctionConfiguration in the Lambda API reference: it replaces the whole map of
variables, RevisionId makes it conditional, and the revision changes once more when the update
settles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from secretshift.model.errors import Moved, Refused, SecretshiftError, Unavailable
from secretshift.model.functions import EnvironmentWrite, FunctionRef, FunctionSnapshot

from .errors import aws_errors
from .limits import check_environment, check_layers

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

Settled = Callable[[FunctionRef], FunctionSnapshot]


def write_configuration(
    client: LambdaClient, settled: Settled, ref: FunctionRef, write: EnvironmentWrite
) -> FunctionSnapshot:
    """Write once, on the named revision, and prove that nothing else is different afterwards."""
    before = settled(ref)
    _check(before, write)
    lost: SecretshiftError | None = None
    try:
        with aws_errors("configuring the function", ref.arn):
            client.update_function_configuration(**parameters(ref, write))
    except (Moved, Unavailable) as error:
        # the answer to the first attempt may be lost, and the retry then meets our own revision
        lost = error
    after = settled(ref)
    differences = _differences(before, after, write)
    if lost is not None and differences:
        raise lost
    if after.update_status == "Failed" or after.state == "Failed":
        raise Refused(
            "Lambda could not put the configuration into force: "
            f"{after.update_reason or 'no reason given'}",
            resource=ref.arn,
            hint="Look at the function's last update status",
            code="update-failed",
        )
    if differences:
        raise Moved(
            f"After the write the function is not as written: {', '.join(differences)}",
            resource=ref.arn,
            hint="Someone else changed it at the same time: plan again",
        )
    return after


def parameters(ref: FunctionRef, write: EnvironmentWrite) -> dict[str, Any]:
    """The request: nothing beside these, since an update that names the runtime is refused once
    the runtime is deprecated, and anything named could undo what someone else just set."""
    request: dict[str, Any] = {
        "FunctionName": ref.arn,
        "RevisionId": write.revision,
        "Environment": {
            "Variables": {key: value.reveal() for key, value in write.variables.items()}
        },
    }
    if write.layers is not None:
        request["Layers"] = list(write.layers)
    if write.kms_key:
        request["KMSKeyArn"] = write.kms_key
    return request


def _check(before: FunctionSnapshot, write: EnvironmentWrite) -> None:
    resource = before.ref.arn
    if before.environment is None:
        raise Refused(
            f"The environment could not be read ({before.environment_error}), "
            "so that writing would erase it",
            resource=resource,
            hint="Allow kms:Decrypt on the function's key",
            code="environment-unreadable",
        )
    if not write.revision or before.revision != write.revision:
        raise Moved(
            "The function changed since it was looked at", resource=resource, hint="Plan again"
        )
    if before.kms_key != write.kms_key:
        raise Moved(
            "The function's key is not the one that was looked at",
            resource=resource,
            hint="Plan again",
        )
    if before.environment and not write.variables:
        raise Refused(
            "This would leave the function without a single variable",
            resource=resource,
            code="empties-environment",
        )
    check_environment(write.variables, resource)
    if write.layers is not None:
        check_layers(write.layers, resource)


def _differences(
    before: FunctionSnapshot, after: FunctionSnapshot, write: EnvironmentWrite
) -> tuple[str, ...]:
    """Names of what is not as written, empty if the function is exactly what was asked for."""
    layers = tuple(layer.arn for layer in before.layers) if write.layers is None else write.layers
    found = []
    if after.environment is None or not _same(after.environment, write.variables):
        found.append("environment")
    if tuple(layer.arn for layer in after.layers) != tuple(layers):
        found.append("layers")
    if after.kms_key != write.kms_key:
        found.append("key")
    if after.rest_digest != before.rest_digest:
        found.append("another setting")
    return tuple(found)


def _same(left: Mapping[str, object], right: Mapping[str, object]) -> bool:
    return left.keys() == right.keys() and all(left[key] == right[key] for key in left)
