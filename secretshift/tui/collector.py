"""When Python looks for objects that hold each other: not while a person presses keys.

A full look goes through every object there is, half a second for a hundred thousand findings, and
nothing else runs meanwhile. Findings and rows hold nothing in circles and go by their counts
alone, so full looks are left out and only what is new is looked through, a little at a time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

YOUNG: Final = 5_000
"""New objects between two looks at the new ones: about a millisecond each."""
NEVER: Final = 1_000_000_000


@contextmanager
def resting() -> Iterator[None]:
    """No look at all until ``spare_keys``: nearly all that is made on the way to the first screen
    stays for good."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def spare_keys() -> None:
    """No full look from here on."""
    gc.set_threshold(YOUNG, 5, NEVER)
    gc.freeze()
    gc.enable()
