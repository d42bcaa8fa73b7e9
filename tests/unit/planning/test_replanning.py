"""A plan for functions that were migrated before, and one function's trouble beside others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from secretshift.model.secret_value import SecretValue
from secretshift.model.unread import Unread
from secretshift.planning.inputs import Options
from secretshift.planning.secret_names import Held

from .conftest import PLACE, fingerprint, stored

TOKEN = "tok-Vw83hdkQpe71"
SECRET = {"API_TOKEN": TOKEN}
OTHER = {"MAIL_TOKEN": "tok-Zz99hdkQpe72"}
JAVA = {"runtime": "java21"}
HOLDS = Held(fingerprint(SecretValue(TOKEN)))
ROTATED = Held(fingerprint(SecretValue("rotated-Now-8812")))


def codes(function) -> set[str]:
    return {note.code for note in function.blockers}


def once_migrated(world, **changes):
    """The secret that a first plan made, with the reference to it in the function."""
    info = stored(world.function("api", SECRET, **changes).plan().secrets[0])
    world.cases.clear()
    world.function("api", {**SECRET, "API_TOKEN_SECRET_ARN": info.arn}, **changes)
    return info


def test_a_secret_that_still_holds_the_value_is_used_again(world):
    info = stored(world.function("api", SECRET).plan().secrets[0])
    plan = world.plan(owned={PLACE: (info,)}, held={info.arn: HOLDS})
    assert [(s.action, s.arn) for s in plan.secrets] == [("reuse", info.arn)]
    assert not plan.functions[0].blocked


def test_a_rotated_secret_is_left_alone_and_the_old_value_gets_its_own(world):
    info = stored(world.function("api", SECRET).plan().secrets[0])
    plan = world.plan(owned={PLACE: (info,)}, held={info.arn: ROTATED})
    assert [(s.action, s.name) for s in plan.secrets] == [("create", f"{info.name}-2")]
    assert "rotated-elsewhere" in {note.code for note in plan.functions[0].warnings}


def test_the_second_secret_is_used_again_as_well(world):
    first = stored(world.function("api", SECRET).plan().secrets[0])
    second = replace(first, name=f"{first.name}-2", arn=first.arn.replace("-AbCdEf", "-2-GhIjKl"))
    held = {first.arn: ROTATED, second.arn: HOLDS}
    for owned in ((first, second), (second, first)):
        plan = world.plan(owned={PLACE: owned}, held=held)
        assert [(s.action, s.arn) for s in plan.secrets] == [("reuse", second.arn)]


def test_a_live_secret_goes_before_one_in_its_recovery_window(world):
    live = stored(world.function("api", SECRET).plan().secrets[0])
    gone = replace(live, name="a", arn=live.arn + "0", deletion=datetime(2026, 1, 1, tzinfo=UTC))
    plan = world.plan(owned={PLACE: (gone, live)})
    assert plan.secrets[0].arn == live.arn
    assert world.plan(owned={PLACE: (gone,)}).secrets[0].action == "restore"


def test_a_secret_that_cannot_be_read_blocks_who_would_use_it(world):
    info = stored(world.function("api", SECRET).plan().secrets[0])
    world.function("mail", OTHER)
    held = {info.arn: Held(unread=Unread("access was denied", "Ask for it"))}
    api, mail = world.plan(owned={PLACE: (info,)}, held=held).functions
    assert codes(api) == {"secret-unreadable"}
    assert [note.hint for note in api.blockers] == ["Ask for it"]
    assert not mail.blocked


def test_a_reference_of_ours_is_not_foreign_and_the_code_is_all_that_is_left(world):
    info = once_migrated(world, **JAVA)
    plan = world.plan(owned={PLACE: (info,)}, held={info.arn: HOLDS})
    assert not plan.functions and not plan.secrets and plan.nothing_to_do
    (work,) = plan.work
    assert work.code == "in-code"
    assert "API_TOKEN_SECRET_ARN" in work.snippet
    assert work.where and TOKEN not in repr(plan)


def test_code_is_left_even_after_a_rotation(world):
    info = once_migrated(world, **JAVA)
    plan = world.plan(owned={PLACE: (info,)}, held={info.arn: ROTATED})
    assert not plan.functions
    assert [work.code for work in plan.work] == ["in-code"]


def test_a_second_variable_of_a_function_whose_code_is_left_is_planned(world):
    info = once_migrated(world, **JAVA)
    world.cases.clear()
    world.function("api", {**SECRET, **OTHER, "API_TOKEN_SECRET_ARN": info.arn}, **JAVA)
    plan = world.plan(owned={PLACE: (info,)}, held={info.arn: HOLDS})
    assert not plan.functions[0].blocked
    assert {s.action for s in plan.secrets} == {"create", "reuse"}


def test_a_reference_to_a_secret_that_is_not_ours_stays_foreign(world):
    once_migrated(world, **JAVA)
    (function,) = world.plan().functions
    assert codes(function) == {"foreign-reference"}


def test_a_reference_to_a_secret_of_ours_with_something_else_blocks(world):
    info = once_migrated(world, **JAVA)
    other = replace(info, tags={**info.tags, "secretshift:fingerprint": "0" * 64})
    (function,) = world.plan(owned={PLACE: (other,)}).functions
    assert codes(function) == {"came-back"}


def test_a_key_alias_blocks_its_own_function_only(world):
    alias = "arn:aws:kms:eu-west-1:111122223333:alias/fn"
    world.function("keyed", SECRET, kms_key=alias).function("mail", OTHER)
    keyed, mail = world.plan().functions
    assert codes(keyed) == {"key-alias"}
    assert not mail.blocked
    assert all("key-alias" in codes(f) for f in world.plan(Options(kms_key=alias)).functions)


def test_what_goes_wrong_with_one_function_blocks_that_one(world):
    world.function("api", SECRET).function("mail", OTHER)
    broken, good = world.cases
    ref = replace(broken.snapshot.ref, arn="not-an-arn")
    world.cases = [replace(broken, snapshot=replace(broken.snapshot, ref=ref)), good]
    api, mail = world.plan().functions
    assert api.blocked and not api.policy
    assert not mail.blocked


def test_a_role_without_room_blocks_the_functions_that_find_none(world):
    role = "arn:aws:iam::111122223333:role/shared"
    for number in range(3):
        world.function(f"f{number}", {"API_TOKEN": f"tok-Vw83hdkQpe7{number}"}, role=role)
    sizes = [len(f.policy) for f in world.plan().functions]
    plan = world.plan(rooms={role: sizes[0] + sizes[1] + 100})
    assert [codes(f) for f in plan.functions] == [set(), set(), {"policies-too-large"}]
    assert len(plan.secrets) == 2
    assert not any(codes(f) for f in world.plan(rooms={role: 10240}).functions)


def test_a_policy_that_is_there_is_replaced(world):
    function = world.function("api", SECRET).plan().functions[0]
    rooms = {function.role: 100}
    assert codes(world.plan(rooms=rooms).functions[0]) == {"policies-too-large"}
    world.cases = [replace(case, policy=function.policy) for case in world.cases]
    assert not world.plan(rooms=rooms).functions[0].blocked


def test_a_function_that_changed_while_it_was_looked_at_is_not_planned(world):
    world.function("api", SECRET).function("mail", OTHER)
    world.cases[0] = replace(world.cases[0], changed=True)
    plan = world.plan()
    by_name = {f.function.name: f for f in plan.functions}
    assert codes(by_name["api"]) == {"changed"}
    assert not by_name["api"].variables
    assert not by_name["mail"].blocked
    assert len(plan.secrets) == 1
