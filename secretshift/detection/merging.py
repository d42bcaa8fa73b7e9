"""One verdict a secret, where several engines saw the same place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from secretshift.model.findings import Verdict

from .candidate import Candidate, Evidence, Place


class Judged(NamedTuple):
    candidate: Candidate
    verdict: Verdict


_GENERIC = frozenset(
    [
        "generic-password",
        "generic-token",
        "generic-api-key",
        "basic-auth",
        "bearer-token",
        "signing-key",
        "encryption-key",
    ]
)
_INNERMOST = {
    Evidence.CONNECTION: 5, Evidence.PEM: 5, Evidence.ADDRESS: 4, Evidence.HEADER: 4,
    Evidence.FORMAT: 3, Evidence.PAIR: 3, Evidence.PARAMETER: 2, Evidence.NAME: 1,
}  # fmt: skip


def merged(found: Iterable[Judged]) -> list[Verdict]:
    """Of verdicts whose spans overlap, or that hold the same secret in one variable, the best:
    the specific kind before the generic one, the surer one, the better understood form."""
    kept: list[Judged] = []
    beside: dict[int, list[Judged]] = {}
    for item in sorted(found, key=_rank, reverse=True):
        whole = item.candidate.place is Place.ENVIRONMENT
        parts = _parts(item.candidate)
        near = kept if whole else (one for part in parts for one in beside.get(part, ()))
        if any(_same(item, other) for other in near):
            continue
        kept.append(item)
        for part in parts:
            beside.setdefault(part, []).append(item)
    kept.sort(key=lambda item: (item.candidate.start, item.candidate.end))
    return [item.verdict for item in kept]


_PART = 64
"""Characters of a text whose verdicts are looked through at once: a file may hold many."""


def _parts(candidate: Candidate) -> range:
    return range(candidate.start // _PART, max(candidate.start, candidate.end - 1) // _PART + 1)


def _rank(item: Judged) -> tuple[bool, int, bool, int, int]:
    """A connection's password or a key in armour is the innermost form whatever else matched."""
    form = _INNERMOST[item.candidate.evidence]
    return (
        form == 5,
        item.verdict.confidence.rank,
        item.verdict.kind not in _GENERIC,
        form,
        len(item.candidate.text) * (1 if form == 3 else -1),
    )


def _same(one: Judged, other: Judged) -> bool:
    a, b = one.candidate, other.candidate
    if a.start < b.end and b.start < a.end:
        return not (
            a.outer and b.outer and (a.start, a.end) == (b.start, b.end) and a.text != b.text
        )
    return a.text == b.text and a.place is Place.ENVIRONMENT
