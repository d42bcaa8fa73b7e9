"""The fast way and every version of every file judged whole find the same, in random repositories
whose objects lie in packs of every sort."""

from __future__ import annotations

import base64
import random
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secretshift.detection import Detector
from secretshift.history.deltas import FAR
from secretshift.history.fresh import Windows
from secretshift.history.looking import BATCH
from secretshift.history.native import built
from secretshift.history.repository import History
from secretshift.model.findings import HistoryLocation, SourceError
from secretshift.model.journeys import CancelToken
from secretshift.sources.text import decode
from tests.unit.workflow.plain_history import PlainHistory

from . import texts
from .repositories import Change, empty, filled, git, made, packed

SHARED = settings(
    max_examples=texts.LONG or 4,
    deadline=None,
    derandomize=not texts.LONG,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Past(NamedTuple):
    """Commits of branches that part and meet, each with the files that it leaves."""

    changes: list[Change]
    states: list[dict[bytes, tuple[str, int]]]


def past(rng: random.Random) -> Past:
    told = Past([], [])
    heads: dict[str, int] = {}
    for number in range(rng.randint(5, 30)):
        branch = rng.choice(("main", "main", "side", "old")) if number else "main"
        if branch not in heads and heads:
            parents: tuple[int, ...] = (rng.choice(list(heads.values())),)
        else:
            parents = (heads[branch],) if heads else ()
        others = [one for one in heads.values() if one not in parents]
        if parents and others and rng.random() < 0.15:
            parents = (*parents, rng.choice(others))
        before = told.states[parents[0]] if parents else {}
        after = _written(rng, before)
        if len(parents) > 1:
            after = {**told.states[parents[1]], **after}
        wrote = {
            path: texts.ENCODINGS[form](said)
            for path, (said, form) in after.items()
            if before.get(path) != (said, form)
        }
        gone = {path: None for path in before if path not in after}
        told.changes.append(Change(f"refs/heads/{branch}", parents, {**wrote, **gone}))
        told.states.append(after)
        heads[branch] = number
    return told


def _written(
    rng: random.Random, before: dict[bytes, tuple[str, int]]
) -> dict[bytes, tuple[str, int]]:
    after = dict(before)
    for _ in range(rng.randint(1, 3)):
        what = rng.random()
        if what < 0.25 or not after:
            form = rng.choice((0, 0, 0, 0, 1, 2, 3, 4, 5))
            after[rng.choice(texts.PATHS).encode()] = (texts.text(rng), form)
            continue
        path = rng.choice(list(after))
        said, form = after[path]
        if what < 0.8:
            after[path] = (texts.edited(rng, said), form)
        elif what < 0.9:
            del after[path]
            after[rng.choice(texts.PATHS).encode()] = (said, form)
        elif what < 0.95:
            after[rng.choice(texts.PATHS).encode()] = (said, form)
        else:
            del after[path]
    return after


def build(folder: Path, rng: random.Random) -> Path:
    """A repository whose objects lie as chance has it."""
    told = past(rng)
    repository = folder / "repository"
    form = rng.choice(("sha1", "sha1", "sha256"))
    empty(repository, "--bare", f"--object-format={form}")
    lay = rng.choice((_one_pack, _loose, _several_packs, _thin, _borrowed))
    lay(repository, told.changes, rng)
    if rng.random() < 0.3:
        git(repository, "tag", "v1", "main")
    return repository


def _one_pack(repository: Path, changes: list[Change], rng: random.Random) -> None:
    filled(repository, changes)
    packed(repository)
    if rng.random() < 0.2:
        git(repository, "multi-pack-index", "write")


def _loose(repository: Path, changes: list[Change], _rng: random.Random) -> None:
    filled(repository, changes, "-c", "fastimport.unpackLimit=100000")


def _several_packs(repository: Path, changes: list[Change], rng: random.Random) -> None:
    """Some of it once more, in whole and in small packs."""
    filled(repository, changes)
    names = git(
        repository, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)"
    ).splitlines()
    where = str(repository / "objects" / "pack" / "pack")
    for _ in range(3):
        some = rng.sample(names, len(names) // 2)
        version = rng.choice(("1", "2"))
        git(
            repository, "-c", f"pack.indexVersion={version}", "pack-objects", "-q",
            "--delta-base-offset" if version == "2" else "--no-reuse-delta", where,
            given=b"\n".join(some) + b"\n",
        )  # fmt: skip
    if rng.random() < 0.5:
        shutil.rmtree(repository / "logs", ignore_errors=True)
        git(repository, "repack", "-dq")


def _thin(repository: Path, changes: list[Change], rng: random.Random) -> None:
    """What a server sends: deltas by the name of their base, which the receiver adds behind."""
    filled(repository, changes)
    packed(repository)
    commits = git(repository, "rev-list", "--all", "--reverse", "--date-order").split()
    half = commits[len(commits) // 2]
    whole = [
        git(repository, "pack-objects", "-q", "--revs", "--stdout", *more, given=asked)
        for more, asked in (
            ((), half + b"\n"),
            (("--thin", "--no-reuse-delta", "--all"), b"^" + half + b"\n"),
        )
    ]
    for old in (repository / "objects" / "pack").iterdir():
        old.unlink()
    for one in whole:
        git(repository, "index-pack", "--fix-thin", "--stdin", given=one)
    if rng.random() < 0.5:
        git(repository, "pack-refs", "--all")


def _borrowed(repository: Path, changes: list[Change], rng: random.Random) -> None:
    """The older half in a repository beside it."""
    form = git(repository, "rev-parse", "--show-object-format").decode().strip()
    lender = empty(repository.parent / "lender", "--bare", f"--object-format={form}")
    filled(lender, changes[: len(changes) // 2 + 1])
    packed(lender)
    (repository / "objects" / "info" / "alternates").write_text(f"{lender}/objects\n")
    filled(repository, changes)
    if rng.random() < 0.5:
        git(repository, "repack", "-adlq")


def entries(history: History | PlainHistory) -> dict[tuple[str, str], HistoryLocation]:
    found: dict[tuple[str, str], HistoryLocation] = {}
    for item in history.findings(lambda _done, _total: None, CancelToken()):
        assert not isinstance(item, SourceError), item
        verdict, location = item
        key = (verdict.secret.reveal(), location.path)
        assert key not in found
        found[key] = location
    return found


def differences(repository: Path, detector: Detector, count: int) -> list[str]:
    """What the two say differently of the secrets on lines that are not long."""
    slow, fast = PlainHistory(repository, detector), History(repository, detector, count=count)
    wanted, got = entries(slow), entries(fast)
    wrong = [
        f"made up {key}: {got[key]}"
        for key in got.keys() - wanted.keys()
        if not _is_on_long_line(repository, got[key])
    ]
    for key, told in wanted.items():
        if _is_on_long_line(repository, told):
            continue
        here = got.get(key)
        if here is None:
            wrong.append(f"missed {key}: {told}")
        elif replace(here, refs=()) != replace(told, refs=()):
            wrong.append(f"{key}\n  {told!r}\n  {here!r}")
        elif set(here.refs) - set(told.refs) or len(here.refs) != min(5, told.refs_total):
            wrong.append(f"refs of {key}: {told.refs} {here.refs}")
    return wrong + _other_counts(slow, fast)


def _other_counts(slow: PlainHistory, fast: History) -> list[str]:
    return [
        f"{name}: {slow.counts[name]} {fast.counts[name]}"
        for name in ("blobs", "binary", "bytes")
        if slow.counts[name] != fast.counts[name]
    ]


def _is_on_long_line(repository: Path, at: HistoryLocation) -> bool:
    """Of such a line only a part is looked at, here and there another one."""
    text = decode(git(repository, "cat-file", "blob", at.blob))
    return text is None or len(text.split("\n")[at.line - 1]) > FAR


@pytest.fixture(scope="module", params=["with memory of lines", "without"])
def way(request):
    """Which of the two ways a search takes."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "without":
            patch.setattr("secretshift.history.looking.best", lambda _blobs: Windows())
        elif built() is None:
            pytest.skip("NOTHING IS TESTED HERE: the native part is not built")
        yield


@SHARED
@given(st.integers(0, 1 << 32))
def test_the_same_is_found(detector, way, seed):
    with tempfile.TemporaryDirectory() as folder:
        repository = build(Path(folder), random.Random(seed))
        assert differences(repository, detector, 1) == []


@pytest.mark.parametrize("seed", [1, 2])
def test_two_processes_find_the_same(detector, tmp_path, way, seed):
    repository = build(tmp_path, random.Random(seed))
    assert differences(repository, detector, 2) == []


@pytest.mark.parametrize("names", [(b"a.py", b"a.yml"), (b"a.yml", b"a.py")])
def test_what_counts_in_one_sort_of_files_is_looked_for_in_it(detector, tmp_path, names):
    """Without quotes it is a value in settings, and none in a program."""
    rng = random.Random(3)
    lines = [texts.filler(rng) for _ in range(30)]
    text = "".join([*lines[:15], f"DB_PASSWORD={texts.password(rng)}\n", *lines[15:]])
    old, new = names
    changes = [
        Change("refs/heads/main", (), {old: text.encode()}),
        Change("refs/heads/main", (0,), {old: None, new: f"{text}# more\n".encode()}),
    ]
    repository = made(tmp_path / "repository", changes)
    packed(repository)
    (at,) = entries(History(repository, detector, count=1)).values()
    assert at.path == "a.yml"


@pytest.mark.parametrize("seed", range(3))
def test_what_is_copied_from_a_base_that_another_pack_has_too(detector, tmp_path, seed):
    rng = random.Random(seed)
    text = "".join([*(texts.filler(rng) for _ in range(30)), texts.assigned(rng), texts.pem(rng)])
    changes = [
        Change("refs/heads/main", (), {b"old.yml": f"{text}# more of it\n".encode()}),
        Change("refs/heads/main", (0,), {b"old.yml": None, b"new.yml": text.encode()}),
    ]
    repository = made(tmp_path / "repository", changes)
    packed(repository)
    base = git(repository, "rev-parse", "main~1:old.yml").strip()
    more = [git(repository, "hash-object", "-w", "--stdin", given=b"%d" % n) for n in range(20)]
    where = str(repository / "objects" / "pack" / "pack")
    git(repository, "pack-objects", "-q", where, given=base + b"\n" + b"".join(more))
    # The larger pack is looked at first.
    assert {path for _value, path in entries(History(repository, detector, count=1))} == {
        "old.yml",
        "new.yml",
    }


def test_a_long_value_is_in_every_version_beside_which_only_the_time_is_new(detector, tmp_path):
    rng = random.Random(5)
    claims = texts.word(rng, 500)
    token = f"{'ey' + 'J'}{texts.word(rng, 30)}.{'ey' + 'J'}{claims}.{texts.word(rng, 40)}"
    above = "".join(texts.word(rng, 200) + ";\n" for _ in range(40))
    paths = [b"out/%d.csv" % hour for hour in range(6)]
    changes = [
        Change(
            "refs/heads/main",
            (number - 1,) if number else (),
            {path: f"{above}Token: {token};2025-05-14 {number}{number}:02:53\n".encode()},
        )
        for number, path in enumerate(paths)
    ]
    repository = made(tmp_path / "repository", changes)
    packed(repository)
    found = {path for value, path in entries(History(repository, detector, count=1))}
    assert found == {path.decode() for path in paths}


def test_a_key_that_is_changed_below_a_file_of_which_all_lines_count(detector, tmp_path):
    """The versions before it were judged as a whole, so that nothing pointed at its first line."""
    rng = random.Random(9)
    around, key = [texts.filler(rng) for _ in range(20)], texts.pem(rng).splitlines(keepends=True)
    changed = [[*key[:1], texts.word(rng, 64) + "\n", *key[2:]] for _ in range(2)]
    bodies = ["".join([*around[:10], *block, *around[10:]]).encode() for block in (key, *changed)]
    changes = [
        Change("refs/heads/main", (), {b".pgpass": bodies[0]}),
        Change("refs/heads/main", (0,), {b".pgpass": bodies[1], b"bundle.js": bodies[1]}),
        Change("refs/heads/main", (1,), {b"bundle.js": bodies[2]}),
    ]
    repository = made(tmp_path / "repository", changes)
    packed(repository)
    assert differences(repository, detector, 1) == []
    keys = {value for value, path in entries(History(repository, detector, count=1))}
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (b"a.js", 'const datadogApiKey =\n  "{}";\n'),
        (b"a.yml", "datadog_api_key:\n\n  {}\n"),
        (b"a.yml", "datadog_api_key:\n  {}  # the one of the staging account\n"),
        (b"a.rb", 'datadog_api_key =\n  "{}" # of the staging account\n'),
        (b"a.md", "datadog_api_key:\n```\n{}\n```\n"),
    ],
)
def test_a_value_that_is_changed_below_its_name(detector, tmp_path, way, path, written):
    rng = random.Random(4)
    around = [texts.filler(rng) for _ in range(20)]
    keys = ["of.no.use", "d7c815e2a49b6f03c1e85d2a7b94f60e", "81c9f4b0e6273ad5914c8d02b7f65a3e"]
    changes = [
        Change(
            "refs/heads/main",
            (number - 1,) if number else (),
            {path: "".join([*around[:10], written.format(key), *around[10:]]).encode()},
        )
        for number, key in enumerate(keys)
    ]
    repository = made(tmp_path / "repository", changes)
    packed(repository)
    assert differences(repository, detector, 1) == []
    found = {value for value, _path in entries(History(repository, detector, count=1))}
    assert found == {*keys[1:]}


def test_a_value_that_stood_elsewhere_without_its_name(detector, tmp_path, way):
    """Nothing was found on its line there, which is looked at first."""
    line = '  "d7c815e2a49b6f03c1e85d2a7b94f60e";\n'
    many = "".join(f"line {number} {'of no use ' * 20}\n" for number in range(BATCH // 200))
    before = f"of no use [\n{line}{many}"
    wrote = {b"list.js": before.encode(), b"a.js": f"const datadogApiKey =\n{line}".encode()}
    repository = made(tmp_path / "repository", [Change("refs/heads/main", (), wrote)])
    packed(repository)
    assert differences(repository, detector, 1) == []
    assert [path for _value, path in entries(History(repository, detector, count=1))] == ["a.js"]


def test_many_objects_in_one_list_are_told_apart(detector, tmp_path):
    """As kubectl writes them: a hundred KiB without a line of dashes between them."""
    rng = random.Random(6)
    held = [texts.password(rng) for _ in range(120)]
    rows = [
        f"- apiVersion: v1\n  kind: Secret\n  metadata:\n    name: a{number}\n    labels:\n"
        + "".join(f"      l{n}: {texts.word(rng, 40)}\n" for n in range(14))
        + f"  data:\n    password: {base64.b64encode(one.encode()).decode()}\n"
        for number, one in enumerate(held)
    ]
    text = "apiVersion: v1\nitems:\n" + "".join(rows) + "kind: List\n"
    assert len(text) > 90_000
    changes = [
        Change("refs/heads/main", (), {b"all.yml": text.encode()}),
        Change("refs/heads/main", (0,), {b"all.yml": f"{text}# more\n".encode()}),
    ]
    repository = made(tmp_path / "repository", changes)
    packed(repository)
    assert differences(repository, detector, 1) == []
