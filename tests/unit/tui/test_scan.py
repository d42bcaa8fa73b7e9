"""Scan: meters, values as they are met, what was not read, and the keys."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from secretshift.model.errors import Unavailable
from secretshift.model.findings import Confidence, HistoryLocation, SourceError
from secretshift.model.journeys import CancelToken, Found, Looking, NoAnswer, Note, NotRead
from secretshift.model.sources import FoundSource
from secretshift.settings import Settings
from secretshift.tui.session import Session
from secretshift.tui.views import scan as views
from secretshift.tui.views import scan_found as found
from secretshift.tui.views import scan_meters as meters
from secretshift.wiring import services
from secretshift.workflow.scan import ScanResult, scan
from secretshift.workflow.services import Sources

from .samples import (
    ACCOUNT,
    DENIED,
    REGION,
    SCANNED,
    credential_rows,
    finding,
    in_file,
    in_function,
    report,
)
from .stage import LARGE, SMALL, Stage, stage
from .worlds import HOSTILE

ROWS = credential_rows()
TITLES = {"stripe-secret-key": "Stripe secret key"}
STRIPE = [
    finding("stripe", in_file(".env"), masked="sk_live_••••••"),
    finding("stripe", in_function("billing-api", "STRIPE_KEY", "12"), masked="sk_live_••••••"),
    finding("stripe", in_function("billing-api", "STRIPE_KEY"), masked="sk_live_••••••"),
]
GUESS = finding("guess", in_file("notes.txt"), confidence=Confidence.LOW, reasons=("long, random",))
LIKELY = finding("likely", in_file("app.yml"), kind="password", confidence=Confidence.MEDIUM)
ASKED = Sources(paths=("/home/sam/shop",), aws=True, profiles=("acme",), regions=())
SHOP = FoundSource("git", "git", "~/shop", "main", ready=True, path="/home/sam/shop")
ACME = FoundSource(
    "aws", "aws", ACCOUNT, "x", ready=True, profile="acme", account=ACCOUNT, regions=("a", "b", "c")
)
STOPPED = SourceError("interrupted", "scan", "Stopped on request", "")


def place(region: str) -> str:
    return f"aws {ACCOUNT} {region}"


def bar(done: int, total: int) -> str:
    return f"<{done}/{total}>"


def value_rows(values, titles, *, width):
    return found.Rows().of(values, titles, width=width)


def texts(rows) -> list[str]:
    return [" ".join(cell.text for cell in row.cells if cell.text) for row in rows]


def words(there: Stage) -> str:
    return " ".join(there.text.split())


# Values


def test_a_value_is_one_row_however_often_it_was_met():
    values = found.Values()
    values.take([*STRIPE, GUESS])
    assert (values.count, values.places) == (2, 4)
    stripe, guess = value_rows(values.surest(), TITLES, width=80)
    assert texts([stripe])[0].startswith("Stripe secret key sk_live_••••••")
    assert "billing-api STRIPE_KEY  +2" in texts([stripe])[0], "as it is now, not a version"
    assert "billing-api:12 STRIPE_KEY (eu-central-1)" in stripe.note
    assert ".env:4" in stripe.note and "certain: own prefix and checksum." in stripe.note
    assert "notes.txt:4" in texts([guess])[0] and "more" not in texts([guess])[0]


def test_while_it_runs_the_newest_comes_first_and_afterwards_the_surest():
    live = [GUESS, STRIPE[0]]
    values = found.Values()
    values.take(live)
    live.append(LIKELY)
    values.take(live)
    kinds = [found.lead(value).fingerprint for value in values.newest()]
    assert kinds == [LIKELY.fingerprint, STRIPE[0].fingerprint, GUESS.fingerprint]
    live.append(replace(GUESS, location=in_file("again.txt")))
    values.take(live)
    assert found.lead(values.newest()[0]).fingerprint == GUESS.fingerprint
    assert [found.lead(value) for value in values.surest()][:2] == [STRIPE[0], LIKELY]


def test_another_scan_is_counted_from_nothing():
    live = [*STRIPE, GUESS]
    values = found.Values()
    values.take(live)
    values.take((LIKELY, GUESS, *STRIPE))
    assert (values.count, values.places) == (3, 5)
    live.clear()
    values.take(live)
    assert (values.count, values.places) == (0, 0)


def test_how_sure_it_is_stands_in_a_column_where_there_is_room():
    (row,) = value_rows([STRIPE], {}, width=found.WIDE)
    assert row.cells[2].text == "billing-api STRIPE_KEY  +2 more"
    (row,) = value_rows([[LIKELY]], {}, width=found.WIDE)
    assert row.cells[-1].text == "likely" and "own prefix" in row.note
    (row,) = value_rows([[LIKELY]], {}, width=found.LARGE)
    assert row.cells[-1].text == "likely: own prefix and checksum" and row.note == ""
    assert [c.name for c in found.columns(80)] == ["kind", "value", "where"]


def test_a_long_list_is_cut_and_says_how_many_places_there_are():
    many = [finding("stripe", in_file(f"{n}.env")) for n in range(30)]
    (row,) = value_rows([many], {}, width=80)
    assert "and 26 more places." in row.note
    lines = found.value_lines(many, TITLES)
    assert "Found in 30 places:" in lines and "  and 10 more" in lines
    values = found.Values()
    values.take([finding(str(n), in_file("x")) for n in range(found.SHOWN + 5)])
    assert (len(values.newest()), len(values.surest())) == (found.NEWEST, found.SHOWN)
    (rest,) = found.rest_row(5)
    assert rest.cells[0].text == "and 5 more values: Enter shows all of them."
    assert found.rest_row(0) == ()


def test_of_an_ended_scan_only_what_is_shown_is_kept():
    guesses = [replace(GUESS, fingerprint=f"guess {n}") for n in range(found.SHOWN)]
    values = found.Values()
    ended = (LIKELY, *guesses, *STRIPE)
    values.take(ended)
    surest, newest = values.surest(), values.newest()
    assert [list(value) for value in surest[:2]] == [STRIPE, [LIKELY]]
    assert list(newest[0]) == STRIPE
    assert (len(newest), len(surest)) == (found.NEWEST, found.SHOWN)
    assert (values.count, values.places) == (found.SHOWN + 2, found.SHOWN + 4)
    assert values.sureness()[Confidence.LOW] == found.SHOWN
    values.take(ended)
    assert values.surest() is surest and values.count == found.SHOWN + 2, "worked out once"


def test_the_surest_of_a_list_follow_what_is_met():
    live = [GUESS]
    values = found.Values()
    values.take(live)
    assert [list(value) for value in values.surest()] == [[GUESS]]
    assert values.sureness() == {Confidence.LOW: 1} and len(values.newest()) == 1
    live.append(replace(GUESS, confidence=Confidence.HIGH))
    live.append(LIKELY)
    values.take(live)
    assert [value[0] for value in values.surest()] == [GUESS, LIKELY]
    assert values.sureness() == {Confidence.HIGH: 1, Confidence.MEDIUM: 1}


def test_a_row_is_built_anew_only_when_its_value_has_another_place():
    live = [GUESS, STRIPE[0]]
    values, rows = found.Values(), found.Rows()
    values.take(live)
    stripe, guess = rows.of(values.newest(), TITLES, width=80)
    live.append(STRIPE[1])
    values.take(live)
    again, same = rows.of(values.newest(), TITLES, width=80)
    assert same is guess and again.id == stripe.id and "+1" in again.cells[2].text
    values.take((replace(GUESS, location=in_file("moved.txt")),))
    (moved,) = rows.of(values.surest(), TITLES, width=80)
    assert "moved.txt" in moved.cells[2].text, "of another scan"
    (wide,) = rows.of(values.surest(), TITLES, width=found.LARGE)
    assert "look yourself: long, random" in wide.cells[3].text


# Meters


def facts(**changed) -> meters.Facts:
    plain = meters.Facts(
        busy=True,
        paths=ASKED.paths,
        accounts=(ACME,),
        names={"/home/sam/shop": SHOP},
    )
    return replace(plain, **changed)


def test_each_source_waits_works_and_ends_with_real_counts():
    waiting = texts(meters.meters(facts(), bar))
    assert waiting == ["git ~/shop <0/1> waiting", f"AWS {ACCOUNT} <0/3> waiting"]
    progress = {
        "/home/sam/shop": Looking("/home/sam/shop", 120, 400, 0, "files"),
        place("a"): Looking(place("a"), 150, 0, 0, "functions"),
        place("b"): Looking(place("b"), 7, 7, 0, "functions", over=True),
    }
    working = texts(meters.meters(facts(progress=progress, paces={"/home/sam/shop": 60.0}), bar))
    assert working[0] == "git ~/shop <120/400> 120 of 400 files · 60 a second"
    assert working[1] == f"AWS {ACCOUNT} <1/3> 1 of 3 regions done, 157 functions; now a"
    assert working[2:] == ["a  150 functions until now", "b  7 functions"]
    ended = facts(busy=False, progress=progress, report=report(ROWS))
    assert texts(meters.meters(ended, bar))[1] == f"AWS {ACCOUNT} <1/1> 157 functions in 2 regions"


def test_what_was_not_read_has_its_own_line_with_what_to_do():
    ended = facts(busy=False, report=report(ROWS, [DENIED, STOPPED]))
    row = meters.meters(ended, bar)[-1]
    assert texts([row]) == ["eu-south-1 not read: lambda:ListFunctions is denied for you."]
    assert row.sign == "unknown" and row.needs_person
    assert row.note == "Ask for the policy that reads. What lies there is missing here."
    assert "nothing says that it is clean" in views.error_lines(DENIED)[-1]


def test_a_pace_is_told_after_a_second_and_begins_anew_with_the_scan():
    paces = meters.Paces()
    first = {"x": Looking("x", 10, 100, 0, "files")}
    assert paces.take(first, 0.0) == {}
    assert paces.take({"x": Looking("x", 40, 100, 0, "files")}, 0.5) == {}
    assert paces.take({"x": Looking("x", 70, 100, 0, "files")}, 2.0) == {"x": 30.0}
    assert paces.take({"x": Looking("x", 5, 100, 0, "files")}, 3.0) == {}
    assert paces.take({"x": Looking("x", 9, 9, 0, "files", over=True)}, 9.0) == {}


# Sentences


def values_of(*findings) -> found.Values:
    values = found.Values()
    values.take(findings)
    return values


@pytest.mark.parametrize(
    ("changed", "findings", "token", "said"),
    [
        ({}, (), "work", "Looking. Nothing was found until now."),
        ({"note": "Rules are compiled"}, (), "work", "until now. Rules are compiled."),
        ({}, tuple(STRIPE), "work", "Found 1 value in 3 places until now."),
        ({"busy": False}, (), "wait", "Nothing was looked at yet: 1 chooses where to look."),
        (
            {"busy": False, "report": report(())},
            (),
            "ok",
            "Read 61,204 files and 312 functions. No credential found.",
        ),
        (
            {"busy": False, "report": report((), [DENIED])},
            (),
            "unknown",
            "1 place was not read: n leads there, i says why. This is not yet clean.",
        ),
        (
            {"busy": False, "report": report((), [STOPPED])},
            (),
            "todo",
            "This is not yet clean: c scans again.",
        ),
        (
            {"busy": False, "report": report(ROWS), "scanned_at": SCANNED},
            (*STRIPE, GUESS, LIKELY),
            "ok",
            "1 certain, 1 likely and 1 to look at yourself.",
        ),
        (
            {"busy": False, "report": report(ROWS, [DENIED, DENIED])},
            (GUESS,),
            "unknown",
            "2 places were not read",
        ),
        (
            {"busy": False, "report": report(ROWS, [STOPPED])},
            (GUESS,),
            "todo",
            "Stopped before all was read; what was found is kept. Found 1 value in 1 place.",
        ),
        (
            {"busy": False, "error": Unavailable("No network", hint="Look at the cable")},
            (),
            "fail",
            "The scan ended: No network. Look at the cable. c tries again.",
        ),
    ],
)
def test_each_state_has_its_own_sentence(changed, findings, token, said):
    meant, text = views.headline(facts(**changed), values_of(*findings))
    assert meant == token
    assert said in text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "S stops and keeps what was found"),
        ({"busy": False}, "Looking only reads"),
        ({"busy": False, "report": report(ROWS)}, "Nothing is changed by looking at it"),
        ({"busy": False, "report": report(())}, "Nothing was written anywhere"),
        ({"busy": False, "error": Unavailable("x")}, "c tries again"),
    ],
)
def test_next_says_what_comes_and_what_it_will_not_do(changed, said):
    assert said in views.next_sentence(facts(**changed))


# The screen


def ended(session, errors=(DENIED,)) -> None:
    session.sources = {"git": SHOP, "aws": ACME}
    session.chosen = {"git", "aws"}
    session.asked = ASKED
    session.report = report(ROWS, errors)
    session.scanned_at = SCANNED


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_an_ended_scan_shows_values_and_what_is_missing(tmp_path, size):
    async with stage(tmp_path, screen="scan", size=size, fill=ended) as there:
        await there.sees("eu-south-1 not read: lambda:ListFunctions is denied for you.")
        said = words(there)
        assert "Found 10 values in 15 places" in said
        assert "1 place was not read: n leads there, i says why." in said
        assert "sk_live_••••••" in said
        assert "Enter opens the list: one row a value." in said
        assert "nothing changed so far" in said and "Esc: Start." in said
        if size == LARGE:
            assert "certain: own prefix and checksum" in said


async def test_values_appear_while_it_runs_and_s_stops_it(tmp_path):
    def begun(session):
        ended(session)
        session.report = None

    async with stage(tmp_path, screen="scan", size=LARGE, fill=begun) as there:
        told, go_on = threading.Event(), threading.Event()

        def work(emit, cancel):
            emit(Looking("/home/sam/shop", 12, 40, 0, "files"))
            emit(Found((STRIPE[2],)))
            told.set()
            stopped = cancel._event.wait(10)
            go_on.wait(10)
            return ScanResult(report(ROWS, [STOPPED] if stopped else []), ())

        def done(result):
            there.session.report = result.report
            there.app.changed("scan")

        there.app.journey("scan", work, done)
        await there.until(told.is_set)
        await there.sees("12 of 40 files")
        await there.sees("billing-api STRIPE_KEY")
        assert "Found 1 value in 1 place until now." in words(there)
        assert "S stop" in there.footer and "c scan again" not in there.footer
        await there.press("S")
        go_on.set()
        await there.sees("Stopped before all was read; what was found is kept.")
        assert "S stop" not in there.footer and "c scan again" in there.footer


async def test_what_cannot_be_read_and_who_is_silent_is_said_while_it_runs(tmp_path):
    """Nothing of the scan before, and nothing that is over, is said of this one."""
    async with stage(tmp_path, screen="scan", size=LARGE, fill=ended) as there:
        go_on = threading.Event()

        def work(emit, _cancel):
            emit(NotRead(DENIED))
            emit(NoAnswer("AWS eu-west-1 (lambda)", 12.0))
            go_on.wait(10)
            emit(NoAnswer("AWS eu-west-1 (lambda)", 12.0, "answered"))
            emit(Looking("/home/sam/shop", 40, 40, 0, "files", over=True))
            return ScanResult(report(ROWS, [DENIED]), ())

        def done(result):
            there.session.report = result.report
            there.app.changed("scan")

        there.app.journey("scan", work, done)
        await there.sees("until now. 1 place was not read: n leads there, i says why.")
        await there.sees("eu-south-1 not read: lambda:ListFunctions is denied for you.")
        assert "No connection to AWS eu-west-1 (lambda) for 12 s. It is asked" in words(there)
        await there.press("n", "i")
        assert "What you can do: Ask for the policy that reads." in words(there)
        await there.press("escape")
        go_on.set()
        await there.until(lambda: not there.app.bridge.busy("scan"))
        await there.changed("scan")
        assert "No connection" not in there.text
        assert there.text.count("eu-south-1 not read") == 1
        # The next one begins with nothing unread.
        there.app.acts._start = lambda *_: None
        there.app.acts.scan(ASKED)
        assert there.session.not_read == [] and there.session.silent == {}


async def test_enter_goes_to_the_list_from_both_panes_and_to_start_without_a_scan(tmp_path):
    async with stage(tmp_path, screen="scan", fill=ended) as there:
        await there.press("enter")
        assert there.app.screen.NAME == "credentials"
        await there.press("2", "tab", "enter")
        assert there.app.screen.NAME == "credentials"
        there.session.report = None
        await there.press("2")
        await there.press("enter")
        assert there.app.screen.NAME == "start"


async def test_tab_walks_between_meters_and_values(tmp_path):
    async with stage(tmp_path, screen="scan", size=LARGE, fill=ended) as there:
        assert "Tab findings" in there.footer
        await there.press("tab")
        assert "Tab sources" in there.footer
        await there.press("j", "i")
        assert "Why this is a finding" in there.text and "Found in" in there.text
        await there.press("escape", "shift+tab")
        assert "Tab findings" in there.footer


async def test_n_leads_to_what_was_not_read_and_i_says_why(tmp_path):
    async with stage(tmp_path, screen="scan", fill=ended) as there:
        await there.press("tab", "n", "i")
        said = words(there)
        assert "What you can do: Ask for the policy that reads." in said
        await there.press("escape")
        ended(there.session, ())
        await there.changed("scan")
        assert "n next" not in there.footer


async def test_c_scans_the_same_places_again(tmp_path):
    async with stage(tmp_path, screen="scan", fill=ended) as there:
        asked = []
        there.app.acts.scan = asked.append
        await there.press("c")
        assert asked == [ASKED]


async def test_an_error_is_said_and_nothing_old_is_shown_as_new(tmp_path):
    def broken(session):
        ended(session)
        session.report = None
        session.scan_error = Unavailable("No network", hint="Look at the cable")

    async with stage(tmp_path, screen="scan", size=LARGE, fill=broken) as there:
        assert "The scan ended: No network. Look at the cable. c tries again." in words(there)
        assert "sk_live" not in there.text


async def test_the_cursor_keeps_its_value_while_others_arrive(tmp_path):
    async with stage(tmp_path, screen="scan", size=LARGE, fill=ended) as there:
        rows = there.app.screen.query_one("#found")
        await there.press("tab", "j", "j")
        kept = rows.cursor_id
        more = finding("new", in_function("late", "TOKEN"))
        there.session.report = replace(
            there.session.report, findings=(more, *there.session.report.findings)
        )
        await there.changed("scan")
        assert rows.count == 11 and rows.cursor_id == kept


async def test_many_values_are_counted_and_lead_to_the_list(tmp_path):
    def full(session):
        ended(session)
        many = tuple(finding(str(n), in_file("x")) for n in range(found.SHOWN + 7))
        session.report = replace(session.report, findings=many)

    async with stage(tmp_path, screen="scan", size=LARGE, fill=full) as there:
        rows = there.app.screen.query_one("#found")
        assert f"Found {found.SHOWN + 7} values" in words(there)
        assert rows.count == found.SHOWN + 1
        await there.press("tab", "G")
        assert "and 7 more values: Enter shows all of them." in words(there)
        assert "i why" not in there.footer
        await there.press("enter")
        assert there.app.screen.NAME == "credentials"


def spotted(value: str, path: str = "app/old.env"):
    return finding(value, HistoryLocation("/home/sam/shop", path, 0, "c" * 40))


def test_what_is_not_traced_is_forgotten_when_its_history_says_what_it_holds(tmp_path):
    traced = finding("one", HistoryLocation("/home/sam/shop", "app/b.env", 4, "d" * 40))
    over = Looking("history of /home/sam/shop", 9, 9, 0, "bytes", over=True)
    for last, left in ((over, [STRIPE[2]]), (Found((traced,)), [STRIPE[2], traced])):
        session = Session(tmp_path, Settings())
        early = Found((spotted("one"), spotted("none")), traced=False)
        session.take_scan([(0.0, Found((STRIPE[2],))), (0.0, early)])
        assert (len(session.live), len(session.shown)) == (1, 3)
        session.take_scan([(1.0, last)])
        assert session.live == session.shown == left


async def test_values_of_a_history_appear_before_they_are_traced_and_once(tmp_path):
    def begun(session):
        ended(session)
        session.report = None

    async with stage(tmp_path, screen="scan", size=LARGE, fill=begun) as there:
        told, go_on = threading.Event(), threading.Event()
        traced = HistoryLocation("/home/sam/shop", "app/b.env", 4, "d" * 40, "e" * 40, "e" * 40)

        def work(emit, cancel):
            emit(Looking("history of /home/sam/shop", 0, 0, 1, "bytes"))
            emit(Found((STRIPE[2],)))
            emit(Found((spotted("one"),), traced=False))
            emit(Found((spotted("two"),), traced=False))
            told.set()
            go_on.wait(10)
            emit(Found((finding("one", traced),)))
            emit(Looking("history of /home/sam/shop", 9, 9, 1, "bytes", over=True))
            cancel._event.wait(10)
            return ScanResult(report(ROWS), ())

        there.app.journey("scan", work, lambda _result: None)
        await there.until(told.is_set)
        await there.sees("app/old.env in git history, not")
        assert "Found 3 values in 3 places until now." in words(there)
        assert [one.location.type for one in there.session.live] == [STRIPE[2].location.type]
        go_on.set()
        await there.sees("app/b.env:4 in git history, removed")
        assert "Found 2 values in 2 places until now." in words(there)
        assert "not traced yet" not in words(there)
        assert there.session.shown == there.session.live
        await there.press("S")


async def test_of_a_scan_without_a_report_the_newest_are_listed(tmp_path):
    def begun(session):
        ended(session)
        session.report = None
        session.shown.extend(finding(str(n), in_file("x")) for n in range(found.NEWEST + 7))

    async with stage(tmp_path, screen="scan", size=LARGE, fill=begun) as there:
        rows = there.app.screen.query_one("#found")
        assert rows.count == found.NEWEST + 1
        await there.press("tab", "G")
        assert "and 7 more values" in words(there)


async def test_what_did_not_change_is_not_drawn_again(tmp_path):
    async with stage(tmp_path, screen="scan", size=LARGE, fill=ended) as there:
        drawn = []
        for name in ("#meters", "#found"):
            rows = there.app.screen.query_one(name)
            rows.replace = drawn.append
        await there.changed("scan")
        assert drawn == []
        there.session.progress = {place("a"): Looking(place("a"), 1, 1, 0, "functions", over=True)}
        await there.changed("scan")
        assert len(drawn) == 1


async def test_a_warning_of_the_cloud_is_on_the_screen(tmp_path):
    def slow(session):
        ended(session)
        session.notes.append(Note("AWS asks us to slow down", "warning"))

    async with stage(tmp_path, screen="scan", fill=slow) as there:
        assert "AWS asks us to slow down" in there.text


@pytest.mark.parametrize("size", [(60, 15), SMALL, LARGE])
async def test_hostile_findings_are_text(tmp_path, size):
    def foul(session):
        ended(session, (SourceError("x", HOSTILE, HOSTILE, HOSTILE),))
        one = finding(
            "x", in_function(HOSTILE, HOSTILE), kind=HOSTILE, reasons=(HOSTILE,), masked=HOSTILE
        )
        session.report = replace(session.report, findings=(one,))
        session.sources["git"] = replace(SHOP, name=HOSTILE)
        session.progress = {place(REGION): Looking(place(REGION), 1, 1, 0, "functions", over=True)}

    async with stage(tmp_path, screen="scan", size=size, fill=foul) as there:
        for keys in (("j",), ("n", "i"), ("escape", "tab", "i")):
            await there.press(*keys)
            assert "\x1b" not in there.text and "\u202e" not in there.text
        assert "[red]" in there.text


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_what_was_found_in_another_folder_is_said_to_be_of_there(tmp_path, size):
    """With the real workspace, which all folders share: opened where nothing was looked at."""
    there_before, here = tmp_path / "before", tmp_path / "here"
    for folder in (there_before, here):
        folder.mkdir()
        (folder / "app.env").write_text(f"DB_PASSWORD=kanarie-{folder.name}-8831\n", "utf-8")
    made = services(Settings(), workspace=tmp_path / "workspace")
    scan(made, Sources(paths=(str(there_before),)), lambda _: None, CancelToken())

    async with stage(here, screen="", size=size, workspace=tmp_path / "workspace") as there:
        assert there.app.screen.NAME == "start"
        await there.press("2")
        assert "not in this folder" in " ".join(there.text.split())
        await there.press("3")
        await there.sees("not of this folder")
        there.app.acts.scan(Sources(paths=(str(here),)))
        await there.until(lambda: not there.app.bridge.busy(), "the scan of this folder")
        await there.press("3")
        await there.until(lambda: "not of this folder" not in there.text)
        assert there.session.report.findings[0].location.root == str(here)

    async with stage(there_before, screen="", workspace=tmp_path / "workspace") as there:
        there.app.acts.scan(Sources(paths=(str(there_before),)))
        await there.until(lambda: not there.app.bridge.busy(), "the scan of the other")
    async with stage(there_before, screen="", workspace=tmp_path / "workspace") as there:
        assert there.app.screen.NAME == "credentials"
        assert "not of this folder" not in there.text
