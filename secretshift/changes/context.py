"""What the changes of one run share."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from secretshift.model.errors import Damaged, Moved, NotFound, Refused
from secretshift.model.functions import FunctionRef, FunctionSnapshot, Place
from secretshift.model.journeys import CancelToken, Emit, ignore
from secretshift.model.plans import FileSource, FunctionPlan, Plan, SecretPlan, VariablePlan
from secretshift.model.ports import Answer, Grant, Reference, Region
from secretshift.model.secret_value import Fingerprinter, SecretValue
from secretshift.resolver.protocol import TemplateProblem, render, secret_fields
from secretshift.shapes.connection import parse
from secretshift.shapes.secret_json import compose, read_key

from .patience import Patience
from .references import grants_of, reference_of


class Layer(Protocol):
    """The resolver as it is put into functions."""

    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    def zip_bytes(self) -> bytes: ...
    def probe_zip(self, runtime: str) -> tuple[bytes, str]:
        """The code and handler of a probe for this runtime."""
        ...


@dataclass(frozen=True, slots=True)
class RoleUsers:
    """functions: those that run as a role, as ``region/name``, sorted; unseen: sentences on where
    nobody could look."""

    functions: tuple[str, ...]
    unseen: tuple[str, ...] = ()


def _nobody_looked(_function: FunctionPlan) -> RoleUsers:
    return RoleUsers((), ("nobody looked",))


@dataclass(slots=True)
class RunContext:
    """Everything that changes need beside themselves; one for each run, shared by its threads.

    arns: secret key -> ARN and version; layers: place -> layer version ARN; proved: function ARN
    -> when a twin proved its value in this process; observed: functions that reported a match
    themselves; granted: the secrets that any run of this workspace granted to a function, by its
    ARN; written: function ARN -> when its environment was last written by this run.
    role_proved: functions whose grant this run proved for their whole role and in no narrower way;
    role_tried: those where it began to and has no proof; role_users: what runs as the role of a
    function now; twins: names of the twins that this process made.
    """

    run: str
    plan: Plan
    regions: Mapping[Place, Region]
    fingerprint: Fingerprinter
    layer: Layer
    read_file: Callable[[FileSource], SecretValue]
    events: Mapping[str, bytes] = field(default_factory=dict)
    emit: Emit = ignore
    cancel: CancelToken = field(default_factory=CancelToken)
    patience: Patience = field(default_factory=Patience)
    recovery_days: int = 30
    arns: dict[str, tuple[str, str]] = field(default_factory=dict)
    layers: dict[Place, str] = field(default_factory=dict)
    granted: Callable[[str], frozenset[str]] = lambda _arn: frozenset()
    proved: dict[str, datetime] = field(default_factory=dict)
    observed: set[str] = field(default_factory=set)
    allowed: dict[str, Answer] = field(default_factory=dict)
    written: dict[str, datetime] = field(default_factory=dict)
    role_proved: set[str] = field(default_factory=set)
    role_tried: set[str] = field(default_factory=set)
    role_users: Callable[[FunctionPlan], RoleUsers] = _nobody_looked
    twins: set[str] = field(default_factory=set)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _locks: dict[str, threading.RLock] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _pause: threading.Event = field(default_factory=threading.Event)

    def region(self, place: Place) -> Region:
        try:
            return self.regions[place]
        except KeyError:
            raise Damaged(
                "The plan names a place that this login does not cover",
                resource=str(place),
                hint="Use the same profiles and regions as the plan was made with",
            ) from None

    def of(self, function: FunctionPlan) -> Region:
        return self.region(function.function.place)

    @contextlib.contextmanager
    def role(self, role: str) -> Iterator[None]:
        """One writer at a time on a role: IAM has no condition on the former document."""
        with self._guard:
            lock = self._locks.setdefault(role, threading.RLock())
        with lock:
            yield

    def wait(self) -> None:
        """A pause between two looks at something that spreads."""
        self._pause.wait(self.patience.pause)

    def deadline(self, seconds: float) -> datetime:
        return self.now() + timedelta(seconds=seconds)

    # Values, always read again from where they are

    def variable_value(self, ref: FunctionRef, variable: str, part: str) -> SecretValue:
        snapshot = self.region(ref.place).functions.read(ref)
        return part_of(snapshot, variable, part)

    def compose(self, secret: SecretPlan) -> SecretValue:
        """The text to be stored, put together from its sources as they are now.

        Raises Moved if any source no longer holds what the plan was made from.
        """
        texts: list[tuple[str, SecretValue | str]] = []
        for piece in secret.pieces:
            if piece.variable is not None:
                source = piece.variable
                value = self.variable_value(source.function, source.variable, source.part)
                where, wanted = f"{source.function} {source.variable}", source.fingerprint
            elif piece.file is not None:
                value = self.read_file(piece.file)
                where, wanted = str(piece.file.location), piece.file.fingerprint
            else:
                texts.append((piece.key, piece.constant))
                continue
            if self.fingerprint(value) != wanted:
                raise source_moved(where)
            texts.append((piece.key, value))
        if secret.is_json:
            return compose(texts)
        only = texts[0][1]
        return only if isinstance(only, SecretValue) else SecretValue(only)

    # What the plan's words mean once the secrets are there

    def secrets(self) -> Mapping[str, SecretPlan]:
        return {secret.key: secret for secret in self.plan.secrets}

    def references(self, function: FunctionPlan) -> tuple[Reference, ...]:
        style = self.of(function).references
        by_key = self.secrets()
        return tuple(
            reference_of(style, by_key[v.secret], v, self.arn(v.secret)) for v in function.variables
        )

    def grants(self, function: FunctionPlan) -> tuple[Grant, ...]:
        arns = {v.secret: self.arn(v.secret) for v in function.variables}
        return grants_of(self.of(function).references, self.secrets(), function.variables, arns)

    def known_grants(self, function: FunctionPlan) -> tuple[Grant, ...]:
        """The grants of those secrets of this function that are there by now."""
        there = tuple(v for v in function.variables if v.secret in self.arns)
        arns = {variable.secret: self.arn(variable.secret) for variable in there}
        return grants_of(self.of(function).references, self.secrets(), there, arns)

    def check_stored(self, function: FunctionPlan) -> None:
        """Every secret of this function is there as this run left it, and gives its very value.

        Raises Refused or Moved.
        """
        store = self.of(function).secrets
        for variable in function.variables:
            arn, version = self.arns[variable.secret]
            try:
                current = store.read(arn)
            except NotFound:
                raise secret_gone(arn) from None
            value = value_from_secret(variable, current.value)
            same = self.fingerprint(value) == variable.fingerprint
            if current.version != version or not same:
                raise Moved(
                    "The secret holds another version than this run put there",
                    resource=arn,
                    hint="It was rotated or edited; plan again",
                    code="rotated",
                )

    def arn(self, secret: str) -> str:
        if secret not in self.arns:
            raise Moved("A secret that this function needs was not made", resource=secret)
        return self.arns[secret][0]


def part_of(snapshot: FunctionSnapshot, variable: str, part: str) -> SecretValue:
    """A variable's value or the decoded part of the connection string in it.

    Raises Moved if it is not there any more.
    """
    value = snapshot.variables.get(variable)
    if value is None:
        raise source_moved(f"{snapshot.ref} {variable}")
    if not part:
        return value
    connection = parse(value.reveal())
    found = connection.field(part) if connection is not None else None
    if found is None:
        raise source_moved(f"{snapshot.ref} {variable}")
    return found.text


def secret_gone(arn: str) -> Refused:
    return Refused(
        "The secret is gone",
        resource=arn,
        hint="Restore it, or put the value back by hand from where it was given out",
        code="secret-gone",
    )


def source_moved(where: str) -> Moved:
    return Moved(
        "It no longer holds what the plan was made from",
        resource=where,
        hint="Somebody changed it meanwhile; plan again",
        code="source-moved",
    )


def value_from_secret(variable: VariablePlan, stored: SecretValue) -> SecretValue:
    """What the variable's value is according to the stored secret.

    Raises Moved if the secret does not hold what the reference asks for.
    """
    if variable.template:
        try:
            return SecretValue(render(variable.template, secret_fields(stored.reveal())))
        except TemplateProblem:
            raise Moved(
                "The secret no longer has what the connection string needs",
                resource=variable.name,
                hint="Somebody edited it; plan again",
            ) from None
    if not variable.json_key:
        return stored
    found = read_key(stored, variable.json_key)
    if found is None:
        raise Moved("The secret lost the key that the variable needs", resource=variable.json_key)
    return found
