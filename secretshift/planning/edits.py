"""What a person chose for a plan: names and shapes of secrets, and what is left out. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from secretshift.model.errors import UsageProblem
from secretshift.model.findings import CredentialId
from secretshift.model.functions import FunctionRef
from secretshift.shapes.secret_name import name_problem

PLAIN: Final = "plain"
JSON: Final = "json"
SHAPES: Final = ("", PLAIN, JSON)


@dataclass(frozen=True, slots=True)
class Edit:
    """What the secret of one credential is called, and how it is stored.

    name: "" for the name that the plan would give it. shape: "" as the catalogue has it, "plain"
    for this value alone as text, "json" for an object with what belongs to it.
    """

    credential: CredentialId
    name: str = ""
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Edits:
    """The edits of a plan, by credential."""

    names: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, edits: Iterable[Edit]) -> Edits:
        """Raises UsageProblem for a name that the store refuses, a shape that is none, and two
        edits of one credential that contradict each other."""
        names: dict[str, str] = {}
        shapes: dict[str, str] = {}
        for edit in edits:
            problem = name_problem(edit.name) if edit.name else ""
            if problem:
                raise UsageProblem(problem.rstrip("."), resource=edit.name[:80], code="secret-name")
            if edit.shape not in SHAPES:
                raise UsageProblem(
                    "A secret is stored as plain or as json", resource=edit.shape[:80]
                )
            for chosen, given in ((names, edit.name), (shapes, edit.shape)):
                if given and chosen.setdefault(edit.credential, given) != given:
                    raise UsageProblem(
                        f"{edit.credential} is edited twice, and differently",
                        resource=f"{chosen[edit.credential]}, {given}",
                        hint="Give one name and one shape for each credential",
                    )
        return cls(names, shapes)

    def idle(self, credentials: Collection[str]) -> tuple[str, ...]:
        """Edited credentials that are not among these. That is no error: the same command, given
        once more after its credentials moved, has nothing to do."""
        return tuple(c for c in dict.fromkeys([*self.names, *self.shapes]) if c not in credentials)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What stays as it is: ``FUNCTION`` or ``FUNCTION|VARIABLE``, where FUNCTION is an ARN, a name
    or ``region/name``."""

    keys: tuple[str, ...] = ()

    def whole(self, function: FunctionRef) -> bool:
        return any(key in _names(function) for key in self.keys)

    def variables(self, function: FunctionRef) -> frozenset[str]:
        """Variables of this function that are left out one by one."""
        names = _names(function)
        parts = [key.partition("|") for key in self.keys]
        return frozenset(variable for name, bar, variable in parts if bar and name in names)

    def check(self, functions: Mapping[FunctionRef, Collection[str]]) -> None:
        """Raise UsageProblem for what is not there: a slip of the pen would change a function that
        was to stay as it is. functions: all that were looked at, with their variables."""
        for key in self.keys:
            name, bar, variable = key.partition("|")
            fitting = [known for ref, known in functions.items() if name in _names(ref)]
            if not fitting:
                raise UsageProblem(
                    "There is no such function to leave out",
                    resource=name,
                    hint="Name it as the plan does, or look at what could not be read",
                )
            if bar and not any(variable in known for known in fitting):
                raise UsageProblem(
                    "The function to leave it out of has no such variable", resource=key
                )

    def named(self, functions: Sequence[FunctionRef]) -> tuple[str, ...]:
        """What it comes to, for display: ``region/name`` or ``region/name VARIABLE``."""
        found: list[str] = []
        for function in functions:
            if self.whole(function):
                found.append(str(function))
            else:
                found += [f"{function} {name}" for name in sorted(self.variables(function))]
        return tuple(found)


def _names(function: FunctionRef) -> tuple[str, str, str]:
    return function.arn, str(function), function.name
