"""What every kind of the catalogue keeps: its examples are found, its rules and sources exist."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

import kingfisher_sdk
import pytest

from secretshift.catalogue import Entry, load
from secretshift.catalogue.examples import made_up

ENTRIES = load().entries

PROMISED = (
    "generic-password",
    "generic-token",
    "generic-api-key",
    "private-key",
    "signing-key",
    "encryption-key",
    "basic-auth",
    "bearer-token",
    "postgres-password",
    "mysql-password",
    "sqlserver-password",
    "oracle-password",
    "mongodb-password",
    "redis-password",
    "amqp-password",
    "kafka-password",
    "smtp-password",
    "google-service-account",
    "aws-access-key",
    "webhook-url",
)
"""Ids that other parts of the program name, and that plans and journals hold: never renamed."""

AWS_ENGINES = {"postgres", "mysql", "mariadb", "oracle", "sqlserver", "mongo", "redshift", "db2"}


def of(entry: Entry) -> str:
    return entry.kind.id


@lru_cache(maxsize=1)
def scanner() -> kingfisher_sdk.Scanner:
    return kingfisher_sdk.Scanner(kingfisher_sdk.Rules(confidence="low"), base64=False)


@lru_cache(maxsize=1)
def known_rules() -> frozenset[str]:
    rules = kingfisher_sdk.Rules(confidence="low").metadata()
    return frozenset(rule["id"] for rule in rules)


@pytest.mark.parametrize("kind_id", PROMISED)
def test_a_promised_kind_is_there(kind_id: str) -> None:
    assert load().get(kind_id) is not None


@pytest.mark.parametrize("entry", ENTRIES, ids=of)
def test_every_example_is_recognised_as_its_kind(entry: Entry) -> None:
    for example in entry.examples:
        if not example.rule:
            kind = load().kind_of(example.name, made_up(example.value))
            assert kind is not None, example.name
            assert kind.id == entry.kind.id, example.name


@pytest.mark.parametrize("entry", ENTRIES, ids=of)
def test_no_counter_example_is_taken_for_its_kind(entry: Entry) -> None:
    assert entry.counter_examples
    for example in entry.counter_examples:
        kind = load().kind_of(example.name, made_up(example.value))
        assert kind is None or kind.id != entry.kind.id, example.name


@pytest.mark.parametrize("entry", ENTRIES, ids=of)
def test_every_format_rule_exists(entry: Entry) -> None:
    assert set(entry.kind.rules) <= known_rules()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.kind.id)
def test_every_name_is_a_regular_expression(entry: Entry) -> None:
    for pattern in entry.kind.names:
        re.compile(pattern)


@pytest.mark.parametrize("entry", [e for e in ENTRIES if any(x.rule for x in e.examples)], ids=of)
def test_an_example_of_a_format_is_found_by_the_rule_it_names(entry: Entry) -> None:
    for example in entry.examples:
        if example.rule:
            assert example.rule in entry.kind.rules
            found = set()
            for seed in range(8):  # a made-up value may fall below the rule's entropy
                line = f'{example.name}="{made_up(example.value, seed)}"\n'
                found |= {f.rule_id for f in scanner().scan(line.encode())}
            assert found & set(entry.kind.rules), example.name


@pytest.mark.parametrize("entry", ENTRIES, ids=of)
def test_a_database_that_aws_rotates_is_stored_as_its_function_reads_it(entry: Entry) -> None:
    kind = entry.kind
    if not kind.engine:
        return
    assert kind.engine in AWS_ENGINES
    assert kind.shape == "json"
    assert kind.secret_key == "password"
    assert {c.key for c in kind.companions} == {"host", "username", "port", "dbname"}
    assert kind.rotation_way == "aws-function"
    assert "(read " in kind.source  # the keys were checked against AWS's page


@pytest.mark.parametrize("entry", ENTRIES, ids=of)
def test_what_an_extension_reads_says_how_it_takes_a_secret(entry: Entry) -> None:
    form = entry.vendor_form
    if form is not None:
        assert entry.kind.extension
        assert load().by_name(form.variable) is not entry.kind
        assert "(read " in entry.kind.source
        if form.json_key:
            assert (entry.kind.shape, entry.kind.secret_key) == ("json", form.json_key)
        else:
            assert entry.kind.shape == "string"


def test_the_extensions_of_safety_rule_10_are_marked() -> None:
    catalogue = load()
    forms = {name: catalogue.by_name(name) for name in ("DD_API_KEY", "NEW_RELIC_LICENSE_KEY")}
    assert {name: kind.extension for name, kind in forms.items() if kind} == {
        "DD_API_KEY": "Datadog",
        "NEW_RELIC_LICENSE_KEY": "New Relic",
    }
    datadog = catalogue.vendor_form("datadog-api-key")
    new_relic = catalogue.vendor_form("new-relic-license-key")
    assert datadog is not None
    assert datadog.variable == "DD_API_KEY_SECRET_ARN"
    assert new_relic is not None
    assert new_relic.variable == "NEW_RELIC_LICENSE_KEY_SECRET"


@pytest.mark.parametrize(
    ("kind_id", "word"),
    [
        ("aws-access-key", "role"),
        ("postgres-password", "IAM"),
        ("mysql-password", "IAM"),
        ("github-token", "Installation tokens"),
        ("google-service-account", "federation"),
        ("azure-client-secret", "federation"),
    ],
)
def test_what_need_not_be_stored_says_so(kind_id: str, word: str) -> None:
    kind = load().get(kind_id)
    assert kind is not None
    assert word in kind.instead


def test_an_encryption_key_is_never_replaced() -> None:
    kind = load().get("encryption-key")
    assert kind is not None
    assert kind.rotation_way == "application"
    assert "Never" in kind.rotation


def test_default_names_of_secrets_are_told_apart() -> None:
    names = Counter(entry.kind.secret_name for entry in ENTRIES if entry.kind.secret_name)
    assert [name for name, count in names.items() if count > 1] == []


def test_there_are_enough_kinds_and_each_has_a_name_for_its_secret() -> None:
    assert len(ENTRIES) >= 60
    assert [e.kind.id for e in ENTRIES if not e.kind.secret_name] == []


def test_nothing_in_the_data_looks_live() -> None:
    for entry in ENTRIES:
        for example in (*entry.examples, *entry.counter_examples):
            text = f'{example.name}="{example.value}"\n'
            found = {f.rule_id for f in scanner().scan(text.encode()) if f.visible}
            assert found <= {"betterleaks.generic-credential-uri"}  # takes {alnum:16} for one
