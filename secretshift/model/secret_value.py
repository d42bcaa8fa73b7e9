"""The one type that holds a secret's value, and the one door out of it."""

from __future__ import annotations

from typing import NewType, NoReturn, Protocol

MASK = "••••••"

Fingerprint = NewType("Fingerprint", str)
"""HMAC-SHA256 of a value under the workspace key, 64 lower-case hexadecimal characters."""


class SecretValue:
    """A value that must never be written anywhere.

    It masks itself in ``repr``, ``str``, ``format`` and exceptions, cannot be pickled, and tells
    neither its characters nor its length. ``reveal`` is the only way to the text and is called
    only where the bytes leave for a store, a cloud API or the screen on request.
    """

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """The text itself."""
        return self.__text

    def is_empty(self) -> bool:
        return not self.__text

    def __repr__(self) -> str:
        return f"SecretValue({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, _spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SecretValue):
            return NotImplemented
        import hmac  # the first screen is painted without it

        return hmac.compare_digest(
            self.__text.encode("utf-8", "surrogatepass"),
            other.__text.encode("utf-8", "surrogatepass"),
        )

    __hash__ = None  # type: ignore[assignment]  # a hash of the text would be an oracle

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("a SecretValue cannot be pickled or copied out of memory")

    def __copy__(self) -> SecretValue:
        return self

    def __deepcopy__(self, _memo: object) -> SecretValue:
        return self


class Fingerprinter(Protocol):
    """Tells whether two values are the same without keeping either of them."""

    def __call__(self, value: SecretValue) -> Fingerprint: ...
