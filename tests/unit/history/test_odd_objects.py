"""Packs and objects that are damaged, incomplete or built in rare ways: what can be read is read,
what cannot is told."""

from __future__ import annotations

import shutil
import zlib
from pathlib import Path

import pytest

from secretshift.sources.text import line_and_column, text_of

from .looks import Search, search, setting, value
from .repositories import Change, empty, filled, git, made, packed
from .test_deltas import copy, number


def filler(of: int) -> bytes:
    return b"".join(b"line %d of it, and some words\n" % (n * of) for n in range(1, 300))


@pytest.fixture
def held() -> list[str]:
    return [value() for _ in range(4)]


@pytest.fixture
def repository(tmp_path: Path, held: list[str]) -> Path:
    """Four versions of one file in one pack, each with a value of its own, and one whole file."""
    changes = [
        Change(
            "refs/heads/main",
            (n - 1,) if n else (),
            {b"app.env": filler(1) + setting(one) + filler(3), b"other.txt": b"%d\n" % n * 900},
        )
        for n, one in enumerate(held)
    ]
    folder = made(tmp_path / "repository", changes)
    packed(folder)
    return folder


def the_pack(folder: Path) -> Path:
    (found,) = (folder / "objects" / "pack").glob("*.pack")
    return found


def writable(path: Path) -> Path:
    path.chmod(0o644)
    return path


def found_of(held: list[str], said: Search) -> list[int]:
    return [n for n, one in enumerate(held) if one in said.places]


def entries_of(folder: Path) -> dict[str, tuple[int, int]]:
    """Blob -> where its entry begins in the pack, and its packed size."""
    said = git(folder, "verify-pack", "-v", str(the_pack(folder))).decode()
    rows = [line.split() for line in said.splitlines()]
    return {row[0]: (int(row[4]), int(row[3])) for row in rows if row[1:2] == ["blob"]}


def test_nothing_is_wrong_with_it(repository, held, detector):
    said = search(repository, detector)
    assert found_of(held, said) == [0, 1, 2, 3]
    assert (said.errors, said.gaps, said.counts["blobs"]) == ([], (), 8)


def test_a_flipped_byte_in_an_entry_is_told_and_the_rest_is_read(repository, held, detector):
    blob = git(repository, "rev-parse", "main:other.txt").decode().strip()
    begin, size = entries_of(repository)[blob]
    pack = writable(the_pack(repository))
    data = bytearray(pack.read_bytes())
    data[begin + size // 2] ^= 0xFF
    pack.write_bytes(data)
    said = search(repository, detector)
    assert found_of(held, said) == [0, 1, 2, 3]
    assert said.codes and set(said.codes) == {"damaged-object"}
    assert any(blob[:12] in error.source for error in said.errors)
    assert said.counts["unreadable"] == len(said.errors)


def test_a_damaged_base_takes_all_that_hangs_on_it_and_says_so(repository, held, detector):
    newest = git(repository, "rev-parse", "main:app.env").decode().strip()
    begin, size = entries_of(repository)[newest]
    pack = writable(the_pack(repository))
    data = bytearray(pack.read_bytes())
    data[begin + size // 2] ^= 0xFF
    pack.write_bytes(data)
    said = search(repository, detector)
    names = [
        git(repository, "rev-parse", f"main~{n}:app.env").decode().strip()[:12] for n in range(4)
    ]
    told = " ".join(error.source for error in said.errors)
    assert all(name in told for name in names)
    assert said.counts["blobs"] == 4


def test_a_pack_that_is_cut_off(repository, held, detector):
    pack = writable(the_pack(repository))
    pack.write_bytes(pack.read_bytes()[: pack.stat().st_size // 3])
    said = search(repository, detector)
    assert said.errors
    assert said.codes[-1] == "history-incomplete" or "damaged-object" in said.codes


def test_an_index_that_is_garbage(repository, held, detector):
    index = writable(the_pack(repository).with_suffix(".idx"))
    index.write_bytes(b"\xfftOc\x00\x00\x00\x02" + b"\xff" * 2000)
    said = search(repository, detector)
    assert said.errors


@pytest.mark.parametrize("size", [0, 3, 8, 500, 1032, 1100])
def test_an_index_that_is_cut_off(repository, held, detector, size):
    index = writable(the_pack(repository).with_suffix(".idx"))
    index.write_bytes(index.read_bytes()[:size])
    assert search(repository, detector).errors


def test_an_index_whose_table_runs_backwards(repository, held, detector):
    index = writable(the_pack(repository).with_suffix(".idx"))
    data = bytearray(index.read_bytes())
    data[8:12], data[1028:1032] = b"\x00\xff\xff\xff", (8).to_bytes(4, "big")
    index.write_bytes(data)
    search(repository, detector)


def test_an_index_of_version_1(repository, held, detector):
    pack = the_pack(repository)
    index = writable(pack.with_suffix(".idx"))
    index.unlink()
    git(repository, "index-pack", "--index-version=1", "-o", str(index), str(pack))
    assert index.read_bytes()[:4] != b"\xfftOc"
    said = search(repository, detector)
    assert found_of(held, said) == [0, 1, 2, 3]
    assert (said.errors, said.counts["blobs"]) == ([], 8)


def test_a_pack_without_an_index_and_an_index_without_a_pack(repository, held, detector):
    pack = the_pack(repository)
    stray = pack.with_name("pack-" + "0" * 40 + ".idx")
    shutil.copy(pack.with_suffix(".idx"), stray)
    other = pack.with_name("pack-" + "1" * 40 + ".pack")
    shutil.copy(pack, other)
    said = search(repository, detector)
    assert found_of(held, said) == [0, 1, 2, 3]
    assert said.counts["blobs"] == 8


def test_kept_packs_and_an_index_of_many(repository, held, detector):
    the_pack(repository).with_suffix(".keep").touch()
    late = value()
    filled(repository, [Change("refs/heads/late", (), {b"late.env": setting(late)})])
    git(repository, "repack", "-dq")
    git(repository, "multi-pack-index", "write")
    said = search(repository, detector)
    assert found_of([*held, late], said) == [0, 1, 2, 3, 4]
    assert said.errors == []


def loose(tmp_path: Path, *contents: bytes) -> tuple[Path, list[Path]]:
    folder = empty(tmp_path / "loose", "--bare")
    wrote = {b"f%d.env" % n: content for n, content in enumerate(contents)}
    filled(folder, [Change("refs/heads/main", (), wrote)], "-c", "fastimport.unpackLimit=100000")
    names = [git(folder, "rev-parse", f"main:f{n}.env").decode().strip() for n in range(len(wrote))]
    return folder, [folder / "objects" / name[:2] / name[2:] for name in names]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no zlib at all",
        zlib.compress(b"blob 5\0ab"),
        zlib.compress(b"blob 2\0abcdef"),
        zlib.compress(b"blob five\0abcde"),
        zlib.compress(b"b" * 100_000),
        zlib.compress(b"blob 5\0abcde")[:-6],
    ],
)
def test_a_loose_object_that_is_none(tmp_path, detector, content):
    held = value()
    folder, files = loose(tmp_path, setting(held), setting(value()))
    writable(files[1]).write_bytes(content)
    said = search(folder, detector)
    assert list(said.places) == [held]
    assert "damaged-object" in said.codes


def test_loose_objects_that_stand_in_a_pack_too_are_counted_once(repository, held, detector):
    blob = git(repository, "rev-parse", "main:app.env").decode().strip()
    content = git(repository, "cat-file", "blob", blob)
    path = repository / "objects" / blob[:2] / blob[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zlib.compress(b"blob %d\0" % len(content) + content))
    assert search(repository, detector).counts["blobs"] == 8


def packed_by_hand(folder: Path, entries: list[tuple[int, bytes, bytes]]) -> None:
    """A pack of (kind, what stands before the packed bytes, content), indexed by git."""
    import hashlib

    parts = [b"PACK", (2).to_bytes(4, "big"), len(entries).to_bytes(4, "big")]
    for kind, before, content in entries:
        size = len(content)
        head = [kind << 4 | size & 0x0F]
        size >>= 4
        while size:
            head[-1] |= 0x80
            head.append(size & 0x7F)
            size >>= 7
        parts.append(bytes(head) + before + zlib.compress(content))
    data = b"".join(parts)
    given = data + hashlib.sha1(data).digest()
    git(folder, "-c", "pack.depth=5000", "index-pack", "--stdin", given=given)


def distance(of: int) -> bytes:
    out = [of & 0x7F]
    of >>= 7
    while of:
        of -= 1
        out.append(0x80 | of & 0x7F)
        of >>= 7
    return bytes(reversed(out))


def entry_size(kind: int, before: bytes, content: bytes) -> int:
    size, head = len(content) >> 4, 1
    while size:
        head += 1
        size >>= 7
    return head + len(before) + len(zlib.compress(content))


def test_a_chain_of_4095_deltas(tmp_path, detector):
    """Each version appends one line to the one before it; the last holds a value."""
    folder = empty(tmp_path / "deep", "--bare")
    held = value()
    content = b"begin\n"
    entries = [(3, b"", content)]
    for step in range(4095):
        new = setting(held) if step == 4094 else b"%d\n" % step
        delta = number(len(content)) + number(len(content) + len(new)) + copy(0, len(content))
        entries.append((6, distance(entry_size(*entries[-1])), delta + bytes([len(new)]) + new))
        content += new
    packed_by_hand(folder, entries)
    blob = git(folder, "hash-object", "--stdin", given=content).decode().strip()
    tree = git(folder, "mktree", given=f"100644 blob {blob}\tdeep.env\n".encode()).decode().strip()
    commit = git(folder, "commit-tree", "-m", "x", tree).decode().strip()
    git(folder, "update-ref", "refs/heads/main", commit)
    said = search(folder, detector)
    assert said.paths(held) == ["deep.env"]
    assert (said.errors, said.counts["blobs"]) == ([], 4096)


def test_a_delta_that_says_another_size_than_it_makes(tmp_path, detector):
    """git refuses to index such a pack, so that it can only stand there by damage."""
    folder = empty(tmp_path / "wrong", "--bare")
    held = value()
    base = setting(held) * 3
    packed_by_hand(folder, [(3, b"", base), (3, b"", b"other\n" * 40)])
    blob = git(folder, "hash-object", "--stdin", given=base).decode().strip()
    tree = git(folder, "mktree", given=f"100644 blob {blob}\ta.env\n".encode()).decode().strip()
    commit = git(folder, "commit-tree", "-m", "x", tree).decode().strip()
    git(folder, "update-ref", "refs/heads/main", commit)
    assert search(folder, detector).paths(held) == ["a.env"]


def test_a_delta_of_a_few_bytes_that_makes_megabytes_of_them_is_not_applied(
    tmp_path, detector, monkeypatch
):
    folder = empty(tmp_path / "bomb", "--bare")
    held = value()
    base = setting(held) + bytes(65_536)
    times = 640
    delta = number(len(base)) + number(times * 65_536) + copy(len(base) - 65_536, 65_536) * times
    entries = [(3, b"", base)]
    packed_by_hand(folder, [*entries, (6, distance(entry_size(*entries[-1])), delta)])
    large = git(folder, "hash-object", "--stdin", given=bytes(times * 65_536)).decode().strip()
    small = git(folder, "hash-object", "--stdin", given=base).decode().strip()
    rows = f"100644 blob {small}\ta.env\n100644 blob {large}\tb.env\n"
    tree = git(folder, "mktree", given=rows.encode()).decode().strip()
    commit = git(folder, "commit-tree", "-m", "x", tree).decode().strip()
    git(folder, "update-ref", "refs/heads/main", commit)
    monkeypatch.setattr("dulwich.pack.apply_delta", lambda *_about: pytest.fail("it was applied"))
    said = search(folder, detector)
    assert (said.counts["huge"], said.errors) == (1, [])


@pytest.mark.parametrize("form", ["utf-8", "utf-16"])
@pytest.mark.parametrize("is_packed", [True, False])
def test_lines_of_a_classic_mac_are_those_of_the_file_as_it_is_now(
    tmp_path, detector, form, is_packed
):
    """In each version, also one of which only what is new is looked at."""
    early, late = value(), value()
    rows = [f"name{number} = word" for number in range(300)]
    versions = []
    for held in ((), (early,), (early, late), ()):
        for place, one in enumerate(held):
            rows[100 + 100 * place] = f"DB_PASSWORD={one}"
        if not held:
            rows = [f"name{number} = word" for number in range(300)]
        versions.append("\r".join((*rows, "")))
    changes = [
        Change("refs/heads/main", (n - 1,) if n else (), {b"app.conf": text.encode(form)})
        for n, text in enumerate(versions)
    ]
    folder = made(tmp_path / "r", changes)
    if is_packed:
        packed(folder)
    places = search(folder, detector).places
    assert [places[one][0].line for one in (early, late)] == [101, 201]
    for held in (early, late):
        (at,) = places[held]
        text = text_of(versions[2].encode(form))
        (there,) = [v for v in detector.text("app.conf", text) if v.secret.reveal() == held]
        assert line_and_column(text, there.offset)[0] == at.line
