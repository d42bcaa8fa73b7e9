"""One value is one secret, whatever form it stands in."""

from __future__ import annotations

import json

from secretshift.changes.context import value_from_secret
from secretshift.model.codec import from_data, to_data
from secretshift.model.plans import Plan
from secretshift.model.secret_value import SecretValue
from secretshift.shapes.secret_json import compose

from .conftest import fingerprint

PASSWORD = "kirsche-Mond-17"
URL = f"postgresql://shop:{PASSWORD}@db.internal:5432/orders"


def only(plan, name):
    return next(f for f in plan.functions if f.function.name == name)


def composed(plan, key, world):
    secret = plan.secret(key)
    pieces = []
    by_arn = {case.snapshot.ref.arn: case.snapshot for case in world.cases}
    from secretshift.changes.context import part_of

    for piece in secret.pieces:
        if piece.variable is None:
            pieces.append((piece.key, piece.constant))
        else:
            source = piece.variable
            pieces.append(
                (piece.key, part_of(by_arn[source.function.arn], source.variable, source.part))
            )
    return compose(pieces) if secret.is_json else pieces[0][1]


def test_a_password_and_the_url_that_holds_it_become_one_secret(world):
    world.function("api", {"DATABASE_URL": URL, "LOG_LEVEL": "info"})
    world.function("worker", {"DB_PASSWORD": PASSWORD, "DB_HOST": "other.internal"})
    plan = world.plan()
    assert len(plan.secrets) == 1
    stored = composed(plan, plan.secrets[0].key, world)
    body = json.loads(stored.reveal())
    assert body["password"] == PASSWORD
    assert body["engine"] == "postgres"
    assert body["port"] == 5432
    assert {"host", "username", "dbname"} <= set(body)
    url = only(plan, "api").variables[0]
    assert url.template and PASSWORD not in url.template
    assert value_from_secret(url, stored) == SecretValue(URL)
    single = only(plan, "worker").variables[0]
    assert single.json_key == "password"
    assert value_from_secret(single, stored) == SecretValue(PASSWORD)
    assert fingerprint(stored) == plan.secrets[0].fingerprint


def test_siblings_give_the_shape_that_rotation_expects(world):
    world.function(
        "api",
        {
            "DB_PASSWORD": PASSWORD,
            "DB_USER": "shop",
            "DB_HOST": "db.internal",
            "DB_PORT": "5432",
            "DB_NAME": "orders",
        },
    )
    plan = world.plan()
    body = json.loads(composed(plan, plan.secrets[0].key, world).reveal())
    assert body == {
        "engine": "postgres",
        "username": "shop",
        "host": "db.internal",
        "port": 5432,
        "dbname": "orders",
        "password": PASSWORD,
    }
    assert [v.name for v in plan.functions[0].variables] == ["DB_PASSWORD"]


def test_one_secret_for_each_region_and_key(world):
    from secretshift.model.functions import Place

    far = Place("aws", "111122223333", "us-east-1")
    key = "arn:aws:kms:eu-west-1:111122223333:key/1"
    world.function("near", {"API_TOKEN": "tok-Vw83hdkQpe71"})
    world.function("near2", {"API_TOKEN": "tok-Vw83hdkQpe71"})
    world.function("far", {"API_TOKEN": "tok-Vw83hdkQpe71"}, place=far)
    world.function("keyed", {"API_TOKEN": "tok-Vw83hdkQpe71"}, kms_key=key)
    plan = world.plan()
    assert len(plan.secrets) == 3
    assert only(plan, "near").variables[0].secret == only(plan, "near2").variables[0].secret
    assert plan.secret(only(plan, "keyed").variables[0].secret).kms_key == key
    names = [s.name for s in plan.secrets if s.place.region == "eu-west-1"]
    assert len(set(names)) == len(names)


def test_what_would_not_give_the_same_bytes_is_stored_whole(world):
    odd = "postgresql://shop:kirsche%2dMond%2d17@db.internal/orders"
    world.function("api", {"DATABASE_URL": odd})
    plan = world.plan()
    variable = plan.functions[0].variables[0]
    assert value_from_secret(variable, composed(plan, variable.secret, world)) == SecretValue(odd)


def test_no_value_of_any_variable_is_in_the_plan(world):
    variables = {
        "DATABASE_URL": URL,
        "HARMLESS": "a-harmless-value-7391",
        "API_TOKEN": "tok-Vw83hdkQpe71",
        "DB_USER": "unusual-user-5521",
        "DB_HOST": "unusual.host.internal",
    }
    plan = world.function("api", variables).plan()
    text = json.dumps(to_data(plan))
    assert plan.active
    for canary in (PASSWORD, URL, "a-harmless-value-7391", "tok-Vw83hdkQpe71", "unusual-user-5521"):
        assert canary not in text
    assert from_data(Plan, json.loads(text)) == plan


def test_the_plan_is_the_same_for_the_same_inputs(world):
    world.function("api", {"DATABASE_URL": URL, "API_TOKEN": "tok-Vw83hdkQpe71"})
    assert world.plan() == world.plan()


def test_a_variable_of_several_credentials_is_stored_whole(world):
    text = json.dumps({"password": PASSWORD, "client_secret": "gH4-teapot-9911-moon"})
    plan = world.function("api", {"CREDENTIALS": text}).plan()
    variable = plan.functions[0].variables[0]
    assert not variable.json_key and not variable.template
    assert value_from_secret(variable, composed(plan, variable.secret, world)).reveal() == text
