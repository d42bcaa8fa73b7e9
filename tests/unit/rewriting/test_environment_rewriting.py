"""Any environment, any variables, any foreign edit: what is added, removed and put back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from secretshift.clouds.aws.references import (
    FORMER_WRAPPER,
    LIST,
    WRAPPER,
    LambdaReferences,
    listed_names,
)
from secretshift.model.functions import FunctionRef, FunctionSnapshot, LayerRef, Place
from secretshift.model.ports import Reference
from secretshift.model.secret_value import SecretValue
from secretshift.resolver.packing import LAYER_NAME, WRAPPER_PATH

PLACE = Place("aws", "111122223333", "eu-west-1")
REF = FunctionRef(PLACE, "pay", "arn:aws:lambda:eu-west-1:111122223333:function:pay")
LAYER = f"arn:aws:lambda:eu-west-1:111122223333:layer:{LAYER_NAME}:3"
STYLE = LambdaReferences()

names = st.from_regex(r"[A-Z][A-Z0-9]{1,6}(_[A-Z]{1,4})?", fullmatch=True).filter(
    lambda name: not name.startswith(("SECRETSHIFT", "AWS_")) and "_SECRET_" not in name
)
texts = st.text(min_size=1, max_size=30).filter(lambda text: "\x00" not in text)
environments = st.dictionaries(names, texts, min_size=1, max_size=8)


def snapshot(
    variables: dict[str, str], layers: tuple[str, ...] = (), wrapper: str = ""
) -> FunctionSnapshot:
    plain = {name: SecretValue(text) for name, text in variables.items()}
    if wrapper:
        plain[WRAPPER] = SecretValue(wrapper)
    return FunctionSnapshot(
        ref=REF,
        version="$LATEST",
        runtime="python3.12",
        package_type="Zip",
        architectures=("x86_64",),
        role="arn:aws:iam::111122223333:role/pay",
        environment=plain,
        layers=tuple(LayerRef(arn) for arn in layers),
    )


def after(now: FunctionSnapshot, rewrite) -> FunctionSnapshot:
    return replace(
        now,
        environment=rewrite.variables,
        layers=tuple(LayerRef(arn) for arn in rewrite.layers),
    )


def plain(now: FunctionSnapshot) -> dict[str, str]:
    return {name: value.reveal() for name, value in now.variables.items()}


def references(chosen, template: bool = False) -> list[Reference]:
    return [
        Reference(
            name,
            f"arn:aws:secretsmanager:eu-west-1:111122223333:secret:{name}-AbCdEf",
            "x://{password|urlencode}" if template else "",
        )
        for name in chosen
    ]


@st.composite
def worlds(draw):
    variables = draw(environments)
    chosen = draw(st.sets(st.sampled_from(sorted(variables)), min_size=1))
    wrapper = draw(st.sampled_from(["", "/opt/otel-instrument", "/opt/bootstrap"]))
    layers = draw(st.sampled_from([(), ("arn:aws:lambda:eu-west-1:444455556666:layer:otel:1",)]))
    template = draw(st.booleans())
    now = snapshot(variables, layers, wrapper)
    refs = references(sorted(chosen), template)
    taken = {f"{name}_SECRET_ARN" for name in chosen} | {f"{n}_SECRET_TEMPLATE" for n in chosen}
    assume(not taken & set(variables))
    return now, refs


@given(worlds())
def test_expanding_keeps_every_variable_and_layer(world):
    now, refs = world
    expanded = after(now, STYLE.expanded(now, refs, LAYER))
    kept = plain(expanded)
    for name, text in plain(now).items():
        if name != WRAPPER:
            assert kept[name] == text
    assert kept[WRAPPER] == WRAPPER_PATH
    assert kept.get(FORMER_WRAPPER) == plain(now).get(WRAPPER)
    assert [layer.arn for layer in expanded.layers] == [*(x.arn for x in now.layers), LAYER]
    assert STYLE.referenced(expanded, refs, LAYER)
    assert set(listed_names(expanded.variables)) == {r.name for r in refs}


@given(worlds())
def test_contracting_removes_exactly_the_plaintext(world):
    now, refs = world
    expanded = after(now, STYLE.expanded(now, refs, LAYER))
    contracted = after(expanded, STYLE.contracted(expanded, [r.name for r in refs]))
    gone = set(plain(expanded)) - set(plain(contracted))
    assert gone == {r.name for r in refs}
    assert contracted.layers == expanded.layers


@given(worlds(), st.booleans())
def test_undo_gives_back_exactly_what_was_there(world, contracted):
    now, refs = world
    state = after(now, STYLE.expanded(now, refs, LAYER))
    if contracted:
        state = after(state, STYLE.contracted(state, [r.name for r in refs]))
    values = {r.name: now.variables[r.name] for r in refs}
    back = after(state, STYLE.reverted(state, refs, values))
    assert plain(back) == plain(now)
    assert back.layers == now.layers


@given(worlds())
def test_undoing_twice_changes_nothing_more(world):
    now, refs = world
    state = after(now, STYLE.expanded(now, refs, LAYER))
    values = {r.name: now.variables[r.name] for r in refs}
    once = after(state, STYLE.reverted(state, refs, values))
    twice = after(once, STYLE.reverted(once, refs, values))
    assert plain(twice) == plain(once)


edits = st.lists(st.tuples(st.sampled_from(["add", "remove", "change"]), names, texts), max_size=5)


@given(worlds(), edits)
def test_undo_leaves_what_somebody_else_changed(world, foreign):
    now, refs = world
    moved = {r.name for r in refs}
    state = after(now, STYLE.expanded(now, refs, LAYER))
    state = after(state, STYLE.contracted(state, sorted(moved)))
    expected = plain(now)
    edited = dict(state.variables)
    for action, name, text in foreign:
        if name in moved or name.endswith(("_SECRET_ARN", "_SECRET_TEMPLATE")):
            continue
        if action == "remove":
            edited.pop(name, None)
            expected.pop(name, None)
        else:
            edited[name] = SecretValue(text)
            expected[name] = text
    state = replace(state, environment=edited)
    values = {r.name: now.variables[r.name] for r in refs}
    back = after(state, STYLE.reverted(state, refs, values))
    assert plain(back) == expected


@given(worlds(), st.data())
@settings(max_examples=200)
def test_two_runs_on_one_function_can_be_undone_in_either_order(world, data):
    now, refs = world
    assume(len(refs) >= 2)
    cut = data.draw(st.integers(1, len(refs) - 1))
    first, second = refs[:cut], refs[cut:]
    state = now
    for run in (first, second):
        state = after(state, STYLE.expanded(state, run, LAYER))
        state = after(state, STYLE.contracted(state, [r.name for r in run]))
    order = data.draw(st.permutations([first, second]))
    for position, run in enumerate(order):
        values = {r.name: now.variables[r.name] for r in run}
        state = after(state, STYLE.reverted(state, run, values))
        if position == 0:
            assert STYLE.referenced(state, order[1], LAYER), "the other run's way must stay"
    assert plain(state) == plain(now)
    assert state.layers == now.layers


def test_a_plaintext_that_somebody_put_back_is_kept():
    now = snapshot({"DB": "old"})
    refs = references(["DB"])
    state = after(now, STYLE.expanded(now, refs, LAYER))
    state = replace(state, environment={**state.variables, "DB": SecretValue("theirs")})
    back = after(state, STYLE.reverted(state, refs, {"DB": SecretValue("old")}))
    assert plain(back) == {"DB": "theirs"}


def test_a_wrapper_that_somebody_put_in_place_of_ours_stays():
    now = snapshot({"DB": "x1"}, wrapper="/opt/otel-instrument")
    refs = references(["DB"])
    state = after(now, STYLE.expanded(now, refs, LAYER))
    theirs = {**state.variables, WRAPPER: SecretValue("/opt/theirs")}
    back = STYLE.reverted(replace(state, environment=theirs), refs, {})
    assert back.variables[WRAPPER] == SecretValue("/opt/theirs")


def test_a_layer_of_ours_from_another_account_is_not_ours():
    foreign = f"arn:aws:lambda:eu-west-1:444455556666:layer:{LAYER_NAME}:1"
    now = snapshot({"DB": "x1"}, layers=(foreign,))
    refs = references(["DB"])
    state = after(now, STYLE.expanded(now, refs, LAYER))
    assert [layer.arn for layer in state.layers] == [foreign, LAYER]
    back = after(state, STYLE.reverted(state, refs, {}))
    assert [layer.arn for layer in back.layers] == [foreign]


def test_a_foreign_reference_is_never_taken_for_ours():
    now = snapshot({"PARTNER_SECRET_ARN": "arn:aws:secretsmanager:x", "DB": "x1"})
    refs = references(["DB"])
    state = after(now, STYLE.expanded(now, refs, LAYER))
    assert not STYLE.ours(state, "PARTNER")
    assert plain(state)["PARTNER_SECRET_ARN"] == "arn:aws:secretsmanager:x"
    assert LIST in state.variables


@given(worlds())
def test_every_listed_reference_is_present_and_names_its_secret(world):
    now, refs = world
    keyed = [replace(r, text=STYLE.text(r.text, "password")) for r in refs]
    state = after(now, STYLE.expanded(now, keyed, LAYER))
    assert STYLE.all_present(state) == tuple(sorted(keyed, key=lambda r: r.name))
    assert [STYLE.secret_of(r) for r in keyed] == [r.text for r in refs]
    assert [STYLE.secret_of(r) for r in refs] == [r.text for r in refs]
    assert STYLE.all_present(now) == ()


@given(worlds(), st.booleans())
def test_undo_cleans_up_after_references_that_somebody_removed(world, contracted):
    now, refs = world
    state = after(now, STYLE.expanded(now, refs, LAYER))
    if contracted:
        state = after(state, STYLE.contracted(state, [r.name for r in refs]))
    removed = {f"{r.name}_SECRET_ARN" for r in refs}
    kept = {name: value for name, value in state.variables.items() if name not in removed}
    state = replace(state, environment=kept)
    values = {r.name: now.variables[r.name] for r in refs}
    back = after(state, STYLE.reverted(state, refs, values))
    assert plain(back) == plain(now)
    assert back.layers == now.layers


def test_undo_leaves_a_reference_that_somebody_put_in_place_of_ours():
    now = snapshot({"DB": "x1"})
    refs = references(["DB"])
    state = after(now, STYLE.expanded(now, refs, LAYER))
    theirs = {**state.variables, "DB_SECRET_ARN": SecretValue("arn:aws:secretsmanager:theirs")}
    state = replace(state, environment=theirs)
    back = after(state, STYLE.reverted(state, refs, {}))
    assert plain(back) == plain(state) and back.layers == state.layers


def test_a_template_that_somebody_wrote_stays_where_the_reference_is_gone():
    now = snapshot({"DB": "x1"})
    refs = references(["DB"], template=True)
    state = after(now, STYLE.expanded(now, refs, LAYER))
    edited = {**state.variables, "DB_SECRET_TEMPLATE": SecretValue("theirs")}
    del edited["DB_SECRET_ARN"]
    back = STYLE.reverted(replace(state, environment=edited), refs, {})
    assert {n: v.reveal() for n, v in back.variables.items()} == {
        "DB": "x1",
        "DB_SECRET_TEMPLATE": "theirs",
    }


SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:secretshift/pay/db-AbCdEf"


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        (SECRET, True),
        (f"{SECRET}:password::", True),
        (f'{{"arn": "{SECRET}"}}', True),
        (SECRET.removesuffix("-AbCdEf"), True),
        ("secretshift/pay/db", True),
        ("name=secretshift/pay/db;region=eu-west-1", True),
        ("secretshift/pay/db, secretshift/other", True),
        ("It reads secretshift/pay/db.", True),
        ("secretshift/pay/db2", False),
        ("secretshift/pay/db-2", False),
        ("secretshift/pay/db/2", False),
        ("secretshift/pay/db.old", False),
        ("my-secretshift/pay/db", False),
        (f"{SECRET}-ZzZzZz", False),
        ("secretshift/pay", False),
    ],
)
def test_a_secret_is_mentioned_by_identifier_or_by_name(text, mentioned):
    assert STYLE.mentions(snapshot({"OTHER": text}), SECRET) is mentioned
