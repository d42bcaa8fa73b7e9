"""Streams of zlib, with and without what unpacks them quickest."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from secretshift.history import inflate


@pytest.fixture(params=["quickest", "zlib"], scope="module")
def unpacking(request):
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "zlib":
            # As on a machine for which there is nothing quicker.
            patch.setattr(inflate, "decompressobj", zlib.decompressobj)
        else:
            pytest.importorskip("isal")
        yield inflate


@given(content=st.binary(max_size=3000), behind=st.binary(max_size=40))
def test_the_content_comes_back_whatever_stands_behind(unpacking, content, behind) -> None:
    packed = memoryview(zlib.compress(content) + behind)
    assert unpacking.inflated(packed, len(content)) == content


def test_no_more_than_one_byte_over_what_was_announced_is_unpacked(unpacking) -> None:
    packed = memoryview(zlib.compress(bytes(10_000_000)))
    assert len(unpacking.inflated(packed, 10)) == 11


@example(content=b"\x00\xd0\x00\x00\x02\xa5\xb4\xcfh\x05<\xb6\xf7", at=4253, bit=0)
@given(content=st.binary(min_size=1, max_size=3000), at=st.integers(0), bit=st.integers(0, 7))
def test_damage_never_gives_the_announced_bytes_unnoticed(unpacking, content, at, bit) -> None:
    packed = bytearray(zlib.compress(content))
    packed[at % len(packed)] ^= 1 << bit
    try:
        found = unpacking.inflated(memoryview(packed), len(content))
    except unpacking.BrokenStream:
        return
    # Some bits of the header say nothing about the content.
    assert found == content or len(found) != len(content)


def test_half_a_stream_gives_less_than_announced(unpacking) -> None:
    packed = memoryview(zlib.compress(b"abcdefgh" * 400))
    assert len(unpacking.inflated(packed[: len(packed) // 2], 3200)) < 3200
