"""Builds a plan from what was found and what is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from secretshift.catalogue import Catalogue
from secretshift.model.findings import Confidence, Finding, FunctionLocation
from secretshift.model.functions import Place
from secretshift.model.plans import FunctionPlan, PersonWork, Plan, SecretPlan, VariablePlan
from secretshift.model.secret_value import Fingerprinter

from .contents import Content, Contents, Sighted
from .decided import not_moved
from .functions import Secrets, code_left, plan_function, untouched
from .inputs import Case, Inputs, Options
from .instead import instead_of_storing
from .naming import give_names
from .readers import readership
from .rooms import keep_to_rooms
from .runtimes import ageing, dated
from .secret_names import Chosen, Standing, Wanted, choose, wanted
from .work import (
    chosen_in_files,
    file_content,
    in_code,
    in_files,
    in_histories,
    in_versions,
    refuse_json,
    unsure,
)


def secrets_wanted(
    inputs: Inputs, options: Options, catalogue: Catalogue, fingerprint: Fingerprinter
) -> tuple[Wanted, ...]:
    """What a plan for these inputs would look for in the store, for a look before it is built.

    Raises UsageProblem for an edit that cannot be carried out.
    """
    inputs = _without_left_out(inputs, options)
    contents = [
        *_contents(inputs, options, catalogue, fingerprint),
        *_of_files(inputs, options, catalogue),
    ]
    return tuple(dict.fromkeys(wanted(options.prefix, content) for content in contents))


def build(
    inputs: Inputs, options: Options, catalogue: Catalogue, fingerprint: Fingerprinter
) -> Plan:
    """The plan for these inputs; the same inputs give the same plan.

    Raises UsageProblem for an edit that cannot be carried out.
    """
    everything = inputs.cases
    inputs = _without_left_out(inputs, options)
    contents = _contents(inputs, options, catalogue, fingerprint)
    in_files_only = _of_files(inputs, options, catalogue)
    store = _Store(inputs, options, [*contents, *in_files_only])
    variables: dict[str, list[VariablePlan]] = {}
    for content in contents:
        secret = store.add(content)
        for ref, variable in content.variables:
            variables.setdefault(ref.arn, []).append(replace(variable, secret=secret.key))
    functions: list[FunctionPlan] = []
    code_work: list[PersonWork] = []
    for case in inputs.cases:
        own = tuple(variables.get(case.snapshot.ref.arn, ()))
        if not own:
            continue
        secrets = store.secrets(case.snapshot.ref.place)
        left = code_left(case, own, secrets)
        if left is not None:
            code_work += in_code(case, {variable.name for variable in own}, left.code_hint)
        else:
            timely = dated(case, inputs.today)
            function = plan_function(timely, own, secrets, catalogue, options)
            age = ageing(case, inputs.today)
            functions.append(replace(function, warnings=(*function.warnings, *age)))
    by_arn = {case.snapshot.ref.arn: case for case in inputs.cases}
    planned = keep_to_rooms(functions, by_arn, inputs.rooms)
    moved = {c for function in planned for v in function.variables for c in v.credentials}
    standing = {work.credential for work in code_work}
    for content in in_files_only:
        if content.finding.credential not in moved | standing:
            refuse_json(content, options.edits.shapes)
            store.add(content)
    blind = tuple(
        untouched(case)
        for case in inputs.cases
        if case.snapshot.environment is None or (case.changed and _chosen(case, options))
    )
    return Plan(
        id=inputs.id,
        created=inputs.created,
        accounts=tuple(sorted({case.snapshot.ref.place.account for case in everything})),
        secrets=tuple(
            _with_readers(secret, inputs, variables) for secret in _needed(store.planned, planned)
        ),
        functions=planned + blind,
        work=(
            *in_files(inputs, options, catalogue, moved, standing),
            *code_work,
            *unsure(inputs, options),
            *in_versions(inputs, options),
            *in_histories(inputs, options, moved),
        ),
        errors=inputs.errors,
        not_searched=inputs.not_searched,
        not_moved=not_moved(inputs, options),
        left_out=options.left_out.named([case.snapshot.ref for case in everything]),
        instead=instead_of_storing(
            _all_chosen(inputs, options),
            {content.finding.credential: content.kind for content in contents},
            catalogue,
        ),
    )


def _without_left_out(inputs: Inputs, options: Options) -> Inputs:
    cases = tuple(c for c in inputs.cases if not options.left_out.whole(c.snapshot.ref))
    return replace(inputs, cases=cases)


class _Store:
    """The secrets of a plan in the making."""

    def __init__(self, inputs: Inputs, options: Options, contents: Sequence[Content]) -> None:
        self._inputs = inputs
        self._options = options
        self._contents = contents
        self._chosen: dict[str, Chosen] = {}

    @property
    def planned(self) -> list[SecretPlan]:
        return [item.secret for item in self._chosen.values()]

    def add(self, content: Content) -> SecretPlan:
        place, prefix = content.place, self._options.prefix
        owned = self._inputs.owned.get(place, ())
        standing = Standing(
            frozenset(c.name for c in self._contents if c.name and c.place == place),
            self._inputs.named.get(place, {}),
            self._mentions(content),
        )
        item = choose(content, self.planned, owned, self._inputs.held, prefix, standing)
        self._chosen[item.secret.key] = item
        return item.secret

    def _mentions(self, content: Content) -> str:
        """A function whose environment holds the chosen name as a word of its own, "" if none."""
        if not content.name:
            return ""
        return next(
            (
                str(case.snapshot.ref)
                for case in self._inputs.cases
                if case.snapshot.ref.place == content.place
                and case.style.mentions(
                    case.snapshot, case.style.foreseen(content.place, content.name)
                )
            ),
            "",
        )

    def secrets(self, place: Place) -> Secrets:
        return Secrets(self._chosen, tuple(self._inputs.owned.get(place, ())))


def _contents(
    inputs: Inputs, options: Options, catalogue: Catalogue, fingerprint: Fingerprinter
) -> list[Content]:
    sighted = [
        item
        for case in inputs.cases
        if case.snapshot.environment is not None and not case.changed
        for item in _sighted(case, _chosen(case, options))
    ]
    edits = options.edits
    contents = Contents(catalogue, fingerprint, options.kms_key, edits.shapes).gather(sighted)
    give_names(contents, edits.names, inputs.cases)
    return contents


def _of_files(inputs: Inputs, options: Options, catalogue: Catalogue) -> list[Content]:
    """Contents of credentials that lie in files, where these are to be stored as well."""
    if options.store_files is None:
        return []
    contents = [
        file_content(credential, catalogue, options.store_files, options)
        for credential, _sure in chosen_in_files(inputs, options)
    ]
    give_names(contents, options.edits.names, ())
    return contents


def _needed(
    secrets: Sequence[SecretPlan], functions: Sequence[FunctionPlan]
) -> tuple[SecretPlan, ...]:
    """Secrets that a function which is not blocked will read, or that a file needs."""
    used = {v.secret for function in functions if not function.blocked for v in function.variables}
    return tuple(
        secret
        for secret in secrets
        if secret.key in used or any(piece.file for piece in secret.pieces)
    )


def _with_readers(
    secret: SecretPlan, inputs: Inputs, variables: Mapping[str, Sequence[VariablePlan]]
) -> SecretPlan:
    """variables: those that the plan is about, by the ARN of their function."""
    onlookers = inputs.onlookers.get(secret.place)
    if onlookers is None:
        return secret
    holders = [
        case
        for case in inputs.cases
        if any(v.secret == secret.key for v in variables.get(case.snapshot.ref.arn, ()))
    ]
    return replace(secret, readership=readership(secret, holders, onlookers))


def _chosen(case: Case, options: Options) -> frozenset[str]:
    """The variables of this function that the plan is about.

    A variable is left whole or taken whole: all of what was found in it must be chosen.
    """
    selection = options.selection
    left_out = options.left_out.variables(case.snapshot.ref)
    by_name: dict[str, list[Finding]] = {}
    for finding in case.findings:
        if isinstance(finding.location, FunctionLocation):
            by_name.setdefault(finding.location.variable, []).append(finding)
    return frozenset(
        name
        for name, findings in by_name.items()
        if name not in left_out
        and any(selection.chooses(f) for f in findings)
        and not any(not selection.chooses(f) for f in findings)
        and any(selection.sure_enough(f) and f.confidence is not Confidence.LOW for f in findings)
    )


def _all_chosen(inputs: Inputs, options: Options) -> Iterable[Finding]:
    """In variables and in files, whether or not something blocks the function."""
    for case in inputs.cases:
        for item in _sighted(case, _chosen(case, options)):
            yield from item.findings
    for _credential, sure in chosen_in_files(inputs, options):
        yield from sure


def _sighted(case: Case, names: frozenset[str]) -> Iterable[Sighted]:
    for name in case.snapshot.variables:
        if name not in names:
            continue
        found = tuple(
            f
            for f in case.findings
            if isinstance(f.location, FunctionLocation)
            and f.location.variable == name
            and f.confidence is not Confidence.LOW
        )
        yield Sighted(case.snapshot, name, found)
