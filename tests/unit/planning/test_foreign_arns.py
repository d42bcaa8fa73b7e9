"""Every ARN of a plan, wherever it stands, has to belong to the account that carries it out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from secretshift.execution.rights import check_accounts, check_arns
from secretshift.model.codec import from_data, to_data
from secretshift.model.errors import Refused
from secretshift.model.plans import Plan
from secretshift.model.ports import Caller
from secretshift.planning.inputs import Options

from .conftest import PLACE

KEY = f"arn:aws:kms:{PLACE.region}:{PLACE.account}:key/1"
CALLER = Caller(PLACE.account, f"arn:aws:iam::{PLACE.account}:user/ann", PLACE.partition)
ARN = re.compile(r'arn:[^\s"\\]+')


def texts(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict | list):
        for at, item in data.items() if isinstance(data, dict) else enumerate(data):
            yield from texts(item, (*path, at))


def edited(plan: Plan, path: tuple[Any, ...], text: str) -> Plan:
    data = json.loads(json.dumps(to_data(plan)))
    part = data
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = text
    return from_data(Plan, data)


def check(plan: Plan) -> None:
    check_accounts(plan, [CALLER])
    check_arns(plan)


@pytest.mark.parametrize(("part", "value"), [(1, "aws-cn"), (4, "999988887777")])
def test_each_of_them_is_looked_at(world, part, value):
    world.function("api", {"DATABASE_URL": "postgres://shop:kirsche-Mond-17@db/orders"})
    world.function("two", {"API_TOKEN": "tok-Vw83hdkQpe71"})
    plan = world.plan(Options(kms_key=KEY))
    check(plan)
    seen = set()
    for path, text in texts({"functions": to_data(plan)["functions"], **_secrets(plan)}):
        for arn in ARN.findall(text):
            parts = arn.split(":")
            parts[part] = value
            with pytest.raises(Refused) as caught:
                check(edited(plan, path, text.replace(arn, ":".join(parts))))
            assert caught.value.code == "other-account", path
            seen.add(next(step for step in reversed(path) if isinstance(step, str)))
    assert seen >= {"arn", "role", "policy", "kms_key"}


def _secrets(plan: Plan) -> dict[str, Any]:
    return {"secrets": to_data(plan)["secrets"]}


def test_what_a_connection_string_names_is_no_arn_of_the_plan(world):
    world.function("api", {"DATABASE_URL": "postgres://shop:kirsche-Mond-17@db.internal/orders"})
    plan = world.plan()
    (path, text), *_ = [(p, s) for p, s in texts(to_data(plan)) if p[-1] == "template" and s]
    check(edited(plan, path, f"{text}?role=arn:aws:iam::999988887777:role/broker"))
