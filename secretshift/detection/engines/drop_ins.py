"""A drop-in detector in detect-secrets' plugin format: how it is loaded, and how it is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from .failures import Asked

_EDGES: Final = re.compile(r"\\[AZ]")
Within = Callable[[Callable[[], re.Match[str] | None]], re.Match[str] | None]


class Unfit(TypeError):
    """A detector that could never find anything."""


@dataclass(frozen=True, slots=True)
class DropIn:
    """A drop-in detector. patterns: expressions without which it finds nothing, each with whether
    it has to be tried on each line by itself; of_all: it has none, and is asked of every line."""

    plugin: Any
    name: str
    patterns: tuple[_Pattern, ...]
    of_all: bool
    whole_lines: bool

    def asked(self, line: str, about: Asked) -> tuple[set[str], str]:
        """What it finds, and what it calls that."""
        if not self.whole_lines:
            hits = {str(hit) for hit in self.plugin.analyze_string(line)}
        else:
            found = self.plugin.analyze_line(
                filename=about.path, line=line, line_number=about.number or 1
            )
            hits = {str(secret.secret_value) for secret in found if secret.secret_value}
        return hits, str(self.plugin.secret_type)


class _Pattern(NamedTuple):
    form: re.Pattern[str]
    alone: bool


def drop_ins(path: Path) -> list[DropIn]:
    """The detectors of a file. Raises whatever its code raises, and Unfit."""
    from detect_secrets.core.plugins.util import get_plugins_from_file

    classes: list[Any] = list(get_plugins_from_file(str(path)))
    return [
        _asked_of(plugin())
        for plugin in classes
        if not plugin.__module__.startswith("detect_secrets.")
    ]


def _asked_of(plugin: Any) -> DropIn:
    """Raises Unfit."""
    from detect_secrets.plugins.base import BasePlugin, RegexBasedDetector

    # Where a class's own analyze_line goes on to the one of detect-secrets, that may verify.
    plugin.verify = _never
    made = type(plugin)
    forms = getattr(plugin, "denylist", None)
    compiled = all(isinstance(form, re.Pattern) for form in forms or ())
    if isinstance(plugin, RegexBasedDetector) and not compiled:
        raise Unfit("its denylist holds something else than compiled expressions")
    whole_lines = made.analyze_line is not BasePlugin.analyze_line
    by_forms = (
        not whole_lines
        and isinstance(plugin, RegexBasedDetector)
        and made.analyze_string is RegexBasedDetector.analyze_string
    )
    patterns = tuple(map(_pattern, forms or ())) if by_forms else ()
    return DropIn(plugin, made.__name__, patterns, not by_forms, whole_lines)


def _never(*_args: object, **_kwargs: object) -> Any:
    from detect_secrets.constants import VerifiedResult

    return VerifiedResult.UNVERIFIED


def _pattern(form: re.Pattern[str]) -> _Pattern:
    """In a whole text an expression's ends of a line are those of all lines."""
    alone = _EDGES.search(form.pattern) is not None
    return _Pattern(re.compile(form.pattern, form.flags | re.MULTILINE), alone)


def matched_lines(pattern: _Pattern, text: str, within: Within) -> Iterator[int]:
    """Raises TookTooLong. within: watches over one search."""
    search = pattern.form.search
    if pattern.alone or "\r" in text:
        for at in line_starts(text):
            if within(partial(search, one_line(text, at))) is not None:
                yield at
        return
    at = 0
    # A match may go on over the ends of lines: what begins on the next one counts as well.
    while (found := within(partial(search, text, at))) is not None:
        yield found.start()
        end = text.find("\n", found.start())
        if end < 0:
            return
        at = end + 1


def line_starts(text: str) -> Iterator[int]:
    """Where each line of a text begins."""
    at = 0
    while at < len(text):
        yield at
        end = text.find("\n", at)
        at = len(text) if end < 0 else end + 1


def one_line(text: str, at: int) -> str:
    """The line that begins at an offset, without what ends it."""
    end = text.find("\n", at)
    return text[at : len(text) if end < 0 else end].removesuffix("\r")
