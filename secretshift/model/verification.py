"""What whoever gave a credential out says of it: kept apart from how sure a finding is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """Only an answer makes a credential active or refused; whatever else comes back is unknown."""

    ACTIVE = "active"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True)
class Verification:
    """host: who was asked, "" if nobody; time: UTC as in 2026-11-27T06:20:00Z, "" if nobody was
    asked; reason: why it is unknown or not checked, as a sentence without any value."""

    outcome: Outcome
    host: str = ""
    time: str = ""
    reason: str = ""

    @property
    def sentence(self) -> str:
        """Everything of it in one line."""
        words = [self.outcome.value.replace("-", " ")]
        if self.host:
            verb = "says" if self.outcome in (Outcome.ACTIVE, Outcome.REFUSED) else "asked"
            words.append(f"{verb} {self.host} ({self.time})")
        return ", ".join(words) + (f": {self.reason}" if self.reason else "")
