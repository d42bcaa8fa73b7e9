"""What is said before a run is what the run does, change by change."""

from __future__ import annotations

import pytest

from secretshift.execution.steps import planned_steps, undo_steps
from secretshift.model.journeys import CancelToken, Consent, Step
from secretshift.workflow.migrate import MigrateRequest, migrate

from .world import FAR, NEAR

TOKEN = "tok-Vw83hdkQpe71"
PASSWORD = "kirsche-Mond-17"


def steps(world, state: str) -> list[Step]:
    return [e for e in world.events if isinstance(e, Step) and e.state == state]


def of_function(keys, arn):
    return [key for key in keys if key.endswith(f":{arn}")]


@pytest.mark.parametrize("consent", [Consent.SWITCH, Consent.REMOVE_PLAINTEXT])
def test_a_clean_run_takes_exactly_the_planned_steps(world, tmp_path, consent):
    world.function("one", {"API_TOKEN": TOKEN, "DB_PASSWORD": PASSWORD})
    world.function("two", {"API_TOKEN": TOKEN})
    world.function("far", {"MAIL_PASSWORD": PASSWORD}, region=FAR, runtime="nodejs20.x")
    (tmp_path / "settings.py").write_text('API_TOKEN = "tok-Lp44hdkQpe99"\n')
    made = world.services()
    plan = world.plan(
        made, regions=(NEAR, FAR), paths=(tmp_path / "settings.py",), store_files=NEAR
    ).plan
    planned = planned_steps(plan, consent)

    request = MigrateRequest(plan, consent, concurrency=2)
    result = migrate(made, request, world.events.append, CancelToken())

    assert result.status == "done", result.failures
    assert len({step.key for step in planned}) == len(planned)
    wanted = [step.key for step in planned]
    for state in ("started", "done"):
        seen = [event.key for event in steps(world, state)]
        assert sorted(seen) == sorted(wanted)
        for function in plan.active:
            arn = function.function.arn
            assert of_function(seen, arn) == of_function(wanted, arn)
    assert {record.key for record in made.journal().changes(result.run)} == set(wanted)
    by_key = {step.key: step for step in planned}
    for event in steps(world, "done"):
        step = by_key[event.key]
        assert (event.change, event.target, event.text) == (step.change, step.target, step.text)


def test_each_finished_step_says_what_was_proved(world):
    world.function("one", {"API_TOKEN": TOKEN})
    made = world.services()
    assert world.migrate(made).status == "done"
    said = {event.key.split(":")[0]: event.proof for event in steps(world, "done")}
    assert said == {
        "create-secret": "created, read back, fingerprint equal",
        "publish-layer": "its hash is that of this program's build",
        "grant-read": "written, read back; a simulation allows it",
        "probe": "a twin with its role, runtime and network got exactly this value",
        "add-reference": "LastUpdateStatus Successful, read back",
        "prove-match": "a twin got these values; secret, grant and references are as proved",
        "remove-plaintext": "LastUpdateStatus Successful, read back",
        "prove-resolved": "a twin got these values; secret, grant and references are as proved",
    }
    assert not any(event.proof for event in steps(world, "started"))


def test_a_step_that_failed_is_told_by_its_key_and_proves_nothing(world):
    world.function("one", {"API_TOKEN": TOKEN})
    made = world.services()
    plan = world.plan(made).plan
    secret = plan.secrets[0]
    world.client("secretsmanager").create_secret(Name=secret.name, SecretString="theirs")
    request = MigrateRequest(plan, Consent.REMOVE_PLAINTEXT)
    migrate(made, request, world.events.append, CancelToken())
    (failed,) = steps(world, "failed")
    assert failed.key == planned_steps(plan, Consent.NOTHING)[0].key
    assert not failed.proof


def test_an_undo_tells_what_becomes_of_each_change(world, tmp_path):
    world.function("one", {"API_TOKEN": TOKEN, "DB_PASSWORD": PASSWORD})
    world.function("two", {"API_TOKEN": TOKEN})
    made = world.services()
    plan = world.plan(made).plan
    result = migrate(
        made, MigrateRequest(plan, Consent.REMOVE_PLAINTEXT), world.events.append, CancelToken()
    )
    planned = undo_steps(plan, made.journal().changes(result.run))
    world.events.clear()
    assert world.undo(made, result.run).status == "undone"

    ended = [*steps(world, "undone"), *steps(world, "kept")]
    assert sorted(event.key for event in ended) == sorted(step.key for step in planned)
    records = {record.key: record for record in made.journal().changes(result.run)}
    for event in steps(world, "undone"):
        assert records[event.key].state == "undone"
    assert [event.change for event in steps(world, "kept")] == ["publish-layer"]
    for function in plan.active:
        arn = function.function.arn
        seen = of_function([event.key for event in ended], arn)
        assert seen == of_function([step.key for step in planned], arn)
    assert undo_steps(plan, made.journal().changes(result.run)) == planned[-1:]


def test_an_undo_tells_what_stays_and_why(world):
    world.function("one", {"API_TOKEN": TOKEN})
    made = world.services()
    result = world.migrate(made)
    arn = world.variables("one")["API_TOKEN_SECRET_ARN"]
    world.function("other", {}, {"PARTNER": arn})
    world.events.clear()
    assert world.undo(made, result.run).status == "undone"
    (kept,) = [event for event in steps(world, "kept") if event.change == "create-secret"]
    assert "other" in kept.text
    records = {record.key: record for record in made.journal().changes(result.run)}
    assert records[kept.key].state == "kept"
