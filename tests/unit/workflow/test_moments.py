"""What happened to a credential, from a real workspace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from secretshift.changes.remove_plaintext import RemovePlaintext
from secretshift.model.codec import to_data
from secretshift.model.decisions import Choice, Reveal
from secretshift.model.findings import FileLocation, Finding, ScanReport, credential_id
from secretshift.model.secret_value import MASK, SecretValue
from secretshift.settings import Settings
from secretshift.wiring import services
from secretshift.workflow.decisions import DecideRequest, decide, take_back_last
from secretshift.workflow.moments import MomentKind, moments
from secretshift.workflow.remembered import remember
from secretshift.workflow.services import Sources

from ..reports.conftest import made_up_plan, picture_script

__all__ = ["made_up_plan", "picture_script"]

BEGIN = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = BEGIN

    def __call__(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


@pytest.fixture
def made(tmp_path):
    return replace(
        services(Settings(), workspace=tmp_path / "space"), now=Clock(), who=lambda: "sam"
    )


def found(made, text: str) -> Finding:
    fingerprint = made.fingerprint(SecretValue(text))
    where = FileLocation("/home/sam/shop", "config.py", 3, 1)
    return Finding(
        f"f-{text}", credential_id(fingerprint), fingerprint, "stripe", "high", (), MASK, where
    )


def test_the_newest_is_above_and_others_are_left_out(made):
    mine, other = found(made, "one"), found(made, "two")
    remember(made, Sources(), ScanReport((other,)))
    remember(made, Sources(), ScanReport((mine, other)))
    remember(made, Sources(), ScanReport((other, mine)))
    decide(made, DecideRequest((mine.credential,), Choice.ACCEPTED, "sandbox", "2026-12-31"))
    decide(made, DecideRequest((other.credential,), Choice.MOVE))
    made.reveals().append(
        Reveal(mine.credential, "config.py:3:1", "sam", made.now()), mine.fingerprint
    )
    told = moments(made, mine.credential)
    assert [moment.kind for moment in told] == [
        MomentKind.SHOWN,
        MomentKind.DECIDED,
        MomentKind.FOUND,
    ]
    assert [moment.time for moment in told] == sorted((m.time for m in told), reverse=True)
    assert told[0].text.endswith("read from config.py:3:1")
    assert told[1].text == "accepted until 2026-12-31: sandbox"
    assert told[1].who == "sam"
    assert told[2].time == BEGIN + timedelta(minutes=2)


def test_what_was_taken_back_stays_in_the_history(made):
    mine = found(made, "one")
    remember(made, Sources(), ScanReport((mine,)))
    decide(made, DecideRequest((mine.credential,), Choice.FALSE_POSITIVE, "an example"))
    take_back_last(made)
    kinds = [moment.kind for moment in moments(made, mine.credential)]
    assert kinds == [MomentKind.TAKEN_BACK, MomentKind.DECIDED, MomentKind.FOUND]


def test_a_credential_that_nobody_knows_has_no_history(made):
    assert moments(made, found(made, "one").credential) == ()


def test_runs_that_moved_it_or_put_it_back_are_told_of_this_credential_alone(made, made_up_plan):
    moved, other = made_up_plan.functions[0], made_up_plan.functions[1]
    variable = moved.variables[0]
    (credential,) = variable.credentials
    journal = made.journal()
    runs = []
    for state in ("done", "undone"):
        runs.append(journal.begin("migrate", to_data(made_up_plan), {}))
        for function in (moved, other):
            change = RemovePlaintext(function)
            journal.write(runs[-1], change.key, type=change.type, target=change.target, state=state)
    there = [
        f"{variable.name} of {function.function.name}"
        for function in (moved, other)
        for variable in function.variables
        if credential in variable.credentials
    ]
    told = moments(made, credential)
    assert [moment.kind for moment in told] == (
        [MomentKind.UNDONE] * len(there) + [MomentKind.MOVED] * len(there)
    )
    secret = made_up_plan.secret(variable.secret).name
    assert f"{there[0]} reads it from {secret} now (run {runs[0]})" in {m.text for m in told}
    assert f"{there[0]} has it in plain again (run {runs[1]})" in {m.text for m in told}
    nobody_planned = found(made, "never planned").credential
    assert moments(made, nobody_planned) == ()
