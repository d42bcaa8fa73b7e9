"""A process that goes on ahead from an earlier search leaves what the search finds, or nothing."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from secretshift.detection import Detector
from secretshift.history import catching_up
from secretshift.history.remembering import RememberedHistory
from secretshift.model.findings import Verdict
from secretshift.state.workspace import Workspace

from .repositories import empty
from .test_remembering import Days, held


@pytest.fixture
def days(tmp_path: Path, detector: Detector) -> Days:
    return Days(empty(tmp_path / "shop"), Workspace.open(tmp_path / "workspace"), detector)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the program, which has no other thread when it sends one out."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(catching_up, "processes", lambda: 2)


class Nobody:
    """A judge whom nobody may ask."""

    def text(self, path: str, text: str, /) -> tuple[Verdict, ...]:
        raise AssertionError("something was judged here")


def by_nobody(days: Days) -> RememberedHistory:
    history = days.history()
    history._judge = Nobody
    return history


@pytest.mark.usefixtures("alone")
def test_what_it_found_is_there_and_nothing_is_judged_again(days):
    days.commit("app.env", held())
    days.searched()
    days.commit("b.env", held())
    with catching_up.sent(lambda: days.history().catch_up()):
        catching_up.wait()
        found = days.findings(by_nobody(days))
    assert len(found) == 2 and found == days.everything()
    assert days.whole == 1


@pytest.mark.usefixtures("alone")
def test_the_search_waits_for_it_where_it_may_have_something_to_say(days):
    days.commit("app.env", held())
    days.searched()
    days.commit("b.env", held())
    ready, go = os.pipe()

    def late() -> None:
        os.read(ready, 1)
        days.history().catch_up()

    with catching_up.sent(late):
        history = by_nobody(days)
        os.write(go, b"x")
        found = days.findings(history)
    assert len(found) == 2


def test_after_many_commits_it_leaves_all_to_the_search(days, monkeypatch):
    monkeypatch.setattr(catching_up, "MOST_VERSIONS", 2)
    days.commit("app.env", held())
    days.searched()
    before = days.history()._shelf.refs_of(days.history().root)
    for number in range(3):
        days.commit(f"{number}.env", held())
    days.history().catch_up()
    assert days.history()._shelf.refs_of(days.history().root) == before
    assert days.searched() == days.everything()


def test_it_never_searches_everything(days):
    days.commit("app.env", held())
    days.history().catch_up()
    assert not days.whole


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("ends", [lambda: 1 / 0, lambda: os._exit(9)])
def test_where_it_fails_the_search_does_it_itself(days, ends):
    days.commit("app.env", held())
    days.searched()
    days.commit("b.env", held())
    with catching_up.sent(ends):
        assert len(days.searched()) == 2
    assert not catching_up._under_way


@pytest.mark.usefixtures("alone")
def test_one_that_nobody_waits_for_is_ended(days):
    never, _kept = os.pipe()
    with catching_up.sent(lambda: os.read(never, 1)):
        (pid,) = catching_up._under_way
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


@pytest.mark.usefixtures("alone")
def test_it_says_nothing(days, capfd):
    with catching_up.sent(lambda: os.write(1, b"a word\n")):
        catching_up.wait()
    assert capfd.readouterr() == ("", "")


def test_a_process_with_another_thread_sends_none_out(monkeypatch):
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    with catching_up.sent(lambda: None):
        assert not catching_up._under_way
