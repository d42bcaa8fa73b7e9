"""Detectors in detect-secrets' format are asked as detect-secrets asks them, and fail loudly."""

from __future__ import annotations

from pathlib import Path

import pytest

from secretshift.catalogue import load
from secretshift.detection import Detector
from secretshift.detection.engines.detect_secrets import DetectSecrets
from secretshift.model.secret_value import SecretValue

TOKEN = "acme_" + "deploy_" + "x9k2mq7vl4s1"


def filled(text: str, part: str) -> str:
    return text.replace("{}", part)


HEAD = """import re
from detect_secrets.core.potential_secret import PotentialSecret
from detect_secrets.plugins.base import BasePlugin, RegexBasedDetector
FORM = re.compile(r"acme_deploy_[a-z0-9]{12}")
"""
BY_FORM = HEAD + "class A(RegexBasedDetector):\n    secret_type = 'Acme'\n    denylist = ({},)\n"
BY_STRING = (
    HEAD
    + """class A(BasePlugin):
    secret_type = 'Acme'
    def analyze_string(self, string):
        {}
        yield from FORM.findall(string)
"""
)
BY_LINE = (
    HEAD
    + """class A(BasePlugin):
    secret_type = 'Acme'
    def analyze_string(self, string):
        raise NotImplementedError
    def verify(self, secret):
        raise AssertionError('a scan asks nobody')
    def analyze_line(self, filename, line, line_number=0, **rest):
        if (filename, line_number) != ('a.env', 2):
            return set()
        return {PotentialSecret('Acme', filename, one, line_number) for one in FORM.findall(line)}
"""
)
BY_LINE_ABOVE = (
    HEAD
    + """class A(RegexBasedDetector):
    secret_type = 'Acme'
    denylist = (FORM,)
    def verify(self, secret):
        raise AssertionError('a scan asks nobody')
    def analyze_line(self, filename, line, **rest):
        return super().analyze_line(filename=filename, line=line, **rest)
"""
)


def made(folder: Path, text: str) -> DetectSecrets:
    (folder / "own.py").write_text(text)
    return DetectSecrets([folder / "own.py"])


def found(own: DetectSecrets, text: str) -> list[str]:
    """As a file's text is looked at: every line of which the detectors are to be asked."""
    lines = sorted({text.count("\n", 0, at) for at in own.custom_lines(text)})
    parts = [line.removesuffix("\r") for line in text.split("\n")]
    return [hit.text for at in lines for hit in own.custom(parts[at], "a.env", at + 1)]


@pytest.mark.parametrize(
    "form",
    [
        "FORM",
        're.compile(r"^RELEASE=(acme_deploy_[a-z0-9]{12})$")',
        're.compile(r"\\ARELEASE=(acme_deploy_[a-z0-9]{12})\\Z")',
        're.compile(r"=\\s*(acme_deploy_[a-z0-9]{12})(?![^\\n])")',
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_expression_is_tried_on_every_line(tmp_path: Path, form: str, end: str) -> None:
    own = made(tmp_path, filled(BY_FORM, form))
    text = f"A=1{end}RELEASE={TOKEN}{end}B=2{end}"
    assert own.problems == ()
    assert found(own, text) == [TOKEN]


def test_what_begins_behind_a_match_over_several_lines_is_found(tmp_path: Path) -> None:
    own = made(tmp_path, filled(BY_FORM, r're.compile(r"(?:key:\s*)?(acme_deploy_[a-z0-9]{12})")'))
    assert found(own, f"key:\n{TOKEN}\n{TOKEN}\n") == [TOKEN, TOKEN]


@pytest.mark.parametrize("text", [filled(BY_STRING, "pass"), BY_LINE, BY_LINE_ABOVE])
def test_one_without_an_expression_is_asked_of_every_line(tmp_path: Path, text: str) -> None:
    own = made(tmp_path, text)
    assert own.problems == ()
    assert found(own, f"A=1\nRELEASE={TOKEN}\n") == [TOKEN]


@pytest.mark.parametrize("failure", ["raise ValueError(string)", "raise SystemExit(0)"])
def test_one_that_fails_on_a_line_is_asked_of_the_others(tmp_path: Path, failure: str) -> None:
    own = made(tmp_path, filled(BY_STRING, f"if 'odd' in string: {failure}"))
    assert found(own, f"odd {TOKEN}\nRELEASE={TOKEN}\nodd\n") == [TOKEN]
    (problem,) = own.problems
    assert problem.plugin == "A" and problem.ran
    assert "failed 2 times, first on line 1 of a.env" in problem.reason
    assert TOKEN not in problem.reason


def test_one_that_fails_once_says_on_which_line_of_which_file(tmp_path: Path) -> None:
    own = made(tmp_path, filled(BY_STRING, "if 'odd' in string: raise ValueError(string)"))
    found(own, f"A=1\nodd {TOKEN}\n")
    (problem,) = own.problems
    assert problem.reason == "failed on line 2 of a.env and passed it over: ValueError"


def test_one_that_fails_on_a_variable_names_it(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(filled(BY_STRING, "raise ValueError(string)"))
    detector = Detector(load(), plugin_paths=[tmp_path / "own.py"])
    detector.environment({"RELEASE": SecretValue(TOKEN)})
    (problem,) = detector.problems
    assert problem.reason == "failed on the variable RELEASE and passed it over: ValueError"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("class A(:", "SyntaxError"),
        ("raise ValueError('x')", "ValueError"),
        ("import sys; sys.exit(0)", "SystemExit"),
        (filled(BY_FORM, "'acme_deploy'"), "compiled expressions"),
        (filled(BY_STRING, "pass") + "    def __init__(self, more): pass\n", "TypeError"),
        ("x = 1\n", "holds no detector"),
    ],
)
def test_one_that_cannot_find_anything_is_named(tmp_path: Path, text: str, why: str) -> None:
    (problem,) = made(tmp_path, text).problems
    assert problem.plugin == str(tmp_path / "own.py")
    assert why in problem.reason


def test_a_folder_without_a_detector_is_named(tmp_path: Path) -> None:
    (tmp_path / "_shared.py").write_text("x = 1\n")
    (tmp_path / "notes.txt").write_text("x\n")
    (problem,) = DetectSecrets([tmp_path]).problems
    assert problem.plugin == str(tmp_path) and not problem.ran
    assert "no file of a detector" in problem.reason
