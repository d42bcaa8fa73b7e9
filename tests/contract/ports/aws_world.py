"""Functions, roles and policies to test against, made with the SDK itself."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from secretshift.clouds.aws.accounts import AwsCloud
from secretshift.clouds.aws.rates import RateLimits
from secretshift.model.functions import FunctionRef
from secretshift.model.ports import Region
from tests.journeys.clouds import forked_aws

CODE = """
import os
def handler(event, context):
    if event.get("fail"):
        raise ValueError(os.environ.get("DB", ""))
    print('secretshift {"v":1,"function":"f","version":"$LATEST","refs":"","ms":1,'
          '"vars":{"DB":"match"}}')
    print('secretshift {"result": "' + os.environ.get("DB", "") + '"}')
    print("value", os.environ.get("DB", ""))
    return {"db": os.environ.get("DB", "")}
"""
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)

REPORT = (
    'secretshift {"v":1,"function":"f","version":"$LATEST","refs":"","ms":1,"vars":{"DB":"match"}}'
)
"""What CODE writes in the resolver's manner, and all that may be kept of its log."""


def zipped(text: str = CODE) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py"), text)
    return buffer.getvalue()


class AwsWorld:
    """environment: what makes an SDK talk to the embedded AWS, already in force.

    let_policies_spread: returns when every change of a policy works.
    """

    def __init__(
        self, environment: Mapping[str, str], let_policies_spread: Callable[[], None]
    ) -> None:
        self.environment = environment
        self.let_policies_spread = let_policies_spread
        self.endpoint = environment["AWS_ENDPOINT_URL"]
        self.region_name = environment["AWS_REGION"]
        self.sdk = boto3.Session()
        self.role = self.make_role()
        self._own = self.region().functions

    def client(self, service: str) -> Any:
        return self.sdk.client(service, endpoint_url=self.endpoint)  # type: ignore[call-overload]

    def cloud(self) -> AwsCloud:
        return AwsCloud(limits=RateLimits())

    def region(self) -> Region:
        return self.cloud().region(self.region_name)

    def make_role(self, path: str = "/team/", **more: Any) -> str:
        """With a path, as deployment tools give one, unless told otherwise."""
        answer = self.client("iam").create_role(
            RoleName=f"contract-{uuid.uuid4().hex[:8]}",
            Path=path,
            AssumeRolePolicyDocument=TRUST,
            **more,
        )
        return str(answer["Role"]["Arn"])

    def make_function(self, variables: Mapping[str, str], **more: Any) -> FunctionRef:
        name = f"contract-{uuid.uuid4().hex[:8]}"
        self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=self.role,
            Handler="app.handler",
            Code={"ZipFile": zipped()},
            Environment={"Variables": dict(variables)},
            **more,
        )
        return self._own.locate(name)


@contextmanager
def aws_world() -> Iterator[AwsWorld]:
    with forked_aws() as aws, pytest.MonkeyPatch.context() as patch:
        for key, value in aws.environment.items():
            patch.setenv(key, value)
        for key in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
            patch.delenv(key, raising=False)
        yield AwsWorld(aws.environment, aws.let_policies_spread)
