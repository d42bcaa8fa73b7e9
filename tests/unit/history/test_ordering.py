"""The order of commits that is kept of a search goes on as git would tell it, or not at all."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.history.commits import CommitLog
from secretshift.history.kept_order import MOST_LETTERS, continued, order_from, text_of
from secretshift.history.objects import facts_of
from secretshift.history.tips import named_by, order_of, tips_among, tips_of

from . import texts
from .repositories import empty, git

START = 1_700_000_000


@dataclass
class Growing:
    """A repository whose commits are made as a test wants them."""

    folder: Path
    heads: dict[str, str] = field(default_factory=dict)
    all: list[str] = field(default_factory=list)

    def commit(self, branch: str, time: int, *parents: str) -> str:
        date = f"{START + time} +0000"
        tree = git(self.folder, "mktree", given=b"").decode().strip()
        more = [word for parent in parents for word in ("-p", parent)]
        made = git(
            self.folder, "commit-tree", tree, *more, "-m", f"{branch} {time}",
            GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date,
        ).decode().strip()  # fmt: skip
        self.all.append(made)
        self.point(branch, made)
        return made

    def point(self, branch: str, commit: str) -> None:
        git(self.folder, "update-ref", f"refs/heads/{branch}", commit)
        self.heads[branch] = commit

    def gone(self, branch: str) -> None:
        git(self.folder, "update-ref", "-d", f"refs/heads/{branch}")
        del self.heads[branch]

    def tips(self) -> frozenset[bytes]:
        return tips_of(self.folder, facts_of(self.folder)).commits


def said(log: CommitLog) -> list[tuple[bytes, bytes, int]]:
    return list(zip(log.names, log.joined_parents, log.times, strict=True))


def is_an_order(log: CommitLog) -> bool:
    """Whether git may tell them so: of those whose children were all told the newest one next."""
    waiting = Counter(
        parent for number in range(len(log.names)) for parent in log.parents_of(number)
    )
    times = dict(zip(log.names, log.times, strict=True))
    ready = {name for name in log.names if not waiting[name]}
    for number, name in enumerate(log.names):
        if name not in ready or times[name] < max(times[other] for other in ready):
            return False
        ready.remove(name)
        for parent in log.parents_of(number):
            waiting[parent] -= 1
            if not waiting[parent]:
                ready.add(parent)
    return not ready


@pytest.fixture(params=["sha1", "sha256"])
def growing(tmp_path: Path, request: pytest.FixtureRequest) -> Growing:
    growing = Growing(empty(tmp_path / "r", "--bare", f"--object-format={request.param}"))
    first = growing.commit("main", 10)
    side = growing.commit("side", 20, first)
    growing.commit("main", 30, growing.commit("main", 25, first), side)
    return growing


def goes_on(growing: Growing, kept: CommitLog, before: frozenset[bytes]) -> CommitLog | None:
    return continued(growing.folder, kept, before, growing.tips())


def test_what_is_kept_is_the_order(growing):
    log = order_of(growing.folder)
    assert said(order_from(text_of(log))) == said(log)
    assert len(log.names) == 4
    assert said(order_from(text_of(CommitLog()))) == []


def test_an_order_that_is_too_long_or_too_wide_is_not_kept(growing, monkeypatch):
    log = order_of(growing.folder)
    wide = CommitLog.of_order(
        log.names, [b"".join(log.names) * 64, *log.joined_parents[1:]], log.times
    )
    assert text_of(wide) == ""
    monkeypatch.setattr("secretshift.history.kept_order.MOST_LETTERS", len(text_of(log)) - 9)
    assert text_of(log) == ""
    assert MOST_LETTERS > 0


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_what_is_no_order_is_refused_or_whole(data):
    names = [bytes([number]) * 20 for number in range(4)]
    log = CommitLog.of_order(names, [b"", names[0], names[1] * 2, b""], CommitLog().times)
    log.times.extend(range(4))
    text = text_of(log)
    at = data.draw(st.integers(0, len(text)))
    other = data.draw(st.text("AB/+=z9é", max_size=6))
    broken = text[:at] + other + text[at + data.draw(st.integers(0, 90)) :]
    try:
        read = order_from(broken)
    except ValueError:
        return
    assert len(read.names) == len(read.joined_parents) == len(read.times)


def on_main(growing: Growing) -> None:
    newer = growing.commit("main", 40, growing.heads["main"])
    growing.commit("main", 40, newer)


def on_a_branch(growing: Growing) -> None:
    growing.commit("other", 40, growing.heads["side"])


def a_merge(growing: Growing) -> None:
    growing.commit("main", 31, growing.heads["main"], growing.heads["side"])


def a_root(growing: Growing) -> None:
    growing.commit("other", 31)


def the_same_once_more(growing: Growing) -> None:
    growing.point("copy", growing.heads["main"])


def one_name_less(growing: Growing) -> None:
    growing.gone("side")


def two_beside_each_other(growing: Growing) -> None:
    growing.commit("one", 40, growing.heads["main"])
    growing.commit("two", 41, growing.heads["main"])


@pytest.mark.parametrize(
    "moved",
    [
        on_main, on_a_branch, a_merge, a_root, the_same_once_more, one_name_less,
        two_beside_each_other,
    ],
)  # fmt: skip
def test_where_only_newer_ones_came_git_is_not_asked_for_all(growing, moved):
    kept, before = order_of(growing.folder), growing.tips()
    moved(growing)
    now = goes_on(growing, kept, before)
    assert now is not None
    assert said(now) == said(order_of(growing.folder))


def an_older_one(growing: Growing) -> None:
    growing.commit("other", 5, growing.heads["side"])


def back(growing: Growing) -> None:
    growing.point("main", growing.heads["side"])


def another_in_its_place(growing: Growing) -> None:
    growing.commit("main", 40, growing.heads["side"])


@pytest.mark.parametrize("moved", [an_older_one, back, another_in_its_place])
def test_where_it_is_not_certain_nothing_is_told(growing, moved):
    kept, before = order_of(growing.folder), growing.tips()
    moved(growing)
    assert goes_on(growing, kept, before) is None


def test_of_the_same_time_one_may_come_before_the_other(growing):
    """Which one git met first hangs on the names of refs."""
    growing.commit("b", 50, growing.heads["main"])
    growing.commit("c", 50, growing.heads["main"])
    kept, before = order_of(growing.folder), growing.tips()
    growing.point("a", growing.heads["c"])
    now = goes_on(growing, kept, before)
    assert now is not None and now.names == kept.names
    assert order_of(growing.folder).names != kept.names


def test_of_many_names_that_are_gone_git_is_asked(growing, monkeypatch):
    kept, before = order_of(growing.folder), growing.tips()
    growing.gone("side")
    assert goes_on(growing, kept, before) is not None
    monkeypatch.setattr("secretshift.history.kept_order._MOST_GONE", 0)
    assert goes_on(growing, kept, before) is None


def test_what_git_cannot_tell_is_uncertain(growing):
    kept, before = order_of(growing.folder), growing.tips()
    assert continued(growing.folder, kept, before, [*before, b"\x01" * 20]) is None
    assert continued(growing.folder / "nowhere", kept, before, [*before, b"\x01" * 20]) is None
    tree = bytes.fromhex(git(growing.folder, "rev-parse", "main^{tree}").decode())
    assert continued(growing.folder, kept, before, [*before, tree]) is None


def test_an_order_that_lacks_what_a_new_commit_hangs_on_is_of_no_use(growing):
    whole, before = order_of(growing.folder), growing.tips()
    kept = CommitLog.of_order(whole.names[1:], whole.joined_parents[1:], whole.times[1:])
    growing.commit("main", 40, growing.heads["main"])
    assert goes_on(growing, whole, before) is not None
    assert goes_on(growing, kept, before) is None


def days_that_went_on(seed: int) -> list[bool]:
    """Of eight days with whatever comes."""
    rng = random.Random(seed)
    went_on = []
    with tempfile.TemporaryDirectory() as folder:
        growing = Growing(empty(Path(folder) / "r", "--bare"))
        time = 100
        growing.commit("main", time)
        for _day in range(8):
            kept, before = order_of(growing.folder), growing.tips()
            for _ in range(rng.choice((1, 1, 1, 2, 3))):
                time += rng.choice((-30, -1, 0, 0, 1, 5, 40, 40))
                something(growing, rng, time)
            now = goes_on(growing, kept, before)
            went_on.append(now is not None)
            if now is not None:
                told = order_of(growing.folder)
                assert sorted(said(now)) == sorted(said(told)), seed
                assert is_an_order(now) and is_an_order(told), seed
    return went_on


def something(growing: Growing, rng: random.Random, time: int) -> None:
    branch = rng.choice(["main", "main", "a", "b", "c"])
    here = growing.heads.get(branch)
    what = rng.random()
    if what < 0.6:
        parents = [here or rng.choice(growing.all)]
        if rng.random() < 0.2:
            parents.append(rng.choice(growing.all))
        growing.commit(branch, time, *dict.fromkeys(parents))
    elif what < 0.7:
        growing.commit(f"root{len(growing.all)}", time)
    elif what < 0.85:
        growing.point(f"name{rng.randint(0, 5)}", rng.choice(growing.all))
    elif len(growing.heads) > 1 and here:
        growing.gone(branch)


def test_day_after_day_it_is_what_git_tells():
    """Nobody chose the days; a seed that went wrong is told."""
    first = random.randrange(1 << 32) if texts.LONG else 0
    went_on = [day for seed in range(texts.LONG or 12) for day in days_that_went_on(first + seed)]
    assert sum(went_on) > len(went_on) / 5


def test_tips_are_the_same_whichever_way(growing):
    facts = facts_of(growing.folder)
    for more in ((), ("tag", "tree", "main^{tree}"), ("update-ref", "refs/heads/blob", "main")):
        if more:
            git(growing.folder, *more)
        commits = frozenset(order_of(growing.folder).names)
        found = tips_among(growing.folder, facts, named_by(growing.folder, facts), commits)
        assert found == tips_of(growing.folder, facts)
