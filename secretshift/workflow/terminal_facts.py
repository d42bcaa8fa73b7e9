"""What can be told of a terminal without asking it anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

COLOURS = ("none", "16", "256", "truecolor")


@dataclass(frozen=True, slots=True)
class TerminalFacts:
    """colours: one of COLOURS; utf8: whether the locale says so."""

    columns: int
    rows: int
    colours: str
    utf8: bool
    term: str = ""

    @classmethod
    def of(cls, environment: Mapping[str, str], columns: int, rows: int) -> TerminalFacts:
        """From the variables that terminals and locales set."""
        locale = next(
            (environment[name] for name in _LOCALES if environment.get(name)),
            "",
        )
        return cls(
            columns=columns,
            rows=rows,
            colours=_colours(environment),
            utf8=locale.lower().replace("-", "").endswith("utf8"),
            term=environment.get("TERM", ""),
        )


_LOCALES = ("LC_ALL", "LC_CTYPE", "LANG")
"""The first that is set holds, as setlocale(3) has it."""


def _colours(environment: Mapping[str, str]) -> str:
    term = environment.get("TERM", "")
    if environment.get("NO_COLOR") or term in ("", "dumb"):
        return "none"
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "truecolor"
    return "256" if "256color" in term or "kitty" in term else "16"
