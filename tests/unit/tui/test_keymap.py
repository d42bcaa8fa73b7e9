"""One table of keys: no key with two meanings, none that never arrives, every screen from it."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from secretshift.cli.interface import SCREENS as OFFERED
from secretshift.model.errors import UsageProblem
from secretshift.tui.app import SecretshiftApp
from secretshift.tui.keymap import FORBIDDEN, KEYS, SCREENS, Keymap, bindings
from secretshift.tui.screens.base import SCREEN_KEYS, BaseScreen

DOCUMENT = Path(__file__).parents[3] / "docs/reference/keys.md"


def screen_class(name: str) -> type[BaseScreen]:
    module = importlib.import_module(f"secretshift.tui.screens.{name}")
    return getattr(module, f"{name.capitalize()}Screen")


def test_no_key_has_two_meanings():
    Keymap().check()
    every = [key for entry in KEYS.values() for key in entry.keys]
    assert len(every) == len(set(every))


def test_no_key_is_one_that_terminals_take_or_never_send():
    assert not FORBIDDEN & {key for entry in KEYS.values() for key in entry.keys}


def test_no_chord_is_the_only_way_to_anything():
    for entry in KEYS.values():
        plain = [key for key in entry.keys if not key.startswith(("ctrl+", "shift+"))]
        assert plain or entry.id in ("interrupt", "redraw", "suspend", "former-pane"), entry.id


def test_only_capitals_act_on_a_run():
    acting = {
        key for entry in KEYS.values() if entry.group == "act in a cloud" for key in entry.keys
    }
    assert acting == {"R", "S", "U"}


@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_is_there_and_its_footer_comes_from_the_table(name):
    screen = screen_class(name)
    assert name == screen.NAME
    for action in screen.FOOTER:
        assert action in KEYS
    methods = {
        m for m in dir(screen) if m.startswith("action_") and m not in dir(BaseScreen.__mro__[1])
    }
    known = {f"action_{KEYS[action].action}" for action in KEYS}
    assert methods <= known | {"action_back"}, "an action without a key in the table"


def test_the_bindings_of_screens_and_program_are_those_of_the_table():
    assert {b.id for b in bindings(*SCREEN_KEYS)} == set(SCREEN_KEYS)
    for binding in (*BaseScreen.BINDINGS, *SecretshiftApp.BINDINGS):
        assert tuple(binding.key.split(",")) == KEYS[binding.id].keys
        assert binding.action == KEYS[binding.id].action


def test_the_screens_that_the_command_offers_are_those_that_there_are():
    assert set(OFFERED) == set(SCREENS)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"decide": "p"}, "decide and plan"),
        ({"plan": "ctrl+b"}, "plan cannot have this key"),
        ({"plan": ""}, "plan cannot have this key"),
        ({"plann": "m"}, "no action plann"),
    ],
)
def test_a_clash_and_a_key_that_never_arrives_are_errors_that_name_the_action(changed, said):
    with pytest.raises(UsageProblem) as caught:
        Keymap(changed).check()
    assert said in f"{caught.value.what} {caught.value.hint}"


def test_two_actions_may_swap_their_keys():
    Keymap({"decide": "p", "plan": "d"}).check()


def test_the_documentation_of_the_keys_is_made_from_the_table():
    from secretshift.tui.keydoc import page

    assert DOCUMENT.read_text(encoding="utf-8") == page()
