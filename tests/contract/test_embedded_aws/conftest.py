"""One embedded AWS a worker process, and short ways to set things up in it."""

from __future__ import annotations

import base64
import io
import itertools
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from secretshift.demo import samples
from secretshift.demo.embedded_aws import EmbeddedAws
from secretshift.demo.strictness import AT_ONCE
from tests.journeys.clouds import forked_aws

EU, US = "eu-west-1", "us-east-1"


@dataclass(frozen=True)
class Outcome:
    """What an invocation gave: the payload, the tail of the log, and the kind of error."""

    payload: Any
    log: str
    error: str | None


class Cloud:
    def __init__(self, aws: EmbeddedAws) -> None:
        self.aws = aws
        self._numbers = itertools.count(1)
        # Making a client takes longer than most calls of it.
        self._clients: dict[tuple[str, str, str], Any] = {}

    def name(self, start: str = "thing") -> str:
        return f"{start}-{next(self._numbers)}"

    def client(self, service: str, region: str = EU, **credentials: str) -> Any:
        """By default as the account's root; otherwise with the given keys."""
        given = credentials or {
            "aws_access_key_id": self.aws.environment["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": self.aws.environment["AWS_SECRET_ACCESS_KEY"],
        }
        which = (service, region, given["aws_access_key_id"])
        if which not in self._clients:
            self._clients[which] = samples.session(self.aws, region).client(
                service, endpoint_url=self.aws.endpoint, **given
            )
        return self._clients[which]

    def user(self, *statements: Mapping[str, Any]) -> dict[str, str]:
        """The keys of a new user who may do what the statements say."""
        iam, name = self.client("iam"), self.name("user")
        iam.create_user(UserName=name)
        if statements:
            iam.put_user_policy(
                UserName=name, PolicyName="given", PolicyDocument=policy(*statements)
            )
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }

    def role(self, *statements: Mapping[str, Any]) -> str:
        iam, name = self.client("iam"), self.name("role")
        trust = policy(
            {"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
            resource=None,
        )
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        if statements:
            iam.put_role_policy(
                RoleName=name, PolicyName="given", PolicyDocument=policy(*statements)
            )
        return arn

    def function(
        self,
        source: str,
        *,
        runtime: str = "python3.12",
        role: str = "",
        file: str = "",
        variables: Mapping[str, str] | None = None,
        region: str = EU,
        **more: Any,
    ) -> str:
        """A new function that is active; its handler is `handler` in `index`."""
        name, client = self.name("function"), self.client("lambda", region)
        place = file or ("index.js" if runtime.startswith("nodejs") else "index.py")
        client.create_function(
            FunctionName=name,
            Runtime=runtime,
            Role=role or self.role(),
            Handler="index.handler",
            Code={"ZipFile": zipped({place: (source, 0o644)})},
            Environment={"Variables": dict(variables or {})},
            **{"Timeout": 10, **more},
        )
        self.settled(name, region)
        return name

    def settled(self, name: str, region: str = EU) -> dict[str, Any]:
        """Wait until it is active and updated, and return its configuration."""
        client = self.client("lambda", region)
        often = {"Delay": 0.05, "MaxAttempts": 400}
        client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig=often)
        client.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig=often)
        found: dict[str, Any] = client.get_function_configuration(FunctionName=name)
        return found

    def invoke(
        self, name: str, event: Any = None, *, region: str = EU, qualifier: str = "$LATEST"
    ) -> Outcome:
        answer = self.client("lambda", region).invoke(
            FunctionName=name, Payload=json.dumps(event), Qualifier=qualifier, LogType="Tail"
        )
        log = base64.b64decode(answer["LogResult"]).decode()
        return Outcome(json.loads(answer["Payload"].read()), log, answer.get("FunctionError"))

    def layer(self, files: Mapping[str, tuple[str, int]], region: str = EU) -> str:
        arn: str = self.client("lambda", region).publish_layer_version(
            LayerName=self.name("layer"), Content={"ZipFile": zipped(files)}
        )["LayerVersionArn"]
        return arn


def policy(*statements: Mapping[str, Any], resource: str | None = "*") -> str:
    default = {"Resource": resource} if resource else {}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", **default, **each} for each in statements],
        }
    )


def zipped(files: Mapping[str, tuple[str, int]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, (content, mode) in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            archive.writestr(entry, content)
    return packed.getvalue()


@dataclass(frozen=True)
class Refusal:
    """What a client was told: AWS's code, its text, and the HTTP status."""

    code: str
    text: str
    status: int


def refusal(call: Any, **arguments: Any) -> Refusal:
    """The refusal of a call that must be refused."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    error = answer["Error"]
    return Refusal(error["Code"], error["Message"], answer["ResponseMetadata"]["HTTPStatusCode"])


@pytest.fixture(scope="session")
def embedded() -> Iterator[EmbeddedAws]:
    """Everything works at once here; what takes time has a cloud of its own."""
    with forked_aws(strictness=AT_ONCE) as aws:
        yield aws


@pytest.fixture(scope="session")
def cloud(embedded: EmbeddedAws) -> Cloud:
    return Cloud(embedded)
