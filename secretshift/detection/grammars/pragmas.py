"""What comments say is no secret."""

from __future__ import annotations

from ..late import late

_IGNORED = late(
    r"(?i)pragma:?\s?(?:allow|white)list[ -]secret"
    r"|(?:kingfisher|trufflehog):\s?ignore|gitleaks:\s?allow|noqa:\s?secret"
)
_NEXT_LINE_IGNORED = late(r"(?i)pragma:?\s?(?:allow|white)list[ -]nextline[ -]secret")

_NOTHING_BUT_THAT = late(
    r"(?i)\s*(?:"
    r"(?:#+|//+!?|--+|;+|%+|::|'|!|\*|rem\b|dnl\b)\s*{mark}\b.*"
    r"|(?:/\*+|<!--+|<%--|\(\*|\{{-|\{{#|<#)\s*{mark}\b"
    r"(?:(?!\*/|--|\*\)|-\}}|#\}}|#>).)*(?:\*+/|--+%?>|\*\)|-\}}|#\}}|#>)?"
    r")\s*".format(mark=_NEXT_LINE_IGNORED.pattern.removeprefix("(?i)"))
)
"""A comment that begins its line with these words, and code neither before nor behind it: what a
comment or a literal beside code says would be overlooked too easily."""


def is_ignored(text: str, begin: int, end: int) -> bool:
    """Whether a comment on the line, or the line before, says that nothing here is a secret."""
    line_end = text.find("\n", end, end + 400)
    line = text[begin : end + 400 if line_end < 0 else line_end]
    if (
        "llow" in line
        or "white" in line
        or "WHITE" in line
        or "gnore" in line
        or "noqa" in line
        or "LLOW" in line
    ) and _IGNORED.search(line):
        return True
    if begin == 0:
        return False
    near = max(0, begin - 400)
    line_begin = text.rfind("\n", near, begin - 1) + 1
    if line_begin == 0 and near > 0:
        return False
    before = text[line_begin:begin]
    return "nextline" in before and _NOTHING_BUT_THAT.fullmatch(before) is not None


def without_marks(text: str) -> str:
    """The same text, of the same length, in which no comment says what is no secret."""
    for mark in (_NEXT_LINE_IGNORED, _IGNORED):
        text = mark.sub(lambda found: " " * len(found[0]), text)
    return text
