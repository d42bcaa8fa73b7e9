"""A scan of what is staged, or of what a branch brought in: new lines, judged in the whole file."""

from __future__ import annotations

import os
import secrets
import subprocess

import pytest

from secretshift.model.errors import ExitCode
from secretshift.model.findings import FileLocation
from secretshift.model.journeys import CancelToken
from secretshift.workflow.remembered import last_scan, remember
from secretshift.workflow.scan import ScanResult, scan
from secretshift.workflow.services import Sources
from tests.security.sweep import Sweep


@pytest.fixture(autouse=True)
def no_hook(monkeypatch):
    monkeypatch.delenv("GIT_INDEX_FILE", raising=False)


class Repository:
    def __init__(self, desk) -> None:
        self.desk = desk
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        subprocess.run(
            ["git", *identity, *arguments],
            cwd=self.desk.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.desk.folder)},
            check=True,
            capture_output=True,
        )

    def stage(self, name: str, text: str) -> None:
        self.desk.write(name, text)
        self.git("add", name)

    def commit(self, name: str, text: str) -> None:
        self.stage(name, text)
        self.git("commit", "-qm", "x")

    def look(self, since: str = "") -> ScanResult:
        paths = (str(self.desk.folder),)
        sources = Sources(paths=paths, staged=not since, since=since)
        return scan(self.desk.services(), sources, self.desk.events.append, CancelToken())


@pytest.fixture
def repository(desk) -> Repository:
    return Repository(desk)


def made_up() -> str:
    return f"Kv7!{secrets.token_hex(6)}Zq"


def places(result: ScanResult) -> list[tuple[str, int]]:
    found = [finding.location for finding in result.report.findings]
    return [(at.path, at.line) for at in found if isinstance(at, FileLocation)]


def test_what_was_there_before_is_not_told_again(repository):
    old, new = made_up(), made_up()
    repository.commit("app.env", f"A=1\nDB_PASSWORD={old}\n")
    repository.stage("app.env", f"# moved down\nA=1\nDB_PASSWORD={old}\nMAIL_PASSWORD={new}\n")
    repository.desk.write("app.env", "nothing here any more\n")
    result = repository.look()
    assert places(result) == [("app.env", 4)]
    assert result.exit_code is ExitCode.FINDINGS
    assert Sweep({"old": old, "new": new}).of(repr(result.report).encode()) == []


def test_since_tells_what_the_branch_brought_in(repository):
    repository.commit("app.env", f"DB_PASSWORD={made_up()}\n")
    repository.git("checkout", "-q", "-b", "branch")
    repository.commit("more.env", f"MAIL_PASSWORD={made_up()}\n")
    repository.stage("staged.env", f"API_PASSWORD={made_up()}\n")
    assert places(repository.look("main")) == [("more.env", 1)]
    assert repository.look("HEAD").exit_code is ExitCode.DONE


def key_block(body: list[str]) -> str:
    dashes = "-" * 5
    return "\n".join(
        [
            f"{dashes}BEGIN RSA PRIVATE KEY{dashes}",
            *body,
            f"{dashes}END RSA PRIVATE KEY{dashes}",
            "",
        ]
    )


@pytest.mark.parametrize("changed", [0, 3, 7])
def test_a_key_of_many_lines_counts_if_any_line_of_it_is_new(repository, changed):
    """It is found from its first line on, which is an old one."""
    body = [secrets.token_hex(32) for _ in range(8)]
    repository.commit("key.pem", f"first\n{key_block(body)}last\n")
    body[changed] = secrets.token_hex(32)
    repository.stage("key.pem", f"first\n{key_block(body)}last\n")
    assert places(repository.look()) == [("key.pem", 2)]
    repository.git("commit", "-qm", "x")
    repository.stage("key.pem", f"first\n{key_block(body)}last\nand more\n")
    assert places(repository.look()) == []


def test_a_new_line_is_judged_by_the_old_ones_around_it(repository):
    """The half of a pair of keys that came later is known by the one that was there."""
    head = f"AKI{'A'}" + "".join(secrets.choice("ABCDEFGHJKLMNPQR234567") for _ in range(16))
    secret = secrets.token_urlsafe(60).replace("-", "a").replace("_", "B")[:40]
    repository.commit("aws.ini", f"[default]\naws_access_key_id = {head}\n")
    repository.stage(
        "aws.ini", f"[default]\naws_access_key_id = {head}\naws_secret_access_key = {secret}\n"
    )
    (finding,) = repository.look().report.findings
    assert finding.location.line == 3 and finding.kind.startswith("aws-")


def test_it_does_not_take_the_place_of_the_last_whole_scan(repository):
    repository.commit("app.env", f"DB_PASSWORD={made_up()}\n")
    repository.desk.scan()
    repository.stage("b.env", f"MAIL_PASSWORD={made_up()}\n")
    part = repository.look()
    assert part.exit_code is ExitCode.FINDINGS
    # As what the issuers said is remembered after a scan.
    remember(repository.desk.services(), Sources(staged=True), part.report)
    kept = last_scan(repository.desk.services())
    assert kept is not None and [f.location.path for f in kept.report.findings] == ["app.env"]


def test_it_says_that_it_looked_at_changes_only(repository):
    repository.commit("a", "x\n")
    said = repository.look().report.not_searched
    assert said == ("what is not staged, and what was there before",)
