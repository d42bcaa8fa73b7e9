from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.unit.resolver.harness import LayerNode, layer_python


@pytest.fixture(scope="session")
def python_layer() -> ModuleType:
    return layer_python()


@pytest.fixture(scope="session")
def node_layer() -> Iterator[LayerNode]:
    node = LayerNode()
    yield node
    node.close()
