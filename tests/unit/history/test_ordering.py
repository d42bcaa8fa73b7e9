"""The order of commits that is kept of a search goes on as git would tell it, or not at all."""

from __future__ import annotations

import random
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.history.commits import NO_TIME, CommitLog
from secretshift.history.kept_order import Order, continued, order_from, text_of
from secretshift.history.objects import facts_of
from secretshift.history.tips import Tips, named_by, order_of, tips_among, tips_of

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

    def tips(self) -> Tips:
        return tips_of(self.folder, facts_of(self.folder))


@dataclass(frozen=True)
class Then:
    """What is kept of a day."""

    order: Order
    before: frozenset[bytes]


def kept(growing: Growing) -> Then:
    tips = growing.tips()
    return Then(order_from(text_of(order_of(growing.folder), tips.named)), tips.commits)


def goes_on(growing: Growing, then: Then) -> CommitLog | None:
    return continued(growing.folder, then.order, then.before, growing.tips().named)


def said(log: CommitLog) -> list[tuple[bytes, bytes, int]]:
    return list(zip(log.names, log.joined_parents, log.times, strict=True))


@pytest.fixture(params=["sha1", "sha256"])
def growing(tmp_path: Path, request: pytest.FixtureRequest) -> Growing:
    growing = Growing(empty(tmp_path / "r", "--bare", f"--object-format={request.param}"))
    first = growing.commit("main", 10)
    side = growing.commit("side", 20, first)
    growing.commit("main", 30, growing.commit("main", 25, first), side)
    return growing


def test_what_is_kept_is_the_order(growing):
    log, named = order_of(growing.folder), growing.tips().named
    read = order_from(text_of(log, named))
    assert said(read.log) == said(log)
    assert len(log.names) == 4
    assert said(order_from(text_of(CommitLog(), ())).log) == []


def test_an_order_that_is_too_long_or_too_wide_is_not_kept(growing, monkeypatch):
    log = order_of(growing.folder)
    parents = [b"".join(log.names) * 64, *log.joined_parents[1:]]
    assert text_of(CommitLog.of_order(log.names, parents, log.times), ()) == ""
    monkeypatch.setattr("secretshift.history.kept_order.MOST_LETTERS", 100)
    assert text_of(log, ()) == ""


@pytest.mark.parametrize("odd", [-5, 1 << 34, NO_TIME])
def test_times_that_git_takes_for_others_are_not_kept(growing, odd):
    log = order_of(growing.folder)
    assert text_of(log, ())
    log.times[2] = odd
    assert text_of(log, ()) == ""


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_what_is_no_order_is_refused_or_whole(data):
    names = [bytes([number]) * 20 for number in range(4)]
    log = CommitLog.of_order(names, [b"", names[0], names[1] * 2, b""], CommitLog().times)
    log.times.extend(range(4))
    text = text_of(log, ())
    at = data.draw(st.integers(0, len(text)))
    other = data.draw(st.text("AB/+=z9é", max_size=6))
    broken = text[:at] + other + text[at + data.draw(st.integers(0, 90)) :]
    try:
        read = order_from(broken)
    except ValueError:
        return
    assert len(read.log.names) == len(read.log.joined_parents) == len(read.log.times)
    assert len(read.naming) == 32


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
    then = kept(growing)
    moved(growing)
    now = goes_on(growing, then)
    assert now is not None
    assert said(now) == said(order_of(growing.folder))


def an_older_one(growing: Growing) -> None:
    growing.commit("other", 5, growing.heads["side"])


def one_of_the_same_time(growing: Growing) -> None:
    growing.commit("other", 30, growing.heads["side"])


def two_of_the_same_time(growing: Growing) -> None:
    growing.commit("one", 40, growing.heads["main"])
    growing.commit("two", 40, growing.heads["main"])


def one_of_an_odd_time(growing: Growing) -> None:
    tree = git(growing.folder, "rev-parse", "main^{tree}").decode().strip()
    who = f"a <a@example.org> {1 << 34} +0000"
    lines = (f"tree {tree}", f"parent {growing.heads['main']}", f"author {who}", f"committer {who}")
    told = "\n".join((*lines, "", "x")).encode()
    made = git(growing.folder, "hash-object", "-w", "-t", "commit", "--stdin", given=told)
    growing.point("main", made.decode().strip())


def back(growing: Growing) -> None:
    growing.point("main", growing.heads["side"])


def another_in_its_place(growing: Growing) -> None:
    growing.commit("main", 40, growing.heads["side"])


@pytest.mark.parametrize(
    "moved",
    [
        an_older_one, one_of_the_same_time, two_of_the_same_time, one_of_an_odd_time, back,
        another_in_its_place,
    ],
)  # fmt: skip
def test_where_it_is_not_certain_nothing_is_told(growing, moved):
    then = kept(growing)
    moved(growing)
    assert goes_on(growing, then) is None


@pytest.mark.parametrize("hangs", [True, False])
@pytest.mark.parametrize("name", ["a", "z"])
def test_which_of_two_of_the_same_time_git_meets_first_may_change(growing, name, hangs):
    """With the names of refs, or where one becomes a parent."""
    growing.commit("b", 50, growing.heads["main"])
    growing.commit("c", 50, growing.heads["main"])
    then = kept(growing)
    growing.commit("main", 60, growing.heads["main"])
    assert goes_on(growing, then) is not None
    if hangs:
        growing.commit(name, 70, growing.heads["c"])
    else:
        growing.point(name, growing.heads["c"])
    assert goes_on(growing, then) is None


def test_what_git_cannot_tell_is_uncertain(growing):
    then, named = kept(growing), growing.tips().named
    lost = (*named, ("refs/heads/lost", b"\x01" * 20))
    assert continued(growing.folder, then.order, then.before, lost) is None
    assert continued(growing.folder / "nowhere", then.order, then.before, lost) is None
    tree = bytes.fromhex(git(growing.folder, "rev-parse", "main^{tree}").decode())
    assert continued(growing.folder, then.order, then.before, (*named, ("t", tree))) is None


def test_an_order_that_lacks_what_a_new_commit_hangs_on_is_of_no_use(growing):
    then = kept(growing)
    whole = then.order.log
    less = CommitLog.of_order(whole.names[1:], whole.joined_parents[1:], whole.times[1:])
    growing.commit("main", 40, growing.heads["main"])
    assert goes_on(growing, then) is not None
    assert goes_on(growing, Then(then.order._replace(log=less), then.before)) is None


def days_that_went_on(seed: int) -> list[bool]:
    """Of eight days with whatever comes."""
    rng = random.Random(seed)
    went_on = []
    with tempfile.TemporaryDirectory() as folder:
        growing = Growing(empty(Path(folder) / "r", "--bare"))
        time = 100
        growing.commit("main", time)
        for _day in range(8):
            then = kept(growing)
            for _ in range(rng.choice((1, 1, 1, 2, 3))):
                time += rng.choice((-30, -1, 0, 0, 1, 5, 40, 40))
                something(growing, rng, time)
            now = goes_on(growing, then)
            went_on.append(now is not None)
            if now is not None:
                assert said(now) == said(order_of(growing.folder)), seed
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
