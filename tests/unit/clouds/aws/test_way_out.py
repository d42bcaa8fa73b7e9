"""What a function's own settings make of its way to Secrets Manager, before anything is tried."""

from __future__ import annotations

from dataclasses import replace

import pytest

from secretshift.clouds.aws.preflight import assess
from secretshift.clouds.aws.way_out import own_way
from secretshift.model.functions import FunctionFacts, FunctionRef, FunctionSnapshot, Place
from secretshift.model.ports import Assessment
from secretshift.model.secret_value import SecretValue

PLACE = Place("aws", "111122223333", "eu-west-1")
REF = FunctionRef(PLACE, "pay", "arn:aws:lambda:eu-west-1:111122223333:function:pay")
STORE = "secretsmanager.eu-west-1.amazonaws.com"


def snapshot(settings: dict[str, str], runtime: str = "python3.12") -> FunctionSnapshot:
    return FunctionSnapshot(
        ref=REF,
        version="$LATEST",
        runtime=runtime,
        package_type="Zip",
        architectures=("arm64",),
        role="arn:aws:iam::111122223333:role/pay",
        environment={name: SecretValue(text) for name, text in settings.items()},
    )


def assessed(settings: dict[str, str], *names: str, runtime: str = "python3.12") -> Assessment:
    return assess(snapshot(settings, runtime), FunctionFacts(), names)


def codes(settings: dict[str, str], *names: str) -> list[str]:
    return [note.code for note in assessed(settings, *names).blockers]


@pytest.mark.parametrize(
    ("settings", "code", "why"),
    [
        ({"HTTPS_PROXY": "https://proxy:3128"}, "proxy", "the only kind"),
        ({"https_proxy": "socks5://proxy:1080"}, "proxy", "the only kind"),
        ({"AWS_ENDPOINT_URL": "http://10.0.0.1"}, "endpoint", "over plain http"),
        ({"AWS_ENDPOINT_URL_SECRETS_MANAGER": "https://host/?a=b"}, "endpoint", "no address"),
    ],
)
def test_a_way_that_the_resolver_cannot_take_blocks(
    settings: dict[str, str], code: str, why: str
) -> None:
    (note,) = assessed(settings).blockers
    assert note.code == code and next(iter(settings)) in note.text and note.hint
    assert why in note.text
    assert not assessed(settings, runtime="java21").blockers, "its own code reads it there"


@pytest.mark.parametrize(
    "settings",
    [
        {"HTTPS_PROXY": "socks5://proxy", "NO_PROXY": STORE},
        {"HTTPS_PROXY": "socks5://proxy", "NO_PROXY": ".amazonaws.com"},
        {"HTTPS_PROXY": "socks5://proxy", "AWS_ENDPOINT_URL": "http://127.0.0.1:4566"},
        {"HTTP_PROXY": "socks5://proxy"},
        {"AWS_ENDPOINT_URL": "ftp://x", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
    ],
)
def test_what_it_does_not_go_through_says_nothing(settings: dict[str, str]) -> None:
    assert not assessed(settings).blockers
    assert "proxy" not in {note.code for note in assessed(settings).warnings}


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"HTTPS_PROXY": "http://proxy:3128"}, "proxy"),
        ({"AWS_ENDPOINT_URL_SECRETS_MANAGER": "https://vpce-1.example"}, "endpoint"),
    ],
)
def test_a_way_that_nobody_can_look_at_is_left_to_the_proof(
    settings: dict[str, str], code: str
) -> None:
    name = next(iter(settings))
    found = assessed(settings)
    assert not found.blockers and not found.no_twin
    (note,) = found.warnings
    assert note.code == code and name in note.text and "only when it is tried" in note.text
    assert name in own_way(snapshot(settings))


def test_without_settings_the_subnets_tell() -> None:
    assert own_way(snapshot({"LOG_LEVEL": "info", "NO_PROXY": "*"})) == ""
    assert own_way(snapshot({"HTTPS_PROXY": "http://proxy", "NO_PROXY": STORE})) == ""


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"HTTPS_PROXY": "http://user:pass@proxy"}, "HTTPS_PROXY seems to hold a login"),
        ({"AWS_CA_BUNDLE": "/var/task/ca.pem"}, "AWS_CA_BUNDLE is a file of the function's own"),
        ({"SSL_CERT_FILE": "/opt/ca.pem"}, "SSL_CERT_FILE is a file of the function's own"),
        ({"NODE_EXTRA_CA_CERTS": "/mnt/efs/ca.pem"}, "NODE_EXTRA_CA_CERTS is a file"),
        ({"AWS_CA_BUNDLE": "/etc/pki/tls/certs/ca-bundle.crt"}, ""),
        ({"HTTPS_PROXY": "http://user:pass@proxy", "NO_PROXY": "*"}, ""),
    ],
)
def test_what_a_twin_cannot_be_given(settings: dict[str, str], why: str) -> None:
    found = assessed(settings)
    assert found.no_twin.startswith(why) and bool(found.no_twin) is bool(why)
    assert "pass" not in found.no_twin and not found.blockers


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "NO_PROXY", "AWS_ENDPOINT_URL", "SSL_CERT_FILE"])
def test_what_the_resolver_needs_itself_is_not_moved(name: str) -> None:
    assert codes({name: "http://127.0.0.1:1"}, name) == ["name"]


def test_another_machine_blocks() -> None:
    strange = replace(snapshot({}), architectures=("riscv64",))
    (note,) = assess(strange, FunctionFacts(), ()).blockers
    assert note.code == "architecture" and "riscv64" in note.text
    assert not assess(snapshot({}), FunctionFacts(), ()).blockers
