"""kingfisher's own rules, once in a process."""

from __future__ import annotations

import threading

import kingfisher_sdk
import pytest

from secretshift import builtin_rules
from secretshift.detection.engines.kingfisher import Kingfisher
from secretshift.model.errors import Unavailable


@pytest.fixture
def nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtin_rules, "_loaded", [])


def test_all_who_ask_get_the_same(nothing_loaded: None) -> None:
    builtin_rules.begin()
    found: list[builtin_rules.BuiltInRules] = []
    asking = [
        threading.Thread(target=lambda: found.append(builtin_rules.built_in())) for _ in range(4)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert len(found) == 4
    assert len({id(one.scanner) for one in found}) == 1


def test_what_went_wrong_ahead_is_told_to_whoever_needs_them(
    nothing_loaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> kingfisher_sdk.Rules:
        raise OSError("no cache")

    with monkeypatch.context() as patch:
        patch.setattr(kingfisher_sdk, "Rules", broken)
        builtin_rules.begin()
        with pytest.raises(Unavailable):
            Kingfisher(None).load()
    Kingfisher(None).load()
