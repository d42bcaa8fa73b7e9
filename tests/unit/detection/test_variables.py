"""The tables of labelled variables, and what a verdict on a variable says."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretshift.catalogue import load
from secretshift.detection import Detector
from secretshift.detection.kinds import masked
from secretshift.model.findings import Confidence, Verdict
from secretshift.model.secret_value import MASK, SecretValue

Judged = Callable[..., tuple[Verdict, ...]]
SEEDS = (7, 11, 23)


def _alone(detector: Detector, name: str, value: str) -> tuple[Verdict, ...]:
    return detector.environment({name: SecretValue(value)})


@pytest.mark.parametrize("seed", SEEDS)
def test_every_secret_of_the_table_is_found(
    detector: Detector, bare_detector: Detector, tables: ModuleType, seed: int
) -> None:
    rows = list(tables.rows(tables.SECRETS, seed))
    assert len(rows) >= 200
    for each in (detector, bare_detector):
        missed = [
            row.name
            for row in rows
            if not any(
                v.secret.reveal() == row.secret and v.confidence is not Confidence.LOW
                for v in _alone(each, row.name, row.value)
            )
        ]
        assert missed == []


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_harmless_of_the_table_is_reported(
    detector: Detector, bare_detector: Detector, tables: ModuleType, seed: int
) -> None:
    rows = list(tables.rows(tables.HARMLESS, seed))
    assert len(rows) >= 400
    for each in (detector, bare_detector):
        wrong = [
            (row.name, verdict.kind, verdict.reasons)
            for row in rows
            for verdict in _alone(each, row.name, row.value)
        ]
        assert wrong == []


def test_one_verdict_a_secret(detector: Detector, tables: ModuleType) -> None:
    twice = [
        row.name
        for row in tables.rows(tables.SECRETS)
        if len(_alone(detector, row.name, row.value)) != 1
    ]
    assert twice == []


def test_masks_and_reasons_tell_nothing_of_the_value(
    detector: Detector, tables: ModuleType
) -> None:
    for row in tables.rows(tables.SECRETS):
        for verdict in _alone(detector, row.name, row.value):
            prefix = verdict.masked.removesuffix(MASK)
            assert verdict.masked.endswith(MASK)
            assert len(prefix) <= 40
            assert row.secret.startswith(prefix)
            if len(row.secret) >= 12:
                assert row.secret not in "".join(verdict.reasons)
            assert row.secret not in repr(verdict) or row.secret in row.name.lower()


@given(text=st.text(max_size=80), data=st.data())
def test_a_mask_is_the_kinds_own_prefix_whatever_comes_after_it(
    text: str, data: st.DataObject
) -> None:
    book = load()
    kind = data.draw(st.sampled_from(book.kinds))
    prefix = data.draw(st.sampled_from(["", *kind.prefixes]))
    mask = masked(prefix + text, kind.id, book)
    shown = mask.removesuffix(MASK)
    assert mask.endswith(MASK)
    assert shown == "" or shown in kind.prefixes
    longer = masked(prefix + text + "x" * 90, kind.id, book)
    assert shown == "" or longer.startswith(shown)
    if len(text) < 8:
        assert masked(text, "no-such-kind", book) == MASK


def test_the_offset_is_that_of_the_innermost_secret(judged: Judged) -> None:
    url = "postgres://app:hun%40ter2@db.acme.io:5432/app"
    (verdict,) = judged(DATABASE_URL=url)
    assert verdict.secret.reveal() == "hun@ter2"
    assert url[verdict.offset :].startswith("hun%40ter2")
    assert verdict.name == "DATABASE_URL"


def test_url_and_variable_meet_in_one_value(judged: Judged) -> None:
    found = judged(DB_PASSWORD="p@ss/w0rd", DATABASE_URL="mysql://app:p%40ss%2Fw0rd@db.acme.io/app")
    assert [v.secret.reveal() for v in found] == ["p@ss/w0rd", "p@ss/w0rd"]
    assert {v.kind for v in found} >= {"mysql-password"}


def test_siblings_name_the_engine(judged: Judged) -> None:
    for port, kind in (("5432", "postgres-password"), ("3306", "mysql-password")):
        found = judged(DB_PASSWORD="summer24", DB_HOST="db.acme.io", DB_PORT=port, DB_USER="app")
        assert [(v.name, v.kind) for v in found] == [("DB_PASSWORD", kind)]


def test_aws_pair_under_other_names(judged: Judged, tables: ModuleType) -> None:
    maker = tables.Maker(3)
    found = judged(UPLOAD_ID=maker.fill("«akia»"), UPLOAD_VALUE=maker.fill("«b6440»"))
    assert [(v.name, v.kind, v.confidence) for v in found] == [
        ("UPLOAD_VALUE", "aws-access-key", Confidence.HIGH)
    ]


def test_every_secret_of_a_json_object(judged: Judged) -> None:
    value = json.dumps({"user": "app", "password": 'q"uo7e', "apiKey": "0a1b2c3d4e5f60718293a4b5"})
    found = judged(SETTINGS=value)
    assert [(v.name, v.secret.reveal()) for v in found] == [
        ("password", 'q"uo7e'),
        ("apiKey", "0a1b2c3d4e5f60718293a4b5"),
    ] or [v.secret.reveal() for v in found] == ['q"uo7e', "0a1b2c3d4e5f60718293a4b5"]
    assert value[found[0].offset :].startswith('q\\"uo7e')


def test_service_account_plain_and_in_base64(judged: Judged, tables: ModuleType) -> None:
    pem = tables.Maker(5).pem("PRIVATE")
    account = json.dumps({"type": "service_account", "private_key": pem + "\n", "client_id": "1"})
    encoded = base64.b64encode(account.encode()).decode()
    found = judged(PLAIN=account, CODED=encoded, KEY_ONLY=pem.replace("\n", "\\n"))
    assert [v.secret.reveal() for v in found] == [pem] * 3
    assert [v.kind for v in found[:2]] == ["google-service-account"] * 2


def test_changeme_may_be_in_use(judged: Judged) -> None:
    (verdict,) = judged(DB_PASSWORD="changeme")
    assert verdict.confidence is Confidence.MEDIUM


def test_a_hash_is_low(judged: Judged) -> None:
    found = judged(ADMIN_PASSWORD="$2b$12$" + "abcdefghij" * 5 + "klm")
    assert [v.confidence for v in found] == [Confidence.LOW]


def test_the_same_secret_twice_in_one_variable_is_one_verdict(judged: Judged) -> None:
    found = judged(CONFIG=json.dumps({"password": "hunter22", "dbPassword": "hunter22"}))
    assert [v.secret.reveal() for v in found] == ["hunter22"]


@pytest.mark.parametrize(
    ("name", "value"), [("SENHA_CERTIFICADO", "87654321"), ("QR_SECRET", "Ohm-my-ticket")]
)
def test_what_may_be_one_is_told_as_unsure(detector: Detector, name: str, value: str) -> None:
    (verdict,) = _alone(detector, name, value)
    assert verdict.confidence is Confidence.LOW


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres://first.last:12345@db.internal.net/x"),
        ("DB_PASSWORD", "kZ::birch(29"),
        ("JWT_SECRET", "myRandomKey29characters"),
        ("DB_PASSWORD", "confirmed29"),
        ("CHAT_WEBSOCKET_KEY", "kZ8wQ3xV7nB2mT5rY9pL"),
        ("DATABASE_URL", "postgres://db_user:db_secret@db.internal.net/x"),
        ("DB_PASSWORD", "xxxx@123"),
        ("DB_PASSWORD", "BIRCH-TOKEN"),
        ("DB_PASSWORD", "mypassword"),
        ("DB_PASSWORD", "sha1:6"),
        ("API_KEY", "gr\u00fcn29kZ8wQ3xV7nB2mT5rY9"),
        ("INITIAL_CLUSTER_TOKEN", "birch-ufer-steg-29"),
        ("ACME_CLIENT_TOKEN", "5a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"),
    ],
)
def test_what_is_something_else_in_a_file_is_used_where_a_function_has_it(
    detector: Detector, name: str, value: str
) -> None:
    assert _alone(detector, name, value)
