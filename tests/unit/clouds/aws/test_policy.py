"""The grant's text, and telling our own text from anybody else's."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretshift.clouds.aws import policy
from secretshift.model.errors import UsageProblem
from secretshift.model.ports import Grant

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:pay"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pay/DB-a1B2c3"
OTHER = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pay/KEY-d4E5f6"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"

names = st.text("abcXYZ019_-", min_size=1, max_size=20)
functions = st.lists(
    names.map(lambda n: f"arn:aws:lambda:eu-west-1:123456789012:function:{n}"),
    min_size=1,
    max_size=2,
    unique=True,
)
keys = st.one_of(st.just(""), st.sampled_from([KEY, KEY[:-1] + "6"]))
secrets = names.map(
    lambda n: f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:a/{n}@x+=.-AbC123"
)
grants = st.dictionaries(secrets, keys, min_size=1, max_size=5).map(
    lambda found: [Grant(secret, key) for secret, key in found.items()]
)


def test_the_grant_names_one_action_one_secret_and_one_function() -> None:
    body = json.loads(policy.grant_document([FUNCTION], [Grant(SECRET)], "eu-west-1"))
    assert body == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "SecretshiftRead",
                "Effect": "Allow",
                "Action": "secretsmanager:GetSecretValue",
                "Resource": [SECRET],
                "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": FUNCTION}},
            }
        ],
    }


def test_the_whole_roles_form_lacks_the_condition_on_the_function_and_nothing_else() -> None:
    granted = [Grant(OTHER), Grant(SECRET, KEY)]
    bound = json.loads(policy.grant_document([FUNCTION], granted, "eu-west-1"))
    of_role = json.loads(policy.role_document(granted, "eu-west-1"))
    for statement in bound["Statement"]:
        condition = statement["Condition"]
        assert condition.pop("ArnEquals") == {"lambda:SourceFunctionArn": FUNCTION}
        if not condition:
            del statement["Condition"]
    assert of_role == bound
    assert set(of_role["Statement"][1]["Condition"]) == {"StringEquals"}


def test_no_functions_at_all_never_widen_a_grant() -> None:
    with pytest.raises(UsageProblem):
        policy.grant_document([], [Grant(SECRET)], "eu-west-1")


def test_a_customer_key_is_opened_for_this_secret_through_secrets_manager_only() -> None:
    document = policy.grant_document([FUNCTION], [Grant(OTHER), Grant(SECRET, KEY)], "eu-west-1")
    assert json.loads(document)["Statement"][1] == {
        "Sid": "SecretshiftDecrypt1",
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": KEY,
        "Condition": {
            "ArnEquals": {"lambda:SourceFunctionArn": FUNCTION},
            "StringEquals": {
                "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com",
                "kms:EncryptionContext:SecretARN": SECRET,
            },
        },
    }


def test_china_has_its_own_domain() -> None:
    assert policy.via_service("cn-north-1", "aws-cn") == (
        "secretsmanager.cn-north-1.amazonaws.com.cn"
    )


@given(functions, grants)
def test_what_was_written_is_read_again(arns: list[str], granted: list[Grant]) -> None:
    parsed = policy.parse_grant_document(policy.grant_document(arns, granted, "eu-west-1"))
    assert parsed is not None
    assert list(parsed.function_arns) == sorted(arns)
    assert list(parsed.grants) == sorted(granted, key=lambda g: g.secret)


@given(grants)
def test_what_was_written_for_a_role_is_read_again_as_that(granted: list[Grant]) -> None:
    parsed = policy.parse_grant_document(policy.role_document(granted, "eu-west-1"))
    assert parsed is not None
    assert parsed.function_arns == ()
    assert list(parsed.grants) == sorted(granted, key=lambda g: g.secret)


@given(functions, grants)
def test_no_document_can_be_taken_for_the_other_form(arns: list[str], granted: list[Grant]) -> None:
    bound = policy.grant_document(arns, granted, "eu-west-1")
    of_role = policy.role_document(granted, "eu-west-1")
    assert bound != of_role
    found = [policy.parse_grant_document(text) for text in (bound, of_role)]
    assert [bool(parsed and parsed.function_arns) for parsed in found] == [True, False]


@given(functions, grants, st.randoms())
def test_the_order_of_the_arguments_does_not_show(
    arns: list[str], granted: list[Grant], random: object
) -> None:
    document = policy.grant_document(arns, granted, "eu-west-1")
    random.shuffle(arns)  # type: ignore[attr-defined]
    random.shuffle(granted)  # type: ignore[attr-defined]
    assert policy.grant_document(arns, granted, "eu-west-1") == document


def test_white_space_and_order_of_keys_do_not_make_it_foreign() -> None:
    document = policy.grant_document([FUNCTION], [Grant(SECRET, KEY)], "eu-west-1")
    assert policy.parse_grant_document(json.dumps(json.loads(document), indent=2)) is not None


def _foreign() -> list[tuple[str, str]]:
    body = json.loads(policy.grant_document([FUNCTION], [Grant(SECRET, KEY)], "eu-west-1"))

    def changed(change: object) -> str:
        copy = json.loads(json.dumps(body))
        change(copy)  # type: ignore[operator]
        return json.dumps(copy)

    return [
        ("another action", changed(lambda b: b["Statement"][0].update(Action="secretsmanager:*"))),
        ("a statement more", changed(lambda b: b["Statement"].append(b["Statement"][0]))),
        ("half a condition", changed(lambda b: b["Statement"][0].pop("Condition"))),
        (
            "the other half",
            changed(lambda b: b["Statement"][1]["Condition"].pop("ArnEquals")),
        ),
        ("a condition on nothing", changed(lambda b: b["Statement"][0].update(Condition={}))),
        (
            "a condition on nobody",
            changed(
                lambda b: b["Statement"][0]["Condition"]["ArnEquals"].update(
                    {"lambda:SourceFunctionArn": []}
                )
            ),
        ),
        ("a secret more", changed(lambda b: b["Statement"][0]["Resource"].append(OTHER + "*"))),
        ("an id", changed(lambda b: b.update(Id="mine"))),
        ("a key less", changed(lambda b: b["Statement"][1]["Condition"].pop("StringEquals"))),
        ("a deny", changed(lambda b: b["Statement"][0].update(Effect="Deny"))),
        ("empty", "{}"),
        ("no JSON", "nonsense"),
        ("a list", "[]"),
        ("a number", "1"),
        ("said twice", json.dumps(body)[:-1] + ', "Version": "2012-10-17"}'),
        ("no statements", changed(lambda b: b.update(Statement=[]))),
    ]


@pytest.mark.parametrize("document", [t for _n, t in _foreign()], ids=[n for n, _t in _foreign()])
def test_any_other_document_is_not_ours(document: str) -> None:
    assert policy.parse_grant_document(document) is None


@pytest.mark.parametrize(
    ("function", "secret", "key"),
    [
        (FUNCTION + ":1", SECRET, ""),
        (FUNCTION, "pay/DB", ""),
        (FUNCTION, SECRET[:-6] + "??????", ""),
        (FUNCTION, SECRET, "alias/mine"),
        ("*", SECRET, ""),
    ],
)
def test_a_grant_is_exact_or_it_is_not_written(function: str, secret: str, key: str) -> None:
    with pytest.raises(UsageProblem):
        policy.grant_document([function], [Grant(secret, key)], "eu-west-1")


def test_one_secret_has_one_key() -> None:
    with pytest.raises(UsageProblem):
        policy.grant_document([FUNCTION], [Grant(SECRET), Grant(SECRET, KEY)], "eu-west-1")


def test_questions_carry_the_keys_that_the_conditions_ask_for() -> None:
    asked = policy.questions(FUNCTION, [Grant(SECRET, KEY)], "eu-west-1")
    assert [(q.action, q.resource) for q in asked] == [
        ("secretsmanager:GetSecretValue", SECRET),
        ("kms:Decrypt", KEY),
    ]
    assert dict(asked[1].context) == {
        "lambda:SourceFunctionArn": FUNCTION,
        "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com",
        "kms:EncryptionContext:SecretARN": SECRET,
    }


def test_questions_of_a_role_tell_no_function() -> None:
    asked = policy.questions("", [Grant(SECRET, KEY)], "eu-west-1")
    assert [set(q.context) for q in asked] == [
        set(),
        {"kms:ViaService", "kms:EncryptionContext:SecretARN"},
    ]


def test_a_policys_name_carries_region_and_function() -> None:
    assert policy.policy_name("pay", "eu-west-1") == "secretshift-eu-west-1-pay"


def test_a_long_name_is_cut_and_still_its_own() -> None:
    one, other = (
        policy.policy_name("x" * 128, "eu-west-1"),
        policy.policy_name("x" * 127 + "y", "eu-west-1"),
    )
    assert len(one) == 128 and one != other


@given(
    st.tuples(
        st.text("ab-_", min_size=1, max_size=140), st.sampled_from(["eu-west-1", "eu-west-2"])
    ),
    st.tuples(
        st.text("ab-_", min_size=1, max_size=140), st.sampled_from(["eu-west-1", "eu-west-2"])
    ),
)
def test_two_functions_never_share_a_policys_name(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert (policy.policy_name(*one) == policy.policy_name(*other)) == (one == other)
    assert len(policy.policy_name(*one)) <= 128
