"""Start: which places are offered, what each row and key says, and its states."""

from __future__ import annotations

from dataclasses import replace

import pytest

from secretshift.model.errors import Unavailable, UsageProblem
from secretshift.model.sources import FoundSource
from secretshift.tui.cells import shortened
from secretshift.tui.views import start as views
from secretshift.workflow.scan import ScanResult

from .samples import report
from .stage import LARGE, SMALL, Stage, stage
from .worlds import HOSTILE, sources

GIT, PROD, EXPIRED = sources()
OLD = replace(EXPIRED, cannot="be read: its token has expired")
PLACES = (GIT, PROD, OLD)
REGIONS = views.Regions(every=True, set=("eu-central-1",))


def fill(session) -> None:
    session.sources = {source.id: source for source in PLACES}
    session.chosen = {GIT.id, PROD.id}
    session.looked = True


def facts(**changed) -> views.Facts:
    plain = views.Facts(
        opened=True,
        problem=None,
        looked=True,
        sources=PLACES,
        chosen=frozenset({GIT.id, PROD.id}),
    )
    return plain._replace(**changed)


def words(there: Stage) -> str:
    return " ".join(there.text.split())


# Rows


def test_a_row_says_what_can_be_read_what_cannot_and_the_command_that_helps():
    assert views.readable(GIT) == "Can the work tree."
    assert views.readable(OLD) == (
        "Cannot be read: its token has expired. Do: aws sso login --profile dev, then c"
    )
    part = replace(PROD, cannot="read the policies of their roles", remedy="Ask for iam:GetRole")
    said = views.readable(part)
    assert said == (
        "Can functions and roles; cannot read the policies of their roles. Do: Ask for iam:GetRole"
    )
    assert views.readable(replace(PROD, checked=False)) == "Checking…"


@pytest.mark.parametrize(
    ("source", "sign"),
    [
        (GIT, "ok"),
        (OLD, "todo"),
        (replace(PROD, cannot="read roles"), "warn"),
        (replace(PROD, checked=False), "work"),
    ],
)
def test_each_state_of_a_place_has_its_sign(source, sign):
    assert views.state(source)[0] == sign
    (row, *_) = views.rows([source], (), REGIONS, wide=True)
    assert row.sign == sign and row.needs_person is (sign == "todo")


def test_regions_are_offered_only_where_there_is_an_account():
    ids = [row.id for row in views.rows([GIT], (), REGIONS, wide=True)]
    assert ids == [GIT.id, views.HISTORY, views.ADD]
    many = replace(PROD, regions=("eu-central-1", "eu-west-1"))
    row = views.rows([GIT, many], {many.id}, REGIONS, wide=True)[-2]
    told = " ".join(cell.text for cell in row.cells)
    assert "2 regions in each account; without the tick only eu-central-1." in told
    row = views.rows([many], (), views.Regions(False), wide=True)[-2]
    assert "Only the one of each login's configuration." in row.cells[-1].text


@pytest.mark.parametrize(
    ("path", "width", "said"),
    [
        ("~/code/shop", 30, "~/code/shop"),
        ("/tmp/a-demo-folder-with-a-long-name/shop", 30, "/tmp/…/shop"),
        ("~/one/two/three-is-long/four/shop", 20, "~/…/four/shop"),
        ("~/one/a-name-that-is-too-long", 20, "~/one/a-name-that-i…"),
        ("/very-long-first-folder-of-all/shop", 12, "…/shop"),
    ],
)
def test_a_path_gives_up_its_middle_and_keeps_its_end(path, width, said):
    assert shortened(path, width) == said


def test_why_shows_the_whole_of_what_is_known():
    long = replace(GIT, name="/tmp/a-demo-folder-with-a-long-name/shop")
    assert long.name in views.source_lines(long)[0]
    lines = views.source_lines(OLD)
    assert "What to do: aws sso login --profile dev" in lines
    assert "c checks it again afterwards." in lines
    assert "1 region: eu-central-1." in views.source_lines(PROD)


# Sentences


def test_each_state_has_its_own_sentence():
    assert views.headline(facts(opened=False))[1] == views.OPENING
    assert views.headline(facts(sources=()))[1] == views.NOTHING
    assert views.headline(facts(sources=(), looked=False))[1] == ""
    problem = Unavailable("The disk is full", resource="/home/x", hint="Make room")
    what, then = views.headline(facts(problem=problem, opened=False))
    assert what == "The workspace cannot be opened: The disk is full (/home/x)."
    assert then.startswith("Make room.") and "c tries again" in then


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "in 1 folder and 1 account"),
        ({"chosen": frozenset({GIT.id})}, "in 1 folder."),
        ({"chosen": frozenset()}, "Space ticks a place, Enter then looks there"),
        ({"scanning": True}, "A scan is at work: Enter shows it"),
        ({"opened": False, "chosen": frozenset()}, "The places to look come here"),
    ],
)
def test_next_says_what_enter_does_and_what_it_will_not_do(changed, said):
    told = views.next_sentence(facts(**changed))
    assert said in told
    assert "only reads" in told or "writes nothing" in told


def test_why_nothing_can_be_looked_through_is_said():
    assert "Space ticks" in views.nothing_ticked(facts(chosen=frozenset()))
    waiting = replace(PROD, ready=False, checked=False)
    assert "the checks are at work" in views.nothing_ticked(facts(sources=(waiting,), looked=False))
    assert "i says why" in views.nothing_ticked(facts(sources=(OLD,)))


# The screen


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_it_says_where_it_would_look_and_what_happens_next(tmp_path, size):
    async with stage(tmp_path, size=size, fill=fill) as there:
        said = words(there)
        assert "Where shall I look?" in said and "nothing is written anywhere" in said
        assert "[x]" in said and "shop" in said and "acme-prod" in said
        assert "aws sso login --profile dev" in said and "then c" in said
        assert "Add a folder or an AWS profile" in said
        assert "Enter looks for credentials in 1 folder and 1 account." in said
        assert "nothing changed so far" in said and "q: leave." in said


async def test_space_ticks_and_unticks_but_not_what_cannot_be_read(tmp_path):
    async with stage(tmp_path, fill=fill) as there:
        await there.press("space")
        assert there.session.chosen == {PROD.id}
        await there.press("space")
        assert there.session.chosen == {GIT.id, PROD.id}
        await there.press("n")
        assert there.app.screen.query_one("#sources").cursor_id == OLD.id
        assert "Space" not in there.footer
        await there.press("space")
        assert there.session.chosen == {GIT.id, PROD.id}


async def test_space_on_every_region_turns_it_off_and_on(tmp_path):
    async with stage(tmp_path, size=LARGE, fill=fill) as there:
        there.app.screen.query_one("#sources").move_to(views.EVERY)
        before = there.app.acts.every_region
        await there.press("space")
        assert there.app.acts.every_region is not before
        await there.press("space")
        assert there.app.acts.every_region is before


def test_the_history_is_offered_only_where_there_is_a_repository_that_can_be_read():
    for places in ([PROD], [replace(GIT, ready=False)], [replace(GIT, kind="folder")]):
        rows = views.rows(places, (), REGIONS, wide=True)
        assert views.HISTORY not in [row.id for row in rows]
    said = [
        views.rows([GIT], {GIT.id}, REGIONS, wide=False, history=ticked)[1].cells
        for ticked in (False, True)
    ]
    assert [cells[0].text for cells in said] == ["[ ]", "[x]"]
    assert "every former version" in said[0][-1].text
    assert "of each ticked repository" in said[1][-1].text


async def test_space_on_the_history_asks_for_it_of_repositories_alone(tmp_path):
    async with stage(tmp_path, size=LARGE, fill=fill) as there:
        there.app.screen.query_one("#sources").move_to(views.HISTORY)
        assert not there.app.acts.sources_chosen().history
        await there.press("space")
        assert there.app.acts.sources_chosen().history
        assert "and in the whole git history" in words(there)
        there.session.chosen = {PROD.id}
        await there.changed("sources")
        assert not there.app.acts.sources_chosen().history
        assert "and in the whole git history" not in words(there)
        there.session.chosen = {GIT.id}
        await there.press("space")
        assert not there.app.acts.sources_chosen().history


async def test_enter_looks_through_what_is_ticked(tmp_path):
    async with stage(tmp_path, fill=fill) as there:
        asked = []
        there.app.acts.scan = lambda: asked.append(there.app.acts.sources_chosen())
        await there.press("enter")
        (sources_,) = asked
        assert sources_.paths == (GIT.path,) and sources_.profiles == ("acme-prod",)
        assert there.app.screen.NAME == "scan"


async def test_no_key_is_offered_for_what_is_not_there_yet(tmp_path):
    async with stage(tmp_path, fill=fill) as there:
        assert "look" in there.footer
        places, services = dict(there.session.sources), there.session.services
        there.session.sources.clear()
        there.session.services = None
        await there.changed("sources")
        assert "look" not in there.footer and "Enter" not in words(there)
        await there.press("enter")
        assert there.app.screen.NAME == "start"
        there.session.services = services
        there.session.sources.update(places)
        await there.changed("sources")
        assert "look" in there.footer


async def test_enter_with_nothing_ticked_says_so_and_stays(tmp_path):
    async with stage(tmp_path, size=LARGE, fill=fill, toasts=True) as there:
        there.session.chosen.clear()
        await there.changed("sources")
        await there.press("enter")
        assert there.app.screen.NAME == "start"
        assert "No place is ticked. Space ticks the row." in words(there)


async def test_a_scan_at_work_is_shown_by_enter_and_stopped_by_s(tmp_path):
    async with stage(tmp_path, fill=fill) as there:
        asked = []

        def work(_emit, cancel):
            asked.append(cancel._event.wait(10))
            return ScanResult(report(()), ())

        assert "S stop" not in there.footer
        there.app.journey("scan", work, lambda _result: None)
        await there.changed("sources")
        assert "S stop" in there.footer and "A scan is at work" in words(there)
        await there.press("S")
        await there.until(lambda: not there.app.bridge.busy(), "the end of the scan")
        assert asked == [True]


async def test_c_checks_the_place_again_and_i_says_why(tmp_path):
    async with stage(tmp_path, fill=fill) as there:
        asked = []
        there.app.acts.check_source = asked.append
        await there.press("n", "c")
        assert asked == [OLD.id]
        await there.press("i")
        assert "What to do: aws sso login --profile dev" in words(there)
        await there.press("escape")
        assert there.app.screen.NAME == "start"


async def test_n_goes_to_the_places_that_need_a_person_and_back(tmp_path):
    def two(session):
        fill(session)
        session.sources["aws:b"] = replace(OLD, id="aws:b", name="other")

    async with stage(tmp_path, fill=two) as there:
        rows = there.app.screen.query_one("#sources")
        await there.press("n")
        assert rows.cursor_id == OLD.id
        await there.press("n")
        assert rows.cursor_id == "aws:b"
        await there.press("N")
        assert rows.cursor_id == OLD.id


async def test_a_place_is_added_by_name_and_a_wrong_one_comes_back_with_the_reason(tmp_path):
    async with stage(tmp_path, fill=fill) as there:
        asked = []

        def add(text, failed):
            asked.append(text)
            if len(asked) == 1:
                failed(UsageProblem("There is no folder of this name", hint="Look at it"))

        there.app.acts.add_source = add
        await there.press("G", "enter")
        assert "Add a place to look" in there.text
        await there.press("enter")
        assert "Nothing is typed yet" in there.text and asked == []
        await there.press(*"shop", "enter")
        assert asked == ["shop"]
        assert "There is no folder of this name" in words(there)
        await there.press("2", "enter")
        assert asked == ["shop", "shop2"], "what was typed stands there to be mended"
        assert there.app.screen.NAME == "start"
        await there.press("space")
        await there.press("escape")
        assert there.app.screen.NAME == "start" and len(asked) == 2


async def test_a_workspace_that_does_not_open_says_why_and_c_tries_again(tmp_path):
    def broken(session):
        session.services = None
        session.problem = Unavailable("The key file may be read by others", hint="chmod 600 it")

    async with stage(tmp_path, size=LARGE, fill=broken) as there:
        said = words(there)
        assert "The workspace cannot be opened: The key file may be read by others." in said
        assert "chmod 600 it." in said and "c tries again" in said
        assert "[x]" not in said
        await there.press("c")
        await there.until(lambda: there.session.services is not None, "the workspace")
        await there.until(lambda: not there.app.bridge.busy())


async def test_without_a_workspace_the_button_offers_what_can_be_done(tmp_path):
    def broken(session):
        session.services = None
        session.problem = Unavailable("The key file may be read by others", hint="chmod 600 it")

    async with stage(tmp_path, size=LARGE, fill=broken) as there:
        assert "Look for credentials" not in there.text and "Try again" in there.text
        await there.press("tab", "enter")
        await there.until(lambda: there.session.services is not None, "the workspace")
        await there.until(lambda: not there.app.bridge.busy())
        await there.until(lambda: "Look for credentials" in there.text, "what can be done now")
        assert "Try again" not in there.text and there.app.screen.NAME == "start"


async def test_with_nothing_found_the_demo_is_offered(tmp_path):
    def empty(session):
        session.sources.clear()
        session.chosen.clear()
        session.looked = True

    async with stage(tmp_path, size=LARGE, fill=empty) as there:
        there.app.has_demo = True
        await there.changed("sources")
        assert "No repository here and no account found. Open the demo" in words(there)
        assert "Try the demo cloud instead" in there.text
        await there.press("tab", "tab", "enter")
        assert there.app.wants_demo


async def test_the_demo_is_not_offered_within_the_demo(tmp_path):
    async with stage(tmp_path, fill=fill) as there:
        assert "Try the demo" not in there.text


@pytest.mark.parametrize("size", [(60, 15), SMALL, LARGE])
async def test_hostile_places_are_text(tmp_path, size):
    def foul(session):
        one = FoundSource(
            "x", "git", HOSTILE, HOSTILE, can=HOSTILE, cannot=HOSTILE, remedy=HOSTILE, ready=True
        )
        session.sources = {"x": one}
        session.chosen = {"x"}
        session.looked = True

    async with stage(tmp_path, size=size, fill=foul) as there:
        assert "\x1b" not in there.text and "\u202e" not in there.text
        await there.press("i")
        assert "[red]" in there.text and "\x1b" not in there.text
