"""What every part of the judge hands back."""

from __future__ import annotations

Judgement = tuple[int, tuple[str, ...]] | None
"""Confidence as a number from 0 to 2, and why; None: no credential."""

LOW, MEDIUM, HIGH = 0, 1, 2
