"""The condition on the function's ARN is what denies the reading: the whole role gets the grant
where the plan says so, and nobody else ever does."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from secretshift.changes.context import Patience
from secretshift.demo.extensions.function_identity import WITHHOLDING
from secretshift.model.journeys import Note
from secretshift.settings import Settings
from secretshift.settings.types import PlanSettings

from .world import NEAR

TOKEN = "tok-Vw83hdkQpe71"
OTHER = "tok-Qq83hdkQpe99"
POLICY = f"secretshift-{NEAR}-api"
HASTY = Patience(grant=1.0, log=4.0, pause=0.1)


@pytest.fixture
def written(monkeypatch) -> list[str]:
    """Every document that is written to a role."""
    import secretshift.clouds.aws.permissions as permissions

    documents: list[str] = []
    real = permissions.AwsAccess.write_policy

    def write(self, role, name, document):
        documents.append(document)
        return real(self, role, name, document)

    monkeypatch.setattr(permissions.AwsAccess, "write_policy", write)
    return documents


def withhold(world, role: str = "api") -> None:
    world.client("iam").tag_role(RoleName=role, Tags=[{"Key": WITHHOLDING, "Value": "true"}])


def services(world, *named: str):
    made = world.services(settings=Settings(plan=PlanSettings(grant_to_role=named)))
    return replace(made, patience=HASTY)


def statements(world, role: str = "api") -> list[dict]:
    answer = world.client("iam").get_role_policy(RoleName=role, PolicyName=POLICY)
    return answer["PolicyDocument"]["Statement"]


def bound(document: str) -> bool:
    return all(
        "lambda:SourceFunctionArn" in each.get("Condition", {}).get("ArnEquals", {})
        for each in json.loads(document)["Statement"]
    )


def test_a_role_of_its_own_gets_the_grant_and_undo_leaves_nothing(world):
    world.function("api", {"API_TOKEN": TOKEN})
    withhold(world)
    made = services(world)
    result = world.migrate(made)
    assert (result.status, result.failures) == ("done", ())
    assert result.granted_to_role == ("eu-west-1/api",)
    assert "API_TOKEN" not in world.variables("api") and world.answers("api")
    (read,) = statements(world)
    assert "Condition" not in read and len(read["Resource"]) == 1
    assert world.probes() == []
    notes = [event for event in world.events if isinstance(event, Note)]
    assert any("whole role" in note.text and note.level == "warning" for note in notes)
    assert world.undo(made, result.run).status == "undone"
    assert world.variables("api") == {"LOG_LEVEL": "info", "API_TOKEN": TOKEN}
    assert world.policies("api") == [] and world.probes() == []
    assert all(world.secrets().values())
    assert world.undo(made, result.run).status == "nothing to do"
