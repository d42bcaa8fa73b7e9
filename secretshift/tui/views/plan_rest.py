"""What a plan leaves as it is: a person's work, decisions, what was not read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..wording import sentence
from .plan_rows import UNFOLDED, About, Rows, label


def work(rows: Rows) -> None:
    work = rows.plan.work
    if not work:
        return
    rows.whole(
        "work",
        About("heading"),
        ("Left for a person", "strong"),
        (f" {len(work):,}", "faint"),
        foldable=True,
    )
    for number, item in enumerate(work):
        title = rows.names.title(item.credential, item.kind)
        rows.whole(
            f"work/{item.code}/{item.credential}/{number}",
            About("work", work=item),
            (title, "strong"),
            (f" {item.masked} {label(item.credential)} ", "secret"),
            (f"{_where(item.where)}: {sentence(item.text)}", ""),
            sign="todo",
            token="todo",
            parent="work",
            depth=1,
            needs_person=True,
        )


def instead(rows: Rows) -> None:
    """Credentials that need not be stored: a choice to make before the run."""
    offers = rows.plan.instead
    if not offers:
        return
    rows.whole(
        "instead",
        About("heading"),
        ("Better than storing", "strong"),
        (f" {len(offers):,}: x on a variable leaves it out", "faint"),
        foldable=True,
    )
    if len(offers) > UNFOLDED:
        rows.folded.add("instead")
    for offer in offers:
        rows.whole(
            f"instead/{offer.credential}",
            About("instead", instead=offer),
            (rows.names.title(offer.credential, offer.title), "strong"),
            (f" {offer.masked} {label(offer.credential)} ", "secret"),
            (f"{_where(offer.where)}: {sentence(offer.text)}", ""),
            sign="todo",
            token="todo",
            parent="instead",
            depth=1,
        )


def _where(places: Sequence[str]) -> str:
    return ", ".join(places[:2]) + (f" +{len(places) - 2}" if places[2:] else "")


def stays(rows: Rows) -> None:
    """What was decided to stay where it is."""
    notes = rows.plan.not_moved
    if not notes:
        return
    rows.whole(
        "stays",
        About("heading"),
        ("Stays, as it was decided", "strong"),
        (f" {len(notes):,}", "faint"),
        foldable=True,
    )
    rows.folded.add("stays")
    for number, note in enumerate(notes):
        rows.whole(
            f"stays/{note.credential}/{number}",
            About("sentence", sentence=note.text),
            (rows.names.title(note.credential, note.kind), "strong"),
            (f" {note.masked} {label(note.credential)} ", "secret"),
            (f"{_where(note.where)}: {sentence(note.text)}", ""),
            parent="stays",
            depth=1,
        )


def unread(rows: Rows) -> None:
    """What could not be read: its functions are missing in this plan."""
    errors = rows.plan.errors
    if not errors:
        return
    rows.whole(
        "errors",
        About("heading"),
        ("Not read", "strong"),
        (f" {len(errors):,}: what lies there is missing in this plan", "unknown"),
        foldable=True,
        sign="unknown",
        token="unknown",
    )
    for number, error in enumerate(errors):
        rows.whole(
            f"errors/{error.source}/{error.code}/{number}",
            About("error", error=error),
            (f"{error.source}: ", "strong"),
            (f"{sentence(error.what)} {sentence(error.hint)}".strip(), ""),
            sign="unknown",
            token="unknown",
            parent="errors",
            depth=1,
            needs_person=True,
        )


def not_searched(rows: Rows) -> None:
    _sentences(rows, "not-searched", "Not searched", rows.plan.not_searched)


def _sentences(rows: Rows, row: str, title: str, sentences: Iterable[str]) -> None:
    found = list(sentences)
    if not found:
        return
    rows.whole(
        row,
        About("heading"),
        (title, "strong"),
        (f" {len(found):,}", "faint"),
        foldable=True,
    )
    rows.folded.add(row)
    for number, text in enumerate(found):
        rows.whole(
            f"{row}/{number}",
            About("sentence", sentence=text),
            (sentence(text), "faint"),
            parent=row,
            depth=1,
        )
