"""The installed program on real files, with a workspace of its own."""

from __future__ import annotations

import csv
import io
import json

import pytest

CANARY = "4eC39HqL" + "yjWDarjtT1zdp7dc" + "Rz81"
KEY = "sk_" + "live_" + CANARY


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "settings.py").write_text(f'STRIPE_SECRET_KEY = "{KEY}"\n')
    (folder / "new\nline\x1b[2J.env").write_text(f"STRIPE_SECRET_KEY={KEY}\n")
    return folder


def test_found_and_shown_in_every_form_but_never_its_value(program, tree, tmp_path):
    for form in ("table", "json", "csv"):
        done = program(["scan", "--format", form, "-vvv"], cwd=tree)
        assert done.returncode == 1, done.stderr
        assert CANARY.encode() not in done.stdout + done.stderr
        text = done.stdout.decode()
        assert text.replace("\n", "").isprintable()
        if form == "json":
            findings = json.loads(text)["findings"]
            assert len(findings) == 2
            assert len({finding["credential"] for finding in findings}) == 1
        if form == "csv":
            assert len(list(csv.DictReader(io.StringIO(text)))) == 2
    for path in (tmp_path / "workspace").rglob("*"):
        assert path.is_dir() or CANARY.encode() not in path.read_bytes()


def test_nothing_found(program, tmp_path):
    (tmp_path / "empty").mkdir()
    assert program(["scan", "empty"]).returncode == 0


def test_a_path_that_is_not_there(program):
    done = program(["scan", "missing"])
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: ")


def test_plan_runs_and_a_migration_without_work(program, tree):
    done = program(["plan", "--format", "json"], cwd=tree)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["work"]) == 1
    done = program(["migrate", "--yes", "--format", "json"], cwd=tree)
    said = json.loads(done.stdout)
    assert "Azure and Google Cloud" in said.pop("not_searched")
    assert said == {
        "schema": 1,
        "run": "",
        "status": "nothing to do",
        "moved": [],
        "kept": [],
        "failures": [],
        "blocked": [],
        "granted_to_role": [],
    }
    assert done.returncode == 0
    assert json.loads(program(["runs", "--format", "json"]).stdout) == {"schema": 1, "runs": []}
    done = program(["undo", "last", "--yes"])
    assert done.returncode == 2
    assert b"no runs" in done.stderr


def test_the_process_is_hardened_before_anything_else(program, monkeypatch):
    from secretshift.cli import program as entry
    from secretshift.model.errors import Unavailable

    def refused() -> None:
        raise Unavailable("The system does not let this process forbid core dumps")

    monkeypatch.setattr(entry, "harden_process", refused)
    assert entry.run(["--help"]) == 3


def test_kinds(program):
    one = json.loads(program(["kinds", "stripe-secret-key", "--format", "json"]).stdout)
    assert [kind["id"] for kind in one["kinds"]] == ["stripe-secret-key"]
    assert b"Stripe" in program(["kinds", "stripe-secret-key"]).stdout
    done = program(["kinds", "stripe-secret-kye"])
    assert done.returncode == 2
    assert b"Did you mean stripe-secret-key?" in done.stderr
