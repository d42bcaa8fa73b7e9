"""Ask a person before something is changed; where there is none, refuse."""

from __future__ import annotations

import sys

from secretshift.model.errors import Interrupted, UsageProblem

from .screen import Screen, is_terminal

ANSWER = "yes"


def require_answerable(*, yes: bool) -> None:
    """Called before anything else is done. Raises UsageProblem where nobody could be asked."""
    if not yes and not is_terminal(sys.stdin):
        raise UsageProblem(
            "There is no terminal to ask on, and --yes was not given",
            hint="Look at what it would do (secretshift plan, secretshift show), then add --yes",
            code="not-confirmed",
        )


def agree(screen: Screen, question: str, *, yes: bool) -> None:
    """Return if the person types yes. Raises Interrupted for anything else."""
    require_answerable(yes=yes)
    if yes:
        return
    screen.say(question)
    screen.ask(f"Type {ANSWER} to go ahead:")
    if sys.stdin.readline().strip() != ANSWER:
        raise Interrupted("Not confirmed, so nothing was changed", code="not-confirmed")
