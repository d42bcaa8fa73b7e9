"""What a run or its undo came to, as lines and as JSON data.

The reports know the shape of a result and not the class, so that they need no journey.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from .findings_table import not_searched_lines
from .in_plain import InPlain, in_plain_data, in_plain_lines
from .lines import Line, Style, counted, line

SCHEMA = 1


class Failure(Protocol):
    @property
    def target(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def hint(self) -> str: ...


class Migrated(Protocol):
    """run: "" when there was nothing to do."""

    @property
    def run(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def moved(self) -> Sequence[str]: ...
    @property
    def kept(self) -> Sequence[str]: ...
    @property
    def failures(self) -> Sequence[Failure]: ...
    @property
    def blocked(self) -> Sequence[str]: ...
    @property
    def granted_to_role(self) -> Sequence[str]: ...
    @property
    def not_searched(self) -> Sequence[str]: ...
    @property
    def interrupted(self) -> bool: ...


class Undone(Protocol):
    @property
    def run(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def restored(self) -> Sequence[str]: ...
    @property
    def in_plain(self) -> Sequence[InPlain]: ...
    @property
    def kept(self) -> Sequence[str]: ...
    @property
    def failures(self) -> Sequence[Failure]: ...
    @property
    def interrupted(self) -> bool: ...


def migrated_data(result: Migrated) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "run": result.run,
        "status": result.status,
        "moved": list(result.moved),
        "kept": list(result.kept),
        "failures": [_failure_data(failure) for failure in result.failures],
        "blocked": list(result.blocked),
        "granted_to_role": list(result.granted_to_role),
        "not_searched": list(result.not_searched),
    }


def undone_data(result: Undone) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "run": result.run,
        "status": result.status,
        "restored": list(result.restored),
        "in_plain": in_plain_data(result.in_plain),
        "kept": list(result.kept),
        "failures": [_failure_data(failure) for failure in result.failures],
    }


def migrated_lines(result: Migrated, work: int) -> list[Line]:
    """work: how many things of the plan are left for a person."""
    lines = [line("  ", ("✓", Style.GOOD), f" moved   {name}") for name in result.moved]
    kept = "its plaintext is still there"
    lines += [line("  ", ("=", Style.CHANGE), f" kept    {name}: {kept}") for name in result.kept]
    lines += _failures(result.failures)
    lines += [
        line("  ", ("✗", Style.BAD), f" blocked {name}: left as it was") for name in result.blocked
    ]
    of_role = "its whole role may read the secret, and not this function alone"
    lines += [
        line("  ", ("!", Style.WARNING), f" role    {name}: {of_role}")
        for name in result.granted_to_role
    ]
    lines += not_searched_lines(result.not_searched)
    head = [
        f"{len(result.moved):,} moved",
        f"{len(result.kept):,} kept",
        f"{len(result.failures):,} failed",
        f"{len(result.blocked):,} blocked",
    ]
    lines.append(line((f"{_title(result.run, result.status)}: {', '.join(head)}", Style.STRONG)))
    if work:
        lines.append(line(f"{counted(work, 'thing')} left for a person: secretshift plan"))
    if result.run and result.status != "nothing to do":
        if result.interrupted or result.failures:
            lines.append(line(f"Go on with: secretshift resume {result.run}"))
        lines.append(line(f"Undo with:  secretshift undo {result.run}"))
    return lines


def undone_lines(result: Undone) -> list[Line]:
    lines = [
        line("  ", ("✓", Style.GOOD), f" restored {name}: as before this run")
        for name in result.restored
    ]
    lines += in_plain_lines(result.in_plain)
    lines += [line("  ", ("=", Style.CHANGE), f" kept     {item}") for item in result.kept]
    lines += _failures(result.failures)
    head = [
        f"{len(result.restored):,} restored",
        f"{len(result.kept):,} kept",
        f"{len(result.failures):,} failed",
    ]
    said = "" if result.status == "nothing to do" else f": {', '.join(head)}"
    lines.append(line((f"{_title(result.run, result.status)}{said}", Style.STRONG)))
    if result.interrupted or result.failures:
        lines.append(line(f"Go on with: secretshift undo {result.run}"))
    return lines


def _title(run: str, status: str) -> str:
    return f"Run {run}: {status}" if run else status.capitalize()


def _failures(failures: Iterable[Failure]) -> Iterable[Line]:
    for failure in failures:
        yield line("  ", ("✗", Style.BAD), f" failed  {failure.target}: {failure.what}")
        if failure.hint:
            yield line(f"      do: {failure.hint}")


def _failure_data(failure: Failure) -> dict[str, str]:
    return {
        "target": failure.target,
        "code": failure.code,
        "what": failure.what,
        "hint": failure.hint,
    }
