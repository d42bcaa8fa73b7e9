"""Which files of a work tree or folder are read, and what is said of the others."""

from __future__ import annotations

import codecs
import ctypes
import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from secretshift.model.errors import Interrupted, Refused, UsageProblem
from secretshift.model.findings import SourceError
from secretshift.model.journeys import CancelToken
from secretshift.sources import git_command
from secretshift.sources.worktree import Folder, SourceFile, WorkTree, open_source


def git(where: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(where), "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(
        ["git", *identity, *arguments],
        cwd=where,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    return folder


def read(source: WorkTree | Folder) -> dict[str, str]:
    found = list(source.files(CancelToken()))
    assert all(isinstance(f, SourceFile) for f in found), found
    files = [f for f in found if isinstance(f, SourceFile)]
    assert len({f.path for f in files}) == len(files)
    assert all(f.root == source.root for f in files)
    return {f.path: f.text for f in files}


def errors(source: WorkTree | Folder) -> list[SourceError]:
    return [f for f in source.files(CancelToken()) if isinstance(f, SourceError)]


def test_lines_of_a_classic_mac_are_lines(repo: Path) -> None:
    (repo / "old").write_bytes(b"one\rtwo\r")
    assert read(open_source(repo)) == {"old": "one\ntwo\n"}


def test_tracked_and_untracked_files_but_not_ignored_ones(repo: Path) -> None:
    (repo / "tracked").write_text("one")
    (repo / "gone").write_text("x")
    git(repo, "add", ".")
    (repo / "gone").unlink()
    (repo / "tracked").write_text("one, as it is now")
    (repo / ".gitignore").write_text("*.log\nbuild/\n")
    (repo / "untracked").write_text("two")
    (repo / "a.log").write_text("no")
    (repo / "build").mkdir()
    (repo / "build" / "x").write_text("no")
    tree = open_source(repo)
    assert isinstance(tree, WorkTree) and tree.total is None
    assert read(tree) == {
        "tracked": "one, as it is now",
        "untracked": "two",
        ".gitignore": "*.log\nbuild/\n",
    }
    assert tree.total == 4
    assert tree.counts["files"] == 3 and tree.counts["missing"] == 1
    assert tree.counts["bytes"] == len("one, as it is nowtwo*.log\nbuild/\n")
    assert tree.counts["ignored"] == 2
    assert any("2 files and folders that git ignores" in s for s in tree.not_searched)
    read(tree)
    assert tree.counts["files"] == 3


def test_what_is_asked_for_sooner_is_read_sooner_and_numbered_in_gits_order(repo: Path) -> None:
    for name in ("a.py", "b.env", "c.py", "d.env"):
        (repo / name).write_text("x\n")
    git(repo, "add", ".")
    (repo / "0.env").write_text("untracked\n")
    tree = open_source(repo, sooner=lambda path: not path.endswith(".env"))
    read_so = [(file.path, file.number) for file in tree.files(CancelToken())]
    assert read_so == [("b.env", 1), ("d.env", 3), ("0.env", 4), ("a.py", 0), ("c.py", 2)]
    plain = [(file.path, file.number) for file in open_source(repo).files(CancelToken())]
    assert plain == sorted(read_so, key=lambda one: one[1])


def test_a_file_that_is_ignored_but_tracked_is_read(repo: Path) -> None:
    (repo / ".env").write_text("A=1")
    git(repo, "add", ".env")
    (repo / ".gitignore").write_text(".env\n")
    assert read(open_source(repo))[".env"] == "A=1"


def test_a_merge_conflict_gives_a_file_once(repo: Path) -> None:
    for branch, text in (("main", "a"), ("left", "b"), ("right", "c")):
        if branch != "main":
            git(repo, "checkout", "-q", "-b", branch, "main")
        (repo / "f").write_text(text)
        git(repo, "add", "f")
        git(repo, "commit", "-qm", branch)
    with pytest.raises(subprocess.CalledProcessError):
        git(repo, "merge", "left")
    assert list(read(open_source(repo))) == ["f"]


def test_a_folder_in_a_work_tree_limits_to_it(repo: Path) -> None:
    (repo / "sub" / "deep").mkdir(parents=True)
    (repo / "top").write_text("no")
    (repo / "sub" / "tracked").write_text("t")
    git(repo, "add", ".")
    (repo / "sub" / "deep" / "new").write_text("n")
    tree = open_source(repo / "sub")
    assert read(tree) == {"sub/tracked": "t", "sub/deep/new": "n"}
    assert tree.root == str(repo)


def test_an_ignored_folder_that_is_named_is_read(repo: Path) -> None:
    (repo / ".gitignore").write_text("out/\n")
    (repo / "out").mkdir()
    (repo / "out" / "f").write_text("x")
    source = open_source(repo / "out")
    assert isinstance(source, Folder) and read(source) == {"f": "x"}


NAMES = [
    b"new\nline",
    b'quo"te and \\ back',
    b"\x1b[31mred",
    b"latin-\xff\xfe",
    "ümläut".encode(),
    b" leading",
    b"tab\there",
    b"-rf",
    b":(exclude)x",
]


def test_any_name_is_read(repo: Path) -> None:
    for number, name in enumerate(NAMES):
        Path(os.fsdecode(os.fsencode(repo) + b"/" + name)).write_text(str(number))
    git(repo, "add", "-A", ".")
    (repo / "folder\n").mkdir()
    (repo / "folder\n" / "\xe9\n").write_text("in")
    found = read(open_source(repo))
    assert {os.fsencode(path): text for path, text in found.items()} == {
        **{name: str(number) for number, name in enumerate(NAMES)},
        "folder\n/\xe9\n".encode(): "in",
    }
    assert {os.fsencode(p) for p in read(Folder(repo))} >= set(NAMES)


def test_a_repository_whose_own_name_has_a_newline(tmp_path: Path) -> None:
    folder = tmp_path / "two\nlines\n"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "f").write_text("x")
    assert read(open_source(folder)) == {"f": "x"}


def test_links_fifos_sockets_and_submodules_are_counted(repo: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("outside")
    (repo / "link").symlink_to(outside / "secret")
    (repo / "dirlink").symlink_to(outside)
    (repo / "dangling").symlink_to("nowhere")
    inner = repo / "inner"
    inner.mkdir()
    git(inner, "init", "-q")
    (inner / "f").write_text("x")
    git(inner, "add", ".")
    git(inner, "commit", "-qm", "x")
    nested = repo / "nested"
    nested.mkdir()
    git(nested, "init", "-q")
    (nested / "f").write_text("x")
    git(repo, "add", "link", "dirlink", "dangling", "inner")
    (repo / "plain").write_text("p")
    git(repo, "add", "plain")
    (repo / "plain").unlink()
    os.mkfifo(repo / "plain")
    tree = open_source(repo)
    assert read(tree) == {}
    assert tree.counts["symlinks"] == 3
    assert tree.counts["submodules"] == 1 and tree.counts["repositories"] == 1
    assert tree.counts["special"] == 1
    said = " ".join(tree.not_searched)
    assert "3 symbolic links" in said and "1 submodule:" in said and "1 repository " in said


def test_a_tracked_folder_replaced_by_a_link_leads_nowhere(repo: Path, tmp_path: Path) -> None:
    (repo / "conf").mkdir()
    (repo / "conf" / "secret").write_text("in")
    git(repo, "add", ".")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("OUTSIDE")
    (repo / "conf" / "secret").unlink()
    (repo / "conf").rmdir()
    (repo / "conf").symlink_to(outside)
    tree = open_source(repo)
    assert "OUTSIDE" not in read(tree).values()
    assert tree.counts["symlinks"] >= 1


def test_sizes_and_binaries_are_bounded_and_counted(repo: Path) -> None:
    (repo / "huge").write_text("x" * 1001)
    (repo / "fits").write_text("x" * 1000)
    (repo / "binary").write_bytes(b"\x7fELF" + bytes(range(256)))
    (repo / "noise").write_bytes(bytes([1, 2, 3, 4, 5, 6]) * 50)
    tree = open_source(repo, max_bytes=1000)
    assert list(read(tree)) == ["fits"]
    assert (tree.counts["huge"], tree.counts["binary"]) == (1, 2)
    assert "1 file over 1,000 bytes" in tree.not_searched


def test_a_pointer_of_git_lfs_is_told(repo: Path) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 9\n"
    (repo / "large.env").write_text(pointer)
    (repo / "like.env").write_text(pointer + "x" * 1024)
    tree = open_source(repo)
    assert list(read(tree)) == ["like.env"]
    assert tree.counts["lfs"] == 1
    assert any("Git LFS" in sentence for sentence in tree.not_searched)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("pässwörd".encode(), "pässwörd"),
        (codecs.BOM_UTF8 + b"A=1", "A=1"),
        (codecs.BOM_UTF16_LE + "pä=ß".encode("utf-16-le"), "pä=ß"),
        (codecs.BOM_UTF16_BE + "pä=ß".encode("utf-16-be"), "pä=ß"),
        (codecs.BOM_UTF32_LE + "pä=ß".encode("utf-32-le"), "pä=ß"),
        ("TOKEN=abc\r\n".encode("utf-16-le"), "TOKEN=abc\r\n"),
        ("TOKEN=abc\r\n".encode("utf-16-be"), "TOKEN=abc\r\n"),
        ("TOKEN=ab\xe9c".encode("latin-1"), "TOKEN=ab\xe9c"),
        (b"", ""),
        (b"x" * 9000 + b"\0late", "x" * 9000 + "\0late"),
    ],
)
def test_text_in_any_encoding_is_text(repo: Path, content: bytes, text: str) -> None:
    (repo / "f").write_bytes(content)
    assert read(open_source(repo)) == {"f": text}


def test_excluded_paths_are_counted(repo: Path) -> None:
    for path in ("a.min.js", "lib/b.min.js", "vendor/deep/c", "docs/vendor/d", "keep"):
        (repo / path).parent.mkdir(parents=True, exist_ok=True)
        (repo / path).write_text("x")
    exclude = ("*.min.js", "/vendor/")
    for source in (open_source(repo, exclude=exclude), Folder(repo, exclude=exclude)):
        assert set(read(source)) == {"keep", "docs/vendor/d"}
        assert source.counts["excluded"] >= 2


def test_only_what_is_included_is_read_and_exclusion_wins(repo: Path) -> None:
    for path in ("top.py", "src/a.py", "src/b.txt", "src/gen/c.py", "lib/d.py"):
        (repo / path).parent.mkdir(parents=True, exist_ok=True)
        (repo / path).write_text("x")
    for source in (
        open_source(repo, exclude=("gen",), include=("src/**/*.py", "/lib/")),
        Folder(repo, exclude=("gen",), include=("src/**/*.py", "/lib/")),
    ):
        assert set(read(source)) == {"src/a.py", "lib/d.py"}
        assert source.counts["not included"] == 2 and source.counts["excluded"] == 1
        assert "2 files that fit no pattern of scan.include" in source.not_searched
    named = open_source(repo / "top.py", include=("src/",))
    assert set(read(named)) == {"top.py"}


def test_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "b" / "c" / "f").write_text("3")
    (tmp_path / "b.txt").write_text("2")
    (tmp_path / "a").write_text("1")
    (tmp_path / "nested" / ".git").mkdir(parents=True)
    (tmp_path / "nested" / "f").write_text("4")
    (tmp_path / "link").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "fifo")
    folder = open_source(tmp_path)
    assert isinstance(folder, Folder) and folder.total is None
    assert read(folder) == {"a": "1", "b.txt": "2", "b/c/f": "3", "nested/f": "4"}
    assert folder.counts["symlinks"] == 1 and folder.counts["special"] == 1


def test_a_path_longer_than_the_system_opens_is_read(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 200, dir_fd=here)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    descriptor = os.open("f", os.O_CREAT | os.O_WRONLY, dir_fd=here)
    os.write(descriptor, b"deep")
    os.close(descriptor)
    os.close(here)
    assert list(read(Folder(tmp_path)).values()) == ["deep"]


def test_a_single_file(repo: Path) -> None:
    (repo / "sub").mkdir()
    (repo / "sub" / "f").write_text("x")
    source = open_source(repo / "sub" / "f")
    assert source.total == 1 and read(source) == {"f": "x"}
    assert source.root == str(repo / "sub")


def test_a_single_fifo_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    source = open_source(tmp_path / "fifo")
    assert read(source) == {} and source.counts["special"] == 1
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "s"))
        assert read(open_source(tmp_path / "s")) == {}


@pytest.mark.parametrize("name", ["nothing", "\x00", "f/below"])
def test_a_path_that_is_not_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "f").write_text("x")
    with pytest.raises(UsageProblem):
        open_source(tmp_path / name)


def test_reading_stops_when_asked(repo: Path) -> None:
    for number in range(3):
        (repo / f"f{number}").write_text("x")
    for source in (open_source(repo), Folder(repo)):
        cancel = CancelToken()
        reading = source.files(cancel)
        next(reading)
        cancel.cancel()
        with pytest.raises(Interrupted):
            next(reading)


# A failed look is never clean.


def test_a_broken_repository_is_not_an_empty_one(repo: Path) -> None:
    (repo / "f").write_text("x")
    git(repo, "add", ".")
    tree = open_source(repo)
    (repo / ".git" / "index").write_bytes(b"broken")
    with pytest.raises(Refused) as caught:
        list(tree.files(CancelToken()))
    assert caught.value.code == "git-failed"
    (repo / ".git" / "HEAD").unlink()
    with pytest.raises(Refused, match="does not take for a repository"):
        open_source(repo)


def test_the_inside_of_a_repository_is_no_work_tree(repo: Path) -> None:
    with pytest.raises((UsageProblem, Refused)):
        open_source(repo / ".git")


def test_git_that_hangs_is_unavailable(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(git_command, "SECONDS", 0.2)
    with pytest.raises(Exception, match="did not answer") as caught:
        open_source(repo)
    assert type(caught.value).__name__ == "Unavailable"


def test_no_git_is_said(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageProblem) as caught:
        open_source(repo)
    assert caught.value.code == "no-git"


def without_override() -> None:
    """Let a child obey file rights even as root: drop DAC_OVERRIDE and DAC_READ_SEARCH."""
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="drops Linux capabilities")
@pytest.mark.parametrize("kind", ["WorkTree", "Folder"])
def test_what_cannot_be_opened_is_an_error_each(repo: Path, kind: str) -> None:
    (repo / "shut").mkdir()
    (repo / "shut" / "f").write_text("x")
    (repo / "closed").write_text("x")
    (repo / "open").write_text("x")
    code = (
        "import sys; from pathlib import Path\n"
        "from secretshift.model.journeys import CancelToken\n"
        "from secretshift.sources import worktree\n"
        "source = getattr(worktree, sys.argv[2])(Path(sys.argv[1]))\n"
        "for f in source.files(CancelToken()):\n"
        "    print(getattr(f, 'path', None) or f.code + ' ' + f.what)\n"
        "print(source.counts['unreadable'])\n"
    )
    (repo / "shut").chmod(0)
    (repo / "closed").chmod(0)
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, str(repo), kind],
            preexec_fn=without_override,
            capture_output=True,
            text=True,
        )
    finally:
        (repo / "shut").chmod(0o700)
    lines = done.stdout.splitlines()
    assert "open" in lines and lines[-1] == "2", done
    assert "unreadable Permission denied" in lines
    if kind == "WorkTree":
        assert "unreadable git could not open 1 folders in it" in lines


def test_a_name_in_the_index_that_leads_out_is_an_error(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("OUTSIDE")
    (repo / "aa_secret").write_text("x")
    git(repo, "add", ".")
    index = (repo / ".git" / "index").read_bytes()
    patched = index.replace(b"aa_secret", b"../secret")[:-20]
    (repo / ".git" / "index").write_bytes(patched + hashlib.sha1(patched).digest())
    (repo / "aa_secret").unlink()
    found: list[SourceFile | SourceError] = []
    try:
        found = list(open_source(repo).files(CancelToken()))
    except Refused:
        return
    assert [f.code for f in found if isinstance(f, SourceError)] == ["unsafe-name"]
    assert all("OUTSIDE" not in f.text for f in found if isinstance(f, SourceFile))


@pytest.mark.parametrize("make", [Folder, open_source])
def test_a_folder_that_vanishes_is_an_error(
    tmp_path: Path, make: Callable[[Path], Folder | WorkTree]
) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    source = make(folder)
    folder.rmdir()
    assert [e.code for e in errors(source)] == ["unreadable"]
