"""What is judged once more where many values stand in one file."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.detection import Detector
from secretshift.history.git_log import all_of_it
from secretshift.history.objects import facts_of
from secretshift.history.preparation import Preparation
from secretshift.history.repository import History
from secretshift.history.tracing import traced, written
from secretshift.history.whole_blobs import WholeBlobs
from secretshift.model.journeys import CancelToken

from .looks import search
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


@pytest.mark.parametrize("versions", [1, 2])
def test_its_line_is_judged_alone_only_for_the_sake_of_another_version(
    tmp_path, detector, versions
):
    line, secret = b"DB_PASSWORD = 8f3a90c1d2e4b567Q", "8f3a90c1d2e4b567Q"
    older, newest = line + b"\ncolour = blue\n", line + b"\ncolour = green\n"
    changes = [Change("refs/heads/main", wrote={b"app.env": older})][: versions - 1]
    changes.append(Change("refs/heads/main", tuple(range(len(changes))), {b"app.env": newest}))
    folder = tmp_path / "repository"
    made(folder, changes)
    facts = facts_of(folder)
    git_log = all_of_it(folder, unreachable=False)
    log = Preparation(folder, facts, git_log).result(CancelToken()).log
    assert len(log.blobs) == versions
    (one,) = written(log, {name: [secret] for name in log.blobs}, {}, {secret: {line}})
    counting = Counting(detector)
    with WholeBlobs(folder, counting, 1 << 24) as whole:  # type: ignore[arg-type]
        trace = traced(one, whole, log, {}, folder)
    assert trace is not None and (trace.last, trace.first) == (0, versions - 1)
    assert counting.letters == len(newest) + (len(line) if versions == 2 else 0)


def test_what_newer_versions_say_is_none_hides_no_older_one(tmp_path, detector):
    """However many there are, and whatever else they change."""
    secret = "8f3a90c1d2e4b567Q"
    line, marked = f"api_key = {secret}", f"api_key = {secret}  # pragma: allowlist secret"
    rng = random.Random(3)
    changes = []
    for number in range(16):
        words = [f"colour_{rng.randint(0, 10**6)} = blue and green" for _ in range(700)]
        words.insert(350, line if number < 2 else marked)
        said = "\n".join(words).encode()
        parents = (number - 1,) if number else ()
        changes.append(Change("refs/heads/main", parents, {b"app.env": said}))
    folder = tmp_path / "repository"
    made(folder, changes)
    found = list(History(folder, detector, count=1).findings(lambda *_: None, CancelToken()))
    ((verdict, at),) = found
    names = git(folder, "log", "--format=%H", "main").decode().split()
    assert verdict.secret.reveal() == secret
    assert (at.line, at.in_head) == (351, False)
    assert (at.first_commit, at.last_commit) == (names[15], names[14])


def test_however_many_versions_only_some_are_read_for_a_value_that_none_shows(tmp_path, detector):
    """What is judged for them is the very same each time."""
    secret = "8f3a90c1d2e4b567Q"
    colours = b"".join(b"colour_%d = blue and green\n" % number for number in range(4000))
    marked = b"# pragma: allowlist nextline secret\napi_key = " + secret.encode() + b"\n"
    changes = [
        Change("refs/heads/main", (number - 1,) if number else (), {
            b"app.env": b"version = %d\n" % number + colours + marked + colours
        })
        for number in range(90)
    ]  # fmt: skip
    folder = tmp_path / "repository"
    made(folder, changes)
    git_log = all_of_it(folder, unreachable=False)
    log = Preparation(folder, facts_of(folder), git_log).result(CancelToken()).log
    lines = {secret: {b"api_key = " + secret.encode()}}
    (one,) = written(log, {name: [secret] for name in log.blobs}, {}, lines)
    read: list[bytes] = []
    with WholeBlobs(folder, detector, 1 << 24) as whole:
        blob = whole._reader.blob
        whole._reader.blob = lambda name, most: read.append(name) or blob(name, most)  # type: ignore[method-assign,func-returns-value]
        assert traced(one, whole, log, {}, folder) is None
    assert 5 < len(set(read)) < 90


def test_a_line_that_stands_often_on_one_long_line_is_gone_through_once(tmp_path, detector):
    line = b'db_password="8f3a90c1d2e4b567Q";'
    made(tmp_path / "r", [Change("refs/heads/main", (), {b"a.js": line * 100_000 + b"\n " + line})])
    blob = bytes.fromhex(git(tmp_path / "r", "rev-parse", "HEAD:a.js").decode().strip())
    with WholeBlobs(tmp_path / "r", detector, 1 << 24) as whole:
        assert whole.has_own_line(blob, line)
        content = whole._read(blob)
        looked: list[int] = []

        class Counted(bytes):
            def rfind(self, *arguments: object) -> int:  # type: ignore[override]
                looked.append(1)
                return bytes.rfind(self, *arguments)  # type: ignore[arg-type]

        whole._contents[blob] = whole._contents[blob]._replace(content=Counted(content))
        assert whole.has_own_line(blob, line)
    assert len(looked) <= 4


def test_what_a_line_says_in_a_long_object_is_told_by_its_kind_far_above(tmp_path, detector):
    """A Secret of 9 KiB in a file of 40: what is encoded there is the password, not its code."""
    held = base64.b64encode(b"Lantern-7741-orbit").decode()
    rng = random.Random(2)
    labels = "".join(f"    l{number}: {rng.getrandbits(200):050x}\n" for number in range(160))
    document = (
        f"apiVersion: v1\nkind: Secret\nmetadata:\n  labels:\n{labels}data:\n  password: {held}\n"
    )
    rest = "".join(f"---\nkind: ConfigMap\ndata:\n  colour_{n}: blue\n" for n in range(700))
    changes = [Change("refs/heads/main", (), {b"a.yml": f"{document}{rest}".encode()})]
    folder = made(tmp_path / "repository", changes)
    assert {*search(folder, detector).places} == {"Lantern-7741-orbit"}
