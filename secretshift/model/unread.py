"""Something that a look could not read, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import NotFound, Refused, SecretshiftError

RIGHT = "Grant the operator the right to read it"
_AGAIN = "Try again in a moment"
_GONE = "Plan again: it may be gone"


@dataclass(frozen=True, slots=True)
class Unread:
    """what, hint: sentences without a full stop."""

    what: str
    hint: str

    @classmethod
    def because(cls, error: SecretshiftError, what: str, right: str = RIGHT) -> Unread:
        """right: the hint where nothing but a permission is missing. A service that is busy, out
        of reach or no longer knows the login has said nothing about permissions."""
        if isinstance(error, NotFound):
            return cls(what, error.hint or _GONE)
        if isinstance(error, Refused) and (error.code == "access-denied" or not error.hint):
            return cls(what, right)
        return cls(what, error.hint or _AGAIN)
