"""A plan as rows, sentences and explanations, without a window."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from secretshift.model.codec import from_data
from secretshift.model.findings import Confidence, SourceError
from secretshift.model.functions import Place
from secretshift.model.journeys import Looking
from secretshift.model.plans import (
    EnvironmentName,
    Fallback,
    NotMoved,
    PersonWork,
    Plan,
    PlanNote,
    Sizes,
)
from secretshift.tui.views import plan_words as words
from secretshift.tui.views.plan import PlanView, plan_view
from secretshift.tui.views.plan_environment import before_and_after
from secretshift.tui.views.plan_explain import explain
from secretshift.tui.views.plan_policy import arn_of, document, policy_digest
from secretshift.tui.views.plan_rows import LINE, Names

CREDENTIAL = "c-4f1d2c3b5a69"
NAMES = Names(
    masks={CREDENTIAL: "pg_••••••"},
    titles={CREDENTIAL: "Orders database"},
    rotations={CREDENTIAL: "A person changes the password in the database"},
)
WORK = PersonWork(
    "in-file",
    CREDENTIAL,
    "postgres-password",
    "pg_••••••",
    Confidence.HIGH,
    ("app.py:3", "b.py:4", "c.py:5"),
    "Replace it in the code",
    "import boto3\nread()",
)
DENIED = SourceError("denied", "eu-south-1", "lambda:ListFunctions is denied", "Ask for it")
KEPT = NotMoved("decided", CREDENTIAL, "x", "••••••", Confidence.LOW, ("a.py:1",), "a test value")


def text(plan_view_: PlanView, row: str) -> str:
    found = next(r for r in plan_view_.rows if r.id == row)
    return " ".join(cell.text.strip() for cell in found.cells if cell.text)


def texts(shown: PlanView) -> list[str]:
    return [text(shown, row.id) for row in shown.rows]


def view(plan: Plan, **options) -> PlanView:
    return plan_view(plan, names=NAMES, **options)


def whole(plan: Plan) -> Plan:
    """With everything that a plan can say beside its changes."""
    return replace(plan, work=(WORK,), errors=(DENIED,), not_moved=(KEPT,))


@pytest.fixture
def plan(made_up_plan):
    return made_up_plan


@pytest.fixture
def moved(plan):
    return plan.functions[0]


# Rows


def test_every_change_of_a_function_is_a_row_with_its_sign_and_its_undo(plan, moved):
    shown = view(plan, width=160)
    arn = moved.function.arn
    own = {row.id.removeprefix(f"{arn}/"): row for row in shown.rows if row.id.startswith(arn)}
    signs = {key: row.sign for key, row in own.items() if row.depth == 1 and row.sign}
    assert signs == {
        "secret/s1": "add",
        "layer": "add",
        "policy": "change",
        "twin": "wait",
        "environment": "change",
        "plaintext/DATABASE_URL": "remove",
        "proof": "wait",
        "warn/0": "warn",
    }
    undo = {key: own[key].cells[-1].text for key in signs if not own[key].whole}
    assert undo["secret/s1"].startswith("undo: deleted once nothing refers to it")
    assert undo["plaintext/DATABASE_URL"].startswith("undo: put back")
    assert undo["proof"] == "", "a proof changes nothing"


def test_in_a_narrow_window_the_undo_stands_below_the_row(plan, moved):
    row = f"{moved.function.arn}/policy"
    narrow = next(r for r in view(plan, width=80).rows if r.id == row)
    wide = next(r for r in view(plan, width=160).rows if r.id == row)
    assert narrow.note == wide.cells[-1].text != ""
    assert wide.note == ""


def test_the_environment_is_shown_with_its_size_its_mask_and_what_comes_to_it(plan, moved):
    shown = view(plan)
    env = f"{moved.function.arn}/environment"
    assert "1,204 → 1,688 (peak) → 1,240 of 4,096 bytes, 2 variables unchanged" in text(shown, env)
    variable = text(shown, f"{env}/DATABASE_URL")
    assert "pg_•••••• #4f1d2c stays until the proof; then from secretshift/db/" in variable
    assert "put together from its keys" in variable
    ours = text(shown, f"{env}/DATABASE_URL_SECRET_ARN")
    assert ours == "DATABASE_URL_SECRET_ARN the ARN of its secret"
    assert "LOG_LEVEL" not in " ".join(texts(shown)), "what stays is a count here"


def test_what_has_no_room_for_both_forms_says_that_one_write_swaps_them(plan, moved):
    sizes = Sizes(3950, 4300, 310, 4096)
    swapped = replace(moved, at_once=True, sizes=sizes)
    others = [swapped if f == moved else f for f in plan.functions]
    shown_plan = replace(plan, functions=tuple(others))
    shown, row = view(shown_plan), moved.function.arn
    assert "1 variable, by the layer, in one write" in text(shown, row)
    env = text(shown, f"{row}/environment")
    assert "3,950 → 310 of 4,096 bytes, in one write; with both forms 4,300 (peak)" in env
    assert "stays until a twin got it" in text(shown, f"{row}/environment/DATABASE_URL")
    gone = text(shown, f"{row}/plaintext/DATABASE_URL")
    assert "once a twin has got exactly this value" in gone
    line = explain(shown_plan, shown.about[LINE], NAMES)
    assert f"{moved.function.name}: one write swaps" in line.lines[-1]
    step = explain(shown_plan, shown.about[f"{row}/environment"], NAMES)
    said = " ".join(step.lines)
    assert "4,300, so one write swaps them" in said and "puts the plaintext back" in said
    sheet = " ".join(words.sheet_lines(shown_plan, ()))
    assert "1 function without room for both forms" in sheet


def test_before_and_after_are_masked_and_complete(plan, moved):
    lines = before_and_after(plan, moved, NAMES)
    now, after = lines[: lines.index("Afterwards")], lines[lines.index("Afterwards") :]
    assert "    DATABASE_URL = pg_•••••• #4f1d2c" in now
    assert "    2 others: LOG_LEVEL, TABLE_NAME" in now
    assert any(line.startswith("  - DATABASE_URL: removed") for line in after)
    assert "  + DATABASE_URL_SECRET_ARN: the ARN of its secret" in after
    arn = next(line for line in after if "arn:aws:secretsmanager" in line)
    assert arn.strip() == arn_of(moved.policy, plan.secrets[0])
    assert "  + SECRETSHIFT_VARS: the names that the resolver sets, with DATABASE_URL" in after
    assert "postgresql://" not in "\n".join(lines), "a template may hold what nobody knows of"


def test_where_a_person_changes_the_code_the_plaintext_stays(plan, moved):
    code = replace(
        moved,
        way="code",
        code_hint="read()",
        environment=(EnvironmentName("DATABASE_URL", "keeps"), EnvironmentName("A", "keeps")),
    )
    by_code = replace(plan, functions=(code,))
    shown = view(by_code)
    own = {row.id.removeprefix(moved.function.arn) for row in shown.rows}
    assert not {"/plaintext/DATABASE_URL", "/layer", "/proof"} & own and "/policy" in own
    assert "the plaintext stays" in text(shown, moved.function.arn)
    after = before_and_after(by_code, code, NAMES)
    assert "    DATABASE_URL: stays until a person has changed the code" in after
    assert "    1 other: A, as now" in after
    about = shown.about[f"{moved.function.arn}/environment/DATABASE_URL"]
    told = explain(by_code, about, NAMES)
    assert told is not None and told.code == ("read()",)
    assert "until a person has changed the code" in told.lines[-1]


def test_blocked_functions_come_first_with_reason_and_remedy(plan):
    shown = view(plan)
    blocked = plan.functions[1].function.arn
    assert shown.rows[0].id == blocked and shown.rows[0].sign == "block"
    assert "blocked: Its subnets have no way to Secrets Manager." in text(shown, blocked)
    assert text(shown, f"{blocked}/block/0").endswith("Add an interface endpoint or a NAT.")
    assert shown.rows[1].needs_person
    assert "Nothing is written" in text(shown, f"{blocked}/stays")


def test_many_blocked_ones_stand_under_one_heading_that_says_whether_others_run(plan):
    one = plan.functions[1]
    many = tuple(
        replace(one, function=replace(one.function, name=f"b{n}", arn=f"{one.function.arn}{n}"))
        for n in range(5)
    )
    shown = view(replace(plan, functions=(plan.functions[0], *many)))
    assert text(shown, "blocked") == (
        "5 functions blocked nothing is written to them; the others can run"
    )
    assert "blocked" in shown.folded
    shown = view(replace(plan, functions=many))
    assert "nothing can run" in text(shown, "blocked")


def test_the_line_stands_between_what_can_be_undone_and_what_a_person_does(plan, moved):
    shown = view(whole(plan))
    ids = [row.id for row in shown.rows]
    assert text(shown, LINE).strip("═ ") == "point of no return: everything above can be undone"
    assert ids.index(f"{moved.function.arn}/proof") < ids.index(LINE) < ids.index("rotate")
    rotate = text(shown, f"rotate/{CREDENTIAL}")
    assert "Orders database" in rotate and "A person changes the password" in rotate
    assert "delete orders-api 3" in text(shown, f"versions/{moved.function.arn}")


def test_the_line_says_who_would_still_hold_the_old_value(plan, moved):
    blocked = replace(plan.functions[1], variables=moved.variables)
    shown = view(replace(plan, functions=(moved, blocked)))
    assert "Not yet: after this run legacy-report would still hold the old value." in text(
        shown, f"rotate/{CREDENTIAL}"
    )


def test_without_anything_to_do_there_is_no_line_and_no_order(plan):
    shown = view(replace(plan, functions=(plan.functions[1],), secrets=()))
    assert not {LINE, "order", "rotate"} & {row.id for row in shown.rows}


def test_work_decisions_and_what_was_not_read_are_their_own_parts(plan):
    shown = view(whole(plan))
    said = "\n".join(texts(shown))
    assert "app.py:3, b.py:4 +1: Replace it in the code." in said
    assert "Stays, as it was decided 1" in said and "a.py:1: a test value." in said
    assert "Not read 1: what lies there is missing in this plan" in said
    assert "eu-south-1: lambda:ListFunctions is denied. Ask for it." in said
    assert "Not searched" in said and "Azure and Google Cloud." in said
    needy = {row.id.split("/")[0] for row in shown.rows if row.needs_person}
    assert {"work", "errors"} <= needy


def test_by_credential_the_secret_stands_above_its_functions(plan, moved):
    shown = view(plan, by_credential=True)
    ids = [row.id for row in shown.rows]
    inner = f"secret/s1/{moved.function.arn}"
    assert ids.index("secret/s1") < ids.index(inner)
    head = next(row for row in shown.rows if row.id == inner)
    assert head.parent == "secret/s1" and head.depth == 1 and inner in shown.folded
    assert "Orders database pg_•••••• #4f1d2c eu-west-1  1 function" in text(shown, "secret/s1")


def test_left_out_things_are_named_and_can_be_put_back(plan, moved):
    variable = f"{moved.function.arn}|OTHER"
    gone = "arn:aws:lambda:eu-west-1:1:function:gone"
    shown = view(plan, left_out=(variable, gone, f"{gone}2|KEY"))
    row = f"{moved.function.arn}/out/OTHER"
    assert text(shown, row) == "OTHER left out: it stays in plain. x puts it back."
    assert shown.about[row].leave == variable
    assert f"out/{variable}" not in shown.about, "it is told once, beside its function"
    assert text(shown, f"out/{gone}").startswith("gone eu-west-1  left out: it stays as it is.")
    assert shown.about[f"out/{gone}2|KEY"].leave == f"{gone}2|KEY"
    assert "gone2 KEY" in text(shown, f"out/{gone}2|KEY")


@pytest.mark.parametrize("action", ["reuse", "restore"])
def test_a_secret_that_is_there_is_not_shown_as_new(plan, moved, action):
    secret = replace(plan.secrets[0], action=action, arn="arn:kept")
    shown = view(replace(plan, secrets=(secret,)))
    row = next(r for r in shown.rows if r.id == f"{moved.function.arn}/secret/s1")
    assert row.sign != "add"
    assert ("used again" if action == "reuse" else "restored") in text(shown, row.id)
    assert arn_of(moved.policy, secret) == "arn:kept"


def test_a_plan_of_many_functions_is_folded_but_for_the_first(plan, moved):
    many = tuple(
        replace(
            moved, function=replace(moved.function, name=f"f{n}", arn=f"{moved.function.arn}{n}")
        )
        for n in range(5)
    )
    shown = view(replace(plan, functions=many))
    heads = [f.function.arn for f in many]
    assert heads[0] not in shown.folded and set(heads[1:]) <= shown.folded
    two = view(replace(plan, functions=many[:2]))
    assert not set(heads[:2]) & two.folded


# The policy


def test_the_policy_is_exact_to_the_byte_of_its_json(moved):
    shown = "\n".join(document(moved.policy))
    assert json.loads(shown) == json.loads(moved.policy)
    assert document("{not json") == ("{not json",)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ({"Action": "secretsmanager:GetSecretValue", "Resource": "a"}, "GetSecretValue on 1 ARN"),
        (
            {"Action": ["x:Get", "x:Describe"], "Resource": ["a", "b"]},
            "Get and Describe on 2 ARNs",
        ),
        ({"Action": "kms:Decrypt", "Resource": "arn:aws:kms:x"}, "Decrypt on 1 key"),
    ],
)
def test_the_policy_in_words(statement, said):
    assert policy_digest(json.dumps({"Statement": [statement]})) == said


def test_a_policy_that_cannot_be_read_is_left_to_the_document():
    assert policy_digest("nonsense") == "see the document"


# Explanations


def explained(plan, row, **options):
    shown = view(plan, **options)
    told = explain(plan, shown.about[row], NAMES)
    assert told is not None
    return told


def test_the_policy_is_explained_with_its_role_its_condition_and_its_json(plan, moved):
    shared = replace(
        moved, sharing=("refunds",), fallback=Fallback("role", False, "the role gets it")
    )
    told = explained(replace(plan, functions=(shared,)), f"{moved.function.arn}/policy")
    said = " ".join(told.lines)
    assert moved.policy_name in said and moved.role in said
    assert "also that of refunds" in said and "they may not read it" in said
    assert "If the condition is what denies it: the role gets it." in said
    assert "How it is checked:" in said and "How it is undone: this run's grant" in said
    assert told.code == document(moved.policy)


def test_a_blocker_and_a_warning_are_explained_with_what_to_do(plan, moved):
    blocked = plan.functions[1].function.arn
    told = explained(plan, f"{blocked}/block/0")
    assert told.lines[0] == "Its subnets have no way to Secrets Manager."
    assert told.lines[1] == "What you can do: Add an interface endpoint or a NAT."
    assert "goes on answering from its plaintext" in told.lines[2]
    told = explained(plan, f"{moved.function.arn}/warn/0")
    assert told.lines[0] == "Published versions keep the plaintext: 3."
    assert told.lines[1].startswith("What you can do: They cannot be changed")
    assert "x leaves this function out" in told.lines[2]


def test_a_secret_says_where_its_value_comes_from_and_who_reads_it(plan, moved):
    told = explained(plan, f"{moved.function.arn}/secret/s1")
    assert told.title == "Orders database"
    assert "read by orders-api" in told.lines[0]
    assert told.lines[1].startswith("The value is read again from its place when the run begins")
    assert "engine" in "\n".join(told.code) and "DATABASE_URL" in "\n".join(told.code)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("environment", "1,204 now, 1,688 while both forms are there, 1,240 afterwards, of 4,096"),
        ("layer", "Its digest must be that of the layer"),
        ("twin", "A throw-away twin"),
        ("plaintext/DATABASE_URL", "once more, and where that fails|the plaintext comes back"),
        ("environment/DATABASE_URL", "x leaves this variable out"),
        ("proof", "Its resolver must report"),
        ("", "What happens to this function, in full."),
    ],
)
def test_each_change_is_explained(plan, moved, row, said):
    arn = moved.function.arn
    told = explained(plan, f"{arn}/{row}" if row else arn)
    lines = " ".join(told.lines).casefold()
    assert any(part.casefold() in lines for part in said.split("|"))


def test_the_environment_is_explained_with_all_of_it_before_and_after(plan, moved):
    told = explained(plan, f"{moved.function.arn}/environment")
    assert told.title == "Environment of orders-api"
    assert told.code == before_and_after(plan, moved, NAMES)


def test_what_is_no_change_is_explained_too(plan):
    full = whole(plan)
    shown = view(full)
    work = next(row.id for row in shown.rows if row.id.startswith("work/"))
    told = explained(full, work)
    assert told.code[:3] == ("app.py:3", "b.py:4", "c.py:5") and "import boto3" in told.code
    error = next(row.id for row in shown.rows if row.id.startswith("errors/"))
    assert "c reads again" in explained(full, error).lines[-1]
    assert "cannot be taken back" in explained(full, LINE).lines[0]
    assert (
        explain(full, shown.about["order/0" if "order/0" in shown.about else "order/1"], NAMES)
        is None
    )


# Sentences


def test_the_summary_counts_changes_as_a_run_makes_them(plan):
    assert words.summary(plan) == (
        "Plan 7b1e: 1 credential, 1 function. To create 2, to change 2, to remove 1."
    )


def test_two_functions_are_two_grants_and_two_environments_to_change(plan, moved):
    other = replace(
        moved, function=replace(moved.function, name="b", arn=f"{moved.function.arn}-b")
    )
    both = replace(plan, functions=(moved, other))
    assert "2 functions. To create 2, to change 4, to remove 2." in words.summary(both)


def test_each_state_of_a_plan_has_its_own_summary(plan):
    nothing = replace(plan, functions=(), secrets=())
    assert words.summary(nothing) == words.ALL_MOVED
    assert "1 thing left for a person" in words.summary(replace(nothing, work=(WORK,)))
    blocked = replace(nothing, functions=plan.functions[1:])
    assert words.summary(blocked) == "Plan 7b1e: 1 function is blocked, so nothing can be run."


def test_attention_names_all_that_needs_a_look_and_the_key(plan):
    said = words.attention(whole(plan), "n")
    for part in (
        "1 blocker ⊘",
        "1 warning ▲",
        "1 thing for a person ◌",
        "1 not read ?",
        "(n: next)",
    ):
        assert part in said
    calm = replace(plan, functions=(replace(plan.functions[0], warnings=()),))
    assert words.attention(calm, "n") == "Nothing is blocked."


def test_what_is_read_at_the_moment_is_said():
    assert words.reading({}) == "Reading: what is there now. Nothing is written."
    two = {"a": Looking("a", 3, 9, 0, "functions"), "b": Looking("b", 4, 0, 0, "files")}
    assert words.reading(two) == "Reading: functions 3 of 9, 4 files of b. Nothing is written."


def test_why_a_plan_cannot_run_is_said_with_what_to_do(plan):
    blocked = replace(plan, functions=plan.functions[1:], secrets=())
    options = {"read_only": False, "busy": False}
    said = words.not_runnable(blocked, **options)
    assert "legacy-report: Its subnets have no way to Secrets Manager. Add an interface" in said
    assert words.not_runnable(plan, **options) == ""
    assert "tui.read_only" in words.not_runnable(plan, read_only=True, busy=False)
    assert "as soon as it is done" in words.not_runnable(plan, read_only=False, busy=True)
    assert "press p" in words.not_runnable(None, **options)
    nothing = replace(plan, functions=(), secrets=())
    assert "a person's to do" in words.not_runnable(nothing, **options)


def test_a_run_is_wide_by_functions_by_a_shared_role_and_by_production(plan, moved):
    assert words.wide(plan, ()) == ()
    assert words.wide(plan, ("123456789012",)) == ("123456789012 is marked as production",)
    shared = replace(plan, functions=(replace(moved, sharing=("x",)),))
    assert words.wide(shared, ()) == ("orders-api shares its role with other functions",)
    two = replace(plan, functions=(moved, replace(moved, way="code")))
    assert words.wide(two, ()) == ("it changes 2 functions",)


def test_the_sheet_says_what_where_and_that_it_can_be_undone(plan, moved):
    said = " ".join(words.sheet_lines(plan, ("it changes 2 functions",)))
    assert "It makes 1 secret and 1 grant in AWS 123456789012 (eu-west-1)" in said
    assert "points 1 function at them: orders-api." in said
    assert "only after it has proved" in said and "can be undone (U)" in said
    assert "Nothing is rotated" in said and "1 function is blocked and stays" in said
    assert "1 warning ▲ to have read" in said and "It asks because it changes 2 functions." in said
    far = replace(moved.function, place=Place("aws", "999999999999", "us-east-1"))
    both = replace(plan, functions=(moved, replace(moved, function=far)))
    assert "AWS 123456789012 (eu-west-1) and AWS 999999999999 (us-east-1)" in " ".join(
        words.sheet_lines(both, ())
    )


def test_a_written_plan_is_the_plan(plan):
    assert from_data(Plan, json.loads(words.written(plan, ".json"))) == plan
    text_ = words.written(
        replace(plan, functions=(replace(plan.functions[0], code_hint="```\nx"),)), ".md"
    )
    fence = text_.split("\n")[2].removesuffix("text")
    assert len(fence) > 3 and text_.rstrip().endswith(fence)


def test_notes_without_a_remedy_are_no_stop_of_n(plan, moved):
    quiet = replace(moved, warnings=(PlanNote("x", "It is slow"),))
    shown = view(replace(plan, functions=(quiet,)))
    row = next(r for r in shown.rows if r.id.endswith("/warn/0"))
    assert not row.needs_person
