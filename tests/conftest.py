"""What is done once for all tests."""

from __future__ import annotations

from functools import cache

import botocore.session
import pytest
from botocore.loaders import create_loader

from tests import compiled_rules


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        compiled_rules.compile_once()
    read_models_once()


def read_models_once() -> None:
    """The SDK reads some megabytes of JSON anew for each session, and tests open thousands. Within
    a session all clients share what was read, so sessions may share it too."""
    botocore.session.create_loader = cache(create_loader)
