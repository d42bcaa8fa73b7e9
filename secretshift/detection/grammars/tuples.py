"""Names and values side by side, as Erlang, the Lisps, Tcl and C# write them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .. import names
from ..late import late
from .literals import Assignment, literal

_LITERAL: Final = r"\"(?:[^\"\\\n]|\\.){1,400}\""
_TUPLE: Final = late(
    rf"\{{[ ]{{0,2}}(?P<name>[a-z]\w{{1,60}})[ ]{{0,2}},[ ]{{0,4}}(?:<<)?(?P<value>{_LITERAL})(?:/utf8)?(?:>>)?[ ]{{0,2}}\}}"
)
_ENTRY: Final = late(
    rf"\{{[ ]{{0,2}}(?:\w{{1,60}}\.){{1,4}}(?P<name>[A-Z]\w{{1,60}})[ ]{{0,2}},[ ]{{0,4}}(?P<value>{_LITERAL})[ ]{{0,2}}\}}"
)
"""Of a dictionary of C#: ``{ Names.ApiSecret, "…" }``."""
_KEYWORD: Final = late(
    rf"(?<![\w:\"']):(?P<name>[a-z][\w-]{{1,60}})[ \t]{{1,8}}(?P<value>{_LITERAL})(?=[\s,)}}\]]|$)"
)
_INDEXED: Final = late(
    r"\[[\"':](?P<name>[A-Za-z_]\w{1,40})[\"']?\]\[[\"':]\w{1,40}[\"']?\][ ]{0,4}=[ ]{0,4}"
    rf"(?P<value>{_LITERAL}|'[^'\\\n]{{1,400}}')"
)
"""``node['password']['postgres'] = "…"``"""
_DEFINED: Final = late(
    rf"^-define\((?P<name>[A-Z]\w{{1,60}}),[ ]{{0,4}}(?:<<)?(?P<value>{_LITERAL})"
)
_CONFIGURED: Final = late(
    rf"\bset :(?P<name>[a-z]\w{{1,60}}),[ ]{{0,4}}(?P<value>{_LITERAL}|'[^'\\\n]{{1,400}}')"
)
"""Source: Capistrano's and Sinatra's pages on settings."""
_SET: Final = late(
    r"(?:^[ \t]{0,40}set[ ](?:-\w{1,4}[ ]){0,2}|\((?:setq|setf|def|defvar|defonce|defparameter|defconst)[ ])"
    rf"(?P<name>[A-Za-z_*][\w*-]{{1,60}})[ \t]{{1,8}}(?P<value>{_LITERAL})"
)


def assignments(line: str, begin: int) -> Iterator[Assignment]:
    """Of one line that begins at an offset."""
    if '"' not in line and "'" not in line:
        return
    for form, sign in (
        (_INDEXED, "]["),
        (_DEFINED, "-define"),
        (_CONFIGURED, "set :"),
        (_TUPLE, "{"),
        (_ENTRY, "{"),
        (_KEYWORD, ":"),
        (_SET, "set"),
        (_SET, "(def"),
    ):
        if sign not in line:
            continue
        for found in form.finditer(line):
            if names.sense(found["name"].strip("*")).telling:
                yield literal(found["name"], found["value"], begin + found.start("value"))
