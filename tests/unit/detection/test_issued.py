"""Tokens that tell by their form who gave them out are found under any name, amid any text."""

from __future__ import annotations

import base64
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift import catalogue
from secretshift.detection import Detector
from secretshift.detection.engines.issuers_look import IssuersLook
from secretshift.detection.grammars import issued
from secretshift.detection.grammars.issued_forms import BEGINNINGS, MARKS
from secretshift.detection.sweep import Sweep
from secretshift.model.findings import Confidence
from secretshift.model.secret_value import SecretValue

from .issued import made

_LOOK = IssuersLook()


def _bot(chance: random.Random) -> str:
    number = "".join(chance.choices("123456789", k=18))
    first = base64.b64encode(number.encode()).decode().rstrip("=")
    return f"{first}.{made('[A-Za-z0-9]{6}', chance)}.{made('[A-Za-z0-9_-]{38}', chance)}"


_OTHERS = {
    "mailgun": "[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}",
    "firebase": r"AAAA[A-Za-z0-9_-]{7}:APA91b\w{134}",
    "telegram": r"[1-9]\d{9}:AA[A-Za-z0-9_-]{33}",
}


def _token(which: str, seed: int) -> str:
    chance = random.Random(seed)
    if which in BEGINNINGS:
        return which + made(BEGINNINGS[which].behind, chance)
    if which in MARKS:
        around = MARKS[which]
        return made(around.before, chance) + which + made(around.behind, chance)
    return _bot(chance) if which == "discord" else made(_OTHERS[which], chance)


_SAMPLES = {which: _token(which, 11) for which in (*BEGINNINGS, *MARKS, *_OTHERS, "discord")}


@pytest.mark.parametrize("which", _SAMPLES)
def test_each_is_found_amid_a_sentence_and_in_a_literal(which: str, detector: Detector) -> None:
    token = _SAMPLES[which]
    for path, text, level in (
        ("notes.md", f"it said {token} to me\n", Confidence.MEDIUM),
        ("app/main.py", f'x = "{token}"\n', Confidence.HIGH),
    ):
        found = [one for one in detector.text(path, text) if one.secret.reveal() == token]
        assert found, (path, which)
        if which != "sk_test_":  # of a trial account, as it says
            assert found[0].confidence is level


@pytest.mark.parametrize("which", _SAMPLES)
def test_each_is_found_in_a_variable_of_any_name(which: str, detector: Detector) -> None:
    found = detector.environment({"X": SecretValue(_SAMPLES[which])})
    assert [one.secret.reveal() for one in found] == [_SAMPLES[which]]


@pytest.mark.parametrize("which", _SAMPLES)
def test_the_native_pass_points_at_each(which: str, detector: Detector) -> None:
    text = f"\nit said {_SAMPLES[which]} to me\n"
    assert any(1 <= point < len(text) - 1 for point, _ in Sweep(detector).points(text.encode()))


@settings(deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(sorted(_SAMPLES)), st.text(max_size=200), st.text())
def test_what_is_a_token_is_never_passed_over_by_the_quick_look(
    seed: int, which: str, before: str, behind: str
) -> None:
    text = f"{before} {_token(which, seed)} {behind}"
    if any(True for _ in issued.tokens(text)):
        assert _LOOK.may_hold(text)


@pytest.mark.parametrize("which", BEGINNINGS)
def test_amid_a_longer_word_it_is_none(which: str) -> None:
    token = _SAMPLES[which]
    starts = [one.start for one in issued.tokens(f"x{token} _{token} /{token}")]
    assert not [at for at in starts if at in (1, len(token) + 3, 2 * len(token) + 5)]


@pytest.mark.parametrize("which", [*BEGINNINGS, *MARKS])
def test_what_stands_for_one_in_a_document_is_none(which: str) -> None:
    token = _SAMPLES[which]
    filled = "".join("x" if sign.isalnum() else sign for sign in token.removeprefix(which))
    text = which + filled if token.startswith(which) else "x" * 80 + which + "x" * 40
    assert not list(issued.tokens(f" {text} "))


def test_each_kind_is_one_of_the_catalogue() -> None:
    book = catalogue.load()
    known = {kind.id for kind in book.kinds}
    told = {form.kind for form in BEGINNINGS.values()} | {mark.kind for mark in MARKS.values()}
    assert told - {""} <= known
    unsaid = [one for one, form in BEGINNINGS.items() if not form.kind]
    assert [one for one in unsaid if book.by_prefix(_SAMPLES[one]) is None] == []
