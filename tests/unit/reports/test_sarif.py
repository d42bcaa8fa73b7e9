"""A scan as SARIF: the published schema, and what GitHub asks for beyond it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.catalogue import load
from secretshift.model.decisions import Choice, Decision
from secretshift.model.findings import (
    Confidence,
    FileLocation,
    FunctionLocation,
    HistoryLocation,
    ScanReport,
)
from secretshift.model.verification import Outcome, Verification
from secretshift.reports import findings_sarif as sarif
from secretshift.reports.json_text import json_text

from .conftest import HOSTILE, finding

HERE = PurePosixPath("/work/shop")
SCHEMA = Path(__file__).parents[2] / "data/sarif-2.1.0.json"
KINDS = load().kinds
NAMES = st.just(HOSTILE) | st.text(st.characters(), min_size=1, max_size=30).filter(
    lambda name: not name.startswith("/")
)
"""A path is relative to its root."""
VALIDATOR = jsonschema.Draft202012Validator(
    json.loads(SCHEMA.read_text("utf-8")), format_checker=jsonschema.FormatChecker()
)


def written(report: ScanReport, **more: Any) -> dict[str, Any]:
    """As a reader gets it: through the text, and valid."""
    data = json.loads(json_text(sarif.findings_sarif(report, KINDS, HERE, **more)))
    VALIDATOR.validate(data)
    accepted_by_github(data)
    run: dict[str, Any] = data["runs"][0]
    return run


def accepted_by_github(data: Mapping[str, Any]) -> None:
    """The rows marked as required, and the limits, of "SARIF support for code scanning"."""
    assert data["$schema"] and data["version"] == "2.1.0" and len(data["runs"]) <= 20
    for run in data["runs"]:
        driver = run["tool"]["driver"]
        assert driver["name"] and len(driver["rules"]) <= 25_000
        assert len(run["results"]) <= 25_000
        ids = [rule["id"] for rule in driver["rules"]]
        assert len(set(ids)) == len(ids)
        for rule in driver["rules"]:
            assert 0 < len(rule["name"]) <= 255
            assert 0 < len(rule["shortDescription"]["text"]) <= 1024
            assert 0 < len(rule["fullDescription"]["text"]) <= 1024
            assert rule["help"]["text"] and rule["help"]["markdown"]
            properties = rule["properties"]
            assert "security" in properties["tags"] and len(properties["tags"]) <= 10
            assert properties["precision"] in ("very-high", "high", "medium", "low")
            assert 0.0 < float(properties["security-severity"]) <= 10.0
        for result in run["results"]:
            assert ids[result["ruleIndex"]] == result["ruleId"]
            assert result["message"]["text"]
            (location,) = result["locations"]
            physical = location["physicalLocation"]
            uri = physical["artifactLocation"]["uri"]
            assert uri and not uri.startswith("/") and ":" not in uri and uri.isascii()
            assert physical["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
            assert {"startLine", "startColumn", "endLine", "endColumn"} == physical["region"].keys()
            assert result["partialFingerprints"]["primaryLocationLineHash"]
        hashes = [
            (r["ruleId"], r["partialFingerprints"]["primaryLocationLineHash"])
            for r in run["results"]
        ]
        assert len(set(hashes)) == len(hashes)


def in_file(path: str, number: int = 1, line: int = 3, root: str = "/work/shop", **more: Any):
    return replace(finding(number, number, FileLocation(root, path, line, 1)), **more)


def prints(run: Mapping[str, Any]) -> list[str]:
    return [r["partialFingerprints"]["primaryLocationLineHash"] for r in run["results"]]


def uris(run: Mapping[str, Any]) -> list[str]:
    return [
        r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]
    ]


def test_what_was_found_is_a_result_with_its_rule_level_and_place(report):
    run = written(report, category="files-aws")
    old, file, live = run["results"]
    assert [r["level"] for r in run["results"]] == ["warning", "error", "error"]
    assert file["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "app/settings.py", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 12, "startColumn": 8, "endLine": 12, "endColumn": 9},
    }
    assert run["originalUriBaseIds"]["SRCROOT"]["uri"] == "file:///work/shop/"
    assert uris(run)[0] == "aws/123456789012/eu-west-1/old/3"
    assert uris(run)[2] == "aws/123456789012/eu-west-1/pay"
    (logical,) = live["locations"][0]["logicalLocations"]
    assert logical["fullyQualifiedName"] == "aws:123456789012:eu-west-1:pay:$LATEST:STRIPE_KEY"
    assert "variable DB_PASSWORD of the function old:3" in old["message"]["text"]
    assert run["automationDetails"]["id"] == "secretshift/files-aws/"


def test_the_rules_are_the_same_whatever_was_found(report):
    without = written(ScanReport())["tool"]["driver"]["rules"]
    found = written(ScanReport(findings=(in_file("a.py", kind=KINDS[3].id),)))
    assert found["tool"]["driver"]["rules"] == without
    assert [rule["id"] for rule in without] == [kind.id for kind in KINDS]
    own = written(report)["tool"]["driver"]["rules"][len(KINDS) :]
    assert [rule["id"] for rule in own] == ["postgres-password", "stripe"][-len(own) :]


def test_nothing_found_is_an_empty_list_and_a_look_that_went_well():
    run = written(ScanReport())
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"] is True


def test_what_could_not_be_read_is_no_success(report):
    invocation = written(report)["invocations"][0]
    assert invocation["executionSuccessful"] is False
    unread, skipped = invocation["toolExecutionNotifications"]
    assert unread["level"] == "error" and unread["descriptor"]["id"] == "access-denied"
    assert "aws 1 eu-west-2" in unread["message"]["text"]
    assert skipped["level"] == "note" and "Azure" in skipped["message"]["text"]


def test_a_result_is_known_again_after_lines_moved_and_another_key_was_made(report):
    """The workspace of a job is new each time, and with it every fingerprint."""
    first = in_file("a.py", 1, name="API_TOKEN")
    again = replace(in_file("a.py", 2, line=90, name="API_TOKEN"), masked="•")
    assert prints(written(ScanReport((first,)))) == prints(written(ScanReport((again,))))
    for other in (
        in_file("b.py", 1, name="API_TOKEN"),
        in_file("a.py", 1, name="DB_PASSWORD"),
        in_file("a.py", 1, name="API_TOKEN", kind="postgres-password"),
    ):
        assert prints(written(ScanReport((first,)))) != prints(written(ScanReport((other,))))


def test_two_that_are_alike_are_told_apart_by_their_order():
    one, two = prints(written(ScanReport((in_file("a.py", 1), in_file("a.py", 2, 9)))))
    assert one.removesuffix(":1") == two.removesuffix(":2")


@pytest.mark.parametrize("choice", list(Choice))
def test_what_was_decided_to_stay_is_suppressed_with_the_reason(report, choice):
    credential = report.findings[1].credential
    until = "2026-12-31" if choice is Choice.ACCEPTED else ""
    decision = Decision(
        credential, report.findings[1].fingerprint, choice, "test [system] {0}", until, "me"
    )
    run = written(report, decisions={credential: decision})
    other, mine, _same = run["results"]
    assert other["suppressions"] == []
    assert mine["properties"]["decision"] == choice.value
    if choice is Choice.MOVE:
        assert mine["suppressions"] == []
        return
    (suppression,) = mine["suppressions"]
    assert suppression["kind"] == "external" and suppression["status"] == "accepted"
    assert "test [system] {0}" in suppression["justification"]
    assert ("2026-12-31" in suppression["justification"]) == bool(until)


def test_what_its_issuer_takes_is_an_error_and_says_who_was_asked(report):
    """However sure the finding is: that it works is known."""
    old = report.findings[0]
    for outcome, level in ((Outcome.ACTIVE, "error"), (Outcome.REFUSED, "warning")):
        said = Verification(outcome, "api.issuer.example", "2026-11-27T06:20:00Z")
        result = written(replace(report, verified=((old.credential, said),)))["results"][0]
        assert result["level"] == level
        works = "It works: api.issuer.example takes it." in result["message"]["text"]
        assert works == (outcome is Outcome.ACTIVE)
        assert result["properties"]["verification"] == said.sentence


def test_paths_are_named_from_the_current_folder_and_otherwise_from_their_own_root():
    run = written(
        ScanReport(
            (
                in_file("x.py", 1, root="/work/shop/src"),
                in_file("x.py", 2, root="/else/where"),
                in_file("y.py", 3, root="/work/shop"),
            )
        )
    )
    assert uris(run) == ["src/x.py", "x.py", "y.py"]
    assert {name: base["uri"] for name, base in run["originalUriBaseIds"].items()} == {
        "SRCROOT": "file:///work/shop/",
        "SRCROOT-2": "file:///else/where/",
    }


def test_a_version_in_the_history_is_told_from_the_file_and_says_its_commit():
    past = HistoryLocation("/work/shop", "a.py", 3, "b" * 40, "1" * 40, "2" * 40)
    run = written(ScanReport((in_file("a.py"), finding(2, 1, past))))
    assert uris(run) == ["a.py", "a.py"] and len(set(prints(run))) == 2
    assert "2" * 7 in run["results"][1]["message"]["text"]


def test_over_the_limit_the_least_sure_go_and_that_is_said(monkeypatch):
    monkeypatch.setattr(sarif, "MAX_RESULTS", 2)
    sure = [Confidence.LOW, Confidence.HIGH, Confidence.MEDIUM]
    found = tuple(in_file(f"{n}.py", n, confidence=level) for n, level in enumerate(sure))
    run = written(ScanReport(found))
    assert uris(run) == ["1.py", "2.py"]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["level"] == "warning" and note["message"]["text"].startswith("1 findings")


def test_hostile_names_are_text(hostile_report):
    run = written(hostile_report)
    text = json.dumps(run, ensure_ascii=False)
    assert text.isprintable()
    message = run["results"][0]["message"]["text"]
    assert "\\[red\\]" in message


@settings(max_examples=60, deadline=None)
@given(NAMES)
def test_any_path_and_any_name_make_a_valid_file(name):
    at = FunctionLocation("aws", name, name, name, name, name)
    past = HistoryLocation("/work/shop", name, 3, "0" * 40)
    run = written(ScanReport((in_file(name, 1), finding(2, 2, at), finding(3, 3, past))))
    path = uris(run)[0]
    if name.isprintable():
        assert unquote(path) == name


def test_the_limits_are_those_of_github():
    assert sarif.MAX_RESULTS == 25_000
