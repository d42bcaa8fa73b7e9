"""SIGKILL around the fallback to the role: the grant is the role's only where that is proved, and
no function is ever without its value."""

from __future__ import annotations

import json
import signal
from dataclasses import replace

import pytest

from secretshift.changes.patience import Patience
from secretshift.demo.extensions.function_identity import WITHHOLDING
from secretshift.model.codec import to_data

from .test_killed import TOKEN, names
from .world import NEAR

HASTY = Patience(grant=1.0, log=4.0, pause=0.1, steady=0.0)
POLICY = f"secretshift-{NEAR}-api"
PROBE, GRANT_ROLE, REFERENCE = 3, 4, 5  # after secret, layer and grant; two entries each
BOUNDARIES = [
    *(
        (when, 2 * change + offset)
        for change in (PROBE, GRANT_ROLE)
        for when, offset in (("after", 1), ("before", 2), ("after", 2))
    ),
    ("after", 2 * REFERENCE + 1),
]


@pytest.fixture
def killed(world, killing, request):
    when, number = request.param
    world.function("api", {"API_TOKEN": TOKEN})
    world.client("iam").tag_role(RoleName="api", Tags=[{"Key": WITHHOLDING, "Value": "true"}])
    made = replace(world.services(), patience=HASTY)
    plan = world.folder / "plan.json"
    plan.write_text(json.dumps(to_data(world.plan(made).plan)))
    code, said = killing.run(world.folder / "workspace", plan, when, number, 1)
    assert code == -signal.SIGKILL, said[-2000:]
    assert world.answers("api"), "it answers right after the kill"
    (run,) = made.journal().runs()
    (entry,) = made.journal().entries(run.id)[-1:]
    assert entry.type in ("probe", "grant-role", "add-reference")
    return world, made, run.id


@pytest.mark.parametrize("killed", BOUNDARIES, indirect=True, ids=names)
def test_resumed_it_ends_as_if_nothing_had_happened(killed):
    world, made, run = killed
    result = world.resume(made, run)
    assert (result.status, result.failures) == ("done", ())
    assert result.granted_to_role == ("eu-west-1/api",)
    assert world.answers("api") and "API_TOKEN" not in world.variables("api")
    answer = world.client("iam").get_role_policy(RoleName="api", PolicyName=POLICY)
    (read,) = answer["PolicyDocument"]["Statement"]
    assert "Condition" not in read and len(read["Resource"]) == 1
    assert world.probes() == [] and list(world.secrets().values()) == [False]


@pytest.mark.parametrize("killed", BOUNDARIES, indirect=True, ids=names)
def test_undone_it_leaves_nothing_behind(killed):
    world, made, run = killed
    result = world.undo(made, run)
    assert (result.status, result.failures) == ("undone", ())
    assert world.variables("api") == {"LOG_LEVEL": "info", "API_TOKEN": TOKEN}
    assert world.policies("api") == [] and world.probes() == []
    assert all(world.secrets().values())
    assert world.undo(made, run).status == "nothing to do"
