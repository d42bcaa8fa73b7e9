"""A plan in words: complete, without a value, and readable without colour."""

from __future__ import annotations

from dataclasses import replace

import pytest

from secretshift.model.findings import Confidence, FileLocation, SourceError
from secretshift.model.plans import (
    Fallback,
    FileSource,
    PersonWork,
    Piece,
    Plan,
    PlanNote,
)
from secretshift.reports.lines import Style, plain
from secretshift.reports.plan_function import sizes_sentence
from secretshift.reports.plan_text import brief_lines, order, plan_lines, summary

WORK = PersonWork(
    code="in-files",
    credential="c-000000000001",
    kind="stripe",
    masked="sk_live_••••••",
    confidence=Confidence.HIGH,
    where=tuple(f"{i}.py:1:1" for i in range(10)),
    text="Replace it in the code",
    snippet="import x\nvalue = x.get()",
)


@pytest.fixture
def shown(made_up_plan) -> str:
    return plain(plan_lines(made_up_plan))


@pytest.mark.parametrize(
    "sentence",
    [
        "  + create secret secretshift/db/postgres/database-url-1f0c9a2e\n",
        "      + password  from DATABASE_URL (password) of eu-west-1/orders-api\n",
        "      + engine    is postgres\n",
        "  ~ function orders-api (eu-west-1)\n",
        "  ✗ function legacy-report (eu-west-1)\n",
        "        - DATABASE_URL\n",
        "        + DATABASE_URL_SECRET_ARN\n",
        "          2 others as before\n",
        "1,204 → 1,688 (peak) → 1,240 of 4,096 bytes\n",
        '              "Action": "secretsmanager:GetSecretValue",\n',
        "      ✗ Its subnets have no way to Secrets Manager\n"
        "        do: Add an interface endpoint or a NAT\n",
        "      ! Published versions keep the plaintext: 3\n",
        "must get exactly this value\n",
        "  9. prove again; where that fails, the plaintext comes back\n",
        " undo until here: secretshift undo RUN ",
        "after this line nothing can be undone: (nothing in this run; rotating at the provider "
        "would be)\n",
        "Plan: 1 secret to create, 1 function to change, 1 blocked\n",
    ],
)
def test_what_it_says(shown, sentence):
    assert sentence in shown


def test_steps_come_before_the_line_and_nothing_behind_it(shown):
    assert shown.index("remove the plaintext, in one write") < shown.index("undo until here")
    behind = shown.partition("after this line")[2]
    assert "write" not in behind


def test_blockers_are_marked_and_coloured(made_up_plan):
    spans = [span for spans in plan_lines(made_up_plan) for span in spans]
    (blocker,) = [span for span in spans if "no way to Secrets Manager" in span.text]
    assert blocker.style is Style.BAD
    assert blocker.text.startswith("✗ ")


@pytest.mark.parametrize(
    ("fallback", "full", "brief"),
    [
        (Fallback("role", text="would widen"), "if it is what denies the reading: would widen", 1),
        (Fallback("refuse", text="would not"), "if it is what denies the reading: would not", 0),
        (Fallback("refuse", True, "it is wide"), "condition  it is wide", 1),
        (Fallback(), "", 0),
    ],
)
def test_what_a_denial_by_the_condition_leads_to_is_said(made_up_plan, fallback, full, brief):
    moved = replace(made_up_plan.functions[0], fallback=fallback, sharing=("eu-west-1/sibling",))
    plan = replace(made_up_plan, functions=(moved,))
    text = plain(plan_lines(plan))
    assert full in text and ("condition" in text.replace('"Condition"', "")) is bool(full)
    may = "may read it as well" if fallback.standing else "may not read it"
    assert f"also of eu-west-1/sibling, which {may}" in text
    assert plain(brief_lines(plan)).count(fallback.text or "condition") == brief


def test_a_code_change_is_a_persons(made_up_plan):
    moved = replace(made_up_plan.functions[0], way="code", code_hint="import x\nread()")
    plan = replace(made_up_plan, functions=(moved,))
    text = plain(plan_lines(plan))
    assert "          import x\n          read()\n" in text
    assert not any("twin" in step or "remove" in step for step in order(plan))


def test_what_is_left_for_a_person_has_places_and_code(made_up_plan):
    text = plain(plan_lines(replace(made_up_plan, work=(WORK,))))
    assert "Left for a person\n  stripe  high  sk_live_••••••  c-000000000001\n" in text
    assert "    and 2 more places\n    do: Replace it in the code\n" in text
    assert "        import x\n        value = x.get()\n" in text


def test_every_action_on_a_secret_has_its_word(made_up_plan):
    (secret,) = made_up_plan.secrets
    plan = replace(
        made_up_plan,
        secrets=(
            replace(secret, action="reuse", arn="arn:aws:secretsmanager:x"),
            replace(secret, key="s2", action="restore", kms_key="alias/mine"),
        ),
    )
    text = plain(plan_lines(plan))
    assert "  = use again secret " in text
    assert "  ~ restore secret " in text
    assert "under customer key alias/mine" in text
    assert summary(plan) == (
        "Plan: 0 secrets to create, 1 to use again, 1 to restore, 1 function to change, 1 blocked"
    )


def test_a_secret_of_a_file_says_which(made_up_plan):
    (secret,) = made_up_plan.secrets
    source = FileSource(FileLocation("/r", "app.py", 3, 7), secret.fingerprint)
    plan = replace(made_up_plan, secrets=(replace(secret, pieces=(Piece("", file=source),)),))
    assert "+ the whole text  from app.py:3:7\n" in plain(plan_lines(plan))


def test_an_empty_plan_has_no_steps_and_no_line():
    plan = Plan("p-1", "2025-11-24T10:15:00+00:00", (), (), ())
    text = plain(plan_lines(plan))
    assert "Nothing to do." in text
    assert "Order" not in text and "undo until here" not in text


def test_errors_and_what_was_not_searched_are_never_left_out(made_up_plan):
    plan = replace(made_up_plan, errors=(SourceError("x", "aws 1", "It was refused", "Ask"),))
    text = plain(plan_lines(plan))
    assert "✗ aws 1: It was refused\n      do: Ask\n" in text
    assert "Not searched\n  - Azure and Google Cloud\n" in text
    assert "1 source not read" in text
    assert "aws 1: It was refused" in plain(brief_lines(plan))


def test_what_a_person_left_out_is_said_and_counted(made_up_plan):
    assert "eft out" not in plain(plan_lines(made_up_plan))
    plan = replace(made_up_plan, left_out=("eu-west-1/cron", "eu-west-1/api STRIPE_KEY"))
    text = plain(plan_lines(plan))
    assert "Left out\n  × eu-west-1/cron stays as it is\n" in text
    assert "× eu-west-1/api STRIPE_KEY stays as it is" in text
    assert "2 left out" in summary(plan)
    assert "eu-west-1/cron, eu-west-1/api STRIPE_KEY" in plain(brief_lines(plan))


def test_the_brief_has_every_function_every_note_and_the_line(made_up_plan):
    text = plain(brief_lines(made_up_plan))
    assert "function orders-api" in text and "function legacy-report" in text
    assert "DATABASE_URL: from the secret, plaintext removed once it is proved" in text
    assert "Its subnets have no way" in text and "Published versions keep" in text
    assert "undo until here" in text


def test_the_brief_does_not_promise_a_removal_that_was_not_asked_for(made_up_plan):
    text = plain(brief_lines(made_up_plan, keep_plaintext=True))
    assert "which stays" in text
    assert "removed" not in text


def test_sizes():
    from secretshift.model.plans import Sizes

    assert sizes_sentence(Sizes(0, 5000, 10, 4096)) == "0 → 5,000 (peak) → 10 of 4,096 bytes"


def test_hostile_names_are_harmless(made_up_plan, hostile):
    function = made_up_plan.functions[0]
    named = replace(
        function,
        function=replace(function.function, name=hostile),
        why=hostile,
        role=hostile,
        policy_name=hostile,
        policy=hostile,
        blockers=(PlanNote(hostile, hostile, hostile),),
        sharing=(hostile,),
        versions=(hostile,),
        code_hint=hostile,
        environment=tuple(replace(item, name=hostile) for item in function.environment),
    )
    plan = replace(
        made_up_plan,
        functions=(named,),
        left_out=(hostile,),
        work=(replace(WORK, where=(hostile,), snippet=hostile, text=hostile),),
        secrets=(replace(made_up_plan.secrets[0], name=hostile, title=hostile),),
    )
    for lines in (plan_lines(plan), brief_lines(plan)):
        assert plain(lines).replace("\n", "").isprintable()
