"""Repositories of every shape that git allows: each is read or says what of it was not."""

from __future__ import annotations

import os
import threading
from datetime import datetime
from pathlib import Path

import pytest

from secretshift.history.repository import History
from secretshift.model.errors import Interrupted, NotFound, Refused
from secretshift.model.journeys import CancelToken

from .looks import search, setting, value
from .repositories import DAY, START, Change, empty, filled, git, made, packed


def commit(folder: Path, name: str, content: bytes) -> str:
    (folder / name).write_bytes(content)
    git(folder, "add", name)
    git(folder, "commit", "-qm", "x")
    return git(folder, "rev-parse", "HEAD").decode().strip()


@pytest.fixture
def held() -> str:
    return value()


@pytest.fixture
def removed(tmp_path: Path, held: str) -> Path:
    """A work tree whose first commit held a value."""
    folder = empty(tmp_path / "tree")
    commit(folder, "app.env", setting(held))
    commit(folder, "app.env", b"A=1\n")
    return folder


@pytest.mark.parametrize("form", ["sha1", "sha256"])
def test_both_forms_of_names(tmp_path, detector, held, form):
    changes = [
        Change("refs/heads/main", (), {b"a.env": setting(held)}),
        Change("refs/heads/main", (0,), {b"a.env": b"A=1\n"}),
    ]
    folder = made(tmp_path / "r", changes, f"--object-format={form}")
    packed(folder)
    (at,) = search(folder, detector).places[held]
    assert len(at.blob) == len(at.first_commit) == {"sha1": 40, "sha256": 64}[form]
    assert not at.in_head


def test_an_empty_one_and_a_head_that_is_not_born(tmp_path, detector, held):
    folder = empty(tmp_path / "r")
    said = search(folder, detector)
    assert (said.places, said.errors) == ({}, [])
    filled(folder, [Change("refs/heads/other", (), {b"a.env": setting(held)})])
    (at,) = search(folder, detector).places[held]
    assert not at.in_head


def test_no_repository(tmp_path, detector):
    with pytest.raises(NotFound):
        History(tmp_path, detector)


def test_a_head_that_is_detached(removed, detector, held):
    git(removed, "checkout", "-q", "--detach", "HEAD~1")
    git(removed, "branch", "-qD", "main")
    (at,) = search(removed, detector).places[held]
    assert at.in_head


def test_linked_work_trees_are_one_history(removed, detector, held, tmp_path):
    git(removed, "worktree", "add", "-q", str(tmp_path / "linked"), "HEAD~1")
    other = value()
    commit(tmp_path / "linked", "b.env", setting(other))
    for folder in (removed, tmp_path / "linked"):
        said = search(folder, detector)
        assert {held, other} <= set(said.places), folder
    assert search(tmp_path / "linked", detector).places[other][0].in_head


def test_a_folder_within_the_work_tree(removed, detector, held):
    (removed / "sub").mkdir()
    assert search(removed / "sub", detector).paths(held) == ["app.env"]


def test_tags_of_blobs_of_trees_and_of_tags(tmp_path, detector):
    folder = empty(tmp_path / "r")
    commit(folder, "a.txt", b"x\n")
    held = [value() for _ in range(3)]
    blobs = [
        git(folder, "hash-object", "-w", "--stdin", given=setting(one)).decode().strip()
        for one in held
    ]
    git(folder, "tag", "of-blob", blobs[0])
    tree = git(folder, "mktree", given=f"100644 blob {blobs[1]}\tdeep.env\n".encode())
    git(folder, "tag", "of-tree", tree.decode().strip())
    git(folder, "tag", "-am", "x", "one", blobs[2])
    git(folder, "tag", "-am", "x", "two", "one")
    git(folder, "tag", "-d", "one")
    said = search(folder, detector)
    assert [said.paths(one) for one in held] == [[""], ["deep.env"], [""]]
    assert said.errors == []


def test_notes_and_stashes(removed, detector):
    held = [value(), value()]
    git(removed, "notes", "add", "-m", setting(held[0]).decode())
    (removed / "app.env").write_bytes(setting(held[1]))
    git(removed, "stash", "-q")
    said = search(removed, detector)
    assert held[1] in said.places and held[0] in said.places
    assert "refs/stash" in said.places[held[1]][0].refs


def test_what_only_a_reflog_reaches(removed, detector):
    late = value()
    commit(removed, "late.env", setting(late))
    git(removed, "reset", "-q", "--hard", "HEAD~1")
    assert late not in search(removed, detector).places
    (at,) = search(removed, detector, unreachable=True).places[late]
    assert (at.path, at.refs, at.in_head) == ("late.env", (), False)
    git(removed, "reflog", "expire", "--expire=all", "--all")
    (at,) = search(removed, detector, unreachable=True).places[late]
    assert (at.path, at.first_commit) == ("", "")


@pytest.mark.parametrize("how", ["replace", "grafts"])
def test_nothing_hides_behind_a_replacement(removed, detector, held, how):
    first, last = (git(removed, "rev-parse", name).decode().strip() for name in ("HEAD~1", "HEAD"))
    if how == "replace":
        tree = git(removed, "rev-parse", "HEAD^{tree}").decode().strip()
        other = git(removed, "commit-tree", "-m", "y", tree).decode().strip()
        git(removed, "replace", last, other)
        git(removed, "update-ref", "-d", f"refs/replace/{first}")
    else:
        (removed / ".git" / "info" / "grafts").write_text(f"{last}\n")
    (at,) = search(removed, detector).places[held]
    assert at.first_commit == first


def test_a_shallow_clone_says_so(removed, detector, held, tmp_path):
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{removed}", "shallow")
    said = search(tmp_path / "shallow", detector)
    assert held not in said.places
    assert any("shallow" in gap for gap in said.gaps)


def test_a_partial_clone_fetches_nothing_and_says_what_it_lacks(removed, detector, tmp_path, held):
    git(removed, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{removed}", "partial")
    folder = tmp_path / "partial"
    before = sorted((folder / ".git" / "objects").rglob("*"))
    said = search(folder, detector)
    assert sorted((folder / ".git" / "objects").rglob("*")) == before
    assert held not in said.places
    assert said.counts["missing"] == 1
    assert any("partial clone" in gap and "1 " in gap for gap in said.gaps)


def test_a_blob_that_is_simply_gone_is_told(removed, detector, held):
    blob = git(removed, "rev-parse", "HEAD~1:app.env").decode().strip()
    (removed / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    said = search(removed, detector)
    assert "missing-objects" in said.codes
    assert said.counts["missing"] == 1


def test_alternates_relative_missing_and_in_a_loop(removed, detector, held, tmp_path):
    git(tmp_path, "clone", "-q", "--shared", str(removed), "borrower")
    objects = tmp_path / "borrower" / ".git" / "objects"
    lender = removed / ".git" / "objects"
    assert search(tmp_path / "borrower", detector).paths(held) == ["app.env"]
    (objects / "info" / "alternates").write_text(
        f"/nowhere/objects\n{os.path.relpath(lender, objects)}\n"
    )
    (lender / "info" / "alternates").write_text(f"{objects}\n")
    said = search(tmp_path / "borrower", detector)
    assert said.paths(held) == ["app.env"]
    assert said.errors == []


def test_links_submodules_and_pointers_of_lfs(tmp_path, detector, held):
    folder = empty(tmp_path / "r")
    (folder / "loop").symlink_to("loop")
    (folder / "up").symlink_to("..")
    (folder / "out").symlink_to(tmp_path / "elsewhere.env")
    (tmp_path / "elsewhere.env").write_bytes(setting(held))
    (folder / "big.bin").write_bytes(
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"1" * 64 + b"\nsize 5\n"
    )
    git(folder, "add", "-A")
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
    git(folder, "commit", "-qm", "x")
    said = search(folder, detector)
    assert (said.places, said.errors) == ({}, [])
    assert said.counts["blobs"] == 4


HOSTILE = """
[core]
\tfsmonitor = "touch %(mark)s; true"
\tsshCommand = "touch %(mark)s"
\tpager = "touch %(mark)s; cat"
\tattributesFile = %(attributes)s
\tbigFileThreshold = 1
\tquotePath = false
[diff]
\texternal = "touch %(mark)s"
[diff "text"]
\ttextconv = "touch %(mark)s; cat"
[log]
\tshowSignature = true
\tdiffMerges = remerge
\tdecorate = full
\tfollow = true
\tmailmap = true
\tdate = raw
[gpg]
\tprogram = %(program)s
[format]
\tpretty = fuller
[i18n]
\tlogOutputEncoding = UTF-16
[mailmap]
\tfile = %(mailmap)s
[remote "origin"]
\tpromisor = true
\turl = "ext::touch %(mark)s"
[extensions]
\tpartialClone = origin
[diff]
\trenames = copies
\torderFile = %(mailmap)s
\tnoprefix = true
\tsubmodule = log
\tignoreSubmodules = none
[color]
\tui = always
[submodule]
\trecurse = true
[notes]
\tdisplayRef = refs/notes/*
[alias]
\tlog = "!touch %(mark)s"
\tcat-file = "!touch %(mark)s"
"""


def test_hostile_settings_run_nothing_and_change_nothing(removed, detector, held, tmp_path):
    mark, program = tmp_path / "mark", tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {mark}\n")
    program.chmod(0o755)
    (tmp_path / "attributes").write_text("* diff=text filter=text\n")
    (tmp_path / "mailmap").write_text("Other <o@example.org> <ann@example.org>\n")
    wanted = search(removed, detector)
    with (removed / ".git" / "config").open("a") as file:
        file.write(
            HOSTILE
            % {
                "mark": mark,
                "program": program,
                "attributes": tmp_path / "attributes",
                "mailmap": tmp_path / "mailmap",
            }
        )
    said = search(removed, detector)
    assert said.places == wanted.places
    assert said.places[held][0].author == "Ann"
    assert not mark.exists()


def test_of_another_owner(removed, detector):
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    os.chown(removed, 12345, 12345)
    os.chown(removed / ".git", 12345, 12345)
    with pytest.raises(Refused) as told:
        search(removed, detector)
    assert told.value.code == "dubious-ownership"


PATHS = [
    b"with\nline\nbreaks.env", b"tab\tand \"quotes\".env", b"\xff\xfe\x80.env", b"\x1b[31mred.env",
    b"a\\b.env", b" space .env", b"\xc3\xa9/\xe2\x80\xae.env", b"deep/" * 300 + b"a.env",
    b":(glob)*.env", b"-n.env",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_paths_of_any_bytes(tmp_path, detector, held, path):
    folder = made(tmp_path / "r", [Change("refs/heads/main", (), {path: setting(held)})])
    (at,) = search(folder, detector).places[held]
    assert os.fsencode(at.path) == path
    assert at.in_head


@pytest.mark.parametrize(
    "author", [b"\x1b[2Jred\x07", b"A" * 10_000, b"\xff\xfe", b"", b"a\x01b\x02c"]
)
def test_authors_of_any_bytes(tmp_path, detector, held, author):
    changes = [Change("refs/heads/main", (), {b"a.env": setting(held)}, author=author)]
    folder = made(tmp_path / "r", changes)
    said = search(folder, detector)
    (at,) = said.places[held]
    assert said.errors == []
    assert at.author == author[:200].decode("utf-8", "replace")


@pytest.mark.parametrize("when", [0, 1, 2**31, 2**33, 253_402_300_800, 2**62])
def test_dates_of_any_size(tmp_path, detector, held, when):
    changes = [Change("refs/heads/main", (), {b"a.env": setting(held)}, time=when)]
    folder = made(tmp_path / "r", changes)
    said = search(folder, detector)
    (at,) = said.places[held]
    assert said.errors == []
    assert at.first_time[:4] in {"1970", "2038", "2242", ""}


def test_a_commit_whose_head_is_broken(tmp_path, detector, held):
    """Dates before 1970 and lines without any date, as old importers wrote them."""
    folder = empty(tmp_path / "r", "--bare")
    blob = git(folder, "hash-object", "-w", "--stdin", given=setting(held)).decode().strip()
    tree = git(folder, "mktree", given=f"100644 blob {blob}\ta.env\n".encode()).decode().strip()
    for number, line in enumerate(
        (b"A <a@b> -5000 +0000", b"A <a@b> 99999999999999999999999 +0000", b"A <a@b>", b"A", b"")
    ):
        content = b"tree %s\nauthor %s\ncommitter %s\n\nx\n" % (tree.encode(), line, line)
        name = git(
            folder, "hash-object", "-w", "-t", "commit", "--literally", "--stdin", given=content
        )
        git(folder, "update-ref", f"refs/heads/b{number}", name.decode().strip())
    said = search(folder, detector)
    assert said.paths(held) == ["a.env"]
    assert said.errors == []


def test_a_line_of_4_mb_and_a_file_that_is_too_large(tmp_path, detector, held):
    long = b"x" * 2_000_000 + b'";' + setting(held).strip() + b';"' + b"y" * 2_000_000
    wrote = {b"long.env": long, b"large.env": setting(value()) * 150_000}
    folder = made(tmp_path / "r", [Change("refs/heads/main", (), wrote)])
    said = search(folder, detector)
    assert said.paths(held) == ["long.env"]
    assert said.counts["huge"] == 1
    assert any("MiB" in gap for gap in said.gaps)


def test_a_large_file_that_became_small_is_looked_at(tmp_path, detector, held):
    small = b"".join(b"%d and some words\n" % n for n in range(20_000)) + setting(held)
    large = small + b"".join(b"%d more of it\n" % (n * 7) for n in range(420_000))
    changes = [
        Change("refs/heads/main", (), {b"a.env": large}),
        Change("refs/heads/main", (0,), {b"a.env": small}),
    ]
    folder = made(tmp_path / "r", changes)
    git(folder, "repack", "-adfq", "--window=5")
    said = search(folder, detector)
    (at,) = said.places[held]
    assert at.in_head
    assert (said.counts["huge"], said.counts["blobs"]) == (1, 1)


def test_megabytes_of_zeros_in_a_small_pack(tmp_path, detector, held):
    folder = empty(tmp_path / "r", "--bare")
    filled(
        folder, [Change("refs/heads/main", (), {b"a.env": setting(held), b"z": bytes(40 << 20)})]
    )
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 1 << 20
    said = search(folder, detector)
    assert said.paths(held) == ["a.env"]
    assert said.counts["huge"] == 1


def test_nothing_waits_for_a_pipe_in_the_folder_of_objects(removed, detector, held):
    blob = git(removed, "rev-parse", "HEAD:app.env").decode().strip()
    path = removed / ".git" / "objects" / blob[:2] / blob[2:]
    path.unlink()
    os.mkfifo(path)
    said = search(removed, detector)
    assert held in said.places
    assert "damaged-object" in said.codes


def test_a_wish_to_stop_is_heard_while_git_waits(removed, detector):
    """A tree that is a pipe holds git up for ever."""
    tree = git(removed, "rev-parse", "HEAD^{tree}").decode().strip()
    path = removed / ".git" / "objects" / tree[:2] / tree[2:]
    path.unlink()
    os.mkfifo(path)
    cancel = CancelToken()
    timer = threading.Timer(0.5, cancel.cancel)
    timer.start()
    with pytest.raises(Interrupted):
        list(History(removed, detector, count=1).findings(lambda _done, _total: None, cancel))
    timer.join()


def test_one_ref_that_leads_nowhere_hides_nothing(removed, detector, held):
    (removed / ".git" / "refs" / "heads" / "broken").write_text("1" * 40 + "\n")
    said = search(removed, detector)
    (at,) = said.places[held]
    assert at.refs == ("refs/heads/main",)
    assert said.codes == ["history-incomplete"]


def test_the_machines_own_settings_change_nothing(removed, detector, held, tmp_path, monkeypatch):
    (tmp_path / ".gitconfig").write_text(
        "[log]\n\tshowSignature = true\n[diff]\n\trenames = true\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other"))
    assert search(removed, detector).paths(held) == ["app.env"]


def test_times_are_those_of_the_commits(tmp_path, detector, held):
    changes = [
        Change("refs/heads/main", (), {b"a.env": setting(held)}),
        Change("refs/heads/main", (0,), {b"a.env": b"A=1\n" + setting(held)}),
        Change("refs/heads/main", (1,), {b"a.env": b"A=1\n"}),
    ]
    folder = made(tmp_path / "r", changes)
    (at,) = search(folder, detector).places[held]
    assert datetime.fromisoformat(at.last_time).timestamp() == START + DAY
    assert at.line == 2
