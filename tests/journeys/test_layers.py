"""A layer version is deleted only when no function and no published version lists it."""

from __future__ import annotations

from secretshift.model.journeys import CancelToken, ignore
from secretshift.workflow.layers import layers
from secretshift.workflow.services import Sources

from .world import NEAR

TOKEN = "tok-Vw83hdkQpe71"
SOURCES = Sources(aws=True, regions=(NEAR,))


def test_used_versions_stay_and_unused_ones_go(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    run = world.migrate(made).run
    (used,) = layers(made, SOURCES, ignore, CancelToken(), delete=True).layers
    assert used.users == ("api:$LATEST",) and not used.deleted
    version = world.client("lambda").publish_version(FunctionName="api")["Version"]
    undone = world.undo(made, run)
    assert any(used.arn in kept for kept in undone.kept), "it is left, and named"
    (kept,) = layers(made, SOURCES, ignore, CancelToken(), delete=True).layers
    assert kept.users == (f"api:{version}",) and not kept.deleted
    world.client("lambda").delete_function(FunctionName="api", Qualifier=version)
    (gone,) = layers(made, SOURCES, ignore, CancelToken(), delete=True).layers
    assert gone.deleted
    assert layers(made, SOURCES, ignore, CancelToken()).layers == ()
    assert world.answers("api")
