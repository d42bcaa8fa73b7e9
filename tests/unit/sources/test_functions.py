"""Function environments as a source: every failure is said, and a stop is a stop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from secretshift.model.errors import (
    Interrupted,
    LoginExpired,
    Refused,
    SecretshiftError,
    Unavailable,
)
from secretshift.model.findings import SourceError
from secretshift.model.functions import LATEST, FunctionRef, FunctionSnapshot, Place
from secretshift.model.journeys import CancelToken
from secretshift.model.ports import Region
from secretshift.model.secret_value import SecretValue
from secretshift.sources.functions import read_place

PLACE = Place("aws", "123456789012", "eu-central-1")


def snapshot(name: str, version: str = LATEST, error: str = "") -> FunctionSnapshot:
    return FunctionSnapshot(
        ref=FunctionRef(PLACE, name, f"arn:{name}"),
        version=version,
        runtime="python3.12",
        package_type="Zip",
        architectures=("arm64",),
        role="role",
        environment=None if error else {"A": SecretValue("v")},
        environment_error=error,
    )


class Inventory:
    """What the cloud answers: snapshots in order, or an error in place of one."""

    place = PLACE

    def __init__(self, pages: list[FunctionSnapshot | SecretshiftError]) -> None:
        self.pages = pages
        self.published: dict[str, tuple[FunctionSnapshot, ...] | SecretshiftError] = {}

    def functions(self) -> Iterator[FunctionSnapshot]:
        for item in self.pages:
            if isinstance(item, SecretshiftError):
                raise item
            yield item

    def versions(self, ref: FunctionRef) -> tuple[FunctionSnapshot, ...]:
        answer = self.published.get(ref.name, ())
        if isinstance(answer, SecretshiftError):
            raise answer
        return answer


def told(inventory: Inventory, cancel: CancelToken | None = None) -> list[str]:
    region = cast(Region, SimpleNamespace(place=PLACE, functions=inventory))
    return [
        f"{item.code} {item.source}"
        if isinstance(item, SourceError)
        else f"{item.ref.name}:{item.version}"
        for item in read_place(region, cancel or CancelToken())
    ]


def test_latest_and_then_its_versions() -> None:
    inventory = Inventory([snapshot("a"), snapshot("b")])
    inventory.published["a"] = (snapshot("a", "1"), snapshot("a", "2"))
    assert told(inventory) == ["a:$LATEST", "a:1", "a:2", "b:$LATEST"]


def test_an_environment_that_was_not_decrypted_is_an_error() -> None:
    inventory = Inventory([snapshot("a", error="AccessDeniedException"), snapshot("b")])
    inventory.published["b"] = (snapshot("b", "7", error="X"), snapshot("b", "8"))
    assert told(inventory) == [
        "environment-unreadable eu-central-1/a",
        "b:$LATEST",
        "environment-unreadable eu-central-1/b:7",
        "b:8",
    ]
    odd = Inventory([replace(snapshot("c"), environment=None)])
    assert told(odd) == ["environment-unreadable eu-central-1/c"]


def test_versions_that_cannot_be_listed_stop_nothing_else() -> None:
    inventory = Inventory([snapshot("a"), snapshot("b")])
    inventory.published["a"] = Refused("no", code="access-denied")
    assert told(inventory) == ["a:$LATEST", "access-denied eu-central-1/a", "b:$LATEST"]


def test_a_page_that_fails_is_the_last_thing_said() -> None:
    inventory = Inventory([snapshot("a"), Unavailable("later"), snapshot("b")])
    assert told(inventory) == ["a:$LATEST", "unavailable aws 123456789012 eu-central-1"]


def test_an_expired_login_is_said_once() -> None:
    inventory = Inventory([snapshot("a"), snapshot("b")])
    inventory.published = {"a": LoginExpired("log in"), "b": LoginExpired("log in")}
    assert told(inventory) == ["a:$LATEST", "login-expired aws 123456789012 eu-central-1"]


def test_a_wish_to_stop_is_no_source_error() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Interrupted):
        told(Inventory([snapshot("a")]), cancel)
    inventory = Inventory([snapshot("a")])
    inventory.published["a"] = Interrupted("stop")
    with pytest.raises(Interrupted):
        told(inventory)


def test_a_defect_is_not_hidden() -> None:
    inventory = Inventory([snapshot("a")])
    inventory.versions = cast(Any, lambda _ref: 1 // 0)  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        told(inventory)
