"""Expressions for names that somebody else wrote, matched in bounded time.

Python's own engine tries one way through an expression after the other, and of ``(A+)+B`` there are
more than anybody waits for. Here all ways are gone at once: of each part it is asked where it could
end, given all places at which it could begin. Back references cannot be told that way, nor what
forbids to go back; they are refused, as is what would take long all the same.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

LONGEST_NAME: Final = 128
"""Characters of a name, as it is compared. A longer one is none that an expression means."""
_LONGEST: Final = 2_000
_DEEPEST: Final = 40
_MOST_STEPS: Final = 1_000_000
"""For one name, at the very worst: half a second."""
_ALPHABET: Final = frozenset(string.ascii_uppercase + string.digits + "_")
_CLASSES: Final = {
    "d": frozenset(string.digits),
    "D": _ALPHABET - frozenset(string.digits),
    "w": _ALPHABET,
    "W": frozenset[str](),
    "s": frozenset[str](),
    "S": _ALPHABET,
}
_COUNTED: Final = re.compile(r"\{(\d*)(,?)(\d*)\}")
_FLAGS: Final = re.compile(r"\(\?[aiu]+\)")
_NAMED: Final = re.compile(r"\(\?P<\w+>")


class Unknown(ValueError):
    """What of an expression is refused, as a sentence goes on."""


class _Name(NamedTuple):
    """Places are bits: the first that before the first letter. letters: by each, before which
    places it stands; size: of the name."""

    letters: Mapping[str, int]
    size: int

    @property
    def everywhere(self) -> int:
        return (1 << (self.size + 1)) - 1


_Ends = Callable[[_Name, int], int]
"""At which places a part can end that begins at one of some."""


class _Part(NamedTuple):
    """steps: to tell the ends of it, at the very worst."""

    ends: _Ends
    steps: int


@dataclass(frozen=True, slots=True)
class NameForms:
    """Several expressions. parts: made by ``name_forms``."""

    parts: tuple[_Part, ...]

    def fullmatch(self, name: str) -> bool:
        """Whether one of them means the whole of a name, which is upper case with underscores."""
        if len(name) > LONGEST_NAME:
            return False
        letters: dict[str, int] = {}
        for at, letter in enumerate(name):
            letters[letter] = letters.get(letter, 0) | 1 << at
        read = _Name(letters, len(name))
        return any(part.ends(read, 1) >> len(name) for part in self.parts)


def name_forms(expressions: Sequence[str]) -> NameForms:
    """Raises Unknown for one that is none, or is not taken here."""
    return NameForms(tuple(_Reader(one).read() for one in expressions))


class _Reader:
    """Reads one expression."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._any_case = False

    def read(self) -> _Part:
        if len(self._text) > _LONGEST:
            raise Unknown(f"is an expression of more than {_LONGEST:,} characters")
        try:
            re.compile(self._text)
        except (re.error, OverflowError, RecursionError, ValueError):
            raise Unknown("is no regular expression") from None
        flags = _FLAGS.match(self._text)
        if flags is not None:
            self._any_case = "i" in flags[0]
            self._at = flags.end()
        part = self._choice(0)
        if part.steps > _MOST_STEPS:
            raise Unknown(
                "repeats what is itself repeated, too often to be matched in bounded time"
            )
        return part

    def _choice(self, depth: int) -> _Part:
        if depth > _DEEPEST:
            raise Unknown(f"holds brackets in more than {_DEEPEST} brackets")
        ways = [self._row(depth)]
        while self._takes("|"):
            ways.append(self._row(depth))
        return ways[0] if len(ways) == 1 else _one_of(ways)

    def _row(self, depth: int) -> _Part:
        parts: list[_Part] = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            part = self._single(depth)
            while (times := self._times()) is not None:
                part = _repeated(part, *times)
            parts.append(part)
        return _all_of(parts)

    def _takes(self, sign: str) -> bool:
        taken = self._text.startswith(sign, self._at)
        self._at += len(sign) * taken
        return taken

    def _times(self) -> tuple[int, int] | None:
        counted = _COUNTED.match(self._text, self._at)
        most = LONGEST_NAME + 1
        if counted is not None and counted[0] not in ("{}", "{,}"):
            self._at = counted.end()
            least, comma, last = counted.groups()
            low = min(most, int(least or 0))
            times = (low, min(most, int(last)) if last else most if comma else low)
        elif self._takes("*") or self._takes("{,}"):
            times = (0, most)
        elif self._takes("+"):
            times = (1, most)
        elif self._takes("?"):
            times = (0, 1)
        else:
            return None
        if self._takes("+"):
            raise Unknown("forbids to go back (*+, ++, ?+)")
        self._takes("?")
        return times

    def _single(self, depth: int) -> _Part:
        if self._text[self._at] == "(":
            return self._group(depth)
        sign = self._text[self._at]
        self._at += 1
        if sign == "[":
            return _letter(self._cased(self._listed()))
        if sign == ".":
            return _letter(_ALPHABET)
        if sign == "^":
            return _Part(lambda _name, starts: starts & 1, 1)
        if sign == "$":
            return _Part(lambda name, starts: starts & (1 << name.size), 1)
        if sign == "\\":
            return self._escaped()
        return _letter(self._cased(frozenset(sign)))

    def _group(self, depth: int) -> _Part:
        named = _NAMED.match(self._text, self._at)
        ahead = behind = wanted = False
        if named is not None:
            self._at = named.end()
        elif self._takes("(?="):
            ahead = wanted = True
        elif self._takes("(?!"):
            ahead = True
        elif self._takes("(?<="):
            behind = wanted = True
        elif self._takes("(?<!"):
            behind = True
        elif self._takes("(?:"):
            pass
        elif self._takes("(?"):
            raise Unknown("holds a group of a sort that is not taken here, such as (?P=…) or (?>…)")
        else:
            self._takes("(")
        part = self._choice(depth + 1)
        self._takes(")")
        if ahead:
            return _followed(part, wanted=wanted)
        return _preceded(part, wanted=wanted) if behind else part

    def _escaped(self) -> _Part:
        sign = self._text[self._at]
        self._at += 1
        if sign in "bB":
            # All letters are those of words, so that a word ends where the name does.
            return _Part(lambda name, starts: _edges(name, starts, inside=sign == "B"), 1)
        if sign == "A":
            return _Part(lambda _name, starts: starts & 1, 1)
        if sign == "Z":
            return _Part(lambda name, starts: starts & (1 << name.size), 1)
        return _letter(self._cased(self._meant(sign)))

    def _meant(self, sign: str) -> frozenset[str]:
        if sign in _CLASSES:
            return _CLASSES[sign]
        if sign.isalnum():
            raise Unknown(rf"holds \{sign}, which is not taken here")
        return frozenset(sign)

    def _listed(self) -> frozenset[str]:
        """The letters of a class, behind its bracket."""
        without = self._takes("^")
        found: set[str] = set()
        first = True
        while first or self._text[self._at] != "]":
            first = False
            low = self._one_listed()
            if len(low) == 1 and self._ranges():
                self._at += 1
                (begin,), (end,) = low, self._one_listed()
                low = frozenset(map(chr, range(ord(begin), ord(end) + 1)))
            found |= low
        self._at += 1
        cased = self._cased(frozenset(found))
        return _ALPHABET - cased if without else cased

    def _ranges(self) -> bool:
        return self._text[self._at] == "-" and self._text[self._at + 1] != "]"

    def _one_listed(self) -> frozenset[str]:
        sign = self._text[self._at]
        self._at += 1
        if sign != "\\":
            return frozenset(sign)
        sign = self._text[self._at]
        self._at += 1
        return self._meant(sign)

    def _cased(self, letters: frozenset[str]) -> frozenset[str]:
        return frozenset(map(str.upper, letters)) if self._any_case else letters


def _letter(letters: frozenset[str]) -> _Part:
    def ends(name: _Name, starts: int) -> int:
        places = 0
        for letter, where in name.letters.items():
            if letter in letters:
                places |= where
        return (starts & places) << 1

    return _Part(ends, 1)


def _all_of(parts: Sequence[_Part]) -> _Part:
    def ends(name: _Name, starts: int) -> int:
        for part in parts:
            if not starts:
                break
            starts = part.ends(name, starts)
        return starts

    return _Part(ends, 1 + sum(part.steps for part in parts))


def _one_of(ways: Sequence[_Part]) -> _Part:
    def ends(name: _Name, starts: int) -> int:
        found = 0
        for way in ways:
            found |= way.ends(name, starts)
        return found

    return _Part(ends, 1 + sum(way.steps for way in ways))


def _repeated(part: _Part, least: int, most: int) -> _Part:
    def ends(name: _Name, starts: int) -> int:
        for _ in range(least):
            starts = part.ends(name, starts)
        found = new = starts
        for _ in range(most - least):
            new = part.ends(name, new) & ~found
            if not new:
                break
            found |= new
        return found

    return _Part(ends, 1 + most * part.steps)


def _followed(part: _Part, *, wanted: bool) -> _Part:
    def ends(name: _Name, starts: int) -> int:
        places = [1 << at for at in range(name.size + 1) if starts >> at & 1]
        return sum(place for place in places if bool(part.ends(name, place)) is wanted)

    return _Part(ends, 1 + (LONGEST_NAME + 1) * part.steps)


def _preceded(part: _Part, *, wanted: bool) -> _Part:
    def ends(name: _Name, starts: int) -> int:
        behind = part.ends(name, name.everywhere)
        return starts & behind if wanted else starts & ~behind

    return _Part(ends, 1 + part.steps)


def _edges(name: _Name, starts: int, *, inside: bool) -> int:
    edges = (1 | 1 << name.size) if name.size else 0
    return starts & ~edges & name.everywhere if inside else starts & edges
