"""What a key's policy says, told from its text: never an allowance that is not there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretshift.clouds.aws.key_conditions import wild
from secretshift.clouds.aws.key_policy import KeyRequest, KeyVerdict, Principal, Standing, judge

HOME, AWAY = "111122223333", "444455556666"
KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_KEY = KEY.replace("1234abcd", "9999abcd")
ROLE = f"arn:aws:iam::{HOME}:role/team/migrator"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/migrator/ann"
USER = f"arn:aws:iam::{HOME}:user/ann"
ROOT = f"arn:aws:iam::{HOME}:root"
VIA = "secretsmanager.eu-west-1.amazonaws.com"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{HOME}:secret:secretshift/a-AbCdEf"
CONTEXT = {
    "kms:ViaService": VIA,
    "kms:EncryptionContext:SecretARN": SECRET,
    "aws:PrincipalArn": ROLE,
    "aws:SecureTransport": "true",
}
AS_ROLE = Principal(ROLE, SESSION)
DECRYPT = KeyRequest(AS_ROLE, "kms:Decrypt", KEY, CONTEXT)
ALLOWED, DELEGATED, SILENT, DENIED, UNKNOWN = Standing


def statement(**more: Any) -> dict[str, Any]:
    plain = {
        "Effect": "Allow",
        "Principal": {"AWS": ROLE},
        "Action": "kms:Decrypt",
        "Resource": "*",
    }
    return {key: value for key, value in {**plain, **more}.items() if value is not None}


def document(*statements: object, **more: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **more})


def verdict(*statements: object, request: KeyRequest = DECRYPT) -> KeyVerdict:
    return judge(document(*statements), request)


def standing(*statements: object, request: KeyRequest = DECRYPT) -> Standing:
    return verdict(*statements, request=request).standing


@pytest.mark.parametrize(
    ("named", "of_role", "of_user", "of_root"),
    [
        ({"AWS": ROLE}, ALLOWED, SILENT, SILENT),
        ({"AWS": SESSION}, ALLOWED, SILENT, SILENT),
        ({"AWS": USER}, SILENT, ALLOWED, SILENT),
        ({"AWS": [USER, ROLE]}, ALLOWED, ALLOWED, SILENT),
        ({"AWS": "*"}, ALLOWED, ALLOWED, ALLOWED),
        ("*", ALLOWED, ALLOWED, ALLOWED),
        ({"AWS": ROOT}, DELEGATED, DELEGATED, ALLOWED),
        ({"AWS": HOME}, DELEGATED, DELEGATED, ALLOWED),
        ({"AWS": [AWAY, HOME]}, DELEGATED, DELEGATED, ALLOWED),
        ({"AWS": AWAY}, SILENT, SILENT, SILENT),
        ({"AWS": ROOT.replace(HOME, AWAY)}, SILENT, SILENT, SILENT),
        ({"AWS": ROLE.replace(HOME, AWAY)}, SILENT, SILENT, SILENT),
        ({"AWS": ROLE.replace("/team", "")}, SILENT, SILENT, SILENT),
        ({"AWS": ROLE.upper()}, UNKNOWN, UNKNOWN, UNKNOWN),
        ({"AWS": SESSION.replace("ann", "bob")}, SILENT, SILENT, SILENT),
        ({"AWS": "AROAEXAMPLEEXAMPLEAAA"}, SILENT, SILENT, SILENT),
        ({"Service": "lambda.amazonaws.com"}, SILENT, SILENT, SILENT),
        ({"Service": "lambda.amazonaws.com", "AWS": ROLE}, ALLOWED, SILENT, SILENT),
        ({"AWS": f"arn:aws:iam::{HOME}:role/*"}, UNKNOWN, UNKNOWN, UNKNOWN),
        ({"AWS": "migrator"}, UNKNOWN, UNKNOWN, UNKNOWN),
        ({"AWS": []}, UNKNOWN, UNKNOWN, UNKNOWN),
        ({"AWS": {"a": 1}}, UNKNOWN, UNKNOWN, UNKNOWN),
        ({"Federated": "accounts.example"}, UNKNOWN, UNKNOWN, UNKNOWN),
        (None, UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)
def test_who_is_named(
    named: object, of_role: Standing, of_user: Standing, of_root: Standing
) -> None:
    for principal, wanted in (
        (AS_ROLE, of_role),
        (Principal(USER), of_user),
        (Principal(ROOT), of_root),
    ):
        found = standing(statement(Principal=named), request=replace(DECRYPT, principal=principal))
        assert found is wanted, principal


def test_only_a_user_or_a_session_is_allowed_in_person() -> None:
    as_user = replace(DECRYPT, principal=Principal(USER))
    assert verdict(statement(Principal={"AWS": USER}), request=as_user).in_person
    assert verdict(statement(Principal={"AWS": [ROLE, SESSION]})).in_person
    assert not verdict(statement()).in_person
    assert not verdict(statement(Principal="*"), request=as_user).in_person


def test_a_session_of_a_role_of_which_no_session_is_known_is_no_allowance() -> None:
    request = replace(DECRYPT, principal=Principal(ROLE))
    named = verdict(statement(Principal={"AWS": SESSION}), request=request)
    assert named.standing is UNKNOWN and "session" in named.why
    of_another = SESSION.replace("migrator", "other")
    assert standing(statement(Principal={"AWS": of_another}), request=request) is SILENT


@pytest.mark.parametrize(
    ("element", "wanted"),
    [
        ({"Action": "kms:*"}, ALLOWED),
        ({"Action": "*"}, ALLOWED),
        ({"Action": "KMS:decrypt"}, ALLOWED),
        ({"Action": ["kms:Encrypt", "kms:De*"]}, ALLOWED),
        ({"Action": "kms:Decryp?"}, ALLOWED),
        ({"Action": "kms:Decrypt?"}, SILENT),
        ({"Action": "kms:Describe*"}, SILENT),
        ({"Action": "s3:*"}, SILENT),
        ({"Action": []}, UNKNOWN),
        ({"Action": None}, UNKNOWN),
        ({"Action": None, "NotAction": "kms:ScheduleKeyDeletion"}, UNKNOWN),
        ({"NotAction": "kms:ScheduleKeyDeletion"}, UNKNOWN),
        ({"Principal": None, "NotPrincipal": {"AWS": USER}}, UNKNOWN),
        ({"NotPrincipal": {"AWS": USER}}, UNKNOWN),
        ({"Resource": KEY}, ALLOWED),
        ({"Resource": [OTHER_KEY, KEY]}, ALLOWED),
        ({"Resource": OTHER_KEY}, SILENT),
        ({"Resource": "arn:aws:kms:*:*:key/*"}, UNKNOWN),
        ({"Resource": "arn:aws:s3:::*"}, SILENT),
        ({"Resource": None}, UNKNOWN),
        ({"Resource": None, "NotResource": OTHER_KEY}, UNKNOWN),
        ({"Effect": "allow"}, UNKNOWN),
        ({"Effect": None}, UNKNOWN),
        ({"Sid": ["x"]}, ALLOWED),
        ({"Unheard": "of"}, UNKNOWN),
        ({"Unheard": "of", "Action": "kms:Encrypt"}, SILENT),
    ],
)
def test_each_element(element: dict[str, Any], wanted: Standing) -> None:
    assert standing(statement(**element)) is wanted


EACH_CONDITION: list[tuple[Mapping[str, object], bool | None]] = [
    ({}, True),
    ({"StringEquals": {"kms:ViaService": VIA}}, True),
    ({"StringEquals": {"KMS:viaservice": VIA}}, True),
    ({"StringEquals": {"kms:ViaService": VIA.upper()}}, False),
    ({"StringEquals": {"kms:ViaService": "secretsmanager.*"}}, False),
    ({"StringEquals": {"kms:ViaService": ["lambda.eu-west-1.amazonaws.com", VIA]}}, True),
    ({"StringEqualsIgnoreCase": {"kms:ViaService": VIA.upper()}}, True),
    ({"StringNotEquals": {"kms:ViaService": VIA}}, False),
    ({"StringNotEquals": {"kms:ViaService": ["a", VIA]}}, False),
    ({"StringNotEquals": {"kms:ViaService": ["a", "b"]}}, True),
    ({"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com"}}, True),
    ({"StringLike": {"kms:ViaService": "Secretsmanager.*"}}, False),
    ({"StringNotLike": {"kms:ViaService": "lambda.*"}}, True),
    ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/team/*"}}, True),
    ({"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/*"}}, True),
    ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:*:{HOME}:role/team/*"}}, None),
    ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam:*:{AWAY}:role/*"}}, False),
    ({"ArnNotLike": {"aws:PrincipalArn": ROLE}}, False),
    ({"ArnNotEquals": {"aws:PrincipalArn": USER}}, True),
    ({"ArnLike": {"aws:PrincipalArn": "*"}}, None),
    ({"ArnLike": {"kms:ViaService": ROLE}}, None),
    ({"Bool": {"aws:SecureTransport": "true"}}, True),
    ({"Bool": {"aws:SecureTransport": True}}, True),
    ({"Bool": {"aws:SecureTransport": "false"}}, False),
    ({"Bool": {"aws:SecureTransport": "yes"}}, None),
    ({"BoolIfExists": {"aws:SecureTransport": "false"}}, False),
    ({"Null": {"kms:ViaService": "false"}}, True),
    ({"Null": {"kms:ViaService": "true"}}, False),
    ({"Null": {"aws:SourceVpc": "true"}}, None),
    ({"NullIfExists": {"kms:ViaService": "false"}}, None),
    ({"StringEqualsIfExists": {"kms:ViaService": VIA}}, True),
    ({"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}, None),
    ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, None),
    ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, None),
    ({"StringEquals": {"kms:ViaService": "a", "aws:SourceVpc": "vpc-1"}}, False),
    ({"StringEquals": {"kms:ViaService": VIA}, "Bool": {"aws:MultiFactorAuthPresent": "1"}}, None),
    ({"StringEquals": {"kms:ViaService": VIA}, "StringLike": {"kms:ViaService": "x*"}}, False),
    ({"StringLike": {"aws:PrincipalArn": "*/${aws:username}"}}, None),
    ({"ForAnyValue:StringEquals": {"kms:ViaService": VIA}}, None),
    ({"ForAllValues:StringEquals": {"kms:ViaService": VIA}}, None),
    ({"IpAddress": {"kms:ViaService": "10.0.0.0/8"}}, None),
    ({"stringequals": {"kms:ViaService": VIA}}, None),
    ({"StringEquals": {"kms:ViaService": []}}, None),
    ({"StringEquals": {"kms:ViaService": [{"a": "b"}]}}, None),
    ({"StringEquals": {}}, None),
    ({"StringEquals": "x"}, None),
]


@pytest.mark.parametrize(("condition", "holds"), EACH_CONDITION)
def test_each_condition(condition: Mapping[str, object], holds: bool | None) -> None:
    allowing = {True: ALLOWED, False: SILENT, None: UNKNOWN}
    denying = {True: DENIED, False: ALLOWED, None: UNKNOWN}
    assert standing(statement(Condition=condition)) is allowing[holds]
    deny = statement(Effect="Deny", Condition=condition)
    assert standing(statement(), deny) is denying[holds]


@pytest.mark.parametrize("condition", [None, [], "x", 3])
def test_a_condition_of_another_form_is_unknown(condition: object) -> None:
    item = {**statement(), "Condition": condition}
    assert standing(item) is UNKNOWN


def test_what_it_hangs_on_is_in_the_sentence_and_nothing_that_is_no_name() -> None:
    asked = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
    why = verdict(statement(Sid="Users", Condition=asked)).why
    assert "aws:SourceVpc" in why and "Users" in why and "vpc-1" not in why
    hostile = "\x1b[31m[bold]x"
    found = verdict(statement(Sid=hostile, Condition={hostile: {hostile: hostile}}, **{hostile: 1}))
    assert found.standing is UNKNOWN and "\x1b" not in found.why and "[" not in found.why


def test_the_default_policy_of_the_console() -> None:
    """As "Default key policy" shows it: the account, key users, and grants by services."""
    use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"]
    policy = [
        statement(Sid="Enable IAM User Permissions", Principal={"AWS": ROOT}, Action="kms:*"),
        statement(Sid="Allow use of the key", Action=use),
        statement(
            Sid="Allow attachment of persistent resources",
            Action=["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
            Condition={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    ]
    by_service = {**CONTEXT, "kms:GrantIsForAWSResource": "true"}
    grant = replace(DECRYPT, action="kms:CreateGrant", context=by_service)
    for request, wanted in (
        (DECRYPT, ALLOWED),
        (replace(DECRYPT, action="kms:GenerateDataKey"), ALLOWED),
        (grant, ALLOWED),
        (replace(grant, context={**CONTEXT, "kms:GrantIsForAWSResource": "false"}), DELEGATED),
        (replace(DECRYPT, action="kms:ScheduleKeyDeletion"), DELEGATED),
    ):
        assert standing(*policy, request=request) is wanted
    assert standing(*policy[1:], request=replace(DECRYPT, principal=Principal(USER))) is SILENT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '"text"',
        "{",
        "[" * 30_000,
        '{"Statement": null}',
        '{"Statement": [null]}',
        '{"Version": [], "Statement": []}',
        '{"Version": "2030-01-01", "Statement": []}',
        document(statement(), Unheard="of"),
        document(statement()).replace('"Action"', '"Principal": "*", "Action"'),
        " " * 70_000 + document(statement()),
    ],
    ids=lambda text: text[:20],
)
def test_a_document_that_is_not_known_is_unknown(text: str) -> None:
    assert judge(text, DECRYPT).standing is UNKNOWN


def test_a_single_statement_needs_no_list_and_a_document_no_version() -> None:
    assert judge(json.dumps({"Statement": statement()}), DECRYPT).standing is ALLOWED


def test_a_pattern_cannot_keep_it_busy() -> None:
    assert not wild("*a" * 2_000 + "b", "a" * 4_000)


# Whatever else there is


NAMES = st.sampled_from([*statement(), "Condition", "NotAction", "NotPrincipal", "Statement"])
TEXTS = st.sampled_from(
    [
        ROLE,
        SESSION,
        USER,
        ROOT,
        HOME,
        "*",
        "kms:*",
        "kms:Decrypt",
        KEY,
        "Allow",
        "Deny",
        VIA,
        "${x}",
    ]
) | st.text(max_size=8)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | TEXTS, inner, max_size=5),
    max_leaves=25,
)
CONDITIONS = st.sampled_from([condition for condition, _ in EACH_CONDITION])
STATEMENTS = st.builds(
    statement,
    Effect=st.sampled_from(["Allow", "Deny", "allow", None]),
    Principal=st.sampled_from(
        ["*", {"AWS": ROLE}, {"AWS": SESSION}, {"AWS": [ROOT, USER]}, {"AWS": AWAY}, None]
    ),
    Action=st.sampled_from(["kms:*", "kms:Decrypt", ["kms:En*"], "*", None, []]),
    Resource=st.sampled_from(["*", KEY, OTHER_KEY, [KEY], "arn:aws:kms:*", None]),
    Condition=CONDITIONS | st.none(),
)


@given(ANY_JSON | st.lists(STATEMENTS | ANY_JSON).map(lambda items: {"Statement": items}))
def test_no_document_raises(body: object) -> None:
    assert judge(json.dumps(body), DECRYPT).why


@given(st.text())
def test_no_text_raises_or_allows(text: str) -> None:
    assert judge(text, DECRYPT).standing is UNKNOWN


@given(st.lists(STATEMENTS), st.integers(0, 9), st.sampled_from([ROLE, SESSION, ROOT, "*"]))
def test_a_deny_always_wins(others: list[dict[str, Any]], at: int, who: str) -> None:
    deny = statement(Effect="Deny", Principal={"AWS": who}, Action="kms:*")
    assert standing(*others[:at], deny, *others[at:]) is DENIED


@given(st.lists(STATEMENTS | ANY_JSON))
def test_without_an_allow_for_who_asks_nothing_is_allowed(items: list[Any]) -> None:
    stranger = Principal(f"arn:aws:iam::{AWAY}:role/stranger")
    for item in items:
        if isinstance(item, dict) and item.get("Principal") == "*":
            item["Principal"] = {"AWS": ROLE}
    found = standing(*items, request=replace(DECRYPT, principal=stranger))
    assert found in (SILENT, UNKNOWN, DENIED) or any(
        isinstance(item, dict) and AWAY in json.dumps(item) for item in items
    )


@given(st.lists(STATEMENTS))
def test_a_right_is_taken_away_by_no_allow(items: list[dict[str, Any]]) -> None:
    """More allowances never make less of a right: what is denied or unknown stems from a Deny."""
    allowing = [item for item in items if item.get("Effect") == "Allow"]
    assert standing(*allowing, statement()) is ALLOWED


@given(st.lists(STATEMENTS), st.lists(STATEMENTS))
def test_the_order_of_statements_does_not_matter(
    one: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    assert standing(*one, *other) is standing(*other, *one)
