"""What each secret will hold, and how each variable gets its value from it.

A value that stands alone under a name, and the same value inside a connection string, become one
secret, so that a later rotation changes one place. Where the parts would not give exactly the same
bytes back, the variable's whole value is stored instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from secretshift.catalogue import Catalogue
from secretshift.catalogue.names import siblings
from secretshift.model.findings import Finding
from secretshift.model.functions import FunctionRef, FunctionSnapshot, Place
from secretshift.model.kinds import Kind
from secretshift.model.plans import Piece, VariablePlan, VariableSource
from secretshift.model.secret_value import Fingerprint, Fingerprinter, SecretValue
from secretshift.shapes.connection import Connection, parse
from secretshift.shapes.secret_json import compose
from secretshift.shapes.template import template_for


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
    """A secret in the making, and the variables that will read it."""

    place: Place
    kms_key: str
    kind: Kind
    finding: Finding
    pieces: tuple[Piece, ...]
    fingerprint: Fingerprint
    variables: list[tuple[FunctionRef, VariablePlan]] = field(default_factory=list)


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
    ) -> None:
        self._catalogue = catalogue
        self._fingerprint = fingerprint
        self._kms_key = kms_key

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
            return None
        wanted = item.findings[0].fingerprint
        if self._fingerprint(item.value) == wanted:
            return _Member(item, None)
        connection = parse(item.value.reveal())
        if connection is None:
            return None
        secret = connection.field(connection.secret_key)
        if secret is None or self._fingerprint(secret.text) != wanted:
            return None
        return _Member(item, connection)

    def _grouped(self, members: Sequence[_Member]) -> tuple[Content | None, list[Sighted]]:
        kind = self._kind(members)
        pieces, texts = self._pieces(members, kind)
        secret_key = next((p.key for p in pieces if p.key == self._secret_key(kind)), "")
        first = members[0].sighted
        content = Content(
            place=first.ref.place,
            kms_key=self._key(first),
            kind=kind,
            finding=first.findings[0],
            pieces=pieces,
            fingerprint=self._fingerprint(compose(texts) if secret_key else first.value),
        )
        left: list[Sighted] = []
        stored = {
            key: self._fingerprint(text if isinstance(text, SecretValue) else SecretValue(text))
            for key, text in texts
        }
        for member in members:
            template = ""
            if member.connection is not None:
                template = self._template(member, stored, secret_key) or ""
                if not template:
                    left.append(member.sighted)
                    continue
            plan = self._variable(
                member.sighted, kind, json_key="" if template else secret_key, template=template
            )
            content.variables.append((member.sighted.ref, plan))
        return (content if content.variables else None), left

    def _template(
        self, member: _Member, stored: Mapping[str, Fingerprint], secret_key: str
    ) -> str | None:
        connection = member.connection
        if connection is None:
            return None
        keys = {connection.secret_key: secret_key}
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

    def _secret_key(self, kind: Kind) -> str:
        return kind.secret_key or "value"

    def _pieces(
        self, members: Sequence[_Member], kind: Kind
    ) -> tuple[tuple[Piece, ...], list[tuple[str, SecretValue | str]]]:
        """The JSON keys of the secret and where each comes from; one piece "" for a plain text."""
        secret_key = self._secret_key(kind)
        connected = next((m for m in members if m.connection is not None), None)
        if connected is not None and connected.connection is not None:
            return self._from_connection(connected, connected.connection, kind, secret_key)
        for member in members:
            if kind.shape != "json":
                break
            found = siblings(member.sighted.name, kind, tuple(member.sighted.snapshot.variables))
            usable = {
                key: name
                for key, name in found.items()
                if not member.sighted.snapshot.variables[name].is_empty()
            }
            if usable:
                return self._from_siblings(member.sighted, usable, kind, secret_key)
        first = members[0].sighted
        source = VariableSource(first.ref, first.name, "", self._fingerprint(first.value))
        return (Piece("", variable=source),), [("", first.value)]

    def _from_connection(
        self, member: _Member, connection: Connection, kind: Kind, secret_key: str
    ) -> tuple[tuple[Piece, ...], list[tuple[str, SecretValue | str]]]:
        pieces: list[Piece] = []
        texts: list[tuple[str, SecretValue | str]] = []
        if kind.engine:
            pieces.append(Piece("engine", constant=kind.engine))
            texts.append(("engine", kind.engine))
        for item in connection.fields:
            key = secret_key if item.key == connection.secret_key else item.key
            if item.text.is_empty() or any(piece.key == key for piece in pieces):
                continue
            source = VariableSource(
                member.sighted.ref, member.sighted.name, item.key, self._fingerprint(item.text)
            )
            pieces.append(Piece(key, variable=source))
            texts.append((key, item.text))
        return tuple(pieces), texts

    def _from_siblings(
        self, sighted: Sighted, found: Mapping[str, str], kind: Kind, secret_key: str
    ) -> tuple[tuple[Piece, ...], list[tuple[str, SecretValue | str]]]:
        pieces: list[Piece] = []
        texts: list[tuple[str, SecretValue | str]] = []
        if kind.engine:
            pieces.append(Piece("engine", constant=kind.engine))
            texts.append(("engine", kind.engine))
        for key, name in [*found.items(), (secret_key, sighted.name)]:
            value = sighted.snapshot.variables[name]
            source = VariableSource(sighted.ref, name, "", self._fingerprint(value))
            pieces.append(Piece(key, variable=source))
            texts.append((key, value))
        return tuple(pieces), texts

    def _wholes(self, sighted: Iterable[Sighted]) -> list[Content]:
        """Values stored as they stand; the same value in one place is one secret."""
        contents: dict[tuple[Place, str, Fingerprint], Content] = {}
        for item in sighted:
            fingerprint = self._fingerprint(item.value)
            best = max(item.findings, key=lambda finding: finding.confidence.rank)
            kind = kind_of(self._catalogue, best.kind)
            key = (item.ref.place, self._key(item), fingerprint)
            if key not in contents:
                source = VariableSource(item.ref, item.name, "", fingerprint)
                contents[key] = Content(
                    place=item.ref.place,
                    kms_key=self._key(item),
                    kind=kind,
                    finding=best,
                    pieces=(Piece("", variable=source),),
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
