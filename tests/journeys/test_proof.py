"""What a run proved and what it leaves, told from the journal, agrees with the functions."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from secretshift.model.errors import UsageProblem
from secretshift.model.journeys import CancelToken, Consent
from secretshift.model.proofs import Proved
from secretshift.reports.lines import plain
from secretshift.reports.proof import proof_data, proof_lines
from secretshift.workflow.migrate import MigrateRequest, migrate
from secretshift.workflow.proof import proof, tick

from .world import NEAR

TOKEN = "tok-" + "Vw83hdkQpe71"
OTHER = "tok-" + "Rb55mzkWle20"
PASSWORD = "kirsche-Mond-17"


def told(made, run: str = "last"):
    result = proof(made, run)
    return result, {item.function.split("/")[-1]: item for item in result.functions}


def words(todos) -> set[str]:
    return {todo.id.split("-")[0] for todo in todos}


def test_a_run_from_kept_to_moved_to_undone(world):
    world.function("api", {"API_TOKEN": TOKEN})
    world.client("lambda").publish_version(FunctionName="api")
    made = world.services()

    assert world.migrate(made, consent=Consent.SWITCH).status == "done"
    result, functions = told(made)
    assert functions["api"].state is Proved.KEPT
    assert world.variables("api")["API_TOKEN"] == TOKEN
    assert words(result.todo) == {"kept", "versions", "rotate"}

    assert world.resume(made, result.run).status == "done"
    result, functions = told(made)
    assert functions["api"].state is Proved.MOVED and functions["api"].time is not None
    assert functions["api"].versions_holding == ("1",)
    assert "API_TOKEN" not in world.variables("api")
    assert words(result.todo) == {"versions", "rotate"}

    assert world.undo(made, result.run).status == "undone"
    result, functions = told(made)
    assert functions["api"].state is Proved.UNDONE
    assert world.variables("api")["API_TOKEN"] == TOKEN
    assert "rotate" not in words(result.todo)
    assert TOKEN not in json.dumps(proof_data(result)) + plain(proof_lines(result))


def test_what_failed_and_what_was_left_out_has_its_plaintext(world):
    for name, value in (("api", TOKEN), ("cron", OTHER), ("mail", PASSWORD)):
        world.function(name, {"SERVICE_PASSWORD": value})
    made = world.services()
    plan = world.plan(made, left_out=("cron",)).plan
    world.edit("mail", lambda variables: variables.update({"SERVICE_PASSWORD": "beere-Licht-40"}))

    run = migrate(
        made, MigrateRequest(plan, Consent.REMOVE_PLAINTEXT), world.events.append, CancelToken()
    )

    assert run.status == "incomplete"
    result, functions = told(made, run.run)
    assert functions["api"].state is Proved.MOVED
    assert functions["mail"].state is Proved.FAILED
    assert "it has its plaintext" in functions["mail"].sentence
    left = [item for item in result.functions if item.state is Proved.LEFT_OUT]
    assert [item.function for item in left] == list(plan.left_out)
    assert "SERVICE_PASSWORD" in world.variables("mail")
    assert "SERVICE_PASSWORD" in world.variables("cron")
    (failed,) = [todo for todo in result.todo if todo.id.startswith("failed-")]
    (failure,) = run.failures
    assert failed.hint == f"{failure.hint}; then: secretshift resume {run.run}"


def test_a_credential_is_rotated_only_once_no_function_holds_it(world):
    world.function("api", {"API_TOKEN": TOKEN})
    world.function("mail", {"API_TOKEN": TOKEN})
    made = world.services()
    plan = world.plan(made).plan
    world.edit("mail", lambda variables: variables.update({"API_TOKEN": OTHER}))
    request = MigrateRequest(plan, Consent.REMOVE_PLAINTEXT)
    migrate(made, request, world.events.append, CancelToken())
    result, functions = told(made)
    assert (functions["api"].state, functions["mail"].state) == (Proved.MOVED, Proved.FAILED)
    (rotate,) = [todo for todo in result.todo if todo.id.startswith("rotate-")]
    assert rotate.hint.startswith(f"Not before {NEAR}/mail got it from the secret.")


def test_a_tick_is_kept_and_can_be_taken_back(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    world.migrate(made)
    result, _ = told(made)
    (rotate,) = [todo for todo in result.todo if todo.id.startswith("rotate-")]

    ticked = tick(made, "last", rotate.id)
    assert [todo.done for todo in ticked.todo if todo.id == rotate.id] == [True]
    again = world.services()
    assert proof(again, "last") == ticked, "it survives the process"
    assert "1 of 1 done" in plain(proof_lines(ticked))

    assert tick(again, result.run, rotate.id, done=False) == result
    assert replace(ticked, todo=()) == replace(result, todo=())
    with pytest.raises(UsageProblem):
        tick(made, "last", "rotate-00000000")
