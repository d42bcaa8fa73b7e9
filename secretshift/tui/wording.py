"""Sentences that more than one screen says. Pure; foreign names come in through the gate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from .gate import Safe, gate

if TYPE_CHECKING:
    from secretshift.model.journeys import NoAnswer

NOTHING_CHANGED: Final = "nothing changed so far."
TITLES: Final[Mapping[str, str]] = {
    "start": "Start",
    "scan": "Scan",
    "credentials": "Credentials",
    "plan": "Plan",
    "run": "Run",
    "proof": "Proof",
    "runs": "Runs",
    "doctor": "Doctor",
    "settings": "Settings",
}
JOURNEY: Final = ("start", "scan", "credentials", "plan", "run", "proof")
"""The guided way, in its order."""


def counted(number: int, one: str, many: str = "") -> str:
    """``1 function``, ``2,310 functions``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: Iterable[str], none: str = "nothing") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    items = list(parts)
    if len(items) < 2:
        return items[0] if items else none
    return f"{', '.join(items[:-1])} and {items[-1]}"


def sentences(*texts: str) -> str:
    """Each with one full stop behind it; empty ones are left out."""
    return " ".join(f"{text.rstrip('. ')}." for text in texts if text)


def clock(time: datetime) -> str:
    """Local time of day."""
    return time.astimezone().strftime("%H:%M")


def day_and_clock(time: datetime) -> str:
    """Local day and time: ``2026-11-24 14:02``."""
    return time.astimezone().strftime("%Y-%m-%d %H:%M")


def lasted(seconds: float) -> str:
    """``0.9 s``, ``14 s``, ``2 m 10 s``, ``3 h 05 m``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{int(seconds) // 60} m {int(seconds) % 60:02} s"
    return f"{int(seconds) // 3600} h {int(seconds) // 60 % 60:02} m"


def size(number: int) -> str:
    return f"{number:,}"


def error_sentence(what: str, resource: str = "", hint: str = "") -> Safe:
    """What is so; what can be done."""
    where = f" ({resource})" if resource else ""
    then = f" {hint.rstrip('.')}." if hint else ""
    return gate(f"{what.rstrip('.')}{where}.{then}")


def not_the_word(word: Safe) -> Safe:
    """A sheet got another name than it asked for."""
    return Safe(f"That is not {word}, so nothing was started. Esc leaves this.")


def no_connection(silent: Iterable[NoAnswer]) -> str:
    """Who does not answer, and since when; "" where all do."""
    found = sorted(silent, key=lambda one: (-one.seconds, one.where))
    if not found:
        return ""
    names = [one.where for one in found[:2]]
    if len(found) > 2:
        names.append(f"{len(found) - 2:,} more")
    return f"No connection to {listed(names)} for {lasted(found[0].seconds)}."


LEDGER: Final[Mapping[str, tuple[str, str]]] = {
    "create-secret": ("secret created", "secrets created"),
    "publish-layer": ("layer published", "layers published"),
    "grant-read": ("grant", "grants"),
    "grant-role": ("grant to a role", "grants to roles"),
    "add-reference": ("function has references", "functions have references"),
    "remove-plaintext": ("function switched", "functions switched"),
    "swap-reference": ("function switched at once", "functions switched at once"),
}
"""What the ledger says of each change that is done."""


def ledger(done: Mapping[str, int], undone: bool = False, unanswered: int = 0) -> Safe:
    """What a run has changed until now. done: change -> how many are done and not undone;
    unanswered: changes that were asked for and perhaps made. An undo leaves published layers, which
    change no function by themselves: they are not what it left to do."""
    parts = []
    for change, (one, many) in LEDGER.items():
        number = done.get(change, 0)
        if change == "add-reference":
            number -= done.get("remove-plaintext", 0)
        if number > 0 and not (undone and change == "publish-layer"):
            parts.append(f"{number:,} {one if number == 1 else many}")
    if unanswered:
        changes = counted(unanswered, "change")
        known = f"{', '.join(parts)}; " if parts else ""
        return Safe(f"{known}{changes} without an answer: R or U looks at it first.")
    if not parts:
        return Safe("all of it is undone." if undone else NOTHING_CHANGED)
    return Safe(f"{', '.join(parts)}. All of it can be undone (U).")


def sentence(text: str) -> str:
    """With a full stop, if it says anything."""
    return f"{text.rstrip('.')}." if text else ""
