"""What a person decides about a credential, and who looked at its value. Holds no value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from .findings import CredentialId
from .secret_value import Fingerprint

NEVER: Final = datetime.min.replace(tzinfo=UTC)


class Choice(StrEnum):
    """move: take it with the next plan; accepted: it stays, perhaps until a day; false-positive:
    it is no credential; refused: whoever gave it out refuses it already."""

    MOVE = "move"
    ACCEPTED = "accepted"
    FALSE_POSITIVE = "false-positive"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Decision:
    """A choice about one value, wherever it lies: it goes by the fingerprint.

    until: last day of an acceptance (ISO date), "" for no end; who: user of the system.
    """

    credential: CredentialId
    fingerprint: Fingerprint
    choice: Choice
    reason: str
    until: str = ""
    who: str = ""
    time: datetime = NEVER

    def in_force(self, today: date) -> bool:
        """An acceptance that ran out is none."""
        return not self.until or today <= date.fromisoformat(self.until)

    @property
    def leaves_out(self) -> bool:
        """Whether the credential is to stay where it is."""
        return self.choice is not Choice.MOVE

    @property
    def sentence(self) -> str:
        """``accepted until 2026-12-01: reason``"""
        until = f" until {self.until}" if self.until else ""
        return f"{self.choice.value}{until}" + (f": {self.reason}" if self.reason else "")


@dataclass(frozen=True, slots=True)
class Reveal:
    """A value was shown. place: where it was read, in words."""

    credential: CredentialId
    place: str
    who: str
    time: datetime
