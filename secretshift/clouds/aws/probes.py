"""Throw-away twins of functions: made, found and deleted by name and tag.

Source: CreateFunction, DeleteFunction, ListTags in the Lambda API reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from secretshift.model.errors import AlreadyThere, Moved, NotFound, Refused
from secretshift.model.functions import FunctionRef, FunctionSnapshot
from secretshift.model.ports import NewProbe
from secretshift.model.secret_value import SecretValue

from .errors import aws_errors
from .facts import read_tags
from .limits import PROBE_PREFIX, PROBE_TAG, check_environment, check_layers, check_tags

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient

PROBE_TIMEOUT = 30
PROBE_MEMORY = 128


def create_probe(
    client: LambdaClient,
    settled: Callable[[FunctionRef], FunctionSnapshot],
    ref: FunctionRef,
    probe: NewProbe,
) -> FunctionRef:
    """Make it and wait until it can be called. ref: where the probe will be."""
    _check_name(probe.name)
    tags = {**probe.tags, PROBE_TAG: "true"}
    check_tags(tags, probe.name)
    check_environment({k: SecretValue(v) for k, v in probe.variables.items()}, ref.arn)
    check_layers(probe.layers, ref.arn)
    taken = False
    try:
        with aws_errors("making a probe function", ref.arn):
            client.create_function(**_request(probe, tags))
    except Moved:
        # for CreateFunction a conflict means that the name is in use, by our own lost attempt too
        taken = True
    if taken and read_tags(client, ref) != tags:
        raise AlreadyThere("A function of the probe's name is there already", resource=ref.arn)
    state = settled(ref)
    if state.state not in ("Active", "Inactive"):
        raise Refused(
            "The probe function did not become active",
            resource=ref.arn,
            hint="Its role, its key or its network may not be usable",
            code="probe-failed",
        )
    return ref


def delete_probe(client: LambdaClient, logs: CloudWatchLogsClient, ref: FunctionRef) -> None:
    """Delete the function with exactly this name, if it is a probe, then its log group.

    Lines that Lambda delivers late make the group anew; they are the probe's and hold no value.
    """
    _check_name(ref.name)
    try:
        if read_tags(client, ref).get(PROBE_TAG) != "true":
            raise Refused(
                "This function does not carry the tag of a probe", resource=ref.arn, code="not-ours"
            )
        with aws_errors("deleting the probe function", ref.arn):
            client.delete_function(FunctionName=ref.arn)
    except NotFound:
        # it is gone, by us or by somebody; its log may still be there
        pass
    group = f"/aws/lambda/{ref.name}"
    try:
        with aws_errors("deleting the probe's log", group):
            logs.delete_log_group(logGroupName=group)
    except NotFound:
        return
    except Refused:
        # the log of a probe holds no value; who may not delete it keeps a few harmless lines, and
        # that is no reason to say that the probe is still there
        return


def probe_names(
    client: LambdaClient, names: Iterable[str], find: Callable[[str], FunctionRef]
) -> tuple[str, ...]:
    """Of all the functions' names those of probes, by name and by tag."""
    found = []
    for name in names:
        if not name.startswith(PROBE_PREFIX):
            continue
        try:
            if read_tags(client, find(name)).get(PROBE_TAG) == "true":
                found.append(name)
        except NotFound:
            # deleted between the list and this question
            continue
    return tuple(found)


def _request(probe: NewProbe, tags: Mapping[str, str]) -> dict[str, Any]:
    twin = probe.twin
    request: dict[str, Any] = {
        "FunctionName": probe.name,
        "Description": "Temporary: proves that the function of this role can read its secrets",
        "Runtime": twin.runtime,
        "Role": twin.role,
        "Handler": probe.handler,
        "Code": {"ZipFile": probe.code},
        "Timeout": PROBE_TIMEOUT,
        "MemorySize": max(PROBE_MEMORY, twin.memory),
        "Architectures": list(twin.architectures),
        "Environment": {"Variables": dict(probe.variables)},
        "Layers": list(probe.layers),
        "Tags": dict(tags),
    }
    if twin.kms_key:
        request["KMSKeyArn"] = twin.kms_key
    if twin.network is not None:
        request["VpcConfig"] = {
            "SubnetIds": list(twin.network.subnets),
            "SecurityGroupIds": list(twin.network.security_groups),
        }
        if twin.network.ipv6:
            request["VpcConfig"]["Ipv6AllowedForDualStack"] = True
    return request


def _check_name(name: str) -> None:
    if not name.startswith(PROBE_PREFIX) or ":" in name:
        raise Refused(
            f"A probe's name begins with {PROBE_PREFIX}", resource=name, code="not-a-probe"
        )
