"""What a delta inserts, compared with what comes of it when it is applied."""

from __future__ import annotations

from itertools import pairwise

from dulwich.pack import apply_delta, create_delta
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.history.deltas import Malformed, inserted, sizes, windows

LINES = st.lists(
    st.one_of(
        st.binary(max_size=30),
        st.sampled_from([b"a = 1", b"b = 2", b"# the same line again", b"", b"x" * 500]),
    ).map(lambda line: line.replace(b"\n", b"") + b"\n"),
    max_size=40,
)
BOUNDED = settings(max_examples=60, deadline=None)


@st.composite
def deltas(draw) -> tuple[bytes, bytes]:
    """A base and instructions that fit to it, copies in any order included."""
    base = b"".join(draw(LINES)) + b"end"
    parts: list[bytes] = []
    size = 0
    for _ in range(draw(st.integers(1, 12))):
        if draw(st.booleans()):
            start = draw(st.integers(0, len(base) - 1))
            length = draw(st.integers(1, len(base) - start))
            parts.append(copy(start, length))
        else:
            new = draw(st.binary(min_size=1, max_size=127))
            length = len(new)
            parts.append(bytes([length]) + new)
        size += length
    return base, number(len(base)) + number(size) + b"".join(parts)


def number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def copy(start: int, size: int) -> bytes:
    code, parts = 0x80, bytearray()
    for bit, byte in enumerate(start.to_bytes(4, "little")):
        if byte:
            code |= 1 << bit
            parts.append(byte)
    if size != 0x10000:
        for bit, byte in enumerate(size.to_bytes(3, "little")):
            if byte:
                code |= 0x10 << bit
                parts.append(byte)
    return bytes([code]) + bytes(parts)


def check(base: bytes, delta: bytes, near: int) -> None:
    result = b"".join(apply_delta(base, delta))
    assert sizes(delta)[:2] == (len(base), len(result))
    spans = inserted(delta, near)
    assert spans == sorted(spans)
    assert all(0 <= start <= end <= len(result) for start, end in spans)
    # What lies between two spans stands in the base in one piece.
    at = 0
    for start, end in [*spans, (len(result), len(result))]:
        assert start >= at
        assert result[at:start] in base
        at = end


@BOUNDED
@given(deltas(), st.sampled_from([0, 1, 20, 160]))
def test_what_is_not_inserted_is_copied_in_one_piece(made, near):
    check(*made, near)


@BOUNDED
@given(LINES, LINES, st.integers(0, 40))
def test_the_deltas_of_another_program(before, new, at):
    base = b"".join(before)
    target = b"".join([*before[:at], *new, *before[at + 1 :]])
    check(base, b"".join(create_delta(base, target)), 0)


def test_a_copy_of_64_kib_and_one_from_behind_16_mib():
    base = bytes(range(256)) * 70_000
    far = 17_000_000
    delta = number(len(base)) + number(2 * 0x10000) + copy(3, 0x10000) + copy(far, 0x10000)
    assert len(copy(3, 0x10000)) == 2
    assert inserted(delta, 0) == [(0, 0), (0x10000, 0x10000), (0x20000, 0x20000)]
    assert b"".join(apply_delta(base, delta)) == base[3:0x10003] + base[far : far + 0x10000]


@BOUNDED
@given(st.binary(max_size=60), st.integers(0, 12))
def test_whatever_the_bytes_are_they_are_taken_or_refused(data, cut):
    for delta in (data, number(5) + number(9) + data, data[:cut]):
        try:
            spans = inserted(delta)
        except Malformed:
            continue
        assert all(0 <= start <= end for start, end in spans)


def test_an_instruction_that_is_cut_off_is_refused():
    delta = number(100) + number(50) + b"\xff\x01"
    for wrong in (delta, number(100), b"", number(100) + number(50) + b"\x00", b"\xff" * 12):
        try:
            inserted(wrong)
        except Malformed:
            continue
        raise AssertionError(wrong)


@BOUNDED
@given(
    LINES,
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 60)), max_size=6),
    st.sampled_from([0, 80, 700]),
    st.sampled_from([400, 1500]),
)
def test_windows_hold_their_spans_and_whole_lines(lines, wanted, before, far):
    content = b"".join(lines)
    size = len(content)
    spans = sorted((min(at, size), min(at + length, size)) for at, length in wanted)
    found = windows(content, spans, before=before, far=far)
    assert found == sorted(found)
    for (_, end), (start, _) in pairwise(found):
        assert end < start
    for begin, end in found:
        assert 0 <= begin < end <= size
        starts_line = begin == 0 or content[begin - 1 : begin] == b"\n"
        ends_line = end == size or content[end : end + 1] == b"\n"
        assert starts_line or any(begin == start - far for start, _ in spans)
        # No value is cut in two: from there on it holds nothing that ends one.
        assert ends_line or any(
            stop + far <= end and not set(content[stop + far : end]) & set(b" \t\r\n")
            for _, stop in spans
        )
    for start, stop in spans:
        if start == stop and (start == size or not content):
            continue
        assert any(begin <= start and stop <= end for begin, end in found), (start, stop, found)
