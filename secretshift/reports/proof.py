"""What a run proved and what it leaves for a person, as lines and as JSON data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from secretshift.model.proofs import FunctionProof, ProofResult, Proved, Todo

from .findings_table import not_searched_lines
from .lines import Line, Style, block, counted, heading, line, stamp

SCHEMA = 1
_MARKS = {
    Proved.MOVED: ("✓", Style.GOOD),
    Proved.UNDONE: ("✓", Style.GOOD),
    Proved.KEPT: ("=", Style.CHANGE),
    Proved.FAILED: ("✗", Style.BAD),
    Proved.LEFT_OUT: ("×", Style.FAINT),
}


def proof_data(result: ProofResult) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "run": result.run,
        "status": result.status,
        "functions": [
            {
                "function": item.function,
                "state": item.state.value,
                "sentence": item.sentence,
                "time": stamp(item.time) if item.time is not None else None,
                "versions_holding": list(item.versions_holding),
            }
            for item in result.functions
        ],
        "todo": [
            {"id": item.id, "text": item.text, "hint": item.hint, "done": item.done}
            for item in result.todo
        ],
        "not_searched": list(result.not_searched),
    }


def proof_lines(result: ProofResult) -> list[Line]:
    lines: list[Line] = []
    for item in result.functions:
        lines += _function(item)
    if result.todo:
        ticked = sum(todo.done for todo in result.todo)
        lines += heading(f"Left for a person: {ticked:,} of {len(result.todo):,} done")
        for todo in result.todo:
            lines += _todo(todo)
        lines += [(), line(f"Tick with: secretshift proof {result.run} --done ID")]
    lines += not_searched_lines(result.not_searched)
    title = f"Run {result.run}: {result.status}, {_summary(result.functions)}"
    return [*lines, (), line((title, Style.STRONG))]


def _function(item: FunctionProof) -> list[Line]:
    when = f"  {stamp(item.time)}" if item.time is not None else ""
    lines = [
        line(
            "  ",
            _MARKS[item.state],
            f" {item.state.value:<8} ",
            (item.function, Style.STRONG),
            (when, Style.FAINT),
        ),
        line(f"      {item.sentence}"),
    ]
    if item.versions_holding:
        held = ", ".join(item.versions_holding)
        lines.append(line((f"      published versions still hold it: {held}", Style.WARNING)))
    return lines


def _todo(todo: Todo) -> list[Line]:
    box = ("[x]", Style.GOOD) if todo.done else ("[ ]", Style.WARNING)
    lines = [line("  ", box, f" {todo.text}", (f"  {todo.id}", Style.FAINT))]
    return lines + (block(todo.hint, 6, Style.FAINT) if todo.hint else [])


def _summary(functions: Sequence[FunctionProof]) -> str:
    """``3 functions: 2 moved, 1 left out``"""
    states = [item.state for item in functions]
    parts = [f"{states.count(state):,} {state.value}" for state in Proved if state in states]
    counts = counted(len(functions), "function")
    return f"{counts}: {', '.join(parts)}" if parts else counts
