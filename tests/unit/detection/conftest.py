from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from secretshift import catalogue
from secretshift.detection import Detector
from secretshift.model.findings import Verdict
from secretshift.model.secret_value import SecretValue


def _beside(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        f"detection_{name}", Path(__file__).with_name(f"{name}.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def tables() -> ModuleType:
    return _beside("tables")


@pytest.fixture(scope="session")
def functions() -> ModuleType:
    return _beside("functions")


@pytest.fixture(scope="session")
def file_table() -> ModuleType:
    return _beside("file_table")


@pytest.fixture(scope="session")
def detector() -> Detector:
    return Detector(catalogue.load())


@pytest.fixture(scope="session")
def bare_detector() -> Detector:
    return Detector(_beside("book").EmptyBook())


@pytest.fixture(scope="session")
def judged(detector: Detector) -> Callable[..., tuple[Verdict, ...]]:
    def run(**variables: str) -> tuple[Verdict, ...]:
        return detector.environment({n: SecretValue(v) for n, v in variables.items()})

    return run
