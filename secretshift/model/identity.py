"""What a finding is known by without its value, on every machine alike."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final, assert_never

from .findings import (
    FileLocation,
    Finding,
    FunctionLocation,
    HistoryLocation,
    Location,
    Verdict,
    credential_id,
    finding_id,
)
from .secret_value import Fingerprint, SecretValue

_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}")
_DOMAIN: Final = b"secretshift check digit 1\0"


def plain_name(name: str) -> str:
    """The name under which a value stands, "" unless it looks like one that a person chose.

    What stands left of a value in a file can be anything, and a name is written into files.
    """
    return name if _PLAIN_NAME.fullmatch(name) else ""


def check_digit(value: SecretValue) -> str:
    """One hexadecimal digit of the value: another value has another one, 15 times of 16.

    It has neither salt nor key, so the same value has the same digit in every file, and all of
    them together tell 4 bits of it: a guess cannot be confirmed by it, only one of 16 be ruled in.
    """
    import hashlib  # the first screen is painted without it

    return hashlib.sha256(_DOMAIN + value.reveal().encode("utf-8", "surrogatepass")).hexdigest()[0]


def finding_of(verdict: Verdict, location: Location, fingerprint: Fingerprint) -> Finding:
    """What may be kept of a verdict. fingerprint: of its secret."""
    return Finding(
        id=finding_id(fingerprint, location),
        credential=credential_id(fingerprint),
        fingerprint=fingerprint,
        kind=verdict.kind,
        confidence=verdict.confidence,
        reasons=verdict.reasons,
        masked=verdict.masked,
        location=location,
        name="" if isinstance(location, FunctionLocation) else plain_name(verdict.name),
        check=check_digit(verdict.secret),
    )


def place_of(location: Location, folder: PurePath | None = None) -> str:
    """Where it is, without line and column, in words that hold on another machine.

    folder: what the path of a file is told from; None for its own root.
    """
    match location:
        case FileLocation():
            return location.path if folder is None else _told_from(folder, location)
        case HistoryLocation():
            return location.path if folder is None else _told_from(folder, location)
        case FunctionLocation():
            return ":".join(
                (
                    location.cloud,
                    location.account,
                    location.region,
                    location.function,
                    location.qualifier,
                )
            )
        case _:
            assert_never(location)


def name_of(finding: Finding) -> str:
    """The variable of a function, or the plain name in a file or a version of one."""
    location = finding.location
    return location.variable if isinstance(location, FunctionLocation) else finding.name


def _told_from(folder: PurePath, location: FileLocation | HistoryLocation) -> str:
    import os.path

    whole = os.path.join(location.root, location.path)  # noqa: PTH118  paths may hold lone bytes
    return os.path.relpath(whole, folder).replace(os.sep, "/")
