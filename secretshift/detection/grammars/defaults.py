"""What counts where nobody says anything else, and what a build writes into a program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .. import names
from ..late import late
from .literals import QUOTED, Assignment, literal

_PLAIN: Final = (
    # ${NAME:-value} of a shell and ${name:value} of Spring, wherever they stand
    (
        "${",
        late(r"\$\{(?P<name>[A-Za-z_][\w.-]{1,80}):-?(?P<value>[^\s${}+?\"'][^\s${}\"']{2,200})\}"),
    ),
    # Source: Ktor, "Configuration in a file", "Environment variables"
    (
        "$",
        late(
            r"[\"']\$(?P<name>[A-Z][A-Z0-9_]{2,80}):(?P<value>[^\s${}?+\"':/][^\s${}\"']{2,200})[\"']"
        ),
    ),
    # Source: Android Gradle plugin, buildConfigField and resValue
    *(
        (
            mark,
            late(
                mark + r"[ (]{1,3}[\"'][Ss]tring[\"'],[ ]{0,4}[\"'](?P<name>\w{2,80})[\"'],[ ]{0,4}"
                r"[\"'](?:\\?[\"'])?(?P<value>[^\"'\\\n]{3,300})"
            ),
        )
        for mark in ("buildConfigField", "resValue")
    ),
)
_QUOTED: Final = (
    (
        "env",
        late(
            r"(?:getenv|get_env|Getenv|environ\.get|env\.get|ENV\.fetch|\benv)\([ ]{0,4}[\"'](?P<name>\w{2,80})[\"'][ ]{0,4}\)"
            r"[ ]{0,4}(?:or|\|\||\?\?|\?:)[ ]{1,4}(?P<value>" + QUOTED + r")"
        ),
    ),
    (
        "process.env",
        late(
            r"process\.env(?:\.|\[[\"'])(?P<name>\w{2,80})(?:[\"']\])?[ ]{0,4}(?:\|\||\?\?)[ ]{0,4}"
            r"(?P<value>" + QUOTED + r")"
        ),
    ),
    # of an option that a program declares, of a setting that it asks for
    (
        "default",
        late(
            r"[\"'](?:--?)?(?P<name>[A-Za-z][\w-]{2,60})[\"'][^\n]{0,200}?\bdefault[ ]{0,2}[=:][ ]{0,2}"
            r"(?P<value>" + QUOTED + r")"
        ),
    ),
    # Source: the Go package flag, and pflag
    (
        "stringvar",
        late(
            r"StringVarP?\([ ]{0,2}&[\w.\[\]]{1,60},[ ]{0,2}\"(?P<name>[A-Za-z][\w.-]{2,60})\",[ ]{0,2}(?:\"\w?\",[ ]{0,2})?"
            r"(?P<value>" + QUOTED + r")"
        ),
    ),
    (
        "getvalue<string>",
        late(
            r"GetValue<string>\([ ]{0,2}\"(?P<name>[A-Za-z][\w:.]{2,80})\",[ ]{0,2}(?P<value>"
            + QUOTED
            + r")"
        ),
    ),
    (
        "fetch(",
        late(
            r"fetch\([\"':](?P<name>\w{2,80})[\"']?\)[ ]{0,2}\{[ ]{0,2}(?P<value>"
            + QUOTED
            + r")[ ]{0,2}\}"
        ),
    ),
    (
        "unwrap_or",
        late(
            r"var\(\"(?P<name>\w{2,80})\"\)\.unwrap_or(?:_else)?\((?:\|_?\w{0,20}\|[ ]{0,2})?(?P<value>"
            + QUOTED
            + r")"
        ),
    ),
    (
        "$env{",
        late(
            r"\$ENV\{[\"']?(?P<name>\w{2,80})[\"']?\}[ ]{0,4}(?:\|\||//|or)[ ]{0,4}(?P<value>"
            + QUOTED
            + r")"
        ),
    ),
    # what is looked up by its name, or something else
    *(
        (
            mark,
            late(
                r"[\"'](?P<name>[A-Za-z][\w:.-]{2,80})[\"'][\])][ ]{0,4}"
                + re.escape(mark)
                + r"[ ]{0,4}(?P<value>"
                + QUOTED
                + r")"
            ),
        )
        for mark in ("??", "||", "?:")
    ),
)
"""By what their lines hold; the value with its quotes."""
_IN_A_LIST: Final = late(
    r"(?:^|(?<=[\[{,])|(?<=[\[{,] )|(?<=\t)|(?<=  ))[\"'](?P<name>[A-Za-z][A-Za-z0-9_.]{2,60})=(?P<value>[^\s\"'$%{}<>&\\]{3,200})[\"'][ ]{0,4}[,\])}]"
)
"""``"PGPASSWORD=hunter"``, all of a literal in a list: what a program hands to another's environment."""
_A_PROPERTY: Final = late(
    r"(?:^|(?<=[\[{,( \t]))\"(?P<name>[a-z][a-z0-9-]{1,30}(?:\.[a-z][a-z0-9-]{1,30}){2,8})[=:](?P<value>[^\s\"'$%{}<>&\\:/]{3,200})\"[ ]{0,4}[,\])}]"
)
"""``"spring.cloud.vault.token=word"``, with which a program is started in a test. Source: Spring Boot,
"TestPropertyValues"."""


def assignments(line: str, small: str, begin: int) -> Iterator[Assignment]:
    """The defaults of telling names in one line that begins at an offset. small: the line in small
    letters."""
    for mark, form in _PLAIN:
        for found in form.finditer(line) if mark in line else ():
            if names.sense(found["name"]).telling:
                start, end = found.span("value")
                yield Assignment(found["name"], found["value"], begin + start, begin + end, True)
    for mark, form in _QUOTED:
        for found in form.finditer(line) if mark in small else ():
            if names.sense(found["name"]).telling:
                item = literal(found["name"], found["value"], begin + found.start("value"))
                yield item._replace(placed=True)
    for found in _A_PROPERTY.finditer(line) if "." in line and '"' in line else ():
        if names.sense(found["name"]).telling:
            start, end = found.span("value")
            yield Assignment(
                found["name"], found["value"], begin + start, begin + end, True, placed=True
            )
    for found in _IN_A_LIST.finditer(line) if "=" in line else ():
        claim = names.sense(found["name"])
        if claim.strength == 2 and (found["name"].isupper() or claim.sense is names.Sense.PASSWORD):
            start, end = found.span("value")
            yield Assignment(
                found["name"], found["value"], begin + start, begin + end, True, placed=True
            )
