"""Keys that come faster than they are answered."""

from __future__ import annotations

import itertools
import time

import pytest
from textual import events

from secretshift.tui.overlays.decide import Decide

from .samples import SCANNED, credential_rows, report
from .stage import LARGE, stage

ROWS = {row.title: row for row in credential_rows()}


def filled(session):
    session.report = session.listed = report(credential_rows())
    session.rows, session.scanned_at = credential_rows(), SCANNED


def at_once(there, *keys: str) -> None:
    """All of them are in the queue before the first is answered."""
    names = {"/": "slash", "*": "asterisk", " ": "space", "-": "minus", "_": "underscore"}
    for key in keys:
        character = key if len(key) == 1 else {"enter": "\r", "escape": "\x1b"}.get(key)
        there.app.post_message(events.Key(names.get(key, key), character))


async def test_letters_behind_the_slash_are_the_filter_and_those_behind_enter_are_keys(tmp_path):
    async with stage(tmp_path, screen="credentials", size=LARGE, fill=filled) as there:
        planned = []
        there.app.acts.plan = lambda ids=None: planned.append(ids)
        at_once(there, "/", *"password", "enter", "*", "d")
        await there.until(lambda: isinstance(there.app.screen, Decide), "the sheet")
        wanted = [row for title, row in ROWS.items() if "password" in title]
        also = {ROWS["Database user"].credential.id} & there.session.marks
        assert there.session.marks - also == {row.credential.id for row in wanted}
        assert planned == []
        await there.press("escape")
        assert there.app.screen.filter_line.value == "password"


async def test_a_key_behind_the_one_that_opens_a_sheet_answers_nothing_in_it(tmp_path):
    """However slow the machine is: what counts is when they were pressed."""
    async with stage(tmp_path, screen="credentials", size=LARGE, fill=filled, quiet=0.3) as there:
        decided = []
        start, steps = time.monotonic(), itertools.count()
        there.app.clock = lambda: start + next(steps)
        there.app.acts.decide = lambda *a: decided.append(a)
        at_once(there, "d", "enter", "enter", "enter", " ", "p")
        await there.until(lambda: isinstance(there.app.screen, Decide), "the sheet")
        await there.pilot.pause(0.05)
        assert decided == [] and there.session.marks == set()
        assert isinstance(there.app.screen, Decide)


async def test_a_widget_that_goes_away_with_its_key_leaves_the_keyboard_alive(tmp_path):
    async with stage(tmp_path, screen="credentials", size=LARGE, fill=filled) as there:
        at_once(there, "d", "escape", "w", "escape", "2", "3", "j", " ")
        marked = {ROWS["PostgreSQL password"].credential.id}
        await there.until(lambda: there.session.marks == marked, "the mark")


@pytest.mark.parametrize("number", [1, 50])
async def test_keys_that_come_at_once_are_answered_in_their_order(tmp_path, number):
    async with stage(tmp_path, screen="credentials", size=LARGE, fill=filled) as there:
        at_once(there, *["j", "k"] * number, "j", "j", " ")
        marked = {ROWS["Database user"].credential.id}
        await there.until(lambda: there.session.marks == marked, "the mark")
