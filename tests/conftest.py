"""What is done once for all tests, and in which order they run."""

from __future__ import annotations

import gc
import os
import sys
from functools import cache
from types import FunctionType
from weakref import WeakKeyDictionary

import botocore.hooks
import botocore.session
import pytest
from botocore.loaders import create_loader

from tests import compiled_rules
from tests.order import dealt

sys.dont_write_bytecode = False
"""Whatever the environment says: each process would prepare the asserts of every test anew, which
takes longer than to find the tests."""


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        compiled_rules.compile_once()
    read_models_once()
    name_events_once()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        items[:] = [items[place] for place in dealt([item.nodeid for item in items], workers)]


def pytest_collection_finish() -> None:
    """What was imported and collected stays, and is not looked through again for circles that
    nobody reaches: an application in a test makes so many objects that this took a fifth of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def read_models_once() -> None:
    """The SDK reads some megabytes of JSON anew for each session, and tests open thousands. Within
    a session all clients share what was read, so sessions may share it too."""
    botocore.session.create_loader = cache(create_loader)


def name_events_once() -> None:
    """Each session of the SDK works out anew what its hundreds of events are called, and which of
    the same functions may be called for them: two thirds of what opening it takes."""
    make, look = botocore.hooks.EventAliaser.__init__, botocore.hooks.accepts_kwargs
    names: dict[str, str] = {}
    taking: WeakKeyDictionary[FunctionType, str | None] = WeakKeyDictionary()

    def made(self: botocore.hooks.EventAliaser, emitter: object, aliases: object = None) -> None:
        make(self, emitter, aliases)
        if self._event_aliases == botocore.hooks.EVENT_ALIASES:
            self._alias_name_cache = names

    def looked(called: object) -> str | None:
        function = getattr(called, "__func__", called)
        if not isinstance(function, FunctionType):
            return look(called)
        if function not in taking:
            taking[function] = look(called)
        return taking[function]

    botocore.hooks.EventAliaser.__init__ = made
    botocore.hooks.accepts_kwargs = looked
