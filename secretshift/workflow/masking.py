"""Lines of a file in which no secret can be read. Where it is doubtful, it is masked."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import quote, quote_plus

from secretshift.detection.looks import Look, look
from secretshift.model.findings import Sighting
from secretshift.model.secret_value import MASK

LONGEST: Final = 400
_BEFORE: Final = re.compile(r"[\w+~%-]*\Z")
_BEHIND: Final = re.compile(r"[\w+/=~%-]*")
"""What touches a secret may belong to it: engines differ on where a token ends."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9_+/=~.:@%-]{16,}")
_BLOB: Final = re.compile(r"[A-Za-z0-9+/=_-]{40,}")
_SHORTEST_ENCODED: Final = 6

Span = tuple[int, int]


def masked_lines(text: str, sightings: Sequence[Sighting], first: int, last: int) -> list[str]:
    """Lines first to last of a text (from 1, both included) without any secret of the whole text.

    Every span of a sighting is masked, every other occurrence of its secret (plain, as it stands in
    the text, and encoded), and whatever looks made by a machine.
    """
    begin, end = _window(text, first, last)
    shown = text[begin:end]
    spans = [(start - begin, stop - begin) for start, stop in _sighted(text, sightings)]
    spans += _occurrences(shown, sightings)
    spans += _doubtful(shown)
    return [_cut(row) for row in _masked(shown, spans)]


def _window(text: str, first: int, last: int) -> Span:
    begin = 0
    for _ in range(first - 1):
        begin = text.index("\n", begin) + 1
    end = begin - 1
    for _ in range(first, last + 1):
        end = text.find("\n", end + 1)
        if end < 0:
            return begin, len(text)
    return begin, end


def _sighted(text: str, sightings: Iterable[Sighting]) -> Iterator[Span]:
    for one in sightings:
        before = _BEFORE.search(text, max(0, one.start - 200), one.start)
        behind = _BEHIND.match(text, max(one.end, one.start))
        start = before.start() if before is not None else one.start
        yield start, behind.end() if behind is not None else one.end


def _occurrences(shown: str, sightings: Iterable[Sighting]) -> Iterator[Span]:
    lowered = shown.lower()
    same = len(lowered) == len(shown)
    secrets = [one.secret.reveal() for one in sightings if one.secret is not None]
    for form in {form for secret in secrets for form in _forms(secret)}:
        yield from _found(shown, form)
        small = form.lower()
        if same and len(small) == len(form):
            yield from _found(lowered, small)


def _found(text: str, form: str) -> Iterator[Span]:
    at = text.find(form)
    while at >= 0:
        yield at, at + len(form)
        at = text.find(form, at + 1)


def _forms(secret: str) -> Iterator[str]:
    """The secret as it may stand elsewhere; a multi-line one also line by line."""
    pieces = {secret, secret.strip(), *(row.strip() for row in secret.splitlines())}
    for piece in pieces:
        if not piece or (piece != secret and len(piece) < 4):
            continue
        yield piece
        yield quote(piece, safe="", errors="surrogatepass")
        yield quote(piece, errors="surrogatepass")
        yield quote_plus(piece, errors="surrogatepass")
        yield html.escape(piece)
        for ascii_only in (True, False):
            escaped = json.dumps(piece, ensure_ascii=ascii_only)[1:-1]
            yield escaped
            yield escaped.replace("/", "\\/")
        yield piece.replace("'", "''")
        yield piece.replace("}", "}}").replace("{", "{{")
        yield from _encoded(piece.encode("utf-8", "surrogatepass"))


def _encoded(raw: bytes) -> Iterator[str]:
    """Hexadecimal, and base64 at each of the three places where it can begin in a longer text."""
    forms = [raw.hex()]
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + raw).decode("ascii").rstrip("=")
        first = -(-shift * 8 // 6)
        whole = (shift + len(raw)) * 8 // 6
        inner = coded[first:whole]
        forms += [inner, inner.replace("+", "-").replace("/", "_")]
    yield from (form for form in forms if len(form) >= _SHORTEST_ENCODED)


def _doubtful(shown: str) -> Iterator[Span]:
    for found in _BLOB.finditer(shown):
        yield found.span()
    for found in _TOKEN.finditer(shown):
        for piece in re.finditer(r"[^:@.=]{16,}", found[0]):
            if look(piece[0]) in (Look.RANDOM, Look.UUID):
                yield found.start() + piece.start(), found.start() + piece.end()


def _masked(shown: str, spans: Iterable[Span]) -> Iterator[str]:
    ordered = sorted(spans)
    begin = 0
    for row in shown.split("\n"):
        end = begin + len(row)
        inside = [(max(start, begin), min(stop, end)) for start, stop in ordered]
        yield _replaced(row, [(s - begin, e - begin) for s, e in inside if s < e])
        begin = end + 1


def _replaced(row: str, spans: Iterable[Span]) -> str:
    parts: list[str] = []
    at = -1
    for start, stop in spans:
        if at < 0 or start > at:
            parts += [row[max(at, 0) : start], MASK]
        at = max(at, stop)
    return "".join(parts) + row[max(at, 0) :]


def _cut(row: str) -> str:
    row = row.rstrip("\r")
    if len(row) <= LONGEST:
        return row
    at = max(0, row.find(MASK) - LONGEST // 4)
    return ("…" if at else "") + row[at : at + LONGEST] + ("…" if at + LONGEST < len(row) else "")
