"""The rules are run where their expressions match alone, and find there what they find anywhere."""

from __future__ import annotations

import contextlib
import random
import re
import string
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from re import _parser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.builtin_rules import built_in
from secretshift.detection.engines import first_look, kingfisher
from secretshift.detection.engines.first_look import BEFORE, BEHIND
from secretshift.detection.engines.kingfisher import Kingfisher, counts

pytestmark = pytest.mark.filterwarnings("ignore:Possible nested set:FutureWarning")
FILLER = "def something(é):\n    return [line for line in 'of no use']\n" * 40


@cache
def expressions() -> list[str]:
    """Of all rules that count, as far as Python knows what they are written in."""
    rules = built_in().rules
    wanted = [str(one["id"]) for one in rules.metadata() if counts(str(one["id"]))]
    found = []
    for rule in wanted:
        expression = str(rules.detail(rule)["pattern"])
        with contextlib.suppress(re.error), warnings.catch_warnings(action="ignore"):
            re.compile(expression)
            found.append(expression)
    return found


def matching(rng: random.Random, expression: str) -> str:
    """What it matches, as random as it lets it be."""
    return "".join(_letters(rng, _parser.parse(expression)))


def _letters(rng: random.Random, parts: Any) -> Iterator[str]:
    for kind, about in parts:
        match str(kind):
            case "LITERAL":
                yield chr(about)
            case "NOT_LITERAL" | "ANY":
                yield "x"
            case "IN":
                yield _one_of(rng, about)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, inner = about
                for _ in range(rng.randint(least, min(int(most), least + 24))):
                    yield from _letters(rng, inner)
            case "SUBPATTERN":
                yield from _letters(rng, about[3])
            case "BRANCH":
                yield from _letters(rng, rng.choice(about[1]))
            case "AT":
                pass
            case _:
                raise NotImplementedError(kind)


def _one_of(rng: random.Random, about: Any) -> str:
    letters = string.ascii_letters + string.digits + "-_./+='\" \n"
    inside = re.compile("[" + "".join(map(_written, about)) + "]")
    return rng.choice([letter for letter in letters if inside.match(letter)] or ["~"])


def _written(one: Any) -> str:
    kind, about = str(one[0]), one[1]
    if kind == "NEGATE":
        return "^"
    if kind == "RANGE":
        return f"{re.escape(chr(about[0]))}-{re.escape(chr(about[1]))}"
    if kind == "CATEGORY":
        name = str(about).removeprefix("CATEGORY_")
        letter = {"DIGIT": "d", "WORD": "w", "SPACE": "s"}[name.removeprefix("NOT_")]
        return "\\" + (letter.upper() if name.startswith("NOT_") else letter)
    return re.escape(chr(about))


@pytest.fixture(scope="module")
def engine() -> Kingfisher:
    engine = Kingfisher(None)
    engine.load()
    assert engine._first_look is not None
    return engine


@pytest.fixture(scope="module")
def plain() -> Kingfisher:
    """Which runs the rules on everything."""
    engine = Kingfisher(None)
    engine.load()
    engine._first_look = None
    return engine


def points(engine: Kingfisher, text: str) -> list[int]:
    return sorted(engine.points(text.encode("utf-8", "surrogatepass")))


def test_what_each_rule_matches_is_looked_at(engine, plain):
    rng = random.Random(3)
    found = 0
    for expression in expressions():
        text = f"{FILLER}x = '{matching(rng, expression)}'\n{FILLER}"
        assert points(engine, text) == points(plain, text), expression[:60]
        assert list(engine.matches(text)) == list(plain.matches(text)), expression[:60]
        found += bool(points(plain, text))
    assert found > 250


@given(seed=st.integers(0, 2**32))
@settings(max_examples=150)
def test_edited_matches(engine, plain, seed):
    rng = random.Random(seed)
    text = f"{rng.choice(['', 'key: ', '='])}{matching(rng, rng.choice(expressions()))}"
    for _ in range(rng.randint(1, 3)):
        at = rng.randint(0, len(text))
        new = rng.choice(
            ["é", "ſ", "\u212a", "\n", " ", "\0", "\\", "'", "日本", "", text[at : at + 9]]
        )
        text = text[:at] + new + text[at + rng.randint(0, 2) :]
    text = f"{FILLER}{text}\n"
    assert points(engine, text) == points(plain, text)
    assert list(engine.matches(text)) == list(plain.matches(text))


def test_many_matches_at_once_at_both_ends_and_far_apart(engine, plain):
    rng = random.Random(5)

    def token() -> str:
        letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        return "gh" + "p_" + "".join(rng.choice(letters) for _ in range(36))

    far = "of no use\n" * ((BEFORE + BEHIND) // 5)
    text = f"{token()}\n{far}{token()} {token()}\n{far}{token()}"
    assert len(points(plain, text)) == 4
    assert points(engine, text) == points(plain, text)
    spans = engine._first_look.spans(text.encode())
    assert len(spans) == 3
    assert sum(end - begin for begin, end in spans) < len(text) * 0.9


@pytest.mark.parametrize("length", [40, 3000, 9000])
def test_a_long_token_is_looked_at_from_its_begin(engine, plain, length):
    rng = random.Random(length)
    body = "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(length))
    text = f"{FILLER}x = 'ey{body[:30]}.ey{body}.{body[-43:]}'\n{FILLER}"
    assert points(engine, text) == points(plain, text) != []


def test_a_match_that_goes_on_and_on_is_looked_at_now_and_then(engine, plain, monkeypatch):
    begins: list[int] = []
    begin_of = first_look._begin_of_token

    def noted(data: bytes, at: int) -> int:
        begins.append(at)
        return begin_of(data, at)

    monkeypatch.setattr(first_look, "_begin_of_token", noted)
    rng = random.Random(9)
    body = "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(300))
    text = "ops_" + "eyJ" + body * 400 + "\n"
    spans = engine._first_look.spans(text.encode())
    assert spans == [(0, len(text))]
    assert len(begins) < len(text) // 500 + 2
    assert points(engine, text) == points(plain, text)


def test_where_there_is_no_hyperscan_the_rules_are_run_on_everything(monkeypatch, plain):
    monkeypatch.setitem(sys.modules, "hyperscan", None)
    engine = Kingfisher(None)
    text = "x = 'sk" + "_live_" + "4eC39HqLyjWDarjtT1zdp7dc" + "'\n"
    assert points(engine, text) == points(plain, text) != []
    assert engine._first_look is None


def test_rules_that_could_match_nothing_are_not_loaded(engine, monkeypatch):
    def unwanted() -> object:
        raise AssertionError("the rules were loaded")

    # Whichever they are is kept from the first time.
    monkeypatch.setattr(kingfisher, "built_in", unwanted)
    ours = Kingfisher(None)
    assert list(ours.matches(FILLER)) == []
    assert list(ours.points(FILLER.encode())) == []
    with pytest.raises(AssertionError, match="were loaded"):
        list(ours.matches("x = 'sk" + "_live_" + "4eC39HqLyjWDarjtT1zdp7dc" + "'"))


@pytest.mark.parametrize("what", ["another version", "another rule of ours"])
def test_what_is_kept_of_other_rules_is_not_used(monkeypatch, tmp_path, what):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with monkeypatch.context() as patch:
        if what == "another version":
            patch.setattr("importlib.metadata.version", lambda _name: "0.0.1")
        else:
            patch.setattr(kingfisher, "_OURS", frozenset(["github"]))
        patch.setattr(kingfisher, "_expressions", lambda: ["abc"])
        other = Kingfisher(None)
        assert other._spans(b"x abc x", make=True) == [(0, 7)]
        assert other._spans(b"x", make=True) == []
        patch.setattr(kingfisher, "_expressions", lambda: ["x"])
        # The same again: as kept.
        assert Kingfisher(None)._spans(b"x", make=True) == []
    monkeypatch.setattr(kingfisher, "_expressions", lambda: ["x"])
    assert Kingfisher(None)._spans(b"x", make=True) == [(0, 1)]


def test_for_a_few_texts_none_is_made(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(kingfisher, "_expressions", lambda: ["abc"])
    engine = Kingfisher(None)
    assert engine._spans(b"x", make=False) == [(0, 1)]
    assert list(tmp_path.rglob("*.hs")) == []
    assert engine._spans(b"x", make=True) == []
    assert engine._spans(b"x", make=False) == []
    assert Kingfisher(None)._spans(b"x", make=False) == []


def test_several_threads_at_once(engine):
    token = "gh" + "p_" + "A1b2" * 9
    text = FILLER * 20 + f"x = '{token}'\n" + FILLER * 20
    expected = list(engine.matches(text))
    with ThreadPoolExecutor(8) as pool:
        assert all(
            found == expected for found in pool.map(lambda _: list(engine.matches(text)), range(64))
        )
