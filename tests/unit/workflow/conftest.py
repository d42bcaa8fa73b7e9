"""Journeys on a workspace and a folder of files, with everything real but the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from secretshift import catalogue
from secretshift.detection import Detector
from secretshift.model.findings import Credential, credentials_of
from secretshift.model.journeys import CancelToken, Event
from secretshift.settings import Settings
from secretshift.wiring import services
from secretshift.workflow.scan import ScanResult, scan
from secretshift.workflow.services import Services, Sources


@pytest.fixture(scope="session")
def detector() -> Detector:
    return Detector(catalogue.load())


@dataclass
class Desk:
    """One person's machine: files, a workspace, a day that can be moved on."""

    folder: Path
    workspace: Path
    detector: Detector
    now: datetime = datetime(2026, 3, 10, 12, tzinfo=UTC)
    events: list[Event] = field(default_factory=list)

    def services(self) -> Services:
        """Opened anew, as the next command of the same person does it."""
        made = services(Settings(), workspace=self.workspace)
        return replace(made, detector=self.detector, now=lambda: self.now, who=lambda: "robin")

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def scan(self) -> ScanResult:
        sources = Sources(paths=(str(self.folder),))
        return scan(self.services(), sources, self.events.append, CancelToken())

    def credential(self) -> Credential:
        """The only one that is found."""
        (found,) = credentials_of(self.scan().report.findings)
        return found

    def later(self, **more: int) -> None:
        self.now += timedelta(**more)


@pytest.fixture
def desks(tmp_path: Path, detector: Detector) -> Iterator[Callable[[str], Desk]]:
    def make(name: str) -> Desk:
        folder = tmp_path / name
        folder.mkdir()
        return Desk(folder, tmp_path / "workspace", detector)

    yield make


@pytest.fixture
def desk(desks: Callable[[str], Desk]) -> Desk:
    return desks("files")
