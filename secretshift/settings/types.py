"""The settings as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ..model.confidence import Confidence
from ..model.errors import UsageProblem

MAX_EVENT_BYTES: Final = 6 * 1024 * 1024
"""Lambda's bound on the payload of a synchronous call.
Source: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """exclude, include: patterns as in .gitignore; fail_on: the confidence from which a finding
    makes the exit code 1, or "none"; plugins: files of detectors (code: see Settings)."""

    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    fail_on: str = "low"
    plugins: tuple[Path, ...] = ()
    rules: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class AwsSettings:
    """profiles: () for the default credentials; regions: () for the one that the login names."""

    profiles: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    exclude_regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """kms_key: "" for AWS's own key; override_owner: names of functions that are changed although
    infrastructure as code owns them; grant_to_role: names of functions whose whole role may get
    the grant although others gain by it; swap_at_once: names of functions whose plaintext may be
    replaced in one write where both forms do not fit."""

    min_confidence: Confidence = Confidence.MEDIUM
    secret_prefix: str = "secretshift"
    kms_key: str = ""
    override_owner: tuple[str, ...] = ()
    grant_to_role: tuple[str, ...] = ()
    swap_at_once: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MigrateSettings:
    """concurrency: functions changed at a time; recovery_days: of a deleted secret, 7 to 30;
    steady_seconds: for how long a new grant has to work before anything relies on it."""

    concurrency: int = 4
    recovery_days: int = 30
    steady_seconds: int = 15


@dataclass(frozen=True, slots=True)
class CatalogueSettings:
    """extra: files of kinds beside the ones that come with the program."""

    extra: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class VerifySettings:
    """endpoints: base URLs that are asked in place of the issuers' own, by host or by the name of
    a rule's variable."""

    endpoints: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """One function's own. test_event: JSON text; test_event_file: where it is read from instead."""

    test_event: str | None = field(default=None, repr=False)
    test_event_file: Path | None = None

    def payload(self) -> bytes | None:
        """The event to call the function with, as JSON; None if none is set.

        Raises UsageProblem if the file cannot be read, is no JSON or is over 6 MiB.
        """
        if self.test_event is not None:
            return self.test_event.encode()
        if self.test_event_file is None:
            return None
        import json  # the first screen is painted without it

        where = str(self.test_event_file)
        try:
            with self.test_event_file.open("rb") as file:
                content = file.read(MAX_EVENT_BYTES + 1)
        except OSError:
            raise UsageProblem("The test event cannot be read", resource=where) from None
        if len(content) > MAX_EVENT_BYTES:
            raise UsageProblem("The test event is over 6 MiB", resource=where)
        try:
            json.loads(content)
        except (ValueError, RecursionError):
            raise UsageProblem("The test event is no JSON", resource=where) from None
        return content


@dataclass(frozen=True, slots=True)
class TuiSettings:
    """The terminal interface. reveal_seconds: how long a value is shown at most; production:
    ids of accounts in which nothing starts without a typed name; keys: action id -> key."""

    theme: str = "dark"
    glyphs: str = "auto"
    linear: bool = False
    read_only: bool = False
    reveal_seconds: int = 10
    animations: bool = False
    production: tuple[str, ...] = ()
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class OwnFile:
    """The user's own file of settings as it was read. stamp: a digest of it, "" if it was not
    there, so that a write sees whether somebody else wrote meanwhile."""

    path: Path
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is set. file: where it was read, None if there is none.

    own: the user's own file, which holds [tui] only, None where none was looked for; of_project:
    the keys of [tui] that the project's file sets, over which a change of the own file does
    nothing.

    named: the person named the file (``--config``). One that only lies in the current folder may
    come from somebody else: the code that scan.plugins names is run only for a named one.
    """

    scan: ScanSettings = field(default_factory=ScanSettings)
    aws: AwsSettings = field(default_factory=AwsSettings)
    plan: PlanSettings = field(default_factory=PlanSettings)
    migrate: MigrateSettings = field(default_factory=MigrateSettings)
    catalogue: CatalogueSettings = field(default_factory=CatalogueSettings)
    verify: VerifySettings = field(default_factory=VerifySettings)
    functions: Mapping[str, FunctionSettings] = field(default_factory=lambda: MappingProxyType({}))
    tui: TuiSettings = field(default_factory=TuiSettings)
    file: Path | None = None
    named: bool = False
    own: OwnFile | None = None
    of_project: frozenset[str] = frozenset()
