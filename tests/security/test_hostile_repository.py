"""A scanned repository runs nothing, sees no credential of ours, and shows nothing outside it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from secretshift.model.errors import Refused
from secretshift.model.findings import SourceError
from secretshift.model.journeys import CancelToken
from secretshift.sources.changed_files import ChangedFiles, open_changes
from secretshift.sources.worktree import Folder, SourceFile, WorkTree, open_source

HOOKS = ("post-index-change", "post-checkout", "pre-commit", "fsmonitor-watchman", "pre-auto-gc")


def git(where: Path, *arguments: str, check: bool = True) -> None:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
    environment = {"PATH": os.environ["PATH"], "HOME": str(where.parent)}
    subprocess.run(command, cwd=where, env=environment, check=check, capture_output=True)


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "marker"


@pytest.fixture
def hostile(tmp_path: Path, marker: Path) -> Path:
    """A repository whose configuration, hooks and attributes all run one script."""
    repo = tmp_path / "repo"
    repo.mkdir()
    git(repo, "init", "-q")
    (repo / "app.py").write_text("PASSWORD = 'x'\n")
    (repo / ".gitattributes").write_text("* filter=evil diff=evil merge=evil\n")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "start")
    (repo / "app.py").write_text("PASSWORD = 'changed'\n")
    (repo / "new.py").write_text("TOKEN = 'y'\n")
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{marker}'\nenv >> '{marker}'\ncat\n")
    trap.chmod(0o755)
    settings = {
        "core.fsmonitor": trap,
        "core.hooksPath": tmp_path / "hooks",
        "core.pager": trap,
        "core.editor": trap,
        "core.sshCommand": trap,
        "core.gitProxy": trap,
        "core.askPass": trap,
        "core.alternateRefsCommand": trap,
        "core.untrackedCache": "true",
        "credential.helper": f"!{trap}",
        "diff.external": trap,
        "diff.evil.textconv": trap,
        "diff.evil.command": trap,
        "merge.evil.driver": trap,
        "filter.evil.clean": trap,
        "filter.evil.smudge": trap,
        "filter.evil.process": trap,
        "filter.evil.required": "true",
        "alias.ls-files": f"!{trap}",
        "alias.rev-parse": f"!{trap}",
        "pager.ls-files": trap,
        "protocol.ext.allow": "always",
        "remote.origin.url": f"ext::{trap}",
        "remote.origin.promisor": "true",
        "extensions.partialClone": "origin",
        "submodule.recurse": "true",
        "trace2.eventTarget": tmp_path / "trace",
    }
    git(repo, "config", "core.repositoryFormatVersion", "1")
    for name, value in settings.items():
        git(repo, "config", name, str(value))
    for folder in (tmp_path / "hooks", repo / ".git" / "hooks"):
        folder.mkdir(exist_ok=True)
        for hook in HOOKS:
            (folder / hook).write_text(trap.read_text())
            (folder / hook).chmod(0o755)
    marker.unlink(missing_ok=True)
    return repo


def read(source: WorkTree | Folder) -> dict[str, str]:
    found = list(source.files(CancelToken()))
    assert not [f for f in found if isinstance(f, SourceError)]
    return {f.path: f.text for f in found if isinstance(f, SourceFile)}


def test_the_traps_do_spring_for_a_careless_git(hostile: Path, marker: Path) -> None:
    git(hostile, "ls-files", "--others", check=False)
    assert marker.exists()
    marker.unlink()
    git(hostile, "-c", "core.fsmonitor=false", "diff", check=False)
    assert marker.exists()


def test_reading_runs_nothing(hostile: Path, marker: Path) -> None:
    assert read(open_source(hostile)) == {
        "app.py": "PASSWORD = 'changed'\n",
        "new.py": "TOKEN = 'y'\n",
        ".gitattributes": "* filter=evil diff=evil merge=evil\n",
    }
    read(open_source(hostile / "app.py"))
    assert not marker.exists(), marker.read_text()


def test_reading_a_folder_of_it_runs_nothing(hostile: Path, marker: Path) -> None:
    (hostile / "sub").mkdir()
    (hostile / "sub" / "f").write_text("x")
    assert read(open_source(hostile / "sub")) == {"sub/f": "x"}
    assert not marker.exists()


def test_reading_changes_nothing_in_the_repository(hostile: Path) -> None:
    def picture() -> dict[str, tuple[bytes, int]]:
        files = [p for p in hostile.rglob("*") if p.is_file()]
        return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in files}

    os.utime(hostile / "app.py")
    before = picture()
    read(open_source(hostile))
    assert picture() == before


# Some of them have no effect on the commands that are run by now: they are there for the next.
SWITCHED_OFF = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.untrackedCache=false",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.askPass=false",
    "credential.helper=",
    "diff.external=",
    "protocol.allow=never",
    "submodule.recurse=false",
)
SET = (
    "GIT_ALLOW_PROTOCOL=none",
    "GIT_NO_LAZY_FETCH=1",
    "GIT_NO_REPLACE_OBJECTS=1",
    "GIT_OPTIONAL_LOCKS=0",
    "GIT_TERMINAL_PROMPT=0",
)
FOREIGN = {
    "AWS_ACCESS_KEY_ID": "canary-aws-id",
    "AWS_SECRET_ACCESS_KEY": "canary-aws-key",
    "AWS_SESSION_TOKEN": "canary-aws-token",
    "AZURE_CLIENT_SECRET": "canary-azure",
    "GOOGLE_APPLICATION_CREDENTIALS": "canary-google",
    "GITHUB_TOKEN": "canary-github",
    "SECRETSHIFT_ANYTHING": "canary-own",
    "LD_PRELOAD": "canary-preload.so",
    "SSH_AUTH_SOCK": "canary-ssh",
}


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git in front of git that writes down its environment and its arguments."""
    real = shutil.which("git")
    folder = tmp_path / "bin"
    folder.mkdir()
    record = tmp_path / "seen"
    (folder / "git").write_text(
        f"#!/bin/sh\nenv >> '{record}'\necho \"ARGS $*\" >> '{record}'\nexec '{real}' \"$@\"\n"
    )
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return record


def test_git_sees_no_credential_of_ours(
    hostile: Path, seen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in FOREIGN.items():
        monkeypatch.setenv(name, value)
    read(open_source(hostile))
    text = seen.read_text()
    assert "LC_ALL=C" in text and "GIT_OPTIONAL_LOCKS=0" in text
    assert "canary" not in text
    names = {line.partition("=")[0] for line in text.splitlines() if "=" in line}
    assert not [n for n in names if n.startswith(("AWS_", "AZURE_", "GOOGLE_", "LD_"))]
    for line in text.splitlines():
        if line.startswith("ARGS"):
            assert [off for off in SWITCHED_OFF if f"-c {off} " not in line] == []
            assert "--no-pager" in line and "safe.directory" not in line
    assert [setting for setting in SET if setting not in text] == []


def test_variables_of_git_from_outside_lead_nowhere_else(
    hostile: Path, tmp_path: Path, marker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    (other / "elsewhere").write_text("ELSEWHERE")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(tmp_path / "trap.sh"))
    monkeypatch.setenv("GIT_TRACE", str(marker))
    assert "elsewhere" not in read(open_source(hostile))
    assert not marker.exists()


def test_a_git_that_lies_in_the_tree_is_not_started(
    hostile: Path, marker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (hostile / "git").write_text(f"#!/bin/sh\necho ran >> '{marker}'\n")
    (hostile / "git").chmod(0o755)
    monkeypatch.chdir(hostile)
    for beginning in ("", ".", "./"):
        monkeypatch.setenv("PATH", f"{beginning}:{os.environ['PATH']}")
        read(open_source(Path()))
    assert not marker.exists()


@pytest.mark.parametrize("where", ["sibling", "below"])
def test_a_work_tree_that_is_placed_elsewhere_is_refused(
    tmp_path: Path, marker: Path, where: str
) -> None:
    repo = tmp_path / "repo"
    target = tmp_path / "home" if where == "sibling" else repo / "below"
    repo.mkdir()
    target.mkdir()
    (target / "private").write_text("PRIVATE")
    git(repo, "init", "-q")
    git(repo, "config", "core.worktree", str(target))
    with pytest.raises(Refused) as caught:
        open_source(repo)
    assert caught.value.code in {"foreign-work-tree", "git-failed"}


def test_a_work_tree_that_is_widened_shows_no_more_than_was_named(tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    repo.mkdir()
    (tmp_path / "private").write_text("PRIVATE")
    (repo / "own").write_text("own")
    git(repo, "init", "-q")
    git(repo, "config", "core.worktree", str(tmp_path))
    assert read(open_source(repo)) == {"repo/own": "own"}


def test_a_repository_of_another_user_is_not_opened(
    hostile: Path, marker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a repository away")
    for path in (hostile, hostile / ".git"):
        os.chown(path, 12345, -1)
    with pytest.raises(Refused) as caught:
        open_source(hostile)
    assert caught.value.code == "dubious-ownership"
    assert "safe.directory" in caught.value.hint
    assert not marker.exists()


def test_the_users_own_trust_is_respected(
    hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a repository away")
    for path in (hostile, hostile / ".git"):
        os.chown(path, 12345, -1)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(f"[safe]\n\tdirectory = {hostile}\n")
    monkeypatch.setenv("HOME", str(home))
    assert "app.py" in read(open_source(hostile))


def test_errors_quote_nothing_that_git_said(tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    repo.mkdir()
    git(repo, "init", "-q")
    (repo / ".git" / "config").write_text("[core\ncanary-in-config = \x1b[31m\n")
    with pytest.raises(Refused) as caught:
        open_source(repo)
    assert "canary" not in str(caught.value) + caught.value.hint


def new_in(source: ChangedFiles) -> dict[str, str]:
    found = list(source.files(CancelToken()))
    assert not [f for f in found if isinstance(f, SourceError)]
    return {f.path: f.text for f in found if isinstance(f, SourceFile)}


QUIET = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "filter.evil.process=",
    "filter.evil.clean=",
    "filter.evil.required=false",
)
"""With these even a careless git springs no trap, to make what is looked at."""
BODY = "".join(f"line {number}\n" for number in range(30))


def quiet_git(hostile: Path, marker: Path, *arguments: str) -> None:
    git(hostile, *(word for setting in QUIET for word in ("-c", setting)), *arguments)
    marker.unlink(missing_ok=True)


def test_looking_at_changes_runs_nothing(hostile: Path, marker: Path) -> None:
    """Neither filters nor textconv, although contents are compared to find the rename."""
    (hostile / "old.txt").write_text(BODY)
    quiet_git(hostile, marker, "add", "old.txt")
    quiet_git(hostile, marker, "commit", "-qm", "old")
    (hostile / "old.txt").rename(hostile / "new.txt")
    (hostile / "new.txt").write_text(f"{BODY}more\n")
    quiet_git(hostile, marker, "add", "-A", "old.txt", "new.txt")
    os.utime(hostile / "new.txt")
    found = new_in(open_changes(hostile, ""))
    assert found == {"new.txt": f"{BODY}more\n"}
    assert not marker.exists(), marker.read_text()
    quiet_git(hostile, marker, "commit", "-qm", "next")
    assert new_in(open_changes(hostile, "HEAD~1")) == found
    assert not marker.exists(), marker.read_text()


def test_git_sees_no_credential_of_ours_when_it_is_asked_for_changes(
    hostile: Path, marker: Path, seen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet_git(hostile, marker, "add", "app.py")
    seen.unlink(missing_ok=True)
    for name, value in FOREIGN.items():
        monkeypatch.setenv(name, value)
    new_in(open_changes(hostile, "HEAD"))
    new_in(open_changes(hostile, ""))
    text = seen.read_text()
    assert "cat-file" in text and "diff-index" in text and "diff-tree" in text
    assert "canary" not in text
    for line in text.splitlines():
        if line.startswith("ARGS"):
            assert [off for off in SWITCHED_OFF if f"-c {off} " not in line] == []
            if "diff-" in line:
                assert "--no-ext-diff" in line and "--no-textconv" in line
    assert [setting for setting in SET if setting not in text] == []
