"""kingfisher's rules, where only the places are asked for."""

from __future__ import annotations

import re

import kingfisher_sdk
import pytest

from secretshift import catalogue
from secretshift.detection.detector import Detector
from secretshift.detection.engines.kingfisher import _OF_WORDS, Kingfisher, counts
from secretshift.detection.engines.pieces import hurried
from secretshift.detection.sweep import Sweep, Why


@pytest.fixture(scope="module")
def rules() -> kingfisher_sdk.Rules:
    return kingfisher_sdk.Rules()


def test_what_is_loaded_for_words_is_loaded_by_a_text_that_a_rule_weighs(rules) -> None:
    """One that no rule took for a key would load nothing."""
    text = _OF_WORDS.decode()
    weighed = [
        one["id"]
        for one in rules.metadata()
        if "alibaba" in one["id"]
        and re.search(str(rules.detail(one["id"])["pattern"]), text) is not None
    ]
    assert weighed
    scanner = kingfisher_sdk.Scanner(rules, base64=False)
    assert not [one for one in scanner.scan(_OF_WORDS) if one.visible]


def test_no_rule_that_counts_asks_for_the_word_that_is_taken_away(rules) -> None:
    """Of another version of the rules one may."""
    asking = [
        one["id"]
        for one in rules.metadata()
        if one["visible"]
        and counts(one["id"])
        and "storage" in str(rules.detail(one["id"]).get("pattern")).lower()
    ]
    assert asking == []


def test_a_token_is_pointed_at_beside_names_of_storage_accounts_and_within_the_word() -> None:
    token = "glpat-" + "x7Kq2mVd9RbTzLs4WcYh"
    names = "azure_storage_account_name = Storage Account Name: STORAGE_ACCOUNT_NAME\n" * 3
    data = f"{names}storage: {token}\n{names}".encode()
    for hurry in (True, False):
        assert list(Kingfisher(None).points(data, hurry=hurry)) == [data.index(token.encode())]


@pytest.mark.parametrize(
    ("text", "slow"),
    [
        (b"x = storage_account_name", True),
        (b"The Storage\n  Account", True),
        (b"azure storage name", True),
        (b"storage = 1; account = 2", False),
    ],
)
def test_the_first_pass_says_where_it_is_needed(text: bytes, slow: bool) -> None:
    asked: list[bool] = []

    class Rules(Detector):
        def format_points(self, data: bytes, *, hurry: bool = True):
            asked.append(hurry)
            return iter(())

    points = list(Sweep(Rules(catalogue.load())).points(text))
    assert asked == [slow]
    assert all(why is not Why.SLOW for _point, why in points)


def test_what_is_taken_away_moves_nothing() -> None:
    data = b"Storage storage STORAGE torage \xff storag"
    assert len(hurried(data)) == len(data)
    assert b"torage" not in hurried(data).lower()
