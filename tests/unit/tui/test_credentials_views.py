"""Credentials as rows and sentences, without a terminal."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len

from secretshift.model.decisions import Choice
from secretshift.model.errors import Unavailable
from secretshift.model.findings import Confidence, ScanReport, SourceError
from secretshift.model.verification import Outcome, Verification
from secretshift.planning.edits import Edit
from secretshift.reports.findings_text import findings_text
from secretshift.tui.views import credential_order as order
from secretshift.tui.views import credential_words as words
from secretshift.tui.views import credentials as views
from secretshift.tui.views import detail
from secretshift.tui.views.credential_live import Live
from secretshift.tui.views.credential_row import row_view
from secretshift.tui.widgets.roworder import RowOrder
from secretshift.workflow.context import ContextLine
from secretshift.workflow.credentials import Status
from secretshift.workflow.moments import Moment, MomentKind

from ..reports.conftest import HOSTILE
from .samples import (
    DENIED,
    SCANNED,
    credential_row,
    credential_rows,
    decided,
    finding,
    foreign_row,
    in_file,
    in_function,
    report,
)

ROWS = {row.title: row for row in credential_rows()}
STRIPE, DATABASE = ROWS["Stripe secret key"], ROWS["PostgreSQL password"]


def texts(rows) -> list[str]:
    return [" ".join(cell.text for cell in row.cells) for row in rows]


def shown(row) -> dict[str, str]:
    names = [column.name for column in views.columns(200)]
    return dict(zip(names, (cell.text for cell in row_view(row).cells), strict=True))


# Rows


def test_a_row_says_what_where_how_sure_and_what_became_of_it():
    row = shown(STRIPE)
    assert row["kind"] == "Stripe secret key"
    assert row["value"] == "sk_live_••••••"
    assert row["label"] == f"#{STRIPE.credential.fingerprint[:6]}"
    assert (row["functions"], row["versions"], row["files"]) == ("2", "3", "1")
    assert row["where"] == "billing-api STRIPE_KEY and 5 more"
    assert (row["confidence"], row["why"]) == ("high", "own prefix and checksum")
    assert row["status"] == "▲ found"


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Database user", "· planned"),
        ("Storage account key", "⊘ blocked"),
        ("JWT signing key", "◌ look"),
        ("SendGrid key", "◌ found"),
        ("AWS access key", "✔ refused"),
        ("Slack token", "× accepted"),
        ("name that tells", "✕ false"),
        ("MySQL password", "✔ moved"),
    ],
)
def test_each_status_is_a_glyph_and_a_word(title, said):
    assert shown(ROWS[title])["status"] == said


def test_a_person_is_needed_where_a_plan_alone_does_not_help():
    over = replace(decided(STRIPE, Choice.ACCEPTED, "old", "2026-01-01"), status=Status.FOUND)
    asked = {title for title, row in ROWS.items() if views.needs_person(row)}
    assert asked == {"Storage account key", "JWT signing key", "SendGrid key"}
    assert views.needs_person(over)
    assert views.decision_words(over).endswith("accepted until 2026-01-01: old. This day is over.")


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("status:found", {"Stripe secret key", "PostgreSQL password", "SendGrid key"}),
        ("status:false-positive", {"name that tells"}),
        ("kind:postgres", {"PostgreSQL password"}),
        ("function:orders-api", {"PostgreSQL password", "Database user"}),
        ("function:ORDERS status:planned", {"Database user"}),
        ("confidence:low", {"JWT signing key"}),
        ("file:config/mail", {"SendGrid key"}),
        ("database_password", {"PostgreSQL password"}),
        (f"#{STRIPE.credential.fingerprint[:6]}", {"Stripe secret key"}),
        ("sandbox", {"Slack token"}),
        ("mysql status:found", set()),
    ],
)
def test_the_filter_finds_by_words_and_by_what_they_are_of(query, titles):
    order = RowOrder()
    order.replace(row_view(row) for row in credential_rows())
    order.filter(query)
    assert {order.rows[at].cells[0].text for at in order.shown} == titles


@pytest.mark.parametrize("width", [58, 60, 72, 79, 104, 160, 200])
def test_columns_fit_the_list_and_never_lose_kind_label_and_status(width):
    used = [column for column in views.columns(width) if column.hide_below <= width]
    assert {"kind", "label", "functions", "files", "status"} <= {c.name for c in used}
    fixed = sum(column.width or 16 for column in used) + len(used) + 4
    assert fixed <= width
    assert any(column.width is None for column in used)


def test_one_row_is_sorted_by_what_it_says_and_else_stays_in_the_order_of_risk():
    made = credential_rows()

    def titles(sort):
        return [row.title for row in sorted(made, key=lambda row: order.sort_key(sort, row))]

    assert titles("kind") == sorted(row.title for row in made)
    places = [str(views.where(row)) for row in credential_rows()]
    assert titles("where")[0] == made[places.index(min(places))].title
    assert titles("status")[:4] == [
        "Storage account key",
        "JWT signing key",
        "Stripe secret key",
        "PostgreSQL password",
    ]
    assert titles("status")[-1] == "MySQL password"


def test_a_version_and_an_alias_are_counted_apart():
    assert views.counts(STRIPE) == "2 functions, 2 versions, 1 alias, 1 file"
    assert views.counts(credential_row("v", in_function("f", "K", "3"))) == "1 version"


def test_the_place_that_a_row_names_is_the_function_as_it_is_now():
    row = credential_row("w", in_file("a.py"), in_function("pay", "KEY"))
    assert shown(row)["where"] == "pay KEY and 1 more"


def test_a_mask_that_is_too_long_for_its_column_loses_its_prefix_not_its_dots():
    row = credential_row("p", in_file("a.py"), masked="-----BEGIN PRIVATE KEY-----••••••")
    assert shown(row)["value"] == "••••••"


# Groups


def grouped(by):
    rows = credential_rows()
    made = {row.credential.id: row_view(row) for row in rows}
    return [view for batch in order.grouped(rows, made, by, at_a_time=3) for view in batch]


def test_a_credential_stands_under_each_of_its_functions():
    rows = grouped("function")
    ids = [order.credential_of(view.id) for view in rows]
    assert ids.count(STRIPE.credential.id) == 2
    heads = {view.id: view for view in rows if view.foldable}
    assert all(view.parent in heads for view in rows if not view.foldable)
    assert len({view.id for view in rows}) == len(rows)
    assert {order.credential_of(id) for id in heads} == {""}  # noqa: A001
    first = next(view.cells[0].text for view in rows if view.foldable)
    assert first == "billing-api  eu-central-1 111122223333"


def test_what_has_no_function_or_no_repository_stands_together():
    assert "in files only 2 credentials" in texts(grouped("function"))
    by_repository = texts(grouped("repository"))
    assert "/home/sam/shop 3 credentials" in by_repository
    assert "in functions only 7 credentials" in by_repository


# While a scan runs


def test_rows_grow_with_the_findings_of_a_scan():
    live = Live()
    first = [
        finding("a", in_function("pay", "KEY"), confidence=Confidence.LOW),
        finding("b", in_file("x.py")),
    ]
    rows = live.take(first, {"stripe-secret-key": "Stripe secret key"})
    assert [(row.title, row.status) for row in rows] == [
        ("Stripe secret key", Status.LOOK),
        ("Stripe secret key", Status.FOUND),
    ]
    assert not live.behind(first)
    more = [*first, finding("a", in_function("pay", "KEY", "3")), finding("a", in_file("y.py"))]
    (changed,) = live.take(more, {})
    assert (changed.functions, changed.versions, changed.files) == (1, 1, 1)
    assert (changed.status, changed.title) == (Status.FOUND, "stripe-secret-key")
    assert live.restarted(first)


def test_findings_are_taken_a_few_at_a_time():
    live = Live()
    found = [finding(str(number), in_file("x.py", number)) for number in range(1, 8)]
    taken = []
    while live.behind(found):
        taken.append(len(live.take(found, {}, most=3)))
    assert taken == [3, 3, 1]


# What is planned, copied, written


def test_a_plan_is_made_for_what_may_move_and_the_rest_is_named_with_its_reason():
    chosen = views.to_plan(list(ROWS.values()))
    expected = ("Stripe secret key", "PostgreSQL password", "Database user", "Storage account key")
    assert chosen.ids == tuple(ROWS[title].credential.id for title in (*expected, "SendGrid key"))
    assert "1 value of low confidence is never moved unattended" in chosen.said
    assert "3 stay by decision" in chosen.said
    assert "1 is moved already" in chosen.said


def test_nothing_is_said_where_all_of_it_can_be_planned():
    assert views.to_plan([STRIPE]) == views.Chosen((STRIPE.credential.id,))


def test_the_confidence_that_the_settings_ask_for_counts():
    chosen = views.to_plan([STRIPE, DATABASE], Confidence.HIGH)
    assert chosen.ids == (STRIPE.credential.id,)
    assert "plan.min_confidence" in chosen.said


def test_what_is_copied_is_one_masked_line():
    line = views.masked_line(STRIPE)
    assert "sk_live_••••••" in line and "billing-api STRIPE_KEY" in line
    assert line.endswith("found") and "\n" not in line


def test_what_is_written_holds_the_shown_rows_and_what_was_not_read():
    whole = report([STRIPE, DATABASE], [DENIED])
    made = views.report_of([DATABASE], whole)
    data = json.loads(findings_text(made, "json", (), Path("/")))
    assert [f["credential"] for f in data["findings"]] == [DATABASE.credential.id]
    assert data["errors"][0]["source"] == "eu-south-1"
    rows = list(csv.DictReader(io.StringIO(findings_text(made, "csv", (), Path("/")))))
    assert [row["function"] for row in rows] == ["orders-api"]


# Sentences


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (5, "just now"),
        (600, "10 min ago"),
        (7200, "2 h ago"),
        (47 * 3600, "47 h ago"),
        (60 * 3600, "2 days ago"),
    ],
)
def test_an_age_in_a_word_or_two(seconds, said):
    assert words.ago(timedelta(seconds=seconds)) == said


def test_the_line_over_the_list_says_how_it_stands():
    view = words.ListView(12, 214, 2, "risk", "credential", "scanned 2 h ago")
    assert words.summary(view, 120) == (
        "12 of 214 shown · 2 marked · sorted by risk · scanned 2 h ago · by credential"
    )
    narrow = words.summary(view, 45)
    assert narrow == "12 of 214 shown · 2 marked · sorted by risk"
    assert cell_len(words.summary(view, 5)) > 5, "how much is shown is never left out"
    live = replace(view, live=True)
    assert "the scan goes on · in the order found" in words.summary(live, 120)
    assert "scanned" not in words.summary(live, 120)


FACTS = words.Facts(
    opened=True, problem=None, report=None, scanning=False, filtered=False, loading=False
)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (replace(FACTS, opened=False), "The workspace is being opened."),
        (FACTS, "No scan yet, so nothing is known here."),
        (replace(FACTS, filtered=True), "Nothing matches this filter. Esc clears it."),
        (replace(FACTS, scanning=True), "The scan is at work and has found no credential"),
        (replace(FACTS, report=ScanReport(), loading=True), "The list is being put together."),
        (
            replace(FACTS, report=report([])),
            "No credential found in 61,204 files and 312 functions.",
        ),
        (
            replace(FACTS, opened=False, problem=Unavailable("The workspace is locked", hint="w")),
            "The workspace is locked. w.",
        ),
    ],
)
def test_each_empty_state_has_its_own_sentence(facts, said):
    assert words.notice(facts)[0].startswith(said)


def test_unread_is_not_clean():
    assert 'so this is not yet "clean" (i).' in " ".join(
        words.notice(replace(FACTS, report=report([], [DENIED])))
    )
    assert "clean" not in " ".join(words.notice(replace(FACTS, report=report([]))))


def test_the_banner_names_the_one_place_or_counts_them():
    assert words.banner([], None) == ""
    assert words.banner([DENIED], None) == (
        "eu-south-1 was not read: lambda:ListFunctions is denied for you. "
        "Credentials there are missing here (i)."
    )
    assert words.banner([DENIED] * 3, None).startswith("3 places could not be read.")
    assert words.banner([], None, ("/a", "/b", "/c")) == (
        "Files are not of this folder (1), but of /a and 2 more."
    )
    both = words.banner([DENIED], None, ("/\x1b[31ma",))
    assert both.startswith("1 place could not be read (i). Files are not of this folder (1)")
    assert "\x1b" not in both
    stopped = SourceError("interrupted", "scan", "Stopped on request before all was read")
    assert words.banner([stopped], None).startswith("The scan was stopped before all was read")
    assert "The last scan failed: no network." in words.banner([DENIED], Unavailable("no network"))


def test_all_that_was_not_read_is_listed_with_what_can_be_done():
    many = [replace(DENIED, source=f"region-{number}") for number in range(words.MOST + 5)]
    lines = words.unread(report([], many), None)
    assert lines[0] == (
        "region-0: lambda:ListFunctions is denied for you. Ask for the policy that reads."
    )
    assert any(line.startswith("And 5 places more") for line in lines)
    assert lines[-1].startswith("Not searched: git history")
    assert "All that the scan was asked to read was read." in words.unread(report([]), None)


# In full


def test_places_stand_under_their_account_and_folder_with_versions_and_aliases():
    said = texts(detail.where_rows(STRIPE, None, ""))
    assert said[:5] == [
        "AWS eu-central-1 · 111122223333",
        "billing-api STRIPE_KEY · $LATEST, versions 12 and 13, alias live",
        "invoice-worker STRIPE_KEY · $LATEST",
        "files of /home/sam/shop",
        ".env.production line 4",
    ]


def test_where_it_goes_follows_the_plan_and_the_wish():
    assert texts(detail.where_rows(STRIPE, None, ""))[-1].startswith(
        "AWS Secrets Manager, named as the plan proposes"
    )
    assert "shop/stripe" in texts(detail.where_rows(STRIPE, None, "shop/stripe"))[-1]
    wish = Edit(STRIPE.credential.id, "mine", "json")
    last = texts(detail.where_rows(STRIPE, wish, "shop/stripe"))[-1]
    assert "mine, as JSON" in last and "shop/stripe" not in last
    assert "Goes to" not in texts(detail.where_rows(ROWS["MySQL password"], None, ""))


def test_many_places_are_counted_and_the_first_ones_listed():
    row = credential_row("many", *(in_file(f"f{n}.py") for n in range(detail.MOST + 7)))
    said = texts(detail.where_rows(row, None, ""))
    assert "And 7 places more; w writes all of them." in said
    assert len(said) == detail.MOST + 2 + 2


def test_the_place_that_stands_for_a_value_is_the_function_as_it_is_now():
    row = credential_row("x", in_function("f", "K", "3"), in_file("a.py"), in_function("f", "K"))
    assert views.first_finding(row).location.qualifier == "$LATEST"
    files = credential_row("y", in_function("f", "K", "3"), in_file("a.py"))
    assert views.first_finding(files).location == in_file("a.py")


@pytest.mark.parametrize(
    ("title", "possible", "said"),
    [
        ("Stripe secret key", True, "A plan only reads"),
        ("JWT signing key", False, "never moved unattended"),
        ("Slack token", False, "It stays by decision"),
        ("MySQL password", False, "moved already"),
        ("Storage account key", True, "Something is in the way"),
        ("SendGrid key", True, "In no function as it is now"),
    ],
)
def test_the_button_is_there_where_a_plan_makes_sense(title, possible, said):
    verdict = detail.verdict(ROWS[title], live=False, planning=False)
    assert verdict.possible is possible
    assert said in verdict.sentence


def test_nothing_is_planned_while_a_scan_or_a_plan_is_made():
    assert not detail.verdict(STRIPE, live=True, planning=False).possible
    assert not detail.verdict(STRIPE, live=False, planning=True).possible


def test_context_marks_the_line_of_the_finding():
    lines = (ContextLine(3, "a = 1", False), ContextLine(4, "KEY=••••••", True))
    rows = detail.context_rows(detail.context_title(in_file("x.py")), lines)
    assert texts(rows) == ["x.py around line 4", "   3 a = 1", "   4 KEY=••••••"]
    assert [row.sign for row in rows] == ["", "", "cursor"]


def test_history_says_when_what_and_who():
    rows = detail.history_rows([Moment(SCANNED, MomentKind.SHOWN, "the value was shown", "sam")])
    assert texts(rows)[0].endswith("the value was shown (sam)")
    assert texts(rows)[0].startswith("2026-11-25")
    assert "knows nothing of it" in texts(detail.history_rows([]))[0]


def test_siblings_are_named_and_can_be_gone_to():
    known = {row.credential.id: row for row in credential_rows()}
    rows = detail.sibling_rows(DATABASE, known)
    assert rows[1].id == ROWS["Database user"].credential.id
    assert "No other credential" in texts(detail.sibling_rows(STRIPE, known))[0]


def test_why_gives_reasons_rotation_and_what_is_better():
    row = replace(ROWS["JWT signing key"], instead="Use the platform's own signer.")
    said = texts(detail.why_rows(row))
    assert said[:2] == ["Confidence: low", "long, random, telling name"]
    assert "Such a value is never moved unattended; decide with d." in said
    assert "https://dashboard.stripe.com/apikeys" in said
    assert "Use the platform's own signer." in said


def test_why_says_what_the_issuer_said_where_it_was_asked():
    assert "Whether it still works" not in texts(detail.why_rows(STRIPE))
    said = Verification(Outcome.ACTIVE, "api.stripe.com", "2026-11-25T10:15:00Z")
    shown = texts(detail.why_rows(replace(STRIPE, verification=said)))
    at = shown.index("Whether it still works")
    assert shown[at + 1] == "active, says api.stripe.com (2026-11-25T10:15:00Z)"


# Foreign text


def test_foreign_text_reaches_no_view_as_it_is():
    long = HOSTILE + "x" * 10_000
    row = foreign_row(long)
    error = SourceError(long, long, long, long)
    problem = Unavailable(long, resource=long, hint=long)
    rows = [
        row_view(row),
        *(
            view
            for batch in order.grouped([row], {row.credential.id: row_view(row)}, "function")
            for view in batch
        ),
        *detail.where_rows(row, Edit(row.credential.id, long), long),
        *detail.why_rows(row),
        *detail.sibling_rows(replace(row, siblings=(row.credential.id,)), {row.credential.id: row}),
        *detail.context_rows(detail.context_title(in_file(long)), [ContextLine(1, long, True)]),
        *detail.history_rows([Moment(SCANNED, MomentKind.DECIDED, long, long)]),
        *detail.problem_rows(problem),
    ]
    said = [cell.text for view in rows for cell in view.cells]
    said += [view.note for view in rows]
    said += [
        views.masked_line(row),
        words.banner([error], None),
        words.banner([], problem),
        *words.unread(report([row], [error]), problem),
        *words.notice(replace(FACTS, opened=False, problem=problem)),
        *vars_of(detail.heading(row)),
    ]
    assert all(text.isprintable() for text in said)
    assert max(len(text) for text in said) <= 1100


def vars_of(head) -> tuple[str, ...]:
    return head.title, head.mask, head.facts
