"""Ask a person before something is changed; where there is none, refuse."""

from __future__ import annotations

import sys

from secretshift.model.errors import Interrupted, UsageProblem

from .screen import Screen, is_terminal

ANSWER = "yes"


LOOK_FIRST = "Look at what it would do (secretshift plan, secretshift show), then add --yes"


def require_answerable(*, yes: bool, hint: str = LOOK_FIRST) -> None:
    """Called before anything else is done. Raises UsageProblem where nobody could be asked."""
    if not yes and not is_terminal(sys.stdin):
        raise UsageProblem(
            "There is no terminal to ask on, and --yes was not given",
            hint=hint,
            code="not-confirmed",
        )


def agree(screen: Screen, question: str, *, yes: bool) -> None:
    """Return if the person types yes. Raises Interrupted for anything else."""
    require_answerable(yes=yes)
    if not yes and not agrees(screen, question):
        raise Interrupted("Not confirmed, so nothing was changed", code="not-confirmed")


def agrees(screen: Screen, *question: str) -> bool:
    """Whether the person at the terminal types yes."""
    screen.say(*question)
    screen.ask(f"Type {ANSWER} to go ahead:")
    return sys.stdin.readline().strip() == ANSWER
