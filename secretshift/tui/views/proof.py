"""What was proved, and what is left for a person, as rows. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from ..gate import Safe, gate
from ..viewmodels import Cell, RowView
from ..wording import counted, day_and_clock, sentences

if TYPE_CHECKING:
    from secretshift.workflow.proof import FunctionProof, ProofResult, Todo

_SIGNS: Final = {
    "moved": ("ok", "ok"),
    "kept": ("todo", "todo"),
    "failed": ("fail", "fail"),
    "left out": ("out", "faint"),
    "undone": ("undone", "ok"),
}
_WORDS: Final = {
    "moved": "moved and proven",
    "kept": "has both forms",
    "failed": "failed, still on its plaintext",
    "left out": "left out",
    "undone": "undone",
}


def rows(proof: ProofResult) -> Iterable[RowView]:
    """A heading and the functions; a heading and the things to do."""
    yield _heading("functions", f"{counted(len(proof.functions), 'function')} in this run")
    for function in proof.functions:
        yield _function(function)
    ticked = sum(1 for todo in proof.todo if todo.done)
    if proof.todo:
        yield _heading("todo", f"For you to do: {ticked:,} of {len(proof.todo):,} done")
        for todo in proof.todo:
            yield _todo(todo)
    if proof.not_searched:
        yield _heading("not-searched", "Not searched: this proof says nothing of it")
        for number, text in enumerate(proof.not_searched):
            yield RowView(
                id=f"n:{number}",
                cells=(Cell(gate(sentences(text), limit=1000), "faint"),),
                search=text.casefold(),
                depth=1,
                whole=True,
            )


def not_searched_words(sentences_: Iterable[str]) -> list[Safe]:
    """One sentence for each thing that was not looked at, for a person who hears them."""
    return [gate(sentences(f"Not searched: {text}"), limit=1000) for text in sentences_]


def _heading(name: str, text: str) -> RowView:
    return RowView(f"h:{name}", (Cell(Safe(text), "strong"),), whole=True)


def _function(function: FunctionProof) -> RowView:
    sign, token = _SIGNS.get(function.state, ("unknown", "unknown"))
    when = day_and_clock(function.time) if function.time is not None else ""
    held = _held(function)
    return RowView(
        id=f"f:{function.function}",
        cells=(
            Cell(gate(function.function), "strong"),
            Cell(gate(sentences(f"{_word(function)}: {function.sentence}", held), limit=1000)),
            Cell(Safe(when), "faint"),
        ),
        search=f"{function.function} {function.sentence} state:{function.state}".casefold(),
        sign=sign,
        token=token,
        needs_person=function.state in ("failed", "kept") or bool(held),
        whole=True,
    )


def _word(function: FunctionProof) -> str:
    return _WORDS.get(function.state, function.state)


def _held(function: FunctionProof) -> str:
    if not function.versions_holding:
        return ""
    return f"Published versions still hold it: {', '.join(function.versions_holding)}"


def function_words(function: FunctionProof) -> Safe:
    """A function's proof as one sentence, without signs."""
    named = f"{function.function}: {_word(function)}"
    return gate(sentences(named, function.sentence, _held(function)), limit=1000)


def _todo(todo: Todo) -> RowView:
    box = "[x]" if todo.done else "[ ]"
    return RowView(
        id=f"t:{todo.id}",
        cells=(
            Cell(Safe(box), "ok" if todo.done else "todo"),
            Cell(gate(sentences(todo.text, todo.hint), limit=1000), "faint" if todo.done else ""),
        ),
        search=f"{todo.text} {todo.hint} todo:{'done' if todo.done else 'open'}".casefold(),
        needs_person=not todo.done,
        whole=True,
    )


def summary(proof: ProofResult) -> tuple[str, Safe]:
    """Meaning and sentence over it all."""
    states = [function.state for function in proof.functions]
    moved = sum(1 for state in states if state == "moved")
    undone = sum(1 for state in states if state == "undone")
    rest = len(states) - moved - undone
    if undone and not moved:
        return "undone", gate(
            f"Run {proof.run}: undone for {counted(undone, 'function')}. The values lie in plain "
            "again."
        )
    said = f"{counted(moved, 'function')} moved and proven"
    if rest:
        said += f", {rest:,} not"
    end = " The old values still work at their issuers: the job is done when those refuse them."
    return ("ok" if not rest else "todo"), gate(f"Run {proof.run}: {said}.{end if moved else ''}")


def taken_back(proof: ProofResult) -> bool:
    """Whether an undo has nothing left to do: what it had to keep it can delete later."""
    kept = any(todo.id.startswith("secret-") for todo in proof.todo)
    return proof.status == "undone" and not kept


def markdown(proof: ProofResult) -> str:
    """The same as a file that can be given to others; names and sentences only."""
    lines = [f"# Proof of run {gate(proof.run)}", "", summary(proof)[1], "", "## Functions", ""]
    for function in proof.functions:
        when = f" ({day_and_clock(function.time)})" if function.time is not None else ""
        word = _word(function)
        lines.append(f"- `{_code(function.function)}`: {word}. {gate(function.sentence)}{when}")
        if function.versions_holding:
            lines.append(f"  Published versions: {', '.join(function.versions_holding)}")
    if proof.todo:
        lines += ["", "## To do", ""]
        lines += [
            f"- [{'x' if todo.done else ' '}] {gate(sentences(todo.text, todo.hint))}"
            for todo in proof.todo
        ]
    if proof.not_searched:
        lines += ["", "## Not searched", ""]
        lines += [f"- {gate(sentences(text))}" for text in proof.not_searched]
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    return gate(text).replace("`", "'")
