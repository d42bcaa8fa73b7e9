"""A scan does not go on without the detectors that it was told to take."""

from __future__ import annotations

from pathlib import Path

import pytest

from secretshift.model.errors import UsageProblem
from secretshift.model.journeys import CancelToken, ignore
from secretshift.settings.load import load
from secretshift.wiring import services
from secretshift.workflow.scan import scan
from secretshift.workflow.services import Sources


def test_an_empty_folder_of_detectors_stops_a_scan(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "a.env").write_text("A=1\n")
    config = tmp_path / "team.toml"
    config.write_text("[scan]\nplugins = ['own']\n")
    made = services(load(config, tmp_path), workspace=tmp_path / "workspace")
    with pytest.raises(UsageProblem) as told:
        scan(made, Sources(paths=(str(tmp_path / "a.env"),)), ignore, CancelToken())
    made.rest()
    assert told.value.resource == str(tmp_path / "own") and told.value.exit_code == 2
    assert "no file of a detector" in told.value.what
