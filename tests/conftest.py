"""What is done once before all tests."""

from __future__ import annotations

import pytest

from tests import compiled_rules


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        compiled_rules.compile_once()
