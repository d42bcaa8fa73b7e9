"""The pieces of a secret, and their texts, which stay in memory until they are fingerprinted."""

from __future__ import annotations

from collections.abc import Mapping

from secretshift.model.functions import FunctionSnapshot
from secretshift.model.kinds import Kind
from secretshift.model.plans import Piece, VariableSource
from secretshift.model.secret_value import Fingerprint, Fingerprinter, SecretValue
from secretshift.shapes.connection import Connection
from secretshift.shapes.secret_json import compose


class Pieces:
    """Grows piece by piece; the first piece under a key stays."""

    def __init__(self, fingerprint: Fingerprinter) -> None:
        self._fingerprint = fingerprint
        self._texts: list[tuple[str, SecretValue | str]] = []
        self.pieces: tuple[Piece, ...] = ()

    @property
    def is_json(self) -> bool:
        return any(piece.key for piece in self.pieces)

    @property
    def whole(self) -> Fingerprint:
        """The fingerprint of the text that will be stored."""
        if self.is_json:
            return self._fingerprint(compose(self._texts))
        return self.fingerprints[""]

    @property
    def fingerprints(self) -> Mapping[str, Fingerprint]:
        """Of each piece, by its key."""
        return {
            key: self._fingerprint(text if isinstance(text, SecretValue) else SecretValue(text))
            for key, text in self._texts
        }

    def constant(self, key: str, text: str) -> None:
        self._add(Piece(key, constant=text), text)

    def variable(
        self, key: str, snapshot: FunctionSnapshot, name: str, text: SecretValue, part: str = ""
    ) -> None:
        """part: the field of the connection string in the variable, "" for all of it."""
        source = VariableSource(snapshot.ref, name, part, self._fingerprint(text))
        self._add(Piece(key, variable=source), text)

    def _add(self, piece: Piece, text: SecretValue | str) -> None:
        if all(known.key != piece.key for known in self.pieces):
            self.pieces += (piece,)
            self._texts.append((piece.key, text))


def secret_key(kind: Kind) -> str:
    """The JSON key of the secret itself."""
    return kind.secret_key or "value"


def alone(fingerprint: Fingerprinter, snapshot: FunctionSnapshot, name: str) -> Pieces:
    """The variable's value alone, as text."""
    made = Pieces(fingerprint)
    made.variable("", snapshot, name, snapshot.variables[name])
    return made


def of_connection(
    fingerprint: Fingerprinter,
    snapshot: FunctionSnapshot,
    name: str,
    connection: Connection,
    kind: Kind,
) -> Pieces:
    """The parts of the connection string that the variable holds."""
    made = _begun(fingerprint, kind)
    for item in connection.fields:
        key = secret_key(kind) if item.key == connection.secret_key else item.key
        if not item.text.is_empty():
            made.variable(key, snapshot, name, item.text, item.key)
    return made


def of_siblings(
    fingerprint: Fingerprinter,
    snapshot: FunctionSnapshot,
    name: str,
    found: Mapping[str, str],
    kind: Kind,
) -> Pieces:
    """The variable's value and those of the variables that belong to it. found: by JSON key."""
    made = _begun(fingerprint, kind)
    for key, sibling in [*found.items(), (secret_key(kind), name)]:
        made.variable(key, snapshot, sibling, snapshot.variables[sibling])
    return made


def _begun(fingerprint: Fingerprinter, kind: Kind) -> Pieces:
    made = Pieces(fingerprint)
    if kind.engine:
        made.constant("engine", kind.engine)
    return made
