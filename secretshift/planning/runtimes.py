"""What the published end of a function's runtime means for its plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from secretshift.model.plans import PlanNote
from secretshift.model.runtimes import RuntimeDates

from .inputs import Case

SOON: Final = timedelta(days=90)
_HINT: Final = "Move it to a current runtime when you can; the migration does not need it"


def dated(case: Case, today: date) -> Case:
    """The case, without a twin where none can be created with its runtime any more."""
    why = no_creation(case.snapshot.runtime, _dates(case), today)
    return replace(case, no_twin=why) if why else case


def ageing(case: Case, today: date) -> Iterator[PlanNote]:
    """A warning where the runtime is deprecated, or its functions cannot be updated soon."""
    runtime, dates = case.snapshot.runtime, _dates(case)
    blocked = dates.update_blocked
    if blocked is not None and blocked <= today:
        yield PlanNote(
            "runtime-updates-blocked",
            f"By AWS's published dates {runtime} takes no updates of its functions since "
            f"{blocked}; a change of the environment still works, as the runtime is not sent with "
            "it, but none of the code",
            _HINT,
        )
        return
    deprecated = dates.deprecated is not None and dates.deprecated <= today
    if not deprecated and (blocked is None or blocked > today + SOON):
        return
    said = [f"is deprecated since {dates.deprecated}"] if deprecated else []
    said += [f"takes no updates of its functions from {blocked}"] if blocked else []
    text = f"By AWS's published dates {runtime} {' and '.join(said)}"
    yield PlanNote("runtime-deprecated", text, _HINT)


def no_creation(runtime: str, dates: RuntimeDates, today: date) -> str:
    """Why no function with this runtime can be created, in a few words; "" if one can, or if
    nothing is known that speaks against it."""
    since = dates.create_blocked
    if since is None or since > today:
        return ""
    return (
        f"new functions with {runtime} are refused since {since} by AWS's published dates, which "
        "it has moved before"
    )


def _dates(case: Case) -> RuntimeDates:
    return case.style.runtime_dates(case.snapshot.runtime)
