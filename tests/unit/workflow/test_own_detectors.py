"""A scan does not go on without the detectors that it was told to take."""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path

import pytest

from secretshift.model.errors import UsageProblem
from secretshift.model.findings import ScanReport
from secretshift.model.journeys import CancelToken, ignore
from secretshift.settings.load import load
from secretshift.wiring import services
from secretshift.workflow.scan import scan
from secretshift.workflow.services import Services, Sources

TOKEN = "acme_" + "deploy_" + "x9k2mq7vl4s1"
DETECTOR = """import re
from detect_secrets.plugins.base import BasePlugin
class Acme(BasePlugin):
    secret_type = "Acme"
    def analyze_string(self, string):
        yield from re.findall("acme_deploy_[a-z0-9]{12}", string)
"""


BY_FORM = """import re
from detect_secrets.plugins.base import RegexBasedDetector
class Acme(RegexBasedDetector):
    secret_type = "Acme"
    denylist = (re.compile("acme_deploy_[a-z0-9]{12}"),)
"""


@pytest.mark.parametrize("history", [False, True])
def test_one_that_goes_by_expressions_is_asked_of_a_line_of_any_length(
    tmp_path: Path, history: bool
) -> None:
    long = "x;" * 4000 + f"a={TOKEN};" + "x;" * 4000
    report = looked(tmp_path, BY_FORM, f"x = 1\n{long}\n", history=history)
    assert len(report.findings) == 1 + history
    assert [one for one in report.not_searched if "of your own" in one] == []


@pytest.mark.parametrize("history", [False, True])
def test_a_line_that_is_too_long_for_a_detector_is_told(tmp_path: Path, history: bool) -> None:
    text = "x = 1\n" + "x;" * 2001 + "\n" + "x;" * 2000 + "\n"
    report = looked(tmp_path, DETECTOR, text, history=history)
    told = [one for one in report.not_searched if "of your own" in one]
    assert told[0].startswith("1 line of more than 4,000 characters")
    assert "line 2 of a.js" in told[0]
    assert len(told) == 1 + history
    if history:
        assert str(tmp_path / "shop") in told[1] and told[1].startswith("1 line of")
    assert report.errors == ()


def looked(tmp_path: Path, detector: str, text: str, *, history: bool) -> ScanReport:
    (tmp_path / "own.py").write_text(detector)
    made, sources = opened(tmp_path, text, history=history)
    return scan(made, sources, ignore, CancelToken()).report


def opened(tmp_path: Path, text: str, *, history: bool) -> tuple[Services, Sources]:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "a.js").write_text(text)
    config = tmp_path / "team.toml"
    config.write_text("[scan]\nplugins = ['own.py']\n")
    git = ("git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b.invalid")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run([*git, *arguments], check=True)
    made = services(load(config, tmp_path), workspace=tmp_path / "workspace")
    return made, Sources(paths=(str(folder),), history=history)


GOES_ON = """from pathlib import Path
from detect_secrets.plugins.base import BasePlugin
class Acme(BasePlugin):
    secret_type = "Acme"
    def analyze_string(self, string):
        Path({began!r}).touch()
        while True:
            pass
"""


@pytest.mark.parametrize("history", [False, True])
def test_the_first_wish_to_stop_ends_a_scan_amid_a_detector_that_goes_on(
    tmp_path: Path, history: bool
) -> None:
    began, cancel = tmp_path / "began", CancelToken()
    (tmp_path / "own.py").write_text(GOES_ON.format(began=str(began)))
    made, sources = opened(tmp_path, "A=1\n", history=history)
    clock = threading.Event()
    stopped: list[float] = []

    def stop() -> None:
        while not began.exists():
            clock.wait(0.02)
        stopped.append(time.monotonic())
        cancel.cancel()

    stopping = threading.Thread(target=stop, daemon=True)
    stopping.start()
    result = scan(made, sources, ignore, cancel)
    assert time.monotonic() - stopped[0] < 5
    assert result.interrupted and result.exit_code == 130


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
