"""The borders to the clouds. A cloud brings any subset; only model types cross.

Every method raises a SecretshiftError and nothing else for what can happen in operation
(NotFound, AlreadyThere, Refused, Moved, Unavailable, LoginExpired); none carries SDK text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from .functions import (
    EnvironmentWrite,
    FunctionFacts,
    FunctionRef,
    FunctionSnapshot,
    Invocation,
    Place,
)
from .plans import PlanNote
from .runtimes import RuntimeDates
from .secret_value import SecretValue


@dataclass(frozen=True, slots=True)
class Caller:
    """Who runs the program, as the cloud sees it. arn: of the user, role session or root."""

    account: str
    arn: str
    partition: str = "aws"


@dataclass(frozen=True, slots=True)
class SecretInfo:
    """What the store says of a secret without its value. deletion: when it is to be deleted."""

    arn: str
    name: str
    tags: Mapping[str, str]
    kms_key: str = ""
    deletion: datetime | None = None
    owning_service: str = ""
    current_version: str = ""


@dataclass(frozen=True, slots=True)
class SecretVersion:
    arn: str
    version: str
    value: SecretValue


@dataclass(frozen=True, slots=True)
class NewSecret:
    """What is needed to create a secret. token: idempotency token (a random UUID journaled
    before the call, never derived from the value: it becomes the visible version id)."""

    name: str
    value: SecretValue
    description: str
    tags: Mapping[str, str]
    token: str
    kms_key: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """Exactly what one function may read. key: customer key of the secret, "" for the default."""

    secret: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class PolicyGrants:
    """What a policy of ours grants. functions: whom alone, () for all that run as the role."""

    functions: tuple[str, ...]
    grants: tuple[Grant, ...]

    @property
    def of_role(self) -> bool:
        return not self.functions

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset(grant.secret for grant in self.grants)


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask a policy simulation. context: condition keys and their values."""

    action: str
    resource: str
    context: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    question: Question
    allowed: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """Users and roles by name, such as ``role/admin``. sure: whatever the request is like;
    possible: those included that a condition of the request decides about."""

    sure: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()


class Audience(Protocol):
    """Everybody who has rights of their own in an account. Pure: it was read beforehand."""

    def who_may(self, ways: Sequence[Sequence[Question]]) -> Reach:
        """Who may go one of these ways, each of which needs all of its questions answered."""
        ...


@dataclass(frozen=True, slots=True)
class LayerVersion:
    """A published layer version; sha256: base64 as the API gives it."""

    arn: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class NewProbe:
    """A throw-away twin of a function: same role, runtime, architecture, network and key.

    variables holds references and harmless settings only, no plaintext.
    """

    name: str
    twin: FunctionSnapshot
    code: bytes
    handler: str
    layers: tuple[str, ...]
    variables: Mapping[str, str]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run on one function will touch.

    layer: name of our layer, "" if none is used; secrets: name and customer key of each; key: the
    function's own customer key; event: it is called with a test event; twin: a twin is made;
    vpc: the function, and so its twin, is in a network of the account.
    """

    role: str
    layer: str
    secrets: tuple[tuple[str, str], ...]
    key: str
    log_group: str
    event: bool
    twin: bool
    vpc: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """What a variable is replaced by. text: the secret's ARN or the platform's own form, with the
    JSON key in it; template: puts a connection string together, "" if none."""

    name: str
    text: str
    template: str = ""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A new environment and the layers that go with it."""

    variables: Mapping[str, SecretValue]
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """How a function can read a secret. way: "layer" or "code"; why: one sentence;
    code_hint: the code that would read it where the way is "code"; no_twin: why no twin could
    stand for it, "" if one can."""

    way: str
    why: str
    blockers: tuple[PlanNote, ...] = ()
    warnings: tuple[PlanNote, ...] = ()
    code_hint: str = ""
    no_twin: str = ""


class ReferenceStyle(Protocol):
    """How a function platform carries references instead of values. Pure: no call leaves."""

    @property
    def limit(self) -> int:
        """Largest environment in bytes."""
        ...

    def size(self, variables: Mapping[str, SecretValue]) -> int:
        """Bytes as the cloud measures them."""
        ...

    def text(self, secret: str, json_key: str) -> str:
        """The reference to a secret, or to one key of it."""
        ...

    def foreseen(self, place: Place, secret_name: str) -> str:
        """The identifier that a secret will get, with a stand-in where the cloud adds its own
        characters, of the same length."""
        ...

    def assess(
        self, snapshot: FunctionSnapshot, facts: FunctionFacts, names: Sequence[str]
    ) -> Assessment: ...

    def expanded(
        self, now: FunctionSnapshot, references: Sequence[Reference], layer: str
    ) -> Rewrite:
        """References, list, wrapper and layer added; the plaintext stays."""
        ...

    def referenced(
        self, now: FunctionSnapshot, references: Sequence[Reference], layer: str = ""
    ) -> bool:
        """Whether all of that is there."""
        ...

    def contracted(self, now: FunctionSnapshot, names: Sequence[str]) -> Rewrite:
        """The plaintext of these names removed."""
        ...

    def reverted(
        self,
        now: FunctionSnapshot,
        references: Sequence[Reference],
        values: Mapping[str, SecretValue],
    ) -> Rewrite:
        """The present environment less these references, plus the plaintext where it is gone.
        What other runs and other people put there stays; what they removed of ours counts as
        removed."""
        ...

    def present(self, now: FunctionSnapshot, name: str) -> Reference | None:
        """The reference that stands for this variable now, whoever wrote it."""
        ...

    def all_present(self, now: FunctionSnapshot) -> tuple[Reference, ...]:
        """Every reference that our resolver is told to resolve in this configuration."""
        ...

    def secret_of(self, reference: Reference) -> str:
        """The secret's identifier without the JSON key."""
        ...

    def ours(self, now: FunctionSnapshot, name: str) -> bool:
        """Whether our resolver is told to set this variable."""
        ...

    def mentions(self, snapshot: FunctionSnapshot, secret: str) -> bool:
        """Whether any variable of this configuration refers to the secret, by identifier or by
        name."""
        ...

    def digest(self, snapshot: FunctionSnapshot) -> str:
        """Names this set of references in the resolver's own log line."""
        ...

    def grant_name(self, function: FunctionRef) -> str: ...

    def grant_document(
        self, place: Place, functions: Sequence[str], grants: Sequence[Grant]
    ) -> str: ...

    def role_document(self, place: Place, grants: Sequence[Grant]) -> str:
        """The same without the condition on the function: for all that run as the role."""
        ...

    def grants_in(self, document: str) -> PolicyGrants | None:
        """What a document of ours grants, in either form; None if it is anything else."""
        ...

    def questions(
        self, place: Place, function: str, grants: Sequence[Grant]
    ) -> tuple[Question, ...]:
        """What to simulate to know that these grants work. function: "" for a request that does
        not tell which function makes it."""
        ...

    def ways_to_see(self, function: FunctionRef, key: str) -> tuple[tuple[Question, ...], ...]:
        """Each way to see the function's environment in plain, by all rights that it takes.
        key: the customer key of the environment, "" for none."""
        ...

    def runtime_dates(self, runtime: str) -> RuntimeDates:
        """When the cloud ends a runtime, by what it has published."""
        ...

    def reading_rights(self, function: FunctionRef, scope: Scope) -> tuple[Question, ...]:
        """Everything that the operator must be allowed to read for a scan of this function and a
        plan for it."""
        ...

    def stand_in(self, place: Place) -> tuple[FunctionRef, str]:
        """A function and its role that need not exist, to ask about rights where there is none."""
        ...

    def twin_rights(self, function: FunctionRef, role: str) -> tuple[Question, ...]:
        """What the operator must be allowed to do to make and remove a twin of this function."""
        ...

    def rights(self, function: FunctionRef, scope: Scope) -> tuple[Question, ...]:
        """Everything that the operator must be allowed to do for a run on this function and its
        undo."""
        ...


class FunctionInventory(Protocol):
    """Reads and configures the functions of one place."""

    @property
    def place(self) -> Place: ...

    def functions(self) -> Iterator[FunctionSnapshot]:
        """``$LATEST`` of every function of the place, in the order of the API."""
        ...

    def everything(self) -> Iterator[FunctionSnapshot]:
        """``$LATEST`` and every published version of every function of the place. A function that
        is deleted meanwhile is passed over."""
        ...

    def versions(self, ref: FunctionRef) -> tuple[FunctionSnapshot, ...]:
        """Every published version, oldest first, without ``$LATEST``."""
        ...

    def aliases(self, ref: FunctionRef) -> Mapping[str, tuple[str, ...]]:
        """Alias name -> the versions it routes to (more than one while weighted)."""
        ...

    def read(self, ref: FunctionRef) -> FunctionSnapshot:
        """``$LATEST`` as it is now."""
        ...

    def locate(self, name: str) -> FunctionRef:
        """The reference of a function by its name, without a call."""
        ...

    def facts(self, snapshot: FunctionSnapshot) -> FunctionFacts:
        """Tags, versions, aliases, provisioned concurrency, code signing."""
        ...

    def write(self, ref: FunctionRef, write: EnvironmentWrite) -> FunctionSnapshot:
        """One configuration write, conditional on the revision; waits until it is in force.

        Sends FunctionName, Environment, Layers (if given), RevisionId and KMSKeyArn (where it was)
        and nothing else. The returned snapshot carries the revision that the settled update got;
        it is adopted only if every field is what was written, otherwise Moved.
        """
        ...

    def settled(self, ref: FunctionRef) -> FunctionSnapshot:
        """Wait until no update is in progress and read."""
        ...

    def invoke(self, ref: FunctionRef, payload: bytes, *, probe: bool = False) -> Invocation:
        """Call it and wait. With probe its answer is kept (it is ours), otherwise dropped."""
        ...

    def resolver_log(self, snapshot: FunctionSnapshot, since: datetime) -> str:
        """Lines of the resolver in the function's log since then (UTC), "" if there are none."""
        ...

    def publish_layer(self, name: str, zip_bytes: bytes, sha256: str) -> LayerVersion:
        """The version of our layer whose hash is sha256, published if there is none."""
        ...

    def layer(self, arn: str) -> LayerVersion:
        """What the cloud says of one layer version."""
        ...

    def layer_versions(self, name: str) -> tuple[str, ...]:
        """ARNs of the versions of a layer of this account, newest first."""
        ...

    def delete_layer(self, arn: str) -> None:
        """Delete one version for good; nothing happens when it is gone. Functions that have it
        keep running with it, but it can never be attached again."""
        ...

    def create_probe(self, probe: NewProbe) -> FunctionRef: ...

    def delete_probe(self, name: str) -> None:
        """Delete a probe of ours by exact name; nothing happens when it is gone. Refuses a
        function that does not carry our probe tag."""
        ...

    def probes(self) -> tuple[str, ...]:
        """Names of functions of this place that carry our probe tag."""
        ...

    def route(self, snapshot: FunctionSnapshot) -> tuple[bool, str]:
        """Whether it can reach the secret store over the network, and why, in a sentence."""
        ...


class SecretStore(Protocol):
    """The secrets of one place."""

    @property
    def place(self) -> Place: ...

    def describe(self, name_or_arn: str) -> SecretInfo | None:
        """None if there is no such secret; one in its recovery window has a deletion date."""
        ...

    def create(self, new: NewSecret) -> SecretVersion:
        """Create, then read back. AlreadyThere if the name is taken by another content or token."""
        ...

    def read(self, arn: str, version: str = "") -> SecretVersion:
        """The current version, or the one named."""
        ...

    def schedule_deletion(self, arn: str, days: int) -> datetime: ...

    def restore(self, arn: str) -> SecretInfo: ...

    def owned(self) -> Iterator[SecretInfo]:
        """Secrets that carry our tag, those scheduled for deletion included."""
        ...


class AccessControl(Protocol):
    """Roles and their policies; one for each account, since identities are global."""

    def read_policy(self, role: str, name: str) -> str | None:
        """The inline policy's document as JSON text, None if there is none. role: ARN."""
        ...

    def write_policy(self, role: str, name: str, document: str) -> None:
        """Put an inline policy and read it back."""
        ...

    def delete_policy(self, role: str, name: str) -> None:
        """Nothing happens when it is gone."""
        ...

    def policy_room(self, role: str) -> int:
        """Bytes left for inline policies of a role, as the cloud counts them. Raises Refused where
        its policies may not be read."""
        ...

    def simulate(self, principal: str, questions: Sequence[Question]) -> tuple[Answer, ...]:
        """Evaluate identity policies and the permissions boundary of a role or user."""
        ...

    def caller_may(self, questions: Sequence[Question]) -> tuple[Answer, ...]:
        """The same for whoever runs the program, joined with the policies of keys that may be
        read; the root user may all that those leave to it. Raises Refused where the
        simulation itself is not allowed."""
        ...

    def key_bars(self, role: str, key: str) -> str:
        """Why the key's own policy keeps this role from reading secrets under the key, whatever
        the role's policies say; "" if it does not, or if that cannot be told."""
        ...

    def audience(self) -> Audience:
        """Users and roles of the account with their policies. Raises Refused where they may not
        be listed."""
        ...


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A service that was asked and is silent. seconds: since its last answer, or since the first
    request after it; waiting: a request is under way, False where the last one was given up."""

    where: str
    seconds: float
    waiting: bool


@dataclass(frozen=True, slots=True)
class Region:
    """Everything of one place that a journey needs."""

    place: Place
    functions: FunctionInventory
    secrets: SecretStore
    access: AccessControl
    references: ReferenceStyle


class Cloud(Protocol):
    """One cloud account with its regions."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str:
        """What a person calls it: the profile, or the default credentials."""
        ...

    @property
    def default_region(self) -> str:
        """Of the login's own configuration. Raises UsageProblem where none is set."""
        ...

    @property
    def regions_note(self) -> str:
        """Why ``regions`` may be incomplete, in a sentence; "" if it is not."""
        ...

    @property
    def clock_ahead(self) -> timedelta | None:
        """How far this machine's clock was ahead of the cloud's at its last answer, which may have
        been a refusal; None before the first."""
        ...

    @property
    def unanswered(self) -> tuple[Unanswered, ...]:
        """What does not answer now, the longest silence first. A call to a function is none of
        it: that one may take its time."""
        ...

    def caller(self) -> Caller: ...

    def regions(self) -> tuple[str, ...]:
        """Regions that this account can use."""
        ...

    def region(self, name: str) -> Region:
        """Cached; the same object for the same name, safe to use from several threads."""
        ...
