"""What doctor asks about reading is what the page of permissions lists, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

from secretshift.clouds.aws.references import LambdaReferences
from secretshift.model.functions import Place
from secretshift.model.ports import Question, Scope

PAGE = Path(__file__).parents[4] / "docs/reference/permissions.md"
PLACE = Place("aws", "111122223333", "eu-west-1")
KEY = "arn:aws:kms:eu-west-1:111122223333:key/own"
OPTIONAL = {
    # either is enough, and it shows when the regions are listed
    "ec2:DescribeRegions",
    "account:ListRegions",
    # it tells more of keys, and nothing stops without it
    "kms:GetKeyPolicy",
    # it tells who can read the secrets, and nothing stops without it
    "iam:GetAccountAuthorizationDetails",
}
STYLE = LambdaReferences()
FUNCTION, ROLE = STYLE.stand_in(PLACE)


def asked(*, key: str = "", vpc: bool = False) -> tuple[Question, ...]:
    secrets = (("secretshift/x", key),)
    scope = Scope(ROLE, "layer", secrets, key, "", event=False, twin=True, vpc=vpc)
    return STYLE.reading_rights(FUNCTION, scope)


def policy_of_the_page() -> dict[str, list[str]]:
    """Action -> resources, of the policy for scanning and planning."""
    text = PAGE.read_text()
    section = text[text.index("## Scan and plan") :]
    found = re.search(r"```json\n(.*?)```", section, re.DOTALL)
    assert found is not None
    allowed: dict[str, list[str]] = {}
    for statement in json.loads(found[1])["Statement"]:
        actions, resources = statement["Action"], statement["Resource"]
        for action in [actions] if isinstance(actions, str) else actions:
            some = [resources] if isinstance(resources, str) else resources
            allowed.setdefault(action, []).extend(some)
    return allowed


def test_every_action_of_the_page_is_asked_about_and_no_other() -> None:
    actions = {question.action for question in asked(key=KEY, vpc=True)}
    assert actions == set(policy_of_the_page()) - OPTIONAL


def test_each_is_asked_for_a_resource_that_the_pages_policy_allows() -> None:
    stand_ins = {
        "eu-central-1": "eu-west-1",
        "orders-api-role": FUNCTION.name,
        "FUNCTION-KEY-ID": "own",
        "SECRET-KEY-ID": "own",
    }
    allowed = policy_of_the_page()
    for question in asked(key=KEY, vpc=True):
        patterns = []
        for resource in allowed[question.action]:
            for name, real in stand_ins.items():
                resource = resource.replace(name, real)
            patterns.append(re.escape(resource).replace(r"\*", ".*"))
        assert any(re.fullmatch(pattern, question.resource) for pattern in patterns), question


def test_networks_and_keys_are_asked_about_only_where_there_are_any() -> None:
    services = {question.action.partition(":")[0] for question in asked()}
    assert services == {"lambda", "iam", "secretsmanager"}


def test_what_has_no_resource_is_asked_about_in_the_region_of_the_scan() -> None:
    for question in asked(vpc=True):
        if question.resource == "*":
            assert question.context["aws:RequestedRegion"] == PLACE.region
