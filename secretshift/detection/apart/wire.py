"""What both ends of the pipe say to each other: a head in JSON, and a text behind it as it is.

Values pass here, from one memory into the other, and nowhere else.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Any, BinaryIO, Final

from secretshift.model.findings import Confidence, Sighting, Verdict
from secretshift.model.secret_value import SecretValue

_SIZES: Final = struct.Struct(">II")
"""Bytes of the head and of the text."""

Message = dict[str, Any]


def send(pipe: BinaryIO, head: Message, text: str = "") -> None:
    """Raises OSError when nobody reads any more."""
    first = json.dumps(head, separators=(",", ":")).encode("ascii")
    second = text.encode("utf-8", "surrogatepass")
    pipe.write(_SIZES.pack(len(first), len(second)))
    pipe.write(first)
    pipe.write(second)
    pipe.flush()


def receive(pipe: BinaryIO) -> tuple[Message, str]:
    """Raises EOFError when the other end is gone."""
    first, second = _SIZES.unpack(_exactly(pipe, _SIZES.size))
    head: Message = json.loads(_exactly(pipe, first))
    return head, _exactly(pipe, second).decode("utf-8", "surrogatepass")


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    data = pipe.read(size)
    if len(data) != size:
        raise EOFError
    return data


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
