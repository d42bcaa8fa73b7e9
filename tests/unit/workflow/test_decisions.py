"""Decisions: who they hold for, how long, and how they are taken back."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from secretshift.model.decisions import Choice
from secretshift.model.errors import ExitCode, UsageProblem
from secretshift.workflow.decisions import (
    DecideRequest,
    decide,
    decisions,
    in_force,
    take_back_last,
)
from tests.security.sweep import Sweep

VALUE = "kanarie-" + "Vogel!8831"
OTHER = "zeisig-" + "Fink!4402"


def accept(desk, credential, until="", reason="goes with the old system"):
    request = DecideRequest((credential,), Choice.ACCEPTED, reason, until)
    return decide(desk.services(), request)


def test_a_decision_outlives_the_program_and_says_who_when_and_why(desk):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\n")
    credential = desk.credential().id
    accept(desk, credential, "2026-12-31")
    desk.later(days=1)
    (stands,) = decisions(desk.services()).values()
    assert (stands.credential, stands.choice, stands.reason) == (
        credential,
        Choice.ACCEPTED,
        "goes with the old system",
    )
    assert (stands.until, stands.who) == ("2026-12-31", "robin")
    assert stands.time.date() == date(2026, 3, 10)


def test_a_decision_stays_with_the_value_when_its_line_moves(desk):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\n")
    accept(desk, desk.credential().id)
    (desk.folder / "app.env").unlink()
    desk.write("deep/other.env", f"# moved\n\nMAIN_DB_PASSWORD={VALUE}\n")
    again = desk.scan()
    assert again.exit_code is ExitCode.DONE
    assert {finding.credential for finding in again.report.findings} == set(again.decisions)


def test_another_value_in_the_same_place_is_not_decided(desk):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\n")
    accept(desk, desk.credential().id)
    desk.write("app.env", f"DB_PASSWORD={OTHER}\n")
    assert desk.scan().exit_code is ExitCode.FINDINGS


def test_an_acceptance_ends_with_its_last_day(desk):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\n")
    credential = desk.credential().id
    accept(desk, credential, "2026-03-10")
    assert set(in_force(desk.services())) == {credential}
    assert desk.scan().exit_code is ExitCode.DONE
    desk.later(days=1)
    assert not in_force(desk.services())
    assert set(decisions(desk.services())) == {credential}
    assert desk.scan().exit_code is ExitCode.FINDINGS


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        (Choice.ACCEPTED, ExitCode.DONE),
        (Choice.FALSE_POSITIVE, ExitCode.DONE),
        (Choice.REFUSED, ExitCode.DONE),
        (Choice.MOVE, ExitCode.FINDINGS),
    ],
)
def test_a_scan_that_finds_only_what_is_to_stay_found_nothing(desk, choice, code):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\n")
    decide(desk.services(), DecideRequest((desk.credential().id,), choice, "because"))
    assert desk.scan().exit_code is code
    desk.write("more.env", f"DB_PASSWORD={OTHER}\n")
    assert desk.scan().exit_code is ExitCode.FINDINGS


def two(desk):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\nADMIN_PASSWORD={OTHER}\n")
    return tuple(dict.fromkeys(f.credential for f in desk.scan().report.findings))


def test_taking_back_concerns_the_named_ones_only(desk):
    first, second = two(desk)
    decide(desk.services(), DecideRequest((first, second), Choice.REFUSED, "rotated"))
    (back,) = decide(desk.services(), DecideRequest((first,), None))
    assert (back.credential, back.choice) == (first, Choice.REFUSED)
    assert set(decisions(desk.services())) == {second}


def test_the_last_batch_is_undone_as_a_whole_and_what_was_before_stands_again(desk):
    first, second = two(desk)
    accept(desk, first)
    decide(desk.services(), DecideRequest((first, second), Choice.FALSE_POSITIVE, "no"))
    assert take_back_last(desk.services()) == (first, second)
    assert {k: v.choice for k, v in decisions(desk.services()).items()} == {first: Choice.ACCEPTED}
    assert take_back_last(desk.services()) == (first,)
    assert not decisions(desk.services())
    assert take_back_last(desk.services()) == ()


def test_a_take_back_can_be_undone_itself(desk):
    first, _second = two(desk)
    accept(desk, first)
    decide(desk.services(), DecideRequest((first,), None))
    assert take_back_last(desk.services()) == (first,)
    assert set(decisions(desk.services())) == {first}


def test_the_beginning_of_an_id_is_enough_where_it_is_the_only_one(desk):
    # 17 ids of 16 possible first digits: two of them begin alike.
    text = "".join(f"PASSWORD_{n}=Vogel-{n}!{n * 7919}\n" for n in range(17))
    desk.write("app.env", text)
    ids = sorted({finding.credential for finding in desk.scan().report.findings})
    assert len(ids) == 17
    alike = next(one[:3] for one, other in pairwise(ids) if one[:3] == other[:3])
    with pytest.raises(UsageProblem, match="begin with"):
        accept(desk, alike)
    assert not decisions(desk.services())
    (made,) = accept(desk, ids[0][:13])
    assert made.credential == ids[0]


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (DecideRequest(("c-000000000000",), Choice.MOVE), "is known"),
        (DecideRequest(("c",), Choice.MOVE), "is known"),
        (DecideRequest((), Choice.MOVE), "named"),
        (DecideRequest(("KNOWN",), Choice.ACCEPTED, "  "), "reason"),
        (DecideRequest(("KNOWN",), Choice.REFUSED), "reason"),
        (DecideRequest(("KNOWN",), Choice.REFUSED, "r", "2026-12-31"), "acceptance"),
        (DecideRequest(("KNOWN",), Choice.ACCEPTED, "r", "tomorrow"), "date"),
        (DecideRequest(("KNOWN",), Choice.ACCEPTED, "r", "20261231"), "in full"),
        (DecideRequest(("KNOWN",), Choice.ACCEPTED, "r", "2026-03-09"), "over"),
        (DecideRequest(("KNOWN",), Choice.ACCEPTED, "r" * 501), "too long"),
        (DecideRequest(("KNOWN", "c-000000000000"), Choice.ACCEPTED, "r"), "is known"),
    ],
)
def test_what_cannot_be_meant_decides_nothing(desk, request_, why):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\n")
    known = desk.credential().id
    ids = tuple(known if one == "KNOWN" else one for one in request_.credentials)
    with pytest.raises(UsageProblem, match=why):
        decide(
            desk.services(), DecideRequest(ids, request_.choice, request_.reason, request_.until)
        )
    assert not decisions(desk.services())


@pytest.mark.parametrize(
    "reason",
    [VALUE, f"it is {VALUE}.", f"see DB_PASSWORD={VALUE}", f'"{VALUE}" of the old one'],
)
def test_a_reason_with_the_value_in_it_is_refused_and_not_kept(desk, reason):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\n")
    credential = desk.credential().id
    with pytest.raises(UsageProblem, match="value of a credential"):
        accept(desk, credential, reason=reason)
    assert not Sweep({"value": VALUE}).below(desk.workspace)


def test_what_is_decided_can_be_decided_again_without_another_scan(desk, desks):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\n")
    credential = desk.credential().id
    accept(desk, credential)
    elsewhere = desks("elsewhere")
    elsewhere.scan()
    (made,) = decide(elsewhere.services(), DecideRequest((credential,), Choice.REFUSED, "rotated"))
    assert made.choice is Choice.REFUSED


def test_a_reason_keeps_every_character(desk):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\n")
    reason = "zwölf \udcff \x00 𝄞 'quoted' \\"
    accept(desk, desk.credential().id, reason=reason)
    (stands,) = decisions(desk.services()).values()
    assert stands.reason == reason
