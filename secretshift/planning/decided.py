"""What a plan does not move because a person decided so, and what stays along with it."""

from __future__ import annotations

from collections.abc import Iterator

from secretshift.model.findings import Credential, Finding, FunctionLocation, credentials_of
from secretshift.model.functions import LATEST
from secretshift.model.plans import NotMoved

from .inputs import Inputs, Options


def not_moved(inputs: Inputs, options: Options) -> tuple[NotMoved, ...]:
    """A note for every decided credential, and for those that share a variable with one: a
    variable is taken whole or left whole."""
    selection = options.selection
    findings = [
        *(f for case in inputs.cases for f in (*case.findings, *case.held)),
        *inputs.file_findings,
    ]
    wanted = [finding for finding in findings if selection.wants(finding)]
    decided = [f for f in wanted if f.credential in selection.decisions]
    notes = [
        _note("decided", credential, selection.decisions[credential.id].sentence)
        for credential in credentials_of(decided)
    ]
    holders = {place: f.credential for f in decided for place in _variable(f)}
    beside = [
        finding
        for finding in wanted
        if selection.chooses(finding) and any(place in holders for place in _variable(finding))
    ]
    for credential in credentials_of(beside):
        others = dict.fromkeys(
            holders[place] for finding in credential.findings for place in _variable(finding)
        )
        text = f"stays here: the same variable holds {', '.join(others)}, which was decided to stay"
        notes.append(_note("beside-decided", credential, text))
    return tuple(notes)


def _variable(finding: Finding) -> Iterator[tuple[str, str, str, str]]:
    at = finding.location
    if isinstance(at, FunctionLocation) and at.qualifier == LATEST:
        yield at.account, at.region, at.function, at.variable


def _note(code: str, credential: Credential, text: str) -> NotMoved:
    return NotMoved(
        code=code,
        credential=credential.id,
        kind=credential.kind,
        masked=credential.masked,
        confidence=credential.confidence,
        where=tuple(str(finding.location) for finding in credential.findings),
        text=text,
    )
