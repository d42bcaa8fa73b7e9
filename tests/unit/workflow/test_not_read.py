"""What a scan cannot read is said when it happens, and stands in the report once."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
