"""A serverless function as one look at it found it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .secret_value import SecretValue
from .unread import Unread

LATEST = "$LATEST"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """An account and region of one cloud: the unit of work, of rate limits and of failure."""

    cloud: str
    account: str
    region: str
    partition: str = "aws"

    def __str__(self) -> str:
        return f"{self.cloud} {self.account} {self.region}"


@dataclass(frozen=True, slots=True, order=True)
class FunctionRef:
    """Names one function. arn: unqualified."""

    place: Place
    name: str
    arn: str

    def __str__(self) -> str:
        return f"{self.place.region}/{self.name}"


@dataclass(frozen=True, slots=True)
class LayerRef:
    """A layer version attached to a function. size: bytes of the zip."""

    arn: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Network:
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    vpc: str = ""
    ipv6: bool = False
    """Whether it may use IPv6 in subnets that have both."""


@dataclass(frozen=True, slots=True)
class FunctionSnapshot:
    """One configuration of a function: of ``$LATEST`` or of a published version.

    environment: every variable in memory; None where it could not be decrypted, in which case
    environment_error holds the cloud's error code and nothing may be written.
    revision: what makes a write conditional. state, update_status: as the API names them.
    tags: of the function ({} where unread); code_signing: "none", "warn", "enforce" or "unknown".
    unusual: names of settings present that change how it starts (``SnapStart``, ``Durable``,
    ``CapacityProvider``, ``Tenancy``), empty as a rule.
    """

    ref: FunctionRef
    version: str
    runtime: str
    package_type: str
    architectures: tuple[str, ...]
    role: str
    environment: Mapping[str, SecretValue] | None
    environment_error: str = ""
    revision: str = ""
    state: str = "Active"
    update_status: str = "Successful"
    update_reason: str = ""
    kms_key: str = ""
    layers: tuple[LayerRef, ...] = ()
    network: Network | None = None
    handler: str = ""
    timeout: int = 3
    memory: int = 128
    code_sha256: str = ""
    log_group: str = ""
    unusual: tuple[str, ...] = ()
    rest_digest: str = ""
    """Digest of every configuration field that we never write, to prove that it stayed as it was.
    Holds no variable."""

    @property
    def variables(self) -> Mapping[str, SecretValue]:
        return self.environment if self.environment is not None else MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """What a plan needs to know of a function beyond its configuration; read per function.

    versions: published versions, oldest first; aliases: name -> versions it routes to;
    provisioned: qualifiers with provisioned concurrency; sharing: other functions that run as the
    same role, of all places that were looked at; sharing_known: whether all of those could be
    listed. unknown: what could not be read (blocks unattended).
    """

    tags: Mapping[str, str] = field(default_factory=dict)
    versions: tuple[FunctionSnapshot, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    provisioned: tuple[str, ...] = ()
    code_signing: str = "none"
    sharing: tuple[str, ...] = ()
    sharing_known: bool = True
    unknown: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class EnvironmentWrite:
    """One configuration write: the whole map and, where they change, the layers.

    revision: the write happens only on this revision.
    layers: None leaves them as they are; kms_key: sent as it was where one was set.
    """

    variables: Mapping[str, SecretValue]
    revision: str
    layers: tuple[str, ...] | None = None
    kms_key: str = ""


@dataclass(frozen=True, slots=True)
class Invocation:
    """What is kept of a call to a function: never its answer, never its log.

    ok: it answered without a function error. error: ``Unhandled`` and the like, "" if none.
    resolver_text: lines of the log tail that are the resolver's own; version: executed version.
    answer: the answer of a probe of ours, "" for any other function.
    """

    ok: bool
    status: int
    error: str = ""
    resolver_text: str = ""
    version: str = LATEST
    answer: str = ""
