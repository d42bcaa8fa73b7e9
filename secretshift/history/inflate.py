"""What zlib has packed, unpacked by the quickest means that this machine has."""

from __future__ import annotations

import zlib
from typing import Final, cast

try:
    from isal.isal_zlib import IsalError, decompressobj
except ImportError:
    # There is none for this machine; zlib itself takes twice as long.
    from zlib import decompressobj  # type: ignore[assignment]
    from zlib import error as IsalError  # type: ignore[assignment]  # noqa: N812

_BROKEN: Final = (zlib.error, cast("type[Exception]", IsalError))


class BrokenStream(Exception):
    """It is no stream of zlib, or its end says that something before is wrong."""


def inflated(data: memoryview, size: int) -> bytes:
    """What a stream at the begin of data holds: not more than one byte over size. Raises
    BrokenStream."""
    stream = decompressobj()
    try:
        found = stream.decompress(data, size + 1)
    except _BROKEN:
        raise BrokenStream from None
    if len(found) == size and not stream.eof:
        # Damage can end a block elsewhere, so that the sum at the end is never reached.
        raise BrokenStream
    return found
