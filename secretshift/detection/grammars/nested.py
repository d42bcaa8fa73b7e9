"""A name on one line and its value below it or inside another element: YAML blocks, XML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .. import names
from ..late import late
from .literals import Assignment, without_entities

_BLOCK: Final = late(
    r"(?P<indent>[ ]{0,40})(?:- )?[\"']?(?P<name>[A-Za-z_][\w.-]{1,79})[\"']?:[ ]{1,4}[|>][+-]?[ \t\r]{0,4}\n"
    r"(?P=indent)[ ]{1,8}(?P<value>[^\s#{}<>$][^\s]{3,400})[ \t\r]{0,4}(?:\n|$)(?!(?P=indent)[ ]{1,8}\S)"
)
_ATTRIBUTE: Final = late(
    r"<[A-Za-z][\w:.-]{0,60}[ \t](?:[^<>\n]{0,200}[ \t])?(?:name|key|id)=[\"'](?P<name>[\w.:-]{2,120})[\"']"
    r"[^<>\n]{0,200}(?<!/)>(?:\s{0,60}<[Vv]alue>)?(?P<value>[^<>\n]{1,400})</"
)
_INNER: Final = late(
    r"<(?P<name>[A-Za-z][\w.:-]{1,79})>\s{0,60}<[Vv]alue>(?P<value>[^<>\n]{1,400})</[Vv]alue>"
)


_PLIST: Final = late(
    r"<key>(?P<name>[\w.:-]{2,120})</key>\s{0,60}<string>(?P<value>[^<>\n]{1,400})</string>"
)


def assignments(text: str, begin: int, end: int) -> Iterator[Assignment]:
    """What a name on the line from begin to end has below or inside."""
    line = text[begin:end]
    if line.rstrip()[-1:] in "|>-+" and ":" in line:
        block = _BLOCK.match(text, begin)
        if block is not None and names.sense(block["name"]).telling:
            yield Assignment(block["name"], block["value"], *block.span("value"), False)
    if "<" not in line:
        return
    for form in (_ATTRIBUTE, _INNER, _PLIST):
        at = line.find("<")
        while at >= 0:
            found = form.match(text, begin + at)
            if found is not None and names.sense(found["name"]).telling:
                plain = without_entities(found["value"])
                yield Assignment(found["name"], plain, *found.span("value"), True)
            at = line.find("<", at + 1)
