"""decide and decisions as a person types them; the workspace and the files are real."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from secretshift.settings import Settings
from secretshift.wiring import services
from secretshift.workflow.decisions import decisions
from tests.security.sweep import Sweep

VALUE = "kanarie-" + "Vogel!8831"
OTHER = "zeisig-" + "Fink!4402"


@pytest.fixture(scope="module")
def scanned():
    """Where one scan of this module was kept, and what it found."""
    return []


@pytest.fixture
def found(program, tmp_path, tmp_path_factory, scanned):
    """A folder with two credentials, scanned before; their ids."""
    if not scanned:
        (tmp_path / "tree").mkdir()
        text = f"DB_PASSWORD={VALUE}\nADMIN_PASSWORD={OTHER}\n"
        (tmp_path / "tree/app.env").write_text(text)
        done = program(["scan", "tree", "--format", "json"])
        assert done.returncode == 1
        kept = tmp_path_factory.mktemp("scanned") / "all"
        shutil.copytree(tmp_path, kept)
        ids = [item["credential"] for item in json.loads(done.stdout)["findings"]]
        scanned.append((kept, ids))
    kept, ids = scanned[0]
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    return list(ids)


def test_what_is_decided_ends_a_scan_with_0_and_taken_back_with_1(program, found):
    done = program(["decide", *found, "--as", "false-positive", "--reason", "checksums"])
    assert done.returncode == 0, done.stderr
    assert all(one.encode() in done.stdout for one in found)
    scanned = program(["scan", "tree", "--format", "json"])
    assert scanned.returncode == 0
    told = [item["decision"] for item in json.loads(scanned.stdout)["findings"]]
    assert told == [{"choice": "false-positive", "reason": "checksums", "until": ""}] * 2
    table = program(["scan", "tree"])
    assert table.stdout.count(b"decided: false-positive: checksums") == 2
    assert b"decided to stay: 2" in table.stdout
    assert program(["decide", found[0], "--take-back"]).returncode == 0
    assert program(["scan", "tree"]).returncode == 1


def test_a_plan_says_what_stays_and_why(program, found):
    program(["decide", found[0], "--as", "accepted", "--reason", "old", "--until", "2999-12-31"])
    plan = json.loads(program(["plan", "tree", "--format", "json"]).stdout)
    assert [work["credential"] for work in plan["work"]] == [found[1]]
    (note,) = plan["not_moved"]
    assert (note["code"], note["credential"]) == ("decided", found[0])
    assert note["text"] == "accepted until 2999-12-31: old"
    text = program(["plan", "tree"]).stdout.decode()
    assert "accepted until 2999-12-31: old" in text
    assert "1 credential stays, as decided" in text


def test_the_list_of_decisions_in_its_forms(program, found):
    assert b"Nothing is decided" in program(["decisions"]).stdout
    program(["decide", *found, "--as", "refused", "--reason", "rotated in May"])
    listed = json.loads(program(["decisions", "--format", "json"]).stdout)
    assert [item["credential"] for item in listed["decisions"]] == found
    assert {item["reason"] for item in listed["decisions"]} == {"rotated in May"}
    assert b"rotated in May" in program(["decisions"]).stdout
    rows = program(["decisions", "--format", "csv"]).stdout.splitlines()
    assert len(rows) == 3 and rows[1].startswith(found[0].encode() + b",refused,,yes,")


def test_the_last_decide_is_taken_back_as_a_whole(program, found):
    program(["decide", *found, "--as", "refused", "--reason", "rotated"])
    done = program(["decide", "--take-back", "--last", "--format", "json"])
    assert json.loads(done.stdout) == {"schema": 1, "decisions": [], "taken_back": found}
    assert json.loads(program(["decisions", "--format", "json"]).stdout)["decisions"] == []
    assert b"Nothing was decided" in program(["decide", "--take-back", "--last"]).stdout


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["c-000000000000", "--as", "refused", "--reason", "r"], "is known"),
        (["FOUND", "--as", "accepted"], "reason"),
        (["FOUND", "--as", "nothing", "--reason", "r"], "'nothing' is not one of"),
        (["FOUND"], "Nothing is said"),
        (["--as", "refused", "--reason", "r"], "No credential is named"),
        (["FOUND", "--take-back", "--as", "refused"], "--take-back takes"),
        (["FOUND", "--take-back", "--last"], "as a whole"),
        (["FOUND", "--last"], "goes with"),
        (["FOUND", "--as", "accepted", "--reason", "r", "--until", "soon"], "no date"),
    ],
)
def test_what_is_not_understood_decides_nothing(program, found, tmp_path, arguments, why):
    done = program(["decide", *(found[0] if a == "FOUND" else a for a in arguments)])
    assert done.returncode == 2
    assert why in done.stderr.decode()
    assert not decisions(services(Settings(), workspace=tmp_path / "workspace"))


def test_no_value_is_printed_or_kept(program, found, tmp_path):
    said = [
        program(["decide", *found, "--as", "accepted", "--reason", "stays"]),
        program(["decide", found[0], "--as", "accepted", "--reason", f"it is {VALUE}"]),
        program(["decisions"]),
        program(["decide", found[0], "--take-back", "-vvv"]),
        program(["plan", "tree"]),
    ]
    assert said[1].returncode == 2
    sweep = Sweep({"value": VALUE, "other": OTHER})
    for done in said:
        assert not sweep.of(done.stdout + done.stderr)
    written = sweep.below(tmp_path)
    assert [path for path in written if not re.search(r"/tree/app\.env$", path)] == []
