"""The first menu, from which everything else is reached."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from secretshift.model.errors import ExitCode, SecretshiftError
from secretshift.workflow.services import Services, Sources

from ..gate import gate
from ..wording import counted, day_and_clock
from .choosing import Choosing
from .moving import Moving
from .runs import FormerRuns
from .talk import Leave, Talk

LEFT = "Left. What was done is in the journal: secretshift runs."


def converse(
    services: Services,
    here: Path,
    source: TextIO,
    out: TextIO,
    clock: Callable[[], float] = time.monotonic,
) -> ExitCode:
    """Talk until the person leaves. Expected errors are said and lead back to the questions."""
    talk = Conversation(services, here, source, out, clock)
    try:
        talk.begin()
    except (Leave, KeyboardInterrupt):
        talk.say(LEFT)
    return ExitCode.DONE


class Conversation(Talk):
    """One talk."""

    def __init__(
        self,
        services: Services,
        here: Path,
        source: TextIO,
        out: TextIO,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(source, out, clock)
        self._services = services
        self._here = here
        self._sources: Sources | None = None

    def begin(self) -> None:
        self.say("secretshift, linear mode. Nothing is changed before you confirm a plan.")
        if self._services.settings.tui.read_only:
            self.say("Read-only: everything can be looked at, nothing is changed.")
        while True:
            steps = (
                ("Look for credentials, choose and move them", self.find),
                ("Go on with what the last scan found", self.last),
                ("Former runs: look, go on, undo", self.former_runs),
                ("Doctor: what works here and what is missing", self.doctor),
                ("Settings and plugins: what they are", self.settings),
            )
            at = self.choose("What do you want to do?", [title for title, _ in steps])
            try:
                steps[at][1]()
            except SecretshiftError as error:
                self.complain(error)

    def _choosing(self) -> Choosing:
        return Choosing(self, self._services, Moving(self, self._services))

    def find(self) -> None:
        from .places import ask_sources

        sources = ask_sources(self, self._services, self._here)
        if sources is None:
            return
        self._sources = sources
        self._choosing().scan(sources)

    def last(self) -> None:
        from secretshift.workflow.remembered import elsewhere, last_scan

        found = last_scan(self._services)
        if found is None:
            self.say("No scan yet. 1 makes one; it only reads.")
            return
        self._sources = found.sources
        paths = elsewhere(found.sources, self._here)
        where = f" in {paths[0]}, not in this folder" if paths else ""
        when = day_and_clock(found.time)
        self.say(gate(f"Scanned {when}{where}. What was changed since is not in it."))
        self._choosing().report(found.sources, found.report)

    def former_runs(self) -> None:
        FormerRuns(self, self._services, Moving(self, self._services)).begin()

    def doctor(self) -> None:
        from secretshift.workflow.doctor import DoctorRequest, doctor

        sources = self._sources or Sources(paths=(str(self._here),))
        with self.cancellable("Stopping.") as cancel:
            result = doctor(self._services, DoctorRequest(sources), self.heard, cancel)
        for check in result.checks:
            self.say(gate(f"{check.group}: {check.title}: {check.state}. {check.text}", limit=1000))
            if check.hint and check.state != "ok":
                self.say(gate(f"Do: {check.hint}", limit=1000))

    def settings(self) -> None:
        """Said, not changed: the file is edited with what a person edits files with."""
        from secretshift.workflow.plugins import plugins

        tui = self._services.settings.tui
        own = self._services.settings.own
        where = f" They are kept in {own.path}." if own is not None else ""
        self.say(gate(f"Linear mode: {'on' if tui.linear else 'off'} in the settings.{where}"))
        self.say(f"Read-only: {'on' if tui.read_only else 'off'}.")
        production = ", ".join(tui.production) or "none"
        self.say(gate(f"Accounts marked as production: {production}."))
        found = plugins(self._services).plugins
        self.say(f"{counted(len(found), 'plugin')}.")
        for plugin in found:
            reason = f" {plugin.reason}" if plugin.reason else ""
            named = f"{plugin.kind} {plugin.name} {plugin.version}".strip()
            self.say(gate(f"{named}: {plugin.state}.{reason}", limit=1000))
