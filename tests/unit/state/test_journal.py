"""The journal: what was written is there, whatever happened to the process."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secretshift.model.errors import Refused, UsageProblem
from secretshift.model.secret_value import SecretValue
from secretshift.state import journal as journal_module
from secretshift.state.journal import Journal
from secretshift.state.records import CHANGE_STATES
from secretshift.state.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "w")


@pytest.fixture
def journal(workspace: Workspace) -> Iterator[Journal]:
    with Journal(workspace) as opened:
        yield opened


def put(journal: Journal, run: str, key: str, state: str, **more: object) -> None:
    journal.write(run, key, type="create-secret", target="prod/db", state=state, **more)  # type: ignore[arg-type]


def test_a_run_is_told_as_it_was_begun_and_ended(journal: Journal) -> None:
    run = journal.begin("migrate", {"steps": [1, None, True]}, {"yes": False}, label="prod")
    assert re.fullmatch(r"r-\d{8}-\d{6}-[0-9a-f]{4}", run)
    record = journal.run(run)
    assert (record.kind, record.status, record.ended, record.label, record.changes) == (
        "migrate",
        "running",
        None,
        "prod",
        0,
    )
    assert record.started.tzinfo == UTC
    assert journal.plan(run) == {"steps": [1, None, True]}
    assert journal.request(run) == {"yes": False}

    put(journal, run, "a", "done")
    put(journal, run, "a", "undone")
    put(journal, run, "b", "done")
    journal.end(run, "partly-undone")
    record = journal.run(run)
    assert record.status == "partly-undone" and record.changes == 2
    assert record.ended is not None and record.ended >= record.started

    journal.reopen(run)
    assert journal.run(run).status == "running" and journal.run(run).ended is None


def test_run_ids_are_in_utc_and_sort_by_time(workspace: Workspace) -> None:
    times = iter(datetime(2026, 11, 24, 13, 15, second, tzinfo=UTC) for second in (2, 2, 3))
    with Journal(workspace, clock=lambda: next(times)) as journal:
        ids = [journal.begin("scan", {}, {}) for _ in range(3)]
        assert ids[0].startswith("r-20261124-131502-")
        assert len(set(ids)) == 3
        assert [r.id for r in journal.runs()] == ids[::-1]


def test_the_same_id_twice_is_drawn_again(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["0001", "0001", "0002"])
    monkeypatch.setattr(journal_module.secrets, "token_hex", lambda _n: next(drawn))
    fixed = datetime(2026, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(journal, "_clock", lambda: fixed)
    assert [journal.begin("scan", {}, {})[-4:] for _ in range(2)] == ["0001", "0002"]


def test_changes_are_the_newest_state_in_order_of_first_appearance(journal: Journal) -> None:
    run = journal.begin("migrate", {}, {})
    put(journal, run, "one", "planned", before={"revision": "r1"})
    put(journal, run, "two", "planned")
    put(journal, run, "one", "started", after={"arn": "a"})
    put(journal, run, "one", "failed", error="access-denied")
    put(journal, run, "one", "done", after={"arn": "b"})
    one, two = journal.changes(run)
    assert (one.key, one.state, one.error) == ("one", "done", "")
    assert one.before == {"revision": "r1"} and one.after == {"arn": "b"}
    assert (two.key, two.state, two.before) == ("two", "planned", {})
    log = journal.entries(run)
    assert [e.state for e in log] == ["planned", "planned", "started", "failed", "done"]
    assert [e.seq for e in log] == sorted(e.seq for e in log) and one.seq == log[-1].seq
    assert log[3].error == "access-denied" and log[3].before is None
    assert log[-1].time == one.updated


def test_an_empty_after_replaces_and_none_keeps(journal: Journal) -> None:
    run = journal.begin("migrate", {}, {})
    put(journal, run, "k", "started", after={"arn": "a"})
    put(journal, run, "k", "undone", after={})
    assert journal.changes(run)[0].after == {}


def test_all_changes_are_of_all_runs_and_can_be_of_one_type(journal: Journal) -> None:
    first, second = (journal.begin("migrate", {}, {}) for _ in range(2))
    put(journal, first, "k", "done")
    put(journal, second, "k", "planned")
    journal.write(second, "g", type="grant-read", target="role", state="done")
    assert [(c.run, c.key, c.state) for c in journal.all_changes()] == [
        (first, "k", "done"),
        (second, "k", "planned"),
        (second, "g", "done"),
    ]
    assert [c.key for c in journal.all_changes(type="grant-read")] == ["g"]


def test_plan_updates_and_notes_append(journal: Journal) -> None:
    run = journal.begin("migrate", {"v": 1}, {})
    journal.update_plan(run, {"v": 2})
    assert journal.plan(run) == {"v": 2} and journal.request(run) == {}
    journal.note(run, "probe", {"name": "p1"})
    journal.note(run, "proof", {"ok": True})
    journal.note(run, "probe", {"name": "p2"})
    assert list(journal.notes(run).items()) == [("probe", {"name": "p2"}), ("proof", {"ok": True})]


def test_what_is_given_back_can_be_changed_without_harm(journal: Journal) -> None:
    run = journal.begin("migrate", {"list": []}, {})
    journal.plan(run)["list"].append(1)  # type: ignore[attr-defined]
    assert journal.plan(run) == {"list": []}


def test_finding_a_run(journal: Journal) -> None:
    with pytest.raises(UsageProblem, match="no runs"):
        journal.run("last")
    first = journal.begin("scan", {}, {})
    second = journal.begin("scan", {}, {})
    assert journal.run("last").id == second
    assert journal.run(first).id == first
    with pytest.raises(UsageProblem) as caught:
        journal.run("r-")
    assert caught.value.code == "ambiguous-run" and first in caught.value.hint
    with pytest.raises(UsageProblem) as caught:
        journal.run(first[:-1] + "x")
    assert first in caught.value.hint or second in caught.value.hint
    with pytest.raises(UsageProblem) as caught:
        journal.run("\x1b[31mzz")
    assert second in caught.value.hint and "\x1b" not in caught.value.what
    with pytest.raises(UsageProblem):
        journal.run("")


def test_a_run_that_is_not_there_is_said_by_every_method(journal: Journal) -> None:
    journal.begin("scan", {}, {})
    gone = "r-20200101-000000-0000"
    for call in (
        lambda: journal.plan(gone),
        lambda: journal.request(gone),
        lambda: journal.update_plan(gone, {}),
        lambda: journal.note(gone, "k", {}),
        lambda: put(journal, gone, "k", "done"),
        lambda: journal.changes(gone),
        lambda: journal.entries(gone),
        lambda: journal.end(gone, "done"),
    ):
        with pytest.raises(UsageProblem) as caught:
            call()
        assert caught.value.code == "unknown-run"


def test_unknown_states_are_a_defect_of_the_caller(journal: Journal) -> None:
    run = journal.begin("scan", {}, {})
    with pytest.raises(ValueError, match="state"):
        put(journal, run, "k", "finished")
    with pytest.raises(ValueError, match="end"):
        journal.end(run, "running")
    for state in CHANGE_STATES:
        put(journal, run, "k", state)


class Colour(StrEnum):
    RED = "red"


CANARY = "canary-7Hq2-value"


@pytest.mark.parametrize(
    "bad",
    [
        SecretValue(CANARY),
        CANARY.encode(),
        bytearray(b"x"),
        1.5,
        {1: "x"},
        {SecretValue: 1},
        object(),
        {"a", "b"},
    ],
    ids=lambda bad: type(bad).__name__,
)
def test_no_value_and_nothing_but_plain_json_passes(
    journal: Journal, workspace: Workspace, bad: object
) -> None:
    run = journal.begin("migrate", {}, {})
    nested = {"list": [{"deep": bad}]}
    for call in (
        lambda: journal.begin("scan", nested, {}),
        lambda: journal.begin("scan", {}, nested),
        lambda: journal.update_plan(run, nested),
        lambda: journal.note(run, "n", nested),
        lambda: put(journal, run, "k", "planned", before=nested),
        lambda: put(journal, run, "k", "planned", after=nested),
        lambda: put(journal, run, "k", "planned", error=bad),
        lambda: journal.write(run, "k", type="t", target=bad, state="done"),  # type: ignore[arg-type]
        lambda: journal.write(run, bad, type="t", target="t", state="done"),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError) as caught:
            call()
        assert CANARY not in str(caught.value)
    assert journal.entries(run) == () and len(journal.runs()) == 1
    for file in workspace.path.rglob("*"):
        assert not file.is_file() or CANARY.encode() not in file.read_bytes()


def test_plain_json_of_our_own_types_passes(journal: Journal) -> None:
    data = MappingProxyType({"c": Colour.RED, "t": (1, 2), "m": MappingProxyType({"x": None})})
    run = journal.begin("migrate", data, {})
    assert journal.plan(run) == {"c": "red", "t": [1, 2], "m": {"x": None}}


def test_sizes_and_depth_are_bounded(journal: Journal) -> None:
    run = journal.begin("migrate", {}, {})
    with pytest.raises(Refused) as caught:
        put(journal, run, "k", "done", after={"x": "y" * 300_000})
    assert caught.value.code == "too-large"
    deep: dict[str, object] = {}
    for _ in range(40):
        deep = {"d": deep}
    with pytest.raises(TypeError, match="nested"):
        put(journal, run, "k", "done", after=deep)
    for name in ("", "x" * 1001, "a\x00b", "a\udcff"):
        with pytest.raises(ValueError, match="not a name"):
            put(journal, run, name, "done")
    assert journal.entries(run) == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    data=st.dictionaries(st.text(st.characters(codec=None)), json_values, max_size=4),
    target=st.text(st.characters(codec=None)),
)
def test_everything_comes_back_as_it_went_in(
    journal: Journal, data: dict[str, object], target: str
) -> None:
    run = journal.begin("migrate", data, data)
    journal.write(run, "k", type="t", target=target, state="done", before=data, error=target)
    (change,) = journal.changes(run)
    assert (change.target, change.before, change.error) == (target, data, target)
    assert journal.plan(run) == data


def test_many_threads_write_at_once(journal: Journal) -> None:
    run = journal.begin("migrate", {}, {})
    failures: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            for number in range(25):
                put(journal, run, f"w{worker}-{number}", "started")
                put(journal, run, f"w{worker}-{number}", "done", after={"n": number})
                journal.changes(run)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    changes = journal.changes(run)
    assert len(changes) == 200 and all(c.state == "done" for c in changes)


def test_holding_a_run_keeps_others_out_until_released(
    journal: Journal, workspace: Workspace
) -> None:
    run, other = (journal.begin("migrate", {}, {}) for _ in range(2))
    assert not journal.busy(run)
    with journal.hold(run):
        assert journal.busy(run) and not journal.busy(other)
        with (
            Journal(workspace) as second,
            pytest.raises(Refused, match="Another process") as caught,
        ):
            second.hold(run).__enter__()
        assert run in caught.value.what and caught.value.code == "run-busy"
        with journal.hold(other):
            pass
    with journal.hold(run):
        pass


def test_a_hold_is_released_when_the_work_fails(journal: Journal) -> None:
    run = journal.begin("migrate", {}, {})
    with pytest.raises(BlockingIOError, match="of the work"), journal.hold(run):
        raise BlockingIOError("of the work")
    assert not journal.busy(run)


@pytest.mark.parametrize("name", ["../x", "r-1/../../x", "", "last"])
def test_only_a_run_id_can_be_held(journal: Journal, name: str) -> None:
    with pytest.raises(UsageProblem):
        journal.hold(name).__enter__()
