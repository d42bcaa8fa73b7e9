"""What each secret will hold, and how each variable gets its value from it.

A value that stands alone under a name, and the same value inside a connection string, become one
secret, so that a later rotation changes one place. Where the parts would not give exactly the same
bytes back, the variable's whole value is stored instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from secretshift.catalogue import Catalogue
from secretshift.catalogue.names import siblings
from secretshift.model.errors import UsageProblem
from secretshift.model.findings import Finding
from secretshift.model.functions import FunctionRef, FunctionSnapshot, Place
from secretshift.model.kinds import Kind
from secretshift.model.plans import Piece, VariablePlan
from secretshift.model.secret_value import Fingerprint, Fingerprinter, SecretValue
from secretshift.shapes.connection import Connection, parse
from secretshift.shapes.template import template_for

from .edits import JSON, PLAIN
from .pieces import Pieces, alone, of_connection, of_siblings, secret_key


def kind_of(catalogue: Catalogue, kind_id: str) -> Kind:
    """The catalogue's entry; a bare one for a kind that a plugin brought without an entry."""
    title = kind_id.replace("-", " ")
    return catalogue.get(kind_id) or Kind(id=kind_id, title=title, what=title, family="plugin")


@dataclass(frozen=True, slots=True)
class Sighted:
    """A variable of one function with what was found in it."""

    snapshot: FunctionSnapshot
    name: str
    findings: tuple[Finding, ...]

    @property
    def value(self) -> SecretValue:
        return self.snapshot.variables[self.name]

    @property
    def ref(self) -> FunctionRef:
        return self.snapshot.ref


@dataclass(slots=True)
class Content:
    """A secret in the making, and the variables that will read it. name: chosen by a person."""

    place: Place
    kms_key: str
    kind: Kind
    finding: Finding
    pieces: tuple[Piece, ...]
    fingerprint: Fingerprint
    variables: list[tuple[FunctionRef, VariablePlan]] = field(default_factory=list)
    name: str = ""

    @property
    def credentials(self) -> tuple[str, ...]:
        """What the variables that read it hold."""
        held = [c for _ref, variable in self.variables for c in variable.credentials]
        return tuple(dict.fromkeys(held or [self.finding.credential]))


@dataclass(frozen=True, slots=True)
class _Member:
    """A variable whose credential stands alone or in a connection string."""

    sighted: Sighted
    connection: Connection | None

    def piece_fingerprints(self, fingerprint: Fingerprinter) -> dict[str, Fingerprint]:
        if self.connection is None:
            return {}
        return {item.key: fingerprint(item.text) for item in self.connection.fields}


class Contents:
    """Groups variables into contents. key_of tells the customer key for a function."""

    def __init__(
        self,
        catalogue: Catalogue,
        fingerprint: Fingerprinter,
        kms_key: str = "",
        shapes: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """shapes: what a person chose, by credential."""
        self._catalogue = catalogue
        self._fingerprint = fingerprint
        self._kms_key = kms_key
        self._shapes = shapes

    def gather(self, sighted: Iterable[Sighted]) -> list[Content]:
        """One content for each place, key and value; order of first sight."""
        groups: dict[tuple[Place, str, Fingerprint], list[_Member]] = {}
        whole: list[Sighted] = []
        for item in sighted:
            member = self._member(item)
            if member is None:
                whole.append(item)
                continue
            key = (item.ref.place, self._key(item), item.findings[0].fingerprint)
            groups.setdefault(key, []).append(member)
        contents = []
        for members in groups.values():
            content, left = self._grouped(members)
            whole += left
            if content is not None:
                contents.append(content)
        return contents + self._wholes(whole)

    def _key(self, item: Sighted) -> str:
        return item.snapshot.kms_key or self._kms_key

    def _member(self, item: Sighted) -> _Member | None:
        """None where the value has to be stored as it stands."""
        if len({finding.fingerprint for finding in item.findings}) != 1:
            self._refuse_json(item, "it holds several credentials")
            return None
        wanted = item.findings[0].fingerprint
        if self._fingerprint(item.value) == wanted:
            return _Member(item, None)
        if self._shape(item) == PLAIN:
            return None
        connection = parse(item.value.reveal())
        secret = connection.field(connection.secret_key) if connection is not None else None
        if connection is None or secret is None or self._fingerprint(secret.text) != wanted:
            self._refuse_json(item, "it holds more than this credential")
            return None
        return _Member(item, connection)

    def _shape(self, item: Sighted) -> str:
        """The shape that a person chose for what is in this variable; "" if none was chosen."""
        chosen = [self._shapes.get(finding.credential, "") for finding in item.findings]
        return next((shape for shape in chosen if shape), "")

    def _refuse_json(self, item: Sighted, why: str) -> None:
        """Raise UsageProblem where a person chose JSON for what is stored as it stands."""
        if self._shape(item) == JSON:
            raise UsageProblem(
                f"This cannot be stored as json: {why}",
                resource=f"{item.ref} {item.name}",
                hint="Take plain, which stores the variable's text as it stands",
                code="secret-shape",
            )

    def _grouped(self, members: Sequence[_Member]) -> tuple[Content | None, list[Sighted]]:
        kind = self._kind(members)
        made = self._pieces(members, kind)
        key = secret_key(kind) if made.is_json else ""
        first = members[0].sighted
        content = Content(
            place=first.ref.place,
            kms_key=self._key(first),
            kind=kind,
            finding=first.findings[0],
            pieces=made.pieces,
            fingerprint=made.whole,
        )
        left: list[Sighted] = []
        stored = made.fingerprints
        for member in members:
            template = ""
            if member.connection is not None:
                template = self._template(member, stored, key) or ""
                if not template:
                    self._refuse_json(
                        member.sighted, "its parts would not give exactly the same text back"
                    )
                    left.append(member.sighted)
                    continue
            plan = self._variable(
                member.sighted, kind, json_key="" if template else key, template=template
            )
            content.variables.append((member.sighted.ref, plan))
        return (content if content.variables else None), left

    def _template(self, member: _Member, stored: Mapping[str, Fingerprint], key: str) -> str | None:
        connection = member.connection
        if connection is None:
            return None
        keys = {connection.secret_key: key}
        for name, fingerprint in member.piece_fingerprints(self._fingerprint).items():
            if stored.get(name) == fingerprint:
                keys.setdefault(name, name)
        return template_for(member.sighted.value.reveal(), connection, keys)

    def _kind(self, members: Sequence[_Member]) -> Kind:
        """The kind that says most: a database by its URL before a password by its name."""
        told = [
            kind
            for member in members
            if member.connection is not None
            and (kind := self._catalogue.by_connection(member.connection)) is not None
        ]
        if told:
            return told[0]
        kinds = [
            kind_of(self._catalogue, finding.kind)
            for member in sorted(members, key=lambda m: m.connection is None)
            for finding in member.sighted.findings
        ]
        return next((kind for kind in kinds if kind.shape == "json"), kinds[0])

    def _pieces(self, members: Sequence[_Member], kind: Kind) -> Pieces:
        """The JSON keys of the secret and where each comes from; one piece "" for a plain text."""
        for member in members:
            if member.connection is not None:
                item = member.sighted
                return of_connection(
                    self._fingerprint, item.snapshot, item.name, member.connection, kind
                )
        first = members[0].sighted
        shape = self._shape(first)
        if shape == JSON or (kind.shape == "json" and shape != PLAIN):
            for member in members:
                item = member.sighted
                variables = item.snapshot.variables
                found = siblings(item.name, kind, tuple(variables))
                usable = {key: n for key, n in found.items() if not variables[n].is_empty()}
                if usable:
                    return of_siblings(self._fingerprint, item.snapshot, item.name, usable, kind)
        if shape == JSON:
            return of_siblings(self._fingerprint, first.snapshot, first.name, {}, kind)
        return alone(self._fingerprint, first.snapshot, first.name)

    def _wholes(self, sighted: Iterable[Sighted]) -> list[Content]:
        """Values stored as they stand; the same value in one place is one secret."""
        contents: dict[tuple[Place, str, Fingerprint], Content] = {}
        for item in sighted:
            fingerprint = self._fingerprint(item.value)
            best = max(item.findings, key=lambda finding: finding.confidence.rank)
            kind = kind_of(self._catalogue, best.kind)
            key = (item.ref.place, self._key(item), fingerprint)
            if key not in contents:
                contents[key] = Content(
                    place=item.ref.place,
                    kms_key=self._key(item),
                    kind=kind,
                    finding=best,
                    pieces=alone(self._fingerprint, item.snapshot, item.name).pieces,
                    fingerprint=fingerprint,
                )
            contents[key].variables.append((item.ref, self._variable(item, kind)))
        return list(contents.values())

    def _variable(
        self, item: Sighted, kind: Kind, *, json_key: str = "", template: str = ""
    ) -> VariablePlan:
        return VariablePlan(
            name=item.name,
            fingerprint=self._fingerprint(item.value),
            secret="",
            kind=kind.id,
            credentials=tuple(dict.fromkeys(finding.credential for finding in item.findings)),
            json_key=json_key,
            template=template,
        )
