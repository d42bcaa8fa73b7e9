"""What tests and scripts type into a field for a password, let a stand-in answer, or keep in a form.

Sources: the reference pages of Playwright, Puppeteer, Cypress, Selenium, WebdriverIO, Capybara,
CodeceptJS, Robot Framework, Mockito and Cucumber, by the names of the functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from .. import names
from ..late import late
from .literals import QUOTED, Assignment, literal

MARKS: Final = (
    "type(",
    "fill",
    "keys(",
    "setvalue(",
    "setvalueattribute(",
    "return",
    "value=",
    "input ",
    " with ",
)
"""One of them is on the line, in small letters, besides a telling word."""
_MARKS: Final = frozenset(MARKS)
_WORD: Final = late(r"[A-Za-z][A-Za-z0-9_-]{1,60}")
_FAR: Final = 120
"""Characters before a call in which the field is named."""
_TWO: Final = late(
    r"(?:\.(?:type|fill|fillField|typeText|setValue|setInputValue|inputText)|\bfill_in|\bfillIn)"
    rf"[ ]?\(?[ ]{{0,4}}(?P<field>{QUOTED}),[ ]{{0,4}}(?:with:[ ]{{0,4}})?(?P<value>{QUOTED})"
)
"""The field and what goes into it."""
_ONE: Final = late(
    r"(?:\.|->|\()(?:type|fill|send_?[kK]eys|setValue(?:Attribute)?|set_value|typeText|thenReturn|then_return|andReturn"
    rf"|and_return|willReturn|mockReturnValue|returns|Returns)[ ]?\([ ]{{0,4}}(?P<value>{QUOTED})[ ]{{0,4}}[,)]"
)
"""What goes into the field that stands before it."""
_PRESSED: Final = late(r"(?:\{(?i:enter|tab|esc)\}|\\[nrt])+$")
_STEP: Final = late(
    r"(?i)(?P<field>\"[\w #.-]{3,60}\"|'[\w #.-]{3,60}')[ ](?:field[ ])?with[ ](?P<value>\"[^\"\n]{3,100}\"|'[^'\n]{3,100}')"
)
"""A step in words: ``I fill in "password" with "…"``."""
_ROBOT: Final = late(
    r"^[ \t]*Input Password[ \t]{2,}\S.{0,80}?[ \t]{2,}(?P<value>\S{4,100})[ \t]*$"
)
_FORM: Final = late(
    r"<[Ii]nput\b(?=[^<>\n]{0,300}\stype=[\"']password[\"'])[^<>\n]{0,300}?\s(?:defaultV|v)alue=(?P<value>\"[^\"\n]{3,100}\"|'[^'\n]{3,100}')"
)


def assignments(line: str, small: str, there: Iterable[str], begin: int) -> Iterator[Assignment]:
    """Of one line that begins at an offset. small: the line in small letters; there: the marks that
    it holds."""
    if _MARKS.isdisjoint(there):
        return
    seen: set[int] = set()
    for form in (_TWO, _STEP):
        for found in form.finditer(line):
            name = _telling(found["field"])
            if name and found["value"] != found["field"]:
                seen.add(found.start("value"))
                yield _typed(name, found, begin)
    for found in _ONE.finditer(line):
        name = _telling(line[max(0, found.start() - _FAR) : found.start()])
        if name and found.start("value") not in seen:
            yield _typed(name, found, begin)
    for found in _FORM.finditer(line) if "<input" in small and "password" in small else ():
        yield literal("password", found["value"], begin + found.start("value"))
    robot = _ROBOT.match(line)
    if robot is not None and not robot["value"].startswith(("$", "@", "%")):
        start, end = robot.span("value")
        yield Assignment("password", robot["value"], begin + start, begin + end, False)


def _typed(name: str, found: re.Match[str], begin: int) -> Assignment:
    """Without the key that is pressed at the end."""
    item = literal(name, found["value"], begin + found.start("value"))
    text = _PRESSED.sub("", item.text)
    return item._replace(text=text, end=item.end - len(item.text) + len(text))


def _telling(text: str) -> str:
    """The last word of what names a field, if it claims a secret; "" else."""
    words = _WORD.findall(text)
    for word in reversed(words[-3:]):
        if word == "pin":
            return "user pin"
        if names.sense(word).telling:
            return str(word)
    return ""
