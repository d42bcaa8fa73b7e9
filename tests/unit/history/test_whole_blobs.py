"""What is judged once more where many values stand in one file."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.detection import Detector
from secretshift.history.whole_blobs import WholeBlobs

from .repositories import Change, git, made, packed

MANY = 400


class Counting:
    """A detector that counts the letters that it judges as a text."""

    def __init__(self, detector: Detector) -> None:
        self._detector, self.letters = detector, 0

    def text(self, path: str, text: str):
        self.letters += len(text)
        return self._detector.text(path, text)


def crowded(rng: random.Random, values: int, between: int) -> tuple[bytes, dict[str, bytes]]:
    """A file, and by value its line; between: lines of something else at most before each."""
    lines: list[str] = []
    where = {}
    for number in range(values):
        lines += [f"colour_{rng.randint(0, 99)} = blue" for _ in range(rng.randint(0, between))]
        secret = f"{rng.getrandbits(64):016x}Q"
        lines.append(f"DB_PASSWORD_{number} = {secret}")
        where[secret] = lines[-1].encode()
    return "\n".join(lines).encode() + b"\n", where


def asked(
    folder: Path, detector: Detector, content: bytes, where: dict[str, bytes], *, ahead: bool
) -> tuple[dict[str, tuple[str, int, bytes] | None], int]:
    """What is told of each value, and how many letters were judged for it. ahead: whether it is
    known from the begin what will be asked."""
    blob = bytes.fromhex(git(folder, "rev-parse", "HEAD:app.env").decode().strip())
    counting = Counting(detector)
    known = {blob: [(line,) for line in where.values()]} if ahead else {}
    told = {}
    with WholeBlobs(folder, counting, 1 << 24, known) as whole:  # type: ignore[arg-type]
        for secret, line in where.items():
            whole.begin()
            found = whole.verdict(blob, b"app.env", secret, (line,))
            told[secret] = found and (found[0].kind, found[1], found[2])
    assert content.count(b"\n") >= len(where)
    return told, counting.letters


def test_what_stands_close_together_is_judged_at_once(tmp_path, detector):
    content, where = crowded(random.Random(7), MANY, 1)
    folder = made(tmp_path / "r", [Change("refs/heads/main", (), {b"app.env": content})])
    packed(folder)
    told, letters = asked(folder, detector, content, where, ahead=True)
    lines = content.split(b"\n")
    assert all(
        one is not None and lines[one[1] - 1] == one[2] == where[secret]
        for secret, one in told.items()
    )
    assert letters < 3 * len(content)


@settings(max_examples=6, deadline=None, derandomize=True)
@given(st.integers(0, 1 << 32))
def test_the_same_is_told_as_of_each_by_itself(tmp_path_factory, detector, seed):
    rng = random.Random(seed)
    content, where = crowded(rng, rng.randint(20, 80), rng.choice((0, 3, 30)))
    tmp_path = tmp_path_factory.mktemp("crowded")
    folder = made(tmp_path / "r", [Change("refs/heads/main", (), {b"app.env": content})])
    apart, _letters = asked(folder, detector, content, where, ahead=False)
    together, _letters = asked(folder, detector, content, where, ahead=True)
    assert together == apart
