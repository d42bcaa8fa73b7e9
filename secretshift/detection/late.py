"""Regular expressions that are compiled when they are first used.

There are more than five hundred. To compile all of them takes an eighth of a second, and a scan that
finds little to look at closely needs few.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, Final, cast

_METHODS: Final = ("match", "fullmatch", "search", "finditer", "findall", "split", "sub", "subn")
_SAID: Final = ("pattern", "flags", "groups", "groupindex")
_every: Final[list[_Late]] = []


class _Late:
    def __init__(self, pattern: Any, flags: int) -> None:
        self._source = pattern, flags

    def __getattr__(self, name: str) -> Any:
        """Only what is not there yet is asked here: from the first use on all of it is."""
        if name not in _METHODS and name not in _SAID:
            raise AttributeError(name)
        compiled = re.compile(*self._source)
        for own in (*_METHODS, *_SAID):
            setattr(self, own, getattr(compiled, own))
        return getattr(compiled, name)


def late(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As ``re.compile``, but for its errors, which come with the first use."""
    made = _Late(pattern, flags)
    _every.append(made)
    return cast("re.Pattern[AnyStr]", made)


def compile_all() -> None:
    """All of them now, for whoever will share them with other processes. Raises re.error for one
    that is none."""
    for one in _every:
        _ = one.pattern
