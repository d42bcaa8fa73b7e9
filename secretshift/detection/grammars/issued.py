"""Tokens that show by their own form who gave them out, whatever stands around them, and that
kingfisher's rules know only beside a word or not at all.

Sources: beside those of ``issued_forms``, Telegram "Bot API", Discord "Reference: Authentication",
HashiCorp Vault "operator init", Firebase "Legacy HTTP protocol".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from ..late import late
from ..looks import Look, look
from .issued_forms import BEGINNINGS, MARKS
from .marks import possible


class Token(NamedTuple):
    """Where one stands in a text; kind: of the catalogue, "" where its beginning says it."""

    start: int
    end: int
    kind: str = ""


_PRINTED: Final = r"(?:Unseal|Recovery) Key \d{1,2}: (?:[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{44})"
"""What Vault prints for whoever sets it up: some of these open it."""
_ID_OF_A_BOT: Final = r"(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5]){5}[\w-]{3,8}"
"""Digits in base64."""
_AS_WORDS_BEGIN: Final = (
    "re_", "sdk-", "fc-", "sk_", "pat-", "secret_", "secret-", "nfo_", "papi-", "aio_",
)  # fmt: skip
"""What names in programs begin with as often."""
_IN_DATA: Final = ("EAA", "IGQ", "K10", "oy2")
"""So short that they stand in every long text in base64: of those, what is behind counts."""
_BEGUN: Final = r"[\w$.+/=-]{8}"


def _at_least(form: str) -> str:
    """What ends a form as often as it has to be there: a match for each more would be too many."""
    return re.sub(r"\{(\d+),\d+\}$", r"{\1}", form)


SWEPT: Final = (
    "(?-i:"
    + "|".join(
        re.escape(one)
        + (_at_least(form.behind) if one in (*_AS_WORDS_BEGIN, *_IN_DATA) else _BEGUN)
        for one, form in BEGINNINGS.items()
        if one[0].isalpha()
    )
    + ")",
    "(?-i:"
    + "|".join(re.escape(mark) + one.behind for mark, one in MARKS.items() if one.behind)
    + ")",
    r"(?-i:1//0)[\w-]{60}",
    r"[0-9a-f]{36}NRAL",
    r"(?-i:[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})",
    f"(?-i:{_ID_OF_A_BOT}" + r"\.[\w-]{6}\.)",
    r"(?-i:AAAA)[\w-]{7}:APA91b",
    r"[1-9]\d{7,9}:AA[\w-]{33}",
    r"(?-i:\.(?:run|login)\([ ]{0,4}[\"'][MNO][\w-]{23,25}\.[\w-]{6}\.)",
    _PRINTED,
)
_FORMS: Final = {
    beginning: late(form.behind + r"(?![\w-])") for beginning, form in BEGINNINGS.items()
}
_AROUND: Final = {
    mark: late(one.before + re.escape(mark) + one.behind + r"(?![\w+/=~-])")
    for mark, one in MARKS.items()
}
_TELEGRAM: Final = late(r"(?<![\w:.-])[1-9]\d{7,9}:AA[A-Za-z0-9_-]{33}(?![\w-])")
_FIREBASE: Final = late(r"(?<![\w+/-])AAAA[\w-]{7}:APA91b[\w-]{100,160}(?![\w-])")
_UNSEALS: Final = late(_PRINTED + r"(?![\w+/=])")
_BOT: Final = late(rf"(?<![\w.+/=-]){_ID_OF_A_BOT}(?:==?)?\.[\w-]{{6}}\.[\w-]{{27,38}}(?![\w.-])")
_MAILGUN: Final = late(r"(?<![\w-])[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![\w-])")
_LOGS_IN: Final = (".run(", ".login(")
_STARTED: Final = late(
    r"[ ]{0,4}[\"'](?P<token>[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38})[\"']"
)
"""What a bot of Discord is started with."""
_MOST: Final = 10_000


def tokens(text: str) -> Iterator[Token]:
    """Such tokens, in no order."""
    yield from _by_their_beginning(text)
    yield from _by_their_mark(text)
    for at in _places(text, ":AA"):
        found = _TELEGRAM.search(text, max(0, at - 11), at + 40)
        if found is not None:
            yield Token(*found.span(), "telegram-bot-token")
    for at in _places(text, ":APA91b"):
        found = _FIREBASE.match(text, at - 11) if at >= 11 else None
        if found is not None:
            yield Token(*found.span(), "generic-api-key")
    for mark in ("Unseal Key ", "Recovery Key "):
        for at in _places(text, mark):
            printed = _UNSEALS.match(text, at)
            if printed is not None:
                yield Token(printed.start() + printed[0].index(":") + 2, printed.end())
    for found in islice(_BOT.finditer(text), _MOST) if "." in text else ():
        yield Token(*found.span(), "discord-token")
    for found in islice(_MAILGUN.finditer(text), _MOST) if "-" in text else ():
        yield Token(*found.span(), "mailgun-api-key")
    for call in _LOGS_IN:
        for at in _places(text, call):
            started = _STARTED.match(text, at + len(call))
            if started is not None:
                yield Token(*started.span("token"), "discord-token")


def _by_their_beginning(text: str) -> Iterator[Token]:
    for beginning in possible(text, tuple(_FORMS)):
        form = _FORMS[beginning]
        for at in _places(text, beginning):
            found = form.match(text, at + len(beginning)) if _begins(text, at) else None
            if found is not None and _is_issued(found[0]):
                yield Token(at, found.end(), BEGINNINGS[beginning].kind)


def _by_their_mark(text: str) -> Iterator[Token]:
    for mark, form in _AROUND.items():
        size = MARKS[mark].size
        for at in _places(text, mark):
            begin = at - size
            found = form.match(text, begin) if begin >= 0 and _begins(text, begin) else None
            if found is not None and look(found[0]) is Look.RANDOM:
                yield Token(*found.span(), MARKS[mark].kind)


def _is_issued(behind: str) -> bool:
    return look(behind) in (Look.RANDOM, Look.UUID) or len(set(behind)) > 16


def _places(text: str, mark: str) -> Iterator[int]:
    """Of a file that was made to keep a scan busy not all."""
    at = text.find(mark)
    for _ in range(_MOST):
        if at < 0:
            return
        yield at
        at = text.find(mark, at + len(mark))


def _begins(text: str, at: int) -> bool:
    before = text[at - 1 : at]
    return not (before.isalnum() or before in ("_", "-", ".", "+", "/"))
