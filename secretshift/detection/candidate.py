"""What is judged: a value, the name it stands under and the place where it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from secretshift.shapes.connection import Connection


class Place(Enum):
    """Where a value stands. How weak a value may be and still count depends on it."""

    ENVIRONMENT = "environment"
    """A function's variable: whatever stands there is what the program runs with."""
    SETTING = "setting"
    """A file that configures: dotenv, YAML, properties, HCL, JSON, a Dockerfile."""
    CODE = "code"
    """A string literal of a program."""
    PROSE = "prose"
    """A text for people."""


class Evidence(Enum):
    """What makes a value a candidate, from the weakest to the strongest."""

    NAME = "name"
    PARAMETER = "parameter"
    """A named part of a longer value: a URL's query, an option of a command line."""
    PAIR = "pair"
    """The right side of ``user:password``."""
    HEADER = "header"
    CONNECTION = "connection"
    ADDRESS = "address"
    """A URL that by itself allows something: a webhook, a signed link."""
    PEM = "pem"
    FORMAT = "format"
    """The value has the format of one issuer's tokens."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """text: the decoded value; start, end: its encoded form in the judged text, in characters.

    kind: the kind that its form alone gives away, "" if none; scheme: of a connection, and
    connection: the whole of it where it could be taken apart.
    rule: the format rule that matched; public_path: the file is a test, an example or a document.
    """

    name: str
    text: str
    start: int = 0
    end: int = 0
    place: Place = Place.ENVIRONMENT
    evidence: Evidence = Evidence.NAME
    kind: str = ""
    scheme: str = ""
    rule: str = ""
    outer: str = ""
    quoted: bool = False
    example_path: bool = False
    compared: bool = False
    placed: bool = False
    assigned: bool = False
    declared: bool = False
    unfilled: bool = False
    """Whether the grammar of its place puts nothing in for a dollar sign."""
    host: str = ""
    connection: Connection | None = None

    def with_(self, **changes: object) -> Candidate:
        return replace(self, **changes)  # type: ignore[arg-type]

    def __repr__(self) -> str:
        return f"Candidate({self.name!r}, {self.evidence.value}, {self.start}-{self.end})"
