from __future__ import annotations

import pytest

from secretshift import catalogue
from secretshift.detection import Detector


@pytest.fixture(scope="session")
def detector() -> Detector:
    return Detector(catalogue.load())


@pytest.fixture(autouse=True)
def no_repository_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook that runs the tests says by its environment which repository it is of."""
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
