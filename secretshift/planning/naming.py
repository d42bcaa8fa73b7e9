"""Which secret gets the name that a person chose for a credential. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from secretshift.model.errors import UsageProblem
from secretshift.model.findings import FunctionLocation

from .contents import Content
from .inputs import Case


def give_names(
    contents: Sequence[Content], names: Mapping[str, str], cases: Sequence[Case]
) -> None:
    """Write the chosen names onto the contents. names: by credential.

    A credential that only goes into the JSON of another one names that secret. Raises UsageProblem
    where two credentials of one secret were given different names.
    """
    moved = {credential for content in contents for credential in content.credentials}
    beside = _credentials(cases) if names else {}
    for content in contents:
        chosen: dict[str, str] = {}
        for credential in (*content.credentials, *_added(content, beside, moved)):
            if credential in names:
                chosen.setdefault(names[credential], credential)
        if len(chosen) > 1:
            raise UsageProblem(
                "Two credentials go into one secret and were given different names",
                resource=", ".join(f"{who}: {name}" for name, who in chosen.items()),
                hint="Give one of them a name, or both the same",
                code="secret-name",
            )
        content.name = next(iter(chosen), "")


def _credentials(cases: Sequence[Case]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """What was found in each variable, by function and name."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for case in cases:
        for finding in case.findings:
            if isinstance(finding.location, FunctionLocation):
                key = (case.snapshot.ref.arn, finding.location.variable)
                found[key] = (*found.get(key, ()), finding.credential)
    return found


def _added(
    content: Content, beside: Mapping[tuple[str, str], tuple[str, ...]], moved: set[str]
) -> list[str]:
    """Credentials that lie in other variables whose values this secret takes up as well, and that
    get no secret of their own."""
    return [
        credential
        for piece in content.pieces
        if piece.variable is not None
        for credential in beside.get((piece.variable.function.arn, piece.variable.variable), ())
        if credential not in moved
    ]
