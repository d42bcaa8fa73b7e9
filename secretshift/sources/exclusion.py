"""Patterns of paths that a scan leaves out or keeps to, in the manner of .gitignore."""

from __future__ import annotations

import re
from collections.abc import Sequence


class Exclusion:
    """Tells whether a path (relative, with ``/``) is left out.

    ``*`` and ``?`` stay within a name, ``**`` goes over folders. A pattern without ``/`` fits a
    file or folder of that name anywhere; one with ``/`` begins at the root. Whatever lies in a
    folder that fits is left out as well.
    """

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        forms = [_regular(pattern) for pattern in patterns if pattern.strip("/")]
        self._form = re.compile("|".join(forms)) if forms else None

    def __contains__(self, path: str) -> bool:
        return self._form is not None and self._form.fullmatch(path) is not None

    def __bool__(self) -> bool:
        return self._form is not None


class Choice:
    """Which files are read: those that fit include, all where it is empty, but for those that fit
    exclude."""

    def __init__(self, exclude: Sequence[str] = (), include: Sequence[str] = ()) -> None:
        self.excluded = Exclusion(exclude)
        self._included = Exclusion(include)

    def why_not(self, path: str) -> str:
        """Why a file is not read, as it is counted; "" if it is read."""
        if path in self.excluded:
            return "excluded"
        return "not included" if self._included and path not in self._included else ""


def _regular(pattern: str) -> str:
    anchored = "/" in pattern.rstrip("/")
    names = pattern.strip("/").split("/")
    form = "" if anchored else "(?:.*/)?"
    for number, name in enumerate(names):
        last = number == len(names) - 1
        if name == "**":
            form += ".+" if last else "(?:.*/)?"
        else:
            form += _name(name) + ("" if last else "/")
    return f"(?s:{form}(?:/.*)?)"


def _name(name: str) -> str:
    ways = {"*": "[^/]*", "?": "[^/]"}
    return "".join(ways.get(character, re.escape(character)) for character in name)
