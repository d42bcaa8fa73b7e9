"""What a git history holds, in every form of a report."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import PurePosixPath
from xml.etree.ElementTree import fromstring

from secretshift.catalogue import load
from secretshift.model.findings import FileLocation, HistoryLocation, ScanReport
from secretshift.reports.exposure import exposure_words, refs_words, version
from secretshift.reports.findings_csv import findings_csv
from secretshift.reports.findings_json import findings_data
from secretshift.reports.findings_junit import findings_junit
from secretshift.reports.findings_sarif import findings_sarif
from secretshift.reports.findings_table import findings_lines
from secretshift.reports.lines import plain

from .conftest import PAST, finding
from .test_schemas import check

LOOSE = HistoryLocation("/work/shop", "", 3, "c" * 40)
FILE = FileLocation("/work/shop", "deploy/app.env", 7, 1)
REPORT = ScanReport((finding(1, 1, FILE), finding(2, 1, PAST), finding(3, 3, LOOSE)))


def test_a_sentence_says_head_days_commits_author_and_refs():
    assert exposure_words(PAST) == (
        "removed from HEAD, written 2024-01-02 to 2025-03-04 (aaaaaaaaaaaa to bbbbbbbbbbbb), "
        "first by Ann Example, on main, tag v1.0 and 7 more refs"
    )
    once = replace(PAST, last_commit=PAST.first_commit, last_time=PAST.first_time, in_head=True)
    assert exposure_words(once).startswith("still in HEAD, written 2024-01-02 (aaaaaaaaaaaa), ")
    assert exposure_words(LOOSE) == "in no commit"
    assert exposure_words(replace(LOOSE, line=0)) == "not traced yet"
    assert version(replace(LOOSE, line=0)) == "blob cccccccccccc"
    # As of a search that was stopped while git still told of the commits.
    untold = replace(LOOSE, path="app.env", in_head=True)
    assert exposure_words(untold) == "still in HEAD, its commits were not read"


def test_refs_are_counted_and_few_are_named():
    many = tuple(f"refs/heads/branch-{number}" for number in range(10))
    assert refs_words(replace(PAST, refs=(), refs_total=0)) == "no ref"
    one = replace(PAST, refs=("refs/remotes/origin/main",), refs_total=1)
    assert refs_words(one) == "origin/main"
    assert refs_words(replace(one, refs_total=2)) == "origin/main and 1 more ref"
    assert refs_words(replace(one, refs=("refs/stash",))) == "refs/stash"
    assert refs_words(replace(PAST, refs=many, refs_total=50)) == (
        "branch-0, branch-1, branch-2 and 47 more refs"
    )


def test_the_table_says_it_in_a_line_below_its_credential():
    lines = plain(findings_lines(REPORT, {})).splitlines()
    assert lines[1] == "  deploy/app.env:7:1"
    assert lines[2] == f"  git history: deploy/app.env:7, {exposure_words(PAST)}"
    assert "  git history: blob cccccccccccc:3, in no commit" in lines


def test_the_table_names_the_repository_where_there_are_more():
    other = replace(PAST, root="/work/other")
    text = plain(findings_lines(ScanReport((finding(1, 1, FILE), finding(2, 1, other))), {}))
    assert "git history: /work/other/deploy/app.env:7" in text


def test_json_has_the_location_and_beside_it_the_exposure():
    data = findings_data(REPORT)
    check("findings", data)
    in_file, past, loose = data["findings"]
    assert "exposure" not in in_file
    assert past["location"] == {
        "type": "history",
        "root": "/work/shop",
        "path": "deploy/app.env",
        "line": 7,
        "blob": "c" * 40,
        "first_commit": "a" * 40,
        "last_commit": "b" * 40,
        "in_head": False,
    }
    assert past["exposure"] == {
        "first_time": "2024-01-02T12:00:00+00:00",
        "last_time": "2025-03-04T12:00:00+00:00",
        "author": "Ann Example",
        "refs": ["refs/heads/main", "refs/tags/v1.0"],
        "refs_total": 9,
    }
    assert loose["exposure"]["refs_total"] == 0


def test_csv_has_columns_for_it_that_are_empty_for_others():
    in_file, past, _loose = csv.DictReader(io.StringIO(findings_csv(REPORT)))
    assert (past["type"], past["path"], past["line"]) == ("history", "deploy/app.env", "7")
    assert (past["first_commit"], past["in_head"]) == ("a" * 40, "False")
    assert (past["refs"], past["refs_total"]) == ("refs/heads/main; refs/tags/v1.0", "9")
    assert {in_file[name] for name in ("blob", "author", "refs", "in_head")} == {""}


def test_sarif_has_the_file_and_a_message_that_names_the_commit():
    run = findings_sarif(REPORT, load().kinds, PurePosixPath("/work/shop"))["runs"][0]
    in_file, past, _loose = run["results"]
    assert "git history" not in in_file["message"]["text"]
    assert "in the git history (as of bbbbbbbbbbbb; removed from HEAD)" in past["message"]["text"]
    where = [r["locations"][0]["physicalLocation"]["artifactLocation"] for r in run["results"]]
    assert [at["uri"] for at in where] == ["deploy/app.env", "deploy/app.env", "c" * 40]
    assert {at["uriBaseId"] for at in where} == {"SRCROOT"}
    prints = {r["partialFingerprints"]["primaryLocationLineHash"] for r in run["results"]}
    assert len(prints) == 3
    later = replace(PAST, line=9, blob="d" * 40, last_commit="d" * 40)
    again = findings_sarif(
        ScanReport((finding(2, 1, later),)), load().kinds, PurePosixPath("/work/shop")
    )["runs"][0]["results"][0]
    assert again["partialFingerprints"] == past["partialFingerprints"]


def test_junit_has_a_suite_for_each_history():
    root = fromstring(findings_junit(REPORT, {}).partition("\n")[2])
    assert [suite.get("name") for suite in root][1:] == [
        "/work/shop",
        "git history of /work/shop",
    ]
    past, loose = root[2]
    assert exposure_words(PAST) in "".join(past.itertext())
    assert "in no commit" in "".join(loose.itertext())
