"""What a commit or a branch changes: read from git's objects, with the lines that are new."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from secretshift.model.errors import Interrupted, Refused, UsageProblem
from secretshift.model.findings import SourceError
from secretshift.model.journeys import CancelToken
from secretshift.sources import changes
from secretshift.sources.changed_files import ChangedFiles, open_changes
from secretshift.sources.worktree import SourceFile

Read = dict[str, tuple[str, tuple[tuple[int, int], ...] | None]]


def git(where: Path, *arguments: str, **more: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(where),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ALLOW_PROTOCOL": "file",
        **more,
    }
    return subprocess.run(
        ["git", *identity, *arguments],
        cwd=where,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def made(folder: Path, *options: str) -> Path:
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main", *options)
    return folder


@pytest.fixture(autouse=True)
def no_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests may run in a hook of their own."""
    monkeypatch.delenv("GIT_INDEX_FILE", raising=False)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return made(tmp_path / "repo")


def commit(repo: Path, **files: str) -> str:
    for name, text in files.items():
        (repo / name).write_text(text)
        git(repo, "add", name)
    git(repo, "commit", "-q", "--allow-empty", "-m", "x")
    return git(repo, "rev-parse", "HEAD")


def read(source: ChangedFiles) -> Read:
    found = list(source.files(CancelToken()))
    files = [f for f in found if isinstance(f, SourceFile)]
    assert len(files) == len(found), found
    assert all(f.root == source.root for f in files)
    return {f.path: (f.text, f.lines) for f in files}


def staged(path: Path, **choice: tuple[str, ...]) -> Read:
    return read(open_changes(path, "", **choice))


def since(path: Path, ref: str) -> Read:
    return read(open_changes(path, ref))


def test_of_the_first_commit_every_line_is_new(repo: Path) -> None:
    (repo / "a").write_text("1\n2\n")
    git(repo, "add", "a")
    (repo / "untracked").write_text("no")
    source = open_changes(repo, "")
    assert read(source) == {"a": ("1\n2\n", ((1, 3),))}
    assert source.counts["files"] == source.total == 1 and source.counts["bytes"] == 4


def test_of_a_classic_mac_s_file_the_new_lines_are_known(repo: Path) -> None:
    (repo / "a").write_bytes(b"1\r2\r")
    git(repo, "add", "a")
    git(repo, "commit", "-q", "-m", "x")
    (repo / "a").write_bytes(b"1\r2\r3\r")
    git(repo, "add", "a")
    assert staged(repo) == {"a": ("1\n2\n3\n", ((3, 3),))}


def test_the_index_is_read_and_not_the_work_tree(repo: Path) -> None:
    commit(repo, a="1\n2\n3\n", b="b\n", c="c\n")
    (repo / "a").write_text("1\nstaged\n3\n")
    (repo / "c").write_text("in the index only\n")
    git(repo, "add", "a", "c")
    (repo / "a").write_text("1\nstaged\n3\nnot staged\n")
    (repo / "b").write_text("not staged\n")
    (repo / "c").unlink()
    (repo / "intended").write_text("x")
    git(repo, "add", "-N", "intended")
    source = open_changes(repo, "")
    assert read(source) == {
        "a": ("1\nstaged\n3\n", ((2, 2),)),
        "c": ("in the index only\n", ((1, 1),)),
    }
    assert "what is not staged, and what was there before" in source.not_searched


def test_nothing_staged_is_nothing_to_read(repo: Path) -> None:
    assert staged(repo) == {}
    commit(repo, a="1")
    assert staged(repo) == {}


def test_what_is_deleted_renamed_or_only_changes_its_mode_has_no_new_lines(repo: Path) -> None:
    body = "".join(f"line {n}\n" for n in range(20))
    commit(repo, gone="x\n", old=body, moved=body.upper(), script="s\n")
    git(repo, "rm", "-q", "gone")
    git(repo, "mv", "old", "new")
    git(repo, "mv", "moved", "edited")
    (repo / "edited").write_text(body.upper() + "AND MORE\n")
    git(repo, "add", "edited")
    git(repo, "update-index", "--chmod=+x", "script")
    assert staged(repo) == {"edited": (body.upper() + "AND MORE\n", ((21, 21),))}


def test_a_link_that_becomes_a_file_is_all_new_and_a_link_is_not_read(repo: Path) -> None:
    (repo / "l").symlink_to("nowhere")
    git(repo, "add", "l")
    commit(repo, f="was a file\n")
    (repo / "l").unlink()
    (repo / "l").write_text("a file now\n")
    (repo / "f").unlink()
    (repo / "f").symlink_to("/etc/passwd")
    git(repo, "add", "l", "f")
    source = open_changes(repo, "")
    assert read(source) == {"l": ("a file now\n", ((1, 2),))}
    assert source.counts["symlinks"] == 1


def test_submodules_binaries_large_files_and_pointers_are_counted(repo: Path) -> None:
    inner = made(repo / "inner")
    commit(inner, f="x")
    (repo / "binary").write_bytes(b"\0\1\2")
    (repo / "large").write_text("x" * 5000)
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 9\n"
    (repo / "kept").write_text(pointer)
    (repo / "after").write_text("after the large one\n")
    git(repo, "add", "inner", "binary", "large", "kept", "after")
    source = open_changes(repo, "", max_bytes=4000)
    assert read(source) == {"after": ("after the large one\n", ((1, 2),))}
    counts = {name: source.counts[name] for name in ("submodules", "binary", "huge", "lfs")}
    assert set(counts.values()) == {1}, counts
    said = " ".join(source.not_searched)
    assert "1 file over 4,000 bytes" in said and "Git LFS" in said


def test_text_in_place_of_what_was_none_is_all_new(repo: Path) -> None:
    (repo / "f").write_bytes(b"\0\1\2")
    git(repo, "add", "f")
    commit(repo)
    (repo / "f").write_text("text\n")
    git(repo, "add", "f")
    assert staged(repo) == {"f": ("text\n", ((1, 2),))}


def test_another_encoding_makes_no_line_new(repo: Path) -> None:
    commit(repo, f="one\ntwo\n")
    (repo / "f").write_bytes("one\ntwo\nthree\n".encode("utf-16"))
    git(repo, "add", "f")
    assert staged(repo) == {"f": ("one\ntwo\nthree\n", ((3, 3),))}


NAMES = [
    b"new\nline",
    b'quo"te and \\ back',
    b"\x1b[31mred",
    b"latin-\xff\xfe",
    b"-rf",
    b":100644 000",
    b"tab\there",
]


def test_any_name_is_read(repo: Path) -> None:
    empty = commit(repo)
    for number, name in enumerate(NAMES):
        Path(os.fsdecode(os.fsencode(repo) + b"/" + name)).write_text(f"{number}")
    git(repo, "add", "-A", ".")
    expected = {name: f"{number}" for number, name in enumerate(NAMES)}
    assert {os.fsencode(p): text for p, (text, _) in staged(repo).items()} == expected
    commit(repo)
    assert {os.fsencode(p): text for p, (text, _) in since(repo, empty).items()} == expected


def test_a_path_limits_to_it(repo: Path) -> None:
    (repo / "sub").mkdir()
    (repo / "sub2").mkdir()
    for name in ("top", "sub/a", "sub/b", "sub2/c"):
        (repo / name).write_text("x\n")
    git(repo, "add", ".")
    assert set(staged(repo / "sub")) == {"sub/a", "sub/b"}
    assert set(staged(repo / "sub" / "a")) == {"sub/a"}
    assert set(staged(repo, exclude=("sub2",), include=("sub*/",))) == {"sub/a", "sub/b"}
    source = open_changes(repo, "", exclude=("sub2",), include=("sub*/",))
    read(source)
    assert source.counts["excluded"] == 1 and source.counts["not included"] == 1
    assert set(staged(repo / "sub" / "a", exclude=("a",))) == {"sub/a"}
    with pytest.raises(UsageProblem, match="nothing at this path"):
        staged(repo / "missing")


def test_a_conflict_is_not_read_and_told(repo: Path) -> None:
    commit(repo, f="a\n")
    git(repo, "checkout", "-q", "-b", "left")
    commit(repo, f="left\n")
    git(repo, "checkout", "-q", "main")
    commit(repo, f="main\n")
    with pytest.raises(subprocess.CalledProcessError):
        git(repo, "merge", "left")
    (error,) = open_changes(repo, "").files(CancelToken())
    assert isinstance(error, SourceError) and error.code == "unmerged"


def test_a_wish_to_stop_is_heard(repo: Path) -> None:
    commit(repo)
    (repo / "f").write_text("x")
    git(repo, "add", "f")
    token = CancelToken()
    token.cancel()
    with pytest.raises(Interrupted):
        list(open_changes(repo, "").files(token))


@pytest.mark.parametrize("form", [("-a",), ("f",), ("--include", "f")])
def test_in_a_hook_it_is_the_index_of_that_commit(
    repo: Path, monkeypatch: pytest.MonkeyPatch, form: tuple[str, ...]
) -> None:
    """git commit -a and git commit FILE make one of their own, and tell the hook its name."""
    commit(repo, f="1\n")
    (repo / "f").write_text("1\n2\n")
    hook = repo / ".git/hooks/pre-commit"
    # The hook keeps a copy of the index, since git removes it, and says how it was named.
    hook.write_text('#!/bin/sh\nprintf %s "$GIT_INDEX_FILE" > told\ncp "$GIT_INDEX_FILE" kept\n')
    hook.chmod(0o755)
    assert staged(repo) == {}
    git(repo, "commit", "-q", "-m", "x", *form)
    git(repo, "reset", "-q", "--soft", "HEAD~1")
    git(repo, "read-tree", "HEAD")
    told = Path(repo, (repo / "told").read_text())
    told.write_bytes((repo / "kept").read_bytes())
    assert told.name != "index" and staged(repo) == {}
    monkeypatch.setenv("GIT_INDEX_FILE", (repo / "told").read_text())
    assert staged(repo) == {"f": ("1\n2\n", ((2, 2),))}


def test_an_index_from_elsewhere_is_not_taken_and_that_is_said(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = made(tmp_path / "other")
    (other / "foreign").write_text("x")
    git(other, "add", "foreign")
    (repo / "own").write_text("x")
    git(repo, "add", "own")
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    source = open_changes(repo, "")
    assert set(read(source)) == {"own"}
    assert any("GIT_INDEX_FILE" in sentence for sentence in source.not_searched)


def test_a_linked_work_tree_has_an_index_of_its_own(repo: Path, tmp_path: Path) -> None:
    commit(repo, a="a\n")
    git(repo, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "linked")
    (tmp_path / "linked" / "b").write_text("b\n")
    git(tmp_path / "linked", "add", "b")
    assert set(staged(tmp_path / "linked")) == {"b"} and staged(repo) == {}


def test_a_repository_with_sha256(tmp_path: Path) -> None:
    repo = made(tmp_path / "sha256", "--object-format=sha256")
    (repo / "a").write_text("1\n")
    git(repo, "add", "a")
    assert set(staged(repo)) == {"a"}
    first = commit(repo, a="1\n")
    commit(repo, a="1\n2\n")
    assert len(first) == 64 and since(repo, first) == {"a": ("1\n2\n", ((2, 2),))}


def test_since_is_from_where_the_branch_left(repo: Path) -> None:
    commit(repo, a="1\n2\n", b="b\n")
    git(repo, "checkout", "-q", "-b", "branch")
    commit(repo, a="1\n2\nof the branch\n")
    git(repo, "checkout", "-q", "main")
    commit(repo, b="of main, later\n")
    git(repo, "checkout", "-q", "branch")
    (repo / "a").write_text("not committed")
    (repo / "staged").write_text("x")
    git(repo, "add", "staged")
    source = open_changes(repo, "main")
    assert read(source) == {"a": ("1\n2\nof the branch\n", ((3, 3),))}
    assert source.not_searched == ("what was there before main, and what is not committed",)
    assert since(repo, "HEAD") == {}
    git(repo, "tag", "-m", "t", "annotated", "main")
    assert set(since(repo, "annotated")) == set(since(repo, "main~0")) == {"a"}


@pytest.mark.parametrize(
    "ref",
    ["nowhere", "-x", "--output=x", "", "^main", "main..main", "a\nb", "main^{tree}", "0" * 40],
)
def test_a_name_that_stands_for_no_commit(repo: Path, ref: str) -> None:
    commit(repo, a="1")
    with pytest.raises(UsageProblem) as caught:
        changes.since(repo, ref)
    assert caught.value.code == "unknown-ref" and "git fetch" in caught.value.hint
    assert not (repo / "x").exists()


def test_since_without_a_commit_or_a_repository(repo: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem):
        since(repo, "HEAD")
    for ref, option in (("", "--staged"), ("HEAD", "--since")):
        (tmp_path / "plain").mkdir(exist_ok=True)
        with pytest.raises(UsageProblem) as caught:
            open_changes(tmp_path / "plain", ref)
        assert option in caught.value.what and caught.value.code == "no-repository"


def test_a_shallow_clone_says_that_it_does_not_reach_back(repo: Path, tmp_path: Path) -> None:
    commit(repo, a="1\n")
    git(repo, "checkout", "-q", "-b", "branch")
    commit(repo, a="1\n2\n")
    git(repo, "checkout", "-q", "main")
    commit(repo, b="b\n")
    url = f"file://{repo}"
    git(tmp_path, "clone", "-q", "--depth=1", "--no-single-branch", "-b", "branch", url, "shallow")
    with pytest.raises(Refused) as caught:
        since(tmp_path / "shallow", "origin/main")
    assert caught.value.code == "no-merge-base" and "--unshallow" in caught.value.hint
    git(tmp_path / "shallow", "fetch", "-q", "--unshallow")
    assert since(tmp_path / "shallow", "origin/main") == {"a": ("1\n2\n", ((2, 2),))}


def test_histories_with_nothing_in_common(repo: Path) -> None:
    commit(repo, a="1\n")
    git(repo, "checkout", "-q", "--orphan", "other")
    commit(repo, a="2\n")
    with pytest.raises(Refused) as caught:
        since(repo, "main")
    assert caught.value.code == "no-merge-base" and "unshallow" not in caught.value.hint


def test_a_content_that_is_not_here_is_an_error_and_the_rest_is_read(repo: Path) -> None:
    first = commit(repo, a="1\n", b="1\n", z="1\n")
    commit(repo, a="1\n2\n", b="1\ngone\n", z="1\n3\n")
    blob = git(repo, "rev-parse", "HEAD:b")
    (repo / ".git/objects" / blob[:2] / blob[2:]).unlink()
    found = list(open_changes(repo, first).files(CancelToken()))
    errors = [f for f in found if isinstance(f, SourceError)]
    assert [e.code for e in errors] == ["missing-object"] and errors[0].source.endswith("/b")
    assert [f.path for f in found if isinstance(f, SourceFile)] == ["a", "z"]


def test_a_partial_clone_fetches_nothing(repo: Path, tmp_path: Path) -> None:
    first = commit(repo, a="".join(f"{n}\n" for n in range(9)))
    git(repo, "mv", "a", "b")
    commit(repo, b="".join(f"{n}\n" for n in range(9)) + "new\n")
    git(repo, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{repo}", "part")
    (error,) = open_changes(tmp_path / "part", first).files(CancelToken())
    assert isinstance(error, SourceError) and error.code == "missing-object"
