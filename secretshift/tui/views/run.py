"""A run as rows and sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from secretshift.execution.run import Failure

from ..gate import Safe, gate
from ..run_state import ENDED, LogLine, RunState, StepState
from ..viewmodels import EMPTY, Cell, Column, RowView
from ..wording import clock, counted, lasted, no_connection, sentences
from .refused import Refused, hinted, in_the_way, refused

CHANGES: Final = (
    Column("what", "Change"),
    Column("proof", "What was proved", hide_below=110),
    Column("time", "Time", 9, right=True),
)
LOG: Final = (
    Column("time", "", 8),
    Column("who", "", 28, hide_below=100),
    Column("text", ""),
)
STATES: Final = {
    "wait": ("wait", "wait", "next"),
    "work": ("work", "work", "in progress"),
    "started": ("work", "work", "in progress"),
    "done": ("ok", "ok", "done"),
    "failed": ("fail", "fail", "failed"),
    "skipped": ("wait", "faint", "not needed"),
    "undone": ("undone", "ok", "undone"),
    "kept": ("todo", "todo", "kept"),
}
"""State of a change -> glyph, meaning, word."""
NARROW: Final = 60
"""Characters of a change that a window of 80 columns shows."""
TITLES: Final = {"run": "Run", "resume": "Run, resumed", "undo": "Undo", "former": "Run"}
CHANGED: Final = frozenset({"moved", "source-moved"})
"""Codes of failures that a plan made anew gets over, and a second attempt does not."""


def rows(run: RunState, now: float) -> Iterable[RowView]:
    """One row a change, in the order of the plan."""
    for step in run.steps.values():
        yield step_row(run, step, now)


def step_row(run: RunState, step: StepState, now: float) -> RowView:
    sign, token, word = STATES.get(step.state, ("unknown", "unknown", step.state))
    undo = run.undo_of_steps.get(step.key, "")
    told = step.proof or word
    return RowView(
        id=step.key,
        cells=(
            Cell(gate(step.text), "fail" if step.state == "failed" else ""),
            Cell(gate(told), token if step.state == "failed" else "faint"),
            Cell(Safe(_time(step, run.ended if run.over else now)), "faint"),
        ),
        search=f"{step.text} {step.target} {word} state:{step.state}".casefold(),
        sign=sign,
        token=token,
        note=gate(sentences(word, step.proof, f"Undo: {undo}" if undo else ""), limit=1000),
        needs_person=step.state in ("failed", "kept"),
    )


def _note(step: StepState, word: str, undo: str) -> str:
    """The change in full where a narrow list cuts it, its state, its proof and its way back."""
    cut = step.text if len(step.text) > NARROW else ""
    name = "Failed" if step.state == "failed" else "Proved"
    proved = f"{name}: {step.proof}" if step.proof else ""
    return sentences(cut, word.capitalize(), proved, f"Undo: {undo}" if undo else "")


def _time(step: StepState, now: float) -> str:
    if not step.began:
        return ""
    if step.state == "work":
        return lasted(max(0.0, now - step.began))
    return lasted(max(0.0, step.ended - step.began)) if step.ended else ""


def log_rows(lines: Sequence[LogLine], first: int) -> Iterable[RowView]:
    """first: number of the first of these lines in the whole log."""
    for number, line in enumerate(lines, start=first):
        sign, token, word = STATES.get(line.level, ("", "", ""))
        if line.level == "warning":
            sign = token = "warn"
        said = f"{word}: {line.text}" if word else line.text
        yield RowView(
            id=f"l{number}",
            cells=(
                Cell(Safe(line.time.astimezone().strftime("%H:%M:%S")), "faint"),
                Cell(gate(line.who), "faint"),
                Cell(gate(said), token if line.level in ("failed", "warning") else ""),
            ),
            search=f"{line.who} {said} {line.level}".casefold(),
            sign=sign,
            token=token,
        )


def taken_back(run: RunState) -> bool:
    """Whether an undo that was seen here left nothing to undo."""
    result = run.result
    return result is not None and result.status == "undone" and not result.kept


def headline(run: RunState, now: float) -> Safe:
    """How far it is, how long it takes."""
    title = TITLES[run.mode] + (f" {run.run}" if run.run else "")
    total = len(run.steps)
    parts = [f"{run.done:,} of {total:,} done" if total else "reading the journal"]
    if run.mode == "former":
        return gate(f"{title}   {counted(total, 'change')} in the journal")
    end = run.ended if run.over else now
    parts.append(lasted(max(0.0, end - run.began)))
    if not run.over:
        left = remaining(run, now)
        if left:
            parts.append(f"about {lasted(left)} left")
        if run.stopping:
            parts.append("stopping after the change in hand")
    return gate(f"{title}   {' · '.join(parts)}")


def remaining(run: RunState, now: float) -> float:
    """Seconds that are left if the rest goes as the first part; 0 while that cannot be said."""
    done, total = run.done - run.already, len(run.steps) - run.already
    elapsed = now - run.began
    if done < 3 or done >= total or elapsed <= 0:
        return 0.0
    return elapsed / done * (total - done)


def outcome(run: RunState, *, acting: bool = True) -> tuple[str, Safe]:
    """Meaning and sentence of how it stands. acting: whether R and U are possible at all."""
    token, what, can = _outcome(run)
    return token, gate(f"{what} {can}".strip() if acting else what, limit=1000)


def _outcome(run: RunState) -> tuple[str, str, str]:
    """Meaning, what is so, and what R and U would do about it."""
    if run.error is not None:
        where = f" ({run.error.resource})" if run.error.resource else ""
        hint = f" {run.error.hint.rstrip('.')}." if run.error.hint else ""
        what = (
            f"It stopped: {run.error.what}{where}. What was done is in the journal, and every "
            f"function still answers.{hint}"
        )
        return "fail", what, ""
    result = run.result
    if result is None:
        if run.not_undone:
            return _undone(run)
        if run.mode == "former":
            return "wait", "A former run. Enter shows what was proved and what is left.", ""
        if run.silent:
            return "warn", _silent(run), ""
        if run.stopping:
            return "work", "Stopping after the change in hand. Nothing is left half done.", ""
        return "work", "S stops after the change in hand. Nothing is left half done.", ""
    if result.interrupted:
        can = "R goes on, U undoes what was done."
        return "todo", "Stopped on request. Nothing is half done.", can
    if result.status == "nothing to do":
        return "ok", "Nothing to do: everything is already as it should be.", ""
    if run.mode == "undo":
        return _undone(run)
    return _moved(run, len(result.failures))


def _silent(run: RunState) -> str:
    """A request waits: whether it arrived is not known yet."""
    stops = "It stops when that is over." if run.stopping else "S stops."
    return (
        f"{no_connection(run.silent.values())} What was sent last may have arrived: that is looked "
        "at before anything else is written. Nothing is broken, and it asks again by itself. "
        f"{stops}"
    )


def _undone(run: RunState) -> tuple[str, str, str]:
    failed = len(failures(run))
    allow = consent_for(run)
    if failed:
        why = f": {in_the_way(allow)}" if allow is not None else ""
        what = f"{counted(failed, 'thing')} could not be undone{why}; i says why."
        asks = " and asks what to do with it" if allow is not None else ""
        return "fail", what, f"U tries again{asks}."
    return "ok", "Undone and read back. The functions have their former variables.", ""


def _moved(run: RunState, failed: int) -> tuple[str, str, str]:
    moved, kept = (len(getattr(run.result, name, ())) for name in ("moved", "kept"))
    said = [f"{counted(moved, 'function')} moved and proven"]
    if kept:
        said.append(f"{kept:,} still with plaintext")
    if failed:
        said.append(f"{failed:,} failed and left as they were, still answering")
        why = _why(failures(run)[0], written=any(ended(s) for s in run.steps.values()))
        changed = all(failure.code in CHANGED for failure in failures(run))
        can = "c plans it again" if changed else "R tries the rest again"
        return "fail", f"{', '.join(said)}. {why}", f"{can}, U undoes the run."
    return "ok", f"{', '.join(said)}. Enter shows the proof and what is left for you.", ""


def _why(failure: Failure, *, written: bool) -> str:
    """The first failure; i has them all."""
    hint = f" {failure.hint.rstrip('.')}." if failure.hint else ""
    rest = "" if written else " Nothing was written."
    return f"{failure.target}: {failure.what}.{hint}{rest}"


def failures(run: RunState) -> tuple[Failure, ...]:
    if run.result is None:
        return hinted(run.not_undone)
    found = tuple(run.result.failures)
    return hinted(found) if run.mode == "undo" else found


def consent_for(run: RunState) -> Refused | None:
    """What its undo needs a person's consent for, None where it was not refused for that."""
    if run.plan is None or not (run.mode == "undo" or run.not_undone):
        return None
    return refused(run.plan, failures(run))


def failure_lines(found: Sequence[Failure]) -> list[Safe]:
    """What happened, to what, what can be done; and that nothing is broken."""
    lines = []
    for failure in found:
        hint = f" {failure.hint.rstrip('.')}." if failure.hint else ""
        lines.append(gate(f"{failure.target}: {failure.what}.{hint}", limit=1000))
    if found:
        lines.append(
            Safe(
                "Nothing is broken: a function that failed keeps its plaintext and answers as "
                "before. The others went on."
            )
        )
    return lines


def step_lines(run: RunState, step: StepState) -> list[Safe]:
    """Everything that is known of one change."""
    _, _, word = STATES.get(step.state, ("", "", step.state))
    lines = [gate(step.text, limit=1000), gate(f"State: {word}.")]
    if step.proof:
        name = "Failed" if step.state == "failed" else "Proved"
        lines.append(gate(f"{name}: {step.proof}", limit=1000))
    undo = run.undo_of_steps.get(step.key, "")
    if undo:
        lines.append(gate(f"Undo: {undo}."))
    if step.state == "failed":
        about = [f for f in failures(run) if f.target == step.target]
        lines += failure_lines(about)
        lines.append(Safe("R tries again when the run is over. U undoes the whole run."))
    return lines


def ended(step: StepState) -> bool:
    return step.state in ENDED


def short(run: str) -> Safe:
    """What is typed to confirm something on a run: the last part of its id."""
    return gate(run.rsplit("-", 1)[-1])


def resume_lines(run_id: str, *, keeps: bool) -> list[Safe]:
    """What going on with a run will do. keeps: it began by keeping the plaintext."""
    proof = "Each plaintext is removed only after the proof for its function."
    if keeps:
        proof = (
            "It began by keeping the plaintext, and Enter keeps it. “Run” removes each, only after "
            "the proof for its function."
        )
    return [
        gate(f"Run {run_id} goes on where it stopped. What is done is not done again."),
        Safe("Everything is read again first; what others changed is left alone and said."),
        Safe(proof),
    ]


def undo_lines(run: RunState | None, run_id: str, functions: Sequence[str]) -> list[Safe]:
    """What an undo will do, before it is confirmed."""
    names = ", ".join(functions[:6]) + (f" and {len(functions) - 6} more" if functions[6:] else "")
    counts = run.counts() if run is not None and run.run == run_id else {}
    secrets = counts.get("create-secret", 0)
    lines = [
        gate(f"Run {run_id} is taken back: {names or 'what it changed'}."),
        Safe(
            "The values lie in plain again in the functions' variables. They are read from the "
            "secrets, put back and compared."
        ),
        Safe(
            "What others changed since stays. Secrets of this run are scheduled for deletion once "
            "nothing refers to them, and can be restored for a time."
        ),
    ]
    if secrets:
        lines.append(Safe(f"{counted(secrets, 'secret')} of this run would go."))
    return lines


def again_lines(run_id: str, allow: Refused) -> list[Safe]:
    """What is in the way of an undo, and what consent would do."""
    return [gate(f"Run {run_id} was not taken back whole: {in_the_way(allow)}."), *allow.what]


def last_times(run: RunState) -> Safe:
    """When the newest line came, for a view that waits."""
    return Safe(clock(run.log[-1].time)) if run.log else EMPTY
