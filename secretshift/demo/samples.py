"""Fills an embedded AWS with the sample functions, and asks them whether they still work."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import secrets
import zipfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secretshift.demo.embedded_aws import EmbeddedAws
from secretshift.demo.sample_functions import BLUEPRINTS, Blueprint
from secretshift.demo.sample_values import SEED, values

if TYPE_CHECKING:
    import boto3

__all__ = ["SEED", "SampleFunction", "answers", "fill", "session", "values"]

_SOURCES = Path(__file__).parent / "functions"
_OWN_SECRET = "shop/partner-api"  # a secret's name, not a secret
_OWN_SECRET_VARIABLE = "PARTNER_SECRET_ARN"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
_LOGS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "*",
        }
    ],
}


@dataclass(frozen=True)
class SampleFunction:
    """A function that exists now.

    role: the role's name; event: what it answers to; variables: the names of the secret ones.
    """

    name: str
    region: str
    runtime: str
    role: str
    event: dict[str, Any]
    variables: tuple[str, ...]
    story: str


def session(aws: EmbeddedAws, region: str) -> boto3.session.Session:
    """An SDK session for the embedded account, whatever this process's own environment says."""
    import boto3
    import botocore.session
    from botocore.config import Config

    # Neither a profile of the operator's nor a proxy.
    nothing = (None, None, None, None)
    inner = botocore.session.Session(session_vars={"profile": nothing})
    inner.set_config_variable("config_file", os.devnull)
    inner.set_config_variable("credentials_file", os.devnull)
    inner.set_default_client_config(Config(proxies={}))
    return boto3.session.Session(
        aws_access_key_id=aws.environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=aws.environment["AWS_SECRET_ACCESS_KEY"],
        region_name=region,
        botocore_session=inner,
    )


def fill(aws: EmbeddedAws, seed: int = SEED) -> tuple[SampleFunction, ...]:
    """Create roles, keys, layers and functions; return when every function is active."""
    filler = _Filler(aws, values(seed))
    for blueprint in BLUEPRINTS:
        filler.create(blueprint)
    for blueprint in BLUEPRINTS:
        filler.settle(blueprint)
    return tuple(
        SampleFunction(
            blueprint.name,
            blueprint.region,
            blueprint.runtime,
            blueprint.role,
            dict(blueprint.event),
            tuple(blueprint.secret),
            blueprint.story,
        )
        for blueprint in BLUEPRINTS
    )


def answers(aws: EmbeddedAws, functions: Iterable[SampleFunction]) -> dict[str, int]:
    """Invoke each function with its event: 200 only if it got the values it needs.

    A function that broke off counts as 500.
    """
    wanted = tuple(functions)
    clients = {
        region: session(aws, region).client("lambda", endpoint_url=aws.endpoint)
        for region in {function.region for function in wanted}
    }

    def ask(function: SampleFunction) -> int:
        answer = clients[function.region].invoke(
            FunctionName=function.name, Payload=json.dumps(function.event).encode()
        )
        payload: Any = json.loads(answer["Payload"].read())
        return int(payload["statusCode"]) if not answer.get("FunctionError") else 500

    with ThreadPoolExecutor(max_workers=4) as pool:
        return {
            function.name: status
            for function, status in zip(wanted, pool.map(ask, wanted), strict=True)
        }


class _Filler:
    def __init__(self, aws: EmbeddedAws, made: Mapping[str, str]) -> None:
        self._aws = aws
        self._values = made
        self._roles: dict[str, str] = {}
        self._sessions: dict[str, boto3.session.Session] = {}

    def create(self, blueprint: Blueprint) -> None:
        variables = {
            name: value.replace("{account}", self._aws.account)
            for name, value in blueprint.variables.items()
        }
        variables |= {name: self._values[key] for name, key in blueprint.secret.items()}
        more: dict[str, Any] = {}
        if blueprint.own_secret:
            variables[_OWN_SECRET_VARIABLE] = self._own_secret(blueprint)
        if blueprint.wrapped:
            more["Layers"] = [self._tracing_layer(blueprint.region)]
        if blueprint.customer_key:
            more["KMSKeyArn"] = self._key(blueprint.region)
        source = Path(blueprint.source)
        self._session(blueprint.region).client(
            "lambda", endpoint_url=self._aws.endpoint
        ).create_function(
            FunctionName=blueprint.name,
            Runtime=blueprint.runtime,  # type: ignore[arg-type]  # a plain string here
            Role=self._role(blueprint.role),
            Handler=f"{source.stem}.handler",
            Code={"ZipFile": self._package(blueprint)},
            Description=blueprint.story,
            Timeout=15,
            MemorySize=256,
            Environment={"Variables": variables},
            Tags={"team": blueprint.role},
            **more,
        )

    def settle(self, blueprint: Blueprint) -> None:
        """Wait until it is active; publish the version that its alias points to."""
        client = self._session(blueprint.region).client("lambda", endpoint_url=self._aws.endpoint)
        client.get_waiter("function_active_v2").wait(
            FunctionName=blueprint.name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
        )
        if blueprint.alias:
            version = client.publish_version(FunctionName=blueprint.name)["Version"]
            client.create_alias(
                FunctionName=blueprint.name, Name=blueprint.alias, FunctionVersion=version
            )

    def _session(self, region: str) -> boto3.session.Session:
        if region not in self._sessions:
            self._sessions[region] = session(self._aws, region)
        return self._sessions[region]

    def _role(self, name: str) -> str:
        if name not in self._roles:
            iam = self._session("us-east-1").client("iam", endpoint_url=self._aws.endpoint)
            role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_TRUST))
            iam.put_role_policy(RoleName=name, PolicyName="logs", PolicyDocument=json.dumps(_LOGS))
            self._roles[name] = role["Role"]["Arn"]
        return self._roles[name]

    def _own_secret(self, blueprint: Blueprint) -> str:
        manager = self._session(blueprint.region).client(
            "secretsmanager", endpoint_url=self._aws.endpoint
        )
        arn = manager.create_secret(Name=_OWN_SECRET, SecretString=self._values["partner_secret"])[
            "ARN"
        ]
        self._role(blueprint.role)
        document = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": arn}
            ],
        }
        self._session("us-east-1").client("iam", endpoint_url=self._aws.endpoint).put_role_policy(
            RoleName=blueprint.role,
            PolicyName="read-partner-api",
            PolicyDocument=json.dumps(document),
        )
        return arn

    def _tracing_layer(self, region: str) -> str:
        source = _SOURCES / "layers" / "otel-instrument"
        packed = _zipped({source.name: (source.read_bytes(), 0o755)})
        return (
            self._session(region)
            .client("lambda", endpoint_url=self._aws.endpoint)
            .publish_layer_version(LayerName="tracing", Content={"ZipFile": packed})[
                "LayerVersionArn"
            ]
        )

    def _key(self, region: str) -> str:
        kms = self._session(region).client("kms", endpoint_url=self._aws.endpoint)
        return kms.create_key(Description="ledger")["KeyMetadata"]["Arn"]

    def _package(self, blueprint: Blueprint) -> bytes:
        """The source, the code that compares, and the salted digests that it compares with."""
        source = _SOURCES / blueprint.source
        beside = source.parent / ("expected.py" if source.suffix == ".py" else "expected.js")
        salt = secrets.token_bytes(16)
        wanted = dict(blueprint.secret)
        if blueprint.own_secret:
            wanted["PARTNER_SECRET"] = "partner_secret"
        digests = {
            name: hmac.new(salt, self._values[key].encode(), hashlib.sha256).hexdigest()
            for name, key in wanted.items()
        }
        expected = json.dumps({"salt": salt.hex(), "digests": digests})
        return _zipped(
            {
                source.name: (source.read_bytes(), 0o644),
                beside.name: (beside.read_bytes(), 0o644),
                "expected.json": (expected.encode(), 0o644),
            }
        )


def _zipped(files: Mapping[str, tuple[bytes, int]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, (content, mode) in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            archive.writestr(entry, content)
    return packed.getvalue()
