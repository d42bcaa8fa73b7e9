"""What every screen is: a frame, its own middle, keys from the one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget

from ..gate import Safe
from ..keymap import KEYS, SCREENS, bindings
from ..viewmodels import FrameView
from ..widgets.frame import Answers, Header, KeyBar, Stop
from ..widgets.text import Text
from ..wording import JOURNEY, TITLES

if TYPE_CHECKING:
    from ..app import SecretshiftApp
    from ..session import Session

TOPICS = frozenset(
    {"sources", "scan", "credentials", "plan", "run", "proof", "runs", "doctor", "settings"}
)
"""What a screen can be told has changed."""

SCREEN_KEYS = (
    "next-open",
    "former-open",
    "back",
    "filter",
    "sort",
    "group",
    "why",
    "zoom",
    "reveal",
    "ask",
    "copy",
    "write",
    "check",
    "follow",
    "mark",
    "mark-all",
    "decide",
    "destination",
    "take-back",
    "plan",
    "leave-out",
    "run",
    "stop",
    "undo",
    "former-tab",
    "next-tab",
)
"""Actions that screens may have; one that has no method of that name has no such key."""


class BaseScreen(Screen[None]):
    """A screen of the journey or beside it.

    A subclass names itself, lists its footer (the first entry is what Enter does), builds its
    middle and draws it from the session. ``action_*`` methods named as in the key table make
    those keys work on it.
    """

    NAME: ClassVar[str] = ""
    FOOTER: ClassVar[tuple[str, ...]] = ()
    LABELS: ClassVar[Mapping[str, str]] = {}
    FOCUS: ClassVar[str] = ""
    """Selector of the widget that has the focus at first."""
    TOPICS: ClassVar[frozenset[str]] = TOPICS
    """What this screen draws; it is told of nothing else."""

    AUTO_FOCUS = ""
    _had_focus: Widget | None = None
    BINDINGS: ClassVar[list[Any]] = bindings(*SCREEN_KEYS)
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-tiny"),
        (60, "-narrow"),
        (100, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-flat"),
        (15, "-short"),
        (30, "-tall"),
    ]
    DEFAULT_CSS = """
    BaseScreen { background: $background; color: $foreground; }
    BaseScreen #middle { height: 1fr; }
    BaseScreen #too-small { display: none; width: 1fr; height: 1fr; }
    BaseScreen.-tiny #too-small, BaseScreen.-flat #too-small { display: block; }
    BaseScreen.-tiny #middle, BaseScreen.-flat #middle,
    BaseScreen.-tiny Answers, BaseScreen.-flat Answers,
    BaseScreen.-tiny KeyBar, BaseScreen.-flat KeyBar { display: none; }
    """

    @property
    def the_app(self) -> SecretshiftApp:
        return cast("SecretshiftApp", self.app)

    @property
    def session(self) -> Session:
        return self.the_app.session

    # To be written by each screen

    def middle(self) -> Iterable[Widget]:
        """The widgets between rail and Next."""
        return ()

    def frame(self) -> FrameView:
        """The sentences of the frame as things are now; cloud is filled in by the app if empty."""
        return FrameView(Safe(""), Safe(""), Safe("Esc: back."))

    def draw(self, topics: frozenset[str]) -> None:
        """Show what the session holds now."""

    def can(self, action: str) -> bool:
        """Whether an action of this screen is possible now."""
        return True

    # The same for all

    def compose(self) -> ComposeResult:
        self._follow_size()
        yield Header()
        with Vertical(id="middle"):
            yield from self.middle()
        yield Text(
            Safe("This window is too small: 60 columns and 15 lines are needed."), id="too-small"
        )
        yield Answers()
        yield KeyBar()

    def _follow_size(self) -> None:
        """The classes of the breakpoints before the first widget is styled. They come with the
        first resize as well, but then everything is styled once more."""
        width, height = self.app.size
        for points, length in (
            (self.HORIZONTAL_BREAKPOINTS, width),
            (self.VERTICAL_BREAKPOINTS, height),
        ):
            self.add_class(max(at for at in points if at[0] <= length)[1], update=False)

    def on_mount(self) -> None:
        if self.FOCUS:
            self.query_one(self.FOCUS).focus()
        self.tell(TOPICS)

    def on_resize(self, event: events.Resize) -> None:
        """A window that was too small took the focus away; it comes back with the room."""
        before = self.focused
        if before is not None and before.display:
            self._had_focus = before
        self.call_after_refresh(self._focus_again)

    def _focus_again(self) -> None:
        had = self._had_focus
        if self.focused is None and had is not None and had.is_attached and had.focusable:
            had.focus()

    def on_screen_resume(self) -> None:
        self.tell(TOPICS)

    def tell(self, topics: frozenset[str]) -> None:
        """Something changed; draw what concerns this screen, and the frame."""
        if not self.is_mounted or not self.query(Answers):
            return
        if topics & self.TOPICS:
            self.draw(topics)
        self.draw_frame()

    def draw_frame(self) -> None:
        view = self.frame()
        self.query_one(Answers).show(view.next, view.cloud or self.the_app.ledger(), view.back)
        left, right = self.the_app.where()
        self.query_one(Header).show(left, right, self._stops())
        self.draw_keys()

    def draw_keys(self) -> None:
        keys = []
        for name in self.FOOTER:
            action = KEYS[name].action
            if self.possible(name):
                keys.append((self.the_app.keymap.shown(name), self.label(name), action))
        keys.append((self.the_app.keymap.shown("help"), "keys", "app.help"))
        self.query_one(KeyBar).show(keys)

    def label(self, name: str) -> str:
        """What the key of this action does here, in a word or two."""
        return self.LABELS.get(name, KEYS[name].label)

    def possible(self, name: str) -> bool:
        """Whether the key of this action does something on this screen now."""
        return self.has(name) and self.can(KEYS[name].action)

    def has(self, name: str) -> bool:
        """Whether this screen or its focused widget knows the action at all."""
        action = f"action_{KEYS[name].action}"
        return hasattr(self, action) or name == "open"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        names = {KEYS[name].action for name in SCREEN_KEYS}
        if action in names:
            return hasattr(self, f"action_{action}") and self.can(action)
        return super().check_action(action, parameters)

    def action_back(self) -> None:
        self.the_app.back()

    def _stops(self) -> list[Stop]:
        done = self.the_app.steps_done()
        shown = self.the_app.keymap
        return [
            Stop(
                screen=name,
                digit=shown.shown(f"go-{name}"),
                title=TITLES[name],
                done=name in done,
                here=name == self.NAME,
                step=name in JOURNEY,
            )
            for name in SCREENS
        ]
