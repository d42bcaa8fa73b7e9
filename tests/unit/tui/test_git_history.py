"""What a git history holds, on the screens: in the list, in the detail, while it is read."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from secretshift.model.findings import HistoryLocation
from secretshift.model.journeys import Looking, history_of
from secretshift.reports.findings_text import findings_text
from secretshift.tui.views import credential_order as order
from secretshift.tui.views import credentials as views
from secretshift.tui.views import detail, scan_found
from secretshift.tui.views import scan_meters as meters
from secretshift.tui.views.credential_live import Live
from secretshift.tui.views.credential_row import row_view, search_texts
from secretshift.tui.views.git_history import MOST, timeline_rows

from ..reports.conftest import HOSTILE
from .samples import credential_row, finding, in_file, in_function, report
from .stage import LARGE, stage

ROOT = "/home/sam/shop"
FIRST, LAST, BLOB = "a" * 40, "b" * 40, "c" * 40
GONE = HistoryLocation(
    root=ROOT,
    path="deploy/app.env",
    line=7,
    blob=BLOB,
    first_commit=FIRST,
    last_commit=LAST,
    first_time="2024-01-02T12:00:00+00:00",
    last_time="2025-03-04T12:00:00+00:00",
    author="Ann Example",
    refs=("refs/heads/main", "refs/tags/v1.0"),
    refs_total=9,
)
THERE = replace(GONE, path="app/settings.py", in_head=True, last_commit=FIRST)
LOOSE = HistoryLocation(ROOT, "", 3, BLOB)


def texts(rows) -> list[str]:
    return [" ".join(cell.text for cell in row.cells if cell.text) for row in rows]


def row_of(*locations):
    past = sum(isinstance(at, HistoryLocation) for at in locations)
    return replace(credential_row("gone", *locations), past=past)


def test_what_only_a_history_has_is_counted_placed_and_for_a_person():
    row = row_of(GONE, THERE)
    cells = [cell.text for cell in row_view(row).cells]
    assert cells[3:7] == ["", "", "2", "deploy/app.env:7 in git history and 1 more"]
    assert views.counts(row) == "2 paths in git history"
    assert views.needs_person(row)
    assert not detail.verdict(row, live=False, planning=False).sentence.startswith("It is moved")


def test_a_place_of_now_speaks_for_a_value_before_its_history():
    for now in (in_file("a.py"), in_function("billing", "KEY"), in_function("billing", "KEY", "3")):
        at = views.first_finding(row_of(GONE, now))
        assert at is not None and at.location == now
        found = [finding("gone", GONE), finding("gone", now)]
        assert scan_found.lead(found).location == now


def test_it_is_found_by_path_commit_author_and_whether_head_has_it():
    own, shared = search_texts(row_of(GONE))
    assert "file:deploy/app.env" in own and f"commit:{FIRST}" in own and f"commit:{LAST}" in own
    assert "author:ann example" in shared and "history:removed-from-head" in shared
    assert "history:still-in-head" in search_texts(row_of(THERE))[1]


def test_it_stands_with_its_repository():
    assert order.group_keys(row_of(GONE), "repository") == ((ROOT, ROOT),)
    assert order.group_keys(row_of(GONE, in_file("a.py")), "repository") == ((ROOT, ROOT),)


def test_the_places_of_the_detail_say_when_and_whether_head_has_it():
    rows = texts(detail.where_rows(row_of(in_file("a.py"), GONE, LOOSE), None, ""))
    assert f"git history of {ROOT}" in rows
    assert "deploy/app.env:7 · removed from HEAD · 2024-01-02 to 2025-03-04" in rows
    assert f"blob {BLOB[:12]}:3 · in no commit" in rows


def test_of_a_search_that_was_stopped_while_git_told_the_timeline_says_so():
    untold = replace(LOOSE, path="app.env", in_head=True)
    said = texts(timeline_rows(row_of(untold)))
    assert said[0] == "git: app.env:3 still in HEAD"
    assert "HEAD has it. Its commits were not read" in said[1]


def test_the_timeline_says_first_last_author_refs_and_head():
    rows = timeline_rows(row_of(THERE, GONE, LOOSE))
    said = texts(rows)
    assert said[0] == "git: app/settings.py:7 still in HEAD"
    assert "git: deploy/app.env:7 removed from HEAD" in said
    assert any(
        f"first seen: commit {FIRST[:12]} by Ann Example" in line and line.startswith("2024-01-02")
        for line in said
    )
    assert sum("last seen" in line for line in said) == 1
    assert any(f"last seen: commit {LAST[:12]}" in line for line in said)
    assert "reached from main, tag v1.0 and 7 more refs" in said
    assert "No commit has it: the blob lies in the repository alone." in said
    assert said[-1].startswith("Whoever has a clone has it: rotate")
    assert [row.sign for row in rows if row.depth == 0 and row.sign] == ["warn", "undone", "undone"]
    assert timeline_rows(row_of(in_file("a.py"))) == []


def test_a_long_timeline_is_cut_and_says_so():
    many = [replace(GONE, path=f"f{number:04}") for number in range(MOST + 5)]
    assert "And 5 paths more; w writes all of them." in texts(timeline_rows(row_of(*many)))


@pytest.mark.parametrize("part", ["path", "author", "first_time", "refs"])
def test_foreign_text_of_a_history_is_harmless(part):
    bad = (HOSTILE,) if part == "refs" else HOSTILE
    row = row_of(replace(GONE, **{part: bad}))
    rows = [*timeline_rows(row), *detail.where_rows(row, None, ""), row_view(row)]
    for line in texts(rows):
        assert line.isprintable(), line


def test_while_it_is_found_it_is_counted_as_history():
    live = Live()
    (row,) = live.take([finding("gone", GONE), finding("gone", in_file("a.py"))], {})
    assert (row.past, row.files) == (1, 1)


def test_what_is_written_has_the_commits():
    written = views.report_of([row_of(GONE)], None)
    text = findings_text(written, "csv", (), Path("/"))
    (line,) = csv.DictReader(io.StringIO(text))
    assert (line["type"], line["first_commit"], line["last_commit"]) == ("history", FIRST, LAST)
    assert (line["author"], line["refs"], line["in_head"]) == (
        "Ann Example",
        "refs/heads/main; refs/tags/v1.0",
        "False",
    )


# Scan


def bar(done: int, total: int) -> str:
    return f"<{done}/{total}>"


def test_a_history_has_a_row_of_its_own_with_rate_and_time_left():
    name = history_of(ROOT)
    facts = meters.Facts(busy=True, paths=(ROOT,))
    assert len(meters.meters(facts, bar)) == 1
    at_work = Looking(name, 20_000_000, 120_000_000, 1, "bytes")
    facts = replace(facts, progress={name: at_work}, paces={name: 10_000_000.0})
    assert texts(meters.meters(facts, bar))[1] == (
        f"git {ROOT} <20000000/120000000> history, 20 of 120 MB, 1 found"
        " · 10 MB a second, 10 s left"
    )
    told_of = Looking(name, 0, 0, 3, "bytes")
    before = replace(facts, progress={name: told_of}, paces={})
    assert texts(meters.meters(before, bar))[1] == (
        f"git {ROOT} <0/0> history, git tells of its commits, 3 found"
    )
    over = replace(at_work, done=120_000_000, over=True)
    ended = replace(facts, busy=False, progress={name: over})
    assert texts(meters.meters(ended, bar))[1] == f"git {ROOT} <1/1> history read, 120 MB"


def test_no_time_is_counted_in_which_git_only_tells_of_commits():
    paces = meters.Paces()
    assert paces.take({"h": Looking("h", 0, 0, 0, "bytes")}, 100.0) == {}
    assert paces.take({"h": Looking("h", 0, 50, 0, "bytes")}, 110.0) == {}
    assert paces.take({"h": Looking("h", 20, 50, 0, "bytes")}, 112.0) == {"h": 10.0}


# Screens


async def test_the_history_tab_tells_of_git_before_it_tells_of_the_workspace(tmp_path):
    def fill(session) -> None:
        session.rows = (row_of(GONE, THERE),)
        session.report = session.listed = report(session.rows)

    async with stage(tmp_path, screen="credentials", size=LARGE, fill=fill) as there:
        await there.sees("git history of /home/sam/shop")
        assert "removed from HEAD" in there.text
        there.app.screen.detail.choose("history")
        await there.sees("aaaaaaaaaaaa by Ann Example")
        text = there.text
        assert text.index("first seen") < text.index("This workspace knows nothing of it")
