"""How fast texts are looked at, on a tree that is at hand everywhere: the installed packages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import botocore
import pytest

from secretshift import catalogue
from secretshift.detection import Detector

_ENOUGH = 12_000_000


def _tree() -> list[tuple[str, str]]:
    root = Path(botocore.__file__).parent.parent
    texts: list[tuple[str, str]] = []
    size = 0
    for name in ("requests", "urllib3", "ministack", "pip", "boto3", "sqlalchemy", "botocore"):
        for path in sorted((root / name).rglob("*")):
            if path.suffix not in (".py", ".json", ".txt", ".md", ".toml"):
                continue
            text = path.read_text("utf-8", "replace")
            texts.append((str(path.relative_to(root)), text))
            size += len(text)
            if size > _ENOUGH:
                return texts
    return texts


@pytest.mark.bench
def test_megabytes_a_second(benchmark: Any) -> None:
    detector = Detector(catalogue.load())
    texts = _tree()
    detector.text("warm.py", "x = 1")

    def scan() -> int:
        return sum(len(detector.text(path, text)) for path, text in texts)

    benchmark.pedantic(scan, rounds=3, iterations=1)
    megabytes = sum(len(text) for _, text in texts) / 1e6
    rate = megabytes / benchmark.stats["mean"]
    benchmark.extra_info["megabytes_a_second"] = round(rate, 1)
    assert rate > 2.0
