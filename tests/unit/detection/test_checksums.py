"""Tokens whose checksum is wrong were never given out, and are said to be doubtful."""

from __future__ import annotations

import zlib

import pytest

from secretshift.detection import Detector
from secretshift.detection.checksums import base62, is_wrong
from secretshift.model.findings import Confidence

PUBLISHED = "zQWBuTSOoRi4A9spHcVY" + "5ncnsDkxkJ" + "0mLq17"
"""Of a token that its owner withdrew and then published to show how the checksum is made."""
BODY = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5"


def token(prefix: str, right: bool) -> str:
    check = base62(zlib.crc32(BODY.encode()))
    return f"{prefix}_{BODY}{check if right else check[::-1]}"


def test_the_published_token_fits() -> None:
    assert not is_wrong("gh" + "p_" + PUBLISHED)
    assert is_wrong("gh" + "p_" + PUBLISHED.swapcase())


@pytest.mark.parametrize("prefix", ["ghp", "gho", "ghu", "ghs", "ghr"])
def test_a_wrong_checksum_makes_a_token_doubtful(detector: Detector, prefix: str) -> None:
    (right,) = detector.text("app.py", f'x = "{token(prefix, True)}"\n')
    (wrong,) = detector.text("app.py", f'x = "{token(prefix, False)}"\n')
    assert right.confidence is Confidence.HIGH
    assert wrong.confidence is Confidence.LOW
    assert "checksum" in wrong.reasons[-1]


@pytest.mark.parametrize(
    "text", ["", "ghp_short", "gh" + "p_" + "a" * 40, "glp" + "at-" + "a" * 20]
)
def test_other_texts_have_no_wrong_checksum(text: str) -> None:
    assert not is_wrong(text)
