"""A person names a secret, chooses how it is stored, and leaves something out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretshift.changes.context import value_from_secret
from secretshift.clouds.aws.references import LambdaReferences
from secretshift.model.codec import from_data, to_data
from secretshift.model.errors import UsageProblem
from secretshift.model.findings import FileLocation, Finding, credential_id
from secretshift.model.functions import Place
from secretshift.model.plans import Plan
from secretshift.model.ports import Grant
from secretshift.model.secret_value import SecretValue
from secretshift.planning.edits import Edit, Edits, LeftOut
from secretshift.planning.inputs import Options
from secretshift.planning.secret_names import Held
from secretshift.shapes.arn import parse_reference
from secretshift.shapes.secret_name import name_problem

from .conftest import PLACE, fingerprint, stored
from .test_contents import composed, only

PASSWORD = "kirsche-Mond-17"
TOKEN = "tok-Vw83hdkQpe71"
URL = f"postgresql://shop:{PASSWORD}@db.internal:5432/orders"
NAME = "prod/billing/db"
SIBLINGS = {"DB_PASSWORD": PASSWORD, "DB_USER": "shop", "DB_HOST": "db.internal"}


def credential(text: str):
    return credential_id(fingerprint(SecretValue(text)))


def edited(*edits: Edit, **more) -> Options:
    return Options(edits=Edits.of(edits), **more)


def names(plan) -> list[str]:
    return [secret.name for secret in plan.secrets]


# Names


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("", "needs a name"),
        ("a" * 513, "512"),
        ("prod/billing stripe", "letters"),
        ("prod/bílling", "letters"),
        ("prod/billing:key", "letters"),
        ("prod/billing\n", "letters"),
        ("prod-stripe", "six"),
        ("x-AbC123", "six"),
    ],
)
def test_a_name_that_the_store_refuses_is_told_why(name, word):
    problem = name_problem(name)
    assert word in problem and problem.endswith(".")
    if name:
        with pytest.raises(UsageProblem):
            Edits.of([Edit(credential(TOKEN), name)])


@pytest.mark.parametrize(
    "name", ["a", "a" * 512, "prod/billing/stripe", "A_z+0=9.@-", "prod-stripes", "prod-stri.e"]
)
def test_a_name_that_the_store_takes_is_taken(name):
    assert name_problem(name) == ""


@given(st.from_regex(r"\A[A-Za-z0-9/_+=.@-]{1,80}\Z").filter(lambda name: not name_problem(name)))
def test_every_good_name_can_be_referred_to_and_granted(name):
    style = LambdaReferences()
    arn = style.foreseen(PLACE, name)
    assert parse_reference(style.text(arn, "password")) is not None
    function = f"arn:aws:lambda:{PLACE.region}:{PLACE.account}:function:api"
    document = style.grant_document(PLACE, (function,), (Grant(arn),))
    parsed = style.grants_in(document)
    assert parsed is not None and parsed.grants == (Grant(arn),)


def test_the_chosen_name_is_the_secrets_in_every_place(world):
    far = Place("aws", "111122223333", "us-east-1")
    world.function("api", {"API_TOKEN": TOKEN}).function("far", {"API_TOKEN": TOKEN}, place=far)
    plan = world.plan(edited(Edit(credential(TOKEN), NAME)))
    assert [(s.name, s.place.region) for s in plan.secrets] == [
        (NAME, "eu-west-1"),
        (NAME, "us-east-1"),
    ]
    for function in plan.functions:
        assert f":secret:{NAME}-XXXXXX" in function.policy
        assert not function.blocked


def test_other_secrets_keep_the_names_that_a_plan_gives(world):
    world.function("api", {"API_TOKEN": TOKEN, "DB_PASSWORD": PASSWORD})
    before = names(world.plan())
    after = names(world.plan(edited(Edit(credential(TOKEN), NAME))))
    assert NAME in after and len(set(after) & set(before)) == 1


def test_one_name_for_two_values_is_refused(world):
    world.function("api", {"API_TOKEN": TOKEN, "MAIL_PASSWORD": PASSWORD})
    options = edited(Edit(credential(TOKEN), NAME), Edit(credential(PASSWORD), NAME))
    with pytest.raises(UsageProblem, match="Two secrets"):
        world.plan(options)


def test_one_name_for_a_value_under_two_keys_is_refused(world):
    key = "arn:aws:kms:eu-west-1:111122223333:key/1"
    world.function("api", {"API_TOKEN": TOKEN})
    world.function("keyed", {"API_TOKEN": TOKEN}, kms_key=key)
    with pytest.raises(UsageProblem, match="Two secrets"):
        world.plan(edited(Edit(credential(TOKEN), NAME)))


def test_a_name_that_a_plan_would_give_to_another_value_is_kept_free(world):
    world.function("api", {"API_TOKEN": TOKEN, "MAIL_PASSWORD": PASSWORD})
    given_first, given_second = names(world.plan())
    plan = world.plan(edited(Edit(credential(PASSWORD), given_first)))
    assert names(plan) == [f"{given_first}-2", given_first]
    assert given_second not in names(plan)


def test_two_credentials_of_one_secret_cannot_have_two_names(world):
    text = json.dumps({"password": PASSWORD, "client_secret": "gH4-teapot-9911-moon"})
    world.function("api", {"CREDENTIALS": text})
    other = credential("gH4-teapot-9911-moon")
    with pytest.raises(UsageProblem, match="different names"):
        world.plan(edited(Edit(credential(PASSWORD), NAME), Edit(other, "prod/other")))
    same = world.plan(edited(Edit(credential(PASSWORD), NAME), Edit(other, NAME)))
    assert names(same) == [NAME]
    assert names(world.plan(edited(Edit(other, NAME)))) == [NAME]


def test_a_credential_that_only_goes_into_the_json_of_another_names_that(world):
    world.function("api", SIBLINGS)
    case = world.cases[0]
    beside = replace(
        case.findings[0],
        credential=credential("shop"),
        fingerprint=fingerprint(SecretValue("shop")),
        location=replace(case.findings[0].location, variable="DB_USER"),
    )
    world.cases[0] = replace(case, findings=(*case.findings, beside))
    left = LeftOut((f"{case.snapshot.ref.arn}|DB_USER",))
    edit, other = Edit(credential("shop"), NAME), Edit(credential(PASSWORD), "prod/other")
    assert names(world.plan(edited(edit, left_out=left))) == [NAME]
    with pytest.raises(UsageProblem, match="different names"):
        world.plan(edited(edit, other, left_out=left))


def test_two_edits_of_one_credential_add_up_or_are_refused():
    edits = Edits.of([Edit(credential(TOKEN), NAME), Edit(credential(TOKEN), shape="json")])
    assert edits.names == {credential(TOKEN): NAME}
    assert edits.shapes == {credential(TOKEN): "json"}
    with pytest.raises(UsageProblem):
        Edits.of([Edit(credential(TOKEN), NAME), Edit(credential(TOKEN), "prod/other")])
    with pytest.raises(UsageProblem):
        Edits.of([Edit(credential(TOKEN), shape="xml")])


def test_an_edit_of_what_was_not_found_is_told_and_is_no_error(world):
    edits = Edits.of([Edit(credential(TOKEN), NAME, "json")])
    assert edits.idle({credential(TOKEN)}) == ()
    assert edits.idle({credential(PASSWORD)}) == (credential(TOKEN),)
    plan = world.function("api", SIBLINGS).plan(Options(edits=edits))
    assert NAME not in names(plan) and plan.active


# What stands under the name


def standing(world, **changes):
    """The plan with the name chosen, where a secret like the planned one stands under it."""
    options = edited(Edit(credential(TOKEN), NAME))
    info = stored(world.plan(options).secrets[0], **changes)
    held = {info.arn: Held(fingerprint(SecretValue(TOKEN)))} if info.deletion is None else {}
    owned = (info,) if info.tags.get("secretshift:managed") == "true" else ()
    return world.plan(options, owned={PLACE: owned}, held=held, named={PLACE: {NAME: info}})


def test_the_secret_of_that_name_is_used_again_for_the_same_value(world):
    world.function("api", {"API_TOKEN": TOKEN})
    (secret,) = standing(world).secrets
    assert (secret.name, secret.action) == (NAME, "reuse")


def test_the_deleted_secret_of_that_name_is_restored_for_the_same_value(world):
    world.function("api", {"API_TOKEN": TOKEN})
    (secret,) = standing(world, deletion=datetime(2026, 1, 1, tzinfo=UTC)).secrets
    assert (secret.name, secret.action) == (NAME, "restore")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"tags": {}}, "not secretshift's"),
        ({"tags": {}, "deletion": datetime(2026, 1, 1, tzinfo=UTC)}, "recovery window"),
        (
            {"tags": {"secretshift:managed": "true", "secretshift:fingerprint": "0" * 64}},
            "another value",
        ),
        ({"kms_key": "arn:aws:kms:eu-west-1:111122223333:key/2"}, "another key"),
    ],
)
def test_a_name_that_stands_for_something_else_is_refused(world, changes, word):
    world.function("api", {"API_TOKEN": TOKEN})
    with pytest.raises(UsageProblem, match=word) as problem:
        standing(world, **changes)
    assert NAME in problem.value.resource


def test_a_secret_that_was_rotated_does_not_take_the_old_value(world):
    world.function("api", {"API_TOKEN": TOKEN})
    options = edited(Edit(credential(TOKEN), NAME))
    info = stored(world.plan(options).secrets[0])
    with pytest.raises(UsageProblem, match="rotated"):
        world.plan(
            options,
            owned={PLACE: (info,)},
            held={info.arn: Held("0" * 64)},
            named={PLACE: {NAME: info}},
        )


def test_the_same_value_under_another_name_is_told(world):
    world.function("api", {"API_TOKEN": TOKEN})
    info = stored(world.plan().secrets[0])
    held = {info.arn: Held(fingerprint(SecretValue(TOKEN)))}
    plan = world.plan(edited(Edit(credential(TOKEN), NAME)), owned={PLACE: (info,)}, held=held)
    assert [(s.name, s.action) for s in plan.secrets] == [(NAME, "create")]
    (note,) = [n for n in plan.functions[0].warnings if n.code == "also-stored"]
    assert info.name in note.text


def test_a_name_that_is_a_word_of_an_environment_is_warned_of(world):
    world.function("api", {"API_TOKEN": TOKEN, "STAGE": "prod"})

    def codes(name):
        plan = world.plan(edited(Edit(credential(TOKEN), name)))
        return {note.code for note in plan.functions[0].warnings}

    assert "name-mentioned" in codes("prod")
    assert "name-mentioned" not in codes("prod/api")


# Shapes


def test_plain_stores_a_password_without_what_belongs_to_it(world):
    world.function("api", SIBLINGS)
    assert world.plan().secrets[0].is_json
    plan = world.plan(edited(Edit(credential(PASSWORD), shape="plain")))
    (secret,) = plan.secrets
    assert not secret.is_json
    assert composed(plan, secret.key, world) == SecretValue(PASSWORD)
    assert fingerprint(composed(plan, secret.key, world)) == secret.fingerprint
    (variable,) = plan.functions[0].variables
    assert not variable.json_key and not variable.template


def test_plain_stores_a_url_whole_and_the_password_beside_it(world):
    world.function("api", {"DATABASE_URL": URL, "DB_PASSWORD": PASSWORD})
    plan = world.plan(edited(Edit(credential(PASSWORD), shape="plain")))
    texts = {composed(plan, secret.key, world).reveal() for secret in plan.secrets}
    assert texts == {URL, PASSWORD}
    for variable in plan.functions[0].variables:
        value = value_from_secret(variable, composed(plan, variable.secret, world))
        assert fingerprint(value) == variable.fingerprint
    with pytest.raises(UsageProblem, match="Two secrets"):
        world.plan(edited(Edit(credential(PASSWORD), NAME, "plain")))


def test_json_gathers_what_the_catalogue_knows_and_is_an_object_without_it(world):
    world.function("api", {"API_TOKEN": TOKEN})
    assert not world.plan().secrets[0].is_json
    plan = world.plan(edited(Edit(credential(TOKEN), shape="json")))
    (secret,) = plan.secrets
    text = composed(plan, secret.key, world)
    (variable,) = plan.functions[0].variables
    assert json.loads(text.reveal()) == {variable.json_key: TOKEN}
    assert value_from_secret(variable, text) == SecretValue(TOKEN)
    assert fingerprint(text) == secret.fingerprint

    world.cases.clear()
    world.function("api", SIBLINGS)
    assert world.plan(edited(Edit(credential(PASSWORD), shape="json"))) == world.plan()


@pytest.mark.parametrize(
    ("variables", "secret", "why"),
    [
        (
            {"CREDENTIALS": json.dumps({"password": PASSWORD, "client_secret": "gH4-teapot-9911"})},
            PASSWORD,
            "several credentials",
        ),
        (
            {"DATABASE_URL": "postgresql://shop:kirsche%2dMond%2d17@db.internal/orders"},
            PASSWORD,
            "exactly the same text",
        ),
        ({"HEADERS": json.dumps({"password": PASSWORD})}, PASSWORD, "more than this credential"),
    ],
)
def test_json_is_refused_where_the_text_is_stored_as_it_stands(world, variables, secret, why):
    world.function("api", variables)
    assert credential(secret) in {f.credential for f in world.cases[0].findings}
    assert not world.plan().secrets[0].is_json
    with pytest.raises(UsageProblem, match=why):
        world.plan(edited(Edit(credential(secret), shape="json")))


# Files


def in_file(text: str, world) -> Finding:
    mark = fingerprint(SecretValue(text))
    world.function("elsewhere", {"API_TOKEN": text})
    finding = world.cases.pop().findings[0]
    return replace(
        finding, credential=credential_id(mark), location=FileLocation("/repo", "a.py", 1, 1)
    )


def test_a_secret_of_a_file_can_be_named_and_is_plain(world):
    found = (in_file(TOKEN, world),)
    plan = world.plan(
        edited(Edit(credential(TOKEN), NAME, "plain"), store_files=PLACE), file_findings=found
    )
    assert [(s.name, s.is_json) for s in plan.secrets] == [(NAME, False)]
    with pytest.raises(UsageProblem, match="files only"):
        world.plan(
            edited(Edit(credential(TOKEN), shape="json"), store_files=PLACE), file_findings=found
        )


def test_json_stands_where_the_same_value_lies_in_a_function_too(world):
    found = (in_file(TOKEN, world),)
    world.function("api", {"API_TOKEN": TOKEN})
    options = edited(Edit(credential(TOKEN), NAME, "json"), store_files=PLACE)
    plan = world.plan(options, file_findings=found)
    assert [(s.name, s.is_json) for s in plan.secrets] == [(NAME, True)]


# Left out


@pytest.mark.parametrize("form", ["arn", "str", "name"])
def test_a_function_that_is_left_out_is_not_planned(world, form):
    world.function("api", {"API_TOKEN": TOKEN}).function("mail", {"MAIL_PASSWORD": PASSWORD})
    ref = world.cases[0].snapshot.ref
    key = {"arn": ref.arn, "str": str(ref), "name": ref.name}[form]
    plan = world.plan(Options(left_out=LeftOut((key,))))
    assert [f.function.name for f in plan.functions] == ["mail"]
    assert plan.left_out == ("eu-west-1/api",)
    assert len(plan.secrets) == 1, "the secret that nobody would read is gone"
    assert plan.accounts == ("111122223333",)
    assert from_data(Plan, json.loads(json.dumps(to_data(plan)))) == plan


def test_a_variable_that_is_left_out_stays_and_the_others_move(world):
    world.function("api", {"API_TOKEN": TOKEN, "MAIL_PASSWORD": PASSWORD})
    ref = world.cases[0].snapshot.ref
    plan = world.plan(Options(left_out=LeftOut((f"{ref.arn}|API_TOKEN",))))
    assert [v.name for v in plan.functions[0].variables] == ["MAIL_PASSWORD"]
    assert plan.left_out == ("eu-west-1/api API_TOKEN",)
    changes = {item.name: item.change for item in plan.functions[0].environment}
    assert changes["API_TOKEN"] == "keeps"


def test_a_secret_that_another_function_still_reads_stays(world):
    world.function("api", {"API_TOKEN": TOKEN}).function("worker", {"API_TOKEN": TOKEN})
    plan = world.plan(Options(left_out=LeftOut(("api",))))
    assert len(plan.secrets) == 1
    assert only(plan, "worker").variables[0].secret == plan.secrets[0].key
    source = plan.secrets[0].pieces[0].variable
    assert source is not None and source.function.name == "worker"


def test_leaving_a_variable_out_lifts_a_blocker_that_it_caused(world):
    variables = {"API_TOKEN": TOKEN, "MAIL_PASSWORD": PASSWORD, "LONG": "x" * 3720}
    world.function("api", variables)
    assert [n.code for n in world.plan().functions[0].blockers] == ["size"]
    plan = world.plan(Options(left_out=LeftOut(("api|MAIL_PASSWORD",))))
    assert not plan.functions[0].blocked


def test_leaving_out_the_last_variable_leaves_the_function_out_of_the_plan(world):
    world.function("api", {"API_TOKEN": TOKEN})
    plan = world.plan(Options(left_out=LeftOut(("api|API_TOKEN",))))
    assert plan.functions == () and plan.secrets == () and plan.nothing_to_do
    assert plan.left_out == ("eu-west-1/api API_TOKEN",)


def test_what_is_not_there_cannot_be_left_out(world):
    world.function("api", {"API_TOKEN": TOKEN})
    snapshot = world.cases[0].snapshot
    there = {snapshot.ref: set(snapshot.variables)}
    LeftOut(("api", snapshot.ref.arn, "api|API_TOKEN")).check(there)
    for key in ("ap", "api|API_TOKENS", "eu-west-2/api"):
        with pytest.raises(UsageProblem) as problem:
            LeftOut((key,)).check(there)
        assert problem.value.resource


NAMES = st.sampled_from(["api", "worker", "mail", "cron"])
KEYS = st.one_of(NAMES, NAMES.map(lambda name: f"{name}|API_TOKEN"))


@given(st.lists(KEYS, max_size=4, unique=True))
def test_what_is_left_out_is_never_written_and_all_else_is(catalogue, detector, keys):
    from .conftest import World

    world = World(catalogue, detector)
    for name in ("api", "worker", "mail", "cron"):
        world.function(name, {"API_TOKEN": TOKEN, "DB_PASSWORD": PASSWORD})
    plan = world.plan(Options(left_out=LeftOut(tuple(keys))))
    planned = {(f.function.name, v.name) for f in plan.functions for v in f.variables}
    wanted = {
        (name, variable)
        for name in ("api", "worker", "mail", "cron")
        for variable in ("API_TOKEN", "DB_PASSWORD")
        if name not in keys and f"{name}|{variable}" not in keys
    }
    assert planned == wanted
    assert {v.secret for f in plan.functions for v in f.variables} == {s.key for s in plan.secrets}
    for secret in plan.secrets:
        for piece in secret.pieces:
            assert piece.variable is None or piece.variable.function.name not in keys
