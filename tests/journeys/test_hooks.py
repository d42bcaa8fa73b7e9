"""A commit with a credential is refused by git itself: real hooks, as the page has them."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .program import PROGRAM, Program

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/how-to/pre-commit.md"
MANIFEST = ROOT / ".pre-commit-hooks.yaml"


class Clone:
    """A person's clone, in which `secretshift` is on the PATH."""

    def __init__(self, program: Program) -> None:
        self.folder = program.here
        self._environment = program.environment(
            {"PATH": f"{PROGRAM.parent}:{os.environ['PATH']}", "PRE_COMMIT_HOME": str(program.tmp)}
        )
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "t")
        self.git("config", "user.email", "t@example.org")

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**self._environment, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("git", *arguments)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def stage(self, name: str, text: str) -> None:
        self.write(name, text)
        assert self.git("add", name).returncode == 0

    @property
    def head(self) -> str:
        return self.git("rev-parse", "--verify", "-q", "HEAD").stdout.strip()


@pytest.fixture
def clone(tmp_path):
    program = Program(tmp_path / "clone", {})
    yield Clone(program)
    program.close()


def scripts() -> list[str]:
    """The hooks of the page: the plain one and husky's, which git runs with sh."""
    found = [s for s in re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.S) if "--staged" in s]
    assert len(found) == 2
    return found


@pytest.fixture
def hooked(clone: Clone) -> Clone:
    hook = clone.folder / ".git/hooks/pre-commit"
    hook.write_text(scripts()[0])
    hook.chmod(0o755)
    return clone


def made_up() -> str:
    return f"Bq6!{secrets.token_hex(6)}Tz"


def test_a_commit_with_a_credential_is_refused_and_another_goes_on(hooked: Clone) -> None:
    value = made_up()
    hooked.stage("app.env", f"DB_HOST=db\nDB_PASSWORD={value}\n")
    refused = hooked.git("commit", "-m", "x")
    said = refused.stdout + refused.stderr
    assert refused.returncode == 1 and hooked.head == ""
    assert "app.env:2:" in said and value not in said
    hooked.stage("app.env", "DB_HOST=db\n")
    assert hooked.git("commit", "-m", "x").returncode == 0
    first = hooked.head
    assert first
    hooked.stage("app.env", f"DB_HOST=db\nDB_PASSWORD={value}  # pragma: allowlist secret\n")
    assert hooked.git("commit", "-m", "x").returncode == 0 and hooked.head != first


@pytest.mark.parametrize("form", [("-a",), ("app.env",)])
def test_what_a_commit_takes_beside_the_index_is_looked_at(
    hooked: Clone, form: tuple[str, ...]
) -> None:
    hooked.stage("app.env", "DB_HOST=db\n")
    assert hooked.git("commit", "-m", "x").returncode == 0
    first = hooked.head
    hooked.write("app.env", f"DB_HOST=db\nDB_PASSWORD={made_up()}\n")
    assert hooked.git("commit", "-m", "x", *form).returncode == 1
    assert hooked.head == first


def test_what_could_not_be_read_is_refused_too(hooked: Clone) -> None:
    hooked.stage("app.txt", "text\n")
    blob = hooked.git("rev-parse", ":app.txt").stdout.strip()
    content = hooked.folder / ".git/objects" / blob[:2] / blob[2:]
    content.chmod(0o600)
    content.write_bytes(b"damaged")
    done = hooked.run("sh", "-c", scripts()[1])
    assert done.returncode == 3 and "app.txt" in done.stdout


def test_the_hook_loads_no_sdk_and_no_interface(hooked: Clone) -> None:
    """A person waits for it at every commit."""
    hooked.stage("app.env", f"DB_PASSWORD={made_up()}\n")
    done = hooked.run("sh", "-c", scripts()[0], PYTHONPROFILEIMPORTTIME="1")
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line}
    assert done.returncode == 1 and "secretshift.sources.changed_files" in loaded
    assert not [name for name in loaded if re.match(r"(boto3|botocore|textual)\b", name)]


def test_the_framework_runs_what_the_manifest_says(clone: Clone) -> None:
    """Installed as it is here, since an environment of its own would come from the network."""
    (hook,) = yaml.safe_load(MANIFEST.read_text())
    valid = clone.run(sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST))
    assert valid.returncode == 0, valid.stdout
    assert hook["id"] == "secretshift" and hook["language"] == "python"
    here = {**hook, "language": "system"}
    clone.stage(
        ".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": [here]}]})
    )
    clone.stage("app.env", "DB_HOST=db\n")
    run = (sys.executable, "-m", "pre_commit", "run")
    passed = clone.run(*run)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    value = made_up()
    clone.stage("app.env", f"DB_PASSWORD={value}\n")
    clone.write("app.env", "not staged\n")
    refused = clone.run(*run)
    assert refused.returncode == 1
    assert "app.env:1:" in refused.stdout and value not in refused.stdout
