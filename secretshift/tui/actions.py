"""What the interface does: each starts a journey of ``workflow`` or changes the session.

Called on the screen's thread only. Nothing here draws; the app tells the screens what changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from secretshift.model.errors import SecretshiftError, UsageProblem

from .gate import Safe, gate
from .wording import counted

if TYPE_CHECKING:
    from pathlib import Path

    from secretshift.model.decisions import Choice
    from secretshift.model.findings import CredentialId, Finding, Location
    from secretshift.model.journeys import CancelToken, Consent, Emit
    from secretshift.model.kinds import Kind
    from secretshift.model.plans import Plan
    from secretshift.model.secret_value import SecretValue
    from secretshift.settings.types import TuiSettings
    from secretshift.workflow.services import Services, Sources, Verifier
    from secretshift.workflow.verify import VerifyPlan

    from .app import SecretshiftApp

LOOK, SCAN, PLAN, RUN, UNDO, DOCTOR, READ = "look", "scan", "plan", "run", "undo", "doctor", "read"
WRITES = (RUN, UNDO)
"""Journeys that change a cloud; one at a time."""


class Actions:
    """See the module."""

    def __init__(self, app: SecretshiftApp) -> None:
        self._app = app

    @property
    def _services(self) -> Services:
        services = self._app.session.services
        if services is None:
            raise UsageProblem("The workspace is not open yet", hint="It takes a moment")
        return services

    def _start(
        self,
        name: str,
        work: Callable[[Services, Emit, CancelToken], Any],
        done: Callable[[Any], None],
    ) -> None:
        services = self._services
        self._app.journey(name, lambda emit, cancel: work(services, emit, cancel), done)

    # Start

    def look(self) -> None:
        """Find out where one could look."""
        if self._app.bridge.busy(LOOK):
            return
        from secretshift.workflow.sources import discover

        session = self._app.session

        def done(_result: object) -> None:
            session.looked = True
            self._app.changed("sources")

        self._start(LOOK, lambda s, e, c: discover(s, session.here, e, c), done)

    def check_source(self, id: str) -> None:  # noqa: A002
        """Look at a source again, as it is now."""
        from secretshift.workflow.sources import check_again

        session = self._app.session
        source = session.sources[id]
        if not source.checked:
            return
        session.sources[id] = replace(source, checked=False)

        def done(found: Any) -> None:
            session.sources = {
                (found.id if known == id else known): (found if known == id else other)
                for known, other in session.sources.items()
            }
            if found.ready and (not source.ready or id in session.chosen):
                session.chosen.add(found.id)
            if found.id != id or not found.ready:
                session.chosen.discard(id)
            self._app.changed("sources")

        self._start(READ, lambda s, _e, _c: check_again(s, source), done)
        self._app.changed("sources")

    def add_source(self, text: str, failed: Callable[[SecretshiftError], None]) -> None:
        """Take a folder or a profile that a person typed into the list, ticked if it is ready."""
        from secretshift.workflow.sources import named

        session = self._app.session

        def done(found: Any) -> None:
            session.sources[found.id] = found
            if found.ready:
                session.chosen.add(found.id)
            self._app.changed("sources")

        self.read(lambda s: named(s, session.here, text), done, failed)

    def choose_regions(self) -> None:
        """Every region, or only those of the configuration."""
        self._app.session.every_region = not self.every_region
        self._app.changed("sources")

    def choose_history(self) -> None:
        """The whole git history of the chosen repositories, or only their files as they are."""
        self._app.session.history = not self._app.session.history
        self._app.changed("sources")

    @property
    def every_region(self) -> bool:
        chosen = self._app.session.every_region
        return not self._app.session.settings.aws.regions if chosen is None else chosen

    def choose(self, id: str) -> None:  # noqa: A002
        """Look there, or do not."""
        session = self._app.session
        source = session.sources.get(id)
        if source is None or not source.ready:
            return
        session.chosen ^= {id}
        self._app.changed("sources")

    def sources_chosen(self) -> Sources:
        """The chosen places as a request."""
        from secretshift.workflow.services import Sources

        session = self._app.session
        settings = session.settings
        found = [source for key, source in session.sources.items() if key in session.chosen]
        paths = tuple(source.path for source in found if source.path)
        logins = [source for source in found if source.kind == "aws"]
        profiles = tuple(source.profile or "" for source in logins)
        return Sources(
            paths=paths,
            aws=bool(logins),
            profiles=() if profiles == ("",) else profiles,
            regions=() if self.every_region else settings.aws.regions,
            all_regions=self.every_region,
            exclude_regions=settings.aws.exclude_regions,
            exclude_paths=settings.scan.exclude,
            include_paths=settings.scan.include,
            history=session.history and any(source.kind == "git" for source in found),
        )

    # Scan

    def scan(self, sources: Sources | None = None) -> None:
        """Look for credentials; the report replaces the last one when it is complete."""
        if self._app.bridge.busy(SCAN, PLAN):
            return
        from secretshift.workflow.scan import scan

        session = self._app.session
        asked = sources or self.sources_chosen()
        session.asked = asked
        session.live.clear()
        session.shown = []
        session.not_read.clear()
        session.progress.clear()
        session.silent.clear()
        session.scan_error = None
        for note in [note for note in session.notes if note.level != "warning"]:
            session.notes.remove(note)

        def done(result: Any) -> None:
            session.scanned = result
            session.report, session.elsewhere = result.report, ()
            session.scanned_at = datetime.now(UTC)
            self._app.changed("scan")
            self.overview()

        self._start(SCAN, lambda s, e, c: scan(s, asked, e, c), done)
        self._app.changed("scan")

    def overview(self) -> None:
        """The rows of the list, from the report, the decisions and the journal."""
        from secretshift.workflow.credentials import overview

        session = self._app.session
        report, plan, at = session.report, session.plan, session.scanned_at
        if report is None:
            return

        def done(rows: Any) -> None:
            session.rows = tuple(rows)
            session.listed = report
            session.marks &= {row.credential.id for row in session.rows}
            self._app.changed("credentials")

        self._start(READ, lambda s, _e, _c: overview(s, report, plan, scanned=at), done)

    # Decisions

    def decide(
        self,
        ids: Sequence[CredentialId],
        choice: Choice | None,
        reason: str = "",
        until: str = "",
        failed: Callable[[SecretshiftError], None] | None = None,
    ) -> None:
        from secretshift.workflow.decisions import DecideRequest, decide

        request = DecideRequest(tuple(ids), choice, reason, until)

        def done(_made: object) -> None:
            self._app.say(f"Decided for {len(ids):,}. u takes it back.")
            self.overview()

        self.read(lambda s: decide(s, request), done, failed)

    def take_back(self) -> None:
        from secretshift.workflow.decisions import take_back_last

        def done(ids: Any) -> None:
            self._app.say(
                f"The last decision is taken back, for {len(ids):,}." if ids else "No decision yet."
            )
            self.overview()

        self._start(READ, lambda s, _e, _c: take_back_last(s), done)

    # Plan

    def plan(self, ids: Sequence[CredentialId] | None = None, *, anew: bool = False) -> None:
        """Plan for these credentials (None: as before); reads, and writes nothing. anew: from what
        is there now, where the last scan may be behind."""
        if self._app.bridge.busy(SCAN, PLAN):
            return
        from secretshift.model.findings import CredentialId
        from secretshift.workflow.chosen import places_of, replaced
        from secretshift.workflow.plan import PlanRequest, plan, plan_from

        session = self._app.session
        if ids is not None:
            session.planned_for = tuple(ids)
            session.left_out = set()
        if session.report is not None:
            chosen = [CredentialId(name) for name in session.planned_for]
            session.planned_places = places_of(
                chosen, session.report.findings, session.planned_places
            )
        session.plan_error = None
        scanned = None if anew else session.scanned
        sources = session.asked or self.sources_chosen()
        wanted = set(session.planned_for)
        request = PlanRequest(
            sources=sources,
            min_confidence=session.settings.plan.min_confidence,
            only=tuple(f"credential:{name}" for name in session.planned_for),
            edits=tuple(edit for edit in session.edits.values() if edit.credential in wanted),
            left_out=tuple(sorted(session.left_out)),
        )

        def work(services: Services, emit: Emit, cancel: CancelToken) -> Any:
            if scanned is None:
                return plan(services, request, emit, cancel)
            return plan_from(services, request, scanned, emit, cancel)

        def done(result: Any) -> None:
            session.plan = result.plan
            session.replaced = replaced(session.planned_places, result.scanned)
            if scanned is None:
                session.scanned = result.scanned
                session.report = result.scanned.report
                session.scanned_at = datetime.now(UTC)
            self._app.changed("plan")
            self.overview()

        session.reading.clear()
        session.closely.clear()
        session.silent.clear()
        self._start(PLAN, work, done)
        self._app.changed("plan")

    def leave_out(self, key: str) -> None:
        """Leave a function or a variable out of the plan, or put it back; the plan is made anew."""
        self._app.session.left_out ^= {key}
        self.plan()

    # Runs

    def run(self, plan: Plan, consent: Consent) -> None:
        """Carry the plan out. The caller has the person's consent."""
        if self._app.read_only or self._app.bridge.busy(*WRITES, PLAN):
            return
        from secretshift.execution.steps import planned_steps
        from secretshift.model.journeys import Consent
        from secretshift.workflow.migrate import MigrateRequest, migrate

        session = self._app.session
        sources = session.asked
        request = MigrateRequest(
            plan=plan,
            consent=consent,
            profiles=sources.profiles if sources is not None else session.settings.aws.profiles,
            concurrency=session.settings.migrate.concurrency,
        )
        state = session.begin_run("run", plan, planned_steps(plan, consent), self._app.clock())
        state.keeps = consent is Consent.SWITCH
        self._start(RUN, lambda s, e, c: migrate(s, request, e, c), self._run_over)
        self._app.changed("run")

    def resume(self, run: str, plan: Plan, consent: Consent) -> None:
        if self._app.read_only or self._app.bridge.busy(*WRITES):
            return
        from secretshift.execution.steps import planned_steps
        from secretshift.model.journeys import Consent
        from secretshift.workflow.migrate import resume

        session = self._app.session
        steps = planned_steps(plan, consent)
        state = session.begin_run("resume", plan, steps, self._app.clock(), run)
        state.keeps = consent is Consent.SWITCH
        concurrency = session.settings.migrate.concurrency

        def work(services: Services, emit: Emit, cancel: CancelToken) -> Any:
            return resume(services, run, consent, emit, cancel, concurrency=concurrency)

        self._start(RUN, work, self._run_over)
        self._app.changed("run")

    def undo(
        self,
        run: str,
        plan: Plan,
        *,
        accept_rotated: bool = False,
        restore_deleted: bool = False,
    ) -> None:
        if self._app.read_only or self._app.bridge.busy(*WRITES):
            return
        from secretshift.workflow.undo import UndoRequest, undo

        session = self._app.session
        session.begin_run("undo", plan, (), self._app.clock(), run)
        request = UndoRequest(
            run,
            accept_rotated=accept_rotated,
            concurrency=session.settings.migrate.concurrency,
            restore_deleted=restore_deleted,
        )
        self._start(UNDO, lambda s, e, c: undo(s, request, e, c), self._run_over)
        self._app.changed("run")

    def _run_over(self, result: Any) -> None:
        session = self._app.session
        run = session.run
        if run is not None:
            run.result = result
            run.run = result.run or run.run
            run.ended = self._app.clock()
        if session.plan is not None and run is not None and run.mode != "undo":
            session.plan = None
        session.marks.clear()
        self._app.changed("run")
        if run is not None and run.run:
            self.proof(run.run)
        self.runs()
        self.overview()

    def stop(self) -> bool:
        """Stop after the change in hand; whether there was anything to stop."""
        run = self._app.session.run
        stopped = self._app.bridge.stop(*WRITES) or self._app.bridge.stop(SCAN, PLAN, DOCTOR)
        if stopped and run is not None and not run.over:
            run.stopping = True
        self._app.changed("run", "scan", "plan")
        return stopped

    def proof(self, run: str) -> None:
        """What was proved in a run, and what is left for a person."""
        from secretshift.workflow.proof import proof

        session = self._app.session

        def done(found: Any) -> None:
            session.proof = found
            self._app.changed("proof")

        self._start(READ, lambda s, _e, _c: proof(s, run), done)

    def tick(self, run: str, todo: str, done_now: bool) -> None:
        from secretshift.workflow.proof import tick

        session = self._app.session

        def done(found: Any) -> None:
            session.proof = found
            self._app.changed("proof")

        self._start(READ, lambda s, _e, _c: tick(s, run, todo, done=done_now), done)

    def runs(self) -> None:
        """Former runs, newest first."""
        from secretshift.workflow.runs import runs

        session = self._app.session

        def work(services: Services, _emit: Emit, _cancel: CancelToken) -> Any:
            found = runs(services)
            journal = services.journal()
            stopped = {r.id for r in found if r.status == "running" and not journal.busy(r.id)}
            return found, frozenset(stopped)

        def done(found: Any) -> None:
            session.runs, session.stopped_runs = found
            self._app.changed("runs")

        self._start(READ, work, done)

    def open_run(self, run: str) -> None:
        """Show a former run in the views of a live one."""
        from secretshift.workflow.runs import show

        def done(detail: Any) -> None:
            from .reopened import reopened

            self._app.session.run = reopened(detail)
            self._app.changed("run")
            self._app.goto("run")
            self.proof(run)

        self._start(READ, lambda s, _e, _c: show(s, run), done)

    # Doctor

    def doctor(self) -> None:
        if self._app.bridge.busy(DOCTOR):
            return
        from secretshift.model.findings import SourceError
        from secretshift.workflow.doctor import DoctorRequest, doctor

        session = self._app.session
        session.checks.clear()
        services, problem = session.services, session.problem
        trouble = None
        if problem is not None:
            trouble = SourceError(problem.code, "workspace", str(problem), problem.hint)
        request = DoctorRequest(
            sources=session.asked or self.sources_chosen(),
            terminal=self._app.terminal_facts(),
            trouble=trouble,
        )
        self._app.journey(
            DOCTOR,
            lambda emit, cancel: doctor(services, request, emit, cancel),
            lambda _result: self._app.changed("doctor"),
        )
        self._app.changed("doctor")

    # Settings

    def plugins(self) -> None:
        """What extends the program, and what did not load."""
        from secretshift.workflow.plugins import plugins

        session = self._app.session

        def done(found: Any) -> None:
            session.plugins = tuple(
                (f"{plugin.kind} {plugin.name} {plugin.version}".strip(), str(plugin.state), said)
                for plugin in found.plugins
                for said in [". ".join(part for part in (plugin.where, plugin.reason) if part)]
            )
            self._app.changed("settings")

        self._start(READ, lambda s, _e, _c: plugins(s), done)

    def change_setting(self, name: str, value: bool | int | str) -> None:
        """Keep one setting of the interface in the person's own file, and follow it."""
        session = self._app.session
        before: bool | int | str = getattr(session.settings.tui, name)
        self._keep(f"tui.{name}", value, before)

    def change_key(self, action: str, key: str) -> None:
        """Give an action another key; "" the one that it came with."""
        before = self._app.keymap.remapped.get(action)
        self._keep(f"tui.keys.{action}", key or None, before)

    def take_setting_back(self) -> None:
        session = self._app.session
        if session.settings_before:
            name, value = session.settings_before.pop()
            self._keep(name, value, None, remember=False)

    def _keep(
        self,
        name: str,
        value: bool | int | str | None,
        before: bool | int | str | None,
        *,
        remember: bool = True,
    ) -> None:
        from secretshift.settings.write import change

        session = self._app.session
        own = session.settings.own
        if own is None:
            self._app.say("There is no place for settings of your own here.", "warning")
            return

        def done(file: Any) -> None:
            if remember:
                session.settings_before.append((name, before))
            session.settings = replace(
                session.settings, own=file, tui=_with(session.settings.tui, name, value)
            )
            self._app.follow_settings()
            self._app.changed("settings")

        self._app.journey(READ, lambda _e, _c: change(own, name, value), done)

    # One credential

    def titles(self) -> Mapping[str, str]:
        """What a person calls each kind; of the catalogue, so {} before the workspace is open."""
        return {kind.id: kind.title for kind in self.kinds()}

    def kinds(self) -> Sequence[Kind]:
        """The catalogue; () before the workspace is open."""
        services = self._app.session.services
        return services.catalogue.kinds if services else ()

    def who(self) -> str:
        """Who stands in the journal."""
        return self._services.who()

    def context(
        self,
        location: Location,
        done: Callable[[Any], None],
        failed: Callable[[SecretshiftError], None],
    ) -> None:
        """What lies around a finding, masked."""
        from secretshift.workflow.context import context

        self.read(lambda s: context(s, location), done, failed)

    def moments(
        self,
        credential: CredentialId,
        done: Callable[[Any], None],
        failed: Callable[[SecretshiftError], None],
    ) -> None:
        """What happened to a credential."""
        from secretshift.workflow.moments import moments

        self.read(lambda s: moments(s, credential), done, failed)

    def reveal(
        self,
        finding: Finding,
        done: Callable[[SecretValue], None],
        failed: Callable[[SecretshiftError], None],
    ) -> None:
        """Read a value to show it; that it is shown stands in the journal before it comes."""
        from secretshift.workflow.reveal import reveal

        self.read(lambda s: reveal(s, finding), done, failed)

    # Issuers

    def issuers(
        self,
        findings: Sequence[Finding],
        done: Callable[[tuple[VerifyPlan, Verifier]], None],
        failed: Callable[[SecretshiftError], None],
    ) -> None:
        """What would be sent to whom about these. Sends nothing."""
        from secretshift.model.findings import ScanReport
        from secretshift.workflow.verify import verify_plan

        services, scanned = self._services, self._app.session.scanned
        functions = scanned.functions if scanned is not None else ()
        report = ScanReport(findings=tuple(findings))

        def work(_emit: Emit, cancel: CancelToken) -> tuple[VerifyPlan, Verifier]:
            verifier = services.verifier()
            return verify_plan(services, report, functions, verifier, cancel), verifier

        self._app.journey(READ, work, done, failed)

    def ask_issuers(self, plan: VerifyPlan, verifier: Verifier) -> None:
        """Send it. The caller has the person's consent."""
        from secretshift.model.journeys import ignore
        from secretshift.workflow.remembered import last_scan
        from secretshift.workflow.services import Sources
        from secretshift.workflow.verify import keep_verified, verify

        session = self._app.session
        report, asked = session.report, session.asked
        if report is None:
            return

        def work(services: Services, emit: Emit, cancel: CancelToken) -> Any:
            said = verify(services, plan, verifier, ignore, cancel)
            last = last_scan(services)
            sources = asked or (last.sources if last is not None else Sources())
            keep_verified(services, sources, report, said, emit)
            return said.outcomes

        def done(outcomes: Any) -> None:
            if session.report is not None:
                all_of_them = {**session.report.verification, **outcomes}
                session.report = replace(session.report, verified=tuple(all_of_them.items()))
            said = [one for key, one in outcomes.items() if key not in plan.not_checked]
            many = f"{counted(len(said), 'answer')}; i says it of each"
            self._app.say(gate(f"{said[0].sentence if len(said) == 1 else many}."))
            self.overview()

        self._start(READ, work, done)

    def write(
        self,
        path: Path,
        text: Callable[[], str],
        done: Callable[[Path], None],
        failed: Callable[[SecretshiftError], None],
        *,
        replace: bool = False,
    ) -> None:
        """Write a file that the person asked for. text: made on the thread that writes it."""
        from secretshift.workflow.written import write_file

        self._app.journey(
            READ, lambda _e, _c: write_file(path, text(), replace=replace), done, failed
        )

    # Reading in passing

    def read(
        self,
        work: Callable[[Services], Any],
        done: Callable[[Any], None],
        failed: Callable[[SecretshiftError], None] | None = None,
    ) -> None:
        """Something small that is read for one view; its failure is said unless ``failed`` is
        given."""
        services = self._services
        self._app.journey(READ, lambda _e, _c: work(services), done, failed)


def _with(tui: TuiSettings, name: str, value: bool | int | str | None) -> TuiSettings:
    """The settings with one key changed; None is what it came with."""
    _, _, rest = name.partition(".")
    if rest.startswith("keys."):
        action = rest.removeprefix("keys.")
        keys = {key: text for key, text in tui.keys.items() if key != action}
        if value is not None:
            keys[action] = str(value)
        return replace(tui, keys=MappingProxyType(keys))
    return replace(tui, **{rest: value})  # type: ignore[arg-type]  # checked when it was written


def sentence_of(error: SecretshiftError) -> Safe:
    """What happened, to what, what to do."""
    where = f" ({error.resource})" if error.resource else ""
    hint = f" {error.hint.rstrip('.')}." if error.hint else ""
    return gate(f"{error.what.rstrip('.')}{where}.{hint}")
