"""What is said in the terminal once a defect has ended the interface."""

from __future__ import annotations

import gc

import pytest

from secretshift.model.errors import ExitCode
from secretshift.settings import Settings
from secretshift.tui.app import SecretshiftApp
from secretshift.tui.launch import launch
from secretshift.tui.run_state import RunState


@pytest.mark.parametrize(
    ("demo", "said", "never"),
    [
        ("", "Go on with: secretshift resume r-20261125-140200-ab12", "demo"),
        ("demo cloud", "The demo cloud ended with the program, and its run with it", "resume"),
    ],
)
def test_a_defect_names_the_way_on_that_there_is(tmp_path, monkeypatch, capsys, demo, said, never):
    def broken(self: SecretshiftApp) -> None:
        self.session.run = RunState("run", run="r-20261125-140200-ab12")
        self.bug = RuntimeError("a defect")

    monkeypatch.setattr(SecretshiftApp, "run", broken)
    code = launch(
        Settings(), lambda _emit: pytest.fail("not opened"), here=tmp_path, screen="run", demo=demo
    )
    assert code == ExitCode.BUG
    *_, last = capsys.readouterr().err.splitlines()
    assert last.startswith(said) and never not in last.replace("secretshift demo", "")


def test_the_collector_rests_until_the_first_screen_is_painted(tmp_path, monkeypatch):
    seen = []

    def painting(self: SecretshiftApp) -> None:
        seen.append(gc.isenabled())
        self.painted()
        seen.append(gc.isenabled())

    monkeypatch.setattr(SecretshiftApp, "run", painting)
    threshold = gc.get_threshold()
    try:
        launch(Settings(), lambda _emit: pytest.fail("not opened"), here=tmp_path)
    finally:
        gc.unfreeze()
        gc.set_threshold(*threshold)
    assert seen == [False, True] and gc.isenabled()
