"""A fresh embedded cloud for each test, forked from a process that has imported the most of it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from .clouds import forked_aws
from .killing import Killing
from .world import World


@pytest.fixture(scope="session")
def killing() -> Iterator[Killing]:
    made = Killing()
    yield made
    made.close()


@pytest.fixture
def world(tmp_path, monkeypatch):
    for name in [key for key in os.environ if key.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with forked_aws() as aws:
        for name, value in aws.environment.items():
            monkeypatch.setenv(name, value)
        yield World(aws, tmp_path)
