"""A kind of credential, as the catalogue describes it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Companion:
    """Something that belongs to a credential and is no secret by itself.

    key: the JSON key under which it is stored; names: patterns of sibling variable names that hold
    it, with ``{stem}`` for what the credential's own name begins with.
    """

    key: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One entry of the catalogue.

    id: stored in plans and journals, never renamed. title: what a person calls it.
    names: patterns of variable names under which it stands (regular expressions, whole name).
    rules: ids of format rules (kingfisher's) that mean this kind.
    alike: ids of kinds whose values look the same, so that the name decides.
    schemes: URL schemes whose password it is. secret_key: the JSON key of the secret itself.
    engine: value of the JSON key ``engine`` that AWS's rotation functions expect, "" if none.
    shape: "string" or "json". rotation: one sentence; rotation_way: "aws-function", "issuer-api",
    "person", "application" or "none". revoke_url: where a person revokes it, "" if nowhere.
    extension: name of the extension that reads the variable by itself, "" if none.
    instead: what is better than storing it, "" if nothing.
    """

    id: str
    title: str
    what: str
    family: str
    names: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    companions: tuple[Companion, ...] = field(default_factory=tuple)
    secret_key: str = "value"
    engine: str = ""
    shape: str = "string"
    secret_name: str = ""
    rotation: str = ""
    rotation_way: str = "none"
    revoke_url: str = ""
    extension: str = ""
    instead: str = ""
    source: str = ""
