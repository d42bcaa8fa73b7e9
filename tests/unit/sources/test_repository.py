"""What a folder is, told by the real git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from secretshift.model.errors import Refused
from secretshift.sources import repository
from secretshift.sources.repository import (
    RepositoryFacts,
    git_version,
    repository_at,
    repository_form,
)


def git(where: Path, *arguments: str) -> None:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(where)}
    subprocess.run(command, cwd=where, env=environment, check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    where = tmp_path / "shop"
    where.mkdir()
    git(where, "init", "-q", "-b", "main")
    return where


def commit(where: Path, number: int) -> None:
    for _ in range(number):
        git(where, "commit", "-q", "--allow-empty", "-m", "x")


def test_a_work_tree_is_told_from_any_folder_in_it(tree: Path) -> None:
    commit(tree, 3)
    (tree / "src" / "deep").mkdir(parents=True)
    wanted = RepositoryFacts(root=tree, branch="main", commits=3, shallow=False)
    assert repository_at(tree) == repository_at(tree / "src" / "deep") == wanted


def test_nothing_committed_and_no_branch_checked_out(tree: Path) -> None:
    assert repository_at(tree) == RepositoryFacts(tree, "main", 0, False)
    commit(tree, 1)
    git(tree, "checkout", "-q", "--detach")
    facts = repository_at(tree)
    assert facts is not None and facts.branch == "" and facts.commits == 1


def test_counting_ends_where_nobody_would_wait_for_it(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "MOST_COMMITS", 2)
    commit(tree, 5)
    facts = repository_at(tree)
    assert facts is not None and facts.commits == 3


def test_a_clone_without_its_older_commits_is_shallow(tree: Path, tmp_path: Path) -> None:
    commit(tree, 3)
    git(tmp_path, "clone", "-q", "--depth", "1", tree.as_uri(), "copy")
    facts = repository_at(tmp_path / "copy")
    assert facts is not None and facts.shallow and facts.commits == 1


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    assert repository_at(tmp_path) is None


def test_a_repository_that_git_does_not_open_is_no_folder_without_one(tree: Path) -> None:
    (tree / ".git" / "config").write_text("[core\n")
    with pytest.raises(Refused):
        repository_at(tree)


def test_the_version_of_git_is_that_of_the_program_that_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True)
    assert ".".join(map(str, git_version())) in said.stdout
    fake = tmp_path / "git"
    fake.write_text("#!/bin/sh\necho git version 2.9.1.windows.1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_version() == (2, 9, 1)


@pytest.mark.parametrize("head", [b"", b"garbage", None])
def test_a_repository_that_git_does_not_take_for_one_is_not_called_none(
    tree: Path, head: bytes | None
) -> None:
    """A history that cannot be read is never one that is not there."""
    commit(tree, 1)
    (tree / ".git" / "HEAD").unlink()
    if head is not None:
        (tree / ".git" / "HEAD").write_bytes(head)
    with pytest.raises(Refused, match=r"a \.git here that git does not take") as caught:
        repository_form(tree)
    assert caught.value.code == "git-failed"
    with pytest.raises(Refused, match="a repository here that git does not take for one"):
        repository_form(tree / ".git")
    (tree / "src").mkdir()
    assert repository_form(tree / "src") == ""
