"""kingfisher's rules, where only the places are asked for."""

from __future__ import annotations

import kingfisher_sdk
import pytest

from secretshift.detection.engines.kingfisher import Kingfisher, counts
from secretshift.detection.engines.pieces import hurried


@pytest.fixture(scope="module")
def rules() -> kingfisher_sdk.Rules:
    return kingfisher_sdk.Rules()


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
    assert list(Kingfisher(None).points(data)) == [data.index(token.encode())]


def test_what_is_taken_away_moves_nothing() -> None:
    data = b"Storage storage STORAGE torage \xff storag"
    assert len(hurried(data)) == len(data)
    assert b"torage" not in hurried(data).lower()
