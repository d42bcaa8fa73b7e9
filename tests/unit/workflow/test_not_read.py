"""What a scan cannot read is said when it happens, and stands in the report once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from secretshift.catalogue import load
from secretshift.detection import Detector
from secretshift.detection.apart import DetectorApart
from secretshift.detection.named_places import MOST
from secretshift.model.findings import SourceError
from secretshift.model.journeys import CancelToken, Looking, NotRead
from secretshift.settings import Settings
from secretshift.wiring import services
from secretshift.workflow.scan import scan
from secretshift.workflow.services import Sources

LOCKED = SourceError("unreadable", "locked.env", "It cannot be opened", "Allow reading it")


@dataclass
class Tree:
    """A folder of one file that cannot be opened, met twice."""

    counts = {"files": 0}  # noqa: RUF012
    total = 0
    not_searched = ()

    def files(self, _cancel):
        yield LOCKED
        yield LOCKED


def test_a_file_that_cannot_be_read_is_said_before_the_end(tmp_path):
    made = services(Settings(), workspace=tmp_path / "workspace")
    made = replace(made, open_source=lambda _path, _exclude, _include: Tree())
    heard = []
    result = scan(made, Sources(paths=(str(tmp_path),)), heard.append, CancelToken())
    assert result.report.errors == (LOCKED,)
    assert [type(event) for event in heard] == [NotRead, Looking]
    assert heard[0].error == LOCKED


@pytest.mark.parametrize("apart", [False, True])
def test_what_was_left_out_of_a_file_is_said_as_well(tmp_path, apart):
    folder = tmp_path / "dump"
    folder.mkdir()
    rows = (f"db{n}.password=Summer{n}x!\n" for n in range(MOST + 1))
    (folder / "a.properties").write_text("".join(rows))
    detector = DetectorApart() if apart else Detector(load())
    made = replace(services(Settings(), workspace=tmp_path / "workspace"), detector=detector)
    result = scan(made, Sources(paths=(str(folder),)), lambda _event: None, CancelToken())
    (left,) = result.report.errors
    assert (left.code, left.source) == ("too-many", str(folder / "a.properties"))
    assert len(result.report.findings) == MOST
    if apart:
        detector.close()
