"""How large an expression becomes when its repetitions are written out, told before it is compiled.

The engine writes them out, in memory that nothing bounds: of forty characters it makes gigabytes.
"""

from __future__ import annotations

import re
from itertools import product
from typing import Final

LARGEST: Final = 10_000
"""Characters of one expression. The largest of the built-in rules comes to 7,000."""
LARGEST_OF_ALL: Final = 200_000
"""Characters of all expressions of the rule files together, which take two minutes to compile at
the very worst."""
_HUGE: Final = 10**12
_COUNTED: Final = re.compile(r"\{\s*(\d*)\s*(?:,\s*(\d*)\s*)?\}")
_BRACED: Final = re.compile(r"\\[pPxuU]\{[^{}]*\}")
_QUOTED: Final = "\\Q"
_COMMENT: Final = re.compile(r"#[^\n]*")


def size_of(expression: str) -> int:
    """Characters, about, and never too few: where two dialects read a sign differently, that of
    the larger size counts. Takes time in proportion to the expression. Raises ValueError for signs
    that only one of the engine's two dialects knows."""
    if len(expression) > LARGEST:
        return len(expression)
    readings = product((False, True), (False, True))
    return max(_size(expression, nested=one, comments=other) for one, other in readings)


def _size(expression: str, *, nested: bool, comments: bool) -> int:
    """nested: whether a class may hold classes; comments: whether ``#`` begins one."""
    # Of each group that is open: what stands in it before its last part, and that part.
    before, last = [0], [0]
    at = 0
    while at < len(expression):
        sign = expression[at]
        counted = _COUNTED.match(expression, at)
        if counted is not None:
            last[-1] = min(_HUGE, last[-1] * _times(counted))
            at = counted.end()
        elif sign == "(":
            if expression.startswith("(?#", at):
                raise ValueError("a comment in brackets")
            before.append(0)
            last.append(0)
            at += 1
        elif sign == ")":
            whole = before[-1] + last[-1]
            if len(before) > 1:
                before.pop()
                last.pop()
                before[-1] += last[-1]
            else:
                before[-1] = 0
            last[-1] = whole
            at += 1
        elif comments and sign == "#":
            at = _end_of(_COMMENT, expression, at)
        elif sign in "*+?" or sign.isspace():
            # A blank may be none: what counts it may count what stands before it.
            before[-1] += sign.isspace()
            at += 1
        else:
            before[-1] += last[-1]
            last[-1] = 1
            at = _behind(expression, at, nested=nested)
    return min(_HUGE, sum(before) + sum(last))


def _times(counted: re.Match[str]) -> int:
    """As often as it may come, and at least once: what comes never has a place all the same."""
    digits = counted[2] or counted[1] or "1"
    return max(1, int(digits) if len(digits) < 10 else _HUGE)


def _behind(expression: str, at: int, *, nested: bool) -> int:
    """Where a sign, an escape or a class ends. Raises ValueError."""
    if expression.startswith(_QUOTED, at):
        raise ValueError("a quotation")
    if expression[at] == "\\":
        return max(min(at + 2, len(expression)), _end_of(_BRACED, expression, at))
    if expression[at] != "[":
        return at + 1
    depth, end = 1, at + 1
    end += expression.startswith("^", end)
    # The first one is a sign of the class.
    end += expression.startswith("]", end)
    while end < len(expression):
        sign = expression[end]
        if expression.startswith(_QUOTED, end):
            raise ValueError("a quotation")
        end += 2 if sign == "\\" else 1
        depth += (nested and sign == "[") - (sign == "]")
        if not depth:
            return end
    return at + 1


def _end_of(form: re.Pattern[str], expression: str, at: int) -> int:
    found = form.match(expression, at)
    return at if found is None else found.end()
