"""Files in which something is found most often are read first, and told in git's order."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Callable
from dataclasses import replace

import pytest

from secretshift.model.errors import Damaged
from secretshift.model.findings import ScanReport
from secretshift.model.journeys import CancelToken, Event, Found, Looking
from secretshift.workflow import files
from secretshift.workflow.scan import scan
from secretshift.workflow.services import Sources

from .conftest import Desk


def held() -> str:
    return f"DB_PASSWORD={secrets.token_hex(8)}Kq!\n"


def told(report: ScanReport) -> list[str]:
    return [one.location.path for one in report.findings]


@pytest.fixture
def tree(desk: Desk) -> Desk:
    """A work tree in whose first file nothing stands, and in the others something."""
    subprocess.run(["git", "init", "-q", str(desk.folder)], check=True)
    desk.write("a.py", "x = 1\n")
    desk.write("b.py", f'password = "{secrets.token_hex(8)}Kq!"\n')
    desk.write("c/d.env", held() + held().replace("DB", "MAIL"))
    desk.write("e.lock", held())
    desk.write("z.yml", f"password: {secrets.token_hex(8)}Kq\n")
    subprocess.run(["git", "-C", str(desk.folder), "add", "."], check=True)
    return desk


def test_settings_are_read_first_and_told_in_their_place(tree):
    seen: list[str] = []
    result = scan(looking_at(tree, seen), sources(tree), tree.events.append, CancelToken())
    assert seen == ["c/d.env", "z.yml", "a.py", "b.py", "e.lock"]
    assert told(result.report) == ["b.py", "c/d.env", "c/d.env", "e.lock", "z.yml"]


def test_it_is_the_same_when_it_was_read_before_and_when_it_is_stopped(tree, monkeypatch):
    monkeypatch.setattr(files, "TELL_SECONDS", 0.0)
    first = tree.scan().report
    assert told(tree.scan().report) == told(first)
    cancel = CancelToken()

    def stop(event: Event) -> None:
        if isinstance(event, Looking) and event.findings >= 4:
            cancel.cancel()

    result = scan(tree.services(), sources(tree), stop, cancel)
    assert result.interrupted
    assert told(result.report) == ["b.py", "c/d.env", "c/d.env", "z.yml"]


def test_what_could_not_be_judged_is_told_in_order_too(tree):
    made = tree.services()

    class TooMany:
        def __getattr__(self, name: str):
            return getattr(made.detector, name)

        def left_out(self, path: str) -> str:
            return "It holds more than is judged" if path in ("b.py", "c/d.env") else ""

    services = replace(made, detector=TooMany())
    errors = scan(services, sources(tree), tree.events.append, CancelToken()).report.errors
    assert [one.source for one in errors] == [f"{tree.folder}/b.py", f"{tree.folder}/c/d.env"]


def test_the_first_finding_is_told_when_it_is_found(tree, monkeypatch):
    monkeypatch.setattr(files, "TELL_SECONDS", 1e9)
    tree.write("c/d.env", "A=1\n")
    tree.scan()
    first, found, second, *_ = [e for e in tree.events if isinstance(e, Found | Looking)]
    assert (first.done, first.findings) == (1, 0)
    assert [one.location.path for one in found.findings] == ["z.yml"]
    assert (second.done, second.findings, second.over) == (2, 1, False)


def test_a_workspace_that_cannot_be_used_is_told_after_the_first_finding(tree, monkeypatch):
    """And not once all is read; nor as something that could not be read."""
    seen: list[str] = []
    services = replace(looking_at(tree, seen), decisions=broken)
    with pytest.raises(Damaged):
        scan(services, sources(tree), tree.events.append, CancelToken())
    assert seen == ["c/d.env"]
    assert [type(event) for event in tree.events] == [Found, Looking]
    # It is told soon where nothing is found, too.
    seen.clear()
    monkeypatch.setattr(files, "LATEST_SECONDS", 0.0)
    tree.write("c/d.env", "A=1\n")
    with pytest.raises(Damaged):
        scan(services, sources(tree), tree.events.append, CancelToken())
    assert seen == ["c/d.env"]


def broken() -> object:
    raise Damaged("It is no database", resource="workspace.db")


def sources(desk: Desk) -> Sources:
    return Sources(paths=(str(desk.folder),))


def looking_at(desk: Desk, seen: list[str]):
    """Services whose detector notes which files it is asked about."""
    made = desk.services()
    text: Callable = made.detector.text

    class Noting:
        def __getattr__(self, name: str):
            return getattr(made.detector, name)

        def text(self, path: str, content: str):
            seen.append(path)
            return text(path, content)

    return replace(made, detector=Noting())
