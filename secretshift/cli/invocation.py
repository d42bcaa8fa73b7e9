"""One call of the program: the options of every command, and what is opened from them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .screen import Screen

if TYPE_CHECKING:
    from secretshift.model.journeys import Emit, Event
    from secretshift.settings import Settings
    from secretshift.workflow.services import Services


@dataclass(slots=True)
class Invocation:
    """verbosity: how many -v; colour: False after --no-color."""

    workspace: Path | None = None
    config: Path | None = None
    verbosity: int = 0
    quiet: bool = False
    log_format: Literal["text", "json"] = "text"
    colour: bool = True
    _screen: Screen | None = field(default=None, repr=False)
    _settings: Settings | None = field(default=None, repr=False)
    _watch: Emit | None = field(default=None, repr=False)

    @property
    def screen(self) -> Screen:
        if self._screen is None:
            self._screen = Screen(colour=self.colour, quiet=self.quiet)
        return self._screen

    def begin(self) -> None:
        """Set up logging and reports of defects, once the command is known and before it runs."""
        from secretshift import logs

        logs.configure(self.verbosity, self.log_format)
        logs.report_uncaught()

    def settings(self) -> Settings:
        if self._settings is None:
            from secretshift import wiring

            self._settings = wiring.load_settings(self.config)
        return self._settings

    def knows_anything(self) -> bool:
        """Whether an earlier call left something in the workspace, without opening it."""
        from secretshift.state.workspace import DATABASE, default_path

        folder = default_path() if self.workspace is None else self.workspace.expanduser()
        return (folder / DATABASE).exists()

    def services(self, *, anew: bool = False) -> Services:
        """Open what the journeys need. Its notes go to whatever watches at that time. anew: search
        histories whole, whatever earlier searches found."""
        from secretshift import wiring

        return wiring.services(self.settings(), workspace=self.workspace, emit=self.emit, anew=anew)

    def emit(self, event: Event) -> None:
        from secretshift.model.journeys import Note

        if self._watch is not None:
            self._watch(event)
        elif isinstance(event, Note):
            self.screen.tell(event.sentence)

    @contextlib.contextmanager
    def watch(self, total: int = 0) -> Iterator[None]:
        """Show events while the block runs. total: expected steps, 0 for unknown."""
        from .progress import watching

        with watching(self.screen, self.verbosity, total) as emit:
            self._watch = emit
            try:
                yield
            finally:
                self._watch = None
