"""What is damaged or left with a server takes nothing with it that is there, and is told."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.history import commits, preparation, refs, salvage
from secretshift.history.commits import CommitLog
from secretshift.history.git_log import GitLog, all_of_it
from secretshift.history.objects import facts_of
from secretshift.history.refs import refs_of
from secretshift.history.salvage import salvaged
from secretshift.model.findings import Finding, HistoryLocation, SourceError
from secretshift.model.journeys import CancelToken
from secretshift.sources import git_command

from .looks import setting, value
from .repositories import git
from .test_remembering import Days, days  # noqa: F401  a fixture
from .test_same_as_whole import SHARED, build

INCOMPLETE = "history-incomplete"


class Shop(NamedTuple):
    """A repository of two branches. held: the value of old/a.env, which is gone; of src/b.env and
    of src/c.env, which are there; and of s.env, which only the branch ``side`` has."""

    days: Days
    held: dict[str, str]

    @property
    def folder(self) -> Path:
        return self.days.folder

    def object(self, name: str) -> Path:
        id_ = self.days.git("rev-parse", name)
        path = self.folder / ".git" / "objects" / id_[:2] / id_[2:]
        path.chmod(0o600)
        return path

    def ref(self, name: str = "heads/side") -> Path:
        return self.folder / ".git" / "refs" / name

    def pack(self) -> Path:
        self.days.git("repack", "-adq")
        (pack,) = (self.folder / ".git" / "objects" / "pack").glob("*.pack")
        for path in pack.parent.iterdir():
            path.chmod(0o600)
        return pack

    def search(self) -> Said:
        """As the program does it."""
        said = Said({}, [], "")
        history = self.days.history()
        for item in history.findings(lambda _done, _of: None, CancelToken()):
            if isinstance(item, SourceError):
                said.errors.append(item)
            else:
                assert isinstance(item, Finding) and isinstance(item.location, HistoryLocation)
                said.places[item.location.path] = item.location
        return said._replace(gaps=" ".join(history.not_searched))


class Said(NamedTuple):
    places: dict[str, HistoryLocation]
    errors: list[SourceError]
    gaps: str

    @property
    def sources(self) -> list[str]:
        """Of what the history lacks, the last word of each."""
        return [one.source.rpartition(" ")[2] for one in self.errors if one.code == INCOMPLETE]


@pytest.fixture
def shop(days: Days) -> Shop:  # noqa: F811
    held = {path: value() for path in ("old/a.env", "src/b.env", "s.env", "src/c.env")}
    text = {path: setting(said).decode() for path, said in held.items()}
    days.commit("old/a.env", text["old/a.env"])
    days.commit("old/a.env", "A=1\n")
    days.commit("src/b.env", text["src/b.env"])
    days.git("branch", "side")
    days.commit("src/b.env", text["src/b.env"] + "X=1\n")
    days.git("checkout", "-q", "side")
    days.commit("s.env", text["s.env"])
    days.git("checkout", "-q", "main")
    days.commit("src/c.env", text["src/c.env"])
    return Shop(days, held)


def test_nothing_is_wrong_with_it(shop):
    said = shop.search()
    assert said.errors == []
    assert {path for path, at in said.places.items() if at.in_head} == {"src/b.env", "src/c.env"}
    assert set(said.places) == set(shop.held)


def _with_garbage(shop: Shop) -> None:
    shop.ref().write_text("garbage\n")


def _empty(shop: Shop) -> None:
    shop.ref().write_text("")


def _of_nothing(shop: Shop) -> None:
    shop.ref().write_text("1" * 40 + "\n")


def _of_zeros(shop: Shop) -> None:
    shop.ref().write_text("0" * 40 + "\n")


@pytest.mark.parametrize("broken", [_with_garbage, _empty, _of_nothing, _of_zeros])
def test_a_broken_ref_hides_nothing(shop, broken):
    broken(shop)
    said = shop.search()
    assert set(said.places) == set(shop.held)
    assert said.sources == ["refs/heads/side"]
    assert said.places["s.env"].refs == ()
    assert said.places["src/c.env"].refs == ("refs/heads/main",)
    assert said.places["src/c.env"].in_head


def test_a_tag_that_is_gone_hides_nothing(shop):
    shop.days.git("tag", "-am", "x", "v1")
    shop.object("v1").unlink()
    said = shop.search()
    assert set(said.places) == set(shop.held)
    assert said.sources == ["refs/tags/v1"]


def test_refs_that_git_cannot_read_hide_nothing(shop):
    shop.days.git("pack-refs", "--all")
    packed = shop.folder / ".git" / "packed-refs"
    packed.write_text(packed.read_text() + "garbage here\n")
    said = shop.search()
    assert set(said.places) == set(shop.held)
    assert said.sources == ["refs"]
    assert all(at.first_commit and at.refs == () for at in said.places.values())


def test_a_branch_whose_commit_is_gone(shop):
    shop.object("main").unlink()
    said = shop.search()
    # Of the newest commit of main nothing is known but its files, which are there.
    assert set(said.places) == {"", "old/a.env", "src/b.env", "s.env"}
    assert said.sources == ["refs/heads/main", str(shop.folder)]


def test_a_commit_in_the_midst_that_is_gone(shop):
    # Of that search nothing is kept.
    whole = {one.location.path: one.location for one in shop.days.everything()}
    shop.object("main~3").unlink()
    said = shop.search()
    assert set(said.places) == set(shop.held)
    assert said.sources == [str(shop.folder)]
    assert "1 commit " in said.errors[0].what
    # What lies before it is found, and what comes after it counts as written there.
    for path in ("old/a.env", "s.env", "src/c.env"):
        assert said.places[path].first_commit == whole[path].first_commit
    assert said.places["src/b.env"].in_head


@pytest.mark.parametrize("emptied", [False, True])
def test_a_tree_in_the_midst_that_is_gone(shop, emptied):
    tree = shop.object("main~2^{tree}")
    tree.write_bytes(b"") if emptied else tree.unlink()
    said = shop.search()
    assert set(said.places) == set(shop.held)
    assert INCOMPLETE in {one.code for one in said.errors}
    assert said.places["src/b.env"].in_head and said.places["src/c.env"].in_head


def test_a_folder_of_head_that_is_gone(shop):
    shop.object("main:src").unlink()
    said = shop.search()
    assert {"old/a.env", "src/b.env", "s.env"} <= set(said.places)
    assert "1 folder of a commit " in said.errors[0].what
    # It is in HEAD, where nobody can see it now; its value is told all the same.
    assert shop.held["src/c.env"] and "" in said.places


def test_a_head_that_leads_to_nothing(shop):
    (shop.folder / ".git" / "HEAD").write_text("1" * 40 + "\n")
    said = shop.search()
    assert set(said.places) == set(shop.held)
    assert INCOMPLETE in {one.code for one in said.errors}


def test_an_index_of_many_packs_that_is_damaged_is_not_needed(shop):
    pack = shop.pack()
    shop.days.git("multi-pack-index", "write")
    index = pack.with_name("multi-pack-index")
    content = bytearray(index.read_bytes())
    content[200:] = random.Random(3).randbytes(len(content) - 200)
    index.chmod(0o600)
    index.write_bytes(content)
    said = shop.search()
    assert set(said.places) == set(shop.held)
    assert said.errors == []


def _cut_off(pack: Path) -> None:
    os.truncate(pack, pack.stat().st_size // 2)


def _without_index(pack: Path) -> None:
    pack.with_suffix(".idx").unlink()


def _gone(pack: Path) -> None:
    pack.unlink()


@pytest.mark.parametrize("damage", [_cut_off, _without_index, _gone])
def test_a_pack_that_cannot_be_read_is_named_and_the_rest_is_read(
    shop: Shop, damage: Callable[[Path], None]
) -> None:
    pack = shop.pack()
    late = value()
    shop.days.commit("late.env", setting(late).decode())
    damage(pack)
    said = shop.search()
    assert "late.env" in said.places and said.places["late.env"].in_head
    assert [one.source for one in said.errors if one.code == "damaged-pack"] == [str(pack)]
    assert "refs/heads/side" in said.sources


@pytest.mark.parametrize("bare", [False, True])
def test_a_clone_without_trees_says_what_it_lacks(shop, tmp_path, bare):
    shop.days.git("config", "uploadpack.allowFilter", "true")
    options = ("--bare",) if bare else ()
    source = f"file://{shop.folder}"
    git(tmp_path, "clone", "-q", *options, "--filter=tree:0", source, "clone")
    clone = shop._replace(days=Days(tmp_path / "clone", shop.days.workspace, shop.days.detector))
    for _ in range(2):
        said = clone.search()
        assert said.errors == []
        assert "folders of commits" in said.gaps and "partial clone" in said.gaps
        assert set(said.places) == (set() if bare else {"src/b.env", "src/c.env"})
        assert all(at.in_head and at.first_commit for at in said.places.values())


def test_what_is_broken_is_told_each_time_until_it_is_mended(shop):
    there = shop.ref().read_text()
    assert shop.search().errors == []
    shop.ref().write_text("garbage\n")
    for _ in range(2):
        assert shop.search().sources == ["refs/heads/side"]
    shop.ref().write_text(there)
    assert shop.search().errors == []


# Trees that hold each other


@pytest.mark.parametrize("broken", [False, True])
def test_trees_that_make_billions_of_paths_end_nothing(shop, monkeypatch, broken):
    """Twelve trees, each with ten names for the one before."""
    monkeypatch.setattr(commits, "MOST_PATHS", 5_000)
    monkeypatch.setattr(refs, "MOST_PATHS", 5_000)
    monkeypatch.setattr(git_command, "MOST_MEMORY", 64 * 1024**2)
    monkeypatch.setattr(preparation, "MOST_PATHS", 5_000)
    late = value()
    blob = git(shop.folder, "hash-object", "-w", "--stdin", given=setting(late)).decode().strip()
    entry = f"100644 blob {blob}"
    for _ in range(12):
        rows = "".join(f"{entry}\t{name}\n" for name in "abcdefghij")
        entry = f"040000 tree {git(shop.folder, 'mktree', given=rows.encode()).decode().strip()}"
    assert shop.search().errors == []
    made = shop.days.git("commit-tree", entry.split()[-1], "-p", "main", "-m", "x")
    shop.days.git("update-ref", "refs/heads/main", made)
    if broken:
        shop.ref().write_text("garbage\n")
    for _ in range(2):
        said = shop.search()
        assert [one.code for one in said.errors] == [INCOMPLETE]
        assert "5,000 paths" in said.errors[0].what
        assert set(said.places) == {""}


# What git would tell, read one by one


def writings(log: CommitLog) -> set[tuple[bytes, bytes, bytes]]:
    paths, blobs = list(log.paths), list(log.blobs)
    return {
        (log.names[commit] if commit >= 0 else b"", paths[path], blobs[blob])
        for commit, path, blob in log.writings()
    }


@settings(SHARED, max_examples=6 * SHARED.max_examples)
@given(st.integers(0, 2**32))
def test_of_a_repository_that_is_whole_it_is_what_git_tells(tmp_path_factory, seed):
    folder = build(tmp_path_factory.mktemp("salvage"), random.Random(seed))
    with GitLog(all_of_it(folder, unreachable=False)) as said:
        log = said.read(CancelToken())
    assert log is not None
    tips = [ref.target for ref in refs_of(folder).commits]
    mine, lost_commits, lost_trees = salvaged(folder, facts_of(folder), tips, CancelToken())
    assert (lost_commits, lost_trees) == (0, 0)
    assert writings(mine) == writings(log)
    assert set(mine.names) == set(log.names)
    facts = lambda log: {  # noqa: E731
        name: (log.times[number], log.author(number), list(log.parents_of(number)))
        for number, name in enumerate(log.names)
    }
    assert facts(mine) == facts(log)
    places = {name: number for number, name in enumerate(mine.names)}
    for number in range(len(mine.names)):
        assert all(places[parent] > number for parent in mine.parents_of(number))


def test_trees_that_are_not_kept_are_read_again(shop, monkeypatch):
    monkeypatch.setattr(salvage, "_MOST_ENTRIES", 1)
    shop.ref().write_text("garbage\n")
    assert set(shop.search().places) == set(shop.held)


@pytest.mark.parametrize("kind", ["merges", "modes", "a folder that was a file"])
def test_merges_and_what_changed_its_sort(days, kind):  # noqa: F811
    days.commit("a", "A=1\n")
    if kind == "merges":
        days.git("checkout", "-qb", "side")
        days.commit("b/c", "B=1\n")
        days.git("checkout", "-q", "main")
        days.commit("b/d", "D=1\n")
        days.git("merge", "-q", "--no-commit", "side")
        days.commit("b/e", "E=1\n")
    elif kind == "modes":
        days.git("update-index", "--chmod=+x", "a")
        days.git("commit", "-qm", "x")
    else:
        (days.folder / "a").unlink()
        days.commit("a/b", "B=1\n")
    with GitLog(all_of_it(days.folder, unreachable=False)) as said:
        log = said.read(CancelToken())
    assert log is not None
    tips = [ref.target for ref in refs_of(days.folder).commits]
    mine = salvaged(days.folder, facts_of(days.folder), tips, CancelToken()).log
    assert writings(mine) == writings(log)
