"""The base of everything that lies over a screen.

No answer by accident: a sheet is deaf until no key has come for a moment, so that a key that is
held, or pressed once too often, does nothing in it.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from textual.binding import Binding
from textual.screen import ModalScreen

T = TypeVar("T")


class Sheet(ModalScreen[T]):
    """DEAF: whether keys are dropped at first (help and lists that only show are not deaf)."""

    DEAF: ClassVar[bool] = True
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[Any]] = [Binding("escape", "cancel", "cancel", show=False)]
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
    Sheet { align: center middle; background: $background 70%; }
    Sheet:ansi { background: ansi_default; }
    Sheet > .sheet {
        width: 84; max-width: 96%; height: auto; max-height: 94%;
        background: $panel; border: round $primary; padding: 0 1;
    }
    Sheet.-narrow > .sheet { width: 100%; max-width: 100%; }
    Sheet Button { margin: 0 2 0 0; min-width: 10; height: 1; border: none; }
    Sheet Button:focus { text-style: bold reverse; }
    Sheet .buttons { height: 1; width: 1fr; align-horizontal: right; margin: 1 0 0 0; }
    Sheet Button:disabled { color: $ss-faint; text-style: none; text-opacity: 1; opacity: 1; }
    Sheet Button:ansi.-style-default:disabled { border: none !important; text-style: none; }
    Sheet Input, Sheet Input:focus {
        height: 1; border: none; background: $ss-cursor; padding: 0 1;
    }
    Sheet Input:disabled { opacity: 1; }
    Sheet Input > .input--placeholder { color: $ss-faint; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._quiet_since: float | None = None

    def hears(self, pressed: float, quiet: float) -> bool:
        """Whether the key that was pressed at that moment counts. quiet: seconds without a key that
        are needed first, between the keys themselves: however late they are answered."""
        if not self.DEAF or not quiet or self._quiet_since == float("-inf"):
            return True
        if self._quiet_since is None or pressed - self._quiet_since < quiet:
            self._quiet_since = max(pressed, self._quiet_since or pressed)
            return False
        self._quiet_since = float("-inf")
        return True

    def opened(self, now: float) -> None:
        """The moment from which on it listens for quiet."""
        self._quiet_since = now

    def action_cancel(self) -> None:
        self.dismiss(None)
