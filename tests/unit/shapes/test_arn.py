"""ARNs are taken strictly: a near miss is None, a hit is written back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretshift.shapes.arn import (
    Arn,
    SecretReference,
    parse_arn,
    parse_reference,
    secret_name,
)

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db/main-AbCdEf"

partitions = st.sampled_from(["aws", "aws-cn", "aws-us-gov", "aws-iso-b"])
regions = st.sampled_from(["eu-central-1", "us-gov-west-1", "cn-north-1"])
accounts = st.from_regex(r"[0-9]{12}", fullmatch=True)
secret_names = st.from_regex(r"[A-Za-z0-9/_+=.@-]{1,60}", fullmatch=True)
suffixes = st.from_regex(r"[A-Za-z0-9]{6}", fullmatch=True)
json_keys = st.text(st.characters(exclude_categories=("C",), exclude_characters=":"), max_size=20)
stages = st.from_regex(r"[A-Za-z0-9]{0,20}", fullmatch=True)
versions = st.one_of(st.just(""), st.uuids().map(str))


@given(partitions, regions, accounts, secret_names, suffixes)
def test_a_secret_s_arn_is_written_back_as_it_was(
    partition: str, region: str, account: str, name: str, suffix: str
) -> None:
    text = f"arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-{suffix}"
    arn = parse_arn(text)
    assert arn is not None
    assert str(arn) == text
    assert secret_name(arn) == name
    assert parse_reference(text) == SecretReference(arn)


@given(json_keys, stages, versions)
def test_a_reference_is_written_back_as_it_was(key: str, stage: str, version: str) -> None:
    arn = parse_arn(SECRET)
    assert arn is not None
    reference = SecretReference(arn, key, stage, version)
    again = parse_reference(str(reference))
    if stage and version:
        assert again is None
    else:
        assert again == reference


def test_one_key_of_a_secret() -> None:
    reference = parse_reference(f"{SECRET}:password::")
    assert reference is not None
    assert (reference.json_key, reference.stage, reference.version) == ("password", "", "")
    assert str(reference.arn) == SECRET


@pytest.mark.parametrize(
    "text",
    [
        "",
        "db/main",
        SECRET[:-7],  # no six characters
        SECRET[:-1],
        SECRET + " ",
        " " + SECRET,
        SECRET + "\n",
        SECRET + ":",
        SECRET + ":password",
        SECRET + ":password:",
        SECRET + ":::",
        SECRET + ":password:::",
        SECRET + ":password:AWSCURRENT:0f8fad5b-d9cb-469f-a165-70867728950e",
        SECRET + "::not a stage:",
        SECRET + ":::short",
        SECRET.replace("aws:", "amazon:"),
        SECRET.replace("123456789012", "12345678901"),
        SECRET.replace("123456789012", ""),
        SECRET.replace("eu-central-1", ""),
        SECRET.replace("secretsmanager", "ssm"),
        SECRET.replace("secret:", "parameter:"),
        SECRET.replace("db/main", "db main"),
        "arn:aws:secretsmanager:eu-central-1:١٢٣٤٥٦٧٨٩٠١٢:secret:db/main-AbCdEf",
    ],
)
def test_a_near_miss_is_no_reference(text: str) -> None:
    assert parse_reference(text) is None


@pytest.mark.parametrize(
    ("text", "arn"),
    [
        ("arn:aws:iam::123456789012:role/x", Arn("aws", "iam", "", "123456789012", "role/x")),
        ("arn:aws:s3:::bucket/key:a", Arn("aws", "s3", "", "", "bucket/key:a")),
        (
            "arn:aws:lambda:eu-west-1:123456789012:function:f:7",
            Arn("aws", "lambda", "eu-west-1", "123456789012", "function:f:7"),
        ),
    ],
)
def test_arns_of_other_services(text: str, arn: Arn) -> None:
    assert parse_arn(text) == arn
    assert str(arn) == text
    assert secret_name(arn) is None


@pytest.mark.parametrize(
    "text", ["arn:aws:s3:::", "arn:aws", "arn:aws:iam::1:x", "arn:aws:" + "s" * 3000]
)
def test_what_is_no_arn(text: str) -> None:
    assert parse_arn(text) is None
