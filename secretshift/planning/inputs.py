"""What planning looks at: functions with what was read of them, secrets of ours, and choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from secretshift.model.findings import Finding, SourceError
from secretshift.model.functions import FunctionFacts, FunctionSnapshot, Place
from secretshift.model.ports import Audience, ReferenceStyle, SecretInfo

from .edits import Edits, LeftOut
from .secret_names import Held
from .selection import Selection


@dataclass(frozen=True, slots=True)
class Case:
    """One function with everything that was read of it.

    findings: of ``$LATEST``; held: findings of published versions and aliases.
    route: whether its network reaches the store, and why; event: a test event is configured;
    no_twin: why no throw-away twin can be made, "" if one can. policy: the document that it has
    under our name, "" if none. changed: its variables are no longer those that were judged.
    closed_keys: keys whose own policy keeps its role out, and why.
    """

    snapshot: FunctionSnapshot
    facts: FunctionFacts
    style: ReferenceStyle
    findings: tuple[Finding, ...]
    held: tuple[Finding, ...] = ()
    route: tuple[bool, str] = (True, "")
    event: bool = False
    no_twin: str = ""
    policy: str = ""
    changed: bool = False
    closed_keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Options:
    """What a person chose. prefix: of secret names; override_owner, grant_to_role, swap_at_once:
    names of functions, see the settings of these names; store_files: the place in which
    credentials that lie only in files are stored, None if they are not; edits, left_out: see
    their types."""

    selection: Selection = field(default_factory=Selection)
    prefix: str = "secretshift"
    kms_key: str = ""
    override_owner: tuple[str, ...] = ()
    grant_to_role: tuple[str, ...] = ()
    swap_at_once: tuple[str, ...] = ()
    store_files: Place | None = None
    edits: Edits = field(default_factory=Edits)
    left_out: LeftOut = field(default_factory=LeftOut)


@dataclass(frozen=True, slots=True)
class Onlookers:
    """Who may do what in one place; unseen: why that is not known, "" if it is."""

    style: ReferenceStyle
    audience: Audience | None = None
    unseen: str = ""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that planning looks at.

    owned: secrets of ours for each place; held: what they hold now, by ARN, where that was read;
    named: for each place, whatever secret stands under a name that a person chose, by that name;
    rooms: bytes left for policies, by role, where that is known. onlookers: by place, where
    somebody looked. created: ISO 8601, UTC.
    """

    id: str
    created: str
    cases: tuple[Case, ...]
    file_findings: tuple[Finding, ...] = ()
    history_findings: tuple[Finding, ...] = ()
    owned: Mapping[Place, tuple[SecretInfo, ...]] = field(default_factory=dict)
    held: Mapping[str, Held] = field(default_factory=dict)
    named: Mapping[Place, Mapping[str, SecretInfo]] = field(default_factory=dict)
    rooms: Mapping[str, int] = field(default_factory=dict)
    onlookers: Mapping[Place, Onlookers] = field(default_factory=dict)
    errors: tuple[SourceError, ...] = ()
    not_searched: tuple[str, ...] = ()

    @property
    def today(self) -> date:
        """The day on which the plan is made; planning looks at no clock."""
        return datetime.fromisoformat(self.created).date()
