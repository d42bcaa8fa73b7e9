"""Values that are too short for what their names claim, so that nobody has to take them apart: most of
what programs call a key is a word or a single letter. Pure."""

from __future__ import annotations

from typing import Final

from .late import late
from .names import NameSense, Sense

_MADE: Final = 16
"""Characters from which on a value may look made by a machine."""
_CHOSEN: Final = 8
"""And from which on it may be anything at all under a name that is surer than this one."""
_SENSES: Final = frozenset(
    (Sense.KEY, Sense.TOKEN, Sense.SECRET, Sense.SIGNING_KEY, Sense.ENCRYPTION_KEY, Sense.PRIVATE_KEY)
)  # fmt: skip
"""Those that, where the name is not sure, only a value that looks made by a machine convinces of."""
_ANYWAY: Final = frozenset(("secret", "token", "basic", "id"))
"""Words of names under which a word or a short code may be one."""
_NOTHING_WITHIN: Final = late(r"(?![\[{<])[^\s:=@/;,]{0,15}")


def is_too_short(text: str, claim: NameSense, *, beside: bool = False) -> bool:
    """Whether the judge takes it for none under a name that claims this, in any file, and nothing
    can be within it. beside: whether it has siblings, one of which may be the id of a key."""
    return (
        len(text) < (_CHOSEN if beside else _MADE)
        and claim.strength == 0
        and claim.sense in _SENSES
        and _ANYWAY.isdisjoint(claim.words)
        and _NOTHING_WITHIN.fullmatch(text) is not None
    )
