"""A file that is the same as the last time is not judged again, and every other one is."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from secretshift import wiring
from secretshift.model.findings import Verdict
from secretshift.model.journeys import CancelToken, Event, ignore
from secretshift.settings import Settings
from secretshift.workflow import kept_files
from secretshift.workflow.scan import ScanResult, scan
from secretshift.workflow.secrets_baselines import export
from secretshift.workflow.services import Services, Sources


def line() -> str:
    return f"STRIPE_SECRET_KEY={'sk_live_'}{secrets.token_hex(12)}\n"


@dataclass
class Place:
    """A folder, scanned as the command does it."""

    folder: Path
    workspace: Path
    detector: object
    monkeypatch: pytest.MonkeyPatch
    settings: Settings = field(default_factory=Settings)
    judged: list[str] = field(default_factory=list)

    def services(self, **more: bool) -> Services:
        """Opened anew, with a detector that notes which files it is asked about."""
        place = self

        class Noting:
            problems = not_asked = ()

            def text(self, path: str, text: str) -> tuple[Verdict, ...]:
                place.judged.append(path)
                return place.detector.text(path, text)

            def left_out(self, path: str) -> str:
                return place.detector.left_out(path)

            def environment(self, variables: Mapping) -> tuple[Verdict, ...]:
                return ()

            def rest(self) -> None:
                pass

            def heeding(self, _cancel: CancelToken) -> AbstractContextManager[None]:
                return nullcontext()

        for made in ("_detector_here", "_detector_apart"):
            self.monkeypatch.setattr(wiring, made, lambda *_: Noting())
        return wiring.services(self.settings, workspace=self.workspace, **more)

    def scan(self, services: Services | None = None, **more) -> ScanResult:
        self.judged.clear()
        sources = Sources(paths=(str(self.folder),), **more)
        return scan(services or self.services(), sources, ignore, CancelToken())

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")


@pytest.fixture
def place(tmp_path, detector, monkeypatch) -> Place:
    folder = tmp_path / "shop"
    folder.mkdir()
    made = Place(folder, tmp_path / "workspace", detector, monkeypatch)
    made.write("app.env", line())
    made.write("plain.txt", "x\n")
    return made


def test_nothing_is_judged_where_nothing_changed(place):
    first = place.scan()
    assert sorted(place.judged) == ["app.env", "plain.txt"]
    second = place.scan()
    assert place.judged == []
    assert second.report == first.report
    assert len(first.report.findings) == 1


def test_what_changed_is_judged_and_what_went_is_gone(place):
    place.scan()
    place.write("app.env", "\n" + line())
    place.write("new.env", line())
    (place.folder / "plain.txt").unlink()
    found = place.scan().report.findings
    assert sorted(place.judged) == ["app.env", "new.env"]
    assert [(one.location.path, one.location.line) for one in found] == [
        ("app.env", 2),
        ("new.env", 1),
    ]
    (place.folder / "new.env").unlink()
    assert len(place.scan().report.findings) == 1
    assert place.judged == []
    with closing(sqlite3.connect(place.workspace / "searches.db")) as kept:
        ((text,),) = kept.execute("SELECT found FROM searches")
    assert "app.env" in text and "new.env" not in text


def test_the_same_text_under_another_name_is_judged(place):
    place.scan()
    (place.folder / "app.env").rename(place.folder / "other.env")
    place.scan()
    assert place.judged == ["other.env"]


def test_who_asks_for_it_gets_everything_judged(place):
    place.scan()
    place.scan(place.services(anew=True))
    assert sorted(place.judged) == ["app.env", "plain.txt"]
    place.scan()
    assert place.judged == []


def test_rules_of_ones_own_that_changed_judge_everything(place, tmp_path):
    kinds = tmp_path / "kinds"
    kinds.mkdir()
    place.settings = replace(Settings(), catalogue=replace(Settings().catalogue, extra=(kinds,)))
    place.scan()
    place.scan()
    assert place.judged == []
    (kinds / "none.toml").write_text("")
    place.scan()
    assert sorted(place.judged) == ["app.env", "plain.txt"]


def test_with_plugins_everything_is_judged(place, tmp_path):
    named = replace(Settings(), scan=replace(Settings().scan, plugins=(tmp_path,)), named=True)
    place.settings = named
    for _ in range(2):
        place.scan()
        assert sorted(place.judged) == ["app.env", "plain.txt"]


def test_who_judges_by_something_else_is_asked(place):
    (first,) = place.scan().report.findings

    class Blind:
        text = staticmethod(lambda _path, _text: ())
        left_out = staticmethod(lambda _path: "")

    assert place.scan(replace(place.services(), detector=Blind())).report.findings == ()
    other = replace(place.services(), fingerprint=lambda _value: "f" * 64)
    assert [one.fingerprint for one in place.scan(other).report.findings] == ["f" * 64]
    assert place.scan().report.findings == (first,)
    assert place.judged == []
    document, _ = export(
        place.services(),
        Sources(paths=(str(place.folder),)),
        None,
        place.folder,
        ignore,
        CancelToken(),
    )
    assert list(document["results"]) == ["app.env"]


def test_a_look_at_changes_neither_takes_nor_keeps(place):
    place.scan()
    git = ["git", "-C", str(place.folder), "-c", "user.name=A", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "app.env"]):
        subprocess.run([*git, *command], check=True)
    place.scan(staged=True)
    assert place.judged == ["app.env"]
    place.scan()
    assert place.judged == []


def test_what_was_not_judged_whole_is_judged_again_and_said_again(place, monkeypatch):
    class LeavesOut:
        def text(self, path: str, text: str) -> tuple[Verdict, ...]:
            return ()

        def left_out(self, path: str) -> str:
            return "a part of it" if path == "app.env" else ""

    place.detector = LeavesOut()
    for _ in range(2):
        result = place.scan()
        assert [error.code for error in result.report.errors] == ["too-many"]
    assert place.judged == ["app.env"]


def test_of_a_scan_that_was_stopped_nothing_is_kept(place):
    cancel = CancelToken()

    def stop(_event: Event) -> None:
        cancel.cancel()

    result = scan(place.services(), Sources(paths=(str(place.folder),)), stop, cancel)
    assert result.interrupted
    assert dict(result.report.counts)["files"] >= 1, "what was looked at is told all the same"
    place.scan()
    assert len(place.judged) == 2


def test_where_much_is_found_the_rest_is_judged_again(place, monkeypatch):
    monkeypatch.setattr(kept_files, "MOST_FINDINGS", 1)
    for name in ("b.env", "c.env"):
        place.write(name, line())
    first = place.scan()
    second = place.scan()
    assert len(place.judged) == 3
    assert second.report == first.report
    assert len(first.report.findings) == 3


def test_no_value_and_no_hash_without_a_key_is_kept(place):
    place.scan()
    kept = (place.workspace / "searches.db").read_bytes()
    text = (place.folder / "app.env").read_bytes()
    value = text.strip().partition(b"=")[2]
    blob = b"blob %d\0%s" % (len(text), text)
    for secret in (value, text, blob):
        for form in (hashlib.sha1, hashlib.sha256, hashlib.blake2b, hashlib.md5):
            assert form(secret).hexdigest()[:16].encode() not in kept
    assert value not in kept
    assert b"app.env" in kept
