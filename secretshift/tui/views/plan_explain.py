"""One row of a plan in full: what it does, how it is checked, how it is undone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import dedent

from secretshift.model.plans import FunctionPlan, Plan, SecretPlan
from secretshift.reports.lines import Line, plain
from secretshift.reports.plan_function import function_lines
from secretshift.reports.plan_secret import secret_lines

from ..gate import Safe, gate
from ..wording import counted, listed, sentence
from .plan_environment import before_and_after
from .plan_policy import document
from .plan_rows import About, Names, label, safe_lines
from .plan_words import steps_by_key

_CHECKS = {
    "create-secret": "It is read back, and the fingerprint of what stands there must be the same.",
    "publish-layer": "Its digest must be that of the layer which this program was built with.",
    "grant-read": "The document is read back, and a simulation by the cloud must allow the reading "
    "to this function.",
    "probe": "The twin reads the secret through the same resolver and must report a match.",
    "add-reference": "The configuration is read back and must be what was written, nothing else.",
    "remove-plaintext": "Before it, the function must have got exactly these values; after it, "
    "it is proved again, and where that fails the plaintext comes back.",
    "swap-reference": "Before it, a twin must have got exactly these values; after it, it is "
    "proved at once, and where that fails the plaintext comes back.",
    "prove": "Its resolver must report that it got exactly these values.",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """code: shown as it is, line by line."""

    title: Safe
    lines: tuple[Safe, ...]
    code: tuple[Safe, ...] = ()


def explain(plan: Plan, about: About, names: Names) -> Explanation | None:
    """None for a row that says all there is already."""
    function, secret = about.function, about.secret
    if about.part == "policy" and function is not None:
        return _policy(plan, about, function)
    if about.part == "secret" and secret is not None:
        return _secret(plan, about, secret, names)
    if about.part == "note" and about.note is not None:
        return _note(about)
    if about.part in ("function", "route") and function is not None:
        return _function(plan, function)
    if function is not None and about.part != "left-out" and about.part != "versions":
        return _change(plan, about, function, names)
    return _beside(plan, about, names)


def _function(plan: Plan, function: FunctionPlan) -> Explanation:
    said = [sentence(f"{note.text}. {sentence(note.hint)}") for note in function.blockers]
    if function.blocked:
        said.insert(0, "Blocked: nothing is written to it, and it goes on as it is.")
    else:
        said.insert(0, "What happens to this function, in full.")
    lines = _texts(function_lines(plan, function))
    return Explanation(gate(function.function.name), safe_lines(said), lines)


def _policy(plan: Plan, about: About, function: FunctionPlan) -> Explanation:
    said = [
        f"{function.policy_name} is put on the role {function.role}. It lets this function read "
        "its secrets, and nothing else. An ARN that is known only when it runs ends in -XXXXXX.",
        *_step(plan, about),
    ]
    if function.sharing and not function.fallback.standing:
        said.append(
            f"The role is also that of {listed(list(function.sharing))}. The condition binds the "
            "grant to this function, so they may not read it."
        )
    if function.fallback.text:
        start = "" if function.fallback.standing else "If the condition is what denies it: "
        said.append(sentence(f"{start}{function.fallback.text}"))
    return Explanation(
        gate(f"Policy of {function.function.name}"), safe_lines(said), document(function.policy)
    )


def _secret(plan: Plan, about: About, secret: SecretPlan, names: Names) -> Explanation:
    readers = [
        function.function.name
        for function in plan.active
        if any(variable.secret == secret.key for variable in function.variables)
    ]
    said = [
        f"One secret for {label(secret.credential)}, "
        + (f"read by {listed(readers)}." if readers else "read by no function of this plan."),
        "The value is read again from its place when the run begins, and must still have the "
        "fingerprint of the scan.",
        *_step(plan, about),
    ]
    title = names.title(secret.credential, secret.title)
    return Explanation(gate(title), safe_lines(said), _texts(secret_lines(secret)))


def _note(about: About) -> Explanation | None:
    note, function = about.note, about.function
    if note is None:
        return None
    said = [sentence(note.text)]
    if note.hint:
        said.append(f"What you can do: {sentence(note.hint)}")
    if function is not None:
        said.append(
            "It is blocked: nothing is written to it, and it goes on answering from its plaintext."
            if function.blocked
            else "It does not stop the run. x leaves this function out."
        )
    return Explanation(gate(function.function.name if function else note.code), safe_lines(said))


def _change(plan: Plan, about: About, function: FunctionPlan, names: Names) -> Explanation:
    said = list(_step(plan, about))
    code: tuple[Safe, ...] = ()
    if about.part == "environment":
        sizes = function.sizes
        both = (
            f"with both forms it would be {sizes.peak:,}, so one write swaps them"
            if function.at_once
            else f"{sizes.peak:,} while both forms are there"
        )
        said.append(
            f"Bytes of the environment: {sizes.present:,} now, {both}, "
            f"{sizes.final:,} afterwards, of {sizes.limit:,}."
        )
        code = before_and_after(plan, function, names)
    if about.part in ("variable", "plaintext"):
        until = (
            "a twin has got exactly this value from the secret"
            if function.at_once
            else "the function has got exactly this value from the secret"
            if function.way == "layer"
            else "a person has changed the code"
        )
        said.append(f"The plaintext stays until {until}. x leaves this variable out.")
    if about.part == "proof":
        said.append(sentence(function.proof_text))
    if function.code_hint and about.part == "variable":
        code = tuple(gate(line) for line in function.code_hint.split("\n"))
    title = f"{about.part.capitalize()} of {function.function.name}"
    return Explanation(gate(title), safe_lines(said), code)


def _step(plan: Plan, about: About) -> Sequence[str]:
    """What the change does, how it is checked, how it is undone."""
    step = steps_by_key(plan).get(about.step)
    if step is None:
        return ()
    check = _CHECKS.get(step.change, "")
    return (
        sentence(step.text),
        f"How it is checked: {check}" if check else "",
        f"How it is undone: {sentence(step.undo)}",
    )


def _beside(plan: Plan, about: About, names: Names) -> Explanation | None:
    """What is no change: errors, a person's work, the line."""
    if about.work is not None:
        work = about.work
        title = names.title(work.credential, work.kind)
        said = [
            f"{work.masked} {label(work.credential)}, {counted(len(work.where), 'place')}.",
            sentence(work.text),
        ]
        code = [*work.where, *(["", *work.snippet.split("\n")] if work.snippet else [])]
        return Explanation(gate(title), safe_lines(said), tuple(gate(line) for line in code))
    if about.instead is not None:
        offer = about.instead
        said = [
            f"{offer.masked} {label(offer.credential)}, {counted(len(offer.where), 'place')}.",
            sentence(offer.text),
            "It is stored all the same unless x leaves its variable out of this plan.",
        ]
        title = names.title(offer.credential, offer.title)
        return Explanation(gate(title), safe_lines(said), tuple(gate(p) for p in offer.where))
    if about.error is not None:
        error = about.error
        return Explanation(
            gate(error.source),
            safe_lines(
                [
                    f"Not read: {sentence(error.what)}",
                    sentence(error.hint),
                    "What lies there is missing in this plan. c reads again.",
                ]
            ),
        )
    if about.part == "line":
        return Explanation(
            Safe("The point of no return"),
            (
                Safe(
                    "Everything above can be undone (U), as long as the old value works at its "
                    "issuer. Rotating it there cannot be taken back."
                ),
                Safe(
                    "No step of a run lies behind this line. Rotate by hand, when no function "
                    "holds the old value any more."
                ),
                *_swapped(plan),
            ),
        )
    return None


def _swapped(plan: Plan) -> Sequence[Safe]:
    """Functions that never have both forms; that can be undone as well."""
    names = [function.function.name for function in plan.active if function.at_once]
    if not names:
        return ()
    return (
        gate(
            f"{listed(names)}: one write swaps plaintext and reference, since both do not fit. It "
            "can be undone as well, in one write.",
            limit=1000,
        ),
    )


def _texts(lines: Sequence[Line]) -> tuple[Safe, ...]:
    text = dedent(plain(lines)).rstrip("\n")
    return tuple(gate(line, limit=2000) for line in text.split("\n"))
