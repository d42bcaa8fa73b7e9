"""Sentences of the list of credentials. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.cells import cell_len

from secretshift.model.errors import SecretshiftError
from secretshift.model.findings import ScanReport, SourceError

from ..gate import Safe, gate
from ..wording import counted

MOST = 200
"""Errors that are listed one by one."""


@dataclass(frozen=True, slots=True)
class ListView:
    """How the list stands. shown, total, marked: values; age: "" where no scan is known;
    live: a scan is at work and its findings are what is shown."""

    shown: int
    total: int
    marked: int
    sort: str
    group: str
    age: str = ""
    live: bool = False
    again: bool = False


def ago(past: timedelta) -> str:
    """``2 h ago``"""
    minutes = int(past.total_seconds()) // 60
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 48 * 60:
        return f"{minutes // 60} h ago"
    return f"{minutes // 60 // 24} days ago"


def age(scanned: datetime | None, now: datetime) -> str:
    return f"scanned {ago(now - scanned)}" if scanned is not None else ""


def summary(view: ListView, width: int) -> Safe:
    """The line over the list; what has no room is left out, the least important first."""
    filtered = view.shown != view.total
    first = (
        f"{view.shown:,} of {view.total:,} shown" if filtered else counted(view.total, "credential")
    )
    parts = [first]
    if view.marked:
        parts.append(f"{view.marked:,} marked")
    if view.live:
        parts.append("the scan goes on")
    elif view.again:
        parts.append("a new scan goes on")
    parts.append("in the order found" if view.live else f"sorted by {view.sort}")
    if view.age and not view.live:
        parts.append(view.age)
    parts.append(f"by {view.group}")
    while len(parts) > 1 and cell_len(" · ".join(parts)) > width:
        parts.pop()
    return Safe(" · ".join(parts))


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides which sentence stands where no row is shown."""

    opened: bool
    problem: SecretshiftError | None
    report: ScanReport | None
    scanning: bool
    filtered: bool
    loading: bool


def notice(facts: Facts) -> tuple[Safe, ...]:
    """Why no row is shown, what that means, what can be done."""
    if facts.filtered:
        return (Safe("Nothing matches this filter. Esc clears it."),)
    if facts.scanning:
        return (
            Safe("The scan is at work and has found no credential until now."),
            Safe("What it finds appears here at once. 2 shows how far it is."),
        )
    if facts.report is not None and facts.loading:
        return (Safe("The list is being put together."),)
    if facts.report is not None:
        return _nothing_found(facts.report)
    if facts.problem is not None:
        problem = facts.problem
        hint = f" {problem.hint.rstrip('.')}." if problem.hint else ""
        where = f" ({problem.resource})" if problem.resource else ""
        return (gate(f"{problem.what}{where}.{hint}"), Safe("9 looks for the reason."))
    if not facts.opened:
        return (Safe("The workspace is being opened."),)
    return (
        Safe("No scan yet, so nothing is known here."),
        Safe("Choose where to look (1), then look (2). Looking only reads."),
    )


def _nothing_found(report: ScanReport) -> tuple[Safe, ...]:
    looked = dict(report.counts)
    files, functions = looked.get("files", 0), looked.get("functions", 0)
    first = f"No credential found in {counted(files, 'file')} and {counted(functions, 'function')}."
    unread = len(report.errors)
    if unread:
        verb = "place" if unread == 1 else "places"
        return (
            Safe(first),
            Safe(f'{unread:,} {verb} could not be read, so this is not yet "clean" (i).'),
        )
    return (Safe(first), Safe("What no scan looks at is listed under i."))


def banner(
    errors: Sequence[SourceError],
    failed: SecretshiftError | None,
    elsewhere: Sequence[str] = (),
) -> Safe:
    """What is missing in the list, "" if nothing. elsewhere: the paths of the scan that is shown,
    where it is another folder's."""
    if failed is not None:
        hint = f" {failed.hint.rstrip('.')}." if failed.hint else ""
        return gate(f"The last scan failed: {failed.what}.{hint} The rows are older (i).", 300)
    if elsewhere:
        more = f" and {len(elsewhere) - 1:,} more" if len(elsewhere) > 1 else ""
        # A long path is cut off where it ends the line, and nothing else.
        unread = f"{counted(len(errors), 'place')} could not be read (i). " if errors else ""
        return gate(f"{unread}Files are not of this folder (1), but of {elsewhere[0]}{more}.", 300)
    if not errors:
        return Safe("")
    if len(errors) == 1:
        error = errors[0]
        if error.code == "interrupted":
            return Safe("The scan was stopped before all was read: what is left is missing here.")
        what = gate(error.what, 140).rstrip(".")
        return Safe(
            f"{gate(error.source, 80)} was not read: {what}. "
            "Credentials there are missing here (i)."
        )
    return Safe(
        f"{len(errors):,} places could not be read. Credentials there are missing here (i)."
    )


def unread(report: ScanReport | None, failed: SecretshiftError | None) -> list[Safe]:
    """Every place that is missing, with what can be done, and what no scan looks at."""
    lines = []
    if failed is not None:
        lines.append(banner((), failed))
    if report is None:
        return lines
    for error in report.errors[:MOST]:
        hint = f" {error.hint.rstrip('.')}." if error.hint else ""
        lines.append(gate(f"{error.source}: {error.what.rstrip('.')}.{hint}", 1000))
    more = len(report.errors) - MOST
    if more > 0:
        lines.append(Safe(f"And {counted(more, 'place')} more; w writes all of them."))
    if report.errors:
        lines.append(Safe("When the reason is gone, look again: 2. Nothing is lost meanwhile."))
    else:
        lines.append(Safe("All that the scan was asked to read was read."))
    lines += [gate(f"Not searched: {sentence.rstrip('.')}.") for sentence in report.not_searched]
    return lines


@dataclass(frozen=True, slots=True)
class Standing:
    """What the person is doing, for Next and Back."""

    rows: int
    marked: int
    in_detail: bool
    can_move: bool
    at_button: bool
    filtering: bool
    filtered: bool
    scanning: bool


def next_sentence(at: Standing) -> Safe:
    if at.filtering:
        return Safe("Enter goes to the rows that fit. The filter stays until Esc.")
    if at.scanning:
        return Safe("The scan goes on; 2 shows how far it is. A plan can be made when it is over.")
    if not at.rows:
        return Safe("1 chooses where to look, 2 looks. Looking only reads.")
    if at.in_detail and at.can_move:
        how = "Enter plans" if at.at_button else "Tab goes to the button that plans"
        return Safe(f"{how} the move of this one. Planning only reads.")
    if at.in_detail:
        return Safe("d decides what happens to this one. Nothing is changed in a cloud.")
    if at.marked:
        return Safe(f"p makes a plan for the {at.marked:,} marked. Planning only reads.")
    return Safe("Enter opens this value; p plans its move. Planning only reads.")


def back_sentence(at: Standing) -> Safe:
    if at.filtering or (at.filtered and not at.in_detail):
        return Safe("Esc clears the filter.")
    return Safe("Esc: the list." if at.in_detail else "Esc: Scan.")
