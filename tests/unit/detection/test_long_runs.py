# ruff: noqa: E501 - one table
"""No value made of one thing over and over holds a judge up, whatever its length and its end.

An expression that can divide a run in many ways tries them all where the end does not fit. A hang is
seen by the time that each test has, which is thousands of times what it takes.
"""

from __future__ import annotations

import pytest

from secretshift.detection import Detector
from secretshift.model.secret_value import SecretValue

UNITS = (
    "x", "0", "A", "*", ".", "-", "_", "é", "xA0", "aB1+", "x-", "x.", "x_", "x ", "x/", "/x", "x,", "x|", "x=", "x: ",
    "x=x&", "x=x;", "x@", ":x", "%41", "\\x41", "\\u0041", "(x)", "[x]", "{x}", "<x>", "${x}", "{{x}}", "%(x)s", "xxx-",
    "XXXX.", "00-", "1.", "0x", "://", "http://x/", "a://b:", "x@x.", "--x ", "key=", "password=", "your-", "user:pass@",
    "-----BEGIN ", "eyJ", "AKIA", "\"x\": ", "'x',", "((", "[[", "{{",
)  # fmt: skip
ENDS = ("", "0", "!", "\u00e9", "=", "'", "@", "x y", "\u2028")
LENGTHS = (40, 120, 158, 260, 1990)
NAMES = ("DB_PASSWORD", "API_TOKEN", "DATABASE_URL", "GREETING")


def _values(unit: str) -> list[str]:
    return [unit * (length // len(unit)) + end for length in LENGTHS for end in ENDS]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", UNITS)
def test_a_variable_of_a_long_run_is_judged(detector: Detector, unit: str) -> None:
    for value in _values(unit):
        detector.environment({name: SecretValue(value) for name in NAMES})


@pytest.mark.timeout(60)
@pytest.mark.parametrize("path", ["settings.py", "values.yaml"])
@pytest.mark.parametrize("unit", UNITS)
def test_a_line_with_a_long_run_is_judged(detector: Detector, unit: str, path: str) -> None:
    for value in _values(unit):
        quoted = value.replace('"', "")
        lines = (f'password = "{quoted}"', f"password: {value}", f'login("ann", "{quoted}")')
        detector.text(path, "\n".join(lines))
