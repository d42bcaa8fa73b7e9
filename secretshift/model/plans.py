"""A plan: what will change, in which order, how it is proved. Holds no variable's value."""

from __future__ import annotations

from dataclasses import dataclass

from .findings import Confidence, FileLocation, SourceError
from .functions import FunctionRef, Place
from .secret_value import Fingerprint

PLAN_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class VariableSource:
    """A piece of a secret comes from a variable of ``$LATEST``.

    part: "" for the whole value, otherwise the field of the connection string in it.
    fingerprint: of that piece, so that a re-read value can be told from a changed one.
    """

    function: FunctionRef
    variable: str
    part: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class FileSource:
    """The secret comes from a file; fingerprint: of the innermost secret found there."""

    location: FileLocation
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Piece:
    """One JSON key of a stored secret; key "" means that the secret is this text alone.

    Exactly one of variable, file and constant is set; a constant comes from the catalogue.
    """

    key: str
    variable: VariableSource | None = None
    file: FileSource | None = None
    constant: str = ""


@dataclass(frozen=True, slots=True)
class Readers:
    """count: how many users and roles; names: the first of them, such as ``role/admin``."""

    count: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Readership:
    """Who can read a value, by the account's own policies for its users and roles.

    before: who can see an environment that holds it; after: who may read the secret, beside the
    functions of the plan; gain: those of them who could not for sure before. unseen: why nobody
    knows, "" if it is known.
    """

    before: Readers = Readers()
    after: Readers = Readers()
    gain: Readers = Readers()
    unseen: str = ""


@dataclass(frozen=True, slots=True)
class SecretPlan:
    """One secret in one place.

    action: "create", "reuse" (ours, same content, there already) or "restore" (ours, in its
    recovery window). fingerprint: of the whole stored text. arn: known for reuse and restore.
    readership: None where nobody looked.
    """

    key: str
    place: Place
    name: str
    kind: str
    title: str
    credential: str
    pieces: tuple[Piece, ...]
    fingerprint: Fingerprint
    action: str = "create"
    arn: str = ""
    kms_key: str = ""
    readership: Readership | None = None

    @property
    def is_json(self) -> bool:
        return any(piece.key for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class VariablePlan:
    """How one variable gets its value from then on.

    fingerprint: of the whole present value; secret: key of a SecretPlan; json_key: "" for the
    whole secret; template: puts a connection string together from the secret's keys.
    """

    name: str
    fingerprint: Fingerprint
    secret: str
    kind: str
    credentials: tuple[str, ...]
    json_key: str = ""
    template: str = ""


@dataclass(frozen=True, slots=True)
class PlanNote:
    """A blocker or a warning: a short stable code, a sentence, and what to do."""

    code: str
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of the environment as the cloud measures it: now, with both forms, afterwards."""

    present: int
    peak: int
    final: int
    limit: int


@dataclass(frozen=True, slots=True)
class EnvironmentName:
    """A variable by name; change: "keeps", "adds", "removes" or "changes"."""

    name: str
    change: str


@dataclass(frozen=True, slots=True)
class Fallback:
    """What happens where the condition on the function's ARN is what denies the reading.

    decision: "role" (its whole role gets the grant, which no other function uses), "named" (the
    same although others gain by it, allowed by name), "refuse", or "" where there is nothing to
    decide. standing: the grant is the role's already and stays so. text: a sentence for a person.
    """

    decision: str = ""
    standing: bool = False
    text: str = ""

    @property
    def allowed(self) -> bool:
        """Whether the run may let the whole role read what this function reads."""
        return self.decision in ("role", "named")


@dataclass(frozen=True, slots=True)
class FunctionPlan:
    """What happens to one function.

    way: "layer" (our resolver sets the variable at start) or "code" (secret, permission and
    reference are put beside the plaintext, the code change is a person's).
    proof: "event" (test event of the configuration), "probe" (throw-away twin) or "none".
    no_twin: why none is made, "" if one is.
    policy: the exact document; an ARN that does not exist yet ends in ``-XXXXXX`` there.
    versions: published versions that hold plaintext of this plan; they cannot be changed.
    sharing: other functions, of any place that was looked at, that run as the same role.
    at_once: there is no room for both forms, and a person allowed one write that swaps them.
    """

    function: FunctionRef
    runtime: str
    role: str
    way: str
    why: str
    variables: tuple[VariablePlan, ...]
    policy_name: str
    policy: str
    sizes: Sizes
    environment: tuple[EnvironmentName, ...]
    proof: str
    proof_text: str
    blockers: tuple[PlanNote, ...] = ()
    warnings: tuple[PlanNote, ...] = ()
    versions: tuple[str, ...] = ()
    sharing: tuple[str, ...] = ()
    revision: str = ""
    rest_digest: str = ""
    code_hint: str = ""
    kms_key: str = ""
    log_group: str = ""
    no_twin: str = ""
    in_vpc: bool = False
    fallback: Fallback = Fallback()
    at_once: bool = False

    @property
    def blocked(self) -> bool:
        return bool(self.blockers)


@dataclass(frozen=True, slots=True)
class PersonWork:
    """Something that only a person can do: a credential that lies in files, a version that still
    holds plaintext, a credential below the chosen confidence."""

    code: str
    credential: str
    kind: str
    masked: str
    confidence: Confidence
    where: tuple[str, ...]
    text: str
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class NotMoved:
    """A credential that stays where it is. code: "decided" (text says the choice, its last day and
    the reason) or "beside-decided" (it shares a variable with such a one)."""

    code: str
    credential: str
    kind: str
    masked: str
    confidence: Confidence
    where: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Instead:
    """A chosen credential that need not be stored: a person may take text's way and leave it out.

    kind: id in the catalogue, title: what a person calls it.
    """

    credential: str
    kind: str
    title: str
    masked: str
    where: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that one run will do.

    left_out: what a person left as it is: ``region/function`` or ``region/function VARIABLE``.
    """

    id: str
    created: str
    accounts: tuple[str, ...]
    secrets: tuple[SecretPlan, ...]
    functions: tuple[FunctionPlan, ...]
    work: tuple[PersonWork, ...] = ()
    errors: tuple[SourceError, ...] = ()
    not_searched: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    schema: int = PLAN_SCHEMA
    not_moved: tuple[NotMoved, ...] = ()
    instead: tuple[Instead, ...] = ()

    def secret(self, key: str) -> SecretPlan:
        return next(secret for secret in self.secrets if secret.key == key)

    @property
    def gaps(self) -> tuple[str, ...]:
        """Sentences on what was not looked at, and on what could not be read."""
        unread = (f"{error.source}: {error.what}" for error in self.errors)
        return (*self.not_searched, *unread)

    @property
    def active(self) -> tuple[FunctionPlan, ...]:
        return tuple(function for function in self.functions if not function.blocked)

    @property
    def nothing_to_do(self) -> bool:
        used = {variable.secret for function in self.active for variable in function.variables}
        stored = {
            secret.key
            for secret in self.secrets
            if any(piece.file for piece in secret.pieces) and secret.action != "reuse"
        }
        return not used and not stored
