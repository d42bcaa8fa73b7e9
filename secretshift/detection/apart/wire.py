"""What both ends of the pipe say to each other: a head in JSON, and a text behind it as it is.

Values pass here, from one memory into the other, and nowhere else.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from secretshift.model.errors import Refused, SecretshiftError, Unavailable, UsageProblem
from secretshift.model.findings import Confidence, Sighting, Verdict
from secretshift.model.secret_value import SecretValue

_SIZES: Final = struct.Struct(">II")
"""Bytes of the head and of the text."""

Message = dict[str, Any]
_FAMILIES: Final = {one.__name__: one for one in (Refused, Unavailable, UsageProblem)}


class Readable(Protocol):
    """Gives as many bytes as are asked for, fewer only where the other end is gone."""

    def read(self, size: int, /) -> bytes: ...


def send(pipe: BinaryIO, head: Message, text: str = "") -> None:
    """Raises OSError when nobody reads any more."""
    first = json.dumps(head, separators=(",", ":")).encode("ascii")
    second = text.encode("utf-8", "surrogatepass")
    pipe.write(_SIZES.pack(len(first), len(second)))
    pipe.write(first)
    pipe.write(second)
    pipe.flush()


def receive(pipe: Readable) -> tuple[Message, str]:
    """Raises EOFError when the other end is gone."""
    first, second = _SIZES.unpack(_exactly(pipe, _SIZES.size))
    head: Message = json.loads(_exactly(pipe, first))
    return head, _exactly(pipe, second).decode("utf-8", "surrogatepass")


def _exactly(pipe: Readable, size: int) -> bytes:
    data = pipe.read(size)
    if len(data) != size:
        raise EOFError
    return data


def answer(pipe: Readable, announce: Callable[[str], None] | None) -> Message:
    """The next message that is no note; announce gets those.

    Raises the error of ours that the other end tells, RuntimeError for a bug there, and EOFError.
    """
    while True:
        said, _ = receive(pipe)
        if "error" in said:
            raise _error(said["error"])
        if "bug" in said:
            raise RuntimeError(f"in the process that looks for credentials: {said['bug']}")
        if "note" not in said:
            return said
        if announce is not None:
            announce(said["note"])


def failure(error: Exception) -> Message:
    """What is told of an error: of one of ours all of it, of any other its kind and place."""
    if isinstance(error, SecretshiftError):
        return {"error": _error_data(error)}
    return {"bug": _where(error)}


def _error_data(error: SecretshiftError) -> dict[str, str]:
    family = next(one.__name__ for one in type(error).__mro__ if _is_family(one))
    return {
        "family": family,
        "what": error.what,
        "resource": error.resource,
        "hint": error.hint,
        "code": error.code,
    }


def _error(data: Mapping[str, Any]) -> SecretshiftError:
    family = _FAMILIES.get(data["family"], Unavailable)
    return family(data["what"], resource=data["resource"], hint=data["hint"], code=data["code"])


def _is_family(one: type) -> bool:
    return SecretshiftError in one.__bases__ or one is SecretshiftError


def _where(error: Exception) -> str:
    """Kind and place of a bug. Its text may quote what was looked at."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    place = "" if at is None else f" at {Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}"
    return f"{type(error).__name__}{place}"


def setup(
    kinds: Sequence[Path], plugin_paths: Sequence[Path], rule_paths: Sequence[Path]
) -> Message:
    """What a detector is made of."""
    return {
        "kinds": [str(path) for path in kinds],
        "plugins": [str(path) for path in plugin_paths],
        "rules": [str(path.absolute()) for path in rule_paths],
    }


def verdicts_data(verdicts: Sequence[Verdict]) -> list[list[Any]]:
    return [
        [
            one.name, one.kind, one.confidence.value, list(one.reasons), one.secret.reveal(),
            one.masked, one.offset, one.end,
        ]
        for one in verdicts
    ]  # fmt: skip


def verdicts(data: Sequence[Sequence[Any]]) -> tuple[Verdict, ...]:
    return tuple(
        Verdict(
            name, kind, Confidence(confidence), tuple(reasons), SecretValue(secret), masked,
            offset, end,
        )
        for name, kind, confidence, reasons, secret, masked, offset, end in data
    )  # fmt: skip


def sightings_data(sightings: Sequence[Sighting]) -> list[list[Any]]:
    return [
        [one.start, one.end, None if one.secret is None else one.secret.reveal()]
        for one in sightings
    ]


def sightings(data: Sequence[Sequence[Any]]) -> tuple[Sighting, ...]:
    return tuple(
        Sighting(start, end, None if secret is None else SecretValue(secret))
        for start, end, secret in data
    )
