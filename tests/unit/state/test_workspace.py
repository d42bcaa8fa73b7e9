"""The workspace folder: private, never replaced, and its key never silently a new one."""

from __future__ import annotations

import hashlib
import hmac
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from secretshift.model.errors import Damaged, UsageProblem
from secretshift.model.secret_value import SecretValue
from secretshift.state.journal import Journal
from secretshift.state.workspace import Workspace, default_path


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_folder_and_key_are_private_whatever_the_umask(tmp_path: Path) -> None:
    earlier = os.umask(0)
    try:
        workspace = Workspace.open(tmp_path / "deep" / "w")
        with Journal(workspace) as journal:
            journal.begin("scan", {}, {})
            made = {p.name: mode(p) for p in workspace.path.iterdir() if p.is_file()}
    finally:
        os.umask(earlier)
    assert mode(workspace.path) == 0o700
    assert made and all(rights == 0o600 for rights in made.values()), made
    assert len((workspace.path / "key").read_bytes()) == 32
    assert not (workspace.path / "key.new").exists()


def test_a_fingerprint_is_a_keyed_and_separated_hmac(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "w")
    key = (workspace.path / "key").read_bytes()
    value = "pä\udcff$1"
    expected = hmac.new(
        key, b"secretshift/fingerprint/1\x00" + value.encode("utf-8", "surrogatepass"), "sha256"
    ).hexdigest()
    assert workspace.fingerprinter()(SecretValue(value)) == expected
    plain = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    assert expected != plain
    again = Workspace.open(tmp_path / "w").fingerprinter()
    assert again(SecretValue(value)) == expected
    other = Workspace.open(tmp_path / "other").fingerprinter()
    assert other(SecretValue(value)) != expected


def test_the_key_shows_nowhere(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "w")
    key = (workspace.path / "key").read_bytes()
    shown = repr(workspace) + repr(workspace.fingerprinter()) + str(workspace.fingerprinter())
    assert key.hex() not in shown and repr(key) not in shown
    for holder in (workspace, workspace.fingerprinter()):
        with pytest.raises(TypeError):
            pickle.dumps(holder)


@pytest.mark.parametrize("rights", [0o750, 0o701, 0o777])
def test_a_folder_that_others_may_enter_is_refused(tmp_path: Path, rights: int) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    folder.chmod(rights)
    with pytest.raises(UsageProblem) as caught:
        Workspace.open(folder)
    assert caught.value.hint == f"chmod 700 {folder}"
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    folder.mkdir(mode=0o700)
    os.chown(folder, 12345, -1)
    with pytest.raises(Damaged, match="another user"):
        Workspace.open(folder)


def test_links_are_not_followed(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(real)
    with pytest.raises(UsageProblem, match="symbolic link"):
        Workspace.open(tmp_path / "link")

    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"k" * 32)
    elsewhere.chmod(0o600)
    (real / "key").symlink_to(elsewhere)
    with pytest.raises(Damaged, match="symbolic link"):
        Workspace.open(real)


def test_a_file_in_place_of_the_folder_is_a_usage_problem(tmp_path: Path) -> None:
    (tmp_path / "w").write_text("")
    with pytest.raises(UsageProblem):
        Workspace.open(tmp_path / "w")
    with pytest.raises(UsageProblem):
        Workspace.open(tmp_path / "w" / "below")


def test_a_lost_key_beside_a_journal_is_never_a_new_key(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "w")
    with Journal(workspace) as journal:
        journal.begin("scan", {}, {})
    (workspace.path / "key").unlink()
    with pytest.raises(Damaged, match="key is gone") as caught:
        Workspace.open(tmp_path / "w")
    assert "backup" in caught.value.hint
    assert not (workspace.path / "key").exists()


def test_an_exchanged_key_is_noticed(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "w")
    Journal(workspace).close()
    (workspace.path / "key").write_bytes(b"x" * 32)
    with pytest.raises(Damaged, match="not the one"):
        Journal(Workspace.open(tmp_path / "w"))


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33])
def test_a_key_of_another_length_is_damaged(tmp_path: Path, content: bytes) -> None:
    key = Workspace.open(tmp_path / "w").path / "key"
    key.write_bytes(content)
    with pytest.raises(Damaged):
        Workspace.open(tmp_path / "w")
    assert key.read_bytes() == content


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    key = Workspace.open(tmp_path / "w").path / "key"
    key.chmod(0o644)
    with pytest.raises(UsageProblem) as caught:
        Workspace.open(tmp_path / "w")
    assert caught.value.hint == f"chmod 600 {key}"


def test_what_a_killed_creation_left_is_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    folder.mkdir(mode=0o700)
    (folder / "key.new").write_bytes(b"half")
    (folder / "workspace.db.new").write_bytes(b"half")
    with Journal(Workspace.open(folder)) as journal:
        journal.begin("scan", {}, {})


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from secretshift.state.workspace import Workspace\n"
        "from secretshift.model.secret_value import SecretValue\n"
        "import platformdirs; print('ready', flush=True); sys.stdin.read(1)\n"
        "print(Workspace.open(Path(sys.argv[1])).fingerprinter()(SecretValue('v')))\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "w")]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(6)
    ]
    for process in started:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write(b"x")
        process.stdin.flush()
    answers = {process.communicate()[0] for process in started}
    assert len(answers) == 1 and len(answers.pop().strip()) == 64


def test_the_default_is_in_the_users_state_folder() -> None:
    assert default_path().name == "secretshift"


def test_importing_the_journal_loads_no_database_library() -> None:
    code = "import sys, secretshift.state.journal; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
