"""``secretshift baseline`` and ``scan --baseline``, as a pipeline calls them."""

from __future__ import annotations

import json
import secrets
import stat
from pathlib import Path

import pytest

from secretshift.cli import program as entry

OWN = ".secretshift-baseline.json"
FORMS = ("table", "json", "csv", "sarif", "junit")


class Shell:
    """The real program in one process, with a workspace and a folder of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str) -> int:
        self._capsys.readouterr()
        code = entry.run(list(arguments))
        self.out, self.err = self._capsys.readouterr()
        return code


@pytest.fixture
def shell(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "tree"
    folder.mkdir()
    monkeypatch.setenv("SECRETSHIFT_HOME", str(tmp_path / "workspace"))
    monkeypatch.chdir(folder)
    (folder / "app.py").write_text(f'DB_PASSWORD = "{secrets.token_urlsafe(18)}7"\n')
    return Shell(folder, capsys)


def test_from_the_first_look_to_a_gate_that_closes(shell):
    assert shell("baseline") == 0
    assert "The baseline knows 1 finding: 1 new, 0 gone" in shell.err
    assert stat.S_IMODE((shell.folder / OWN).stat().st_mode) == 0o600
    assert shell("scan", ".", "--baseline", OWN) == 0
    assert "known to the baseline: 1" in shell.out
    (shell.folder / "mail.py").write_text(f'SMTP_PASSWORD = "{secrets.token_urlsafe(18)}7"\n')
    assert shell("scan", ".", "--baseline", OWN) == 1
    assert "mail.py:1" in shell.out and "app.py" not in shell.out
    assert shell("baseline", "--prune") == 0 and "as before" in shell.err
    assert shell("baseline") == 0 and "1 new, 0 gone" in shell.err


@pytest.mark.parametrize("form", FORMS)
def test_every_form_leaves_out_what_is_known_and_counts_it(shell, form):
    value = f"{secrets.token_urlsafe(18)}7"
    (shell.folder / "mail.py").write_text(f'SMTP_PASSWORD = "{value}"\n')
    shell("baseline")
    (shell.folder / "new.py").write_text(f'FTP_PASSWORD = "{value}"\n')
    assert shell("scan", ".", "--baseline", OWN, "--format", form) == 1
    assert "new.py" in shell.out and "app.py" not in shell.out and "mail.py" not in shell.out
    counted = {
        "json": '"known": 2',
        "sarif": '"knownToBaseline": 2',
        "junit": "Known to the baseline and not listed: 2",
    }
    assert counted.get(form, "known to the baseline: 2") in shell.out + shell.err
    assert value not in shell.out + shell.err + (shell.folder / OWN).read_text()


@pytest.mark.parametrize("form", FORMS)
def test_every_form_shows_what_was_decided(shell, form):
    shell("scan", ".", "--format", "json")
    credential = json.loads(shell.out)["findings"][0]["credential"]
    decided = ["--as", "accepted", "--reason", "old test system", "--until", "2999-12-31"]
    assert shell("decide", credential, *decided) == 0
    assert shell("scan", ".", "--format", form) == 0
    assert "accepted" in shell.out
    if form != "csv":
        assert "old test system" in shell.out and "2999-12-31" in shell.out


@pytest.mark.parametrize("command", [("scan", ".", "--baseline", OWN), ("baseline",)])
def test_a_broken_baseline_stops_before_anything_is_read(shell, command):
    (shell.folder / OWN).write_text("<<<<<<< HEAD\n")
    assert shell(*command) == 2
    assert "The baseline cannot be used: it is no JSON" in shell.err and OWN in shell.err
    assert (shell.folder / OWN).read_text() == "<<<<<<< HEAD\n"


def test_a_missing_one_is_no_empty_one(shell):
    assert shell("scan", ".", "--baseline", "none.json") == 2
    assert "There is no baseline at this path" in shell.err


def test_hashes_of_values_are_written_only_to_who_agrees(shell):
    assert shell("baseline", "--format", "detect-secrets") == 2
    assert "unsalted SHA-1" in shell.err and not (shell.folder / ".secrets.baseline").exists()
    assert shell("baseline", "--format", "detect-secrets", "--weak-hashes") == 0
    assert "unsalted SHA-1" in shell.err
    assert shell("scan", ".", "--baseline", ".secrets.baseline") == 0


def test_a_baseline_of_detect_secrets_is_taken_over(shell):
    shell("baseline", "--format", "detect-secrets", "--weak-hashes")
    file = shell.folder / ".secrets.baseline"
    document = json.loads(file.read_text())
    document["results"]["app.py"][0]["is_secret"] = False
    file.write_text(json.dumps(document))
    assert shell("baseline", "--import", ".secrets.baseline") == 0
    assert "1 credential decided to be a false positive" in shell.err
    file.unlink()
    assert shell("scan", ".", "--baseline", OWN) == 0
    assert shell("decisions") == 0 and "false-positive" in shell.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--weak-hashes",),
        ("--prune", "--import", "x"),
        ("--format", "detect-secrets", "--weak-hashes", "--prune"),
        ("--format", "detect-secrets", "--weak-hashes", "--aws"),
        ("-o", ".secrets.baseline"),
        ("--import", OWN),
    ],
)
def test_what_contradicts_itself_writes_nothing(shell, arguments):
    shell("baseline", "--format", "detect-secrets", "--weak-hashes")
    shell("baseline")
    before = {path: path.read_bytes() for path in shell.folder.iterdir()}
    assert shell("baseline", *arguments) == 2
    assert {path: path.read_bytes() for path in shell.folder.iterdir()} == before
