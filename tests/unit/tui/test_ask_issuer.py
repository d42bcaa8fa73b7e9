"""a asks whoever gave a credential out, after the person typed a word, and shows what was said."""

from __future__ import annotations

import random
import string
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from secretshift.detection import Detector
from secretshift.model.journeys import CancelToken, ignore
from secretshift.model.verification import Outcome
from secretshift.tui.overlays.confirm import Confirm
from secretshift.tui.session import Session
from secretshift.verification.issuers import Issuers
from secretshift.workflow.credentials import overview
from secretshift.workflow.remembered import last_scan
from secretshift.workflow.scan import scan
from secretshift.workflow.services import Services, Sources
from tests.unit.verification.stand_in import StandIn, standing_in

from .stage import Stage, stage


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with standing_in() as server:
        yield server


@asynccontextmanager
async def found(folder: Path, server: StandIn, text: str) -> AsyncIterator[Stage]:
    """Credentials of a real scan on the screen."""
    tree = folder / "tree"
    tree.mkdir()
    (tree / "app.env").write_text(text)
    sources = Sources(paths=(str(tree),))

    def asking(services: Services) -> Services:
        made = lambda: Issuers({"api.github.com": server.url})  # noqa: E731
        return replace(services, detector=Detector(services.catalogue), verifier=made)

    def fill(session: Session) -> None:
        assert session.services is not None
        session.services = asking(session.services)
        result = scan(session.services, sources, ignore, CancelToken())
        session.scanned, session.report, session.asked = result, result.report, sources
        session.rows = overview(session.services, result.report)

    async with stage(folder, screen="credentials", fill=fill) as there:
        yield there


def tokens(count: int) -> str:
    letters = string.ascii_letters + string.digits
    made = ("ghp_" + "".join(random.choices(letters, k=36)) for _ in range(count))
    return "".join(f"T{number}_TOKEN={token}\n" for number, token in enumerate(made))


async def test_the_word_sends_and_the_answer_is_shown_and_remembered(
    tmp_path: Path, stand_in: StandIn
) -> None:
    async with found(tmp_path, stand_in, tokens(1)) as there:
        await there.press("a")
        await there.until(lambda: isinstance(there.app.screen, Confirm), "the question")
        assert f"1 github-token to {stand_in.host}" in there.text
        assert stand_in.connections == 0
        await there.press(*"send", "enter")
        await there.until(lambda: bool(there.session.rows[0].verification), "the answer")
        assert len(stand_in.asked) == 1
        services = there.session.services
        assert services is not None
        last = last_scan(services)
        assert last is not None
        assert [one.outcome for one in last.report.verification.values()] == [Outcome.ACTIVE]
        await there.press("i")
        await there.sees("Whether it still works")
        assert "active, says" in there.text


@pytest.mark.parametrize("keys", [("escape",), ("enter", "escape"), (*"sent", "enter", "escape")])
async def test_anything_else_sends_nothing(
    tmp_path: Path, stand_in: StandIn, keys: tuple[str, ...]
) -> None:
    async with found(tmp_path, stand_in, tokens(1)) as there:
        await there.press("a")
        await there.until(lambda: isinstance(there.app.screen, Confirm), "the question")
        await there.press(*keys)
        assert there.app.screen.NAME == "credentials"
        assert stand_in.connections == 0 and there.session.rows[0].verification is None


async def test_marked_ones_are_asked_about_together(tmp_path: Path, stand_in: StandIn) -> None:
    async with found(tmp_path, stand_in, tokens(3)) as there:
        await there.press("space", "j", "space", "a")
        await there.until(lambda: isinstance(there.app.screen, Confirm), "the question")
        assert f"2 github-token to {stand_in.host}" in there.text
        await there.press(*"send", "enter")
        await there.until(lambda: sum(bool(r.verification) for r in there.session.rows) == 2)
        assert len(stand_in.asked) == 2


@pytest.mark.parametrize(
    ("text", "mode", "why"),
    [
        ("DB_PASSWORD=kV7qTz2mWx9Lp\n", "", "no check is known"),
        (tokens(1), "read_only", "Read-only"),
        (tokens(1), "demo", "made up"),
    ],
    # Values are made up anew in each process that runs tests.
    ids=["no check", "read only", "demo"],
)
async def test_where_nobody_is_asked_it_says_why(
    tmp_path: Path, stand_in: StandIn, text: str, mode: str, why: str
) -> None:
    async with found(tmp_path, stand_in, text) as there:
        if mode:
            setattr(there.app, mode, True if mode == "read_only" else "demo")
        said: list[str] = []
        there.app.say = lambda words, *_: said.append(words)  # type: ignore[method-assign]
        await there.press("a")
        await there.until(lambda: any(why in words for words in said), why)
        assert stand_in.connections == 0
