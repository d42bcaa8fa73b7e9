"""What a scan writes for other programs, from a real repository to the file."""

from __future__ import annotations

import json
import secrets
import stat
import subprocess

import pytest

from secretshift.cli import program as entry


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A repository with a credential in a folder; the current folder is its top."""
    folder = tmp_path / "tree"
    (folder / "src").mkdir(parents=True)
    (folder / "src/app.py").write_text(f'DB_PASSWORD = "{secrets.token_urlsafe(18)}7"\n')
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    monkeypatch.setenv("SECRETSHIFT_HOME", str(tmp_path / "workspace"))
    monkeypatch.chdir(folder)
    return folder


def places(text: str) -> list[str]:
    (run,) = json.loads(text)["runs"]
    found = [one["locations"][0]["physicalLocation"] for one in run["results"]]
    return [one["artifactLocation"]["uri"] for one in found]


@pytest.mark.parametrize(
    ("here", "path"), [("", "."), ("", "src"), ("", "src/app.py"), ("src", ".")]
)
def test_a_file_is_named_from_the_top_of_the_repository_wherever_the_scan_began(
    tree, monkeypatch, capsys, here, path
):
    monkeypatch.chdir(tree / here)
    assert entry.run(["scan", path, "--format", "sarif"]) == 1
    assert places(capsys.readouterr().out) == ["src/app.py"]


@pytest.mark.parametrize("form", ["sarif", "junit"])
def test_the_same_scan_writes_the_same_bytes_into_a_private_file(tree, tmp_path, form):
    files = [tmp_path / f"{number}.out" for number in range(2)]
    for file in files:
        assert entry.run(["scan", ".", "--format", form, "-o", str(file)]) == 1
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    first, second = (file.read_bytes() for file in files)
    assert first == second and b"src/app.py" in first
