"""What journeys need from outside; the concrete classes are chosen in ``wiring``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from secretshift.changes.patience import Patience
from secretshift.execution.journaling import Journal as ExecutionJournal
from secretshift.model.decisions import Reveal
from secretshift.model.errors import Unavailable
from secretshift.model.findings import (
    CredentialId,
    Finding,
    HistoryLocation,
    Sighting,
    SourceError,
    Spotted,
    Verdict,
)
from secretshift.model.journeys import CancelToken
from secretshift.model.secret_value import Fingerprint, Fingerprinter, SecretValue
from secretshift.model.sources import Login
from secretshift.model.verification import Outcome

if TYPE_CHECKING:
    from secretshift.catalogue import Catalogue
    from secretshift.changes.context import Layer
    from secretshift.execution.journaling import ChangeRecord
    from secretshift.model.ports import Cloud
    from secretshift.settings import Settings
    from secretshift.state.decisions import DecisionLine
    from secretshift.state.records import ChangeRecord as FoldedChange
    from secretshift.state.records import Entry, RunRecord


class PluginProblem(Protocol):
    @property
    def plugin(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def ran(self) -> bool:
        """Whether it was loaded, and failed on something that it was asked of."""
        ...


class Detector(Protocol):
    """Finds credentials in a text or an environment. problems: plugins that did not load or run."""

    @property
    def problems(self) -> Sequence[PluginProblem]: ...
    @property
    def not_asked(self) -> Sequence[str]:
        """What plugins were not asked of, in sentences."""
        ...

    def environment(self, variables: Mapping[str, SecretValue]) -> tuple[Verdict, ...]: ...
    def text(self, path: str, text: str) -> tuple[Verdict, ...]: ...
    def left_out(self, path: str) -> str:
        """What of a file was left out when it was looked at last, in words; "" if nothing was."""
        ...

    def sightings(self, path: str, text: str) -> tuple[Sighting, ...]: ...


class SourceFile(Protocol):
    @property
    def root(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def lines(self) -> tuple[tuple[int, int], ...] | None: ...
    @property
    def number(self) -> int:
        """Its place in the order in which files are told."""
        ...


class FileSource(Protocol):
    """A work tree or folder, or what changed in one."""

    @property
    def counts(self) -> Mapping[str, int]: ...
    @property
    def total(self) -> int | None: ...
    @property
    def not_searched(self) -> tuple[str, ...]: ...
    def files(self, cancel: CancelToken) -> Iterator[SourceFile | SourceError]: ...


class ReadBefore(Protocol):
    """What is known of files since they were read the last time. ``keep`` once all are read."""

    def known(self, file: SourceFile, /) -> tuple[Finding, ...] | None:
        """None for a file that is new or another one."""
        ...

    def judged(self, file: SourceFile, found: tuple[Finding, ...], /) -> None: ...
    def keep(self) -> None: ...


class OpenSource(Protocol):
    """Opens what stands at a path. exclude, include: patterns as in .gitignore; where both fit, a
    file is left out. Raises UsageProblem where nothing is there."""

    def __call__(
        self, path: Path, exclude: Sequence[str], include: Sequence[str] = (), /
    ) -> FileSource: ...


class OpenChanges(Protocol):
    """Opens what is new at a path in a work tree: since a commit, or what is staged for "". Raises
    UsageProblem where there is no repository or no such commit, Refused where what git has does
    not reach back far enough."""

    def __call__(
        self, path: Path, since: str, exclude: Sequence[str], include: Sequence[str], /
    ) -> FileSource: ...


class HistorySource(Protocol):
    """The whole history of one repository.

    root: absolute path of the work tree, or of a bare repository; counts: blobs and bytes, and
    what was skipped by reason; not_searched: sentences; seen: how many values were met while
    nothing is given yet. ``findings`` gives one item for each value and path, with what is known
    of its commits: a finding where no value is at hand; and before, it may give what was spotted.
    It calls ``emit_progress`` with bytes done and in all, and raises Interrupted.
    """

    @property
    def root(self) -> str: ...
    @property
    def counts(self) -> Mapping[str, int]: ...
    @property
    def not_searched(self) -> tuple[str, ...]: ...
    @property
    def seen(self) -> int: ...
    def begin(self) -> None: ...
    def findings(
        self, emit_progress: Callable[[int, int], None], cancel: CancelToken, /
    ) -> Iterator[tuple[Verdict, HistoryLocation] | Finding | Spotted | SourceError]: ...


class OpenHistory(Protocol):
    """Opens the repository at a path, or around it. unreachable: with what no ref reaches. Raises
    NotFound (``no-repository``) where there is none, and what git says of one that it does not
    open."""

    def __call__(self, path: Path, unreachable: bool, /) -> HistorySource: ...


class ReadyToAsk(Protocol):
    """What would be sent about one credential, to which hosts. Lives in memory only."""

    @property
    def hosts(self) -> tuple[str, ...]: ...


class Said(Protocol):
    @property
    def outcome(self) -> Outcome: ...
    @property
    def reason(self) -> str: ...


class Verifier(Protocol):
    """Asks whoever gave a credential out. ``ready`` sends nothing: what would be asked about a
    value in a text, or why nobody can be asked; rules: those of its kind. ``ask`` sends it, and
    raises Interrupted once ``stop`` was called."""

    def ready(
        self, text: str, is_it: Callable[[str], bool], rules: frozenset[str], /
    ) -> ReadyToAsk | str: ...
    def ask(self, ready: Any, /) -> Said: ...
    def stop(self) -> None: ...


class Logins(Protocol):
    """The ways into accounts that this machine is set up for."""

    def found(self) -> tuple[Login, ...]:
        """Without asking a cloud. Raises UsageProblem where the cloud's SDK is not installed or
        its configuration cannot be read."""
        ...

    def renew(self, profile: str | None) -> None:
        """The next time that this profile is used it is opened anew, with what is configured
        then."""
        ...


class Journal(ExecutionJournal, Protocol):
    """The whole journal, as the journeys use it."""

    def begin(
        self,
        kind: str,
        plan: Mapping[str, object],
        request: Mapping[str, object],
        *,
        label: str = "",
    ) -> str: ...
    def run(self, id_or_prefix: str) -> RunRecord: ...
    def runs(self) -> tuple[RunRecord, ...]: ...
    def plan(self, run: str) -> Mapping[str, object]: ...
    def request(self, run: str) -> Mapping[str, object]: ...
    def entries(self, run: str) -> tuple[Entry, ...]: ...
    def reopen(self, run: str) -> None: ...
    def note(self, run: str, key: str, data: Mapping[str, object]) -> None: ...
    def notes(self, run: str) -> Mapping[str, Mapping[str, object]]: ...
    def changes(self, run: str) -> tuple[ChangeRecord, ...]: ...
    def all_changes(
        self,
        *,
        type: str | None = None,  # noqa: A002  the word of the product
    ) -> tuple[FoldedChange, ...]: ...


class DecisionLog(Protocol):
    """What was decided about credentials, oldest first."""

    def append(self, lines: Sequence[DecisionLine]) -> None: ...
    def lines(self) -> tuple[DecisionLine, ...]: ...


class RevealLog(Protocol):
    """Whose value was shown."""

    def append(self, reveal: Reveal, fingerprint: Fingerprint) -> None: ...
    def of(self, credential: CredentialId) -> tuple[Reveal, ...]: ...


class ScanShelf(Protocol):
    """Scans that were made, without values."""

    def keep(self, data: Mapping[str, object], time: datetime) -> None: ...
    def newest(
        self, items: Mapping[str, Callable[[object], object]] | None = None
    ) -> tuple[Mapping[str, object], datetime] | None: ...
    def newest_time(self) -> datetime | None: ...
    def first_with(self, credential: str) -> datetime | None: ...


def _no_memory() -> NoReturn:
    raise Unavailable("There is no workspace to remember it in", code="no-workspace")


def _no_history(path: Path, _unreachable: bool, /) -> NoReturn:
    raise Unavailable("Nothing here reads git histories", resource=str(path), code="no-history")


def _no_verifier() -> NoReturn:
    raise Unavailable("Nothing is there that asks issuers", code="no-verifier")


def _nothing_known(_services: Services, _path: str, /) -> None:
    return None


def nothing_to_end() -> None:
    return None


def nothing_to_heed(_cancel: CancelToken) -> AbstractContextManager[None]:
    return nullcontext()


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to look. paths: folders and files; aws: the functions of AWS accounts.

    regions: only these; all_regions: every region that the account has switched on; neither: the
    region that the credentials' configuration names. A profile "" is the default credentials.
    staged, since: of paths only what is new in git's index, or since that commit. history: of
    repositories every version of every file that a ref reaches, too; unreachable: and what none
    does.
    """

    paths: tuple[str, ...] = ()
    aws: bool = False
    profiles: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    all_regions: bool = False
    exclude_regions: tuple[str, ...] = ()
    exclude_paths: tuple[str, ...] = ()
    include_paths: tuple[str, ...] = ()
    staged: bool = False
    since: str = ""
    history: bool = False
    unreachable: bool = False

    @property
    def partial(self) -> bool:
        """Whether only changes are looked at."""
        return self.staged or bool(self.since)


@dataclass(frozen=True, slots=True)
class Services:
    """clouds: opens the accounts of a selection of profiles, in order, "" and none at all being the
    default credentials; journal, decisions, reveals, scans: open the workspace once; workspace: its
    folder; who: the person at the machine, by the name that the system gives them; verifier: made
    for one asking; rest: nothing is to be judged for now, so that a detector which is a process may
    end it; heeding: within it a wish to stop is heard while the detector judges, in this thread."""

    settings: Settings
    catalogue: Catalogue
    detector: Detector
    fingerprint: Fingerprinter
    layer: Layer
    clouds: Callable[[Sequence[str]], tuple[Cloud, ...]]
    open_source: OpenSource
    open_changes: OpenChanges
    journal: Callable[[], Journal]
    test_events: Callable[[], Mapping[str, bytes]]
    logins: Logins
    workspace: Path
    patience: Patience = field(default_factory=Patience)
    decisions: Callable[[], DecisionLog] = _no_memory
    reveals: Callable[[], RevealLog] = _no_memory
    scans: Callable[[], ScanShelf] = _no_memory
    who: Callable[[], str] = str
    verifier: Callable[[], Verifier] = _no_verifier
    now: Callable[[], datetime] = _now
    open_history: OpenHistory = _no_history
    read_before: Callable[[Services, str], ReadBefore | None] = _nothing_known
    rest: Callable[[], None] = nothing_to_end
    heeding: Callable[[CancelToken], AbstractContextManager[None]] = nothing_to_heed
