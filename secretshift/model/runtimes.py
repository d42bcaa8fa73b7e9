"""The end of a runtime, as its cloud publishes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RuntimeDates:
    """From when on a runtime is deprecated, new functions with it are refused, and updates of its
    functions are. None where no date is known."""

    deprecated: date | None = None
    create_blocked: date | None = None
    update_blocked: date | None = None
