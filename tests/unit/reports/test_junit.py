"""A scan as JUnit XML: the form that the readers share, and names that are no XML."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.model.decisions import Choice, Decision
from secretshift.model.findings import (
    FileLocation,
    FunctionLocation,
    HistoryLocation,
    ScanReport,
    SourceError,
)
from secretshift.model.verification import Outcome, Verification
from secretshift.reports.findings_junit import SCAN, findings_junit

from .conftest import HOSTILE, finding

FORM: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (
        {"name"},
        {"time", "tests", "failures", "errors"},
        {"testsuite"},
    ),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"skipped", "time", "timestamp", "hostname", "id", "package", "file", "url", "version"},
        {"testcase", "properties", "system-out", "system-err"},
    ),
    "testcase": (
        {"name", "classname"},
        {"time", "group"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": (set(), {"message", "type"}, set()),
    "error": (set(), {"message", "type"}, set()),
    "skipped": (set(), {"message", "type"}, set()),
    "system-out": (set(), set(), set()),
}
"""Element -> attributes that it must have, those that it may have, and its children, of those that
are written here: junit-10.xsd of Jenkins' xUnit plugin. A case's classname is what GitLab and Azure
group by, so it is asked for as well."""


def read(report: ScanReport, **more: Any) -> ElementTree.Element:
    """As a reader gets it: through the bytes, and of the right form."""
    text = findings_junit(report, {"stripe": "Stripe secret key"}, **more)
    root = ElementTree.fromstring(text.encode("utf-8"))
    assert root.tag == "testsuites"
    _check(root)
    return root


def _check(element: ElementTree.Element) -> None:
    must, may, children = FORM[element.tag]
    assert must <= set(element.keys()) <= must | may, element.tag
    if element.tag in ("testsuite", "testsuites"):
        cases = list(element.iter("testcase"))
        assert int(element.get("tests", "")) == len(cases) > 0
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            if name == "skipped" and element.tag == "testsuites":
                continue
            assert int(element.get(name, "")) == sum(c.find(tag) is not None for c in cases)
    for child in element:
        assert child.tag in children
        _check(child)


def test_a_suite_a_source_and_a_failure_a_finding(report):
    root = read(report)
    assert [suite.get("name") for suite in root] == [
        SCAN,
        "aws 123456789012 eu-west-1",
        "/work/shop",
    ]
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("4", "3", "1")
    (case,) = root[2]
    assert case.get("name") == "app/settings.py:12:8" and case.get("classname") == "stripe"
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message") == "Stripe secret key in plain text, high confidence"
    assert "sk_live_••••••" in (failure.text or "")


def test_what_could_not_be_read_is_an_error_and_never_a_passed_test(report):
    (suite, *_) = read(report)
    (case, out) = suite
    error = case.find("error")
    assert error is not None and case.get("name") == "aws 1 eu-west-2"
    assert error.get("type") == "access-denied" and error.text == "Ask for it"
    assert "Not searched: Azure and Google Cloud" in (out.text or "")


def test_nothing_found_is_one_test_that_passed():
    root = read(ScanReport())
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("1", "0", "0")


def test_a_baseline_is_said():
    root = read(ScanReport(known=3))
    assert "Known to the baseline and not listed: 3" in "".join(root.itertext())


@pytest.mark.parametrize("choice", list(Choice))
def test_what_was_decided_to_stay_is_skipped_with_the_reason(report, choice):
    credential = report.findings[0].credential
    decision = Decision(credential, report.findings[0].fingerprint, choice, "old <system>")
    root = read(report, decisions={credential: decision})
    case = root[1][0]
    skipped = case.find("skipped")
    if choice is Choice.MOVE:
        assert skipped is None and "decided: move: old <system>" in "".join(case.itertext())
    else:
        assert skipped is not None and case.find("failure") is None
        assert skipped.get("message") == f"{choice.value}: old <system>"


def test_what_its_issuer_says_of_it_is_in_the_failure(report):
    said = Verification(Outcome.ACTIVE, "api.issuer.example", "2026-11-27T06:20:00Z")
    root = read(replace(report, verified=((report.findings[0].credential, said),)))
    assert f"verified: {said.sentence}" in "".join(root[1][0].itertext())


def test_hostile_names_are_text(hostile_report):
    text = "".join(read(hostile_report).itertext())
    assert "\x1b" not in text


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), max_size=40) | st.just(HOSTILE))
def test_any_name_makes_xml_that_can_be_read(name):
    at = FunctionLocation(name, name, name, name, name, name)
    past = HistoryLocation(name, name, 1, "0" * 40)
    found = (
        finding(1, 1, at, name),
        finding(2, 2, FileLocation(name, name, 1, 1), name),
        finding(3, 3, past, name),
    )
    unread = (SourceError(name, name, name, name),)
    root = read(ScanReport(found, unread, (name,)))
    assert root.get("tests") == "4"
