"""Comments that say what is no secret hold in each version that has them."""

from __future__ import annotations

import pytest

from .looks import search, setting, value
from .repositories import Change, made

WORDS = (
    "pragma: allowlist secret",
    "pragma: whitelist secret",
    "kingfisher:ignore",
    "gitleaks:allow",
    "trufflehog:ignore",
    "noqa: secret",
)


@pytest.mark.parametrize("word", WORDS)
def test_a_version_with_the_comment_tells_nothing(tmp_path, detector, word):
    always, later = value(), value()
    marked = f"  # {word}".encode()
    changes = [
        Change("refs/heads/main", (), {b"a.env": setting(always).rstrip(b"\n") + marked + b"\n"}),
        Change("refs/heads/main", (0,), {b"a.env": b"A=1\n", b"b.env": setting(later)}),
        Change("refs/heads/main", (1,), {b"b.env": setting(later).rstrip(b"\n") + marked + b"\n"}),
    ]
    places = search(made(tmp_path / "r", changes), detector).places
    assert always not in places
    (at,) = places[later]
    assert (at.path, at.in_head) == ("b.env", False), "its first version had no comment"
