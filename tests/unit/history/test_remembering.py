"""What is found by going on from an earlier search is what a search of everything finds."""

from __future__ import annotations

import random
import select
import shutil
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secretshift.detection import Detector
from secretshift.history import forerunner, preparation
from secretshift.history import rule_set as rule_set_module
from secretshift.history.gaps import MAX_BYTES
from secretshift.history.git_log import GitLog
from secretshift.history.remembering import RememberedHistory
from secretshift.history.repository import History
from secretshift.history.rule_set import rule_set
from secretshift.model.errors import Interrupted, SecretshiftError
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

    def tree_with(self, name: str, text: str) -> str:
        blob = self.git("hash-object", "-w", "--stdin", given=text.encode())
        there = self.git("ls-tree", "HEAD") if self.git("for-each-ref") else ""
        entry = f"100644 blob {blob}\t{name}\n"
        return self.git("mktree", given=f"{there}\n{entry}".lstrip().encode())

    def gaps(self) -> str:
        history = self.history()
        list(history.findings(_ignored, CancelToken()))
        return " ".join(history.not_searched)

    def plain(self) -> History:
        return History(self.folder, self.detector, count=1)

    def everything(self) -> list[Finding]:
        return self.findings(self.plain())

    def searched(self, rules: str = "rules", **more: bool) -> list[Finding]:
        return self.findings(self.history(rules, **more))

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

    def findings(self, history: RememberedHistory | History) -> list[Finding]:
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


# When it goes on, and when it begins anew


def test_nothing_is_searched_or_judged_where_nothing_changed(days, monkeypatch):
    days.commit("app.env", held())
    first = days.searched()
    history = days.history()
    monkeypatch.setattr(days, "detector", None)
    assert len(first) == 1
    assert days.findings(history) == first
    assert (days.whole, history.counts["blobs"]) == (1, 1)


def test_git_is_asked_for_new_commits_alone(days, monkeypatch):
    days.commit("a.env", held())
    days.searched()
    for _ in range(2):
        days.commit("a.env", held())
        with monkeypatch.context() as patch:
            patch.setattr("secretshift.history.ordering.now", lambda _folder: pytest.fail("all"))
            found = days.searched()
        assert found == days.everything()
    assert days.whole == 1


@pytest.mark.parametrize("text", ["", "AAAA", "no order"])
def test_where_the_order_is_not_kept_git_is_asked_for_all(days, monkeypatch, text):
    days.commit("a.env", held())
    monkeypatch.setattr("secretshift.history.kept_order.text_of", lambda *_: text)
    days.searched()
    days.commit("a.env", held())
    assert days.searched() == days.everything()
    assert days.whole == 1


def test_new_commits_alone_are_judged(days):
    line = held()
    days.commit("app.env", line)
    days.searched()
    days.commit("app.env", "A=1\n" + line)
    days.commit("b.env", line)
    days.git("tag", "v1")
    history = days.history()
    assert days.findings(history) == days.everything()
    assert (days.whole, history.counts["blobs"]) == (1, 3)
    assert days.searched() == days.everything()
    assert days.whole == 1


def test_an_old_branch_that_is_merged_later_makes_the_first_commit_an_older_one(days):
    line = held()
    start = days.commit("a", "x\n")
    old = days.git("commit-tree", days.tree_with("app.env", line), "-p", start, "-m", "x")
    days.commit("app.env", line)
    (before,) = days.searched()
    days.git("update-ref", "refs/heads/side", old)
    (after,) = days.searched()
    assert [after] == days.everything()
    assert (before.location.first_commit, after.location.first_commit)[1] == old
    assert before.location.first_commit != old
    assert days.whole == 1


def test_they_come_in_the_same_order_each_time(days):
    """Several on a line, in a version, and under a path; new ones among old ones."""
    days.commit("b.env", held() + held() + held())
    days.commit("a.env", "".join(held() for _ in range(4)))
    days.searched()
    days.commit("b.env", held() + "A=1\n" + held())
    days.commit("a.env", held() * 2)

    def told(history):
        return [
            (one.location.path, one.location.line, one.location.blob, one.location.last_commit)
            for one in map(days._finding, history.findings(_ignored, CancelToken()))
        ]

    later, everything = told(days.history()), told(days.plain())
    assert len(later) == 10
    assert later == everything == told(days.plain())
    assert later == sorted(later, key=lambda one: one[0])
    assert days.whole == 1


def test_that_git_lfs_keeps_something_is_told_also_of_what_is_kept(days):
    days.commit("a.env", held())
    assert "LFS" not in days.gaps()
    days.commit("data/.gitattributes", "# *.env filter=lfs\n*.bin -text\n")
    assert "LFS" not in days.gaps()
    days.commit("data/.gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")
    assert "LFS" in days.gaps()
    assert "LFS" in days.gaps()
    assert days.whole == 1
    assert "LFS" in " ".join(_searched_whole(days).not_searched)
    days.commit("data/.gitattributes", "*.bin -text\n")
    assert "LFS" not in days.gaps()


def _searched_whole(days):
    history = days.plain()
    list(history.findings(_ignored, CancelToken()))
    return history


def test_packing_changes_nothing(days):
    days.commit("app.env", held())
    first = days.searched()
    days.git("gc", "-q", "--prune=now")
    assert days.searched() == first
    assert days.whole == 1


def test_another_head_is_judged(days):
    days.commit("app.env", held())
    days.commit("app.env", "A=1\n")
    assert [one.location.in_head for one in days.searched()] == [False]
    days.git("checkout", "-q", "--detach", "HEAD~1")
    assert [one.location.in_head for one in days.searched()] == [True]
    assert days.whole == 1


def test_a_commit_that_only_another_work_tree_names_is_found(days, tmp_path):
    days.commit("app.env", "A=1\n")
    days.git("worktree", "add", "-q", "--detach", str(tmp_path / "beside"))
    assert days.searched() == []
    there = Days(tmp_path / "beside", days.workspace, days.detector, days.day)
    there.commit("app.env", held())
    assert len(days.searched()) == 1
    days.day = there.day
    days.commit("b.env", held())
    assert len(days.searched()) == 2
    assert days.searched() == days.everything()
    assert days.whole == 1


def test_what_is_reached_no_more_is_found_no_more(days):
    days.commit("app.env", "A=1\n")
    days.commit("app.env", held())
    assert len(days.searched()) == 1
    days.git("reset", "-q", "--hard", "HEAD~1")
    assert days.searched() == []
    assert days.whole == 2


@pytest.mark.parametrize("kind", ["blob", "tree"])
def test_a_tag_of_a_blob_or_a_tree_is_searched(days, kind):
    line = held()
    days.commit("app.env", "A=1\n")
    days.searched()
    named = {
        "blob": lambda: days.git("hash-object", "-w", "--stdin", given=line.encode()),
        "tree": lambda: days.tree_with("b.env", line),
    }[kind]()
    days.git("update-ref", "refs/tags/held", named)
    assert [one.location.first_commit for one in days.searched()] == [""]
    days.commit("c.env", line)
    assert days.searched() == days.everything()
    assert days.whole == 2


def test_a_line_that_was_none_before_belongs_to_the_commit_that_wrote_it(days):
    line = held()
    days.commit("app.env", "# pragma: allowlist nextline secret\n" + line)
    assert days.searched() == []
    days.commit("app.env", line)
    assert days.searched() == days.everything()
    assert days.whole == 2


def test_commits_of_one_second_are_as_a_search_of_everything_orders_them(days):
    line = held()
    start = days.commit("a", "x\n")
    for number in range(4):
        tree = days.tree_with("app.env", f"{line}A={number}\n")
        day, days.day = days.day, 50
        made = days.git("commit-tree", tree, "-p", start, "-m", f"{number}")
        days.day = day + 1
        days.git("update-ref", f"refs/heads/b{number}", made)
        assert days.searched() == days.everything()
        days.git("merge", "-q", "-s", "ours", "-m", "x", f"b{number}")
        assert days.searched() == days.everything()


@pytest.mark.parametrize("moved", ["on", "back", "beside"])
def test_what_was_searched_before_a_ref_moved_is_not_kept_for_what_it_names_now(
    days, monkeypatch, moved
):
    """git's log was begun before it was asked what refs name."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(forerunner, "processes", lambda: 2)
    older = days.commit("a", "x\n")
    newer = days.commit("s.env", held())
    if moved != "back":
        days.git("update-ref", "HEAD", older)
    with forerunner.sent(days.folder, unreachable=False):
        (ahead,) = forerunner._sent.values()
        assert select.select([ahead._pipe], [], [], 30)[0]
        name = "refs/heads/other" if moved == "beside" else "HEAD"
        days.git("update-ref", name, older if moved == "back" else newer)
        days.searched()
    assert days.searched() == days.everything()
    assert len(days.everything()) == (moved != "back")


def test_other_rules_begin_anew_and_so_does_who_asks_for_it(days):
    days.commit("app.env", held())
    first = days.searched()
    assert days.searched("others") == first
    assert days.whole == 2
    assert days.searched("others", anew=True) == first
    assert days.whole == 3
    assert days.searched("others") == first
    assert days.whole == 3


def test_without_rules_nothing_is_kept(days):
    days.commit("app.env", held())
    days.searched("")
    assert not (days.workspace.path / "searches.db").exists()
    assert len(days.searched("")) == days.whole - 1 == 1


def test_nothing_is_kept_of_a_search_that_could_not_read_something(days):
    days.commit("app.env", held())
    blob = days.git("hash-object", "-w", "--stdin", given=b"B=2\n")
    place = days.folder / ".git/objects" / blob[:2] / blob[2:]
    place.chmod(0o600)
    place.write_bytes(b"this is no object")
    for _ in range(2):
        items = list(days.history().findings(_ignored, CancelToken()))
        assert [type(one) for one in items] == [SourceError, Finding]
    assert days.whole == 2


def test_nothing_is_kept_of_a_search_that_was_given_up(days):
    for number in range(3):
        days.commit(f"{number}.env", held())
    items = days.history().findings(_ignored, CancelToken())
    next(items)
    items.close()
    assert len(days.searched()) == 3
    assert days.whole == 2


def test_a_wish_to_stop_is_followed_while_new_commits_are_judged(days):
    days.commit("app.env", held())
    days.searched()
    days.commit("b.env", held())
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Interrupted):
        list(days.history().findings(_ignored, cancel))
    assert len(days.searched()) == 2


def test_a_shallow_clone_is_searched_again_when_more_of_it_came(days, tmp_path):
    days.commit("app.env", held())
    days.commit("app.env", "A=1\n")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{days.folder}", "clone")
    clone = Days(tmp_path / "clone", days.workspace, days.detector)
    for _ in range(2):
        assert clone.searched() == []
    assert clone.whole == 1
    assert "shallow clone" in clone.gaps()
    git(clone.folder, "fetch", "-q", "--unshallow")
    assert clone.searched() == clone.everything()
    assert (clone.whole, len(clone.searched())) == (2, 1)


@pytest.mark.parametrize("text", ["{", "[]", '{"findings":[{}],"counts":[]}'])
def test_what_another_program_wrote_there_is_not_believed(days, text):
    days.commit("app.env", held())
    first = days.searched()
    searches = Searches(days.workspace, days.notes.append)
    history = days.history()
    kept = searches.of(history.root, history.rules())
    assert kept is not None
    searches.keep(history.root, history.rules(), kept.refs, text, kept.basis)
    assert days.searched() == first
    days.commit("b.env", held())
    searches.keep(history.root, history.rules(), kept.refs, kept.found, text)
    assert days.searched() == days.everything()
    assert days.whole == 3


def test_no_value_is_kept(days):
    line = held()
    days.commit("app.env", line)
    days.searched()
    days.commit("b.env", line)
    days.searched()
    assert days.whole == 1
    value = line.strip().partition("=")[2]
    assert value.encode() not in (days.workspace.path / "searches.db").read_bytes()


# What decides


def test_rules_are_others_when_a_file_of_them_is(tmp_path):
    file, folder = tmp_path / "a.toml", tmp_path / "kinds"
    folder.mkdir()
    file.write_text("a")
    told = [rule_set((), 1), rule_set((), 2), rule_set((file, folder), 1)]
    (folder / "b.toml").write_text("b")
    told.append(rule_set((file, folder), 1))
    file.write_text("c")
    told.append(rule_set((file, folder), 1))
    assert "" not in told and len(set(told)) == 5
    assert rule_set((file, folder), 1) == told[-1]
    assert rule_set((tmp_path / "gone",), 1) == ""


def test_rules_are_others_when_the_program_is(tmp_path, monkeypatch):
    package = Path(rule_set_module.__file__).parent.parent
    copy = tmp_path / "secretshift"
    for name in rule_set_module._OURS:
        shutil.copytree(package / name, copy / name)
    before = rule_set(())
    monkeypatch.setattr(rule_set_module, "_PACKAGE", copy)
    assert rule_set(()) == before
    for changed in ("detection/judge.py", "catalogue/schema.json", "history/growth.py"):
        with (copy / changed).open("a") as file:
            file.write("\n")
        assert rule_set(()) != before
        before = rule_set(())


def test_what_was_looked_at_is_counted_before_the_search_is_over(days):
    days.commit("a.env", held())
    history = days.history()
    found = history.findings(_ignored, CancelToken())
    next(found)
    assert history.counts["blobs"] == 1
    found.close()
    assert history.counts["blobs"] == 1


# Begun beside what else the program does


def test_a_search_that_was_begun_ahead_finds_the_same(days: Days) -> None:
    days.commit("a.env", held())
    days.commit("b.env", held())
    begun = days.history()
    begun.begin()
    begun.begin()
    assert days.findings(begun) == days.everything() != []
    assert days.whole == 1


def test_nothing_is_begun_where_the_last_search_answers(days: Days) -> None:
    days.commit("a.env", held())
    before = days.searched()
    begun = days.history()
    begun.begin()
    assert days.findings(begun) == before
    assert days.whole == 1


def test_what_goes_wrong_ahead_is_raised_where_it_is_asked_for(days: Days) -> None:
    days.commit("a.env", held())
    history = days.history()
    shutil.rmtree(days.folder)
    history.begin()
    with pytest.raises(SecretshiftError):
        days.findings(history)


def test_a_search_that_cannot_begin_leaves_no_git_behind(days: Days, monkeypatch) -> None:
    days.commit("a.env", held())
    closed: list[GitLog] = []

    def noted(log: GitLog) -> None:
        closed.append(log)

    monkeypatch.setattr(GitLog, "close", noted)
    monkeypatch.setattr(preparation, "Objects", _raising)
    with pytest.raises(OSError, match="no disk"):
        days.plain().begin()
    assert len(closed) == 1
    monkeypatch.undo()
    closed[0].close()


def _raising(*_about: object) -> None:
    raise OSError("no disk")
