"""A process that looks for credentials is held as long as there is something to judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from secretshift import wiring
from secretshift.detection.apart import DetectorApart
from secretshift.model.journeys import CancelToken, ignore
from secretshift.settings import Settings
from secretshift.workflow.scan import scan
from secretshift.workflow.services import Services, Sources


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return wiring.services(Settings(), workspace=tmp_path / "workspace", apart=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "app.env").write_text("DB_PASSWORD=kT7vq9Zw2LmX4cRb\n")
    return folder


def _running(services: Services) -> bool:
    detector = services.detector
    assert isinstance(detector, DetectorApart)
    return detector._process is not None


def test_it_ends_with_the_scan_and_comes_back_for_the_next(
    services: Services, folder: Path
) -> None:
    sources = Sources(paths=(str(folder),))

    first = scan(services, sources, ignore, CancelToken())
    assert not _running(services)
    (folder / "app.env").write_text("# moved\nDB_PASSWORD=kT7vq9Zw2LmX4cRb\n")
    second = scan(services, sources, ignore, CancelToken())

    assert [one.credential for one in first.report.findings] == [
        one.credential for one in second.report.findings
    ]
    assert len(first.report.findings) == 1
    assert not _running(services)


def test_a_scan_that_was_stopped_ends_it_too(services: Services, folder: Path) -> None:
    services.detector.text("a.env", "")
    assert _running(services)
    cancel = CancelToken()
    cancel.cancel()

    assert scan(services, Sources(paths=(str(folder),)), ignore, cancel).interrupted
    assert not _running(services)
