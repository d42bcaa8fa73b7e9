"""A world for planning: functions in memory, the real catalogue, detector and grammars."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field, replace

import pytest

from secretshift.catalogue import load
from secretshift.changes.create_secret import FINGERPRINT_TAG, MANAGED_TAG
from secretshift.clouds.aws.references import LambdaReferences
from secretshift.detection import Detector
from secretshift.model.findings import Confidence, Finding, FunctionLocation, credential_id
from secretshift.model.functions import FunctionFacts, FunctionRef, FunctionSnapshot, Place
from secretshift.model.plans import SecretPlan
from secretshift.model.ports import SecretInfo
from secretshift.model.secret_value import Fingerprint, SecretValue
from secretshift.planning.build import build
from secretshift.planning.inputs import Case, Inputs, Options

PLACE = Place("aws", "111122223333", "eu-west-1")


def fingerprint(value: SecretValue) -> Fingerprint:
    text = value.reveal().encode("utf-8", "surrogatepass")
    return Fingerprint(hmac.new(b"k" * 32, text, hashlib.sha256).hexdigest())


@pytest.fixture(scope="session")
def catalogue():
    return load()


@pytest.fixture(scope="session")
def detector(catalogue):
    return Detector(catalogue)


@dataclass
class World:
    catalogue: object
    detector: Detector
    cases: list[Case] = field(default_factory=list)

    def function(self, name: str, variables: dict[str, str], **changes) -> World:
        place = changes.pop("place", PLACE)
        facts = changes.pop("facts", FunctionFacts())
        event = changes.pop("event", False)
        route = changes.pop("route", (True, ""))
        policy = changes.pop("policy", "")
        secret = {key: SecretValue(text) for key, text in variables.items()}
        snapshot = FunctionSnapshot(
            ref=FunctionRef(
                place, name, f"arn:aws:lambda:{place.region}:{place.account}:function:{name}"
            ),
            version="$LATEST",
            runtime="python3.12",
            package_type="Zip",
            architectures=("x86_64",),
            role=f"arn:aws:iam::{place.account}:role/{name}",
            environment=secret,
        )
        snapshot = replace(snapshot, **changes)
        verdicts = self.detector.environment(snapshot.variables)
        findings = tuple(self._finding(snapshot, verdict) for verdict in verdicts)
        self.cases.append(
            Case(
                snapshot,
                facts,
                LambdaReferences(),
                findings,
                route=route,
                event=event,
                policy=policy,
            )
        )
        return self

    def _finding(self, snapshot, verdict) -> Finding:
        mark = fingerprint(verdict.secret)
        ref = snapshot.ref
        return Finding(
            id=f"{ref.name}-{verdict.name}",
            credential=credential_id(mark),
            fingerprint=mark,
            kind=verdict.kind,
            confidence=verdict.confidence or Confidence.HIGH,
            reasons=verdict.reasons,
            masked=verdict.masked,
            location=FunctionLocation(
                "aws", ref.place.account, ref.place.region, ref.name, "$LATEST", verdict.name
            ),
        )

    def plan(self, options: Options | None = None, *, today: str = "2026-01-01", **more):
        inputs = Inputs("p-1", f"{today}T00:00:00+00:00", tuple(self.cases), **more)
        return build(inputs, options or Options(), self.catalogue, fingerprint)


def stored(secret: SecretPlan, arn: str = "", **changes) -> SecretInfo:
    """A planned secret as the store would show it once it was made."""
    arn = arn or f"arn:aws:secretsmanager:eu-west-1:111122223333:secret:{secret.name}-AbCdEf"
    tags = {MANAGED_TAG: "true", FINGERPRINT_TAG: secret.fingerprint}
    return replace(SecretInfo(arn, secret.name, tags, kms_key=secret.kms_key), **changes)


@pytest.fixture
def world(catalogue, detector) -> World:
    return World(catalogue, detector)
