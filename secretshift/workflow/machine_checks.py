"""Doctor's look at the machine: git, Python, the terminal, and what keeps values off the disk."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib import metadata

from secretshift.hardening import Hardening, Swap, hardening, swaps
from secretshift.model.checks import Check, CheckState
from secretshift.model.errors import SecretshiftError
from secretshift.sources.repository import git_version

from .terminal_facts import TerminalFacts

OLDEST_GIT = (2, 31, 0)
COMFORTABLE = (80, 24)
SMALLEST = (60, 15)
EXTRAS = {
    "aws": ("boto3", "AWS accounts"),
    "demo": ("ministack", "the demo cloud"),
    "serve": ("textual-serve", "the interface in a browser"),
}
"""Extra: (the package that tells whether it is there, what it is for)."""


def machine_checks(terminal: TerminalFacts | None) -> Iterator[Check]:
    yield git_check()
    version = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    yield Check("python", "Python", CheckState.OK, version)
    yield from terminal_checks(terminal)
    yield core_dumps_check(hardening())
    yield swap_check(swaps())
    for extra in EXTRAS:
        yield extra_check(extra)


def git_check() -> Check:
    try:
        found = git_version()
    except SecretshiftError as error:
        return Check("git", "git", CheckState.FAIL, str(error), error.hint)
    text = ".".join(map(str, found))
    if found < OLDEST_GIT:
        oldest = ".".join(map(str, OLDEST_GIT[:2]))
        hint = f"Work trees can be scanned with {oldest} or newer"
        return Check("git", "git", CheckState.FAIL, f"{text} is too old", hint)
    return Check("git", "git", CheckState.OK, text)


def terminal_checks(terminal: TerminalFacts | None) -> Iterator[Check]:
    if terminal is None:
        yield Check("terminal", "terminal", CheckState.UNKNOWN, "This output is no terminal")
        return
    yield _size(terminal)
    yield _colours(terminal)
    yield _utf8(terminal)
    text = "Whether it reports the mouse cannot be told; nothing needs one"
    yield Check("terminal-mouse", "mouse", CheckState.UNKNOWN, text)


def _size(terminal: TerminalFacts) -> Check:
    size = (terminal.columns, terminal.rows)
    text = f"{size[0]} columns, {size[1]} rows"
    state, hint = CheckState.OK, ""
    if size[0] < SMALLEST[0] or size[1] < SMALLEST[1]:
        state = CheckState.WARN
        hint = f"The interface needs {SMALLEST[0]} by {SMALLEST[1]}; the linear mode needs no size"
    elif size[0] < COMFORTABLE[0] or size[1] < COMFORTABLE[1]:
        state = CheckState.WARN
        hint = f"The interface is made for {COMFORTABLE[0]} by {COMFORTABLE[1]} and more"
    return Check("terminal-size", "terminal size", state, text, hint)


def _colours(terminal: TerminalFacts) -> Check:
    if terminal.colours == "none":
        text = "No colours; signs and words say the same"
        return Check("terminal-colours", "colours", CheckState.OK, text)
    named = {"16": "16 colours", "256": "256 colours", "truecolor": "16 million colours"}
    text = f"{named[terminal.colours]} ({terminal.term})"
    return Check("terminal-colours", "colours", CheckState.OK, text)


def _utf8(terminal: TerminalFacts) -> Check:
    if terminal.utf8:
        return Check("terminal-utf8", "UTF-8", CheckState.OK, "The locale is UTF-8")
    return Check(
        "terminal-utf8",
        "UTF-8",
        CheckState.WARN,
        "The locale is not UTF-8: the interface takes ASCII signs",
        "Set LC_ALL to a locale such as C.UTF-8",
    )


def core_dumps_check(found: Hardening) -> Check:
    """Both must be off: a core file, and a look at this process's memory by the same user."""
    if found.core_limit == 0 and not found.dumpable:
        text = "This process leaves no core file, and no other may look into it"
        return Check("core-dumps", "core dumps", CheckState.OK, text)
    return Check(
        "core-dumps",
        "core dumps",
        CheckState.FAIL,
        "A crash of this process could write its memory to the disk",
        "Start it with the command secretshift, where setrlimit and prctl are allowed",
    )


def swap_check(found: tuple[Swap, ...] | None) -> Check:
    if found is None:
        text = "This system does not say where it swaps to"
        return Check("swap", "swap", CheckState.UNKNOWN, text)
    plain = [swap.name for swap in found if swap.encrypted is False]
    unknown = [swap.name for swap in found if swap.encrypted is None]
    hint = "Encrypt it or switch it off: memory that holds values can be written there"
    if plain:
        text = f"Not encrypted: {', '.join(plain)}"
        return Check("swap", "swap", CheckState.WARN, text, hint)
    if unknown:
        text = f"Whether it is encrypted cannot be told: {', '.join(unknown)}"
        return Check("swap", "swap", CheckState.UNKNOWN, text, hint)
    return Check("swap", "swap", CheckState.OK, "Encrypted" if found else "None in use")


def extra_check(extra: str) -> Check:
    package, purpose = EXTRAS[extra]
    try:
        text = f"{package} {metadata.version(package)}, for {purpose}"
    except metadata.PackageNotFoundError:
        text = f"Not installed, so without {purpose}"
        hint = f"pip install 'secretshift[{extra}]'"
        state = CheckState.WARN if extra == "aws" else CheckState.OK
        return Check(f"extra-{extra}", f"extra {extra}", state, text, hint)
    return Check(f"extra-{extra}", f"extra {extra}", CheckState.OK, text)
