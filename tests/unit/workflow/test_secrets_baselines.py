"""To and from the baseline of detect-secrets, with its real program."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from secretshift.model.decisions import Choice
from secretshift.model.journeys import CancelToken
from secretshift.model.secret_value import SecretValue
from secretshift.shapes.secrets_baseline import Entry, forms_of, merged, sha1
from secretshift.workflow.baselines import (
    DEFAULT_NAME,
    TakenOver,
    empty,
    open_baseline,
    scan_against,
    take_over,
)
from secretshift.workflow.decisions import DecideRequest, decide, decisions
from secretshift.workflow.secrets_baselines import SecretsBaseline, export
from secretshift.workflow.services import Sources

from .conftest import Desk

PROGRAM = Path(sys.executable).with_name("detect-secrets")


def made_up() -> str:
    """Letters and digits: what detect-secrets makes of other characters depends on them."""
    return f"Zq7{secrets.token_hex(9)}"


def detect_secrets(folder: Path, *arguments: str) -> str:
    """Its real command, in the folder."""
    done = subprocess.run(
        [PROGRAM, *arguments], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def results(folder: Path) -> dict[str, list[dict[str, Any]]]:
    loaded: dict[str, list[dict[str, Any]]] = json.loads(
        (folder / ".secrets.baseline").read_text()
    )["results"]
    return loaded


def entries(folder: Path) -> set[tuple[str, str, str]]:
    return {
        (path, item["type"], item["hashed_secret"])
        for path, items in results(folder).items()
        for item in items
    }


@pytest.fixture
def tree(desk: Desk) -> Desk:
    """A repository with what both programs find."""
    subprocess.run(["git", "init", "-q"], cwd=desk.folder, check=True)
    desk.write("app.py", f'DB_PASSWORD = "{made_up()}"\n')
    desk.write("tokens.py", f'\n\nAPI_TOKEN = "{secrets.token_hex(24)}"\n')
    desk.write("link.yml", f"url: postgres://shop:{secrets.token_hex(9)}@db.internal/x\n")
    subprocess.run(["git", "add", "."], cwd=desk.folder, check=True)
    return desk


def theirs(desk: Desk) -> SecretsBaseline:
    known = open_baseline(desk.folder / ".secrets.baseline")
    assert isinstance(known, SecretsBaseline)
    return known


def made_by_detect_secrets(desk: Desk) -> None:
    (desk.folder / ".secrets.baseline").write_text(detect_secrets(desk.folder, "scan"))


def exported(desk: Desk, document: dict[str, Any] | None = None) -> None:
    sources = Sources(paths=(str(desk.folder),))
    made, _ = export(
        desk.services(), sources, document, desk.folder, lambda _e: None, CancelToken()
    )
    (desk.folder / ".secrets.baseline").write_text(json.dumps(made, indent=2) + "\n")


def left(desk: Desk) -> list[str]:
    sources = Sources(paths=(str(desk.folder),))
    known = theirs(desk)
    result = scan_against(desk.services(), sources, known, lambda _e: None, CancelToken())
    return [f.location.path for f in result.report.findings]


def taken_over(desk: Desk) -> TakenOver:
    sources = Sources(paths=(str(desk.folder),))
    old = empty(desk.folder / DEFAULT_NAME)
    services = desk.services()
    return take_over(services, sources, old, theirs(desk), lambda _e: None, CancelToken())


def test_a_scan_leaves_out_what_a_baseline_of_detect_secrets_knows(tree):
    made_by_detect_secrets(tree)
    assert {path for path, *_ in entries(tree.folder)} == {"app.py", "tokens.py", "link.yml"}
    assert left(tree) == []
    tree.write("app.py", f'DB_PASSWORD = "{made_up()}"\n')
    assert left(tree) == ["app.py"]


def test_the_value_in_another_file_is_new(tree):
    made_by_detect_secrets(tree)
    tree.write("copy.py", (tree.folder / "app.py").read_text())
    subprocess.run(["git", "add", "."], cwd=tree.folder, check=True)
    assert left(tree) == ["copy.py"]


def test_detect_secrets_takes_what_is_exported_and_keeps_every_entry(tree):
    exported(tree)
    before = entries(tree.folder)
    assert {path for path, *_ in before} == {"app.py", "tokens.py", "link.yml"}
    detect_secrets(tree.folder, "scan", "--baseline", ".secrets.baseline")
    assert before <= entries(tree.folder)
    made_by_detect_secrets_alone = {e for e in entries(tree.folder) if e not in before}
    # What it finds besides: nothing is taken for new that was exported under another type.
    assert not {(p, h) for p, _, h in made_by_detect_secrets_alone} & {(p, h) for p, _, h in before}


def test_its_hook_lets_pass_what_is_exported_and_nothing_else(tree):
    exported(tree)
    subprocess.run(["git", "add", "."], cwd=tree.folder, check=True)
    hook = [str(PROGRAM) + "-hook", "--baseline", ".secrets.baseline"]
    passed = subprocess.run([*hook, "app.py", "tokens.py", "link.yml"], cwd=tree.folder)
    assert passed.returncode == 0
    tree.write("more.py", f'DB_PASSWORD = "{made_up()}"\n')
    assert subprocess.run([*hook, "more.py"], cwd=tree.folder).returncode == 1


def test_its_audit_reports_the_labels_that_were_decided(tree):
    ids = {f.location.path: f.credential for f in tree.scan().report.findings}
    for path, choice in (("app.py", Choice.FALSE_POSITIVE), ("tokens.py", Choice.ACCEPTED)):
        decide(tree.services(), DecideRequest((ids[path],), choice, "a test"))
    exported(tree)
    labels = {path: items[0].get("is_secret") for path, items in results(tree.folder).items()}
    assert labels == {"app.py": False, "tokens.py": True, "link.yml": None}
    audited = json.loads(
        detect_secrets(tree.folder, "audit", "--report", "--json", ".secrets.baseline")
    )
    assert {one["filename"]: one["category"] for one in audited["results"]} == {
        "app.py": "VERIFIED_FALSE",
        "tokens.py": "VERIFIED_TRUE",
        "link.yml": "UNVERIFIED",
    }


def test_an_audit_that_is_there_keeps_its_labels_and_settings(tree):
    made_by_detect_secrets(tree)
    file = tree.folder / ".secrets.baseline"
    document = json.loads(file.read_text())
    document["results"]["app.py"][0]["is_secret"] = False
    document["results"]["gone.py"] = [
        {"type": "Secret Keyword", "hashed_secret": sha1("x"), "line_number": 3}
    ]
    document["plugins_used"] = document["plugins_used"][:3]
    exported(tree, document)
    again = json.loads(file.read_text())
    assert again["results"]["app.py"][0]["is_secret"] is False
    assert "gone.py" in again["results"]
    assert again["plugins_used"] == document["plugins_used"]


def test_what_their_audit_calls_false_becomes_a_decision_and_the_rest_is_known(tree):
    made_by_detect_secrets(tree)
    file = tree.folder / ".secrets.baseline"
    document = json.loads(file.read_text())
    for item in document["results"]["tokens.py"]:
        item["is_secret"] = False
    document["results"]["gone.py"] = [{"type": "x", "hashed_secret": sha1("x")}]
    file.write_text(json.dumps(document))
    tree.write("new.py", f'SMTP_PASSWORD = "{made_up()}"\n')
    subprocess.run(["git", "add", "."], cwd=tree.folder, check=True)
    taken = taken_over(tree)
    (decided,) = taken.decided
    assert decided.choice is Choice.FALSE_POSITIVE and ".secrets.baseline" in decided.reason
    by_path = {f.location.path: f.credential for f in tree.scan().report.findings}
    assert decided.credential == by_path["tokens.py"]
    assert [one.place for one in taken.renewed.baseline.known] == [
        "app.py",
        "link.yml",
        "tokens.py",
    ]
    assert taken.unknown >= 1
    assert taken_over(tree).decided == ()


@pytest.mark.parametrize(("label", "decided"), [(None, 1), (False, 1), (True, 0)])
def test_of_a_value_with_two_entries_one_may_be_without_a_label(tree, label, decided):
    made_by_detect_secrets(tree)
    file = tree.folder / ".secrets.baseline"
    document = json.loads(file.read_text())
    (first, *_) = document["results"]["tokens.py"]
    second = {**first, "type": "Another Type"}
    first["is_secret"] = False
    if label is not None:
        second["is_secret"] = label
    document["results"]["tokens.py"] = [first, second]
    file.write_text(json.dumps(document))
    assert len(taken_over(tree).decided) == decided


def test_a_decision_that_stands_is_not_replaced(tree):
    made_by_detect_secrets(tree)
    file = tree.folder / ".secrets.baseline"
    document = json.loads(file.read_text())
    for item in document["results"]["tokens.py"]:
        item["is_secret"] = False
    file.write_text(json.dumps(document))
    ids = {f.location.path: f.credential for f in tree.scan().report.findings}
    decide(tree.services(), DecideRequest((ids["tokens.py"],), Choice.MOVE))
    assert taken_over(tree).decided == ()
    assert decisions(tree.services())[ids["tokens.py"]].choice is Choice.MOVE


def test_a_value_that_also_lies_where_nobody_called_it_false_is_not_decided(tree):
    tree.write("copy.py", (tree.folder / "tokens.py").read_text())
    subprocess.run(["git", "add", "."], cwd=tree.folder, check=True)
    made_by_detect_secrets(tree)
    file = tree.folder / ".secrets.baseline"
    document = json.loads(file.read_text())
    for item in document["results"]["tokens.py"]:
        item["is_secret"] = False
    file.write_text(json.dumps(document))
    assert taken_over(tree).decided == ()


def test_the_hashes_of_a_baseline_are_no_findings(tree):
    exported(tree)
    subprocess.run(["git", "add", "."], cwd=tree.folder, check=True)
    assert left(tree) == []


def test_a_private_key_is_known_by_its_first_line_as_there():
    head = "BEGIN RSA " + "PRIVATE KEY"
    assert forms_of(f"-----{head}-----\nAAAA\n") == (head,)
    assert forms_of("a b") == ("a b", "a%20b")
    assert sha1("x") == "11f6ad8ec52a2984abaafd7c3b516503785c2072"
    assert "x" not in repr(SecretValue("x"))


def test_an_entry_is_not_written_twice():
    document: dict[str, Any] = {"version": "1.5.0", "results": {}}
    entry = Entry("a.py", "Secret Keyword", sha1("x"), 3)
    once = merged(document, [entry], "2026-01-01T00:00:00Z")
    moved = Entry("a.py", "Secret Keyword", sha1("x"), 9, True)
    twice = merged(once, [moved], "2026-01-01T00:00:00Z")
    (item,) = twice["results"]["a.py"]
    assert (item["line_number"], item["is_secret"]) == (9, True)
