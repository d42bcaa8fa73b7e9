"""The last scan, as the next command finds it."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace

import pytest

from secretshift.model.errors import Unavailable
from secretshift.model.findings import FunctionLocation, ScanReport, SourceError
from secretshift.model.journeys import CancelToken, Found, Note
from secretshift.workflow import scan as scanning
from secretshift.workflow.remembered import elsewhere, last_scan, remember
from secretshift.workflow.services import Sources
from tests.security.sweep import Sweep

VALUE = "kanarie-" + "Vogel!8831"


def test_nothing_is_remembered_before_the_first_scan(desk):
    assert last_scan(desk.services()) is None


def test_a_scan_is_there_again_as_it_was(desk, monkeypatch):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\n")
    desk.write("logo.png", "\x89PNG\x00\x00")
    monkeypatch.chdir(desk.folder)
    sources = Sources(paths=(".",), exclude_paths=("*.lock",))
    made = scanning.scan(desk.services(), sources, desk.events.append, CancelToken())
    assert made.report.findings and made.report.counts
    last = last_scan(desk.services())
    assert last is not None
    assert last.report == made.report
    assert last.sources == replace(sources, paths=(str(desk.folder),))
    assert last.time == desk.now


def test_every_field_of_a_report_comes_back(desk, report_of_everything):
    sources = Sources(("/a",), True, ("p",), ("r",), False, ("x",), ("*.y",))
    remember(desk.services(), sources, report_of_everything)
    last = last_scan(desk.services())
    assert last is not None
    assert (last.report, last.sources) == (report_of_everything, sources)


def test_a_scan_of_another_folder_is_one_of_elsewhere(tmp_path):
    here, other, link = tmp_path / "here", tmp_path / "other", tmp_path / "link"
    for folder in (here / "within", other):
        folder.mkdir(parents=True)
    link.symlink_to(here)

    def of(*paths):
        return elsewhere(Sources(paths=tuple(map(str, paths))), here)

    assert of(other) == (str(other),)
    assert of(tmp_path / "here-too", other) == (str(tmp_path / "here-too"), str(other))
    for path in (here, here / "within", tmp_path, link, here / "gone.env"):
        assert of(path) == () == of(other, path), path
    assert elsewhere(Sources(aws=True), here) == ()


@pytest.fixture
def report_of_everything(desk):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\n")
    (found,) = desk.scan().report.findings
    odd = replace(found.location, path="odd\udcff\n\x00.env")
    at = FunctionLocation("aws", "1", "eu-west-1", "pay", "$LATEST", "DB_PASSWORD")
    return ScanReport(
        findings=(found, replace(found, location=odd), replace(found, location=at)),
        errors=(SourceError("x", "y", "z", "h"),),
        not_searched=("history",),
        counts=(("files", 3), ("bytes", 0)),
    )


def test_the_newest_scan_counts_and_one_that_says_the_same_takes_no_room(desk):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\n")
    first = desk.scan()
    desk.later(hours=1)
    desk.write("app.env", "nothing=here\n")
    second = desk.scan()
    desk.later(hours=1)
    desk.write("app.env", f"DB_PASSWORD={VALUE}\n")
    third = desk.scan()
    assert first.report.findings == third.report.findings != second.report.findings
    last = last_scan(desk.services())
    assert last is not None
    assert (last.report, last.time) == (third.report, desk.now)
    with closing(sqlite3.connect(desk.workspace / "workspace.db")) as plain:
        sizes = [row[0] for row in plain.execute("SELECT length(data) FROM scans ORDER BY seq")]
    assert len(sizes) == 3
    assert sizes[0] > 0 and sizes[1] > 0 and sizes[2] == 0


def test_a_remembered_scan_holds_no_value(desk):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\nURL=postgres://u:{VALUE}@h/d\n")
    desk.scan()
    assert not Sweep({"value": VALUE}).below(desk.workspace)


def test_what_was_found_until_it_was_stopped_is_remembered(desk):
    for number in range(120):
        desk.write(f"{number:03}.env", f"DB_PASSWORD={VALUE}{number}\n")
    cancel = CancelToken()

    def stop(event):
        desk.events.append(event)
        if isinstance(event, Found):
            cancel.cancel()

    made = scanning.scan(desk.services(), Sources(paths=(str(desk.folder),)), stop, cancel)
    assert made.interrupted
    told = [f for event in desk.events if isinstance(event, Found) for f in event.findings]
    assert 0 < len(told) < 120
    last = last_scan(desk.services())
    assert last is not None
    assert list(last.report.findings) == told
    assert [error.code for error in last.report.errors] == ["interrupted"]


def test_findings_are_told_once_each_before_the_end_in_batches(desk):
    for number in range(120):
        desk.write(f"{number:03}.env", f"DB_PASSWORD={VALUE}{number}\n")
    made = desk.scan()
    batches = [event.findings for event in desk.events if isinstance(event, Found)]
    assert [f for batch in batches for f in batch] == list(made.report.findings)
    assert 120 / len(batches) > 5
    assert all(len(batch) <= 60 for batch in batches)


def test_a_workspace_that_takes_nothing_in_does_not_cost_the_scan(desk):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\n")

    class Full:
        def keep(self, _data, _time):
            raise Unavailable("The disk of the workspace is full")

    made = replace(desk.services(), scans=Full)
    sources = Sources(paths=(str(desk.folder),))
    result = scanning.scan(made, sources, desk.events.append, CancelToken())
    assert len(result.report.findings) == 1
    (note,) = [event for event in desk.events if isinstance(event, Note)]
    assert note.level == "warning" and "disk" in note.text


def test_two_scans_at_the_same_time_leave_one_that_can_be_read(desk):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\n")
    desk.services()
    threads = [threading.Thread(target=desk.scan) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    last = last_scan(desk.services())
    assert last is not None and len(last.report.findings) == 1
