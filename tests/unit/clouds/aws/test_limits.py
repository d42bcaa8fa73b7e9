"""What AWS would refuse is refused before the call, by name and size only."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretshift.clouds.aws import limits
from secretshift.model.errors import Refused, SecretshiftError, UsageProblem
from secretshift.model.secret_value import SecretValue

CANARY = "canary-VALUE-91x"


def values(**plain: str) -> dict[str, SecretValue]:
    return {key: SecretValue(text) for key, text in plain.items()}


def test_size_is_that_of_the_compact_object_in_utf_8() -> None:
    assert limits.environment_size({}) == len("{}")
    assert limits.environment_size(values(AB="c", DE="é")) == len(b'{"AB":"c","DE":"\xc3\xa9"}')


def test_quotes_count_as_they_are_escaped() -> None:
    assert limits.environment_size(values(AB='"')) == len('{"AB":"\\""}')


@given(st.dictionaries(st.text("ABC", min_size=2), st.text()))
def test_size_is_never_below_what_is_in_it(plain: dict[str, str]) -> None:
    size = limits.environment_size(values(**plain))
    assert size >= sum(len(k) + len(v) for k, v in plain.items())


def test_4096_bytes_fit_and_one_more_does_not() -> None:
    room = limits.ENVIRONMENT_LIMIT - limits.environment_size(values(AB=""))
    limits.check_environment(values(AB="x" * room), "f")
    with pytest.raises(Refused, match="4097 bytes of at most 4096"):
        limits.check_environment(values(AB="x" * (room + 1)), "f")


@pytest.mark.parametrize(
    "key", ["A", "1A", "A-B", "_HANDLER", "AWS_REGION", "LAMBDA_TASK_ROOT", "", "Ä1", "AB\n"]
)
def test_names_that_lambda_does_not_take(key: str) -> None:
    assert limits.key_problem(key)
    with pytest.raises(Refused) as caught:
        limits.check_environment({key: SecretValue(CANARY)}, "f")
    assert CANARY not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize("key", ["AB", "a1", "AWS_LAMBDA_EXEC_WRAPPER", "DB_PASSWORD_SECRET_ARN"])
def test_names_that_lambda_takes(key: str) -> None:
    assert limits.key_problem(key) == ""


def test_five_layers_and_no_more() -> None:
    limits.check_layers(["a"] * 5, "f")
    with pytest.raises(Refused):
        limits.check_layers(["a"] * 6, "f")


@pytest.mark.parametrize("name", ["", "a b", "x" * 513, "pay-abc123", "ä", "a\n"])
def test_names_that_no_secret_gets(name: str) -> None:
    with pytest.raises(UsageProblem):
        limits.check_secret_name(name)


@pytest.mark.parametrize("name", ["pay/DB_PASSWORD", "a", "x" * 512, "pay-abc1234", "abc123"])
def test_names_that_a_secret_may_have(name: str) -> None:
    limits.check_secret_name(name)


@pytest.mark.parametrize("text", ["", "x" * 65_537, "é" * 32_769])
def test_values_that_do_not_fit(text: str) -> None:
    with pytest.raises(Refused):
        limits.check_secret_value(SecretValue(text), "s")


def test_only_tags_of_our_own() -> None:
    limits.check_tags({"secretshift:run": "1"}, "s")
    with pytest.raises(Refused, match="team"):
        limits.check_tags({"secretshift:run": "1", "team": "pay"}, "s")


def document(**statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "[]",
        "{}",
        '{"Statement": []}',
        '{"Statement": [1]}',
        document(Effect="Allow", Action="*", Resource="arn:aws:x"),
        document(Effect="Allow", Action=["s:Get", "s:*"], Resource="arn:aws:x"),
        document(Effect="Allow", Action="s:Get", Resource=["arn:aws:x-??????"]),
        document(Effect="Allow", Action="s:Get", NotResource="arn:aws:x"),
        document(Effect="Allow", NotAction="s:Get", Resource="arn:aws:x"),
        document(Effect="Allow", Action="s:Get", Resource=[]),
        document(Effect="Allow", Action="s:Get", Resource=7),
    ],
)
def test_a_policy_is_exact_or_not_written(text: str) -> None:
    with pytest.raises(SecretshiftError):
        limits.check_policy_document(text, "p")


def test_an_exact_policy_is_taken() -> None:
    limits.check_policy_document(document(Action="s:Get", Resource="arn:aws:x"), "p")


def test_a_policys_white_space_is_free() -> None:
    assert limits.policy_size('{ "a":\n\t1 }') == len('{"a":1}')
