"""A plan offers to do without a credential where that is better than storing it."""

from __future__ import annotations

import json
import secrets
import zlib

import pytest

from secretshift.detection.checksums import base62
from secretshift.model.codec import to_data
from secretshift.model.plans import Plan
from secretshift.planning.edits import LeftOut
from secretshift.planning.inputs import Options
from secretshift.reports.lines import plain
from secretshift.reports.plan_text import brief_lines, plan_lines
from secretshift.tui.views.plan import plan_view
from secretshift.tui.views.plan_explain import explain
from secretshift.tui.views.plan_rows import Names


def made_up(length: int = 32) -> str:
    return secrets.token_hex(length)[:length]


def github_token() -> str:
    body = made_up(30)
    return "gh" + "p_" + body + base62(zlib.crc32(body.encode()))


def plan_of(world, **variables: str) -> Plan:
    plan: Plan = world.function("api", variables).plan()
    return plan


def key_pair() -> dict[str, str]:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    name = "".join(secrets.choice(letters) for _ in range(16))
    mixed = "".join(secrets.choice(letters + letters.lower() + "89+/") for _ in range(40))
    return {"AWS_ACCESS_KEY_ID_BACKUP": "AK" + "IA" + name, "AWS_SECRET_ACCESS_KEY_BACKUP": mixed}


CASES = {
    "an AWS key": (key_pair(), "aws-access-key", "own role"),
    "a database": (
        {"DATABASE_URL": f"postgresql://shop:{made_up()}@db.internal:5432/orders"},
        "postgres-password",
        "On RDS and Aurora, IAM database authentication",
    ),
    "MySQL": (
        {"DATABASE_URL": f"mysql://shop:{made_up()}@db.internal:3306/orders"},
        "mysql-password",
        "On RDS and Aurora, IAM database authentication",
    ),
    "GitHub": ({"GITHUB_TOKEN": github_token()}, "github-token", "OIDC"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_plan_says_what_is_better_than_storing(world, case):
    variables, kind, said = CASES[case]
    plan = plan_of(world, **variables)
    assert kind in {offer.kind for offer in plan.instead}, plan.instead
    offer = next(offer for offer in plan.instead if offer.kind == kind)
    assert said in offer.text
    assert offer.where and all("api" in place for place in offer.where)

    text = plain(plan_lines(plan))
    section = text.partition("Better than storing")[2].partition("Order")[0]
    assert offer.text in section and offer.credential in section and "--leave-out" in section
    assert "not be stored: secretshift plan says how" in plain(brief_lines(plan))

    data = json.loads(json.dumps(to_data(plan)))["instead"]
    assert offer.text in {item["text"] for item in data}

    view = plan_view(plan, names=Names())
    row = next(row for row in view.rows if row.id == f"instead/{offer.credential}")
    assert row.parent == "instead" and said.casefold() in row.search
    at = [row.id for row in view.rows]
    assert at.index("instead") < at.index("line"), "a choice before the run"
    told = explain(plan, view.about[row.id], Names())
    assert told is not None and offer.text.rstrip(".") in " ".join(told.lines)
    for value in variables.values():
        assert value not in text + json.dumps(data) + str(view)


def test_a_kind_that_is_best_stored_has_no_offer(world):
    plan = plan_of(world, STRIPE_WEBHOOK_SECRET="wh" + "sec_" + made_up())
    assert plan.functions and plan.instead == ()
    assert "Better than storing" not in plain(plan_lines(plan))
    assert "not be stored" not in plain(brief_lines(plan))
    assert not [row for row in plan_view(plan, names=Names()).rows if row.id.startswith("instead")]


def test_a_blocked_function_gets_the_offer_too(world):
    variables, kind, _ = CASES["a database"]
    plan = world.function("api", variables, route=(False, "no way to the store")).plan()
    assert all(function.blocked for function in plan.functions)
    assert [offer.kind for offer in plan.instead] == [kind]


def test_one_offer_for_a_value_in_several_places(world):
    variables, kind, _ = CASES["a database"]
    world.function("one", variables).function("two", variables)
    (offer,) = world.plan().instead
    assert offer.kind == kind and len(offer.where) == 2


def test_what_was_left_out_is_not_offered_again(world):
    variables, _, _ = CASES["a database"]
    world.function("api", variables)
    assert world.plan(Options(left_out=LeftOut(("api|DATABASE_URL",)))).instead == ()


@pytest.mark.parametrize(
    ("kinds", "word"),
    [
        (("aws-access-key", "aws-session-token", "aws-bedrock-api-key"), "role"),
        (
            ("postgres-password", "mysql-password", "mariadb-password", "database-password"),
            "IAM database authentication",
        ),
        (("google-service-account", "azure-client-secret"), "federation"),
        (("github-token", "npm-token", "pypi-token"), "OIDC"),
    ],
)
def test_the_catalogue_knows_the_better_way(catalogue, kinds, word):
    for kind in kinds:
        assert word in catalogue.get(kind).instead, kind
