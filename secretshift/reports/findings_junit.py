"""A scan's findings as JUnit XML, as Jenkins, GitLab and Azure Pipelines read it.

Source of the form: junit-10.xsd of Jenkins' xUnit plugin, which refuses what is not in it. So there
is no attribute ``file``, which GitLab would take as well: a test's name says file, line and column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, assert_never
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from secretshift.model.decisions import Decision
from secretshift.model.findings import (
    CredentialId,
    FileLocation,
    Finding,
    FunctionLocation,
    HistoryLocation,
    ScanReport,
    SourceError,
)
from secretshift.model.verification import Verification

from .exposure import exposure_words
from .findings_json import NONE
from .terminal import safe

SCAN: Final = "secretshift scan"


def findings_junit(
    report: ScanReport,
    titles: Mapping[str, str],
    decisions: Mapping[CredentialId, Decision] = NONE,
) -> str:
    """A suite for each source in which something was found, and before them one for the scan.

    A finding is a failure, or skipped where it was decided that it stays; what could not be read
    is an error. titles: of kinds; decisions: those in force. Characters that XML 1.0 has no place
    for stand there as escapes.
    """
    suites = [_scan_suite(report)]
    verification = report.verification
    for name, findings in _by_source(report.findings).items():
        cases = [
            _case(one, titles, decisions.get(one.credential), verification.get(one.credential))
            for one in findings
        ]
        suites.append(_suite(name, cases))
    whole = Element("testsuites", name=SCAN, time="0")
    whole.extend(suites)
    _count(whole)
    # The form has it for a suite only.
    del whole.attrib["skipped"]
    indent(whole)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(whole, encoding="unicode")}\n'


def _scan_suite(report: ScanReport) -> Element:
    """Never empty: a report without a test is a failure to some readers."""
    cases = [_unread(error) for error in report.errors]
    if not cases:
        cases = [Element("testcase", classname="scan", name="everything was read", time="0")]
    said = [f"Not searched: {sentence}" for sentence in report.not_searched]
    if report.known:
        said.insert(0, f"Known to the baseline and not listed: {report.known:,}")
    return _suite(SCAN, cases, "\n".join(safe(sentence) for sentence in said))


def _by_source(findings: Sequence[Finding]) -> Mapping[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(_source(finding), []).append(finding)
    return found


def _source(finding: Finding) -> str:
    location = finding.location
    match location:
        case FileLocation():
            return location.root
        case HistoryLocation():
            return f"git history of {location.root}"
        case FunctionLocation():
            return f"{location.cloud} {location.account} {location.region}"
        case _:
            assert_never(location)


def _suite(name: str, cases: Sequence[Element], said: str = "") -> Element:
    suite = Element("testsuite", name=safe(name), time="0")
    suite.extend(cases)
    if said:
        SubElement(suite, "system-out").text = said
    _count(suite)
    return suite


def _case(
    finding: Finding,
    titles: Mapping[str, str],
    decision: Decision | None,
    verified: Verification | None,
) -> Element:
    location = finding.location
    where = safe(str(location))
    case = Element("testcase", classname=safe(finding.kind), name=where, time="0")
    if decision is not None and decision.leaves_out:
        SubElement(case, "skipped", message=safe(decision.sentence))
        return case
    title = safe(titles.get(finding.kind, finding.kind))
    said = f"{title} in plain text, {finding.confidence.value} confidence"
    failure = SubElement(case, "failure", type=safe(finding.kind), message=said)
    lines = [f"{where}: {safe(finding.masked)}", *(safe(reason) for reason in finding.reasons)]
    if isinstance(location, HistoryLocation):
        lines.append(safe(exposure_words(location)))
    if verified is not None:
        lines.append(f"verified: {safe(verified.sentence)}")
    if decision is not None:
        lines.append(f"decided: {safe(decision.sentence)}")
    lines.append(f"credential: {finding.credential}")
    failure.text = "\n".join(lines)
    return case


def _unread(error: SourceError) -> Element:
    case = Element("testcase", classname="scan", name=safe(error.source), time="0")
    said = SubElement(case, "error", type=safe(error.code), message=safe(error.what))
    said.text = safe(error.hint)
    return case


def _count(suite: Element) -> None:
    cases = list(suite.iter("testcase"))
    suite.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))
