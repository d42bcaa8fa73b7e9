"""The sentences of a scan: how it stands, what comes next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from secretshift.model.errors import SecretshiftError
from secretshift.model.findings import Confidence, ScanReport, SourceError
from secretshift.model.journeys import NoAnswer

from ..gate import Safe, gate
from ..wording import counted, day_and_clock, listed, no_connection, sentence
from .scan_found import Values
from .scan_meters import INTERRUPTED, Facts, unread


def headline(facts: Facts, values: Values) -> tuple[str, Safe]:
    """Meaning and sentence: how it stands and what was found."""
    if facts.busy:
        note = f" {sentence(facts.note)}" if facts.note else ""
        note += f" {_not_read(facts.errors)}" if facts.errors else ""
        if not values.places:
            return "work", gate(f"Looking. Nothing was found until now.{note}")
        return "work", gate(f"{found(values)} until now.{note}")
    if facts.error is not None:
        return "fail", _failed(facts.error)
    report = facts.report
    if report is None:
        return "wait", Safe("Nothing was looked at yet: 1 chooses where to look.")
    when = f", scanned {day_and_clock(facts.scanned_at)}" if facts.scanned_at else ""
    if facts.elsewhere:
        when += f" in {facts.elsewhere[0]}, not in this folder"
    if not report.findings:
        return _none_found(report, when)
    text = f"{found(values)}{when}. {_sureness(values)}"
    if stopped(report):
        return "todo", gate(f"Stopped before all was read; what was found is kept. {text}")
    if unread(report.errors):
        return "unknown", gate(f"{text} {_not_read(report.errors)}")
    return "ok", gate(text)


def found(values: Values) -> str:
    return f"Found {counted(values.count, 'value')} in {counted(values.places, 'place')}"


def silent(silences: Iterable[NoAnswer]) -> str:
    return (
        f"{no_connection(silences)} It is asked again by itself and the other places go on; S "
        "stops and keeps what was found."
    )


def stopped(report: ScanReport) -> bool:
    return any(error.code == INTERRUPTED for error in report.errors)


def _failed(error: SecretshiftError) -> Safe:
    where_ = f" ({error.resource})" if error.resource else ""
    hint = f" {sentence(error.hint)}" if error.hint else ""
    return gate(f"The scan ended: {error.what.rstrip('.')}{where_}.{hint} c tries again.")


def _none_found(report: ScanReport, when: str) -> tuple[str, Safe]:
    looked = dict(report.counts)
    read = [
        counted(looked["files"], "file") if looked.get("files") else "",
        counted(looked["blobs"], "blob of git history", "blobs of git history")
        if looked.get("blobs")
        else "",
        counted(looked["functions"], "function") if looked.get("functions") else "",
    ]
    what = listed([part for part in read if part], "nothing")
    said = f"Read {what}{when}. No credential found."
    if stopped(report):
        return "todo", gate(
            f"Stopped before all was read. {said} This is not yet clean: c scans again."
        )
    if unread(report.errors):
        return "unknown", gate(f"{said} {_not_read(report.errors)} This is not yet clean.")
    return "ok", gate(said)


def _not_read(errors: Sequence[SourceError]) -> str:
    number = unread(errors)
    verb = "was" if number == 1 else "were"
    return f"{counted(number, 'place')} {verb} not read: n leads there, i says why."


def _sureness(values: Values) -> str:
    counts = values.sureness()
    words = (
        (Confidence.HIGH, "certain"),
        (Confidence.MEDIUM, "likely"),
        (Confidence.LOW, "to look at yourself"),
    )
    return f"{listed([f'{counts[sure]:,} {word}' for sure, word in words if sure in counts])}."


def next_sentence(facts: Facts) -> Safe:
    if facts.busy:
        return Safe(
            "What is found appears here at once; Enter shows it as a list of values. Looking only "
            "reads. S stops and keeps what was found."
        )
    if facts.error is not None:
        return Safe("c tries again. 1 chooses other places.")
    if facts.report is None:
        return Safe("1 chooses where to look. Looking only reads.")
    if facts.report.findings:
        return Safe("Enter opens the list: one row a value. Nothing is changed by looking at it.")
    return Safe("1 chooses other places, c looks again. Nothing was written anywhere.")


def error_lines(error: SourceError) -> tuple[Safe, ...]:
    said = [
        f"{error.source} was not read: {sentence(error.what)}",
        f"What you can do: {sentence(error.hint)}" if error.hint else "",
        "What lies there is missing in this scan, so nothing says that it is clean. c scans again.",
    ]
    return tuple(gate(line, limit=1000) for line in said if line)
