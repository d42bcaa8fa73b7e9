"""Calls to functions, of which next to nothing is kept.

Source: Invoke in the Lambda API reference. An answer and a log tail may hold any secret.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from secretshift.model.errors import Refused
from secretshift.model.functions import LATEST, FunctionRef, Invocation

from .errors import aws_errors
from .limits import PROBE_PREFIX
from .logs import resolver_lines

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

ANSWER_LIMIT = 64 * 1024


def invoke(client: LambdaClient, ref: FunctionRef, payload: bytes, *, probe: bool) -> Invocation:
    """client: one that does not retry."""
    if probe and not ref.name.startswith(PROBE_PREFIX):
        raise Refused("Only a probe's answer may be kept", resource=ref.arn, code="not-a-probe")
    answer = ""
    with aws_errors("calling the function", ref.arn):
        response = client.invoke(
            FunctionName=ref.arn, InvocationType="RequestResponse", LogType="Tail", Payload=payload
        )
        try:
            if probe:
                answer = response["Payload"].read(ANSWER_LIMIT).decode("utf-8", "replace")
        finally:
            # any other answer is not even read
            response["Payload"].close()
    error = str(response.get("FunctionError") or "")
    status = int(response["StatusCode"])
    return Invocation(
        ok=status == 200 and not error,
        status=status,
        error=error,
        resolver_text=resolver_lines(_decoded(response.get("LogResult") or "")),
        version=str(response.get("ExecutedVersion") or LATEST),
        answer=answer,
    )


def _decoded(tail: str) -> str:
    try:
        return base64.b64decode(tail, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
