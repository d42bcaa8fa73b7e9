"""How long a run waits for what a cloud does in its own time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How long proofs may take, in seconds. grant: until a new grant works everywhere;
    log: until a line of the resolver arrives; pause: between two looks. silence: without an answer
    of the cloud, until a person is told of it. steady: for how long a new grant has to work
    without a break before a function relies on it: while it spreads it works by turns, and AWS
    gives no number (IAM user guide, `troubleshoot_general`); 5 to 15 seconds are seen."""

    grant: float = 90.0
    log: float = 45.0
    pause: float = 2.0
    silence: float = 10.0
    steady: float = 15.0
