"""Whether this machine, this workspace and these logins are fit for the work. Only reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from secretshift.model.checks import Check, CheckState
from secretshift.model.errors import ExitCode
from secretshift.model.findings import SourceError
from secretshift.model.journeys import CancelToken, Emit, Event

from .account_checks import account_checks
from .machine_checks import machine_checks
from .program_checks import program_checks, shut
from .services import Services, Sources
from .terminal_facts import TerminalFacts

__all__ = [
    "Check",
    "CheckState",
    "Checked",
    "DoctorRequest",
    "DoctorResult",
    "TerminalFacts",
    "doctor",
]


NOT_AWS = "AWS accounts, and this machine's clock against theirs: run with --aws"


@dataclass(frozen=True, slots=True)
class DoctorRequest:
    """sources: the accounts to look at, its paths do not count; terminal: None where nobody
    watches one; trouble: why there are no services."""

    sources: Sources = field(default_factory=Sources)
    terminal: TerminalFacts | None = None
    trouble: SourceError | None = None


@dataclass(frozen=True, slots=True)
class DoctorResult:
    """not_checked: sentences on what was left out."""

    checks: tuple[Check, ...]
    not_checked: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        failed = any(check.state is CheckState.FAIL for check in self.checks)
        return ExitCode.INCOMPLETE if failed else ExitCode.DONE


@dataclass(frozen=True, slots=True)
class Checked(Event):
    """One more fact is known."""

    check: Check

    @property
    def sentence(self) -> str:
        return f"{self.check.title}: {self.check.text}"


def doctor(
    services: Services | None, request: DoctorRequest, emit: Emit, cancel: CancelToken
) -> DoctorResult:
    """services: None where they could not be opened, which request.trouble then explains.

    Posts Checked for each fact. Whatever is wrong is a check; raises Interrupted only.
    """
    checks = []
    for check in _checks(services, request, cancel):
        cancel.check()
        emit(Checked(check))
        checks.append(check)
    not_checked = () if request.sources.aws else (NOT_AWS,)
    return DoctorResult(tuple(checks), not_checked)


def _checks(
    services: Services | None, request: DoctorRequest, cancel: CancelToken
) -> Iterator[Check]:
    yield from machine_checks(request.terminal)
    if services is None:
        yield from shut(request.trouble)
        return
    yield from program_checks(services)
    if request.sources.aws:
        yield from account_checks(services, request.sources, cancel)
