"""Start: where to look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Button

from ..actions import SCAN, sentence_of
from ..gate import Safe, gate
from ..viewmodels import EMPTY, FrameView
from ..views import start as views
from ..widgets.button import PlainButton
from ..widgets.rowlist import RowList
from ..widgets.text import Text
from .base import BaseScreen

if TYPE_CHECKING:
    from secretshift.model.errors import SecretshiftError

LOOK_LABEL = "Look for credentials"
AGAIN_LABEL = "Try again"
ASK = (
    Safe("A folder or file on this machine, or a profile of the AWS configuration."),
    Safe("It is looked at first and comes into the list; nothing is written."),
)

EXAMPLE = "~/code/shop, or the name of a profile"


class StartScreen(BaseScreen):
    """One row a place; ticked ones are looked through."""

    NAME = "start"
    FOOTER = ("open", "mark", "check", "why", "stop", "next-open")
    LABELS: ClassVar[Any] = {"open": "look", "mark": "tick"}
    FOCUS = "#sources"
    TOPICS = frozenset({"sources", "scan"})
    DEFAULT_CSS = """
    StartScreen #title { text-style: bold; padding: 0 1; height: auto; }
    StartScreen #state { padding: 0 1; height: auto; color: $ss-warn; }
    StartScreen #notes { padding: 0 1; height: auto; color: $ss-warn; }
    StartScreen #buttons { height: 1; align-horizontal: right; }
    StartScreen.-tall #sources { height: auto; max-height: 75%; }
    StartScreen.-tall #buttons { margin-top: 1; align-horizontal: left; padding: 0 4; }
    StartScreen PlainButton { margin: 0 1 0 1; }
    StartScreen #look { text-style: bold reverse; }
    StartScreen PlainButton:focus { text-style: bold underline reverse; }
    StartScreen.-tiny #buttons, StartScreen.-flat #buttons { display: none; }
    """

    def middle(self) -> Iterable[Widget]:
        yield Text(views.TITLE, id="title")
        yield Text(id="state")
        yield RowList(views.COLUMNS, wrap=True, id="sources")
        yield Text(id="notes")
        with Horizontal(id="buttons"):
            yield PlainButton(LOOK_LABEL, id="look", compact=True)
            yield PlainButton("Try the demo cloud instead", id="demo", compact=True)

    @property
    def _rows(self) -> RowList:
        return self.query_one("#sources", RowList)

    @property
    def _facts(self) -> views.Facts:
        session = self.session
        return views.Facts(
            opened=session.services is not None,
            problem=session.problem,
            looked=session.looked,
            sources=tuple(session.sources.values()),
            chosen=frozenset(session.chosen),
            scanning=self.the_app.bridge.busy(SCAN),
            history=session.history,
        )

    def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self.tell, self.TOPICS)

    def draw(self, topics: frozenset[str]) -> None:
        facts = self._facts
        title, state = views.headline(facts)
        self.query_one("#title", Text).show(title)
        self._show("#state", state)
        warnings = [note.text for note in self.session.notes if note.level == "warning"]
        self._show("#notes", gate(warnings[-1]) if warnings else EMPTY)
        self.query_one("#demo").display = self._has_demo
        self.query_one("#look", Button).label = _look_label(facts)
        self._draw_rows(facts)

    def _show(self, selector: str, text: Safe) -> None:
        widget = self.query_one(selector, Text)
        widget.show(text)
        widget.display = bool(text)

    def _draw_rows(self, facts: views.Facts) -> None:
        wide = self.size.width >= views.WIDE
        acts, settings = self.the_app.acts, self.session.settings
        self._rows.replace(
            views.rows(
                facts.sources,
                facts.chosen,
                views.Regions(acts.every_region, settings.aws.regions),
                wide=wide,
                history=facts.history,
            )
            if facts.opened and (facts.sources or facts.looked)
            else ()
        )

    @property
    def _is_closed(self) -> bool:
        """Whether the workspace cannot be opened: nothing can be looked at then."""
        return self.session.problem is not None

    @property
    def _has_demo(self) -> bool:
        return self.the_app.has_demo and not self.the_app.demo

    def frame(self) -> FrameView:
        return FrameView(views.next_sentence(self._facts), EMPTY, Safe("q: leave."))

    def can(self, action: str) -> bool:
        cursor = self._rows.cursor_id
        source = self.session.sources.get(cursor)
        if action == "open":
            return bool(cursor) or isinstance(self.focused, Button)
        if action == "check":
            return self._is_closed or (source is not None and source.checked)
        if action == "why":
            return source is not None
        if action == "mark":
            fixed = (views.ADD, views.EVERY, views.HISTORY)
            return cursor in fixed or (source is not None and source.ready)
        if action == "stop":
            return self.the_app.bridge.busy(SCAN)
        if action in ("next_open", "former_open"):
            return any(s.checked and not s.ready for s in self.session.sources.values())
        return True

    def label(self, name: str) -> str:
        if name == "open" and self._rows.cursor_id == views.ADD:
            return "add"
        if name == "open" and self._is_closed:
            return "press"
        return super().label(name)

    @on(RowList.CursorMoved)
    def _moved(self) -> None:
        self.draw_keys()

    # Keys

    @on(RowList.Opened)
    def _opened(self, event: RowList.Opened) -> None:
        if event.id == views.ADD:
            self._add()
        else:
            self._look()

    @on(Button.Pressed, "#look")
    def _look(self) -> None:
        if self._is_closed:
            self.the_app.open_again()
            return
        facts = self._facts
        if not facts.scanning:
            if not facts.chosen:
                self.the_app.say(views.nothing_ticked(facts), "warning")
                return
            self.the_app.acts.scan()
        self.the_app.goto("scan")

    @on(Button.Pressed, "#demo")
    def _demo(self) -> None:
        self.the_app.to_demo()

    def action_mark(self) -> None:
        cursor = self._rows.cursor_id
        if cursor == views.ADD:
            self._add()
        elif cursor == views.EVERY:
            self.the_app.acts.choose_regions()
        elif cursor == views.HISTORY:
            self.the_app.acts.choose_history()
        else:
            self.the_app.acts.choose(cursor)

    def action_check(self) -> None:
        if self._is_closed:
            self.the_app.open_again()
        elif self._rows.cursor_id in self.session.sources:
            self.the_app.acts.check_source(self._rows.cursor_id)

    def action_why(self) -> None:
        source = self.session.sources.get(self._rows.cursor_id)
        if source is not None:
            from ..overlays.explain import Explain

            lines = views.source_lines(source)
            self.the_app.push_sheet(Explain(gate(source.name), lines))

    def action_next_open(self) -> None:
        self._rows.next_open(1)

    def action_former_open(self) -> None:
        self._rows.next_open(-1)

    def action_stop(self) -> None:
        self.the_app.acts.stop()

    # Adding

    def _add(self, text: Safe = EMPTY, problem: Safe = EMPTY) -> None:
        def failed(error: SecretshiftError) -> None:
            self._add(gate(typed), sentence_of(error))

        typed = ""

        def answered(given: str | None) -> None:
            nonlocal typed
            if given:
                typed = given
                self.the_app.acts.add_source(given, failed)

        if self.session.services is None:
            self.the_app.say(views.OPENING)
            return
        from ..overlays.ask import Ask

        sheet = Ask("Add a place to look", ASK, "Add", value=text, said=problem, example=EXAMPLE)
        self.the_app.push_sheet(sheet, answered)


def _look_label(facts: views.Facts) -> str:
    if facts.problem is not None:
        return AGAIN_LABEL
    return "See the scan" if facts.scanning else LOOK_LABEL
