"""Which findings a plan is about: by confidence, kind, function, variable and credential."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from secretshift.model.decisions import Decision
from secretshift.model.errors import UsageProblem
from secretshift.model.findings import Confidence, CredentialId, Finding, FunctionLocation

FIELDS = ("kind", "function", "variable", "credential")


@dataclass(frozen=True, slots=True)
class Selection:
    """only and exclude: patterns such as ``kind:stripe-*``, ``function:pay-*``,
    ``variable:DB_*``, ``credential:c-12ab…`` or a bare pattern that may match any of these.
    decisions: those in force that leave a credential where it is."""

    min_confidence: Confidence = Confidence.MEDIUM
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    decisions: Mapping[CredentialId, Decision] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for pattern in (*self.only, *self.exclude):
            field, colon, _rest = pattern.partition(":")
            if colon and field not in FIELDS:
                raise UsageProblem(
                    f"Cannot select by {field!r}",
                    hint=f"Use one of {', '.join(FIELDS)}, for instance kind:stripe-*",
                )

    def chooses(self, finding: Finding) -> bool:
        """Whether the finding is to be moved, whatever its confidence."""
        return self.wants(finding) and finding.credential not in self.decisions

    def wants(self, finding: Finding) -> bool:
        """Whether the plan is about the finding, whatever was decided."""
        if self.only and not _matches_any(self.only, finding):
            return False
        return not _matches_any(self.exclude, finding)

    def sure_enough(self, finding: Finding) -> bool:
        return finding.confidence.rank >= self.min_confidence.rank


def _matches_any(patterns: Sequence[str], finding: Finding) -> bool:
    names = {
        "kind": finding.kind,
        "credential": finding.credential,
    }
    if isinstance(finding.location, FunctionLocation):
        names["function"] = finding.location.function
        names["variable"] = finding.location.variable
    for pattern in patterns:
        field, colon, glob = pattern.partition(":")
        if colon:
            if field in names and fnmatch.fnmatchcase(names[field], glob):
                return True
        elif any(fnmatch.fnmatchcase(name, pattern) for name in names.values()):
            return True
    return False
