"""What the memory of lines tells of a content: every line that it does not know, whole, and with
what stands above it where that may say what it is. What it must not do is to leave one out."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from dulwich.pack import create_delta
from hypothesis import example, given, settings
from hypothesis import strategies as st

from secretshift.detection.grammars.telling import LONGEST_LINE
from secretshift.history import fresh, native, seeking
from secretshift.history.deltas import FAR, NEAR
from secretshift.history.fresh import Memory, Windows
from secretshift.history.spots import _WIDE_LINES, WIDE_FAR

from .test_deltas import copy, deltas, number

NATIVE = native.built()
BOUNDED = settings(max_examples=200, deadline=None)
LONGEST, ABOVE = 4000, 9
SORTS = (3, 7)
LEANING = (
    b'  value: "x"', b"default = y", b"\t<value>z", b"<String>z", b"ParameterValue: 1",
    b'  "d7c815e2a49b6f03c1e85d2a",', b"  d7c815e2a49b6f03c1e85d2a", b"= 'abcdefghijklmnopq';",
    b"d7c815e2a49b6f03c1e85d2a  # x", b"  abcdefghijklmnopqr(x)", b'"abcdefghijklmnopqr": 1',
)  # fmt: skip
LINES = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.sampled_from([
            b"a = 1234", b"  b = 2345", b"the same line again", b"", b"}", b"x" * 500, b"y" * 4000,
            b"z" * 9000, b"name: |", b"key: >-", b"key:", b"name = ", b"a, b,", b"\t",
            b"\xff\xfe\0value", *LEANING,
        ]),
    ).map(lambda line: line.replace(b"\n", b"")),
    max_size=30,
)  # fmt: skip
CONTENTS = LINES.map(b"\n".join)


class Piece(NamedTuple):
    begin: int
    end: int
    ragged: bool
    lines: bytes


class Anew(Memory):
    """Whatever is asked of it is of another tree."""

    def pieces(self, content: bytes, delta: bytes, sorts: Sequence[int], /) -> list[Piece]:
        self.begin()
        return [Piece(*one) for one in super().pieces(content, delta, sorts)]


def memory() -> Anew:
    if NATIVE is None:
        pytest.skip("NOTHING IS TESTED HERE: the native part is not built")
    return Anew(NATIVE, 1 << 12)


def known(content: bytes, *, sorts: tuple[int, ...] = SORTS) -> Anew:
    """A memory that has met all of it."""
    met = memory()
    for piece in met.pieces(content, b"", sorts):
        met.learn(piece.lines, [])
    return met


def lines_of(content: bytes) -> list[tuple[int, int]]:
    spans, at = [], 0
    for line in content.split(b"\n"):
        spans.append((at, at + len(line)))
        at += len(line) + 1
    return spans


def matters(content: bytes, span: tuple[int, int]) -> bool:
    return len(content[span[0] : span[1]].lstrip(b" \t")) >= 4


def leans(content: bytes, span: tuple[int, int]) -> bool:
    line = content[span[0] : span[1]]
    before = content[: max(0, span[0] - 1)]
    alone = re.match(
        rb"([\"'`=:>|,([{+@ \t]*)(?:[bfruLN@][\"'`])?([\w\-.+/=~]{16,}+)(?!\()"
        rb"[ \t\r\"'`\\]*+(?![:=])",
        line,
    )
    # At most 64 blanks, quotes and ends of lines between a name and its value.
    last = before.rstrip(b" \t\r")[-65:].rstrip(b" \t\r\n\"'`")[-1:]
    return (
        (
            alone is not None
            and (
                last in (b"=", b":", b">", b"|", b"(")
                or re.search(rb"[=:>|]", alone[1]) is not None
                or (last == b"," and re.search(rb"\d", alone[2]) is not None)
            )
        )
        or re.match(rb"[ \t]*[\"'`<]?(?i:value|default|string|parametervalue)", line) is not None
        or re.search(rb"[|>][+-]?[ \t\r]*\Z", before.rpartition(b"\n")[2]) is not None
    )


def above(content: bytes, span: tuple[int, int]) -> bytes:
    """What a line may lean on."""
    lines = content[: span[0]].split(b"\n")
    return b"\n".join(lines[-ABOVE - 1 :])[-1500:]


def with_above(content: bytes, span: tuple[int, int]) -> tuple[int, int]:
    """The line, and what it leans on if it does."""
    begin, end = span
    if leans(content, span) and end - begin < LONGEST:
        begin -= len(above(content, span))
    return begin, end


def told(content: bytes, pieces: list[Piece], spans: list[tuple[int, int]]) -> set[bytes]:
    """What of these spans is within one of the pieces. The same twice is told once."""
    return {content[begin:end] for begin, end in spans if within(pieces, begin, end)}


def within(pieces: list[Piece], begin: int, end: int) -> bool:
    return any(one.begin <= begin and end <= one.end for one in pieces)


def in_order(pieces: list[Piece], content: bytes) -> bool:
    """By their ends: a line may lean on what is in the piece before."""
    ends = [one.end for one in pieces]
    return all(0 <= one.begin < one.end <= len(content) for one in pieces) and ends == sorted(ends)


@BOUNDED
@given(CONTENTS)
@example(b"name: |\n  held")
@example(b"\n\n")
@example(b"")
def test_of_what_is_new_every_line_is_told(content: bytes) -> None:
    pieces = memory().pieces(content, b"", SORTS)
    assert in_order(pieces, content)
    needed = [with_above(content, span) for span in lines_of(content) if matters(content, span)]
    met = told(content, pieces, needed)
    assert all(content[begin:end] in met for begin, end in needed)


@BOUNDED
@given(CONTENTS, CONTENTS)
def test_of_a_tree_no_line_is_told_twice_but_long_ones(one: bytes, other: bytes) -> None:
    met = memory()
    Memory.pieces(met, one, b"", SORTS)
    for _ in range(2):
        again = [Piece(*piece) for piece in Memory.pieces(met, one, b"", SORTS)]
        long = [span for span in lines_of(one) if span[1] - span[0] >= LONGEST]
        assert all(any(piece.begin <= begin < piece.end for begin, _ in long) for piece in again)
        assert all(within(again, *span) for span in long)
    # Nor does it hide what another content of the tree has.
    before = {one[begin:end] for begin, end in lines_of(one)}
    pieces = [Piece(*piece) for piece in Memory.pieces(met, other, b"", SORTS)]
    needed = [
        span
        for span in lines_of(other)
        if matters(other, span) and other[slice(*span)] not in before
    ]
    found = told(other, pieces, needed)
    assert all(other[begin:end] in found for begin, end in needed)
    # Another tree, and another sort of files, has all of it.
    first = [piece[:3] for piece in memory().pieces(one, b"", SORTS)]
    assert [piece[:3] for piece in Memory.pieces(met, one, b"", (9,))] == first
    assert [piece[:3] for piece in met.pieces(one, b"", SORTS)] == first


def test_what_an_untrue_delta_began_to_tell_is_told() -> None:
    content = b"one = 1111\ntwo = 2222\n" * 3
    whole = b"".join(create_delta(b"", content))
    met = memory()
    assert [one[:2] for one in Memory.pieces(met, content, whole[:-4], SORTS)] == [(0, 22)]


@BOUNDED
@given(CONTENTS)
def test_what_was_learnt_is_not_told_again_but_long_lines(content: bytes) -> None:
    again = known(content).pieces(content, b"", SORTS)
    long = [span for span in lines_of(content) if span[1] - span[0] >= LONGEST]
    assert all(any(one.begin <= begin and end <= one.end for one in again) for begin, end in long)
    assert all(any(one.begin <= begin < one.end for begin, _end in long) for one in again)


@BOUNDED
@given(CONTENTS)
def test_it_is_another_line_in_another_sort_of_files(content: bytes) -> None:
    anew = [one[:3] for one in memory().pieces(content, b"", SORTS)]
    assert [one[:3] for one in known(content, sorts=(3,)).pieces(content, b"", SORTS)] == anew


@BOUNDED
@given(CONTENTS, st.data())
def test_a_line_that_holds_something_is_told_each_time(content: bytes, data: st.DataObject) -> None:
    lines = [
        span for span in lines_of(content) if matters(content, span) and span[1] - span[0] < LONGEST
    ]
    if not lines:
        return
    # The same once more is not told.
    first = {content[slice(*with_above(content, span))]: span for span in reversed(lines)}
    begin, end = data.draw(st.sampled_from(list(first.values())))
    at = data.draw(st.integers(begin, end))
    met = memory()
    for _ in range(2):
        pieces = list(met.pieces(content, b"", SORTS))
        assert within(pieces, begin, end)
        for piece in pieces:
            met.learn(piece.lines, [(at, at)])


@BOUNDED
@given(CONTENTS, CONTENTS)
def test_no_line_of_a_new_version_is_left_out(old: bytes, new: bytes) -> None:
    """Neither one that the old one had not, nor one with another name above it."""
    check_delta(old, new, b"".join(create_delta(old, new)))


@BOUNDED
@given(CONTENTS, st.lists(st.tuples(st.integers(0, 30), LINES), max_size=4))
def test_no_line_of_an_edited_version_is_left_out(
    old: bytes, edits: list[tuple[int, list[bytes]]]
) -> None:
    lines = old.split(b"\n")
    for at, given_lines in edits:
        lines[at : at + len(given_lines) // 2] = given_lines
    new = b"\n".join(lines)
    check_delta(old, new, b"".join(create_delta(old, new)))


@BOUNDED
@given(deltas())
def test_nor_by_instructions_in_any_order(made: tuple[bytes, bytes]) -> None:
    from dulwich.pack import apply_delta

    base, delta = made
    check_delta(base, b"".join(apply_delta(base, delta)), delta)


def check_delta(old: bytes, new: bytes, delta: bytes) -> None:
    met = known(old)
    before = {old[begin:end] for begin, end in lines_of(old)}
    leant = {
        (above(old, span), old[span[0] : span[1]]) for span in lines_of(old) if leans(old, span)
    }
    pieces = met.pieces(new, delta, SORTS)
    assert in_order(pieces, new)
    needed = []
    for span in lines_of(new):
        line = new[span[0] : span[1]]
        if not matters(new, span) or len(line) >= LONGEST:
            continue
        if line not in before:
            needed.append(span)
        elif leans(new, span) and (above(new, span), line) not in leant:
            needed.append(with_above(new, span))
    found = told(new, pieces, needed)
    assert all(new[begin:end] in found for begin, end in needed)


@BOUNDED
@given(CONTENTS, st.binary(max_size=40))
def test_what_is_no_delta_leaves_nothing_out(content: bytes, delta: bytes) -> None:
    """All of the content is looked at, unless it happens to be one."""
    pieces = list(memory().pieces(content, delta, SORTS))
    assert in_order(pieces, content)


def test_a_delta_of_another_content_is_none() -> None:
    content = b"one = 1111\ntwo = 2222\n"
    wrong = b"".join(create_delta(content, content[:-1]))
    assert [one[:2] for one in memory().pieces(content, wrong, SORTS)] == [(0, len(content))]


def test_of_a_long_line_what_is_new_is_told_and_what_is_near() -> None:
    rng = random.Random(1)
    old = bytes(rng.choices(b"abcdefgh ", k=20_000))
    new = old[:9_000] + b" new words " + old[9_000:]
    delta = b"".join(
        [
            number(len(old)),
            number(len(new)),
            copy(0, 9_000),
            b"\x0b new words ",
            copy(9_000, 11_000),
        ]
    )
    (piece,) = known(old).pieces(new, delta, SORTS)
    assert piece.ragged
    assert piece.begin <= 9_000 - 300 and piece.end >= 9_011 + 300
    assert piece.end - piece.begin < 1_500


def test_another_name_above_makes_another_line() -> None:
    old = b"- name: COLOUR\n  type: text\n  other: no\n  value: the-very-same\n"
    new = old.replace(b"COLOUR", b"SECRET")
    pieces = known(old).pieces(new, b"".join(create_delta(old, new)), SORTS)
    assert any(one.begin == 0 and one.end >= len(new) - 1 for one in pieces)


def test_nobody_who_does_not_know_the_key_can_tell_what_is_known() -> None:
    content = b"a line of a file\n"
    first, second = known(content), memory()
    second._table[:] = first._table[:]
    assert first.pieces(content, b"", SORTS) == []
    assert len(second.pieces(content, b"", SORTS)) == 1


def test_what_another_displaces_is_told_again() -> None:
    met = Anew(memory_module(), 1)
    lines = [f"line number {number} of many\n".encode() for number in range(100_000)]
    for line in lines:
        for piece in met.pieces(line, b"", SORTS):
            met.learn(piece.lines, [])
    forgotten = sum(bool(met.pieces(line, b"", SORTS)) for line in lines)
    assert 0 < forgotten < len(lines)


def memory_module():
    memory()
    return NATIVE


@pytest.mark.parametrize("size", [0, 1, 7, 8, 24])
def test_a_table_of_another_size_is_refused(size: int) -> None:
    module = memory_module()
    with pytest.raises(ValueError, match="power of two"):
        module.fresh(b"x", b"", bytearray(size), bytearray(16), bytes(module.KEYS), 2, 3)
    with pytest.raises(ValueError, match="power of two"):
        module.fresh(b"x", b"", bytearray(16), bytearray(size), bytes(module.KEYS), 2, 3)
    with pytest.raises(ValueError, match="power of two"):
        module.learn(bytearray(size), b"", [])


@pytest.mark.parametrize("size", [0, 16, 16 * 1023, 16 * 1025])
def test_another_number_of_random_numbers_is_refused(size: int) -> None:
    module = memory_module()
    with pytest.raises(ValueError, match="random numbers"):
        module.fresh(b"x", b"", bytearray(16), bytearray(16), bytes(size), 2, 3)


@pytest.mark.parametrize("place", [0, 8, 100, 3990])
def test_lines_that_differ_in_one_byte_are_two_lines(place: int) -> None:
    met = memory()
    line = bytearray(b"s" * 3995)
    met.learn(met.pieces(bytes(line), b"", SORTS)[0].lines, [])
    assert not met.pieces(bytes(line), b"", SORTS)
    for byte in (b"t", b"\0", b"\xff"):
        other = line[:place] + byte + line[place + 1 :]
        assert met.pieces(bytes(other), b"", SORTS)
    assert met.pieces(bytes(line[:-1]), b"", SORTS)
    assert met.pieces(bytes(line + b"\0"), b"", SORTS)
    assert met.pieces(bytes(line), b"", (*SORTS, 9))


@given(st.data())
def test_letters_are_found_where_they_stand(data: st.DataObject) -> None:
    text = data.draw(st.text("aK\0\nz").map(str.encode), "text")
    word = data.draw(st.text("aK\0\nz", min_size=0, max_size=3).map(str.encode), "word")
    begin, end = data.draw(st.tuples(st.integers(0, 30), st.integers(0, 30)), "span")
    assert seeking.find(text, word, begin, end) == text.find(word, begin, end)


def test_letters_that_nearly_stand_everywhere_take_no_time() -> None:
    for text, word in ((b"K" * 2_000_000, b"K" * 1000 + b"A"), (b"aK" * 1_000_000, b"KK")):
        assert seeking.find(text, word, 0, len(text)) == -1
        assert seeking.find(text + word, word, 0, 2 * len(text)) == (text + word).find(word)


def test_without_memory_the_same_lines_are_told_by_a_delta() -> None:
    old = b"".join(b"line %d of it\n" % number for number in range(60))
    new = old.replace(b"line 30 of it", b"line 30 of them")
    pieces = Windows().pieces(new, b"".join(create_delta(old, new)), SORTS)
    assert any(b"line 30 of them" in new[one[0] : one[1]] for one in pieces)
    assert sum(one[1] - one[0] for one in pieces) < len(new)
    assert [one[:2] for one in Windows().pieces(new, b"", SORTS)] == [(0, len(new))]
    assert [one[:2] for one in Windows().pieces(new, b"\0", SORTS)] == [(0, len(new))]


def test_what_was_built_of_another_source_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    built = memory_module()
    look = native.built.__wrapped__
    assert look() is built
    monkeypatch.setattr(built, "SOURCE", "another")
    assert look() is None
    monkeypatch.setattr(fresh, "built", look)
    assert isinstance(fresh.best(5), Windows)


def test_what_stands_in_c_is_what_the_rest_goes_by() -> None:
    source = Path(fresh.__file__).with_name("_native.c").read_text()
    told = {name: int(value) for name, value in re.findall(r"#define (\w+) +(\d+) ", source)}
    assert told["LONGEST"] == LONGEST_LINE == LONGEST
    assert (told["FAR"], told["NEAR"], told["ABOVE"]) == (FAR, NEAR, _WIDE_LINES)
    assert told["WIDE"] >= WIDE_FAR


def test_a_hundred_thousand_lines_that_hold_something_take_no_time() -> None:
    content = b"".join(b"line %d\n" % number for number in range(200_000))
    met = memory()
    (piece,) = met.pieces(content, b"", SORTS)
    spans = [(begin, end) for begin, end in lines_of(content) if end > begin]
    random.Random(1).shuffle(spans)
    met.learn(piece.lines, spans[: len(spans) // 2])
    held = {content[begin:end] for begin, end in spans[: len(spans) // 2]}
    again = met.pieces(content, b"", SORTS)
    assert held <= set(b"\n".join(content[one.begin : one.end] for one in again).split(b"\n"))


FUZZ = """
import random, sys, importlib.util
spec = importlib.util.spec_from_file_location("_native", sys.argv[1])
native = importlib.util.module_from_spec(spec)
spec.loader.exec_module(native)
rng = random.Random(int(sys.argv[2]))
WORDS = [b"value: ", b"\\n", b"\\n", b"name: |", b"x" * 399, b"y" * 4000, b"\\\\", b'"', b"\\r"]
for _ in range(4000):
    content = b"".join(rng.choices(WORDS, k=rng.randint(0, 30)))
    size = len(content) if rng.random() < 0.8 else rng.randint(0, 1 << 40)
    delta = bytearray()
    for value in (rng.randint(0, 1 << 20), size):
        while value > 127:
            delta.append(value & 127 | 128)
            value >>= 7
        delta.append(value)
    left = len(content)
    while left > 0 and rng.random() < 0.95:
        if rng.random() < 0.5:
            length = rng.randint(1, min(left, 0xFFFF))
            delta += bytes([0xB1, rng.randint(0, 255), length & 255, length >> 8])
        else:
            length = rng.randint(1, min(left, 127))
            delta += bytes([length]) + rng.randbytes(length)
        left -= length
    for _ in range(rng.choice((0, 0, 1, 3))):
        if delta:
            delta[rng.randrange(len(delta))] = rng.randint(0, 255)
    table, given = (bytearray(8 << rng.randint(1, 6)) for _ in range(2))
    about = rng.randint(0, 9), rng.randint(0, 3)
    keys = rng.randbytes(native.KEYS)
    word = content[: rng.randint(0, 9)] or b"y: "
    begin, end = rng.randint(0, 40), rng.randint(0, 9000)
    assert native.find(content, word, begin, end) == content.find(word, begin, end)
    try:
        pieces = native.fresh(content, bytes(delta), table, given, keys, *about)
    except ValueError:
        pieces = native.fresh(content, b"", table, given, keys, *about)
    for begin, end, _ragged, lines in pieces:
        assert 0 <= begin < end <= len(content)
        native.learn(table, lines, [(begin, rng.randint(begin, end))])
        native.learn(table, lines[: rng.randint(0, len(lines))], [])
    pack = rng.randbytes(rng.randint(0, 60))
    starts = sorted(rng.randint(0, len(pack) + 2) for _ in range(rng.randint(0, 12)))
    try:
        native.structure(pack, b"".join(at.to_bytes(8, sys.byteorder) for at in starts))
    except ValueError:
        pass
    native.ordered(rng.randbytes(rng.randint(0, 60)))
    try:
        native.apply(content, bytes(delta), 1 << 20)
    except ValueError:
        pass
    LOG = (b"\\0", b"\\0", b"\\x01ab \\x021\\x02A\\0", b":", b" ", b"100644", b"000000", b"ab" * 20,
           b"ab" * 40, b"M\\0p\\0", b":1 2 aa bb M\\0p\\0", b"\\n", b"f", b"zz")
    try:
        native.log(b"".join(rng.choices(LOG, k=rng.randint(0, 30))), {}, {}, rng.randint(0, 2))
    except ValueError:
        pass
print("held")
"""


def test_no_input_makes_it_read_or_write_where_it_must_not(tmp_path: Path) -> None:
    """Built with what watches every access, in a process of its own."""
    compiler = shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("NOTHING IS TESTED HERE: no gcc")
    source = Path(fresh.__file__).with_name("_native.c")
    target = tmp_path / "_native.abi3.so"
    watching = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    made = subprocess.run(
        [compiler, "-g", "-O1", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared",
         *watching, f"-I{sysconfig.get_path('include')}", str(source), "-o", str(target)],
        capture_output=True, text=True,
    )  # fmt: skip
    if "Python.h" in made.stderr or "cannot find" in made.stderr:
        pytest.skip("NOTHING IS TESTED HERE: no headers of Python, or no sanitizers")
    assert made.returncode == 0, made.stderr
    library = subprocess.run(
        [compiler, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True
    ).stdout.strip()
    watched = {"LD_PRELOAD": library, "ASAN_OPTIONS": "detect_leaks=0", "PYTHONMALLOC": "malloc"}
    idle = subprocess.run([sys.executable, "-c", ""], env=watched, capture_output=True)
    if idle.returncode:
        pytest.skip("NOTHING IS TESTED HERE: this machine does not run what is watched so")
    ran = subprocess.run(
        [sys.executable, "-c", FUZZ, str(target), "7"], env=watched, capture_output=True, text=True
    )
    assert (ran.returncode, ran.stdout) == (0, "held\n"), ran.stderr
