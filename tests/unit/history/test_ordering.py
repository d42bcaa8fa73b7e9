"""The order of commits that was asked for ahead."""

from __future__ import annotations

from pathlib import Path

import pytest

from secretshift.history import ordering
from secretshift.history.growth import now_of
from secretshift.history.objects import facts_of
from secretshift.history.tips import named_by, order_of, tips_among, tips_of

from .repositories import git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path)
    git(tmp_path, "tag", "-a", "v1", "-m", "one")
    yield tmp_path
    ordering.end()


def commit(repository: Path) -> None:
    git(
        repository, "-c", "user.name=a", "-c", "user.email=a@b",
        "commit", "-q", "--allow-empty", "-m", "x",
    )  # fmt: skip


def test_what_was_begun_is_taken_once(repository):
    ordering.begin(repository)
    first = order_of(repository, begun=True)
    commit(repository)
    assert len(first.names) == 1
    assert len(order_of(repository, begun=True).names) == 2


def test_what_was_begun_before_a_ref_moved_is_asked_anew(repository):
    ordering.begin(repository)
    ordering._begun[str(repository)].wait()
    commit(repository)
    now = now_of(repository, facts_of(repository))
    assert len(now.log.names) == 2
    assert now.tips == tips_of(repository, facts_of(repository))


def test_what_was_begun_before_a_ref_went_back_is_asked_anew(repository):
    commit(repository)
    ordering.begin(repository)
    ordering._begun[str(repository)].wait()
    git(repository, "reset", "-q", "--soft", "HEAD~1")
    now = now_of(repository, facts_of(repository))
    assert len(now.log.names) == 1


def test_where_there_is_no_repository_nothing_is_begun(tmp_path):
    ordering.begin(tmp_path / "nowhere")
    assert ordering.begun(tmp_path / "nowhere") is None


def test_of_what_nobody_asked_for_nothing_is_left(repository):
    ordering.begin(repository)
    git_there = ordering._begun[str(repository)]
    ordering.end()
    assert git_there.returncode is not None
    assert ordering.begun(repository) is None


def test_tips_are_the_same_whichever_way(repository):
    facts = facts_of(repository)
    for more in ((), ("tag", "tree", "HEAD^{tree}"), ("update-ref", "refs/heads/blob", "HEAD")):
        if more:
            git(repository, *more)
        commits = frozenset(order_of(repository).names)
        found = tips_among(repository, facts, named_by(repository, facts), commits)
        assert found == tips_of(repository, facts)


def test_a_ref_to_nothing_is_told_whichever_way(repository):
    (repository / ".git" / "refs" / "heads" / "lost").write_text("1" * 40 + "\n")
    facts = facts_of(repository)
    commits: frozenset[bytes] = frozenset()
    found = tips_among(repository, facts, named_by(repository, facts), commits)
    assert found == tips_of(repository, facts)
    assert not found.are_whole
