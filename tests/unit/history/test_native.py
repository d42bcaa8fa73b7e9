"""What the native part reads of git, it reads as Python does."""

from __future__ import annotations

import random

import pytest
from dulwich.pack import create_delta
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.history import commits, packs
from secretshift.history.commits import CommitLog, TooManyPaths
from secretshift.history.native import built
from secretshift.history.packs import Damaged, Pack

from .test_deltas import copy, deltas, number

pytestmark = pytest.mark.skipif(
    built() is None, reason="NOTHING IS TESTED HERE: the native part is not built"
)
NAMES = st.binary(min_size=2, max_size=3).map(lambda name: name.hex().encode())
MODES = st.sampled_from((b"100644", b"000000", b"160000", b"120000", b"1", b""))
PATHS = st.sampled_from((b"a", b"b/c", b"\xff\xfe", b"\n", b":a b", b"", b"\x01x"))


@st.composite
def entries(draw: st.DrawFn) -> bytes:
    parents = draw(st.integers(1, 3))
    modes = [draw(MODES) for _ in range(parents + 1)]
    names = [draw(NAMES) for _ in range(parents + 1)]
    return b":" * parents + b" ".join((*modes, *names, b"M"))


HEADERS = st.builds(
    lambda names, time, author: b"\x01" + b" ".join(names) + b"\x02" + time + b"\x02" + author,
    st.lists(NAMES, min_size=1, max_size=3),
    st.sampled_from((b"1700000000", b"-5", b"never", b"")),
    st.sampled_from((b"Ann", b"", b"\xff", b"a" * 300)),
)
ENTRIES = st.builds(
    lambda lines, entry, path: b"\n" * lines + entry + b"\0" + path,
    st.integers(0, 2),
    entries(),
    PATHS,
)
ODD = st.sampled_from(
    (b"", b"\n", b":", b"::1 2", b"x", b":1 2 3 zz M\0p", b"\x01", b":a b c abc M\0q")
)
LOGS = st.tuples(HEADERS, st.lists(st.one_of(HEADERS, ENTRIES, ENTRIES, ENTRIES))).map(
    lambda parts: [parts[0], *parts[1]]
)


def read(chunks: list[bytes], *, natively: bool) -> object:
    met: list[bytes] = []
    log = CommitLog(met.append)
    try:
        if natively:
            log.read(chunks)
        else:
            log._read_tokens(commits.tokens(chunks))
    except ValueError as problem:
        return type(problem) is TooManyPaths
    return log.plain(), met


@settings(max_examples=400, deadline=None)
@given(LOGS, st.lists(ODD, max_size=1), st.integers(1, 60), st.booleans())
def test_the_log_is_read_the_same_both_ways(parts, odd, size, ended) -> None:
    at = len(parts) // 2 + 1
    said = b"\0".join((*parts[:at], *odd, *parts[at:])) + b"\0" * ended
    chunks = [said[begin : begin + size] for begin in range(0, len(said), size)]
    assert read(chunks, natively=True) == read(chunks, natively=False)


def test_too_many_paths_are_told_natively_too(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = b":100644 100644 aaaa bbbb M\0"
    said = b"\x01aa \x021\x02A\0" + b"".join(entry + b"p%d\0" % number for number in range(9))
    monkeypatch.setattr(commits, "MOST_PATHS", 9)
    CommitLog().read([said])
    monkeypatch.setattr(commits, "MOST_PATHS", 8)
    with pytest.raises(TooManyPaths):
        CommitLog().read([said])
    monkeypatch.setattr(commits, "MOST_PATHS", 9)
    monkeypatch.setattr(commits, "MOST_PATH_BYTES", 17)
    with pytest.raises(TooManyPaths):
        CommitLog().read([said])


def applied(base: bytes, delta: bytes, *, natively: bool) -> bytes | None:
    with pytest.MonkeyPatch.context() as patch:
        if not natively:
            patch.setattr(packs, "built", lambda: None)
        try:
            return Pack.applied(None, base, delta)  # type: ignore[arg-type]
        except Damaged:
            return None


@given(deltas(), st.integers(-2, 2), st.data())
def test_a_delta_makes_the_same_both_ways(made, other, data) -> None:
    base, delta = made[0], made[1]
    wrong = bytearray(delta)
    if data.draw(st.booleans()) and wrong:
        wrong[data.draw(st.integers(0, len(wrong) - 1))] = data.draw(st.integers(0, 255))
    base = base + b"x" * other if other > 0 else base[: len(base) + other]
    natively = applied(base, bytes(wrong), natively=True)
    assert natively == applied(base, bytes(wrong), natively=False)


@pytest.mark.parametrize("seed", range(5))
def test_what_git_would_write_is_applied(seed: int) -> None:
    rng = random.Random(seed)
    old = b"".join(b"line %d\n" % rng.randint(0, 99) for _ in range(300))
    new = old[:700] + b"another\n" + old[900:] + rng.randbytes(70_000)
    delta = b"".join(create_delta(old, new))
    assert applied(old, delta, natively=True) == new
    assert applied(old + b"x", delta, natively=True) is None
    assert applied(old, delta[:-1], natively=True) is None
    assert applied(old, delta + b"\0", natively=True) is None


@pytest.mark.parametrize(("start", "size"), [(95, 6), (100, 1), (1 << 31, 5), (0, 0x10000)])
def test_what_is_not_in_the_base_is_not_copied(start: int, size: int) -> None:
    base = b"x" * 100
    delta = number(100) + number(size) + copy(start, size)
    assert applied(base, delta, natively=True) is None
    assert applied(base, delta, natively=False) is None


def test_a_delta_that_makes_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = b"x" * 100, b"x" * 3000
    delta = b"".join(create_delta(old, new))
    assert applied(old, delta, natively=True) == new
    monkeypatch.setattr(packs, "MOST_BYTES", 2999)
    assert applied(old, delta, natively=True) is None
    assert applied(old, delta, natively=False) is None


@given(st.lists(st.integers(0, 1 << 40), max_size=30))
def test_offsets_are_ordered_the_same_both_ways(offsets: list[int]) -> None:
    natively = packs._in_order(offsets)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packs, "built", lambda: None)
        assert natively == packs._in_order(offsets)
