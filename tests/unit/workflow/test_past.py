"""A scan with the history of a repository: what is found there, told, read again, kept."""

from __future__ import annotations

import os
import secrets
import string
import subprocess
from dataclasses import replace

import pytest

from secretshift import wiring
from secretshift.history import authors, repository
from secretshift.model.errors import Damaged, ExitCode, Moved, NotFound, UsageProblem
from secretshift.model.findings import FileLocation, HistoryLocation, finding_id
from secretshift.model.journeys import CancelToken, Found, Looking, history_of, ignore
from secretshift.settings import Settings
from secretshift.verification.issuers import Issuers
from secretshift.workflow.baselines import OwnBaseline, empty, renew, scan_against
from secretshift.workflow.context import context
from secretshift.workflow.credentials import Status, overview
from secretshift.workflow.past import require_repositories
from secretshift.workflow.remembered import last_scan
from secretshift.workflow.reread import value_of
from secretshift.workflow.scan import ScanResult, scan
from secretshift.workflow.services import Services, Sources
from secretshift.workflow.verify import verify_plan

from .plain_history import plain_history

DAY = "2024-0{}-01T12:00:00+00:00"


class Past:
    """A repository whose commits are a month apart, and a scan of it."""

    def __init__(self, desk) -> None:
        self.desk = desk
        self.month = 0
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        date = DAY.format(max(1, self.month))
        done = subprocess.run(
            ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.org", *arguments],
            cwd=self.desk.folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.desk.folder),
                "GIT_AUTHOR_DATE": date,
                "GIT_COMMITTER_DATE": date,
            },
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self, name: str, text: str) -> str:
        self.month += 1
        self.desk.write(name, text)
        self.git("add", name)
        self.git("commit", "-qm", "x")
        return self.git("rev-parse", "HEAD")

    def services(self) -> Services:
        return replace(self.desk.services(), open_history=plain_history(self.desk.detector))

    def look(self, *paths: str, cancel: CancelToken | None = None, **more) -> ScanResult:
        sources = Sources(paths=paths or (str(self.desk.folder),), **{"history": True, **more})
        return scan(self.services(), sources, self.desk.events.append, cancel or CancelToken())


@pytest.fixture
def past(desk, monkeypatch) -> Past:
    for name in ("GIT_INDEX_FILE", "GIT_DIR"):
        monkeypatch.delenv(name, raising=False)
    return Past(desk)


def line() -> str:
    return f"STRIPE_SECRET_KEY={'sk_live_'}{secrets.token_hex(12)}\n"


def in_history(result: ScanResult) -> list[HistoryLocation]:
    found = (finding.location for finding in result.report.findings)
    return [at for at in found if isinstance(at, HistoryLocation)]


def test_what_was_removed_is_found_with_its_first_and_last_commit(past):
    held = line()
    first = past.commit("app.env", "A=1\n" + held)
    last = past.commit("app.env", "A=1\nB=2\n" + held)
    past.git("tag", "v1")
    past.commit("app.env", "A=1\n")
    result = past.look()
    (at,) = in_history(result)
    assert (at.path, at.line) == ("app.env", 3)
    assert (at.first_commit, at.last_commit) == (first, last)
    assert at.blob == past.git("rev-parse", f"{last}:app.env")
    assert (at.first_time[:10], at.last_time[:10]) == ("2024-01-01", "2024-02-01")
    assert (at.in_head, at.author, at.refs_total) == (False, "Ann", 2)
    assert at.refs == ("refs/heads/main", "refs/tags/v1")
    assert result.exit_code is ExitCode.FINDINGS
    assert not in_history(past.look(history=False))


def test_authors_bear_the_names_of_the_mailmap(past):
    past.commit("app.env", line())
    past.git("config", "log.mailmap", "false")
    past.commit(".mailmap", "Ann Example <ann@work.example> <ann@example.org>\n")
    (at,) = in_history(past.look())
    assert (at.author, at.first_time[:10]) == ("Ann Example", "2024-01-01")
    bare = past.desk.folder / "bare.git"
    past.git("clone", "-q", "--bare", ".", str(bare))
    (at,) = in_history(past.look(str(bare)))
    assert at.author == "Ann Example"


def test_a_mailmap_is_asked_anew_for_what_was_kept(past, tmp_path):
    past.commit("app.env", line())
    services = wiring.services(Settings(), workspace=tmp_path / "workspace")
    sources = Sources(paths=(str(past.desk.folder),), history=True)
    told = []
    for name in ("", "Ann Example", "Ann Other"):
        mailmap = f"{name} <ann@example.org>\n" if name else ""
        (past.desk.folder / ".mailmap").write_text(mailmap)
        (at,) = in_history(scan(services, sources, ignore, CancelToken()))
        told.append(at.author)
    assert told == ["Ann", "Ann Example", "Ann Other"]


def test_a_mailmap_that_never_ends_holds_nothing_up(past, tmp_path, monkeypatch):
    past.commit("app.env", line())
    os.mkfifo(past.desk.folder / ".mailmap")
    monkeypatch.setattr(authors, "SECONDS", 0.5)
    services = wiring.services(Settings(), workspace=tmp_path / "workspace")
    sources = Sources(paths=(str(past.desk.folder),), history=True)
    (at,) = in_history(scan(services, sources, ignore, CancelToken()))
    assert at.author == "Ann"


def test_lines_of_a_classic_mac_are_the_same_in_file_and_history(past, tmp_path):
    rows = ["A=1", "B=2", "C=3", "D=4", ""]
    services = wiring.services(Settings(), workspace=tmp_path / "workspace")
    sources = Sources(paths=(str(past.desk.folder),), history=True)
    # The second commit is judged by itself, the first one with everything.
    for number in (1, 3):
        rows[number] = line().strip()
        past.commit("app.env", "\r".join(rows))
        found = scan(services, sources, ignore, CancelToken()).report.findings
        lines = {(one.location.type, one.location.line) for one in found}
        assert lines == {(kind, at + 1) for kind in ("file", "history") for at in (1, number)}
        for one in found:
            assert value_of(services, one).reveal() in rows[one.location.line - 1]
            if isinstance(one.location, HistoryLocation):
                (here,) = [row for row in context(services, one.location) if row.here]
                assert here.number == one.location.line


def test_what_is_there_now_is_one_credential_in_the_file_and_in_the_history(past):
    past.commit("app.env", line())
    result = past.look()
    (at,) = in_history(result)
    assert at.in_head
    assert [type(f.location) for f in result.report.findings] == [FileLocation, HistoryLocation]
    (row,) = overview(past.services(), result.report)
    assert (row.files, row.past, row.status) == (1, 1, Status.FOUND)


def test_a_merge_counts_only_where_it_wrote_what_no_parent_has(past):
    held = line()
    past.commit("app.env", "A=1\n")
    past.git("checkout", "-qb", "side")
    side = past.commit("app.env", "A=1\n" + held)
    past.git("checkout", "-q", "main")
    past.commit("other.txt", "x\n")
    past.month += 1
    past.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    (at,) = in_history(past.look())
    assert (at.first_commit, at.last_commit, at.in_head) == (side, side, True)


def test_the_id_of_a_finding_stays_while_commits_come(past):
    held = line()
    past.commit("app.env", held)
    (before,) = (f for f in past.look().report.findings if f.location.type == "history")
    past.commit("app.env", "B=2\n" + held)
    (after,) = (f for f in past.look().report.findings if f.location.type == "history")
    assert before.location != after.location
    assert before.id == after.id
    elsewhere = replace(after.location, path="other.env")
    assert finding_id(after.fingerprint, elsewhere) != after.id


def test_its_value_is_read_again_from_the_blob_and_the_lines_around_it_are_masked(past):
    held, other = line(), f"DB_PASSWORD={secrets.token_urlsafe(18)}7\n"
    past.commit("app.env", "A=1\n" + held + other)
    past.commit("app.env", "A=1\n")
    result = past.look()
    value = held.partition("=")[2].strip()
    finding = next(f for f in result.report.findings if f.location.line == 2)
    assert value_of(past.services(), finding).reveal() == value
    lines = context(past.services(), finding.location)
    assert [(row.number, row.here) for row in lines][:2] == [(1, False), (2, True)]
    shown = "\n".join(row.text for row in lines)
    assert shown.startswith("A=1\n")
    assert value not in shown and other.partition("=")[2].strip() not in shown


@pytest.mark.parametrize("blob", ["0" * 40, "HEAD", "--all", ""])
def test_a_blob_that_is_gone_or_is_no_id_is_told_as_moved(past, blob):
    past.commit("app.env", line())
    finding = next(f for f in past.look().report.findings if f.location.type == "history")
    lost = replace(finding, location=replace(finding.location, blob=blob))
    with pytest.raises(Moved):
        value_of(past.services(), lost)


def test_a_blob_that_holds_another_value_is_told_as_moved(past):
    past.commit("app.env", line())
    past.commit("app.env", line())
    one, two = (f for f in past.look().report.findings if f.location.type == "history")
    with pytest.raises(Moved):
        value_of(past.services(), replace(one, location=two.location))


def test_a_bare_repository_is_read_as_history_alone(past, tmp_path):
    past.commit("app.env", line())
    bare = tmp_path / "bare.git"
    past.git("clone", "-q", "--bare", str(past.desk.folder), str(bare))
    result = past.look(str(bare))
    assert [f.location.type for f in result.report.findings] == ["history"]
    assert not result.report.errors
    with pytest.raises(UsageProblem, match="inside of a repository"):
        past.look(str(bare), history=False)


def test_a_configuration_that_calls_a_work_tree_bare_hides_no_file(past):
    past.commit("app.env", line())
    past.git("config", "core.bare", "true")
    with pytest.raises(UsageProblem):
        past.look()


def test_two_folders_of_a_repository_have_one_history(past):
    past.commit("a/app.env", line())
    past.commit("b/app.env", line())
    folder = past.desk.folder
    found = in_history(past.look(str(folder / "a"), str(folder / "b")))
    assert sorted(at.path for at in found) == ["a/app.env", "b/app.env"]


def test_a_path_that_is_not_there_is_not_called_a_folder_without_history(past):
    nowhere = str(past.desk.folder / "nowhere")
    with pytest.raises(UsageProblem, match="nothing at this path") as raised:
        require_repositories([str(past.desk.folder), nowhere])
    assert raised.value.resource == nowhere


def test_a_path_without_a_repository_is_told(past, desks):
    plain = desks("plain")
    with pytest.raises(UsageProblem, match="no git repository"):
        require_repositories([str(past.desk.folder), str(plain.folder)])
    with pytest.raises(UsageProblem, match="no git repository"):
        require_repositories([str(plain.write("a.txt", "x"))])
    with pytest.raises(NotFound):
        plain_history(plain.detector)(plain.folder, False)
    past.commit("app.env", line())
    result = past.look(str(past.desk.folder), str(plain.folder))
    assert len(in_history(result)) == 1
    assert any(str(plain.folder) in sentence for sentence in result.report.not_searched)


def test_what_no_ref_reaches_is_found_only_where_it_was_asked_for(past):
    past.commit("app.env", "A=1\n")
    lost = past.commit("app.env", line())
    past.git("reset", "-q", "--hard", "HEAD~1")
    assert not in_history(past.look())
    (at,) = in_history(past.look(unreachable=True))
    assert (at.first_commit, at.refs, at.refs_total, at.in_head) == (lost, (), 0, False)


def test_a_blob_that_no_commit_names_has_no_path(past):
    past.commit("a.txt", "x\n")
    loose = past.desk.write("loose", line())
    past.git("tag", "keys", past.git("hash-object", "-w", "loose"))
    loose.unlink()
    (at,) = in_history(past.look())
    assert (at.path, at.first_commit, at.in_head) == ("", "", False)
    finding = next(f for f in past.look().report.findings if f.location.type == "history")
    assert value_of(past.services(), finding)


def test_patterns_of_paths_count_for_the_history_too(past):
    past.commit("fixtures/app.env", line())
    past.commit("src/app.env", line())
    left = in_history(past.look(exclude_paths=("fixtures",)))
    assert [at.path for at in left] == ["src/app.env"]
    kept = in_history(past.look(include_paths=("fixtures",)))
    assert [at.path for at in kept] == ["fixtures/app.env"]


def test_its_progress_is_in_bytes_and_ends(past):
    past.commit("app.env", line())
    past.look()
    name = history_of(str(past.desk.folder))
    told = [e for e in past.desk.events if isinstance(e, Looking) and e.source == name]
    assert {event.unit for event in told} == {"bytes"}
    assert told[-1].over and told[-1].done == told[-1].total > 0


def test_what_was_seen_is_said_before_anything_is_given(past):
    past.commit("a.env", line())
    source = plain_history(past.desk.detector)

    class Reading:
        """Has met three values when half is read, one of which is none in the end."""

        not_searched, counts, seen = (), {}, 0

        def __init__(self, path, unreachable) -> None:
            self._of = source(path, unreachable)
            self.root = self._of.root

        def begin(self):
            """Nothing comes first here."""

        def findings(self, emit_progress, cancel):
            self.seen = 3
            emit_progress(1, 2)
            self.seen = 0
            yield from self._of.findings(lambda *_: None, cancel)

    services = replace(past.desk.services(), open_history=Reading)
    sources = Sources(paths=(str(past.desk.folder),), history=True)
    scan(services, sources, past.desk.events.append, CancelToken())
    name = history_of(str(past.desk.folder))
    told = [e for e in past.desk.events if isinstance(e, Looking) and e.source == name]
    assert [(one.done, one.findings, one.over) for one in told] == [(1, 3, False), (1, 1, True)]


def test_what_is_not_traced_yet_is_told_and_not_kept(past):
    """As the interface searches: in another process, of which it shows what comes."""
    past.commit("app.env", line())
    past.commit("fixtures/app.env", line())
    folder, workspace = past.desk.folder, past.desk.workspace
    sources = Sources(paths=(str(folder),), history=True, exclude_paths=("fixtures",))
    events = []
    made = wiring.services(Settings(), workspace=workspace, apart=True)
    result = scan(made, sources, events.append, CancelToken())
    told = [event for event in events if isinstance(event, Found)]
    (early,) = [event for event in told if not event.traced]
    (found,) = early.findings
    assert (found.location.path, found.location.line) == ("app.env", 0)
    late = in_history(result)
    assert [(at.path, at.line) for at in late] == [("app.env", 1)]
    assert told.index(early) < max(told.index(event) for event in told if event.traced)
    again = scan(made, sources, events.append, CancelToken())
    assert again.report.findings == result.report.findings
    assert len([e for e in events if isinstance(e, Found) and not e.traced]) == 1


def test_a_wish_to_stop_keeps_what_was_found_in_it(past):
    past.commit("a.env", line())
    past.commit("b.env", line())
    cancel = CancelToken()
    source = plain_history(past.desk.detector)

    class Stopped:
        """Stops once the first finding is out."""

        def __init__(self, path, unreachable) -> None:
            self._of = source(path, unreachable)
            self.root, self.counts, self.not_searched = self._of.root, {"blobs": 2}, ()
            self.seen = 0

        def begin(self):
            """Nothing comes first here."""

        def findings(self, emit_progress, cancel):
            for item in self._of.findings(emit_progress, cancel):
                yield item
                cancel.cancel()

    services = replace(past.desk.services(), open_history=Stopped)
    sources = Sources(paths=(str(past.desk.folder),), history=True)
    result = scan(services, sources, past.desk.events.append, cancel)
    assert result.interrupted
    assert len(in_history(result)) == 1
    assert ("blobs", 2) in result.report.counts


def test_the_issuer_of_a_removed_value_can_be_asked_by_what_stood_beside_it(past):
    """The secret half of an AWS key is nothing without its id."""
    signs = string.ascii_letters + string.digits
    key = "AKIA" + "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ234567") for _ in range(16))
    secret = "".join(secrets.choice(signs) for _ in range(40))
    past.commit("app.env", f"AWS_ACCESS_KEY_ID={key}\nAWS_SECRET_ACCESS_KEY={secret}\n")
    past.commit("app.env", "A=1\n")
    services, report = past.services(), past.look().report
    plan = verify_plan(services, report, (), Issuers({}), CancelToken())
    assert [(one.kind, one.hosts) for one in plan.questions] == [
        ("aws-access-key", ("sts.amazonaws.com",))
    ]


def test_a_baseline_of_the_past_holds_while_commits_come_and_scans_without_it_keep_it(past):
    held = line()
    past.commit("app.env", held)
    past.commit("app.env", "A=1\n")
    folder = past.desk.folder
    sources = Sources(paths=(str(folder),), history=True)
    old = empty(folder / "baseline.json")
    made = renew(past.services(), sources, old, ignore, CancelToken())
    known = OwnBaseline(old.folder, made.baseline)
    assert [one.type for one in made.baseline.known] == ["history"]
    past.commit("app.env", "A=1\nB=2\n" + held)
    past.commit("other.env", line())
    past.commit("app.env", "A=1\n")
    result = scan_against(past.services(), sources, known, ignore, CancelToken())
    assert [f.location.path for f in result.report.findings] == ["other.env", "other.env"]
    assert result.report.known == 1
    without = replace(sources, history=False)
    again = renew(past.services(), without, known, ignore, CancelToken(), add=False)
    assert again.baseline == made.baseline


def test_it_is_remembered_whole(past):
    past.commit("app.env", line())
    past.git("tag", "v1")
    result = past.look()
    last = last_scan(past.services())
    assert last is not None
    assert last.report.findings == result.report.findings
    assert last.sources.history and not last.sources.unreachable


def test_the_next_scan_searches_no_history_that_is_the_same(past, monkeypatch):
    past.commit("app.env", line())
    past.commit("app.env", "A=1\n")
    sources = Sources(paths=(str(past.desk.folder / ".git"),), history=True)

    def look(**more: bool) -> ScanResult:
        services = wiring.services(Settings(), workspace=past.desk.workspace, **more)
        return scan(services, sources, ignore, CancelToken())

    first = look()
    opened = []
    whole = repository.History
    monkeypatch.setattr(repository, "History", lambda *a, **k: opened.append(a) or whole(*a, **k))
    assert look().report == first.report
    assert (opened, len(first.report.findings)) == ([], 1)
    assert look(anew=True).report == first.report
    assert len(opened) == 1


class Broken:
    """Decisions that cannot be read. asked: how often somebody wanted them."""

    def __init__(self) -> None:
        self.asked = 0

    def lines(self) -> list[object]:
        self.asked += 1
        raise Damaged("The workspace database is damaged", resource="workspace.db")


@pytest.mark.parametrize("bare", [True, False])
def test_a_workspace_that_cannot_be_used_ends_the_search(past, tmp_path, bare):
    past.commit("app.env", line())
    path = past.desk.folder
    if bare:
        path = tmp_path / "bare.git"
        past.git("clone", "-q", "--bare", ".", str(path))
    broken = Broken()
    services = replace(past.services(), decisions=lambda: broken)
    sources = Sources(paths=(str(path),), history=True)
    with pytest.raises(Damaged, match="workspace database"):
        scan(services, sources, ignore, CancelToken())
    assert broken.asked == 1


def test_what_was_decided_is_read_once_while_a_history_is_searched(past, tmp_path):
    held = line()
    past.commit("app.env", held)
    path = tmp_path / "bare.git"
    past.git("clone", "-q", "--bare", ".", str(path))
    asked: list[int] = []
    services = past.services()
    known = services.decisions

    def counted():
        asked.append(1)
        return known()

    result = scan(
        replace(services, decisions=counted),
        Sources(paths=(str(path),), history=True),
        ignore,
        CancelToken(),
    )
    assert len(in_history(result)) == 1
    assert result.decisions == {}
    assert asked == [1]
