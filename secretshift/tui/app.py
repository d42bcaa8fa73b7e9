"""The Textual application: screens by name, keys, themes, journeys, the door for crashes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeGuard

from textual import events, on
from textual.app import App
from textual.screen import Screen
from textual.scrollbar import ScrollBar, ScrollBarRender

from secretshift.model.errors import ExitCode, SecretshiftError

from .actions import PLAN, SCAN, WRITES, Actions, sentence_of
from .bridge import BEAT, Bridge, Journey, JourneyEnded, Work
from .commands import Commands
from .gate import Safe, gate, in_field
from .glyphs import Glyphs, choose
from .keymap import SCREENS, Keymap, bindings
from .screens.base import BaseScreen
from .session import Session
from .stylesheet import FIRST, LATER
from .themes import NAMES, THEMES
from .typeahead import Typeahead
from .wording import JOURNEY, ledger

if TYPE_CHECKING:
    from secretshift.model.journeys import Emit, Event, Note
    from secretshift.settings import Settings
    from secretshift.workflow.services import Services
    from secretshift.workflow.terminal_facts import TerminalFacts

    from .overlays.sheet import Sheet

QUIET: Final = 0.3
"""Seconds without a key until a sheet listens."""
OPEN: Final = "open"


class _PlainBar(ScrollBarRender):
    """Without the eighths of a block at its ends."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


def _screen(name: str) -> Callable[[], Screen[Any]]:
    """A factory that imports the screen's module when it is first shown."""

    def make() -> Screen[Any]:
        from importlib import import_module

        module = import_module(f"secretshift.tui.screens.{name}")
        made: Screen[Any] = getattr(module, f"{name.capitalize()}Screen")()
        return made

    return make


class SecretshiftApp(App[int], inherit_bindings=False):
    """open_services: called on a thread once the first screen is drawn; demo: a word for the
    frame when the cloud is the embedded one; screen: where to begin, "" for where the work stopped.
    """

    TITLE = "secretshift"
    COMMANDS: ClassVar[Any] = {Commands}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ESCAPE_TO_MINIMIZE = False
    ALLOW_SELECT = True
    SCREENS: ClassVar[Any] = {name: _screen(name) for name in SCREENS}
    BINDINGS: ClassVar[list[Any]] = bindings(
        *(f"go-{name}" for name in SCREENS),
        "commands",
        "help",
        "leave",
        "interrupt",
        "redraw",
        "suspend",
    )
    CSS = FIRST

    def __init__(
        self,
        *,
        settings: Settings,
        open_services: Callable[[Emit], Services],
        here: Path,
        screen: str = "",
        demo: str = "",
        browser: bool = False,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        no_color = bool(os.environ.get("NO_COLOR"))
        super().__init__(ansi_color=True if no_color else None)
        self.clock, self.now = clock, now
        self.session = Session(here, settings)
        self.bridge = Bridge(self.post_message, clock)
        self.acts = Actions(self)
        self.keymap = Keymap(settings.tui.keys)
        self.keymap.check()
        self.glyphs: Glyphs = choose(settings.tui.glyphs)
        self._follow_glyphs()
        self.read_only = settings.tui.read_only
        self.demo, self.browser = demo, browser
        self.has_demo, self.wants_demo = False, False
        self.quiet = QUIET
        self.pressed: Callable[[events.Key], float] = _pressed
        self.bug: Exception | None = None
        self._open_services = open_services
        self._heard: deque[Note] = deque()
        self._first = screen
        self._touched = False
        self._at = ""
        self._typeahead = Typeahead(self._take_key)
        self._before: list[str] = []
        self._watchers: dict[int, tuple[Callable[[Any], None], Callable[..., None] | None]] = {}
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._theme(settings.tui.theme, no_color)
        if not settings.tui.animations and "TEXTUAL_ANIMATIONS" not in os.environ:
            self.animation_level = "none"
        self.set_keymap(dict(self.keymap.remapped))

    def _theme(self, wanted: str, no_color: bool) -> str:
        if no_color:
            return "ansi"
        if self.console.color_system == "standard" and "COLORTERM" not in os.environ:
            return "ansi"
        return wanted if wanted in NAMES else NAMES[0]

    def _follow_glyphs(self) -> None:
        """Borders and scroll bars in the same alphabet as the signs."""
        self.set_class(not self.glyphs.unicode, "-ascii")
        ScrollBar.renderer = ScrollBarRender if self.glyphs.unicode else _PlainBar

    def refresh_css(self, animate: bool = True) -> None:
        """As long as there is no screen no style was read, so none has to be read again."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    # Beginning and end

    opens_after = 0.0
    """Seconds from the first screen until the workspace is opened: whoever starts the program sees
    that screen before anything is read."""

    painted: Callable[[], None] = staticmethod(lambda: None)
    """Called once the first screen is painted, before the workspace is opened."""

    def on_mount(self) -> None:
        self.set_interval(BEAT, self._beat)
        self._follow_signals()
        self.goto(self._first or "start")
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """The first screen is painted."""
        self.painted()
        self.stylesheet.add_source(LATER, read_from=("stylesheet", "LATER"))
        self.stylesheet.update_nodes(self.screen.query("Button, Input"))
        if self.opens_after:
            self.set_timer(self.opens_after, self._open)
        else:
            self._open()

    def _follow_signals(self) -> None:
        """SIGTERM and a lost terminal leave as q does: the change in hand is finished."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self.leave)

    def _hear(self, event: Event) -> None:
        """What services say at any time, for instance that detection rules are compiled, on
        whatever thread."""
        from secretshift.model.journeys import Note

        if isinstance(event, Note):
            self._heard.append(event)

    def open_again(self) -> None:
        """After the workspace could not be opened."""
        if self.session.services is None and not self.bridge.busy(OPEN):
            self.session.problem = None
            self._open()
            self.changed("sources")

    def to_demo(self) -> None:
        """Leave this cloud alone and open the demo."""
        self.wants_demo = True
        self.leave()

    def _open(self) -> None:
        make, here = self._open_services, self.session.here

        def work(_emit: Emit, _cancel: object) -> Any:
            from secretshift.workflow.remembered import elsewhere, last_scan
            from secretshift.workflow.runs import runs

            services = make(self._hear)
            last = last_scan(services)
            paths = elsewhere(last.sources, here) if last is not None else ()
            return services, last, paths, runs(services)

        def failed(error: SecretshiftError) -> None:
            self.session.problem = error
            self.changed("sources")

        self.journey(OPEN, work, self._opened, failed)

    def _opened(self, result: Any) -> None:
        services, remembered, paths, runs = result
        session = self.session
        session.services = services
        session.settings = services.settings
        session.runs = runs
        if remembered is not None:
            session.report = remembered.report
            session.asked = remembered.sources
            session.scanned_at = remembered.time
            session.elsewhere = paths
            self.acts.overview()
        self.acts.look()
        self.acts.runs()
        self.changed("sources", "scan", "runs")
        if not self._first and not self._touched and remembered is not None and not paths:
            self.goto("credentials")

    def leave(self) -> None:
        """End; what writes is asked to stop first and finishes the change in hand."""
        if self.bridge.busy(*WRITES):
            self.acts.stop()
            self._leaving = True
            self.say("Finishing the change in hand, then leaving. The run can be resumed.")
            return
        self.bridge.stop()
        self.exit(0)

    _leaving = False

    # Journeys

    def journey(
        self,
        name: str,
        work: Work,
        done: Callable[[Any], None],
        failed: Callable[[SecretshiftError], None] | None = None,
    ) -> Journey:
        """Start one; ``done`` is called here with its result."""
        journey = self.bridge.start(name, work)
        self._watchers[id(journey)] = (done, failed)
        return journey

    async def _beat(self) -> None:
        await self._typeahead.unstick()
        if self._heard:
            while self._heard:
                self.session.notes.append(self._heard.popleft())
            self.changed("sources", "scan", "plan")
        for journey in tuple(self.bridge.journeys):
            self._drain(journey)

    def _drain(self, journey: Journey) -> None:
        batch = journey.take()
        if not batch:
            return
        session = self.session
        if journey.name in ("look", OPEN):
            session.take_sources(batch)
            session.take_scan(batch)
            self.changed("sources")
        elif journey.name == SCAN:
            session.take_scan(batch)
            self.changed("scan")
        elif journey.name == PLAN:
            session.take_plan(batch)
            self.changed("plan")
        elif journey.name in WRITES:
            session.take_run(batch, self.now())
            self.changed("run")
        elif journey.name == "doctor":
            for _, event in batch:
                check = getattr(event, "check", None)
                if check is not None:
                    session.checks[check.id] = check
            self.changed("doctor")

    @on(JourneyEnded)
    def _ended(self, message: JourneyEnded) -> None:
        journey = message.journey
        self._drain(journey)
        self.bridge.finish(journey)
        done, failed = self._watchers.pop(id(journey), (None, None))
        if message.bug is not None:
            self._handle_exception(message.bug)
            return
        if message.error is not None:
            self._failed(journey, message.error, failed)
        elif done is not None:
            done(message.result)
        if self._leaving and not self.bridge.busy(*WRITES):
            self.exit(0)

    def _failed(
        self,
        journey: Journey,
        error: SecretshiftError,
        failed: Callable[[SecretshiftError], None] | None,
    ) -> None:
        session = self.session
        if failed is not None:
            failed(error)
        elif journey.name == SCAN:
            session.scan_error = error
            self.changed("scan")
        elif journey.name == "plan":
            session.plan_error = error
            self.changed("plan")
        elif journey.name in WRITES and session.run is not None:
            session.run.error = error
            session.run.ended = self.clock()
            self.changed("run")
            self.acts.runs()
        else:
            self.say(sentence_of(error), "warning")

    # Screens

    def changed(self, *topics: str) -> None:
        """Tell the screen that is shown; the others look when they are shown again."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, BaseScreen):
                screen.tell(frozenset(topics))
                break
        for screen in self.screen_stack:
            tell = getattr(screen, "overlay_tell", None)
            if tell is not None:
                tell(frozenset(topics))

    def goto(self, name: str) -> None:
        """Show a screen; overlays close first."""
        if name == self._at:
            return
        while _is_sheet(self.screen):
            self.pop_screen()
        if self._at:
            self._before.append(self._at)
            self._before = self._before[-20:]
        self._at = name
        if len(self.screen_stack) > 1:
            self.switch_screen(name)
        else:
            self.push_screen(name)

    def back(self) -> None:
        """One step back on the journey; beside it, to where one came from."""
        if self._at in JOURNEY:
            at = JOURNEY.index(self._at)
            target = JOURNEY[at - 1] if at else ""
        else:
            target = self._before[-1] if self._before else "start"
        if target and target != self._at:
            self.goto(target)
            self._before = self._before[:-2]

    def steps_done(self) -> frozenset[str]:
        """Steps of the journey that are behind us, for the ticks of the rail."""
        session = self.session
        done = set()
        if session.chosen or session.report is not None:
            done.add("start")
        if session.report is not None and not self.bridge.busy(SCAN):
            done |= {"start", "scan"}
        if session.plan is not None or session.run is not None:
            done.add("credentials")
        if session.run is not None:
            done.add("plan")
            if session.run.over and session.run.error is None:
                done.add("run")
        return frozenset(done)

    def where(self) -> tuple[Safe, Safe]:
        """For the frame: workspace and accounts; the mode."""
        session = self.session
        accounts = [source.account for key, source in session.sources.items() if source.account]
        repositories = [
            PurePath(source.path).name or source.name
            for source in session.sources.values()
            if source.kind == "git"
        ]
        parts = ["secretshift"]
        parts += [f"AWS {account}" for account in dict.fromkeys(accounts)][:3]
        parts += [f"git {name}" for name in repositories][:2]
        mode = []
        if self.demo:
            mode.append(self.demo)
        if self.read_only:
            mode.append("read-only")
        run = session.run
        if run is not None and not run.over and self._at not in ("run",):
            word = "undo" if run.mode == "undo" else "run"
            mode.append(f"{word} {run.done} of {len(run.steps)}")
        return gate("  ".join(parts)), gate("  ".join(mode))

    def ledger(self) -> Safe:
        """What was changed in the clouds until now."""
        run = self.session.run
        if run is None:
            return ledger({})
        failed = run.result.failures if run.result is not None else ()
        unanswered = sum(failure.code == "unreachable" for failure in failed)
        undone = run.mode == "undo" and run.over
        return ledger(run.counts(), undone=undone, unanswered=unanswered)

    def say(self, text: Safe | str, severity: Any = "information") -> None:
        """A passing sentence, shown literally."""
        self.notify(self.glyphs.plain(gate(text)), severity=severity, markup=False, timeout=6)

    def terminal_facts(self) -> TerminalFacts:
        from secretshift.workflow.terminal_facts import TerminalFacts

        return TerminalFacts.of(os.environ, self.size.width, self.size.height)

    def follow_settings(self) -> None:
        """Do at once what the settings say now."""
        tui = self.session.settings.tui
        self.keymap = Keymap(tui.keys)
        self.set_keymap(dict(self.keymap.remapped))
        self.glyphs = choose(tui.glyphs)
        self._follow_glyphs()
        self.read_only = tui.read_only
        self.theme = self._theme(tui.theme, self.no_color)
        self.screen.refresh(layout=True)
        self.refresh_css()

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """A sheet drops keys until none has come for a moment; a text field draws what it holds,
        so what is pasted goes through the gate first."""
        if isinstance(event, events.Paste) and not event.is_forwarded:
            event.text = in_field(event.text)
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
        elif self._typeahead.turn(event):
            await self._take_key(event)

    async def _take_key(self, event: events.Key) -> None:
        self._touched = True
        screen = self.screen
        if _is_sheet(screen) and not screen.hears(self.pressed(event), self.quiet):
            await self._typeahead.dropped()
            return
        to = self.focused or screen
        await super().on_event(event)
        self._typeahead.follow(to)

    def push_sheet(self, sheet: Sheet[Any], answered: Callable[[Any], None] | None = None) -> None:
        """Lay a sheet over the screen; it listens once the keyboard is quiet."""
        sheet.opened(self.clock())
        self.push_screen(sheet, answered)

    def action_go(self, name: str) -> None:
        self.goto(name)

    def action_help(self) -> None:
        screen = self.screen
        if not isinstance(screen, BaseScreen):
            return
        from .keymap import KEYS
        from .overlays.help import Help

        always = {"down", "up", "first", "last", "page-down", "page-up", "open", "back"}
        always |= {"next-pane", "former-pane", "commands", "help", "leave", "interrupt", "redraw"}
        always |= {f"go-{name}" for name in SCREENS}
        possible = {name for name in KEYS if name in always or screen.possible(name)}
        self.push_screen(Help(screen.NAME.capitalize(), self.keymap, possible))

    def action_commands(self) -> None:
        from .overlays.palette import Palette

        self.push_screen(Palette(placeholder="A command, or a part of its name"))

    def action_leave(self) -> None:
        if _is_sheet(self.screen):
            self.screen.dismiss(None)
            return
        self.leave()

    async def action_interrupt(self) -> None:
        if self.screen.get_selected_text():
            self.screen.action_copy_text()
            return
        self.say("q leaves. A run stops after the change in hand.")

    def action_redraw(self) -> None:
        self.refresh(layout=True)
        self.screen.refresh(layout=True)

    def action_suspend(self) -> None:
        if self.browser:
            return
        self.action_suspend_process()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[Any]:
        """None of Textual's own: a picture of the screen could hold a revealed value."""
        return ()

    # Crashes

    def _handle_exception(self, error: Exception) -> None:
        """A defect: one sentence and nothing of the program's variables, then the end.

        Textual's own report prints local variables, and one of them may be a value.
        """
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._return_code = int(ExitCode.BUG)
        self.bug = self.bug or error
        self._close_messages_no_wait()


def _pressed(key: events.Key) -> float:
    """When the terminal told of it, by the clock of the application."""
    return key.time


def _is_sheet(screen: Screen[Any]) -> TypeGuard[Sheet[Any]]:
    """Of screens of its kind there is none before its module was imported."""
    module = sys.modules.get("secretshift.tui.overlays.sheet")
    return module is not None and isinstance(screen, module.Sheet)


def _go(name: str) -> Callable[[SecretshiftApp], None]:
    def action(self: SecretshiftApp) -> None:
        self.goto(name)

    return action


for _name in SCREENS:
    setattr(SecretshiftApp, f"action_go_{_name}", _go(_name))
