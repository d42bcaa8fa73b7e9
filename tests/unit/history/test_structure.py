"""How the entries of a pack hang together, read natively and in Python."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from secretshift.history import packs
from secretshift.history.native import built
from secretshift.history.packs import Damaged, Pack, Unsupported

from .repositories import git
from .test_same_as_whole import build


def read(index: Path, width: int, patch: pytest.MonkeyPatch, *, natively: bool) -> object:
    if not natively:
        patch.setattr(packs, "built", lambda: None)
    try:
        return Pack(index, width).structure
    except (Damaged, Unsupported) as problem:
        return type(problem)
    finally:
        patch.undo()


@pytest.mark.parametrize("seed", range(12))
def test_both_ways_read_the_same(tmp_path, monkeypatch, seed):
    if built() is None:
        pytest.skip("NOTHING IS TESTED HERE: the native part is not built")
    rng = random.Random(seed)
    repository = build(tmp_path, rng)
    width = 32 if git(repository, "rev-parse", "--show-object-format") == b"sha256\n" else 20
    for index in sorted((repository / "objects" / "pack").glob("*.idx")):
        natively = read(index, width, monkeypatch, natively=True)
        assert natively == read(index, width, monkeypatch, natively=False)
        if natively is not Unsupported:
            check_damaged(index, width, monkeypatch, rng)


def check_damaged(index: Path, width: int, patch: pytest.MonkeyPatch, rng: random.Random) -> None:
    """Heads of entries that say anything."""
    pack = index.with_suffix(".pack")
    whole = pack.read_bytes()
    offsets = Pack(index, width).structure.offsets
    pack.chmod(0o600)
    for _ in range(30):
        wrong = bytearray(whole)
        for _ in range(rng.randint(1, 3)):
            wrong[rng.choice(offsets) + rng.randint(0, 3)] = rng.randint(0, 255)
        pack.write_bytes(wrong)
        assert read(index, width, patch, natively=True) == read(index, width, patch, natively=False)
    pack.write_bytes(whole)
