"""Builds functions on the embedded cloud, and asks them what values they got."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import boto3

from secretshift.changes.patience import Patience
from secretshift.demo.embedded_aws import EmbeddedAws
from secretshift.model.journeys import CancelToken, Consent, Event, ignore
from secretshift.settings import Settings
from secretshift.wiring import services
from secretshift.workflow.migrate import MigrateRequest, MigrateResult, migrate, resume
from secretshift.workflow.plan import PlanRequest, PlanResult, plan
from secretshift.workflow.services import Services, Sources
from secretshift.workflow.undo import UndoRequest, UndoResult, undo

SOON = {"Delay": 0.1, "MaxAttempts": 300}
"""For the SDK's waiters, which look once a second by themselves."""
NEAR, FAR = "eu-west-1", "us-east-1"
TODAY = datetime(2026, 11, 25, 12, tzinfo=UTC)
"""Plans know runtimes that AWS ends on a day; the embedded cloud ends none."""
QUICK = Patience(grant=15.0, log=4.0, pause=0.2, steady=0.0)
SALT = "journeys"
PYTHON = """
import hashlib, os
def handler(event, context):
    def digest(text):
        text = ("journeys" + text).encode("utf-8", "surrogateescape")
        return hashlib.sha256(text).hexdigest()
    names = event.get("names") or []
    return {"digests": {name: digest(os.environ[name]) for name in names if name in os.environ}}
"""
NODE = """
const crypto = require("crypto");
const digest = (text) => crypto.createHash("sha256").update("journeys" + text).digest("hex");
exports.handler = async (event) => {
  const digests = {};
  for (const name of event.names || [])
    if (name in process.env)
      digests[name] = digest(process.env[name]);
  return { digests };
};
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


def digest(text: str) -> str:
    return hashlib.sha256((SALT + text).encode()).hexdigest()


def code(runtime: str) -> tuple[bytes, str]:
    buffer = io.BytesIO()
    name, text = ("app.js", NODE) if runtime.startswith("nodejs") else ("app.py", PYTHON)
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, text)
    return buffer.getvalue(), "app.handler"


_DETECTOR: list = []


def one_detector(fresh):
    """The same detector for every test of this process: its rules take a second to load."""
    _DETECTOR[:] = _DETECTOR or [fresh]
    return _DETECTOR[0]


@dataclass
class Made:
    """A function with the plaintext it was made with."""

    name: str
    region: str
    secret: Mapping[str, str]


@dataclass
class World:
    """A cloud with functions, and the journeys on it."""

    aws: EmbeddedAws
    folder: Path
    functions: dict[str, Made] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    _clients: dict = field(default_factory=dict)

    def client(self, service: str, region: str = NEAR):
        key = (service, region)
        if key not in self._clients:
            # A session of its own: boto3's default one keeps the credentials of an earlier cloud.
            self._clients[key] = boto3.session.Session().client(service, region_name=region)
        return self._clients[key]

    def role(self, name: str) -> str:
        iam = self.client("iam")
        try:
            return iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        except iam.exceptions.EntityAlreadyExistsException:
            return iam.get_role(RoleName=name)["Role"]["Arn"]

    def function(
        self,
        name: str,
        secret: Mapping[str, str],
        harmless: Mapping[str, str] | None = None,
        *,
        region: str = NEAR,
        runtime: str = "python3.12",
        role: str = "",
        **more,
    ) -> Made:
        body, handler = code(runtime)
        client = self.client("lambda", region)
        client.create_function(
            FunctionName=name,
            Runtime=runtime,
            Role=self.role(role or name),
            Handler=handler,
            Code={"ZipFile": body},
            Timeout=20,
            Environment={"Variables": {"LOG_LEVEL": "info", **(harmless or {}), **secret}},
            **more,
        )
        client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig=SOON)
        self.functions[name] = Made(name, region, dict(secret))
        return self.functions[name]

    def login(self, name: str, *statements: Mapping[str, object]) -> dict[str, str]:
        """Keys of a new user who may do what the statements say, and already does."""
        iam = self.client("iam")
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="given", PolicyDocument=document)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        self.aws.let_policies_spread()
        return {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }

    # What the functions say

    def digests(self, name: str, names: Iterable[str], qualifier: str = "$LATEST"):
        made = self.functions[name]
        answer = self.client("lambda", made.region).invoke(
            FunctionName=name,
            Qualifier=qualifier,
            Payload=json.dumps({"names": list(names)}).encode(),
        )
        body = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, f"{name} failed: {body.get('errorType')}"
        return body["digests"]

    def answers(self, name: str, qualifier: str = "$LATEST") -> bool:
        """Whether it gets exactly the values it was made with."""
        made = self.functions[name]
        wanted = {key: digest(text) for key, text in made.secret.items()}
        return self.digests(name, made.secret, qualifier) == wanted

    def all_answer(self) -> bool:
        return all(self.answers(name) for name in self.functions)

    def configuration(self, name: str) -> dict:
        made = self.functions[name]
        return self.client("lambda", made.region).get_function_configuration(FunctionName=name)

    def variables(self, name: str) -> dict[str, str]:
        return self.configuration(name).get("Environment", {}).get("Variables", {})

    def edit(self, name: str, change) -> None:
        """Somebody else changes the environment."""
        made = self.functions[name]
        client = self.client("lambda", made.region)
        variables = self.variables(name)
        change(variables)
        client.update_function_configuration(
            FunctionName=name, Environment={"Variables": variables}
        )
        client.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig=SOON)

    def policies(self, role: str) -> list[str]:
        return self.client("iam").list_role_policies(RoleName=role)["PolicyNames"]

    def secrets(self, region: str = NEAR) -> dict[str, bool]:
        """Name -> whether it is scheduled for deletion."""
        pages = self.client("secretsmanager", region).get_paginator("list_secrets")
        return {
            item["Name"]: "DeletedDate" in item
            for page in pages.paginate(IncludePlannedDeletion=True)
            for item in page["SecretList"]
        }

    def probes(self) -> list[str]:
        return [
            function["FunctionName"]
            for region in (NEAR, FAR)
            for function in self.client("lambda", region).list_functions()["Functions"]
            if function["FunctionName"].startswith("secretshift-probe-")
        ]

    # Journeys

    def services(self, workspace: str = "workspace", settings: Settings | None = None) -> Services:
        made = services(settings or Settings(), workspace=self.folder / workspace)
        detector = one_detector(made.detector)
        return replace(made, patience=QUICK, detector=detector, now=lambda: TODAY)

    def plan(
        self, made: Services, *, regions: tuple[str, ...] = (NEAR,), paths=(), **more
    ) -> PlanResult:
        sources = Sources(paths=tuple(map(str, paths)), aws=True, regions=regions)
        return plan(made, PlanRequest(sources, **more), ignore, CancelToken())

    def migrate(
        self,
        made: Services,
        *,
        regions: tuple[str, ...] = (NEAR,),
        consent: Consent = Consent.REMOVE_PLAINTEXT,
        concurrency: int = 2,
        **more,
    ) -> MigrateResult:
        planned = self.plan(made, regions=regions, **more).plan
        request = MigrateRequest(planned, consent, concurrency=concurrency)
        return migrate(made, request, self.events.append, CancelToken())

    def resume(self, made: Services, run: str, consent=Consent.REMOVE_PLAINTEXT) -> MigrateResult:
        return resume(made, run, consent, self.events.append, CancelToken())

    def undo(self, made: Services, run: str, **more) -> UndoResult:
        return undo(made, UndoRequest(run, **more), self.events.append, CancelToken())
