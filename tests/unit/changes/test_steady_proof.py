"""One reading proves nothing while a grant spreads: it has to work for a while without a break."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from secretshift.changes import grant_read
from secretshift.changes.patience import Patience
from secretshift.changes.probe_function import DENIED, ProbeFunction
from secretshift.model.errors import Refused, Unavailable
from secretshift.model.secret_value import SecretValue

MATCH, DENIAL = "match", "error:AccessDenied"
PATIENCE = Patience(grant=20.0, pause=1.0, steady=3.0)


@dataclass
class Twin:
    """Answers with the next of these outcomes each time that it has started anew, the last one
    for good."""

    outcomes: list[str]
    clock: Clock
    asked: list[str] = field(default_factory=list)
    ended: int = 0
    _warm: str = ""

    def invoke(self, _ref: object, payload: bytes, *, probe: bool) -> Any:
        assert probe
        question = json.loads(payload)
        if question.get("end"):
            self.ended += 1
            self._warm = ""
            return SimpleNamespace(ok=False, answer="", resolver_text="")
        if not self._warm:
            self._warm = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        self.asked.append(self._warm)
        if self._warm == MATCH:
            results = {check["name"]: "match" for check in question["checks"]}
            answer = json.dumps({"secretshift_probe": 1, "results": results})
            return SimpleNamespace(ok=True, answer=answer, resolver_text="")
        # The wrapper did not start the runtime, so there is no environment that stays.
        line = {"v": 1, "function": "f", "version": "$LATEST", "refs": "0" * 16, "ms": 1}
        text = "secretshift " + json.dumps({**line, "vars": {"DB_PASSWORD": self._warm}})
        self._warm = ""
        return SimpleNamespace(ok=False, answer="", resolver_text=text)


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 1, 1, tzinfo=UTC)
        self.begun = self.at

    def now(self) -> datetime:
        return self.at

    def wait(self) -> None:
        self.at += timedelta(seconds=PATIENCE.pause)

    def deadline(self, seconds: float) -> datetime:
        return self.at + timedelta(seconds=seconds)

    @property
    def seconds(self) -> float:
        return (self.at - self.begun).total_seconds()


def asked(
    monkeypatch: pytest.MonkeyPatch, *outcomes: str, patience: Patience = PATIENCE
) -> tuple[Twin, Clock, str]:
    clock = Clock()
    twin = Twin(list(outcomes), clock)
    context = SimpleNamespace(
        patience=patience,
        now=clock.now,
        wait=clock.wait,
        deadline=clock.deadline,
        of=lambda _function: SimpleNamespace(functions=twin),
    )
    function = SimpleNamespace(function=SimpleNamespace(arn="arn:f"))
    monkeypatch.setattr(
        ProbeFunction, "_expected", lambda _self, _ctx: {"DB_PASSWORD": SecretValue("made up")}
    )
    try:
        said = ProbeFunction(cast(Any, function))._ask(cast(Any, context), cast(Any, "twin"))
    except (Refused, Unavailable) as error:
        said = error.code
    return twin, clock, said


def test_a_twin_reads_anew_until_it_matched_for_long_enough(monkeypatch):
    twin, clock, said = asked(monkeypatch, MATCH)

    assert said == "match"
    assert clock.seconds == PATIENCE.steady
    assert twin.ended == len(twin.asked) - 1 == 3


def test_a_denial_in_between_begins_the_time_anew(monkeypatch):
    twin, clock, said = asked(monkeypatch, MATCH, MATCH, DENIAL, MATCH, DENIAL, MATCH)

    assert said == "match"
    assert twin.asked[-4:] == [MATCH] * 4
    assert clock.seconds == 5 + PATIENCE.steady


def test_a_grant_that_goes_on_working_by_turns_is_no_proof(monkeypatch):
    _, clock, said = asked(monkeypatch, *[MATCH, DENIAL] * 50)

    assert said == "grant-unsteady"
    assert clock.seconds <= PATIENCE.grant + 2 * PATIENCE.pause


def test_a_grant_that_never_works_is_denied(monkeypatch):
    _, clock, said = asked(monkeypatch, DENIAL)

    assert (said, clock.seconds) == (DENIED, PATIENCE.grant)


def test_without_patience_for_it_one_match_is_enough(monkeypatch):
    hasty = Patience(grant=20.0, pause=1.0, steady=0.0)
    twin, clock, said = asked(monkeypatch, MATCH, patience=hasty)

    assert (said, clock.seconds, twin.ended) == ("match", 0.0, 0)


def test_a_simulation_has_to_allow_it_for_as_long_where_no_twin_reads(monkeypatch):
    clock = Clock()
    context = SimpleNamespace(
        patience=PATIENCE, now=clock.now, wait=clock.wait, deadline=clock.deadline
    )
    told = ["denied", "", "", "denied", *[""] * 20]
    monkeypatch.setattr(grant_read, "denial", lambda *_a, **_k: told.pop(0))

    grant_read.wait_until_simulated(cast(Any, context), cast(Any, None), steady=True)

    assert clock.seconds == 4 + PATIENCE.steady - PATIENCE.pause
