"""Somebody changes something between two steps: no function ever loses its value, nothing that is
not ours is touched, and what could not be proved is never called done."""

from __future__ import annotations

from dataclasses import replace

import pytest

import secretshift.clouds.aws.functions as functions
import secretshift.clouds.aws.permissions as permissions
from secretshift.changes.create_secret import CreateSecret
from secretshift.changes.remove_plaintext import RemovePlaintext
from secretshift.model.errors import NotFound, Unavailable, UsageProblem
from secretshift.model.journeys import CancelToken, Consent, Step, ignore
from secretshift.workflow.migrate import MigrateRequest, migrate
from secretshift.workflow.undo import UndoRequest, undo

from .world import NEAR, SOON

TOKEN = "tok-Vw83hdkQpe71"
OTHER = "tok-Qq83hdkQpe99"
POLICY = f"secretshift-{NEAR}-api"


def only_secret(world) -> str:
    (name,) = world.secrets()
    return name


def grant(world) -> dict:
    answer = world.client("iam").get_role_policy(RoleName="api", PolicyName=POLICY)
    return answer["PolicyDocument"]["Statement"][0]


def delete(world) -> None:
    world.client("secretsmanager").delete_secret(
        SecretId=only_secret(world), RecoveryWindowInDays=7
    )


def rotate(world) -> None:
    world.client("secretsmanager").put_secret_value(
        SecretId=only_secret(world), SecretString="rotated-Now-8812"
    )


def untag(world) -> None:
    world.client("secretsmanager").untag_resource(
        SecretId=only_secret(world), TagKeys=["secretshift:fingerprint"]
    )


def other_role(world) -> None:
    client = world.client("lambda")
    client.update_function_configuration(FunctionName="api", Role=world.role("other"))
    client.get_waiter("function_updated_v2").wait(FunctionName="api", WaiterConfig=SOON)


@pytest.mark.parametrize("change", [delete, rotate, other_role])
def test_just_before_the_removal(world, monkeypatch, change):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    real = RemovePlaintext.apply

    def apply(self, ctx, intent):
        change(world)
        return real(self, ctx, intent)

    monkeypatch.setattr(RemovePlaintext, "apply", apply)
    result = world.migrate(made)
    assert result.status == "incomplete" and result.moved == ()
    assert world.variables("api")["API_TOKEN"] == TOKEN
    assert world.answers("api")


def test_a_foreign_change_while_the_plaintext_goes_brings_it_back(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    real = functions.AwsFunctions.settled
    done = []

    def settled(self, ref):
        snapshot = real(self, ref)
        gone = "API_TOKEN_SECRET_ARN" in snapshot.variables and (
            "API_TOKEN" not in snapshot.variables
        )
        if ref.name == "api" and gone and not done:
            done.append(True)
            client = world.client("lambda")
            client.update_function_configuration(FunctionName="api", Timeout=21)
            client.get_waiter("function_updated_v2").wait(FunctionName="api", WaiterConfig=SOON)
            snapshot = real(self, ref)
        return snapshot

    monkeypatch.setattr(functions.AwsFunctions, "settled", settled)
    result = world.migrate(made)
    assert done and result.status == "incomplete"
    assert world.variables("api") == {"LOG_LEVEL": "info", "API_TOKEN": TOKEN}
    assert world.configuration("api")["Timeout"] == 21
    assert world.answers("api")


def test_a_secret_that_was_destroyed_is_not_a_function_that_is_gone(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    run = world.migrate(made).run
    world.client("secretsmanager").delete_secret(
        SecretId=only_secret(world), ForceDeleteWithoutRecovery=True
    )
    for _attempt in range(2):
        undone = world.undo(made, run)
        assert undone.status == "partly-undone"
        assert {f.code for f in undone.failures} == {"secret-gone"}


def test_one_lost_secret_stops_its_own_function_only(world):
    world.function("api", {"API_TOKEN": TOKEN})
    world.function("two", {"MAIL_TOKEN": OTHER})
    made = world.services()
    run = world.migrate(made, consent=Consent.SWITCH).run
    lost = next(name for name in world.secrets() if "api-token" in name)
    world.client("secretsmanager").delete_secret(SecretId=lost, RecoveryWindowInDays=7)
    result = world.resume(made, run)
    assert result.status == "incomplete"
    assert result.moved == ("eu-west-1/two",)
    assert world.variables("api")["API_TOKEN"] == TOKEN
    assert world.all_answer()


def test_a_reference_that_somebody_added_after_the_plan_is_not_overwritten(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    plan = world.plan(made).plan
    theirs = f"arn:aws:secretsmanager:{NEAR}:000000000000:secret:theirs-AbCdEf"
    world.edit("api", lambda v: v.update({"API_TOKEN_SECRET_ARN": theirs}))
    result = migrate(made, MigrateRequest(plan, Consent.REMOVE_PLAINTEXT), ignore, CancelToken())
    assert {f.code for f in result.failures} == {"foreign-reference"}
    world.undo(made, result.run)
    assert world.variables("api")["API_TOKEN_SECRET_ARN"] == theirs
    assert world.answers("api")


def test_a_plan_carried_out_twice_finds_nothing_to_do(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    request = MigrateRequest(world.plan(made).plan, Consent.REMOVE_PLAINTEXT)
    assert migrate(made, request, ignore, CancelToken()).status == "done"
    again = migrate(made, request, ignore, CancelToken())
    assert again.status == "nothing to do" and not again.failures and not again.run


@pytest.mark.parametrize(
    ("change", "status"), [(delete, "incomplete"), (rotate, "incomplete"), (untag, "incomplete")]
)
def test_a_secret_of_a_file_is_stored_only_while_it_is_as_planned(world, change, status):
    (world.folder / "tree").mkdir()
    (world.folder / "tree" / "settings.py").write_text(f'API_TOKEN = "{TOKEN}"\n')
    made = world.services()
    plan = world.plan(made, paths=[world.folder / "tree"], store_files=NEAR).plan
    request = MigrateRequest(plan, Consent.REMOVE_PLAINTEXT)
    assert migrate(made, request, ignore, CancelToken()).status == "done"
    change(world)
    again = migrate(made, request, ignore, CancelToken())
    assert (again.status, bool(again.run)) == (status, True)
    assert list(world.secrets().values()) == [change is delete], "nothing was restored unasked"


def test_what_is_stored_is_no_part_of_a_run_for_the_rest(world):
    (world.folder / "tree").mkdir()
    (world.folder / "tree" / "settings.py").write_text(f'MAIL_TOKEN = "{OTHER}"\n')
    made = world.services()
    world.function("api", {"API_TOKEN": TOKEN})
    plan = world.plan(made, paths=[world.folder / "tree"], store_files=NEAR).plan
    request = MigrateRequest(plan, Consent.REMOVE_PLAINTEXT)
    first = migrate(made, replace(request, plan=replace(plan, functions=())), ignore, CancelToken())
    stored = only_secret(world)
    second = migrate(made, request, ignore, CancelToken())
    assert (first.status, second.status) == ("done", "done")
    assert len(world.secrets()) == 2
    touched = {change.target for change in made.journal().changes(second.run)}
    assert f"{NEAR}/{stored}" not in touched


def test_an_interrupted_undo_is_never_resumed_as_a_migration(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    run = world.migrate(made).run
    cancel = CancelToken()

    def stop(event):
        if isinstance(event, Step) and event.state == "undone":
            cancel.cancel()

    assert undo(made, UndoRequest(run), stop, cancel).status == "interrupted"
    with pytest.raises(UsageProblem):
        world.resume(made, run)
    assert world.undo(made, run).status == "undone"
    assert world.answers("api")
    assert world.policies("api") == []
    assert all(world.secrets().values())


class Killed(BaseException):
    """Stands for SIGKILL inside this process."""


def test_a_secret_restored_just_before_a_kill_goes_again_with_the_undo(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    world.undo(made, world.migrate(made).run)
    assert list(world.secrets().values()) == [True]
    with monkeypatch.context() as patch:
        real = CreateSecret.apply

        def apply(self, ctx, intent):
            real(self, ctx, intent)
            raise Killed

        patch.setattr(CreateSecret, "apply", apply)
        with pytest.raises(Killed):
            world.migrate(made)
    assert list(world.secrets().values()) == [False]
    run = made.journal().run("last").id
    assert world.undo(made, run).status == "undone"
    assert list(world.secrets().values()) == [True]


def test_a_secret_of_another_value_is_not_left_restored(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    plan = world.plan(made).plan
    world.undo(made, world.migrate(made).run)
    name = only_secret(world)
    store = world.client("secretsmanager")
    store.restore_secret(SecretId=name)
    store.put_secret_value(SecretId=name, SecretString="other-8812")
    store.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    result = migrate(made, MigrateRequest(plan, Consent.REMOVE_PLAINTEXT), ignore, CancelToken())
    assert result.status == "incomplete"
    assert world.secrets()[name] is True
    assert world.answers("api")


def test_a_stale_answer_of_iam_never_erases_another_runs_grant(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN, "B_TOKEN": OTHER})
    made = world.services()
    assert world.migrate(made, only=("variable:API_TOKEN",)).status == "done"
    real = permissions.AwsAccess._read
    stale = iter([True, True])

    def read(self, role, name):
        if name == POLICY and next(stale, False):
            return None
        return real(self, role, name)

    monkeypatch.setattr(permissions.AwsAccess, "_read", read)
    world.migrate(made, only=("variable:B_TOKEN",))
    assert len(grant(world)["Resource"]) == 2
    assert world.answers("api")


def test_a_twin_never_stays_in_the_grant(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    real = permissions.AwsAccess.read_policy
    last = {}

    def read(self, role, name):
        text = real(self, role, name)
        if text and "secretshift-probe-" in text:
            return last.get("text", text)  # one version behind, as IAM may be
        last["text"] = text
        return text

    monkeypatch.setattr(permissions.AwsAccess, "read_policy", read)
    assert world.migrate(made).status == "done"
    assert "probe" not in str(grant(world)["Condition"])


def with_event(made):
    return replace(made, test_events=lambda: {"api": b"{}"})


def without_log_result(monkeypatch) -> None:
    real = functions.AwsFunctions.invoke

    def invoke(self, ref, payload, *, probe=False):
        invocation = real(self, ref, payload, probe=probe)
        return invocation if probe else replace(invocation, resolver_text="")

    monkeypatch.setattr(functions.AwsFunctions, "invoke", invoke)


def test_one_environment_that_did_not_get_its_value_speaks_against_the_rest(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    made = with_event(world.services())
    without_log_result(monkeypatch)
    real = functions.AwsFunctions.resolver_log

    def log(self, snapshot, since):
        text = real(self, snapshot, since)
        bad = text.replace('"match"', '"error:Timeout"').replace('"resolved"', '"error:Timeout"')
        return bad + "\n" + text

    monkeypatch.setattr(functions.AwsFunctions, "resolver_log", log)
    result = world.migrate(made)
    assert {f.code for f in result.failures} == {"resolver-report"}
    assert world.variables("api")["API_TOKEN"] == TOKEN


def test_a_report_from_before_the_removal_is_no_proof_of_it(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    made = with_event(world.services())
    without_log_result(monkeypatch)
    real = functions.AwsFunctions.resolver_log
    first: list[str] = []

    def log(self, snapshot, since):
        if not first:
            text = real(self, snapshot, since)
            if not text:
                return ""
            first.append(text)
        return first[0]  # the log lags behind

    monkeypatch.setattr(functions.AwsFunctions, "resolver_log", log)
    result = world.migrate(made)
    proofs = [
        record.after.get("how")
        for record in made.journal().changes(result.run)
        if record.key.startswith("prove-resolved")
    ]
    assert first and proofs != ["event"]
    assert world.answers("api")


def test_one_throttled_question_to_the_twin_is_asked_again(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    real = functions.AwsFunctions.invoke
    throttled = iter([True])

    def invoke(self, ref, payload, *, probe=False):
        if next(throttled, False):
            raise Unavailable("throttled", code="throttled")
        return real(self, ref, payload, probe=probe)

    monkeypatch.setattr(functions.AwsFunctions, "invoke", invoke)
    assert world.migrate(made).status == "done"


def test_a_function_that_vanishes_meanwhile_does_not_stop_the_undo_of_others(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    world.function("zz", {})
    made = world.services()
    run = world.migrate(made).run
    real = functions.AwsFunctions.versions

    def versions(self, ref):
        if ref.name == "zz":
            raise NotFound("gone")
        return real(self, ref)

    monkeypatch.setattr(functions.AwsFunctions, "versions", versions)
    assert world.undo(made, run).status == "undone"


def test_references_that_another_run_relies_on_stay(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    first = world.migrate(made, consent=Consent.SWITCH)
    second = world.migrate(made)
    assert second.moved == ("eu-west-1/api",)
    undone = world.undo(made, first.run)
    assert any(second.run in kept for kept in undone.kept)
    assert world.answers("api") and "API_TOKEN" not in world.variables("api")
    assert world.undo(made, second.run).status == "undone"
    assert world.variables("api")["API_TOKEN"] == TOKEN
    assert "API_TOKEN_SECRET_ARN" in world.variables("api"), "those are the first run's"
    assert world.undo(made, first.run).status == "undone"
    assert world.variables("api") == {"LOG_LEVEL": "info", "API_TOKEN": TOKEN}
    assert world.policies("api") == []
    assert all(world.secrets().values())


@pytest.mark.parametrize(
    "reference", ["{arn}", "prod/payroll", "", "no-arn-but-Kirsche-99!", "{foreign}"]
)
def test_a_reference_that_somebody_listed_is_granted_nothing(world, reference):
    secret = world.client("secretsmanager").create_secret(
        Name="prod/payroll", SecretString="payroll"
    )
    foreign = f"arn:aws:secretsmanager:{NEAR}:000000000000:secret:theirs-AbCdEf"
    text = reference.format(arn=secret["ARN"], foreign=foreign)
    world.function(
        "api",
        {"API_TOKEN": TOKEN},
        {"SECRETSHIFT_VARS": "XY", "XY_SECRET_ARN": text, "XY": "there"},
    )
    made = world.services()
    result = world.migrate(made)
    if result.status == "done":
        assert world.answers("api")
        assert "payroll" not in str(grant(world))
        assert "000000000000" not in str(grant(world))
    else:
        assert world.variables("api")["API_TOKEN"] == TOKEN
    assert "Kirsche" not in str(result)
    undone = world.undo(made, result.run)
    assert undone.status in ("undone", "nothing to do"), undone.failures
    assert "Kirsche" not in str(undone)
    assert world.policies("api") == []
    assert world.answers("api")
    assert world.variables("api")["XY_SECRET_ARN"] == text


def test_a_function_deleted_since_the_plan_stops_only_itself(world):
    world.function("api", {"API_TOKEN": TOKEN})
    world.function("two", {"MAIL_TOKEN": OTHER})
    made = world.services()
    plan = world.plan(made).plan
    world.client("lambda").delete_function(FunctionName="two")
    del world.functions["two"]
    result = migrate(made, MigrateRequest(plan, Consent.REMOVE_PLAINTEXT), ignore, CancelToken())
    assert result.moved == ("eu-west-1/api",)
    assert result.status == "incomplete"
    assert world.all_answer()


def test_a_function_that_lost_its_grant_is_not_called_done(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    request = MigrateRequest(world.plan(made).plan, Consent.REMOVE_PLAINTEXT)
    assert migrate(made, request, ignore, CancelToken()).status == "done"
    world.client("iam").delete_role_policy(RoleName="api", PolicyName=POLICY)
    again = migrate(made, request, ignore, CancelToken())
    assert again.status != "nothing to do"


def test_a_secret_scheduled_right_after_the_removal_is_restored_for_the_function(
    world, monkeypatch
):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    real = RemovePlaintext.apply

    def apply(self, ctx, intent):
        after = real(self, ctx, intent)
        delete(world)
        return after

    monkeypatch.setattr(RemovePlaintext, "apply", apply)
    result = world.migrate(made)
    assert result.status == "incomplete"
    assert world.variables("api")["API_TOKEN"] == TOKEN
    assert world.answers("api")


def test_a_defect_of_ours_after_the_removal_still_brings_the_plaintext_back(world, monkeypatch):
    from secretshift.changes.prove_match import ProveMatch

    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    real = ProveMatch.apply

    def apply(self, ctx, intent):
        if self.wanted == "resolved":
            raise KeyError("a defect")
        return real(self, ctx, intent)

    monkeypatch.setattr(ProveMatch, "apply", apply)
    with pytest.raises(KeyError):
        world.migrate(made)
    assert world.variables("api")["API_TOKEN"] == TOKEN
    assert world.answers("api")
