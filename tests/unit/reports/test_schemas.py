"""Every JSON output keeps to its schema, and the schemas leave no room for more."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import jsonschema
import pytest

from secretshift.catalogue import load
from secretshift.execution.plain_again import PlainAgain
from secretshift.execution.run import Failure
from secretshift.model import plans
from secretshift.model.baselines import baseline_of, key_of
from secretshift.model.codec import to_data
from secretshift.model.decisions import Choice, Decision
from secretshift.model.findings import Confidence, FileLocation, ScanReport, SourceError
from secretshift.model.proofs import FunctionProof, ProofResult, Proved, Todo
from secretshift.reports.decisions import decided_data, decisions_data
from secretshift.reports.findings_json import findings_data
from secretshift.reports.json_text import json_text
from secretshift.reports.kinds import kinds_data
from secretshift.reports.proof import proof_data
from secretshift.reports.results import migrated_data, undone_data
from secretshift.reports.runs import run_data, runs_data
from secretshift.state.records import CHANGE_STATES, END_STATES, RUNNING, Entry, RunRecord, fold
from secretshift.workflow.migrate import MigrateResult
from secretshift.workflow.undo import UndoResult

FOLDER = Path(__file__).parents[3] / "docs/reference/schemas"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
OPTIONAL = {"findings": {"exposure"}}
"""Keys that are not always there: exposure belongs to findings in a git history."""
RUN = "r-20251124-101500-7b1e"
BEGAN = datetime(2025, 11, 24, 10, 15, tzinfo=UTC)


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return loaded


def again(text: str) -> tuple[PlainAgain, ...]:
    return (PlainAgain(text, text, BEGAN),)


def check(name: str, data: object) -> None:
    """As a reader gets it: through the text."""
    jsonschema.Draft202012Validator(schema(name)).validate(json.loads(json_text(data)))


def test_findings(report, hostile_report):
    for sample in (ScanReport(), report, hostile_report):
        check("findings", findings_data(sample))


def test_a_baseline(report, hostile_report):
    for sample in (ScanReport(), report, hostile_report):
        found = Counter(key_of(one, PurePosixPath("/work")) for one in sample.findings)
        check("baseline", to_data(baseline_of(found)))


def test_decisions(report, hostile):
    ids = [finding.credential for finding in report.findings]
    prints = [finding.fingerprint for finding in report.findings]
    until = "2025-11-23"
    made = [
        Decision(ids[0], prints[0], Choice.ACCEPTED, hostile, until, hostile, BEGAN),
        *(Decision(ids[1], prints[1], choice, "why", "", "me", BEGAN) for choice in Choice),
    ]
    check("decisions", decisions_data(made, BEGAN.date()))
    check("decided", decided_data(made, ids, BEGAN.date()))
    check("findings", findings_data(report, {one.credential: one for one in made}))


def test_plan(made_up_plan, hostile):
    (secret,) = made_up_plan.secrets
    source = plans.FileSource(FileLocation("/r", hostile, 1, 1), secret.fingerprint)
    people = plans.Readers(51, (hostile,))
    stored = replace(
        secret,
        pieces=(plans.Piece("", file=source),),
        action="restore",
        readership=plans.Readership(people, people, people, hostile),
    )
    work = plans.PersonWork("x", "c-1", "k", "••••••", Confidence.LOW, (hostile,), hostile, hostile)
    full = replace(
        made_up_plan,
        secrets=(secret, stored),
        work=(work,),
        errors=(SourceError("x", hostile, hostile, hostile),),
        left_out=(hostile,),
        not_moved=(
            plans.NotMoved("decided", "c-1", "k", "••••••", Confidence.LOW, (hostile,), hostile),
        ),
        instead=(plans.Instead("c-1", "k", hostile, "••••••", (hostile,), hostile),),
    )
    for sample in (plans.Plan("p-1", "now", (), (), ()), made_up_plan, full):
        check("plan", to_data(sample))


def test_the_plans_schema_knows_every_field_of_the_plan():
    known = schema("plan")
    assert set(known["properties"]) == _fields(plans.Plan)
    for name, kind in {
        "secret": plans.SecretPlan,
        "variable": plans.VariablePlan,
        "planned": plans.FunctionPlan,
        "work": plans.PersonWork,
        "not_moved": plans.NotMoved,
        "instead": plans.Instead,
        "note": plans.PlanNote,
        "piece": plans.Piece,
        "fallback": plans.Fallback,
        "readership": plans.Readership,
        "readers": plans.Readers,
    }.items():
        assert set(known["$defs"][name]["properties"]) == _fields(kind)


@pytest.mark.parametrize("run", ["", RUN])
@pytest.mark.parametrize("status", ["done", "incomplete", "interrupted", "nothing to do"])
def test_migrated(run, status, hostile):
    failure = Failure(hostile, "x", hostile, hostile)
    check("migrated", migrated_data(MigrateResult(run, status)))
    full = MigrateResult(
        run, status, (hostile,), (hostile,), (failure,), (hostile,), granted_to_role=(hostile,)
    )
    check("migrated", migrated_data(full))
    assert migrated_data(full)["granted_to_role"] == [hostile]


@pytest.mark.parametrize("status", ["undone", "partly-undone", "interrupted", "nothing to do"])
def test_undone(status, hostile):
    failure = Failure(hostile, "x", hostile, hostile)
    check("undone", undone_data(UndoResult(RUN, status)))
    full = UndoResult(RUN, status, (hostile,), (hostile,), (failure,), in_plain=again(hostile))
    check("undone", undone_data(full))
    (said,) = undone_data(full)["in_plain"]
    assert said == {"function": hostile, "variable": hostile, "since": "2025-11-24T10:15:00Z"}


@pytest.mark.parametrize("status", sorted({RUNNING, *END_STATES}))
def test_runs(status, made_up_plan, hostile):
    ended = None if status == RUNNING else BEGAN
    record = RunRecord(RUN, "migrate", BEGAN, ended, status, 3, hostile)
    check("runs", runs_data(()))
    check("runs", runs_data((record, record)))
    assert list(runs_data((record,))["runs"][0]) == ["id", "started", "ended", "status", "changes"]
    entries = tuple(
        Entry(RUN, f"k:{state}", "grant-read", hostile, state, None, None, hostile, seq, BEGAN)
        for seq, state in enumerate(sorted(CHANGE_STATES), 1)
    )
    more = {"stopped": ended is None, "in_plain": again(hostile)}
    check("run", run_data(record, made_up_plan, fold(entries), entries, **more))
    check("run", run_data(record, made_up_plan, (), (), stopped=False, in_plain=()))


def test_kinds():
    check("kinds", kinds_data(load().kinds))


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_one_and_allows_no_other_key(name):
    loaded = schema(name)
    jsonschema.Draft202012Validator.check_schema(loaded)
    assert loaded["$id"].endswith(f"/{name}.json")
    for part in _objects(loaded):
        assert part["additionalProperties"] is False
        assert set(part["required"]) <= set(part["properties"])
        assert part["properties"].keys() - set(part["required"]) <= OPTIONAL.get(name, set())


def test_every_schema_is_in_the_page_and_every_one_of_the_page_is_there():
    page = (FOLDER.parent / "json.md").read_text("utf-8")
    for name in NAMES:
        assert f"(schemas/{name}.json)" in page


def test_a_key_too_many_is_seen(report):
    data = findings_data(report)
    data["findings"][0]["value"] = "hunter2"
    with pytest.raises(jsonschema.ValidationError):
        check("findings", data)


def _objects(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if part.get("type") == "object":
            yield part
        for inner in part.values():
            yield from _objects(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _objects(inner)


def _fields(kind: type) -> set[str]:
    return {field.name for field in dataclasses.fields(kind)}


def test_proof(hostile):
    functions = tuple(
        FunctionProof(hostile, state, hostile, time, (hostile,))
        for state in Proved
        for time in (None, BEGAN)
    )
    todo = (Todo("rotate-0123abcd", hostile, hostile, True), Todo("in-files-0123abcd", hostile))
    for status in sorted({RUNNING, *END_STATES}):
        check("proof", proof_data(ProofResult(RUN, status, (), ())))
        check("proof", proof_data(ProofResult(RUN, status, functions, todo)))
