"""Ask whoever gave credentials out whether they still work: first what would be sent to whom, then,
with consent, the asking. A scan by itself never does either."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import Final

from secretshift.model.errors import Interrupted, SecretshiftError
from secretshift.model.findings import (
    Credential,
    CredentialId,
    Finding,
    FunctionLocation,
    HistoryLocation,
    ScanReport,
    credentials_of,
)
from secretshift.model.functions import LATEST, FunctionSnapshot
from secretshift.model.journeys import CancelToken, Emit, Looking, Note
from secretshift.model.secret_value import SecretValue
from secretshift.model.verification import Outcome, Verification

from .decisions import in_force
from .remembered import last_scan, remember
from .reread import blob_text, file_text, variables_of
from .scan import FoundFunction, judged_variables
from .services import ReadyToAsk, Services, Sources, Verifier

AT_A_TIME: Final = 4
PLACES: Final = 5
"""Places of one credential that are looked at for what belongs to it."""
PATIENCE: Final = 3
"""A host that gave no answer so often is not asked again."""
SECONDS: Final = 0.1
"""Between two looks for a wish to stop."""

GONE: Final = "it is not there any more"
DECIDED: Final = "it was decided to leave it where it is"
STOPPED: Final = "it was stopped before"
SILENT: Final = "its host gave no answer to others"


@dataclass(frozen=True, slots=True)
class Question:
    """A credential that would be sent to these hosts, and nobody else. Lives in memory only."""

    credential: CredentialId
    kind: str
    hosts: tuple[str, ...]
    ready: ReadyToAsk = field(repr=False)


@dataclass(frozen=True, slots=True)
class VerifyPlan:
    """not_checked: those about which nobody can be asked, with the reason."""

    questions: tuple[Question, ...]
    not_checked: Mapping[CredentialId, Verification]

    @property
    def groups(self) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
        """(how many, kind, hosts), in the order in which they were found."""
        counts = Counter((question.kind, question.hosts) for question in self.questions)
        return tuple((count, kind, hosts) for (kind, hosts), count in counts.items())


@dataclass(frozen=True, slots=True)
class VerifyResult:
    outcomes: Mapping[CredentialId, Verification]
    interrupted: bool = False


def verify_plan(
    services: Services,
    report: ScanReport,
    functions: Sequence[FoundFunction],
    verifier: Verifier,
    cancel: CancelToken,
) -> VerifyPlan:
    """What would be sent to whom. Sends nothing; each place is read again.

    functions: those of the same scan, which are not read again. Raises Interrupted.
    """
    snapshots = dict(_snapshots(functions))
    decided = in_force(services)
    questions, not_checked = [], {}
    for credential in credentials_of(report.findings):
        cancel.check()
        decision = decided.get(credential.id)
        if decision is not None and decision.leaves_out:
            not_checked[credential.id] = Verification(Outcome.NOT_CHECKED, reason=DECIDED)
            continue
        ready = _ready(services, credential, snapshots, verifier)
        if isinstance(ready, str):
            not_checked[credential.id] = Verification(Outcome.NOT_CHECKED, reason=ready)
        else:
            questions.append(Question(credential.id, credential.kind, ready.hosts, ready))
    return VerifyPlan(tuple(questions), not_checked)


def verify(
    services: Services, plan: VerifyPlan, verifier: Verifier, emit: Emit, cancel: CancelToken
) -> VerifyResult:
    """Send each credential of the plan once, with the consent of the person, and keep what is
    said. A wish to stop breaks off what is under way; what was said until then is kept."""
    outcomes = dict(plan.not_checked)
    waiting = list(plan.questions)
    silent: Counter[tuple[str, ...]] = Counter()
    under_way: dict[Future[Verification], Question] = {}
    with ThreadPoolExecutor(max_workers=AT_A_TIME) as pool:
        while (waiting and not cancel.cancelled) or under_way:
            while waiting and len(under_way) < AT_A_TIME and not cancel.cancelled:
                question = waiting.pop(0)
                if silent[question.hosts] >= PATIENCE:
                    outcomes[question.credential] = Verification(Outcome.NOT_CHECKED, reason=SILENT)
                else:
                    under_way[pool.submit(_asked, services, question, verifier)] = question
            done, _ = wait(under_way, SECONDS, FIRST_COMPLETED)
            for future in done:
                question = under_way.pop(future)
                found = outcomes[question.credential] = future.result()
                answered = found.outcome is not Outcome.UNKNOWN
                silent[question.hosts] = 0 if answered else silent[question.hosts] + 1
                emit(_looking(plan, outcomes))
            if cancel.cancelled:
                verifier.stop()
    for question in waiting:
        outcomes[question.credential] = Verification(Outcome.NOT_CHECKED, reason=STOPPED)
    return VerifyResult(outcomes, interrupted=cancel.cancelled)


def keep_verified(
    services: Services, sources: Sources, report: ScanReport, result: VerifyResult, emit: Emit
) -> ScanReport:
    """The report with what was said now, and before of others. The scan is remembered with it, in
    place of the one without; what issuers said is not lost because the workspace could not take it
    in."""
    verified = tuple({**report.verification, **result.outcomes}.items())
    try:
        remember(services, sources, replace(_whole(services, report), verified=verified))
    except SecretshiftError as error:
        emit(Note(f"What the issuers said is not remembered: {error}", "warning"))
    return replace(report, verified=verified)


def _whole(services: Services, report: ScanReport) -> ScanReport:
    """What the scan remembered: more than its report where a baseline knows a part of it."""
    last = last_scan(services)
    if last is None or not set(report.findings) <= set(last.report.findings):
        return report
    return last.report


def _asked(services: Services, question: Question, verifier: Verifier) -> Verification:
    try:
        said = verifier.ask(question.ready)
    except Interrupted:
        return Verification(Outcome.NOT_CHECKED, reason=STOPPED)
    if said.outcome is Outcome.NOT_CHECKED:
        return Verification(said.outcome, reason=said.reason)
    time = services.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    return Verification(said.outcome, ", ".join(question.hosts), time, said.reason)


def _looking(plan: VerifyPlan, outcomes: Mapping[CredentialId, Verification]) -> Looking:
    total = len(plan.questions)
    done = len(outcomes) - len(plan.not_checked)
    active = sum(one.outcome is Outcome.ACTIVE for one in outcomes.values())
    return Looking("Issuers", done, total, active, "credentials", over=done == total)


# What stands where a credential does


def _ready(
    services: Services,
    credential: Credential,
    snapshots: Mapping[tuple[str, ...], FunctionSnapshot],
    verifier: Verifier,
) -> ReadyToAsk | str:
    kind = services.catalogue.get(credential.kind)
    rules = frozenset(kind.rules if kind is not None else ())
    why = GONE

    def is_it(text: str) -> bool:
        return services.fingerprint(SecretValue(text)) == credential.fingerprint

    for finding in _by_nearness(credential.findings)[:PLACES]:
        try:
            ready = verifier.ready(_text(services, finding, snapshots), is_it, rules)
        except SecretshiftError as error:
            if error.code in ("rules-unavailable", "scan-failed"):
                raise
            continue
        if not isinstance(ready, str):
            return ready
        why = ready
    return why


def _by_nearness(findings: Iterable[Finding]) -> list[Finding]:
    order = ("file", "history", "function")
    return sorted(findings, key=lambda finding: order.index(finding.location.type))


def _text(
    services: Services, finding: Finding, snapshots: Mapping[tuple[str, ...], FunctionSnapshot]
) -> str:
    """The text around a finding as it is now, or was in a git history. Variables are put in the
    order of their names, by which the halves of one credential stand together."""
    location = finding.location
    if isinstance(location, FunctionLocation):
        snapshot = snapshots.get(_key(location))
        variables = (
            judged_variables(snapshot) if snapshot is not None else variables_of(services, location)
        )
        return "".join(f"{name}={variables[name].reveal()}\n" for name in sorted(variables))
    if isinstance(location, HistoryLocation):
        return blob_text(location)
    return file_text(services, location)


def _snapshots(
    functions: Sequence[FoundFunction],
) -> Iterator[tuple[tuple[str, ...], FunctionSnapshot]]:
    for function in functions:
        ref, place = function.snapshot.ref, function.snapshot.ref.place
        if function.snapshot.environment is not None:
            yield (place.account, place.region, ref.name, LATEST), function.snapshot
        for version in function.versions:
            if version.environment is not None:
                yield (place.account, place.region, ref.name, version.version), version


def _key(location: FunctionLocation) -> tuple[str, ...]:
    return location.account, location.region, location.function, location.qualifier
