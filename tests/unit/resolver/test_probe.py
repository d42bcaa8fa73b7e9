"""The probe handlers, called as Lambda would call them."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secretshift.resolver.packing import ProbeFamily, probe_zip
from tests.unit.resolver.harness import node_interpreters

CALL_PYTHON = """\
import json, sys
sys.path.insert(0, sys.argv[1])
import probe
print(json.dumps(probe.handler(json.load(sys.stdin), None)))
"""
CALL_NODE = """\
require(process.argv[1] + '/probe.js')
  .handler(JSON.parse(require('fs').readFileSync(0, 'utf8')))
  .then((answer) => console.log(JSON.stringify(answer)));
"""
FAMILIES: tuple[ProbeFamily, ...] = ("python", "nodejs")


def ask(family: ProbeFamily, folder: Path, event: Any, env: dict[str, str]) -> tuple[Any, str]:
    with zipfile.ZipFile(io.BytesIO(probe_zip(family)[0])) as archive:
        archive.extractall(folder)
    python = [sys.executable, "-c", CALL_PYTHON, str(folder)]
    node = [node_interpreters()[0], "-e", CALL_NODE, str(folder)]
    done = subprocess.run(
        python if family == "python" else node,
        input=json.dumps(event),
        env={"PATH": "/usr/bin", **env},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout), done.stdout + done.stderr


def check(name: str, value: str, key: bytes = b"key") -> dict[str, str]:
    digest = hmac.new(key, value.encode(), hashlib.sha256).hexdigest()
    return {"name": name, "key": key.hex(), "expect": digest}


@pytest.mark.parametrize("family", FAMILIES)
def test_match_mismatch_and_missing(family: ProbeFamily, tmp_path: Path) -> None:
    value = "canary é'\n\n😀"
    checks = [check("A", value), check("B", "other"), check("C", value), check("D", "")]
    answer, written = ask(family, tmp_path, {"checks": checks}, {"A": value, "B": value, "D": ""})
    assert answer == {
        "secretshift_probe": 1,
        "results": {"A": "match", "B": "mismatch", "C": "missing", "D": "match"},
    }
    assert "canary" not in written
    assert not any(entry["expect"] in written for entry in checks)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    "event",
    [
        None,
        {},
        {"checks": 5},
        {"checks": [5]},
        {"checks": [{"name": "A"}]},
        {"checks": [{"name": "A", "key": "zz", "expect": "00"}]},
        {"checks": [{"name": 5, "key": "00", "expect": "00"}]},
    ],
)
def test_a_question_that_is_none_is_not_answered_with_a_result(
    family: ProbeFamily, tmp_path: Path, event: Any
) -> None:
    answer, _ = ask(family, tmp_path, event, {"A": "x"})
    assert answer == {"secretshift_probe": 1, "error": "BadRequest"}


@pytest.mark.parametrize("family", FAMILIES)
def test_any_value(family: ProbeFamily, tmp_path: Path) -> None:
    text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))

    @given(values=st.lists(text, max_size=30), key=st.binary(min_size=1, max_size=100))
    @settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def matches(values: list[str], key: bytes) -> None:
        env = {f"V{index}": value for index, value in enumerate(values)}
        checks = [check(name, value, key) for name, value in env.items()]
        answer, _ = ask(family, tmp_path, {"checks": checks}, env)
        assert set(answer["results"].values()) <= {"match"}

    matches()
