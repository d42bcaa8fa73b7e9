"""A whole git history is searched by other processes while this one answers keys."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from secretshift.settings.types import ScanSettings, Settings
from secretshift.tui.views import start as views

from .stage import LARGE, Stage, stage

PAUSED = """
import os, time
from detect_secrets.plugins.base import RegexBasedDetector
from secretshift.history.looking import Looker

class Nothing(RegexBasedDetector):
    secret_type = "Nothing"
    denylist = ()

look = Looker.look

def paused(self, task):
    open({began!r}, "w").close()
    while not os.path.exists({go_on!r}):
        time.sleep(0.02)
    return look(self, task)

Looker.look = paused
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One commit writes a key, the next takes it out."""
    folder = tmp_path / "shop"
    folder.mkdir()

    def git(*arguments: str) -> None:
        named = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        subprocess.run(
            ["git", *named, *arguments], cwd=folder, env=environment, check=True, timeout=20
        )

    git("init", "-q", "-b", "main")
    (folder / ".gitignore").write_text("workspace\n")
    for text in (f"STRIPE_SECRET_KEY={'sk_live_'}{secrets.token_hex(12)}\n", "A=1\n"):
        (folder / "app.env").write_text(text)
        git("add", ".")
        git("commit", "-qm", "x")
    return folder


@pytest.fixture(autouse=True)
def no_repository_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_INDEX_FILE", "GIT_DIR"):
        monkeypatch.delenv(name, raising=False)


@asynccontextmanager
async def searching(repository: Path, go_on: Path) -> AsyncIterator[Stage]:
    """The interface while the search of a history has begun, and waits for a file."""
    began, plugin = repository.with_name("began"), repository.with_name("paused.py")
    plugin.write_text(PAUSED.format(began=str(began), go_on=str(go_on)))
    settings = Settings(scan=ScanSettings(plugins=(plugin,)), named=True)
    async with stage(repository, size=LARGE, settings=settings, apart=True) as there:
        (source,) = (one for one in there.session.sources.values() if one.kind == "git")
        there.session.chosen = {source.id}
        there.app.screen.query_one("#sources").move_to(views.HISTORY)
        await there.press("space", "enter")
        await there.until(began.exists, "the search")
        yield there


async def test_keys_are_answered_while_a_history_is_searched_and_what_was_removed_is_found(
    repository, tmp_path
):
    go_on = tmp_path / "go-on"
    async with searching(repository, go_on) as there:
        assert "Esc close" not in there.text
        await there.press("question_mark")
        await there.sees("Esc close")
        await there.press("escape")
        assert there.app.bridge.busy("scan")
        go_on.touch()
        await there.until(lambda: not there.app.bridge.busy(), "the end of the scan")

        report = there.session.report
        (found,) = report.findings
        assert (found.location.type, found.location.path) == ("history", "app.env")
        assert not found.location.in_head
        assert report.errors == ()


async def test_s_stops_a_search_that_is_at_work(repository, tmp_path):
    async with searching(repository, tmp_path / "never") as there:
        await there.press("S")
        await there.until(lambda: not there.app.bridge.busy(), "the end of the scan")
