"""The sheet that writes to a file: masked, private, over nothing without asking."""

from __future__ import annotations

import csv
import json
import stat
from xml.etree import ElementTree

import pytest

from secretshift.model.journeys import Consent
from secretshift.model.secret_value import MASK
from secretshift.tui.overlays.export import Export
from secretshift.workflow.proof import FunctionProof, ProofResult, Proved, Todo

from ..reports.conftest import HOSTILE
from .samples import SCANNED, credential_rows, report
from .stage import LARGE, NOW, SMALL, stage

RUN = "r-20261125-140200-ab12"


async def ask(there, text="the text\n", **options):
    there.app.push_sheet(Export("report.md", text, **options))
    await there.pilot.pause()


def flat(there) -> str:
    return " ".join(there.text.replace("│", " ").split())


async def retype(there, name):
    await there.press("home", "ctrl+k", *name)


async def gone(there):
    await there.until(lambda: not isinstance(there.app.screen, Export), "the sheet to close")


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 15)])
async def test_it_says_where_it_goes_and_writes_on_enter_readable_by_its_owner_only(tmp_path, size):
    async with stage(tmp_path, size=size) as there:
        await ask(there)
        assert str(tmp_path)[:20] in there.text and "No value is in it" in flat(there)
        await there.press("enter")
        await gone(there)
        file = tmp_path / "report.md"
        assert file.read_text() == "the text\n"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_path_that_was_typed_is_where_it_goes(tmp_path, monkeypatch):
    (tmp_path / "home").mkdir()
    (tmp_path / "else where").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    async with stage(tmp_path) as there:
        for name, file in [
            ("else where/one.md", tmp_path / "else where" / "one.md"),
            (str(tmp_path / "two.md"), tmp_path / "two.md"),
            ("~/three.md", tmp_path / "home" / "three.md"),
        ]:
            await ask(there)
            await retype(there, name)
            await there.press("enter")
            await gone(there)
            assert file.read_text() == "the text\n"


async def test_a_file_that_is_there_is_replaced_only_when_its_name_is_typed(tmp_path):
    file = tmp_path / "report.md"
    file.write_text("mine")
    async with stage(tmp_path) as there:
        await ask(there)
        await there.press("enter")
        await there.until(lambda: "A file of this name is there" in flat(there), "the question")
        for keys in (["enter"], ["y", "enter"], ["e", "s", "enter"]):
            await there.press(*keys)
        assert file.read_text() == "mine"
        await retype(there, "report.md")
        await there.press("enter")
        await gone(there)
        assert file.read_text() == "the text\n"


async def test_another_name_is_asked_about_anew(tmp_path):
    for name in ("report.md", "other.md"):
        (tmp_path / name).write_text("mine")
    async with stage(tmp_path) as there:
        await ask(there)
        await there.press("enter")
        await there.until(lambda: "A file of this name is there" in flat(there), "the question")
        await there.press(*"report.md", "shift+tab")
        await retype(there, "other.md")
        assert "A file of this name" not in flat(there)
        await there.press("enter")
        await there.until(lambda: "type its name: other.md" in flat(there), "the question")
        assert (tmp_path / "other.md").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no/such/folder/x.md", "The folder is not there"),
        ("folder", "That is a folder"),
        ("~nobody-of-that-name/x.md", "no home folder of that name"),
        (" ", "A file needs a name"),
    ],
)
async def test_what_cannot_be_written_is_said_and_the_sheet_stays(tmp_path, name, said):
    (tmp_path / "folder").mkdir()
    async with stage(tmp_path) as there:
        await ask(there)
        await retype(there, name)
        await there.press("enter")
        await there.until(lambda: said in flat(there), said)
        assert isinstance(there.app.screen, Export)


async def test_the_ending_chooses_the_form(tmp_path):
    async with stage(tmp_path) as there:
        await ask(there, lambda suffix: f"as {suffix}", forms=(".md", ".json"))
        await retype(there, "report.txt")
        await there.press("enter")
        assert "The name ends in .md or .json." in flat(there)
        await retype(there, "report.JSON")
        await there.press("enter")
        await gone(there)
        assert (tmp_path / "report.JSON").read_text() == "as .json"


async def test_escape_writes_nothing(tmp_path):
    async with stage(tmp_path) as there:
        await ask(there)
        await there.press("x", "escape")
        await there.until(lambda: not there.app.bridge.busy())
        assert not list(tmp_path.glob("*.md*"))


async def test_hostile_names_are_text(tmp_path):
    async with stage(tmp_path) as there:
        file = tmp_path / "[red]x[@click=app.quit].md"
        file.write_text("mine")
        await ask(there)
        await retype(there, file.name)
        await there.press("enter")
        await there.until(lambda: f"type its name: {file.name}" in flat(there), "the question")


# The screens that write


def findings_of(text, ending):
    """How many findings and how many decided ones a written file holds."""
    if ending == ".csv":
        found = list(csv.DictReader(text.splitlines()))
        return len(found), sum(one["decision"] != "" for one in found)
    if ending == ".json":
        found = json.loads(text)["findings"]
        return len(found), sum(one["decision"] is not None for one in found)
    if ending == ".sarif":
        found = json.loads(text)["runs"][0]["results"]
        return len(found), sum(one["properties"]["decision"] != "" for one in found)
    cases = [
        c for c in ElementTree.fromstring(text).iter("testcase") if c.get("classname") != "scan"
    ]
    decided = [
        c for c in cases if c.find("skipped") is not None or "decided:" in "".join(c.itertext())
    ]
    return len(cases), len(decided)


@pytest.mark.parametrize("ending", [".csv", ".json", ".sarif", ".xml"])
async def test_credentials_are_written_with_masks_and_never_with_values(tmp_path, ending):
    rows = credential_rows()

    def fill(session):
        session.report = session.listed = report(rows)
        session.rows, session.scanned_at = rows, SCANNED

    async with stage(tmp_path, screen="credentials", size=LARGE, fill=fill) as there:
        await there.press("w")
        await retype(there, f"all{ending}")
        await there.press("enter")
        file = tmp_path / f"all{ending}"
        await there.until(file.exists, "the file")
        await gone(there)
        text = file.read_text()
        number = sum(len(row.credential.findings) for row in rows)
        decided = [
            row for row in rows if row.decision and row.decision.in_force(NOW.astimezone().date())
        ]
        stay = sum(len(row.credential.findings) for row in decided)
        assert stay and findings_of(text, ending) == (number, stay)
        assert MASK in text


async def test_a_plan_is_written_as_it_can_be_read_again(tmp_path, made_up_plan):
    from secretshift.model.codec import from_data
    from secretshift.model.plans import Plan

    def fill(session):
        session.plan = made_up_plan

    async with stage(tmp_path, screen="plan", size=LARGE, fill=fill) as there:
        await there.press("w")
        assert f"plan-{made_up_plan.id}.json" in there.app.screen.query_one("#path").value
        await there.press("enter")
        file = tmp_path / f"plan-{made_up_plan.id}.json"
        await there.until(file.exists, "the file")
        await gone(there)
        data = json.loads(file.read_text())
        assert made_up_plan.id in file.read_text()
        assert from_data(Plan, data, "a plan") == made_up_plan


async def test_a_proof_is_written_as_markdown(tmp_path, made_up_plan):
    from secretshift.execution.steps import planned_steps
    from secretshift.workflow.migrate import MigrateResult

    def fill(session):
        steps = planned_steps(made_up_plan, Consent.REMOVE_PLAINTEXT)
        state = session.begin_run("run", made_up_plan, steps, 0.0)
        state.run, state.result = RUN, MigrateResult(RUN, "done", moved=("a",))
        session.proof = ProofResult(
            RUN,
            "done",
            (FunctionProof("eu-west-1/pay", Proved.MOVED, "the twin got this value", NOW),),
            (Todo("rotate:1", "Rotate it", HOSTILE),),
        )

    async with stage(tmp_path, screen="proof", size=LARGE, fill=fill) as there:
        await there.press("w", "enter")
        file = tmp_path / f"proof-{RUN}.md"
        await there.until(file.exists, "the file")
        await gone(there)
        text = file.read_text()
        assert "eu-west-1/pay" in text and "Rotate it" in text and "\x1b" not in text
