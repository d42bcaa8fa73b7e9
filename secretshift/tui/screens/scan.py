"""Scan: what is read at this moment, what was not, and what is found on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from textual import events, on
from textual.binding import Binding
from textual.widget import Widget

from secretshift.model.findings import SourceError
from secretshift.model.sources import FoundSource

from ..actions import PLAN, SCAN
from ..gate import Safe, gate
from ..keymap import bindings
from ..overlays.explain import Explain
from ..viewmodels import EMPTY, FrameView, RowView
from ..views import scan as views
from ..views import scan_found as found
from ..views import scan_meters as meters
from ..widgets.rowlist import RowList
from ..widgets.text import Text
from .base import BaseScreen


class ScanScreen(BaseScreen):
    """Meters above, findings below; both can be walked through."""

    NAME = "scan"
    FOOTER = ("open", "stop", "check", "why", "next-pane", "next-open")
    LABELS: ClassVar[Any] = {"open": "to the list", "check": "scan again"}
    FOCUS = "#meters"
    TOPICS = frozenset({"scan", "sources"})
    BINDINGS: ClassVar[list[Any]] = [
        Binding("tab", "next_pane", "sources or findings", show=False),
        Binding("shift+tab", "next_pane", "sources or findings", show=False),
        *bindings("open"),
    ]
    DEFAULT_CSS = """
    ScanScreen #meters { height: auto; max-height: 40%; }
    ScanScreen #headline { text-style: bold; padding: 0 1; height: auto; }
    ScanScreen #warning { padding: 0 1; height: auto; color: $ss-warn; }
    ScanScreen #found { height: 1fr; }
    ScanScreen.-tall #headline { margin-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._paces = meters.Paces()
        self._values = found.Values()
        self._rows = found.Rows()
        self._metered: tuple[RowView, ...] = ()
        self._wide = -1
        self._drawn: tuple[object, ...] = ()
        self._listed: Mapping[str, found.Value] = {}

    def middle(self) -> Iterable[Widget]:
        yield RowList(meters.METERS, wrap=True, id="meters")
        yield Text(id="headline")
        yield Text(id="warning")
        yield RowList(found.columns(0), wrap=True, id="found")

    @property
    def _meters(self) -> RowList:
        return self.query_one("#meters", RowList)

    @property
    def _found(self) -> RowList:
        return self.query_one("#found", RowList)

    @property
    def _busy(self) -> bool:
        return self.the_app.bridge.busy(SCAN)

    @property
    def _facts(self) -> meters.Facts:
        session, busy = self.session, self._busy
        asked = session.asked
        notes = [note.text for note in session.notes if note.level != "warning"]
        return meters.Facts(
            busy=busy,
            paths=asked.paths if asked is not None else (),
            accounts=self._accounts(),
            names={source.path: source for source in session.sources.values() if source.path},
            regions=len(asked.regions) if asked is not None else 0,
            progress=session.progress,
            paces=self._paces.take(session.progress, self.the_app.clock()) if busy else {},
            report=session.report,
            error=session.scan_error,
            scanned_at=session.scanned_at,
            elsewhere=session.elsewhere,
            note=notes[-1] if notes and not session.progress else "",
            not_read=tuple(session.not_read),
        )

    def _accounts(self) -> tuple[FoundSource, ...]:
        """The logins that the scan goes through."""
        asked = self.session.asked
        if asked is None or not asked.aws:
            return ()
        profiles = asked.profiles or ("",)
        return tuple(
            source
            for source in self.session.sources.values()
            if source.kind == "aws" and (source.profile or "") in profiles
        )

    @property
    def _titles(self) -> Mapping[str, str]:
        return self.the_app.acts.titles()

    # Drawing

    def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self.tell, self.TOPICS)

    def draw(self, topics: frozenset[str]) -> None:
        session, facts = self.session, self._facts
        findings = (
            session.shown if facts.busy or session.report is None else session.report.findings
        )
        self._values.take(findings)
        token, sentence = views.headline(facts, self._values)
        glyph = self.the_app.glyphs(token)
        self.query_one("#headline", Text).show(Safe(f"{glyph} {sentence}"))
        warnings = [note.text for note in session.notes if note.level == "warning"]
        if facts.busy and session.silent:
            warnings.append(views.silent(session.silent.values()))
        warning = self.query_one("#warning", Text)
        warning.show(gate(warnings[-1]) if warnings else EMPTY)
        warning.display = bool(warnings)
        self._draw_meters(meters.meters(facts, self._bar))
        self._draw_findings(facts)

    def _draw_meters(self, rows: tuple[RowView, ...]) -> None:
        self._meters.display = bool(rows)
        if rows == self._metered:
            return
        self._metered = rows
        known = {row.id for row in self._meters.shown}
        self._meters.fold_many({r.id for r in rows if r.foldable and r.id not in known})
        self._meters.replace(rows)

    def _bar(self, done: int, total: int) -> str:
        glyphs = self.the_app.glyphs
        full = min(meters.BAR, done * meters.BAR // total) if total else 0
        return glyphs("bar") * full + glyphs("rest") * (meters.BAR - full)

    def _draw_findings(self, facts: meters.Facts) -> None:
        width = self.size.width
        ended = facts.complete
        key = (ended, self._values.places, facts.busy, width)
        if key == self._drawn:
            return
        self._drawn = key
        values = self._values.surest() if ended is not None else self._values.newest()
        self._found.display = bool(values)
        self._listed = {str(found.lead(value).credential): value for value in values}
        if width != self._wide:
            self._wide = width
            self._found.set_columns(found.columns(width))
        rows = self._rows.of(values, self._titles, width=width)
        self._found.replace((*rows, *found.rest_row(self._values.count - len(values))))
        if not self._found.has_focus:
            self._found.action_first()

    def frame(self) -> FrameView:
        on = "The scan goes on." if self._busy else "Nothing to undo."
        return FrameView(views.next_sentence(self._facts), EMPTY, Safe(f"Esc: Start. {on}"))

    def can(self, action: str) -> bool:
        session = self.session
        if action == "stop":
            return self._busy
        if action == "check":
            known = session.asked is not None or bool(session.chosen)
            return known and not self.the_app.bridge.busy(SCAN, PLAN)
        if action == "why":
            return self._error is not None or self._value is not None
        if action in ("next_open", "former_open"):
            return any(row.needs_person for row in self._meters.shown)
        return True

    def label(self, name: str) -> str:
        if name == "next-pane":
            return "sources" if self._found.has_focus else "findings"
        if name == "open" and not self._found.count and self.session.report is None:
            return "open"
        return super().label(name)

    # Keys

    @property
    def _error(self) -> SourceError | None:
        if not self._meters.has_focus:
            return None
        found = enumerate(self._facts.errors)
        errors = {meters.error_id(number): error for number, error in found}
        return errors.get(self._meters.cursor_id)

    @property
    def _value(self) -> found.Value | None:
        if not self._found.has_focus:
            return None
        return self._listed.get(self._found.cursor_id)

    @on(RowList.CursorMoved)
    def _moved(self) -> None:
        self.draw_keys()

    def on_descendant_focus(self) -> None:
        self.draw_keys()

    @on(RowList.Opened)
    def _opened(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        if self._busy or self.session.report is not None:
            self.the_app.goto("credentials")
        else:
            self.the_app.goto("start")

    def action_next_pane(self) -> None:
        target = self._meters if self._found.has_focus and self._meters.display else self._found
        target.focus()

    def action_why(self) -> None:
        error, value = self._error, self._value
        if error is not None:
            title, lines = gate(error.source), views.error_lines(error)
        elif value is not None:
            lines = found.value_lines(value, self._titles)
            title = Safe("Why this is a finding")
        else:
            return
        self.the_app.push_sheet(Explain(title, lines))

    def action_next_open(self) -> None:
        self._to_open(1)

    def action_former_open(self) -> None:
        self._to_open(-1)

    def _to_open(self, step: int) -> None:
        if self._meters.next_open(step):
            self._meters.focus()

    def action_check(self) -> None:
        self.the_app.acts.scan(self.session.asked)

    def action_stop(self) -> None:
        self.the_app.acts.stop()
