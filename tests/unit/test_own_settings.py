"""The user's own settings: what counts beside a project's, and how one of them is changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from secretshift.model.errors import Moved, UsageProblem
from secretshift.settings import look_up
from secretshift.settings.load import load
from secretshift.settings.write import change

OWN = """# mine
[tui]
theme = "light"   # for the day
read_only = true
reveal_seconds = 4
production = ["111122223333"]

[tui.keys]
run = "ctrl+r"  # as at home
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "secretshift.toml"
    path.parent.mkdir()
    path.write_text(OWN)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


def test_the_own_file_counts_where_the_project_says_nothing(own: Path, project: Path) -> None:
    settings = load(None, project, own)
    assert settings.tui.theme == "light" and settings.tui.keys == {"run": "ctrl+r"}
    assert settings.file is None and settings.of_project == frozenset()
    (project / "secretshift.toml").write_text("[tui]\ntheme = 'ansi'\nlinear = true\n")
    settings = load(None, project, own)
    assert settings.tui.theme == "ansi" and settings.tui.linear
    assert settings.tui.production == ("111122223333",)
    assert settings.of_project == {"theme", "linear"}
    assert load(None, project, own.parent / "not-there.toml").tui.theme == "ansi"


def test_a_project_takes_no_protection_away(own: Path, project: Path) -> None:
    (project / "secretshift.toml").write_text(
        "[tui]\nread_only = false\nreveal_seconds = 10\nproduction = ['444455556666']\n"
    )
    tui = load(None, project, own).tui
    assert tui.read_only and tui.reveal_seconds == 4
    assert tui.production == ("111122223333", "444455556666")
    (project / "secretshift.toml").write_text("[tui]\nreveal_seconds = 2\nproduction = []\n")
    tui = load(None, project, own).tui
    assert tui.reveal_seconds == 2 and tui.production == ("111122223333",)


def test_keys_of_a_project_are_taken_only_from_a_named_file(own: Path, project: Path) -> None:
    (project / "secretshift.toml").write_text("[tui.keys]\nrun = 'enter'\nundo = 'z'\n")
    with pytest.raises(UsageProblem) as caught:
        load(None, project, own)
    assert "--config" in caught.value.hint
    tui = load(Path("secretshift.toml"), project, own).tui
    assert tui.keys == {"run": "enter", "undo": "z"}


def test_the_own_file_holds_nothing_else(own: Path, project: Path) -> None:
    for text, said in [
        ("[aws]\nregions = ['eu-west-1']\n", "[tui] only, not aws"),
        ("[tiu]\n", "tiu"),
        ("[tui]\ntheme = 1\n", "tui.theme must be a text"),
        ("[tui\n", "no TOML (line 1"),
    ]:
        own.write_text(text)
        with pytest.raises(UsageProblem) as caught:
            load(None, project, own)
        assert said in caught.value.what and caught.value.resource == str(own)


# Changing it


def test_a_change_keeps_everything_else_as_it_is(own: Path, project: Path) -> None:
    settings = load(None, project, own)
    assert settings.own is not None
    left = change(settings.own, "tui.theme", "dark")
    assert own.read_text() == OWN.replace('"light"', '"dark"')
    left = change(left, "tui.keys.undo", "z")
    left = change(left, "tui.production", ["111122223333", "acme-prod"])
    left = change(left, "tui.reveal_seconds", 9)
    again = load(None, project, own)
    assert again.own == left
    assert again.tui.keys == {"run": "ctrl+r", "undo": "z"} and again.tui.reveal_seconds == 9
    assert again.tui.production == ("111122223333", "acme-prod")
    assert own.read_text().startswith("# mine\n") and "# as at home" in own.read_text()
    left = change(left, "tui.read_only", None)
    change(left, "tui.keys.run", None)
    assert not load(None, project, own).tui.read_only
    assert load(None, project, own).tui.keys == {"undo": "z"}


def test_a_file_that_is_not_there_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    own = tmp_path / "config" / "secretshift" / "secretshift.toml"
    settings = load(None, tmp_path, own)
    assert settings.own is not None
    change(settings.own, "tui.linear", True)
    assert load(None, tmp_path, own).tui.linear
    assert own.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in own.parent.iterdir()] == [own.name]


def test_a_file_that_others_may_read_gets_its_mode(own: Path, project: Path) -> None:
    own.chmod(0o644)
    settings = load(None, project, own)
    assert settings.own is not None
    change(settings.own, "tui.theme", "dark")
    assert own.stat().st_mode & 0o777 == 0o600


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(own: Path, project: Path) -> None:
    settings = load(None, project, own)
    assert settings.own is not None
    own.write_text("[tui]\nanimations = true\n")
    with pytest.raises(Moved):
        change(settings.own, "tui.theme", "dark")
    assert own.read_text() == "[tui]\nanimations = true\n"
    own.unlink()
    with pytest.raises(Moved):
        change(settings.own, "tui.theme", "dark")
    assert list(own.parent.iterdir()) == []


def test_what_an_editor_saves_at_the_last_moment_is_seen(
    own: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(None, project, own)
    assert settings.own is not None
    durable = os.fsync

    def saved_meanwhile(descriptor: int) -> None:
        own.write_text("[tui]\nlinear = true\n")
        durable(descriptor)

    monkeypatch.setattr(os, "fsync", saved_meanwhile)
    with pytest.raises(Moved):
        change(settings.own, "tui.theme", "dark")
    assert own.read_text() == "[tui]\nlinear = true\n"
    assert [file.name for file in own.parent.iterdir()] == [own.name]


def test_a_link_stays_one(own: Path, project: Path) -> None:
    elsewhere = project / "dotfiles.toml"
    own.rename(elsewhere)
    own.symlink_to(elsewhere)
    settings = load(None, project, own)
    assert settings.own is not None
    change(settings.own, "tui.theme", "dark")
    assert own.is_symlink() and 'theme = "dark"' in elsewhere.read_text()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tui.tehme", "dark"),
        ("tui.keys", {"run": "x"}),
        ("tui.keys.", "x"),
        ("aws.regions", ["eu-west-1"]),
        ("tui.theme", "black"),
        ("tui.linear", 1),
        ("tui.reveal_seconds", 0),
        ("tui.keys.run", ""),
        ("tui.keys.run", 1),
        ("tui.production", ["1111-2222-3333"]),
    ],
)
def test_nothing_is_written_that_would_not_be_read(
    own: Path, project: Path, name: str, value: Any
) -> None:
    settings = load(None, project, own)
    assert settings.own is not None
    with pytest.raises(UsageProblem):
        change(settings.own, name, value)
    assert own.read_text() == OWN


@pytest.mark.parametrize(
    "text",
    [
        "tui = { theme = 'light' } # one line\n",
        "tui.theme = 'light' # dotted\ntui.keys.run = 'x'\n",
        "[tui.keys]\nrun = 'x'\n[tui]\ntheme = 'light'\n",
        "# nothing but this\n",
        "",
    ],
)
def test_however_it_is_written(tmp_path: Path, text: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text)
    settings = load(None, tmp_path, own)
    assert settings.own is not None
    left = change(settings.own, "tui.theme", "ansi")
    change(left, "tui.keys.undo", "z")
    tui = load(None, tmp_path, own).tui
    assert tui.theme == "ansi" and tui.keys["undo"] == "z"
    assert text.count("#") == own.read_text().count("#")


@pytest.mark.parametrize("name", ["", "own.toml", "secretshift.toml", "pyproject.toml"])
def test_a_look_up_comes_to_what_reading_comes_to(tmp_path: Path, name: str) -> None:
    texts = {"pyproject.toml": "[tool.secretshift.tui]\n", "": ""}
    if name:
        (tmp_path / name).write_text(texts.get(name, "[tui]\n") + 'theme = "light"\n')
    own = tmp_path / "own.toml"
    assert look_up(None, tmp_path, own) == load(None, tmp_path, own)
    assert look_up(None, tmp_path, own).tui.theme == ("light" if name else "dark")


def test_a_file_of_settings_that_leads_nowhere_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "secretshift.toml").symlink_to("gone.toml")
    with pytest.raises(UsageProblem):
        look_up(None, tmp_path)
