"""What an undo refuses to do without consent by name, and how it is asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from secretshift.execution.run import Failure
from secretshift.model.plans import Plan

from ..gate import Safe, gate
from ..wording import counted

ROTATED, DELETED = "rotated", "scheduled-for-deletion"
HINTS: Final = {
    ROTATED: "It was rotated since; undo again, and it asks whether its present value is to be "
    "used",
    DELETED: "Find out who did it; undo again, and it asks whether it is to be restored first",
}
"""Code of a failure -> what to do about it here, where a command would name an option."""
SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class Refused:
    """secrets: names of those in the way, of both sorts; what: what would be done, as sentences.
    word: what is typed to do it."""

    rotated: bool
    deleted: bool
    secrets: tuple[str, ...]
    what: tuple[Safe, ...]
    word: Safe


def refused(plan: Plan, failures: Sequence[Failure]) -> Refused | None:
    """Of an undo that failed, None where consent would not help it."""
    rotated = [failure for failure in failures if failure.code == ROTATED]
    deleted = [failure for failure in failures if failure.code == DELETED]
    if not rotated and not deleted:
        return None
    secrets = _named(plan, [*rotated, *deleted])
    functions = {str(function.function) for function in plan.active}
    back = [f.target for f in rotated if f.target in functions]
    gone = [f for f in rotated if f.target not in functions]
    what = []
    if back:
        what.append(
            f"Rotated since: {_list(_named(plan, rotated))}. The present value, not the one that "
            f"the run took, would lie in plain in {_list(back)}."
        )
    if gone:
        what.append(
            f"Rotated since: {_list(_named(plan, gone))}. It would be scheduled for deletion with "
            "the value that somebody put there, and can be restored for a time."
        )
    if deleted:
        what.append(
            f"Scheduled for deletion: {_list(_named(plan, deleted))}. It would be restored to "
            f"read its value for {_list(f.target for f in deleted)}, and scheduled again at the "
            "end."
        )
    what.append("The same holds for every other secret of this run that is found so.")
    word = secrets[0].rsplit("/", 1)[-1] if len(secrets) == 1 else f"all {len(secrets)}"
    return Refused(
        bool(rotated),
        bool(deleted),
        secrets,
        tuple(gate(sentence, limit=1000) for sentence in what),
        gate(word),
    )


def in_the_way(found: Refused) -> str:
    """The secrets, and that a person has to allow it; without a full stop."""
    return f"{counted(len(found.secrets), 'secret')} in the way ({_list(found.secrets)})"


def hinted(failures: Iterable[Failure]) -> tuple[Failure, ...]:
    """Failures of an undo with hints that name no option of a command."""
    return tuple(Failure(f.target, f.code, f.what, HINTS.get(f.code, f.hint)) for f in failures)


def _named(plan: Plan, failures: Sequence[Failure]) -> tuple[str, ...]:
    """The plan's secrets that these name, by the ARN in what they say."""
    names = (
        next((s.name for s in plan.secrets if f":secret:{s.name}-" in failure.what), failure.target)
        for failure in failures
    )
    return tuple(dict.fromkeys(names))


def _list(names: Iterable[str]) -> str:
    found = list(dict.fromkeys(names))
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return ", ".join(found[:SHOWN]) + more
