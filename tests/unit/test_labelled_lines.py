"""The labelled lines of public repositories: what is kept of them, and how they are measured."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.bench.labelled_lines import __main__ as bench
from tests.bench.quality_engines import OURS, engines


def test_what_is_kept_says_where_each_line_is_and_nothing_else() -> None:
    kept = bench.samples()
    assert sum(map(len, kept.values())) > 3_500
    for lines in kept.values():
        assert len({(one.repository, one.path, one.number) for one in lines}) == len(lines)
        for one in lines:
            assert re.fullmatch(r"[\w.-]+/[\w.-]+", one.repository)
            assert re.fullmatch(r"[0-9a-f]{40}", one.commit)
            assert re.fullmatch(rf"[0-9a-f]{{{bench.CHECK}}}", one.check)
            assert one.label in ("T", "F", "?")
            assert one.number >= 1


def test_lines_are_measured_as_they_were_labelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = tmp_path / "shop"
    text = 'password = "Sup3rP4ss"\nname = "ann"\ntoken = "changed since"\nsecret = "x"\n'
    _git(tmp_path, "init", "-q", "shop")
    (clone / "settings.py").write_text(text)
    _git(clone, "add", "settings.py")
    _git(clone, "-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "x")
    commit = _git(clone, "rev-parse", "HEAD").strip()
    written = text.splitlines()
    rows = [
        (1, bench.check_of(written[0]), "T"),
        (2, bench.check_of(written[1]), "F"),
        (3, bench.check_of("another text"), "T"),
        (4, bench.check_of(written[3]), "?"),
    ]
    sample = "".join(
        f"acme/shop,{commit},settings.py,{number},{check},{label}\n"
        for number, check, label in rows
    )
    (tmp_path / "one.csv").write_text(sample + f"acme/gone,{commit},a.py,1,{rows[0][1]},T\n")
    monkeypatch.setattr(bench, "SAMPLES", tmp_path)
    wrong: list[str] = []
    (ours,) = [engine for engine in engines() if engine.name == OURS]
    scores = bench.measured(tmp_path, bench.samples()["one"], [ours], wrong)
    assert vars(scores[OURS]) == {"found": 1, "missed": 0, "false": 0, "passed": 1}
    assert wrong == []


def test_without_a_clone_nothing_is_claimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.csv").write_text(f"acme/gone,{'0' * 40},a.py,1,{'0' * 12},T\n")
    monkeypatch.setattr(bench, "SAMPLES", tmp_path)
    monkeypatch.setattr("sys.argv", ["labelled_lines", str(tmp_path / "nowhere")])
    assert bench.main() == 2
    said = capsys.readouterr()
    assert "precision" not in said.out
    assert "nothing was measured" in said.err


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout
