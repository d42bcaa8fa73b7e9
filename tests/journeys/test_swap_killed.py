"""SIGKILL around the one write that swaps plaintext and reference: it answers right after, and the
run can be gone on with and taken back."""

from __future__ import annotations

import json
import signal

import pytest

from secretshift.model.codec import to_data

from .test_killed import names
from .test_swap import ALLOWED, PLAIN, TOKEN
from .world import NEAR

SWAP, PROOF = 4, 5  # after secret, layer, grant and twin; two entries each
BOUNDARIES = [
    ("after", 2 * SWAP + 1),  # intended, not written
    ("before", 2 * SWAP + 2),  # written, not journaled
    ("after", 2 * SWAP + 2),
    ("before", 2 * PROOF + 2),
]


@pytest.fixture
def killed(world, killing, request):
    when, number = request.param
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services(settings=ALLOWED)
    plan = world.folder / "plan.json"
    plan.write_text(json.dumps(to_data(world.plan(made).plan)))
    code, said = killing.run(world.folder / "workspace", plan, when, number)
    assert code == -signal.SIGKILL, said[-2000:]
    written = (when, number) != BOUNDARIES[0]
    assert ("API_TOKEN" not in world.variables("api")) is written
    assert world.answers("api"), "it answers right after the kill"
    (run,) = made.journal().runs()
    return world, made, run.id


@pytest.mark.parametrize("killed", BOUNDARIES, indirect=True, ids=names)
def test_resumed_it_ends_as_if_nothing_had_happened(killed):
    world, made, run = killed
    result = world.resume(made, run)
    assert (result.status, result.failures) == ("done", ())
    assert world.answers("api") and "API_TOKEN" not in world.variables("api")
    assert world.policies("api") == [f"secretshift-{NEAR}-api"] and world.probes() == []
    assert list(world.secrets().values()) == [False], "one secret, and only one"


@pytest.mark.parametrize("killed", BOUNDARIES, indirect=True, ids=names)
def test_undone_it_leaves_nothing_behind(killed):
    world, made, run = killed
    result = world.undo(made, run)
    assert (result.status, result.failures) == ("undone", ())
    assert world.answers("api") and world.variables("api") == PLAIN
    assert world.configuration("api").get("Layers", []) == []
    assert world.policies("api") == [] and world.probes() == []
    assert all(world.secrets().values()), "no secret stays that nobody needs"
    assert world.undo(made, run).status == "nothing to do"
