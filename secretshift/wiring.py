"""Settings in, services out: the one module that knows the concrete classes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

from secretshift.model.errors import ExitCode, UsageProblem
from secretshift.settings import Settings, look_up, own_path

if TYPE_CHECKING:
    from secretshift.catalogue import Catalogue
    from secretshift.demo.playground import Playground
    from secretshift.detection import Detector as DetectorHere
    from secretshift.detection.apart import DetectorApart
    from secretshift.history.remembering import Whole
    from secretshift.model.journeys import Emit
    from secretshift.model.ports import Cloud
    from secretshift.model.secret_value import Fingerprinter
    from secretshift.model.sources import Login
    from secretshift.state.database import Database
    from secretshift.state.workspace import Workspace
    from secretshift.workflow.kept_files import KeptFiles
    from secretshift.workflow.services import (
        DecisionLog,
        Detector,
        FileSource,
        HistorySource,
        Journal,
        OpenHistory,
        ReadBefore,
        RevealLog,
        ScanShelf,
        Services,
        Verifier,
    )

    OpenWhole = Callable[[Path, bool], Whole]

T = TypeVar("T")


def load_settings(config: Path | None = None) -> Settings:
    """The project's settings with the user's own. Raises UsageProblem for a key that is not
    known."""
    return look_up(config, Path.cwd(), own_path())


def services(
    settings: Settings,
    *,
    workspace: Path | None = None,
    emit: Emit | None = None,
    apart: bool = False,
    anew: bool = False,
) -> Services:
    """Everything that the journeys need. Cloud SDKs, engines and the database load when used.

    apart: look for credentials in a process of its own, for a program that has to answer keys
    meanwhile; anew: search histories whole, whatever earlier searches found.
    """
    from secretshift.catalogue import load
    from secretshift.changes.patience import Patience
    from secretshift.model.journeys import ignore
    from secretshift.sources.changed_files import open_changes
    from secretshift.state.workspace import Workspace
    from secretshift.workflow.services import Services, nothing_to_end, nothing_to_heed

    space = Workspace.open(workspace)
    database = _once(lambda: _open_database(space))
    accounts = Accounts()
    catalogue = load(extra=settings.catalogue.extra)
    _warn_of_idle_kinds(settings, emit or ignore)
    here = _once(lambda: _detector_here(settings, catalogue, emit or ignore))
    # What code of the user's prints, or ends, is another process's.
    apart = apart or bool(settings.scan.plugins and settings.named)
    process = _detector_apart(settings, catalogue, emit or ignore) if apart else None
    detector = process or _late(here, settings)
    whole = _histories_apart(settings, emit or ignore) if apart else _histories(here)
    fingerprint = space.fingerprinter()
    return Services(
        settings=settings,
        catalogue=catalogue,
        detector=detector,
        fingerprint=fingerprint,
        layer=ResolverLayer(),
        clouds=accounts.of,
        open_source=_open_source,
        open_changes=lambda path, since, exclude, include: open_changes(
            path, since, exclude=exclude, include=include
        ),
        journal=_once(lambda: _open_journal(space, database())),
        test_events=lambda: _test_events(settings),
        logins=accounts,
        workspace=space.path,
        patience=Patience(steady=settings.migrate.steady_seconds),
        decisions=lambda: _decisions(database()),
        reveals=lambda: _reveals(database()),
        scans=lambda: _scans(database()),
        who=_user,
        verifier=lambda: _verifier(settings),
        open_history=_remembering(settings, space, whole, detector, emit or ignore, anew=anew),
        read_before=_reading_before(
            settings, space, detector, fingerprint, emit or ignore, anew=anew
        ),
        rest=process.rest if process else nothing_to_end,
        heeding=process.heeding if process else nothing_to_heed,
    )


def _open_source(path: Path, exclude: Sequence[str], include: Sequence[str] = ()) -> FileSource:
    from secretshift.detection.promise import promise_of
    from secretshift.sources.worktree import open_source

    return open_source(path, exclude=exclude, include=include, sooner=promise_of)


def _warn_of_idle_kinds(settings: Settings, emit: Emit) -> None:
    """A folder that was named and adds nothing is most likely another one than was meant."""
    if not settings.catalogue.extra:
        return
    from secretshift.catalogue import without_kinds
    from secretshift.model.journeys import Note

    for path, why in without_kinds(settings.catalogue.extra).items():
        emit(Note(f"[catalogue] extra adds no kind: {path} {why}", "warning"))


def catch_up(settings: Settings, path: Path, *, workspace: Path | None) -> None:
    """Keep what a search of a history would find now, where it only has to go on from an earlier
    one. Says nothing."""
    from secretshift.history.remembering import RememberedHistory

    opened = services(settings, workspace=workspace).open_history(path, False)
    if isinstance(opened, RememberedHistory):
        opened.catch_up()


def _detector_here(settings: Settings, catalogue: Catalogue, emit: Emit) -> DetectorHere:
    from secretshift.detection import Detector as DetectorHere

    return DetectorHere(
        catalogue,
        plugin_paths=_trusted_plugins(settings, emit),
        rule_paths=settings.scan.rules,
        announce=_noting(emit),
    )


def _rules(settings: Settings) -> str:
    """A text that changes with whatever decides, "" where nothing may be kept: code of the user's
    may go by anything."""
    from secretshift.history.gaps import MAX_BYTES
    from secretshift.history.rule_set import rule_set

    if settings.scan.plugins and settings.named:
        return ""
    return rule_set((*settings.catalogue.extra, *settings.scan.rules), MAX_BYTES)


def _reading_before(
    settings: Settings,
    space: Workspace,
    detector: Detector,
    fingerprint: Fingerprinter,
    emit: Emit,
    *,
    anew: bool,
) -> Callable[[Services, str], ReadBefore | None]:
    def made() -> KeptFiles:
        from secretshift.state.searches import Searches
        from secretshift.workflow.kept_files import KeptFiles

        shelf = Searches(space, _noting(emit))
        return KeptFiles(
            shelf, detector, fingerprint, lambda: _rules(settings), space.text_digest, anew
        )

    once = _once(made)
    return lambda services, path: once().reading(services, path)


def _late(here: Callable[[], DetectorHere], settings: Settings) -> Detector:
    """Rules and plugins of the user's are looked at before anything is read."""
    from secretshift.workflow.late_detector import LateDetector

    return here() if settings.scan.rules or settings.scan.plugins else LateDetector(here)


def _histories(detector: Callable[[], DetectorHere]) -> OpenWhole:
    """The processes that share the work on a history are copies of this one, detector included."""

    def open_history(path: Path, unreachable: bool) -> Whole:
        from secretshift.history.repository import History

        return History(path, detector(), unreachable=unreachable)

    return open_history


def _histories_apart(settings: Settings, emit: Emit) -> OpenWhole:
    """A program with threads must not make copies of itself, so each search has its process."""

    def open_history(path: Path, unreachable: bool) -> Whole:
        from secretshift.history.apart import HistoryApart
        from secretshift.model.journeys import ignore

        return HistoryApart(
            path,
            unreachable=unreachable,
            kinds=settings.catalogue.extra,
            # What is not loaded was said of the detector.
            plugin_paths=_trusted_plugins(settings, ignore),
            rule_paths=settings.scan.rules,
            announce=_noting(emit),
            at_once=True,
        )

    return open_history


def _remembering(
    settings: Settings,
    space: Workspace,
    whole: OpenWhole,
    judge: Detector,
    emit: Emit,
    *,
    anew: bool,
) -> OpenHistory:
    """What no ref reaches is not remembered: it goes without a word of any ref."""

    def open_history(path: Path, unreachable: bool) -> HistorySource:
        if unreachable:
            return whole(path, unreachable)
        from secretshift.history.gaps import MAX_BYTES
        from secretshift.history.remembering import RememberedHistory
        from secretshift.state.searches import Searches

        return RememberedHistory(
            path,
            lambda: whole(path, unreachable),
            lambda: judge,
            space.fingerprinter(),
            Searches(space, _noting(emit)),
            lambda: _rules(settings),
            limit=MAX_BYTES,
            anew=anew,
        )

    return open_history


def _detector_apart(settings: Settings, _catalogue: Catalogue, emit: Emit) -> DetectorApart:
    from secretshift.detection.apart import DetectorApart

    return DetectorApart(
        kinds=settings.catalogue.extra,
        plugin_paths=_trusted_plugins(settings, emit),
        rule_paths=settings.scan.rules,
        announce=_noting(emit),
    )


def _test_events(settings: Settings) -> Mapping[str, bytes]:
    """Payload of each function's test event. Raises UsageProblem for one that cannot be read."""
    payloads = {name: function.payload() for name, function in settings.functions.items()}
    return {name: payload for name, payload in payloads.items() if payload is not None}


def _noting(emit: Emit) -> Callable[[str], None]:
    from secretshift.model.journeys import Note

    return lambda sentence: emit(Note(sentence))


def _trusted_plugins(settings: Settings, emit: Emit) -> tuple[Path, ...]:
    """Plugins are code: they are loaded only from a configuration that the person named."""
    if settings.scan.plugins and not settings.named:
        from secretshift.model.journeys import Note

        emit(Note(f"Plugins of {settings.file} are not loaded; trust it with --config", "warning"))
        return ()
    return settings.scan.plugins


def _verifier(settings: Settings) -> Verifier:
    """Rule files that nobody named may say what is found, and not who gets it."""
    from secretshift.verification.issuers import Issuers

    return Issuers(settings.verify.endpoints, settings.scan.rules if settings.named else ())


def _open_database(space: Workspace) -> Database:
    from secretshift.state.database import open_database

    return open_database(space)


def _open_journal(space: Workspace, database: Database) -> Journal:
    from secretshift.state.journal import Journal as SqlJournal

    return SqlJournal(space, opened=database)


def _decisions(database: Database) -> DecisionLog:
    from secretshift.state.decisions import Decisions

    return Decisions(database)


def _reveals(database: Database) -> RevealLog:
    from secretshift.state.decisions import Reveals

    return Reveals(database)


def _scans(database: Database) -> ScanShelf:
    from secretshift.state.scans import Scans

    return Scans(database)


def _user() -> str:
    """By the system's own list, not by a variable that anybody can set."""
    import os
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def _once(make: Callable[[], T]) -> Callable[[], T]:
    lock = threading.Lock()
    made: list[T] = []

    def get() -> T:
        with lock:
            if not made:
                made.append(make())
            return made[0]

    return get


class Accounts:
    """AWS accounts by profile: which ones there are, and each opened once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, Cloud] = {}

    def of(self, profiles: Sequence[str]) -> tuple[Cloud, ...]:
        """None named, and the name "", mean the default credentials."""
        with self._lock:
            return tuple(self._one(name) for name in profiles or ("",))

    def found(self) -> tuple[Login, ...]:
        try:
            from secretshift.clouds.aws.logins import found_logins

            return found_logins()
        except ModuleNotFoundError as error:
            raise _without_sdk(error) from None

    def renew(self, profile: str | None) -> None:
        with self._lock:
            self._open.pop(profile or "", None)

    def _one(self, name: str) -> Cloud:
        if name not in self._open:
            try:
                from secretshift.clouds.aws.accounts import AwsCloud
            except ModuleNotFoundError as error:
                raise _without_sdk(error) from None
            self._open[name] = AwsCloud(name or None, None)
        return self._open[name]


def _without_sdk(error: ModuleNotFoundError) -> Exception:
    return _lacks("aws") if error.name in ("boto3", "botocore") else error


def _lacks(extra: str) -> UsageProblem:
    return UsageProblem(
        f"This installation has no support for {extra}",
        hint=f"Install it with: pip install 'secretshift[{extra}]'",
        code="not-installed",
    )


class ResolverLayer:
    """The resolver as it is built into this package."""

    @property
    def name(self) -> str:
        from secretshift.resolver.packing import LAYER_NAME

        return LAYER_NAME

    @property
    def sha256(self) -> str:
        from secretshift.resolver.packing import layer_sha256

        return layer_sha256()

    def zip_bytes(self) -> bytes:
        from secretshift.resolver.packing import layer_zip

        return layer_zip()

    def probe_zip(self, runtime: str) -> tuple[bytes, str]:
        from secretshift.resolver.packing import probe_zip

        return probe_zip("nodejs" if runtime.startswith("nodejs") else "python")


def demo_headless(out: TextIO) -> ExitCode:
    """The main job against the embedded cloud, told as it goes. Raises UsageProblem where the
    extra is not installed."""
    _need_demo()
    from secretshift.demo.story import tell

    return tell(out, _demo_services)


def demo_serve(*, empty: bool, port: int | None, out: TextIO) -> None:
    """Keep the embedded cloud up until SIGINT or SIGTERM."""
    _need_demo()
    from secretshift.demo.serve import serve

    serve(empty=empty, port=port, out=out)


def demo_playground(settings: Settings) -> Playground:
    """The embedded cloud for the terminal interface, not yet started. Raises UsageProblem where
    the extra is not installed."""
    _need_demo()
    from secretshift.demo.playground import Playground

    return Playground(
        settings, lambda s, path, emit: services(s, workspace=path, emit=emit, apart=True)
    )


def _need_demo() -> None:
    if any(find_spec(name) is None for name in ("boto3", "ministack")):
        raise _lacks("demo")


def _demo_services(workspace: Path, emit: Emit) -> Services:
    return services(Settings(), workspace=workspace, emit=emit)
