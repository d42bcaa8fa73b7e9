"""What happens to one function: how it reads its secrets, what speaks against it, its proof."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from secretshift.catalogue import Catalogue
from secretshift.changes.create_secret import FINGERPRINT_TAG
from secretshift.changes.references import grants_of, reference_of
from secretshift.model.errors import SecretshiftError
from secretshift.model.findings import FunctionLocation
from secretshift.model.functions import FunctionSnapshot
from secretshift.model.plans import EnvironmentName, FunctionPlan, PlanNote, Sizes, VariablePlan
from secretshift.model.ports import Assessment, Grant, Reference, SecretInfo

from .fallbacks import Decision, decide
from .foreign_keys import foreign_key_notes
from .inputs import Case, Options
from .secret_names import Chosen
from .sizes import judge

STAND_IN_LAYER = "layer-of-ours"


@dataclass(frozen=True, slots=True)
class Secrets:
    """chosen: what was planned, by key; owned: the secrets of ours in the function's place."""

    chosen: Mapping[str, Chosen]
    owned: tuple[SecretInfo, ...]

    def notes(self, variables: Iterable[VariablePlan]) -> tuple[list[PlanNote], list[PlanNote]]:
        """Blockers and warnings of the secrets that these variables will read."""
        used = [self.chosen[key] for key in dict.fromkeys(v.secret for v in variables)]
        return [n for item in used for n in item.blockers], [
            n for item in used for n in item.warnings
        ]


def untouched(case: Case) -> FunctionPlan:
    """A function that cannot be planned: its environment is unreadable, or moved meanwhile."""
    assessment = case.style.assess(case.snapshot, case.facts, ())
    if not case.changed:
        return _left(case, (), "its environment could not be read", assessment.blockers)
    note = PlanNote("changed", "It changed while it was being looked at", "Plan again")
    return _left(case, (), "it changed meanwhile", (note, *assessment.blockers))


def _left(
    case: Case,
    variables: tuple[VariablePlan, ...],
    why: str,
    blockers: tuple[PlanNote, ...],
) -> FunctionPlan:
    return FunctionPlan(
        function=case.snapshot.ref,
        runtime=case.snapshot.runtime or case.snapshot.package_type,
        role=case.snapshot.role,
        way="none",
        why=why,
        variables=variables,
        policy_name="",
        policy="",
        sizes=Sizes(0, 0, 0, case.style.limit),
        environment=(),
        proof="none",
        proof_text="nothing will be written",
        blockers=blockers,
        revision=case.snapshot.revision,
        rest_digest=case.snapshot.rest_digest,
    )


def code_left(case: Case, variables: Sequence[VariablePlan], secrets: Secrets) -> Assessment | None:
    """How the code of a function would read its secrets, if that is all that is left to do."""
    names = tuple(variable.name for variable in variables)
    assessment = case.style.assess(case.snapshot, case.facts, names)
    if assessment.way != "code" or not all(_stands(case, v, secrets) for v in variables):
        return None
    return assessment


def _stands(case: Case, variable: VariablePlan, secrets: Secrets) -> bool:
    """Whether it refers to a secret that was made for its value, even if that was rotated since."""
    secret = secrets.chosen[variable.secret].secret
    present = case.style.present(case.snapshot, variable.name)
    return any(
        present == reference_of(case.style, secret, variable, info.arn)
        for info in secrets.owned
        if info.tags.get(FINGERPRINT_TAG) == secret.fingerprint and info.deletion is None
    )


def plan_function(
    case: Case,
    variables: tuple[VariablePlan, ...],
    secrets: Secrets,
    catalogue: Catalogue,
    options: Options,
) -> FunctionPlan:
    """One function's problem never keeps the others from being planned."""
    try:
        return _planned(case, variables, secrets, catalogue, options)
    except SecretshiftError as error:
        note = PlanNote(error.code, error.what, error.hint)
        return _left(case, variables, "it could not be planned", (note,))


def _planned(
    case: Case,
    variables: tuple[VariablePlan, ...],
    secrets: Secrets,
    catalogue: Catalogue,
    options: Options,
) -> FunctionPlan:
    snapshot, style = case.snapshot, case.style
    planned = {key: item.secret for key, item in secrets.chosen.items()}
    names = tuple(variable.name for variable in variables)
    assessment = _assess(case, names, secrets)
    case = replace(case, no_twin=case.no_twin or assessment.no_twin)
    references = tuple(reference_of(style, planned[v.secret], v) for v in variables)
    layer = STAND_IN_LAYER if assessment.way == "layer" else ""
    expanded = style.expanded(snapshot, references, layer)
    both = replace(snapshot, environment=expanded.variables)
    final = style.contracted(both, names) if layer else expanded
    sizes = Sizes(
        style.size(snapshot.variables),
        style.size(expanded.variables),
        style.size(final.variables),
        style.limit,
    )
    grants = grants_of(style, planned, variables)
    role = decide(case, assessment.way, grants, options.grant_to_role)
    policy, key_notes = _policy(case, grants, for_role=role.fallback.standing)
    room = judge(case, assessment.way, names, sizes, options.swap_at_once)
    proof, proof_text = _proof(case, assessment.way, at_once=room.at_once)
    blockers, warnings = secrets.notes(variables)
    keys = dict.fromkeys(planned[variable.secret].kms_key for variable in variables)
    foreign = foreign_key_notes(snapshot.kms_key, keys, snapshot.ref.place)
    blockers = [*assessment.blockers, *key_notes, *foreign, *role.blockers, *blockers]
    warnings = [
        *_of_style(assessment, role),
        *role.warnings,
        *warnings,
        *_closed(case, keys),
    ]
    if snapshot.ref.name in options.override_owner:
        warnings += [note for note in blockers if note.code == "owner"]
        blockers = [note for note in blockers if note.code != "owner"]
    if not case.route[0]:
        blockers.append(PlanNote("network", case.route[1], "Add an interface endpoint or a NAT"))
    blockers += room.blockers
    warnings += room.warnings
    if proof == "none" and assessment.way == "layer":
        name = snapshot.ref.name
        hint = f'Set [functions."{name}"] test_event, so that its own report can be the proof'
        blockers.append(PlanNote("no-proof", proof_text[:1].upper() + proof_text[1:], hint))
    blockers += _extension(variables, catalogue)
    blockers += _came_back(case, references, _recognised(case, names, secrets))
    versions = _versions_holding(case, variables)
    if versions:
        warnings.append(
            PlanNote(
                "versions",
                f"Published versions keep the plaintext: {', '.join(versions)}",
                "They cannot be changed; publish again and delete them when nothing uses them",
            )
        )
    return FunctionPlan(
        function=snapshot.ref,
        runtime=snapshot.runtime or snapshot.package_type,
        role=snapshot.role,
        way=assessment.way,
        why=assessment.why,
        variables=variables,
        policy_name=style.grant_name(snapshot.ref),
        policy=policy,
        sizes=sizes,
        environment=_names(snapshot, expanded.variables, final.variables),
        proof=proof,
        proof_text=proof_text,
        blockers=tuple(blockers),
        warnings=tuple(warnings),
        versions=versions,
        sharing=case.facts.sharing,
        revision=snapshot.revision,
        rest_digest=snapshot.rest_digest,
        code_hint=assessment.code_hint,
        kms_key=snapshot.kms_key,
        log_group=snapshot.log_group,
        no_twin=case.no_twin if assessment.way == "layer" else "",
        in_vpc=snapshot.network is not None,
        fallback=role.fallback,
        at_once=room.at_once,
    )


def _of_style(assessment: Assessment, role: Decision) -> list[PlanNote]:
    """What the style warns of, less its word that a shared role gains nothing where it has."""
    return [
        note
        for note in assessment.warnings
        if note.code != "shared-role" or not role.fallback.standing
    ]


def _assess(case: Case, names: Sequence[str], secrets: Secrets) -> Assessment:
    """The style's own look, less its doubt about references that lead to secrets of ours."""
    whole = case.style.assess(case.snapshot, case.facts, names)
    ours = _recognised(case, names, secrets)
    strangers = tuple(name for name in names if name not in ours)
    rest = case.style.assess(case.snapshot, case.facts, strangers)
    blockers = tuple(
        note for note in whole.blockers if note.code != "foreign-reference" or note in rest.blockers
    )
    return replace(whole, blockers=blockers)


def _recognised(case: Case, names: Iterable[str], secrets: Secrets) -> frozenset[str]:
    """Variables whose present reference leads to a secret of ours."""
    known = {info.arn for info in secrets.owned}
    return frozenset(
        name
        for name in names
        if (present := case.style.present(case.snapshot, name)) is not None
        and case.style.secret_of(present) in known
    )


def _policy(case: Case, grants: Sequence[Grant], *, for_role: bool) -> tuple[str, list[PlanNote]]:
    """The document, or why there can be none. A grant names a key itself: an alias may be pointed
    at another key at any time, and no policy can name one."""
    place, functions = case.snapshot.ref.place, (case.snapshot.ref.arn,)
    try:
        if for_role:
            return case.style.role_document(place, grants), []
        return case.style.grant_document(place, functions, grants), []
    except SecretshiftError as error:
        keys = sorted({grant.key for grant in grants if grant.key})
        if not keys:
            raise
        case.style.grant_document(place, functions, [replace(g, key="") for g in grants])
        note = PlanNote(
            "key-alias",
            f"{error.what}, and this is none: {', '.join(keys)}",
            "Name the key itself, by its ARN, on the function or in plan.kms_key",
        )
        return "", [note]


def _closed(case: Case, keys: Iterable[str]) -> Iterable[PlanNote]:
    for key in keys:
        if key in case.closed_keys:
            yield PlanNote(
                "key-policy",
                f"The grant alone will not be enough: {case.closed_keys[key]} ({key})",
                "Let the key's own policy allow kms:Decrypt to the function's role, or leave it to "
                "the account's IAM policies",
            )


def _proof(case: Case, way: str, *, at_once: bool) -> tuple[str, str]:
    if way != "layer":
        return "none", "no proof is possible before the code reads it, so the plaintext stays"
    if at_once and case.event:
        return (
            "event",
            "a throw-away twin must get exactly this value before the one write; after it the "
            "function is called with its test event and its resolver must report the values",
        )
    if at_once:
        return (
            "probe",
            "a throw-away twin with the same role, runtime, network and key must get exactly this "
            "value through the same resolver, before the one write; after it, what the function's "
            "own resolver reports must not speak against it",
        )
    if case.no_twin and case.event:
        return (
            "event",
            f"{case.no_twin}, so the first proof is the function's own report: called with its "
            "test event, its resolver must report a match",
        )
    if case.no_twin:
        return "none", f"{case.no_twin}, and no test event is configured, so nothing is proved"
    if case.event:
        return (
            "event",
            "a throw-away twin reads the secret first; then the function is called with its test "
            "event and its resolver must report a match",
        )
    return (
        "probe",
        "a throw-away twin with the same role, runtime, network and key must get exactly this "
        "value through the same resolver",
    )


def _extension(variables: Sequence[VariablePlan], catalogue: Catalogue) -> Iterable[PlanNote]:
    for variable in variables:
        kind = catalogue.get(variable.kind)
        if kind is not None and kind.extension:
            yield PlanNote(
                "extension",
                f"{variable.name} is read by the {kind.extension} extension, which never sees "
                "what a wrapper sets",
                _vendor_hint(catalogue, kind.id),
            )


def _vendor_hint(catalogue: Catalogue, kind: str) -> str:
    form = catalogue.vendor_form(kind)
    leave = f"leave it out with --exclude kind:{kind}"
    if form is None:
        return f"Move it by hand, and {leave}"
    what = "ARN" if form.holds == "arn" else "name"
    shape = f", stored as JSON with the key {form.json_key}" if form.json_key else ""
    return f"Set the vendor's own {form.variable} to the secret's {what}{shape}, and {leave}"


def _came_back(
    case: Case, references: Sequence[Reference], recognised: Collection[str]
) -> Iterable[PlanNote]:
    """A plaintext beside a reference of ours to something else: which one is right?"""
    for reference in references:
        present = case.style.present(case.snapshot, reference.name)
        ours = reference.name in recognised or case.style.ours(case.snapshot, reference.name)
        if present is not None and ours and present.text != reference.text:
            yield PlanNote(
                "came-back",
                f"{reference.name} holds a plaintext again, beside a reference to another secret",
                "Look at which of the two is right, and remove the other by hand",
            )


def _versions_holding(case: Case, variables: Sequence[VariablePlan]) -> tuple[str, ...]:
    wanted = {credential for variable in variables for credential in variable.credentials}
    held = [
        finding.location.qualifier
        for finding in case.held
        if isinstance(finding.location, FunctionLocation) and finding.credential in wanted
    ]
    return tuple(dict.fromkeys(held))


def _names(
    snapshot: FunctionSnapshot, expanded: Mapping[str, object], final: Mapping[str, object]
) -> tuple[EnvironmentName, ...]:
    names = []
    for name in sorted({*snapshot.variables, *expanded}):
        if name not in final:
            change = "removes"
        elif name not in snapshot.variables:
            change = "adds"
        else:
            change = "keeps" if final[name] == snapshot.variables[name] else "changes"
        names.append(EnvironmentName(name, change))
    return tuple(names)
