"""The list of credentials: what each is, where it lies, what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from secretshift.changes.remove_plaintext import RemovePlaintext
from secretshift.model.codec import to_data
from secretshift.model.decisions import Choice
from secretshift.model.findings import (
    Confidence,
    FileLocation,
    Finding,
    FunctionLocation,
    ScanReport,
    credential_id,
    finding_id,
)
from secretshift.model.functions import FunctionRef, Place
from secretshift.model.plans import (
    FunctionPlan,
    Piece,
    Plan,
    PlanNote,
    SecretPlan,
    Sizes,
    VariablePlan,
    VariableSource,
)
from secretshift.model.secret_value import Fingerprint
from secretshift.workflow.credentials import Status, overview
from secretshift.workflow.decisions import DecideRequest, decide
from secretshift.workflow.remembered import remember
from secretshift.workflow.services import Sources

PLACE = Place("aws", "111122223333", "eu-west-1")


def fingerprint(number: int) -> Fingerprint:
    return Fingerprint(f"{number:012x}" + "0" * 52)


def identity(number: int) -> str:
    return credential_id(fingerprint(number))


def found(number: int, location, confidence=Confidence.HIGH, kind="stripe-secret-key") -> Finding:
    return Finding(
        finding_id(fingerprint(number), location),
        credential_id(fingerprint(number)),
        fingerprint(number),
        kind,
        confidence,
        (),
        "••••••",
        location,
    )


def at(function: str, variable: str, qualifier: str = "$LATEST") -> FunctionLocation:
    return FunctionLocation(PLACE.cloud, PLACE.account, PLACE.region, function, qualifier, variable)


def in_file(path: str, line: int = 1) -> FileLocation:
    return FileLocation("/repository", path, line, 1)


def a_plan(number: int, function: str, variable: str, *, blocked: bool = False) -> Plan:
    ref = FunctionRef(PLACE, function, f"arn:aws:lambda:eu-west-1:111122223333:function:{function}")
    source = VariableSource(ref, variable, "", fingerprint(number))
    secret = SecretPlan(
        "s", PLACE, "x", "stripe-secret-key", "Stripe", identity(number),
        (Piece("", variable=source),), fingerprint(number),
    )  # fmt: skip
    planned = VariablePlan(
        variable, fingerprint(number), "s", "stripe-secret-key", (identity(number),)
    )
    blockers = (PlanNote("x", "It is in the way"),) if blocked else ()
    made = FunctionPlan(
        ref, "python3.12", "role", "layer", "", (planned,), "p", "{}", Sizes(1, 1, 1, 4096), (),
        "probe", "", blockers,
    )  # fmt: skip
    return Plan("p-1", "now", (PLACE.account,), (secret,), (made,))


def rows(desk, report, plan=None):
    return {row.credential.id: row for row in overview(desk.services(), report, plan)}


def kept(desk, report):
    remember(desk.services(), Sources(), report)
    return report


def journaled(desk, plan, state="done"):
    journal = desk.services().journal()
    run = journal.begin("migrate", to_data(plan), {})
    for function in plan.functions:
        change = RemovePlaintext(function)
        journal.write(run, change.key, type=change.type, target=change.target, state=state)
    return run


def test_one_row_a_value_in_the_order_of_its_risk(desk):
    report = ScanReport(
        (
            found(1, in_file("a.env"), Confidence.LOW),
            found(2, in_file("a.env"), Confidence.HIGH),
            found(3, at("pay", "KEY"), Confidence.MEDIUM),
            found(4, at("pay", "OTHER"), Confidence.HIGH),
            found(5, at("pay", "THIRD"), Confidence.HIGH),
            found(5, at("mail", "THIRD"), Confidence.HIGH),
            found(6, at("pay", "OLD", "3"), Confidence.HIGH),
        )
    )
    order = [row.credential.id for row in overview(desk.services(), report)]
    assert order[0] == identity(5)
    assert set(order[1:3]) == {identity(4), identity(6)}
    assert order[3:] == [identity(2), identity(3), identity(1)]


def test_places_are_counted_by_what_they_are(desk):
    report = ScanReport(
        (
            found(1, at("pay", "KEY")),
            found(1, at("pay", "COPY")),
            found(1, at("mail", "KEY")),
            found(1, at("pay", "KEY", "3")),
            found(1, at("pay", "COPY", "3")),
            found(1, at("pay", "KEY", "live")),
            found(1, in_file("a.env", 1)),
            found(1, in_file("a.env", 9)),
        )
    )
    (row,) = overview(desk.services(), report)
    assert (row.functions, row.versions, row.files) == (2, 2, 1)


def test_what_the_catalogue_says_of_the_kind_is_there(desk):
    (row,) = overview(desk.services(), ScanReport((found(1, in_file("a.env")),)))
    kind = desk.services().catalogue.get("stripe-secret-key")
    assert (row.title, row.rotation, row.revoke_url) == (
        kind.title,
        kind.rotation,
        kind.revoke_url,
    )
    assert row.title and row.rotation and row.revoke_url


@pytest.mark.parametrize(
    ("choice", "status"),
    [
        (Choice.ACCEPTED, Status.ACCEPTED),
        (Choice.FALSE_POSITIVE, Status.FALSE_POSITIVE),
        (Choice.REFUSED, Status.REFUSED),
        (Choice.MOVE, Status.FOUND),
    ],
)
def test_a_decision_is_the_status(desk, choice, status):
    report = kept(desk, ScanReport((found(1, in_file("a.env")),)))
    decide(desk.services(), DecideRequest((identity(1),), choice, "because"))
    (row,) = overview(desk.services(), report)
    assert row.status is status
    assert row.decision is not None and row.decision.choice is choice


def test_an_acceptance_that_ran_out_is_said_and_counts_no_more(desk):
    report = kept(desk, ScanReport((found(1, in_file("a.env")),)))
    until = desk.now.date().isoformat()
    decide(desk.services(), DecideRequest((identity(1),), Choice.ACCEPTED, "old", until))
    assert rows(desk, report)[identity(1)].status is Status.ACCEPTED
    desk.later(days=1)
    row = rows(desk, report)[identity(1)]
    assert row.status is Status.FOUND and row.decision is not None


def test_a_plan_says_what_it_moves_and_what_is_in_its_way(desk):
    report = ScanReport((found(1, at("pay", "KEY")), found(2, at("pay", "B"), Confidence.LOW)))
    assert rows(desk, report)[identity(1)].status is Status.FOUND
    assert rows(desk, report)[identity(2)].status is Status.LOOK
    plan = a_plan(1, "pay", "KEY")
    assert rows(desk, report, plan)[identity(1)].status is Status.PLANNED
    blocked = a_plan(1, "pay", "KEY", blocked=True)
    assert rows(desk, report, blocked)[identity(1)].status is Status.BLOCKED


def test_what_was_removed_since_the_scan_is_moved(desk):
    desk.now -= timedelta(days=3650)
    report = kept(desk, ScanReport((found(1, at("pay", "KEY")), found(2, in_file("a.env")))))
    journaled(desk, a_plan(1, "pay", "KEY"))
    got = overview(desk.services(), report)
    assert [(row.credential.id, row.status) for row in got] == [
        (identity(2), Status.FOUND),
        (identity(1), Status.MOVED),
    ]


def test_what_lies_in_one_more_place_is_not_moved(desk):
    desk.now -= timedelta(days=3650)
    report = kept(desk, ScanReport((found(1, at("pay", "KEY")), found(1, in_file("a.env")))))
    journaled(desk, a_plan(1, "pay", "KEY"))
    assert rows(desk, report)[identity(1)].status is Status.FOUND


def test_what_a_later_scan_sees_in_plain_again_is_not_moved(desk):
    journaled(desk, a_plan(1, "pay", "KEY"))
    desk.now += timedelta(days=3650)
    report = kept(desk, ScanReport((found(1, at("pay", "KEY")),)))
    assert rows(desk, report)[identity(1)].status is Status.FOUND


def test_what_was_moved_before_the_scan_is_listed_with_where_it_lay(desk):
    journaled(desk, a_plan(1, "pay", "KEY"))
    desk.now += timedelta(days=3650)
    report = kept(desk, ScanReport((found(2, in_file("a.env")),)))
    row = rows(desk, report)[identity(1)]
    assert row.status is Status.MOVED
    assert row.credential.fingerprint == fingerprint(1)
    assert [finding.location for finding in row.credential.findings] == [at("pay", "KEY")]


def test_what_was_undone_is_moved_no_more(desk):
    plan = a_plan(1, "pay", "KEY")
    journaled(desk, plan)
    journaled(desk, plan, "undone")
    assert rows(desk, ScanReport()) == {}


def test_credentials_that_belong_together_know_of_each_other(desk):
    kind = next(
        kind
        for kind in desk.services().catalogue.kinds
        if kind.shape == "json" and kind.companions and kind.companions[0].names
    )
    stem = kind.companions[0].names[0].format(stem="SHOP")
    report = ScanReport(
        (
            found(1, at("pay", "SHOP_PASSWORD"), kind=kind.id),
            found(2, at("pay", stem)),
            found(3, at("mail", stem)),
        )
    )
    got = rows(desk, report)
    assert got[identity(1)].siblings == (identity(2),)
    assert got[identity(2)].siblings == (identity(1),)
    assert got[identity(3)].siblings == ()


def test_a_credential_that_a_decision_knows_and_no_scan_sees_is_not_listed(desk):
    kept(desk, ScanReport((found(1, in_file("a.env")),)))
    decide(desk.services(), DecideRequest((identity(1),), Choice.REFUSED, "rotated"))
    assert overview(desk.services(), replace(ScanReport())) == ()
