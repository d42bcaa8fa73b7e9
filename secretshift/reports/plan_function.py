"""One function of a plan: how it will get its secrets, and what its environment turns into."""

from __future__ import annotations

import json
from collections.abc import Iterable

from secretshift.model.plans import FunctionPlan, Plan, Sizes

from .lines import Line, Style, block, counted, line

_MARKS = {
    "adds": ("+", Style.ADD),
    "removes": ("-", Style.REMOVE),
    "changes": ("~", Style.CHANGE),
}
_WAYS = {
    "layer": "the resolver layer sets the variables at start, without a change of code",
    "code": "secret, permission and reference; the code that reads them is a person's work",
    "none": "nothing",
}

AT_ONCE = (
    "one, after a twin got exactly these values: the reference in, the plaintext out; no time in "
    "which the function has both, so its first environments rely on the reference"
)


def function_lines(plan: Plan, function: FunctionPlan) -> list[Line]:
    """plan: the one that the function belongs to, for the names of its secrets."""
    region = function.function.place.region
    mark = ("✗", Style.BAD) if function.blocked else ("~", Style.CHANGE)
    lines = [
        line("  ", mark, " function ", (function.function.name, Style.STRONG), f" ({region})"),
    ]
    lines += _fact("how", f"{_WAYS.get(function.way, function.way)}; {function.why}")
    lines += _fact("runs", f"{function.runtime} as {function.role}")
    if function.sharing:
        may = "may read it as well" if function.fallback.standing else "may not read it"
        lines += _fact("role", f"also of {', '.join(function.sharing)}, which {may}")
    lines += _environment(function)
    lines += _references(plan, function)
    lines += _policy(function)
    lines += condition_lines(function)
    if function.sizes.present or function.sizes.peak:
        lines += _fact("size", sizes_sentence(function.sizes, at_once=function.at_once))
    if function.at_once:
        lines += _fact("write", AT_ONCE)
    lines += _fact("proof", function.proof_text)
    if function.versions:
        lines += _fact("versions", f"keep the plaintext: {', '.join(function.versions)}")
    lines += note_lines(function)
    if function.code_hint:
        lines.append(line("      code for a person:"))
        lines += block(function.code_hint, 10, Style.FAINT)
    return lines


def condition_lines(function: FunctionPlan) -> list[Line]:
    """What happens where the condition on the function's ARN is what denies the reading."""
    fallback = function.fallback
    if not fallback.text:
        return []
    start = "" if fallback.standing else "if it is what denies the reading: "
    return _fact("condition", f"{start}{fallback.text}")


def note_lines(function: FunctionPlan) -> Iterable[Line]:
    """What blocks the function, and what one should know."""
    marked = [(note, "✗", Style.BAD) for note in function.blockers]
    marked += [(note, "!", Style.WARNING) for note in function.warnings]
    for note, mark, style in marked:
        yield line("      ", (f"{mark} {note.text}", style))
        if note.hint:
            yield line(f"        do: {note.hint}")


def sizes_sentence(sizes: Sizes, *, at_once: bool = False) -> str:
    """``1,204 → 1,688 (peak) → 1,240 of 4,096 bytes``. at_once: the peak is never reached."""
    if at_once:
        return (
            f"{sizes.present:,} → {sizes.final:,} of {sizes.limit:,} bytes, in one write; with "
            f"both forms {sizes.peak:,} (peak), which do not fit"
        )
    return f"{sizes.present:,} → {sizes.peak:,} (peak) → {sizes.final:,} of {sizes.limit:,} bytes"


def _fact(name: str, text: str) -> list[Line]:
    return [line((f"      {name:<11}", Style.FAINT), text)]


def _environment(function: FunctionPlan) -> list[Line]:
    changed = [item for item in function.environment if item.change in _MARKS]
    if not changed:
        return []
    lines = _fact("variables", "by name; values are never shown")
    for item in changed:
        mark, style = _MARKS[item.change]
        lines.append(line("        ", (f"{mark} {item.name}", style)))
    kept = len(function.environment) - len(changed)
    if kept:
        lines.append(line((f"          {counted(kept, 'other')} as before", Style.FAINT)))
    return lines


def _references(plan: Plan, function: FunctionPlan) -> list[Line]:
    names = {secret.key: secret.name for secret in plan.secrets}
    lines: list[Line] = []
    for variable in function.variables:
        source = names.get(variable.secret)
        if source is None:
            continue
        key = f", key {variable.json_key}" if variable.json_key else ""
        template = ", put together from its keys" if variable.template else ""
        lines += _fact("reads", f"{variable.name} from {source}{key}{template}")
    return lines


def _policy(function: FunctionPlan) -> list[Line]:
    if not function.policy:
        return []
    try:
        text = json.dumps(json.loads(function.policy), indent=2, ensure_ascii=False)
    except ValueError:
        text = function.policy
    name = function.policy_name
    return [*_fact("policy", f"{name}, on the role above:"), *block(text, 8, Style.ADD)]
