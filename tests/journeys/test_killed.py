"""SIGKILL at every boundary of the journal: nothing is lost, and every function answers."""

from __future__ import annotations

import json
import signal

import pytest

from secretshift.model.codec import to_data

from .world import NEAR

TOKEN = "tok-Vw83hdkQpe71"
CHANGES = 8  # secret, layer, grant, probe, reference, proof, removal, proof
# After "started": intended, not applied. Before "done": applied, not journaled. After "done".
BOUNDARIES = [
    (when, 2 * change + offset)
    for change in range(CHANGES)
    for when, offset in (("after", 1), ("before", 2), ("after", 2))
]


@pytest.fixture
def killed(world, killing, request):
    when, number = request.param
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    plan = world.folder / "plan.json"
    plan.write_text(json.dumps(to_data(world.plan(made).plan)))
    code, said = killing.run(world.folder / "workspace", plan, when, number)
    assert code == -signal.SIGKILL, said[-2000:]
    assert world.answers("api"), "it answers right after the kill"
    (run,) = made.journal().runs()
    assert run.status == "running"
    return world, made, run.id


def names(boundary) -> str:
    return f"{boundary[0]}-{boundary[1]}"


@pytest.mark.parametrize("killed", BOUNDARIES, indirect=True, ids=names)
def test_resumed_it_ends_as_if_nothing_had_happened(killed):
    world, made, run = killed
    result = world.resume(made, run)
    assert result.status == "done", result.failures
    assert world.answers("api")
    assert "API_TOKEN" not in world.variables("api")
    assert world.policies("api") == [f"secretshift-{NEAR}-api"]
    document = world.client("iam").get_role_policy(
        RoleName="api", PolicyName=f"secretshift-{NEAR}-api"
    )
    assert "probe" not in json.dumps(document["PolicyDocument"])
    assert list(world.secrets().values()) == [False], "one secret, and only one"
    assert world.probes() == []
    assert len(world.client("lambda").list_layers()["Layers"]) == 1


@pytest.mark.parametrize("killed", BOUNDARIES, indirect=True, ids=names)
def test_undone_it_leaves_nothing_behind(killed):
    world, made, run = killed
    result = world.undo(made, run)
    assert result.status in ("undone", "nothing to do"), result.failures
    assert world.answers("api")
    assert world.variables("api") == {"LOG_LEVEL": "info", "API_TOKEN": TOKEN}
    assert world.configuration("api").get("Layers", []) == []
    assert world.policies("api") == []
    assert world.probes() == []
    assert all(world.secrets().values()), "no secret stays that nobody needs"
    assert world.undo(made, run).status == "nothing to do"
