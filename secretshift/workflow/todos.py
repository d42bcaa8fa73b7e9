"""What a run leaves for a person: plaintext elsewhere, what its functions wait for, the rotation.
Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from secretshift.catalogue import Catalogue
from secretshift.execution.outcomes import Record, whole_role
from secretshift.execution.run import Failure
from secretshift.model.plans import FunctionPlan, PersonWork, Plan
from secretshift.model.proofs import FunctionProof, Proved, Todo

SETTLED = frozenset({"versions", "key-policy", "grant-to-role", "name-mentioned", "swap-at-once"})
"""Warnings of a plan that mean nothing any more once it ran, or that have a thing of their own."""
MOST_NAMES = 5


def todos(
    run: str,
    plan: Plan,
    proofs: Sequence[FunctionProof],
    records: Mapping[str, Record],
    failures: Sequence[Failure],
    catalogue: Catalogue,
    *,
    undone: bool = False,
) -> tuple[Todo, ...]:
    """In the order in which they are best done: functions, files, versions, the rotation last.
    undone: its last attempt was to take it back, so that this is what goes on."""
    again = f"then: secretshift {'undo' if undone else 'resume'} {run}"
    states = {proof.function: proof for proof in proofs}
    return (
        *_login(again, failures),
        *(
            todo
            for f in plan.functions
            for todo in _function(run, again, f, states, records, failures)
        ),
        *_secrets_kept(run, plan, records),
        *(_work(item, catalogue) for item in plan.work),
        *_unread(plan),
        *(todo for f in plan.functions for todo in _versions(f, states)),
        *_rotations(plan, states, catalogue),
    )


def _todo(word: str, seed: str, text: str, hint: str = "") -> Todo:
    """The id holds no name from outside, so that it can be typed and written down anywhere."""
    tail = hashlib.sha256(f"{word}|{seed}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return Todo(f"{word}-{tail}", text, hint)


def _login(again: str, failures: Sequence[Failure]) -> Iterator[Todo]:
    for failure in failures:
        if failure.target == "login":
            hint = f"{failure.hint}; {again}" if failure.hint else ""
            yield _todo("login", "", failure.what, hint)


def _function(
    run: str,
    again: str,
    function: FunctionPlan,
    states: Mapping[str, FunctionProof],
    records: Mapping[str, Record],
    failures: Sequence[Failure],
) -> Iterator[Todo]:
    name = str(function.function)
    proof = states[name]
    for note in function.blockers:
        yield _todo("blocked", f"{name}|{note.code}", f"{name} is blocked: {note.text}", note.hint)
    if proof.state is Proved.FAILED:
        hints = [failure.hint for failure in failures if failure.target == name and failure.hint]
        yield _todo("failed", name, f"{name}: {proof.sentence}", "; ".join([*hints, again]))
    if proof.state is Proved.KEPT:
        if function.way == "code":
            text = f"{name}: its code has to read the secret; remove its plaintext then"
            yield _todo("code", name, text, function.code_hint)
        else:
            hint = f"secretshift resume {run} --remove-plaintext"
            yield _todo("kept", name, f"{name}: its plaintext can be removed", hint)
    if proof.state in (Proved.MOVED, Proved.KEPT):
        for note in function.warnings:
            if note.hint and note.code not in SETTLED:
                yield _todo(
                    "warning", f"{name}|{note.code}|{note.text}", f"{name}: {note.text}", note.hint
                )
        if whole_role(function, records):
            yield _todo(
                "role",
                name,
                f"{name}: its whole role may read its secrets",
                "Give the function a role of its own, and plan again",
            )


def _secrets_kept(run: str, plan: Plan, records: Mapping[str, Record]) -> Iterator[Todo]:
    """What an undo could not delete."""
    for secret in plan.secrets:
        record = records.get(f"create-secret:{secret.key}")
        if record is not None and record.state == "kept":
            text = f"The secret {secret.name} stays: something still refers to it"
            hint = f"secretshift undo {run} says what, and deletes the secret once that is gone"
            yield _todo("secret", f"{secret.place}|{secret.name}", text, hint)


def _work(item: PersonWork, catalogue: Catalogue) -> Todo:
    kind = catalogue.get(item.kind)
    title = kind.title if kind is not None else item.kind
    text = f"{title} {item.masked} ({item.credential}) in {_names(item.where)}: {item.text}"
    return _todo(item.code, f"{item.credential}|{'|'.join(item.where)}", text, item.snippet)


def _unread(plan: Plan) -> Iterator[Todo]:
    for error in plan.errors:
        text = f"{error.source} was not read, so what it holds is not known: {error.what}"
        yield _todo("unread", f"{error.source}|{error.code}", text, error.hint)


def _versions(function: FunctionPlan, states: Mapping[str, FunctionProof]) -> Iterator[Todo]:
    proof = states[str(function.function)]
    if proof.versions_holding:
        yield _todo(
            "versions",
            proof.function,
            f"{proof.function}: published versions {_names(proof.versions_holding)} still hold "
            "the plaintext",
            "Publish again, point aliases at the new version, delete these when nothing uses them",
        )


def _rotations(
    plan: Plan, states: Mapping[str, FunctionProof], catalogue: Catalogue
) -> Iterator[Todo]:
    """One a credential that lies in a secret now; the plaintext that was readable still works."""
    holders: dict[str, list[FunctionProof]] = {}
    kinds: dict[str, str] = {}
    for function in plan.functions:
        for variable in function.variables:
            for credential in variable.credentials:
                holders.setdefault(credential, []).append(states[str(function.function)])
                kinds.setdefault(credential, variable.kind)
    elsewhere = {item.credential for item in plan.work if item.code != "in-history"}
    for credential, proofs in holders.items():
        if not any(proof.state in (Proved.MOVED, Proved.KEPT) for proof in proofs):
            continue
        waits = [proof.function for proof in proofs if proof.state is not Proved.MOVED]
        kind = catalogue.get(kinds[credential])
        title = kind.title if kind is not None else kinds[credential]
        text = f"Rotate {title} ({credential}) at its issuer: until it is refused there, it works"
        parts = [kind.rotation] if kind is not None and kind.rotation else []
        parts += [f"Revoked at {kind.revoke_url}."] if kind is not None and kind.revoke_url else []
        if waits:
            parts.insert(0, f"Not before {_names(waits)} got it from the secret.")
        elif credential in elsewhere:
            parts.insert(0, "Not before its other places in this list are switched.")
        yield _todo("rotate", credential, text, " ".join(parts))


def _names(names: Sequence[str]) -> str:
    shown = list(dict.fromkeys(names))
    more = len(shown) - MOST_NAMES
    return ", ".join(shown[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")
