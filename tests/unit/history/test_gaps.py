"""What is said of versions that were not read."""

from __future__ import annotations

from pathlib import Path

from secretshift.history.gaps import gaps
from secretshift.history.objects import Facts


def test_one_version_is_one(tmp_path: Path) -> None:
    facts = Facts(tmp_path, (tmp_path,), hash_bytes=20, shallow=False, partial=False)
    limit = 5 * 1024 * 1024
    assert gaps(facts, {"binary": 1, "huge": 1}, limit) == (
        "1 version of over 5 MiB",
        "1 version that is no text",
    )
    assert gaps(facts, {"binary": 1_200, "huge": 2}, limit) == (
        "2 versions of over 5 MiB",
        "1,200 versions that are no text",
    )
