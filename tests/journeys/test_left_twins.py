"""A twin that stands when its run is killed: whatever run comes next, it goes, and its ARN leaves
the grant."""

from __future__ import annotations

import json
import signal

import pytest

from secretshift.changes import probe_function
from secretshift.changes.probe_function import ProbeFunction
from secretshift.model.codec import to_data
from secretshift.model.journeys import CancelToken, Consent, Note, ignore
from secretshift.workflow.migrate import MigrateRequest, migrate

from .test_killed import TOKEN
from .world import FAR, NEAR

OTHER = "tok-Hq27xbnRzc40"


class Killed(BaseException):
    """Stands for SIGKILL inside this process: nothing of ours runs after it."""


def beginning(world):
    """The services, and a plan for one of two functions."""
    world.function("api", {"API_TOKEN": TOKEN})
    world.function("mail", {"MAIL_TOKEN": OTHER})
    made = world.services()
    return made, world.plan(made, only=("function:api",)).plan


def check_left(world, made) -> str:
    assert len(world.probes()) == 1 and "secretshift-probe-" in policy(world)
    assert world.answers("api")
    (run,) = made.journal().runs()
    return run.id


@pytest.fixture
def killed(world, killing):
    """World, services and the run that SIGKILL ended while its twin stood."""
    made, planned = beginning(world)
    plan = world.folder / "plan.json"
    plan.write_text(json.dumps(to_data(planned)))
    code, said = killing.run(world.folder / "workspace", plan, "twin", 0)
    assert code == -signal.SIGKILL, said[-2000:]
    return world, made, check_left(world, made)


@pytest.fixture
def left(world, monkeypatch):
    """The same within this process, which is quicker."""
    made, planned = beginning(world)

    def die(*_about):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(ProbeFunction, "_ask", die)
        patch.setattr(probe_function, "clean_up_probe", lambda *_about: None)
        with pytest.raises(Killed):
            migrate(made, MigrateRequest(planned, Consent.REMOVE_PLAINTEXT), ignore, CancelToken())
    return world, made, check_left(world, made)


def policy(world) -> str:
    iam = world.client("iam")
    found = iam.get_role_policy(RoleName="api", PolicyName=f"secretshift-{NEAR}-api")
    return json.dumps(found["PolicyDocument"])


def warnings(world) -> list[str]:
    return [e.text for e in world.events if isinstance(e, Note) and e.level == "warning"]


def test_with_its_own_resume_even_if_the_function_is_not_touched_any_more(killed):
    world, made, run = killed
    world.edit("api", lambda v: v.update({"API_TOKEN": OTHER}))
    assert world.resume(made, run).status == "incomplete"
    assert world.probes() == [] and "probe" not in policy(world)


def test_with_its_own_undo(killed):
    world, made, run = killed
    assert world.undo(made, run).status == "undone"
    assert world.probes() == [] and world.policies("api") == []


@pytest.mark.parametrize("where", [NEAR, FAR])
def test_with_a_later_run_on_another_function(left, where):
    world, made, run = left
    if where == FAR:
        world.function("far", {"FAR_TOKEN": OTHER}, region=FAR)
    name = "far" if where == FAR else "mail"
    result = world.migrate(made, regions=(where,), only=(f"function:{name}",))
    assert result.status == "done" and result.moved == (f"{where}/{name}",)
    assert world.probes() == [] and "probe" not in policy(world)
    assert any(run in e.text for e in world.events if isinstance(e, Note))
    world.events.clear()
    assert world.resume(made, run).status == "done"
    assert world.all_answer() and "API_TOKEN" not in world.variables("api")


def test_with_the_undo_of_another_run(left, monkeypatch):
    world, made, _run = left
    with monkeypatch.context() as patch:
        patch.setattr("secretshift.workflow.migrate.clear_left_twins", lambda *_about: None)
        later = world.migrate(made, only=("function:mail",))
    assert len(world.probes()) == 1
    assert world.undo(made, later.run).status == "undone"
    assert world.probes() == [] and "probe" not in policy(world)


def test_not_while_somebody_works_on_its_run(left):
    world, made, run = left
    with made.journal().hold(run):
        assert world.migrate(made, only=("function:mail",)).status == "done"
        assert len(world.probes()) == 1 and warnings(world) == []
    assert world.migrate(made, only=("function:api",), consent=Consent.SWITCH).status == "done"
    assert world.probes() == []


def test_what_cannot_be_cleared_is_told_and_stops_nothing(left):
    world, made, _run = left
    (twin,) = world.probes()
    client = world.client("lambda")
    arn = client.get_function_configuration(FunctionName=twin)["FunctionArn"]
    client.untag_resource(Resource=arn, TagKeys=["secretshift:probe"])
    result = world.migrate(made, only=("function:mail",))
    assert result.status == "done"
    assert [text for text in warnings(world) if twin in text]
    client.tag_resource(Resource=arn, Tags={"secretshift:probe": "true"})
    assert world.undo(made, result.run).status == "undone"
    assert world.probes() == []
