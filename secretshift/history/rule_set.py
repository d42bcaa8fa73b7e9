"""What decides whether something is a credential, as one text that changes when it does."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent.parent
_OURS: Final = ("catalogue", "detection", "history", "model", "shapes", "sources")
_ENGINES: Final = ("secretshift", "kingfisher-secret-scanner", "detect-secrets")
_ENDINGS: Final = (".py", ".toml", ".json")


def rule_set(files: Sequence[Path], *also: object) -> str:
    """A digest of the code that searches and judges, by its contents, of the versions of the
    engines, of files and folders of the user's, and of whatever else is named. "" where that
    cannot be told, which is the same as nothing."""
    try:
        engines = [version(name) for name in _ENGINES]
        told = hashlib.sha256(repr((engines, sys.version_info[:2], also)).encode())
        for path in _code():
            told.update(_entry(path.name, path.read_bytes()))
        for file in files:
            for path in _of_the_user(file):
                told.update(_entry(str(path), path.read_bytes()))
    except (OSError, PackageNotFoundError):
        return ""
    return told.hexdigest()


def _code() -> Iterator[Path]:
    for name in _OURS:
        for folder, below, files in os.walk(_PACKAGE / name):
            below.sort()
            for file in sorted(files):
                if file.endswith(_ENDINGS):
                    yield Path(folder, file)


def _of_the_user(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(one for one in path.rglob("*") if one.is_file())
    else:
        yield path


def _entry(name: str, content: bytes) -> bytes:
    head = f"{name}\0{len(content)}\0".encode("utf-8", "surrogatepass")
    return head + hashlib.sha256(content).digest()
