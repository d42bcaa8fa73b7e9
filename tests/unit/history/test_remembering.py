"""What is found by going on from an earlier search is what a search of everything finds."""

from __future__ import annotations

import random
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secretshift.detection import Detector
from secretshift.history.gaps import MAX_BYTES
from secretshift.history.remembering import RememberedHistory
from secretshift.history.repository import History
from secretshift.model.findings import Finding, HistoryLocation, SourceError, Verdict
from secretshift.model.identity import finding_of
from secretshift.model.journeys import CancelToken
from secretshift.state.searches import Searches
from secretshift.state.workspace import Workspace

from . import texts
from .repositories import DAY, START, empty, git

SHARED = settings(
    max_examples=texts.LONG or 4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PLAIN = ("A=1\n", "# words\n", "stage = prod\n", "name: orders\n")


@dataclass
class Days:
    """Searches of one repository, day after day, with one workspace."""

    folder: Path
    workspace: Workspace
    detector: Detector
    day: int = 0
    whole: int = 0
    notes: list[str] = field(default_factory=list)

    def git(self, *arguments: str, given: bytes | None = None) -> str:
        """On a day of its own, so that commits have an order."""
        self.day += 1
        date = f"{START + self.day * DAY} +0000"
        said = git(
            self.folder, *arguments, given=given, GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date
        )
        return said.decode().strip()

    def commit(self, name: str, text: str) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-qm", "x", "--allow-empty")
        return self.git("rev-parse", "HEAD")

    def plain(self) -> History:
        return History(self.folder, self.detector, count=1)

    def everything(self) -> list[Finding]:
        return self._findings(self.plain())

    def searched(self, rules: str = "rules", **more: bool) -> list[Finding]:
        return self._findings(self.history(rules, **more))

    def history(self, rules: str = "rules", *, anew: bool = False) -> RememberedHistory:
        return RememberedHistory(
            self.folder,
            self._opened,
            lambda: self.detector,
            self.workspace.fingerprinter(),
            Searches(self.workspace, self.notes.append),
            lambda: rules,
            limit=MAX_BYTES,
            anew=anew,
        )

    def _opened(self) -> History:
        self.whole += 1
        return self.plain()

    def _findings(self, history: RememberedHistory | History) -> list[Finding]:
        found = [self._finding(one) for one in history.findings(_ignored, CancelToken())]
        return sorted(found, key=lambda one: (one.id, repr(one)))

    def _finding(self, item: tuple[Verdict, HistoryLocation] | Finding | SourceError) -> Finding:
        assert not isinstance(item, SourceError)
        if isinstance(item, Finding):
            return item
        verdict, location = item
        return finding_of(verdict, location, self.workspace.fingerprinter()(verdict.secret))


def _ignored(_done: int, _total: int) -> None:
    return None


@pytest.fixture
def days(tmp_path: Path, detector: Detector) -> Days:
    return Days(empty(tmp_path / "shop"), Workspace.open(tmp_path / "workspace"), detector)


def held(rng: random.Random | None = None) -> str:
    return f"STRIPE_SECRET_KEY={'sk_live_'}{texts.word(rng or random.Random(), 24)}\n"


# Day after day


class Person:
    """Somebody who does what people do to a repository."""

    def __init__(self, days: Days, rng: random.Random) -> None:
        self.days, self.rng = days, rng
        self.lines = [held(rng) for _ in range(4)]

    def writes(self) -> None:
        files = [
            path
            for path in self.days.folder.rglob("*")
            if path.is_file() and ".git" not in path.parts
        ]
        names = ["app.env", "src/app.py", "notes.txt", "b/settings.ini", "\xe9.env"]
        if files and self.rng.random() < 0.6:
            path = self.rng.choice(files)
            rows = path.read_text().splitlines(keepends=True)
            rows.insert(self.rng.randint(0, len(rows)), self.some())
            if self.rng.random() < 0.5:
                rows.pop(self.rng.randrange(len(rows)))
            name, text = str(path.relative_to(self.days.folder)), "".join(rows)
        else:
            name, text = self.rng.choice(names), self.some() + self.some()
        self.days.commit(name, text)

    def some(self) -> str:
        made = self.rng.choice(
            (
                lambda: self.rng.choice(self.lines),
                lambda: self.rng.choice(PLAIN),
                lambda: texts.assigned(self.rng),
                lambda: texts.aws_pair(self.rng),
            )
        )
        return str(made())

    def branches(self) -> None:
        name = f"b{self.days.day}"
        back = self.rng.randint(0, 2)
        there = self.days.git("rev-list", "HEAD").split()
        self.days.git("checkout", "-q", "-b", name, there[min(back, len(there) - 1)])

    def goes(self) -> None:
        self.days.git("checkout", "-q", self.rng.choice(self._branches()))

    def merges(self) -> None:
        other = self.rng.choice(self._branches())
        way = self.rng.choice(("ours", "theirs"))
        try:
            self.days.git("merge", "-q", "--no-ff", "-X", way, "-m", "x", other)
        except AssertionError:
            # Names stand against each other: nothing was merged.
            self.days.git("reset", "-q", "--hard")

    def reverts(self) -> None:
        if len(self.days.git("rev-list", "--no-merges", "HEAD").split()) > 1:
            tree = self.days.git("rev-parse", "HEAD~1^{tree}")
            self.days.git("reset", "-q", "--hard", self._committed(tree))

    def renames(self) -> None:
        files = self.days.git("ls-files", "-z").split("\0")
        if files[0]:
            self.days.git("mv", "-k", files[0], f"moved{self.days.day}.env")
            self.days.git("commit", "-qm", "x", "--allow-empty")

    def tags(self) -> None:
        there = self.days.git("rev-list", "HEAD").split()
        kind = self.rng.choice(((), ("-a", "-m", "x")))
        self.days.git("tag", *kind, f"v{self.days.day}", self.rng.choice(there))

    def deletes(self) -> None:
        here = self.days.git("symbolic-ref", "--short", "HEAD")
        others = [name for name in self._branches() if name != here]
        if others:
            self.days.git("branch", "-q", "-D", self.rng.choice(others))

    def amends(self) -> None:
        self.days.git("commit", "-q", "--amend", "--allow-empty", "-m", f"{self.days.day}")

    def packs(self) -> None:
        self.days.git("gc", "-q", "--prune=now")

    def detaches(self) -> None:
        """Somewhere else, and a commit that only HEAD names; then back."""
        self.days.git("worktree", "prune")
        self.days.git("branch", "-q", f"d{self.days.day}", "HEAD")

    def _branches(self) -> list[str]:
        return self.days.git("for-each-ref", "--format=%(refname:short)", "refs/heads").split()

    def _committed(self, tree: str) -> str:
        return self.days.git("commit-tree", tree, "-p", "HEAD", "-m", "x")

    def does_something(self) -> None:
        self.rng.choice(
            (
                self.writes, self.writes, self.writes, self.branches, self.goes, self.merges,
                self.reverts, self.renames, self.tags, self.deletes, self.amends, self.packs,
                self.detaches,
            )
        )()  # fmt: skip


@SHARED
@given(seed=st.integers(0, 2**32))
def test_each_day_finds_what_a_search_of_everything_finds(detector, seed):
    rng = random.Random(seed)
    place = Path(tempfile.mkdtemp(prefix="days"))
    try:
        days = Days(empty(place / "shop"), Workspace.open(place / "workspace"), detector)
        person = Person(days, rng)
        for _ in range(rng.randint(1, 8)):
            person.writes() if rng.random() < 0.6 or not days.day else person.does_something()
        for _ in range(4):
            assert days.searched() == days.everything()
            for _ in range(rng.randint(1, 3)):
                person.does_something()
        assert days.searched() == days.everything()
        assert not days.notes
    finally:
        shutil.rmtree(place)
