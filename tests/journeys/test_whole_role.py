"""The condition on the function's ARN is what denies the reading: the whole role gets the grant
where the plan says so, and in no other case."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import secretshift.changes.grant_role as grant_role
import secretshift.changes.granting as granting
import secretshift.clouds.aws.permissions as permissions
from secretshift.changes.create_secret import CreateSecret
from secretshift.changes.patience import Patience
from secretshift.changes.probe_function import ProbeFunction
from secretshift.clouds.aws.functions import AwsFunctions
from secretshift.demo.extensions.function_identity import WITHHOLDING
from secretshift.model.codec import to_data
from secretshift.model.errors import Refused, Unavailable
from secretshift.model.journeys import CancelToken, Consent, Note
from secretshift.reports.lines import plain
from secretshift.reports.plan_text import plan_lines
from secretshift.reports.results import migrated_lines
from secretshift.reports.runs import run_data, run_lines
from secretshift.settings import Settings
from secretshift.settings.types import PlanSettings
from secretshift.workflow.migrate import MigrateRequest, check_plan, migrate
from secretshift.workflow.runs import show

from .world import FAR, NEAR

TOKEN = "tok-Vw83hdkQpe71"
OTHER = "tok-Qq83hdkQpe99"
POLICY = f"secretshift-{NEAR}-api"
HASTY = Patience(grant=1.0, log=4.0, pause=0.1, steady=0.0)
"""A denial counts after one second; an answer that comes later than that counts all the same."""
DENY = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Deny",'
    '"Action":"secretsmanager:GetSecretValue","Resource":"*"}]}'
)


@pytest.fixture
def written(monkeypatch) -> list[bool]:
    """Of every policy that is written: whether it is bound to functions."""
    forms: list[bool] = []
    real = permissions.AwsAccess.write_policy

    def write(self, role, name, document):
        forms.append(bound(json.loads(document)["Statement"]))
        return real(self, role, name, document)

    monkeypatch.setattr(permissions.AwsAccess, "write_policy", write)
    return forms


def withhold(world, role: str = "api") -> None:
    """From now on requests of this role's functions do not tell which function makes them."""
    world.client("iam").tag_role(RoleName=role, Tags=[{"Key": WITHHOLDING, "Value": "true"}])


def supply(world, role: str = "api") -> None:
    world.client("iam").untag_role(RoleName=role, TagKeys=[WITHHOLDING])


def services(world, *named: str):
    made = world.services(settings=Settings(plan=PlanSettings(grant_to_role=named)))
    return replace(made, patience=HASTY)


def run_plan(world, made, plan, consent=Consent.REMOVE_PLAINTEXT):
    return migrate(made, MigrateRequest(plan, consent), world.events.append, CancelToken())


def statements(world, role: str = "api") -> list[dict]:
    answer = world.client("iam").get_role_policy(RoleName=role, PolicyName=POLICY)
    return answer["PolicyDocument"]["Statement"]


def put(world, document: list[dict], role: str = "api") -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": document})
    world.client("iam").put_role_policy(RoleName=role, PolicyName=POLICY, PolicyDocument=text)


def bound(document: list[dict]) -> bool:
    """Whether every statement, or none, has the condition on the function."""
    (form,) = {
        "lambda:SourceFunctionArn" in each.get("Condition", {}).get("ArnEquals", {})
        for each in document
    }
    return form


def unbound(document: list[dict]) -> list[dict]:
    copy = json.loads(json.dumps(document))
    for each in copy:
        del each["Condition"]["ArnEquals"]
        if not each["Condition"]:
            del each["Condition"]
    return copy


def codes(result) -> set[str]:
    return {failure.code for failure in result.failures}


def the_plaintext_stays(world, name: str = "api") -> bool:
    return world.variables(name) == {"LOG_LEVEL": "info", **world.functions[name].secret}


# A role of its own


def test_a_role_of_its_own_gets_the_grant_and_undo_leaves_nothing(world):
    world.function("api", {"API_TOKEN": TOKEN})
    withhold(world)
    made = services(world)
    plan = world.plan(made).plan
    said = plain(plan_lines(plan))
    assert "would fall back to the role: no other function uses it" in said

    result = run_plan(world, made, plan)
    assert (result.status, result.failures) == ("done", ())
    assert result.granted_to_role == ("eu-west-1/api",)
    assert "its whole role may read the secret" in plain(migrated_lines(result, 0))
    assert "API_TOKEN" not in world.variables("api") and world.answers("api")
    (read,) = statements(world)
    assert "Condition" not in read and len(read["Resource"]) == 1
    assert world.probes() == []
    notes = [event for event in world.events if isinstance(event, Note)]
    assert any("whole role" in note.text and note.level == "warning" for note in notes)
    assert "Granted to the whole role" in shown(made, result.run)

    assert world.undo(made, result.run).status == "undone"
    assert the_plaintext_stays(world)
    assert world.policies("api") == [] and world.probes() == []
    assert all(world.secrets().values())
    assert world.undo(made, result.run).status == "nothing to do"
    assert "Granted to the whole role" not in shown(made, result.run)


def shown(made, run: str) -> str:
    detail = show(made, run)
    parts = (detail.record, detail.plan, detail.changes, detail.entries)
    data = run_data(*parts, stopped=detail.stopped, in_plain=())
    text = plain(run_lines(*parts, stopped=detail.stopped, in_plain=()))
    assert bool(data["granted_to_role"]) == ("Granted to the whole role" in text)
    return text


def test_a_customer_key_keeps_its_other_conditions(world):
    key = world.client("kms").create_key()["KeyMetadata"]["Arn"]
    world.function("api", {"API_TOKEN": TOKEN}, KMSKeyArn=key)
    withhold(world)
    settings = Settings(plan=PlanSettings(kms_key=key))
    made = replace(world.services(settings=settings), patience=HASTY)
    result = world.migrate(made)
    assert (result.status, result.failures) == ("done", ())
    read, decrypt = statements(world)
    assert "Condition" not in read
    (secret,) = read["Resource"]
    assert decrypt["Condition"] == {
        "StringEquals": {
            "kms:ViaService": f"secretsmanager.{NEAR}.amazonaws.com",
            "kms:EncryptionContext:SecretARN": secret,
        }
    }
    assert world.answers("api")


def test_where_the_condition_works_it_stays(world, written):
    world.function("api", {"API_TOKEN": TOKEN})
    made = services(world)
    result = world.migrate(made)
    assert (result.status, result.granted_to_role) == ("done", ())
    assert all(written) and bound(statements(world))


def test_a_plan_carried_out_twice_finds_nothing_to_do(world):
    world.function("api", {"API_TOKEN": TOKEN})
    withhold(world)
    made = services(world)
    plan = world.plan(made).plan
    assert run_plan(world, made, plan).status == "done"
    assert run_plan(world, made, plan).status == "nothing to do"


# A shared role


def shared(world, **more):
    world.function("api", {"API_TOKEN": TOKEN}, role="shared")
    world.function("sibling", {}, role="shared", **more)
    withhold(world, "shared")


def test_a_shared_role_gets_nothing_unless_it_is_allowed_by_name(world, written):
    shared(world)
    made = services(world, "another")
    plan = world.plan(made).plan
    assert (
        "would refuse: the role is shared by eu-west-1/sibling, which would gain the secret; "
        "allow it by name with plan.grant_to_role" in plain(plan_lines(plan))
    )
    result = run_plan(world, made, plan)
    assert (result.status, codes(result)) == ("incomplete", {"probe-denied"})
    (failure,) = result.failures
    assert "plan.grant_to_role" in failure.hint and "eu-west-1/sibling" in failure.hint
    assert the_plaintext_stays(world) and world.all_answer()
    assert written and all(written) and bound(statements(world, "shared"))
    assert result.granted_to_role == ()


def test_a_shared_role_gets_it_by_name_and_the_plan_says_who_gains(world):
    shared(world)
    made = services(world, "api")
    plan = world.plan(made).plan
    (function,) = plan.functions
    (warning,) = [note for note in function.warnings if note.code == "grant-to-role"]
    assert "eu-west-1/sibling would gain the secret" in warning.text
    result = run_plan(world, made, check_plan(json.loads(json.dumps(to_data(plan)))))
    assert (result.status, result.failures) == ("done", ())
    assert result.granted_to_role == ("eu-west-1/api",)
    assert not bound(statements(world, "shared"))
    assert "eu-west-1/sibling as well" in shown(made, result.run)
    assert world.all_answer()
    assert world.undo(made, result.run).status == "undone"
    assert world.policies("shared") == []


def test_a_function_in_another_region_shares_the_role_too(world, written):
    shared(world, region=FAR)
    made = services(world)
    plan = world.plan(made, regions=(NEAR, FAR)).plan
    assert plan.functions[0].fallback.decision == "refuse"
    assert codes(run_plan(world, made, plan)) == {"probe-denied"}
    assert all(written)


def test_a_function_that_the_plan_did_not_see_keeps_the_condition(world, written):
    """In a region that was not looked at, or made since: both show when it comes to it."""
    shared(world, region=FAR)
    for named, decision in (((), "role"), (("api",), "named")):
        made = services(world, *named)
        plan = world.plan(made).plan
        assert plan.functions[0].fallback.decision == decision
        result = run_plan(world, made, plan)
        assert codes(result) == {"role-shared"}
        assert "us-east-1/sibling" in result.failures[0].what
        assert the_plaintext_stays(world) and all(written)
        assert world.undo(made, result.run).status == "undone"


@pytest.mark.parametrize(("named", "status"), [((), "incomplete"), (("api",), "done")])
def test_what_could_not_be_listed_counts_as_shared(world, monkeypatch, written, named, status):
    world.function("api", {"API_TOKEN": TOKEN})
    withhold(world)
    real = AwsFunctions.functions

    def functions(self):
        if self.place.region == FAR:
            raise Refused("Access was denied", code="access-denied")
        return real(self)

    monkeypatch.setattr(AwsFunctions, "functions", functions)
    made = services(world, *named)
    plan = world.plan(made, regions=(NEAR, FAR)).plan
    assert plan.functions[0].fallback.decision == ("named" if named else "refuse")
    assert "could not be listed" in plain(plan_lines(plan))
    result = run_plan(world, made, plan)
    assert result.status == status
    assert all(written) is (not named)

    # The same where nobody asked for that region when the plan was made.
    world.undo(made, result.run)
    result = run_plan(world, made, world.plan(made).plan)
    assert codes(result) == (set() if named else {"role-unseen"})


# Another reason than the condition


def test_an_explicit_deny_of_the_role_is_seen_before_any_twin(world, written):
    world.function("api", {"API_TOKEN": TOKEN})
    world.client("iam").put_role_policy(RoleName="api", PolicyName="deny", PolicyDocument=DENY)
    made = services(world)
    result = world.migrate(made)
    assert codes(result) == {"grant-denied"}
    assert the_plaintext_stays(world) and all(written)


def test_a_deny_that_no_simulation_sees_gets_the_condition_back(world, monkeypatch, written):
    """The secret's own policy denies it, with the condition and without."""
    world.function("api", {"API_TOKEN": TOKEN})
    withhold(world)
    role = world.role("api")
    real = CreateSecret.apply

    def apply(self, ctx, intent):
        after = real(self, ctx, intent)
        deny = json.loads(DENY)
        deny["Statement"][0]["Principal"] = {"AWS": role}
        world.client("secretsmanager").put_resource_policy(
            SecretId=after["arn"], ResourcePolicy=json.dumps(deny)
        )
        return after

    monkeypatch.setattr(CreateSecret, "apply", apply)
    made = services(world)
    result = world.migrate(made)
    assert codes(result) == {"probe-denied"}
    assert "without" in result.failures[0].what
    assert the_plaintext_stays(world) and world.answers("api") and world.probes() == []
    first, *_others, last = written
    assert first and last and not all(written), "widened, and bound again"
    (read,) = statements(world)
    arn = world.configuration("api")["FunctionArn"]
    assert read["Condition"] == {"ArnEquals": {"lambda:SourceFunctionArn": arn}}
    assert result.granted_to_role == ()
    assert world.undo(made, result.run).status == "undone"
    assert world.policies("api") == []


def test_a_deny_of_whoever_tells_no_function_shows_in_the_simulation(world, written):
    world.function("api", {"API_TOKEN": TOKEN})
    withhold(world)
    deny = json.loads(DENY)
    deny["Statement"][0]["Condition"] = {"Null": {"lambda:SourceFunctionArn": "true"}}
    world.client("iam").put_role_policy(
        RoleName="api", PolicyName="deny", PolicyDocument=json.dumps(deny)
    )
    result = world.migrate(services(world))
    assert codes(result) == {"grant-denied"}
    assert not all(written) and bound(statements(world)) and the_plaintext_stays(world)


def test_a_twin_without_a_way_to_the_store_is_no_denial(world, written):
    elsewhere = {"AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://127.0.0.1:9"}
    world.function("api", {"API_TOKEN": TOKEN}, elsewhere)
    withhold(world)
    made = services(world)
    result = world.migrate(made)
    assert codes(result) == {"probe-failed"}
    assert world.variables("api")["API_TOKEN"] == TOKEN and all(written)


# Later runs


@pytest.fixture
def switched(world):
    """Both forms in the function, and the whole role may read the secret."""
    world.function("api", {"API_TOKEN": TOKEN})
    withhold(world)
    made = services(world)
    result = world.migrate(made, consent=Consent.SWITCH)
    assert (result.failures, result.granted_to_role) == ((), ("eu-west-1/api",))
    return world, made, result.run


@pytest.mark.parametrize("how", ["resume", "replan"])
def test_a_later_run_keeps_what_was_proved_for_the_role_only(switched, how, written):
    world, made, run = switched
    if how == "resume":
        result = world.resume(made, run)
    else:
        plan = world.plan(made).plan
        assert plan.functions[0].fallback.standing
        assert "the grant is the whole role's already" in plain(plan_lines(plan))
        assert not bound(json.loads(plan.functions[0].policy)["Statement"])
        result = run_plan(world, made, plan)
    assert (result.status, result.failures) == ("done", ())
    assert result.granted_to_role == ("eu-west-1/api",)
    assert not any(written) and not bound(statements(world))
    assert "API_TOKEN" not in world.variables("api") and world.answers("api")
    for each in dict.fromkeys((result.run, run)):
        assert world.undo(made, each).status == "undone"
    assert the_plaintext_stays(world)
    assert world.policies("api") == [] and all(world.secrets().values())


def test_a_stale_answer_of_iam_binds_nothing_again(switched, monkeypatch, written):
    world, made, run = switched
    before = statements(world)
    arn = world.configuration("api")["FunctionArn"]
    old = [
        {**each, "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": arn}}} for each in before
    ]
    real = permissions.AwsAccess._read
    stale = iter(range(4))

    def read(self, role, name):
        if name == POLICY and next(stale, None) is not None:
            return json.dumps({"Version": "2012-10-17", "Statement": old})
        return real(self, role, name)

    monkeypatch.setattr(permissions.AwsAccess, "_read", read)
    assert world.resume(made, run).status == "done"
    assert next(stale, None) is None
    assert statements(world) == before and not any(written)


def test_a_grant_that_somebody_bound_again_is_not_widened_by_the_way(switched, written):
    world, made, run = switched
    plan = world.plan(made).plan
    arn = world.configuration("api")["FunctionArn"]
    (read,) = statements(world)
    put(world, [{**read, "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": arn}}}])
    for result in (world.resume(made, run), run_plan(world, made, plan)):
        assert codes(result) == {"grant-narrowed"}
    assert written == [] and bound(statements(world))
    assert world.variables("api")["API_TOKEN"] == TOKEN


def test_a_grant_that_somebody_widened_is_not_taken_for_ours(world, written):
    world.function("api", {"API_TOKEN": TOKEN})
    made = services(world)
    run = world.migrate(made, consent=Consent.SWITCH).run
    plan = world.plan(made).plan
    put(world, unbound(statements(world)))
    written.clear()
    for result in (world.resume(made, run), run_plan(world, made, plan)):
        assert codes(result) == {"grant-widened"}
    assert written == [] and not bound(statements(world))
    assert "Its grant is the whole role's" not in plain(plan_lines(plan))
    again = world.plan(made).plan
    assert again.functions[0].fallback.standing
    assert run_plan(world, made, again).status == "done"


def test_a_new_secret_under_a_shared_role_needs_the_same_permission(world, written):
    shared(world)
    made = services(world, "api")
    first = world.migrate(made)
    assert first.status == "done"
    world.edit("api", lambda v: v.update({"MAIL_TOKEN": OTHER}))
    world.functions["api"].secret["MAIL_TOKEN"] = OTHER
    strict = services(world)
    (function,) = world.plan(strict).plan.functions
    assert {note.code for note in function.blockers} == {"grant-of-role"}
    assert "eu-west-1/sibling would gain" in function.blockers[0].text

    plan = world.plan(made).plan
    assert plan.functions[0].fallback.decision == "named"
    refused = replace(plan.functions[0].fallback, decision="refuse")
    changed = replace(plan, functions=(replace(plan.functions[0], fallback=refused),))
    written.clear()
    result = run_plan(world, made, changed)
    assert codes(result) == {"role-grant-refused"} and written == []
    world.undo(made, result.run)

    # The undo scheduled the new secret for deletion, and this plan knows of no restoring.
    assert codes(run_plan(world, made, plan)) == {"scheduled-for-deletion"}
    written.clear()
    second = run_plan(world, made, world.plan(made).plan)
    assert (second.status, second.failures) == ("done", ())
    assert not any(written) and len(statements(world, "shared")[0]["Resource"]) == 2
    undone = world.undo(made, first.run)
    assert undone.status == "undone"
    assert any("stays its role's" in kept for kept in undone.kept)
    (read,) = statements(world, "shared")
    assert "Condition" not in read and len(read["Resource"]) == 1
    assert world.all_answer() and "MAIL_TOKEN" not in world.variables("api")
    assert world.undo(made, second.run).status == "undone"
    assert world.policies("shared") == [] and world.all_answer()


# A kill in between


class Killed(BaseException):
    """Stands for SIGKILL inside this process: nothing of ours runs after it."""


def killed_while_the_second_twin_lives(world, monkeypatch, made) -> str:
    world.function("api", {"API_TOKEN": TOKEN})
    withhold(world)
    real, calls = ProbeFunction._ask, iter([False, True])

    def ask(self, ctx, probe):
        if next(calls):
            raise Killed
        return real(self, ctx, probe)

    with monkeypatch.context() as patch:
        patch.setattr(ProbeFunction, "_ask", ask)
        patch.setattr(grant_role, "delete_twin", lambda *_about: None)
        patch.setattr(grant_role, "bind_grants", lambda *_about: None)
        with pytest.raises(Killed):
            world.migrate(made)
    assert not bound(statements(world)) and len(world.probes()) == 1
    return made.journal().run("last").id


@pytest.mark.parametrize("then", ["resume", "undo", "moved"])
def test_a_grant_that_was_widened_and_never_proved_is_bound_again(world, monkeypatch, then):
    made = services(world)
    run = killed_while_the_second_twin_lives(world, monkeypatch, made)
    supply(world)  # whatever follows, nothing needs the wide form any more
    if then == "undo":
        assert world.undo(made, run).status == "undone"
        assert world.policies("api") == [] and the_plaintext_stays(world)
        assert world.probes() == []
        return
    if then == "moved":
        world.edit("api", lambda v: v.update({"API_TOKEN": OTHER}))
    result = world.resume(made, run)
    assert result.status == ("incomplete" if then == "moved" else "done")
    assert bound(statements(world)) and result.granted_to_role == ()


def test_the_twin_that_a_kill_left_goes_with_the_next_attempt(world, monkeypatch):
    made = services(world)
    run = killed_while_the_second_twin_lives(world, monkeypatch, made)
    result = world.resume(made, run)
    assert (result.status, result.granted_to_role) == ("done", ("eu-west-1/api",))
    assert world.probes() == [] and world.answers("api")


def test_a_run_that_another_run_overtook_does_not_bind_its_grant(world, monkeypatch):
    made = services(world)
    dead = killed_while_the_second_twin_lives(world, monkeypatch, made)
    plan = world.plan(made).plan
    assert plan.functions[0].fallback.standing
    live = run_plan(world, made, plan, Consent.SWITCH)
    assert live.failures == ()
    world.resume(made, dead)
    assert not bound(statements(world))
    world.undo(made, dead)
    assert not bound(statements(world)) and world.all_answer()
    assert world.undo(made, live.run).status == "undone"
    assert world.policies("api") == []


# Putting the condition back


def second_twin(monkeypatch, answer) -> None:
    """The first twin is asked for real; for the second one this is called."""
    real, calls = ProbeFunction.ask, iter([False, True])

    def ask(self, ctx, name):
        return answer() if next(calls) else real(self, ctx, name)

    monkeypatch.setattr(ProbeFunction, "ask", ask)


def busy(*_about):
    raise Unavailable("The cloud is busy", code="throttled")


def test_any_failure_of_the_second_twin_puts_the_condition_back(world, monkeypatch, written):
    world.function("api", {"API_TOKEN": TOKEN})
    withhold(world)
    second_twin(monkeypatch, busy)
    result = world.migrate(services(world))
    assert codes(result) == {"throttled"} and the_plaintext_stays(world)
    assert not all(written) and bound(statements(world))


def test_a_stale_answer_of_iam_does_not_leave_the_condition_out(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    withhold(world)
    second_twin(monkeypatch, busy)
    real, stale = permissions.AwsAccess._read, []
    narrow: list[str] = []

    def read(self, role, name):
        text = real(self, role, name)
        if name == POLICY and text and bound(json.loads(text)["Statement"]):
            narrow[:] = [text]
        return stale.pop() if stale and name == POLICY else text

    def bind(ctx, function):
        stale[:] = narrow * 2
        granting.bind_grants(ctx, function)
        assert not stale

    monkeypatch.setattr(permissions.AwsAccess, "_read", read)
    monkeypatch.setattr(grant_role, "bind_grants", bind)
    assert codes(world.migrate(services(world))) == {"throttled"}
    assert bound(statements(world))


def test_a_condition_that_could_not_be_put_back_is_told_and_comes_back_later(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    withhold(world)
    made = services(world)
    with monkeypatch.context() as patch:
        second_twin(patch, busy)
        patch.setattr(grant_role, "bind_grants", busy)
        result = world.migrate(made)
    assert codes(result) == {"role-grant-left"}
    assert not bound(statements(world)) and the_plaintext_stays(world)
    supply(world)
    assert world.resume(made, result.run).status == "done"
    assert bound(statements(world)) and world.answers("api")
