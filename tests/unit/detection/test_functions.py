"""Whole functions: every secret among its siblings, and what is no secret by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import NamedTuple

import pytest

from secretshift.detection import Detector
from secretshift.model.findings import Confidence, Verdict
from secretshift.model.secret_value import SecretValue

Judged = Callable[..., tuple[Verdict, ...]]


class Variable(NamedTuple):
    mark: str
    value: str
    secret: str


def _functions(
    functions: ModuleType, tables: ModuleType, seed: int
) -> Iterator[tuple[str, dict[str, Variable]]]:
    maker = tables.Maker(seed)
    for block in functions.FUNCTIONS.split("\n[")[1:]:
        title, _, lines = block.partition("]\n")
        variables = {}
        for line in lines.splitlines():
            if line:
                name, _, rest = line[2:].partition(" = ")
                value, _, secret = maker.fill(rest).partition(" => ")
                if value.startswith("-----BEGIN"):
                    secret = value.replace("\\n", "\n")
                variables[name] = Variable(line[0], value, secret or value)
        yield title, variables


@pytest.mark.parametrize("seed", [7, 11, 23])
def test_every_function_of_the_table(
    detector: Detector,
    bare_detector: Detector,
    functions: ModuleType,
    tables: ModuleType,
    seed: int,
) -> None:
    wrong = []
    for each in (detector, bare_detector):
        for title, variables in _functions(functions, tables, seed):
            found: dict[str, list[Verdict]] = {name: [] for name in variables}
            for verdict in each.environment(
                {n: SecretValue(v.value) for n, v in variables.items()}
            ):
                found[verdict.name].append(verdict)
            for name, variable in variables.items():
                if each is bare_detector and name in functions.BY_PREFIX:
                    continue
                sure = [v for v in found[name] if v.confidence is not Confidence.LOW]
                if variable.mark == "+":
                    secrets = {v.secret.reveal() for v in sure}
                    right = bool(secrets) and (
                        variable.secret == "*" or secrets == {variable.secret}
                    )
                else:
                    right = not sure and (variable.mark == "-" or bool(found[name]))
                if not right:
                    wrong.append((title, name))
    assert wrong == []


@pytest.mark.parametrize(
    "value",
    [
        'so3Uts"\'$HOME $(id) `id` %PATH% 100% ü€am9Ntv\nzwei',
        "$(a)b$(c)", "$ummer24", "$unshine", "%Pa55w0rd", "${X}suffix9", "{{a}}x",
        "!@#$%^&*", "ab", "abc", "123", "a1b2.c3d4.com", "user@acme.io", "/aB3xK9/z",
        "S3cret.key", "aB3/xKq", "redis", "database", "pass=word;user=x", "a=b\nc=d9",
        "host=1 password=2", "Bearer 9", "Basic abcdefgh12", "-Dfoo=bar --password x9", "=====x",
        "a\tb9", "  lead 9", "zwölf12", '{"a', "[x1]",
    ],
)  # fmt: skip
def test_whatever_stands_under_the_exact_name_of_a_password_is_one(
    judged: Judged, value: str
) -> None:
    (verdict,) = judged(DB_PASSWORD=value)
    assert verdict.secret.reveal() == value
    assert verdict.confidence is not Confidence.LOW


@pytest.mark.parametrize("value", ["a", "7", "aaaa", "foobar", "my-password"])
def test_what_may_only_stand_in_for_a_password_is_low(judged: Judged, value: str) -> None:
    (verdict,) = judged(DB_PASSWORD=value)
    assert verdict.confidence is Confidence.LOW


@pytest.mark.parametrize(
    "value",
    [
        "${X}", "$(cmd a b)", "%VAR%", "{{ x }}", "${self:custom.${opt:stage}.pw}", "$DB_PASSWORD",
        "$db_password", "xxxx", "-----", "null", "prod/db/password", "/prod/db/password",
        "passwords.txt", "<password>", "arn:aws:ssm:eu-west-1:123456789012:parameter/x",
    ],
)  # fmt: skip
def test_references_are_none(judged: Judged, value: str) -> None:
    assert judged(DB_PASSWORD=value) == ()


_H = "0a1b2c3d4e5f60718293" + "a4b5c6d7e8f9"
_G = "AI" + "za" + "SyD3kx9QmL2vR7tW1yZ4bN6cF8hJ0gPaEuX"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ADYEN_CLIENT_KEY", "live_" + _H.upper()),
        ("RECAPTCHA_SITE_KEY", "6L" + _H + "aBcDeF"),
        ("MAPBOX_TOKEN", "pk." + "ey" + "J1IjoiYWNtZSJ9.abcdefghij0123456789ab"),
        ("ALGOLIA_SEARCH_KEY", _H),
        ("FIREBASE_API_KEY", _G),
        ("NEXT_PUBLIC_GOOGLE_MAPS_KEY", _G),
        ("REACT_APP_MAPS_KEY", _G),
        ("SEGMENT_WRITE_KEY", _H),
        ("VONAGE_API_KEY", "0a1b2c3d"),
        ("WEB_CONFIG", json.dumps({"apiKey": _G, "authDomain": "acme.firebaseapp.com"})),
        ("AWS_ACCESS_KEY_ID", "AK" + "IAQWERTYUIOPASDFG2"),
        ("SETTING", "AK" + "IAQWERTYUIOPASDFG2"),
    ],
)
def test_keys_that_everybody_may_see(judged: Judged, name: str, value: str) -> None:
    assert [v for v in judged(**{name: value}) if v.confidence is not Confidence.LOW] == []


def test_a_public_name_does_not_make_a_secret_format_harmless(judged: Judged) -> None:
    (verdict,) = judged(NEXT_PUBLIC_STRIPE="sk" + "_live_" + "a1B2c3D4e5F6g7H8i9J0k1L2")
    assert verdict.confidence is not Confidence.LOW


def test_the_half_of_a_pair_that_identifies(judged: Judged) -> None:
    found = judged(MINIO_ACCESS_KEY=_H[:20], MINIO_SECRET_KEY=_H)
    assert [(v.name, v.confidence) for v in found] == [
        ("MINIO_ACCESS_KEY", Confidence.LOW),
        ("MINIO_SECRET_KEY", Confidence.HIGH),
    ]


@pytest.mark.parametrize(
    ("siblings", "kind"),
    [
        ({"DB_ENGINE": "mariadb", "DB_PORT": "3306"}, "mariadb-password"),
        ({"DB_HOST": "db.acme.io", "DB_PORT": "3306"}, "mysql-password"),
        ({"DB_PORT": "5439"}, "redshift-password"),
        ({"DB_HOST": "x.eu-west-1.redshift.amazonaws.com"}, "redshift-password"),
        ({"DB_HOST": "db.acme.io"}, "database-password"),
    ],
)
def test_siblings_tell_the_make(judged: Judged, siblings: dict[str, str], kind: str) -> None:
    found = judged(DB_PASSWORD="x9summer", **siblings)
    assert [(v.name, v.kind) for v in found] == [("DB_PASSWORD", kind)]


@pytest.mark.parametrize(
    ("value", "secret", "kind"),
    [
        ("redshift://u:x9summer@h/db", "x9summer", "redshift-password"),
        ("jdbc:mariadb://h/db?user=a&password=x9summer", "x9summer", "mariadb-password"),
        ("mysql://app:x9summer@tcp(db.acme.io:3306)/app", "x9summer", "mysql-password"),
        ("app:x9summer@tcp(db.acme.io:3306)/app", "x9summer", "mysql-password"),
        ("SASL_SSL://u:x9%40summer@k:9092", "x9@summer", "kafka-password"),
        ("Server=db;Port=3306;Uid=a;Pwd=x9summer;", "x9summer", "mysql-password"),
        ("Server=db;User Id=sa;Password=x9summer;", "x9summer", "sqlserver-password"),
        ("Server=db;Uid=a;Password={x9;summer};", "x9;summer", "database-password"),
    ],
)
def test_connections_tell_the_make(judged: Judged, value: str, secret: str, kind: str) -> None:
    (verdict,) = judged(SETTING=value)
    assert (verdict.secret.reveal(), verdict.kind) == (secret, kind)


def test_lists_and_maps_of_keys(judged: Judged) -> None:
    other = _H[::-1]
    for value in (f"{_H},{other}", json.dumps([_H, other]), f"acme:{_H};beta:{other}"):
        (verdict,) = judged(PARTNER_API_KEYS=value)
        assert (verdict.secret.reveal(), verdict.confidence) == (value, Confidence.MEDIUM)
    found = judged(PARTNER_API_KEYS=json.dumps({"acme": _H, "beta": other}))
    assert [v.secret.reveal() for v in found] == [_H, other]


@pytest.mark.parametrize(
    "piece", ["''", "a}}", "a:1:", "machine a login b ", "machine" + " " * 19, "${", "/a", "a_"]
)
@pytest.mark.timeout(60)
def test_hostile_texts_are_bounded_work(detector: Detector, piece: str) -> None:
    text = ("password: '" + piece * 300_000)[:300_000]
    for path in ("a.yml", ".netrc", ".pgpass"):
        detector.text(path, text)
    for name in ("DB_PASSWORD", "NETRC", "PGPASS", "API_KEYS"):
        detector.environment({name: SecretValue(text)})
