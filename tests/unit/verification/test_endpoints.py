"""Whom a rule asks is known before it is asked, or it is not asked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import kingfisher_sdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretshift.verification.endpoints import (
    FROM_TEXT,
    NO_HTTPS,
    NO_RULE,
    NOT_SETTABLE,
    Endpoint,
    endpoint_of,
    host_of,
    is_safe,
    unknown_form,
)

OWN = "https://github.example.com/api/v3"


@pytest.fixture(scope="module")
def rules() -> kingfisher_sdk.Rules:
    return kingfisher_sdk.Rules()


def yaml_rule(url: str, pattern: str = "(x)", **more: Any) -> dict[str, Any]:
    request = {"method": "GET", "url": url, "headers": {"Authorization": "Bearer {{ TOKEN }}"}}
    validation = {"type": "Http", "content": {"request": request}}
    return {"pattern": pattern, "depends_on_rule": [], "validation": validation, **more}


def test_every_built_in_rule_has_whole_hosts_or_a_reason(rules: kingfisher_sdk.Rules) -> None:
    can_ask = 0
    for rule in rules.metadata():
        detail = rules.detail(rule["id"])
        endpoint = endpoint_of(detail, {})
        assert bool(endpoint.hosts) != bool(endpoint.reason), rule["id"]
        assert not endpoint.internal or endpoint.reason
        text = json.dumps(detail["validation"])
        for host in endpoint.hosts:
            assert ("." in host and host in text) or host == "sts.amazonaws.com", rule["id"]
        can_ask += bool(endpoint.hosts)
    assert can_ask > 200


@pytest.mark.parametrize(
    ("rule", "hosts"),
    [
        ("betterleaks.github-pat", ("api.github.com",)),
        ("betterleaks.aws-access-token", ("sts.amazonaws.com",)),
        ("betterleaks.gumroad-access-token", ("api.gumroad.com",)),
        ("betterleaks.opsgenie-api-key.1", ("api.opsgenie.com", "api.eu.opsgenie.com")),
    ],
)
def test_hosts_of_rules(rules: kingfisher_sdk.Rules, rule: str, hosts: tuple[str, ...]) -> None:
    assert endpoint_of(rules.detail(rule), {}).hosts == hosts


@pytest.mark.parametrize(
    "rule",
    [
        "betterleaks.mailchimp-api-key",
        "betterleaks.generic-credential-uri",
        "betterleaks.gcp-service-account",
        "betterleaks.jwt",
        "betterleaks.mongodb-connection-string",
    ],
)
def test_a_host_of_the_scanned_text_is_never_asked(rules: kingfisher_sdk.Rules, rule: str) -> None:
    assert endpoint_of(rules.detail(rule), {}) == Endpoint(reason=FROM_TEXT)


def test_a_rule_without_a_check_has_none(rules: kingfisher_sdk.Rules) -> None:
    for rule in ("betterleaks.1password-secret-key", "betterleaks.private-key"):
        assert endpoint_of(rules.detail(rule), {}).reason == NO_RULE


@pytest.mark.parametrize("name", ["api.github.com", "GITHUB_BASE_URL"])
def test_the_settings_set_an_endpoint_by_host_or_variable(
    rules: kingfisher_sdk.Rules, name: str
) -> None:
    endpoint = endpoint_of(rules.detail("betterleaks.github-pat"), {name: OWN})
    assert endpoint.hosts == ("github.example.com",) and endpoint.internal
    assert endpoint.variables == (("GITHUB_BASE_URL", OWN),)


def test_without_settings_the_variable_is_pinned(rules: kingfisher_sdk.Rules) -> None:
    """So that nothing else can move it."""
    endpoint = endpoint_of(rules.detail("betterleaks.github-pat"), {})
    assert endpoint.variables == (("GITHUB_BASE_URL", "https://api.github.com"),)


def test_an_endpoint_that_cannot_be_set_is_not_asked_at_its_own_place(
    rules: kingfisher_sdk.Rules,
) -> None:
    stripe = next(r["id"] for r in rules.metadata() if "stripe" in r["id"] and r["validation"])
    (host,) = endpoint_of(rules.detail(stripe), {}).hosts
    assert endpoint_of(rules.detail(stripe), {host: OWN}).reason == NOT_SETTABLE
    itself = endpoint_of(rules.detail(stripe), {host: f"https://{host}"})
    assert itself.hosts == (host,) and itself.internal


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.acme.example/me", ("api.acme.example",)),
        ("https://api.acme.example/me/{{ TOKEN }}", ("api.acme.example",)),
        ("https://api.acme.example", ("api.acme.example",)),
        ("http://127.0.0.1:8080/me", ("127.0.0.1:8080",)),
        ("https://api.{{ TOKEN }}/me", FROM_TEXT),
        ("https://api.acme.example{{ TOKEN }}", FROM_TEXT),
        ("https://{{ TOKEN }}@api.acme.example/", FROM_TEXT),
        ("https://user@api.acme.example/", FROM_TEXT),
        ("{{ TOKEN }}/me", FROM_TEXT),
        ("{{ ACME_URL }}/me", FROM_TEXT),
        ("http://api.acme.example/me", NO_HTTPS),
    ],
)
def test_urls_of_rules_of_ones_own(url: str, expected: tuple[str, ...] | str) -> None:
    found = endpoint_of(yaml_rule(url), {})
    assert (found.hosts or found.reason) == expected


def test_a_variable_of_a_template_comes_from_the_settings_alone() -> None:
    endpoints = {"ACME_URL": "https://acme.internal"}
    found = endpoint_of(yaml_rule("{{ ACME_URL }}/me"), endpoints)
    assert found.hosts == ("acme.internal",) and found.internal
    assert found.variables == (("ACME_URL", "https://acme.internal"),)
    group = yaml_rule("{{ ACME_URL }}/me", pattern="(?P<acme_url>.*)")
    assert endpoint_of(group, endpoints).reason == FROM_TEXT
    needs = [{"rule_id": "custom.x", "variable": "ACME_URL"}]
    other = yaml_rule("{{ ACME_URL }}/me", depends_on_rule=needs)
    assert endpoint_of(other, endpoints).reason == FROM_TEXT


def test_every_url_of_a_request_counts() -> None:
    rule = yaml_rule("https://api.acme.example/me")
    rule["validation"]["content"]["oauth2"] = {"token_url": "https://{{ TOKEN }}.example/"}
    assert endpoint_of(rule, {}).reason == FROM_TEXT


@given(st.text(st.characters(codec="utf-8"), max_size=12), st.sampled_from(["", "/", "?", "#"]))
def test_a_host_that_a_template_goes_on_with_is_nobody(rest: str, sign: str) -> None:
    found = endpoint_of(yaml_rule("https://api.acme.example" + rest + sign + "{{ TOKEN }}"), {})
    for host in found.hosts:
        end = re.search("[/?#]", rest + sign)
        assert end is not None, "nothing ends the host"
        assert host == ("api.acme.example" + (rest + sign)[: end.start()]).lower()
        assert re.fullmatch(r"[a-z0-9.-]+(:[0-9]+)?", host)


@pytest.mark.parametrize(
    ("endpoints", "why"),
    [
        ({"api.github.com": OWN, "ACME_URL": "http://127.0.0.1:1"}, ""),
        ({"api.github.com": "http://github.example.com"}, "https"),
        ({"api.github.com": "github.example.com"}, "base URL"),
        ({"api.github.com": "https://u:p@github.example.com"}, "base URL"),
        ({"api.github.com": "https://github.example.com/?x=1"}, "base URL"),
        ({"https://api.github.com": OWN}, "name of a host"),
    ],
)
def test_settings_that_are_none_are_refused(endpoints: Mapping[str, str], why: str) -> None:
    said = unknown_form(endpoints)
    assert (why in said) if why else not said
    assert "u:p" not in said


def test_hosts_and_safety_of_urls() -> None:
    assert host_of("https://a.example:8443/x") == "a.example:8443"
    assert host_of("https://[::1]:1/") == "[::1]:1"
    odd = ("https://a.example\\@b.example/", "https://a\n.example/", "https://.example/")
    for none in ("ftp://a.example", "https://", "https://a.example:x", "no url", *odd):
        assert host_of(none) == ""
    assert is_safe("https://a.example") and is_safe("http://localhost:1/")
    assert not is_safe("http://localhost.example/") and not is_safe("http://10.0.0.1/")
