"""What a scan found is sent to whoever gave it out, after consent, once a value, and remembered."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import NoReturn

import pytest

from secretshift.model.decisions import Choice
from secretshift.model.errors import Interrupted, Unavailable
from secretshift.model.findings import (
    Confidence,
    Finding,
    FunctionLocation,
    ScanReport,
    credential_id,
    finding_id,
)
from secretshift.model.functions import LATEST, FunctionRef, FunctionSnapshot, Place
from secretshift.model.journeys import CancelToken, Event, Looking, ignore
from secretshift.model.secret_value import SecretValue
from secretshift.model.verification import Outcome
from secretshift.verification.issuers import Issuers
from secretshift.workflow.credentials import overview
from secretshift.workflow.decisions import DecideRequest, decide
from secretshift.workflow.remembered import last_scan
from secretshift.workflow.scan import FoundFunction, ScanResult
from secretshift.workflow.services import Services, Sources
from secretshift.workflow.verify import (
    DECIDED,
    GONE,
    PATIENCE,
    SILENT,
    STOPPED,
    VerifyPlan,
    keep_verified,
    verify,
    verify_plan,
)
from tests.unit.verification.stand_in import StandIn, silence, standing_in, status

from .conftest import Desk


def github() -> str:
    return "ghp_" + "".join(random.choices(string.ascii_letters + string.digits, k=36))


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with standing_in() as server:
        yield server


@dataclass
class Asking:
    """One scan of a desk, and the asking about it."""

    desk: Desk
    server: StandIn
    cancel: CancelToken = field(default_factory=CancelToken)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.verifier = Issuers({"api.github.com": self.server.url})
        self.result: ScanResult = self.desk.scan()

    @property
    def services(self) -> Services:
        return replace(self.desk.services(), verifier=lambda: self.verifier)

    def plan(self) -> VerifyPlan:
        report, functions = self.result.report, self.result.functions
        return verify_plan(self.services, report, functions, self.verifier, self.cancel)

    def ask(self, emit: Callable[[Event], None] = ignore) -> dict[str, tuple[Outcome, str]]:
        done = verify(self.services, self.plan(), self.verifier, emit, self.cancel)
        self.interrupted = done.interrupted
        return {key: (one.outcome, one.reason) for key, one in done.outcomes.items()}


def test_planning_sends_nothing_and_says_what_would_go_where(desk: Desk, stand_in: StandIn) -> None:
    desk.write("a.env", f"A_TOKEN={github()}\nB_TOKEN={github()}\nDB_PASSWORD=kV7qTz2mWx9Lp\n")
    asking = Asking(desk, stand_in)
    plan = asking.plan()
    assert plan.groups == ((2, "github-token", (stand_in.host,)),)
    assert [one.outcome for one in plan.not_checked.values()] == [Outcome.NOT_CHECKED]
    assert stand_in.connections == 0


def test_a_value_is_sent_once_wherever_it_stands(desk: Desk, stand_in: StandIn) -> None:
    token = github()
    for name in ("a.env", "b.env", "c/d.env"):
        desk.write(name, f"GITHUB_TOKEN={token}\nGH_TOKEN={token}\n")
    asking = Asking(desk, stand_in)
    outcomes = asking.ask()
    assert len(asking.result.report.findings) > 3 and len(stand_in.asked) == 1
    assert [outcome for outcome, _ in outcomes.values()] == [Outcome.ACTIVE]
    assert {f.confidence for f in asking.result.report.findings} == {
        f.confidence for f in desk.scan().report.findings
    }


def test_what_was_said_is_remembered_with_the_scan(desk: Desk, stand_in: StandIn) -> None:
    desk.write("a.env", f"A_TOKEN={github()}\n")
    asking = Asking(desk, stand_in)
    stand_in.answer = status(401)
    done = verify(asking.services, asking.plan(), asking.verifier, ignore, asking.cancel)
    sources = Sources(paths=(str(desk.folder),))
    report = keep_verified(asking.services, sources, asking.result.report, done, ignore)

    last = last_scan(asking.services)
    assert last is not None and last.report == report
    (kept,) = last.report.verification.values()
    assert (kept.outcome, kept.host) == (Outcome.REFUSED, stand_in.host)
    assert kept.time == "2026-03-10T12:00:00Z"
    assert kept.sentence == f"refused, says {stand_in.host} (2026-03-10T12:00:00Z)"
    assert not ScanReport().verification, "nobody asked, nothing said"


def test_the_rows_of_the_interface_have_it(desk: Desk, stand_in: StandIn) -> None:
    desk.write("a.env", f"A_TOKEN={github()}\n")
    asking = Asking(desk, stand_in)
    assert [row.verification for row in overview(asking.services, asking.result.report)] == [None]
    done = verify(asking.services, asking.plan(), asking.verifier, ignore, asking.cancel)
    report = keep_verified(asking.services, Sources(), asking.result.report, done, ignore)
    (row,) = overview(asking.services, report)
    assert row.verification is not None and row.verification.outcome is Outcome.ACTIVE


def function(**variables: str) -> FoundFunction:
    place = Place("aws", "123456789012", "eu-west-1")
    snapshot = FunctionSnapshot(
        ref=FunctionRef(place, "pay", "arn:aws:lambda:eu-west-1:123456789012:function:pay"),
        version=LATEST,
        runtime="python3.13",
        package_type="Zip",
        architectures=("x86_64",),
        role="arn:aws:iam::123456789012:role/pay",
        environment={name: SecretValue(value) for name, value in variables.items()},
    )
    return FoundFunction(SimpleNamespace(), snapshot)  # type: ignore[arg-type]


def test_variables_of_the_scanned_function_are_taken_as_they_were_read(
    desk: Desk, stand_in: StandIn
) -> None:
    """No login is there: nothing is read again."""
    token = github()
    asking = Asking(desk, stand_in)
    found = function(GH_TOKEN=token, OTHER="a\nb")
    fingerprint = asking.services.fingerprint(SecretValue(token))
    location = FunctionLocation("aws", "123456789012", "eu-west-1", "pay", LATEST, "GH_TOKEN")
    finding = Finding(
        id=finding_id(fingerprint, location),
        credential=credential_id(fingerprint),
        fingerprint=fingerprint,
        kind="github-token",
        confidence=Confidence.HIGH,
        reasons=(),
        masked="",
        location=location,
    )
    asking.result = ScanResult(ScanReport(findings=(finding,)), functions=(found,))
    assert asking.ask() == {finding.credential: (Outcome.ACTIVE, "")}
    assert token in stand_in.asked[0][1]


def test_a_part_of_a_scan_leaves_the_whole_remembered(desk: Desk, stand_in: StandIn) -> None:
    """As where a baseline knows the other part."""
    desk.write("a.env", f"A_TOKEN={github()}\nB_TOKEN={github()}\n")
    asking = Asking(desk, stand_in)
    whole = asking.result.report
    asking.result = replace(asking.result, report=replace(whole, findings=whole.findings[:1]))
    done = verify(asking.services, asking.plan(), asking.verifier, ignore, asking.cancel)
    sources = Sources(paths=(str(desk.folder),))
    report = keep_verified(asking.services, sources, asking.result.report, done, ignore)
    assert len(report.findings) == 1 == len(stand_in.asked)
    last = last_scan(asking.services)
    assert last is not None and last.report.findings == whole.findings
    assert last.report.verification == report.verification


def test_a_workspace_that_takes_nothing_in_loses_no_answer(desk: Desk, stand_in: StandIn) -> None:
    desk.write("a.env", f"A_TOKEN={github()}\n")
    asking = Asking(desk, stand_in)
    done = verify(asking.services, asking.plan(), asking.verifier, ignore, asking.cancel)

    def broken() -> NoReturn:
        raise Unavailable("The disk is full")

    services = replace(asking.services, scans=broken)
    report = keep_verified(services, Sources(), asking.result.report, done, asking.events.append)
    assert [one.outcome for one in report.verification.values()] == [Outcome.ACTIVE]
    assert "The disk is full" in asking.events[-1].sentence


def test_what_was_decided_to_stay_is_not_sent(desk: Desk, stand_in: StandIn) -> None:
    desk.write("a.env", f"A_TOKEN={github()}\n")
    credential = desk.credential()
    decide(desk.services(), DecideRequest((credential.id,), Choice.FALSE_POSITIVE, "made up"))
    outcomes = Asking(desk, stand_in).ask()
    assert outcomes == {credential.id: (Outcome.NOT_CHECKED, DECIDED)}
    assert stand_in.connections == 0


def test_what_is_gone_meanwhile_is_not_sent(desk: Desk, stand_in: StandIn) -> None:
    path = desk.write("a.env", f"A_TOKEN={github()}\n")
    asking = Asking(desk, stand_in)
    path.unlink()
    assert list(asking.ask().values()) == [(Outcome.NOT_CHECKED, GONE)]
    other = desk.write("a.env", f"A_TOKEN={github()}\n")
    assert other.exists() and [o for o, _ in asking.ask().values()] == [Outcome.NOT_CHECKED]
    assert stand_in.connections == 0


def test_a_host_that_gives_no_answer_is_left_alone(desk: Desk, stand_in: StandIn) -> None:
    count = PATIENCE + 8
    desk.write("a.env", "".join(f"T{n}_TOKEN={github()}\n" for n in range(count)))
    stand_in.answer = status(500)
    said = [reason for _, reason in Asking(desk, stand_in).ask().values()]
    assert len(said) == count and SILENT in said
    assert PATIENCE <= len(stand_in.asked) < count


def test_a_wish_to_stop_breaks_off_and_keeps_what_was_said(desk: Desk, stand_in: StandIn) -> None:
    desk.write("a.env", "".join(f"T{n}_TOKEN={github()}\n" for n in range(8)))
    asking = Asking(desk, stand_in)
    first = stand_in.answer

    def once(handler: object) -> None:
        stand_in.answer = silence
        first(handler)  # type: ignore[arg-type]

    stand_in.answer = once
    outcomes = asking.ask(lambda _event: asking.cancel.cancel())
    assert asking.interrupted
    kinds = [outcome for outcome, _ in outcomes.values()]
    assert len(outcomes) == 8 and kinds.count(Outcome.ACTIVE) == 1
    assert {reason for _, reason in outcomes.values()} == {"", STOPPED}


def test_planning_can_be_stopped(desk: Desk, stand_in: StandIn) -> None:
    desk.write("a.env", f"A_TOKEN={github()}\n")
    asking = Asking(desk, stand_in)
    asking.cancel.cancel()
    with pytest.raises(Interrupted):
        asking.plan()


def test_it_says_how_far_it_is(desk: Desk, stand_in: StandIn) -> None:
    desk.write("a.env", f"A_TOKEN={github()}\nB_TOKEN={github()}\n")
    asking = Asking(desk, stand_in)
    asking.ask(asking.events.append)
    looking = [event for event in asking.events if isinstance(event, Looking)]
    assert [event.done for event in looking] == [1, 2]
    assert looking[-1].sentence == "Issuers: 2 credentials"
