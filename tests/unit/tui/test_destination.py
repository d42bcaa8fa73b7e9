"""The sheet for a secret's name and shape."""

from __future__ import annotations

import pytest

from secretshift.tui.gate import Safe, gate
from secretshift.tui.overlays.destination import Destination, Wish
from secretshift.workflow.plan import check_name

from ..reports.conftest import HOSTILE
from .stage import LARGE, SMALL, stage

ASKED = Safe("Stripe secret key #7f3a91")
STORE = Safe("AWS Secrets Manager in eu-central-1 of 111122223333")


async def ask(there, answers, **options):
    there.app.push_sheet(Destination(ASKED, STORE, check_name, **options), answers.append)
    await there.pilot.pause()


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 15)])
async def test_store_name_and_shape_are_there_at_every_size(tmp_path, size):
    async with stage(tmp_path, size=size) as there:
        answers = []
        await ask(there, answers, proposed=Safe("shop/stripe"), siblings=[Safe("Database user")])
        for word in ("eu-central-1", "shop/stripe", "as proposed", "plain text", "JSON", "Cancel"):
            assert word in there.text
        assert "with Database user" in there.text
        await there.press(*"prod/stripe", "enter")
        assert answers == [Wish("prod/stripe")]


async def test_a_name_that_the_store_does_not_take_is_said_while_one_types(tmp_path):
    async with stage(tmp_path) as there:
        answers = []
        await ask(there, answers)
        await there.press(*"two words")
        assert there.app.screen.query_one("#go").disabled
        said = check_name("two words")
        assert said and said[:30] in there.text
        await there.press("enter")
        assert answers == []
        for _ in range(6):
            await there.press("backspace")
        assert not there.app.screen.query_one("#go").disabled
        await there.press("enter")
        assert answers == [Wish("two")]


async def test_nothing_typed_is_what_the_plan_proposes(tmp_path):
    async with stage(tmp_path) as there:
        answers = []
        await ask(there, answers, proposed=Safe("shop/stripe"))
        await there.press("enter")
        assert answers == [Wish()]


@pytest.mark.parametrize(("down", "shape"), [(0, ""), (1, "plain"), (2, "json")])
async def test_the_shape_is_chosen_with_the_arrows(tmp_path, down, shape):
    async with stage(tmp_path) as there:
        answers = []
        await ask(there, answers)
        await there.press("tab", *["down"] * down, "enter")
        assert answers == [Wish("", shape)]


async def test_the_former_wish_stands_in_the_fields(tmp_path):
    async with stage(tmp_path) as there:
        answers = []
        await ask(there, answers, before=Wish("mine", "json"))
        assert there.app.screen.wish == Wish("mine", "json")
        await there.press("enter")
        assert answers == [Wish("mine", "json")]


@pytest.mark.parametrize("keys", [["escape"], ["x", "escape"], ["tab", "tab", "enter"]])
async def test_escape_and_cancel_change_nothing(tmp_path, keys):
    async with stage(tmp_path) as there:
        answers = []
        await ask(there, answers)
        await there.press(*keys)
        assert answers == [None] and there.app.screen.NAME == "start"


async def test_resizing_keeps_what_is_typed(tmp_path):
    async with stage(tmp_path) as there:
        await ask(there, [])
        await there.press(*"prod/str")
        for size in (LARGE, (60, 15), SMALL):
            await there.pilot.resize_terminal(*size)
            await there.pilot.pause()
        await there.press(*"ipe")
        assert there.app.screen.wish.name == "prod/stripe"


async def test_hostile_names_are_text(tmp_path):
    async with stage(tmp_path) as there:
        bad = gate(HOSTILE * 20)
        there.app.push_sheet(
            Destination(bad, bad, check_name, proposed=bad, siblings=[bad] * 9), lambda _w: None
        )
        await there.pilot.pause()
        assert {c for c in there.text if not c.isprintable()} <= {"\n"}
        assert "[red]" in there.text
