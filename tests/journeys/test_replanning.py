"""Migrate after a migration, an undo, a rotation or somebody else's change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from secretshift.clouds.aws.functions import AwsFunctions
from secretshift.clouds.aws.secrets import AwsSecrets
from secretshift.model.errors import Refused
from secretshift.model.journeys import Consent

TOKEN = "tok-Vw83hdkQpe71"


def blockers(plan) -> dict[str, set[str]]:
    return {f.function.name: {note.code for note in f.blockers} for f in plan.functions}


def rotate(world) -> str:
    name = next(iter(world.secrets()))
    world.client("secretsmanager").put_secret_value(SecretId=name, SecretString="rotated-Now-8812")
    return name


def test_a_switched_function_is_finished_although_the_list_lags(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    world.migrate(made, consent=Consent.SWITCH)
    monkeypatch.setattr(AwsSecrets, "owned", lambda self: iter(()))
    result = world.migrate(made)
    assert (result.status, result.blocked, result.failures) == ("done", (), ())
    assert "API_TOKEN" not in world.variables("api")
    assert world.all_answer()
    assert len(world.secrets()) == 1


def test_migrate_after_undo_although_the_list_lags(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    run = world.migrate(made).run
    real = AwsSecrets.owned
    region = world.plan(made).regions[0]
    old = tuple(real(region.secrets))
    world.undo(made, run)
    assert all(world.secrets().values())
    monkeypatch.setattr(AwsSecrets, "owned", lambda self: iter(old))
    planned = world.plan(made).plan
    assert [secret.action for secret in planned.secrets] == ["restore"]
    result = world.migrate(made)
    assert (result.status, result.failures) == ("done", ())
    assert world.all_answer()


def test_a_secret_that_the_list_still_shows_but_is_gone_is_made_anew(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    run = world.migrate(made).run
    old = tuple(world.plan(made).regions[0].secrets.owned())
    world.undo(made, run)
    name = next(iter(world.secrets()))
    world.client("secretsmanager").delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    monkeypatch.setattr(AwsSecrets, "owned", lambda self: iter(old))
    assert [secret.action for secret in world.plan(made).plan.secrets] == ["create"]


def test_a_function_whose_code_is_left_is_nothing_to_do_the_second_time(world):
    world.function("api", {"API_TOKEN": TOKEN}, runtime="java21")
    made = world.services()
    first = world.migrate(made)
    assert (first.status, first.kept) == ("done", ("eu-west-1/api",))
    second = world.migrate(made)
    assert (second.status, second.exit_code, second.blocked) == ("nothing to do", 0, ())
    assert "in-code" in {work.code for work in world.plan(made).plan.work}


def test_a_function_with_the_old_value_gets_its_own_secret_after_a_rotation(world):
    world.function("one", {"API_TOKEN": TOKEN})
    made = world.services()
    world.migrate(made)
    name = rotate(world)
    world.function("two", {"API_TOKEN": TOKEN})
    (function,) = world.plan(made).plan.functions
    assert "rotated-elsewhere" in {note.code for note in function.warnings}
    result = world.migrate(made)
    assert (result.status, result.failures) == ("done", ())
    assert set(world.secrets()) == {name, f"{name}-2"}
    assert world.answers("two")
    world.function("three", {"API_TOKEN": TOKEN})
    assert world.migrate(made).status == "done"
    assert set(world.secrets()) == {name, f"{name}-2"}


def test_a_key_named_by_its_alias_blocks_one_function(world):
    kms = world.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/fn", TargetKeyId=key)
    alias = key.split(":key/")[0] + ":alias/fn"
    world.function("good", {"API_TOKEN": TOKEN})
    world.function("keyed", {"API_TOKEN": "tok-Ab83hdkQpe77"}, KMSKeyArn=alias)
    planned = world.plan(world.services()).plan
    assert blockers(planned) == {"good": set(), "keyed": {"key-alias"}}


def test_a_role_that_is_full_blocks_before_anything_is_made(world):
    world.function("api", {"API_TOKEN": TOKEN})
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject",'
    policy += f'"Resource":"arn:aws:s3:::{"b" * 9900}/key"' + "}]}"
    world.client("iam").put_role_policy(RoleName="api", PolicyName="full", PolicyDocument=policy)
    planned = world.plan(world.services()).plan
    assert blockers(planned) == {"api": {"policies-too-large"}}
    assert not planned.secrets


@pytest.mark.parametrize("change", ["other", "gone"])
def test_a_function_that_changes_between_scan_and_plan_is_not_planned(world, monkeypatch, change):
    world.function("api", {"API_TOKEN": TOKEN})
    world.function("mail", {"MAIL_TOKEN": "tok-Zz99hdkQpe72"})
    made = world.services()
    real, done = AwsFunctions.read, []

    def read(self, ref):
        if ref.name == "api" and not done:
            done.append(True)
            other = {"API_TOKEN": "tok-Ab83hdkQpe77"} if change == "other" else {}
            world.edit("api", lambda v: (v.pop("API_TOKEN"), v.update(other)))
        return real(self, ref)

    monkeypatch.setattr(AwsFunctions, "read", read)
    planned = world.plan(made).plan
    assert done
    assert blockers(planned) == {"api": {"changed"}, "mail": set()}


def test_the_state_comes_from_the_function_itself(world, monkeypatch):
    """A list shows neither State nor LastUpdateStatus."""
    world.function("api", {"API_TOKEN": TOKEN})
    real = AwsFunctions.read
    monkeypatch.setattr(
        AwsFunctions, "read", lambda self, ref: replace(real(self, ref), update_status="InProgress")
    )
    planned = world.plan(world.services()).plan
    assert blockers(planned) == {"api": {"update-in-progress"}}


def test_a_value_in_a_variable_of_another_shape_is_never_sent_to_the_store(world, monkeypatch):
    """``NAME_SECRET_ARN`` of somebody else may hold anything, a value too."""
    world.function("api", {"API_TOKEN": TOKEN}, {"API_TOKEN_SECRET_ARN": "hunter-Two-7731"})
    asked = []
    real = AwsSecrets.describe

    def describe(self, name_or_arn):
        asked.append(name_or_arn)
        return real(self, name_or_arn)

    monkeypatch.setattr(AwsSecrets, "describe", describe)
    planned = world.plan(world.services()).plan
    assert blockers(planned)["api"] == {"foreign-reference"}
    assert asked and not any("hunter" in text for text in asked)


def test_a_reference_that_nobody_lets_us_see_is_foreign_and_no_error(world, monkeypatch):
    store = world.client("secretsmanager")
    arn = store.create_secret(Name="theirs", SecretString="hunter-Two-7731")["ARN"]
    world.function("api", {"API_TOKEN": TOKEN}, {"API_TOKEN_SECRET_ARN": arn})
    real = AwsSecrets.describe

    def describe(self, name_or_arn):
        if name_or_arn == arn:
            raise Refused("Access was denied", code="access-denied")
        return real(self, name_or_arn)

    monkeypatch.setattr(AwsSecrets, "describe", describe)
    planned = world.plan(world.services()).plan
    assert blockers(planned)["api"] == {"foreign-reference"}
    assert not planned.errors
