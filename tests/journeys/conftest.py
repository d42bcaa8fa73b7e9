"""A fresh embedded cloud for each test; it starts in well under a second."""

from __future__ import annotations

import os

import pytest

from secretshift.demo.embedded_aws import EmbeddedAws

from .world import World


@pytest.fixture
def world(tmp_path, monkeypatch):
    for name in [key for key in os.environ if key.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with EmbeddedAws() as aws:
        for name, value in aws.environment.items():
            monkeypatch.setenv(name, value)
        yield World(aws, tmp_path)
