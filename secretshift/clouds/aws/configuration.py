"""What Lambda says of a configuration, as a snapshot. Pure.

Source: FunctionConfiguration in the Lambda API reference.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from secretshift.model.functions import (
    LATEST,
    FunctionRef,
    FunctionSnapshot,
    LayerRef,
    Network,
    Place,
)
from secretshift.model.secret_value import SecretValue

_NOT_IN_THE_DIGEST = frozenset(
    {
        # what a write of ours changes, and what follows from any write
        "Environment",
        "Layers",
        "RevisionId",
        "LastModified",
        "State",
        "StateReason",
        "StateReasonCode",
        "LastUpdateStatus",
        "LastUpdateStatusReason",
        "LastUpdateStatusReasonCode",
        "ResponseMetadata",
        # a digest over the environment as well: it changes with it, and would tell of it
        "ConfigSha256",
        # a new patch of the runtime is adopted by any update, and only GetFunction shows it
        "RuntimeVersionConfig",
    }
)


def snapshot_of(configuration: Mapping[str, Any], place: Place) -> FunctionSnapshot:
    """Wrap one FunctionConfiguration; the values go into SecretValue here and nowhere later."""
    environment, environment_error = _environment(configuration)
    name = str(configuration["FunctionName"])
    return FunctionSnapshot(
        ref=reference(place, name),
        version=str(configuration.get("Version", LATEST)),
        runtime=str(configuration.get("Runtime", "")),
        package_type=str(configuration.get("PackageType", "Zip")),
        architectures=tuple(configuration.get("Architectures") or ("x86_64",)),
        role=str(configuration.get("Role", "")),
        environment=environment,
        environment_error=environment_error,
        revision=str(configuration.get("RevisionId", "")),
        # a list leaves both out, and what it lists has been active before
        state=str(configuration.get("State") or "Active"),
        update_status=str(configuration.get("LastUpdateStatus") or "Successful"),
        update_reason=str(configuration.get("LastUpdateStatusReasonCode") or ""),
        kms_key=str(configuration.get("KMSKeyArn") or ""),
        layers=tuple(
            LayerRef(str(layer["Arn"]), int(layer.get("CodeSize", 0)))
            for layer in configuration.get("Layers") or ()
        ),
        network=_network(configuration),
        handler=str(configuration.get("Handler", "")),
        timeout=int(configuration.get("Timeout", 3)),
        memory=int(configuration.get("MemorySize", 128)),
        code_sha256=str(configuration.get("CodeSha256", "")),
        log_group=str((configuration.get("LoggingConfig") or {}).get("LogGroup", "")),
        unusual=_unusual(configuration),
        rest_digest=rest_digest(configuration),
    )


def reference(place: Place, name: str) -> FunctionRef:
    arn = f"arn:{place.partition}:lambda:{place.region}:{place.account}:function:{name}"
    return FunctionRef(place, name, arn)


def rest_digest(configuration: Mapping[str, Any]) -> str:
    """SHA-256 over every field that no write of ours changes, in canonical JSON."""
    rest = {
        key: _without_order(key, value)
        for key, value in configuration.items()
        if key not in _NOT_IN_THE_DIGEST and value not in (None, "", [], {})
    }
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _without_order(key: str, value: Any) -> Any:
    if key == "VpcConfig":
        return {name: sorted(v) if isinstance(v, list) else v for name, v in value.items()}
    if key == "SnapStart":
        # OptimizationStatus moves by itself
        return value.get("ApplyOn")
    return value


def _environment(
    configuration: Mapping[str, Any],
) -> tuple[Mapping[str, SecretValue] | None, str]:
    answer = configuration.get("Environment") or {}
    if answer.get("Error"):
        # its Message is dropped: it is a text of AWS, and writing after it would erase everything
        return None, str(answer["Error"].get("ErrorCode") or "unreadable")
    variables = answer.get("Variables") or {}
    return MappingProxyType({key: SecretValue(text) for key, text in variables.items()}), ""


def _network(configuration: Mapping[str, Any]) -> Network | None:
    vpc = configuration.get("VpcConfig") or {}
    subnets = tuple(sorted(vpc.get("SubnetIds") or ()))
    if not subnets:
        return None
    return Network(
        subnets,
        tuple(sorted(vpc.get("SecurityGroupIds") or ())),
        str(vpc.get("VpcId", "")),
        ipv6=bool(vpc.get("Ipv6AllowedForDualStack", False)),
    )


def _unusual(configuration: Mapping[str, Any]) -> tuple[str, ...]:
    found = []
    if (configuration.get("SnapStart") or {}).get("ApplyOn", "None") != "None":
        found.append("SnapStart")
    for field, name in (
        ("DurableConfig", "Durable"),
        ("CapacityProviderConfig", "CapacityProvider"),
        ("TenancyConfig", "Tenancy"),
    ):
        if configuration.get(field):
            found.append(name)
    return tuple(found)
