"""Builds a plan from what was found and what is there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from secretshift.catalogue import Catalogue
from secretshift.changes.create_secret import FINGERPRINT_TAG
from secretshift.changes.references import grants_of, reference_of
from secretshift.model.findings import (
    Confidence,
    Credential,
    FileLocation,
    Finding,
    FunctionLocation,
    SourceError,
    credentials_of,
)
from secretshift.model.functions import LATEST, FunctionFacts, FunctionSnapshot, Place
from secretshift.model.plans import (
    EnvironmentName,
    FileSource,
    FunctionPlan,
    PersonWork,
    Piece,
    Plan,
    PlanNote,
    SecretPlan,
    Sizes,
    VariablePlan,
)
from secretshift.model.ports import Reference, ReferenceStyle, SecretInfo
from secretshift.model.secret_value import Fingerprint, Fingerprinter

from .contents import Content, Contents, Sighted, kind_of
from .selection import Selection

STAND_IN_LAYER = "layer-of-ours"


@dataclass(frozen=True, slots=True)
class Case:
    """One function with everything that was read of it.

    findings: of ``$LATEST``; held: findings of published versions and aliases.
    route: whether its network reaches the store, and why; event: a test event is configured;
    no_twin: why no throw-away twin can be made, "" if one can.
    """

    snapshot: FunctionSnapshot
    facts: FunctionFacts
    style: ReferenceStyle
    findings: tuple[Finding, ...]
    held: tuple[Finding, ...] = ()
    route: tuple[bool, str] = (True, "")
    event: bool = False
    no_twin: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What a person chose. prefix: of secret names; store_files: the place in which credentials
    that lie only in files are stored, None if they are not."""

    selection: Selection = field(default_factory=Selection)
    prefix: str = "secretshift"
    kms_key: str = ""
    override_owner: tuple[str, ...] = ()
    store_files: Place | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that planning looks at. owned: secrets of ours for each place."""

    id: str
    created: str
    cases: tuple[Case, ...]
    file_findings: tuple[Finding, ...] = ()
    owned: Mapping[Place, tuple[SecretInfo, ...]] = field(default_factory=dict)
    errors: tuple[SourceError, ...] = ()
    not_searched: tuple[str, ...] = ()


def build(
    inputs: Inputs, options: Options, catalogue: Catalogue, fingerprint: Fingerprinter
) -> Plan:
    """The plan for these inputs; the same inputs give the same plan."""
    chosen = [_choose(case, options.selection) for case in inputs.cases]
    sighted = [item for case, names in chosen for item in _sighted(case, names)]
    contents = Contents(catalogue, fingerprint, options.kms_key).gather(sighted)
    secrets: list[SecretPlan] = []
    variables: dict[str, list[VariablePlan]] = {}
    for content in contents:
        secret = _secret(content, secrets, inputs.owned, options.prefix)
        secrets.append(secret)
        for ref, variable in content.variables:
            variables.setdefault(ref.arn, []).append(replace(variable, secret=secret.key))
    by_key = {secret.key: secret for secret in secrets}
    functions = tuple(
        _function(case, tuple(variables[case.snapshot.ref.arn]), by_key, catalogue, options)
        for case, _names in chosen
        if case.snapshot.ref.arn in variables
    )
    blind = tuple(_unreadable(case) for case, _names in chosen if case.snapshot.environment is None)
    moved = {
        credential
        for function in functions
        for variable in function.variables
        for credential in variable.credentials
    }
    stored, work = _files(inputs, options, catalogue, moved, secrets)
    return Plan(
        id=inputs.id,
        created=inputs.created,
        accounts=tuple(sorted({case.snapshot.ref.place.account for case in inputs.cases})),
        secrets=_needed([*secrets, *stored], functions),
        functions=functions + blind,
        work=(*work, *_unsure(inputs, options), *_held(inputs)),
        errors=inputs.errors,
        not_searched=inputs.not_searched,
    )


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


def _choose(case: Case, selection: Selection) -> tuple[Case, frozenset[str]]:
    """The variables of this function that the plan is about.

    A variable is left whole or taken whole: all of what was found in it must be chosen.
    """
    by_name: dict[str, list[Finding]] = {}
    for finding in case.findings:
        if isinstance(finding.location, FunctionLocation):
            by_name.setdefault(finding.location.variable, []).append(finding)
    names = frozenset(
        name
        for name, findings in by_name.items()
        if any(selection.chooses(f) for f in findings)
        and not any(not selection.chooses(f) for f in findings)
        and any(selection.sure_enough(f) and f.confidence is not Confidence.LOW for f in findings)
    )
    return case, names


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


def _secret(
    content: Content,
    earlier: Sequence[SecretPlan],
    owned: Mapping[Place, tuple[SecretInfo, ...]],
    prefix: str,
) -> SecretPlan:
    taken = {s.name for s in earlier if s.place == content.place}
    name = secret_name(prefix, content, taken)
    plan = SecretPlan(
        key=f"s{len(earlier) + 1}",
        place=content.place,
        name=name,
        kind=content.kind.id,
        title=content.kind.title,
        credential=content.finding.credential,
        pieces=content.pieces,
        fingerprint=content.fingerprint,
        kms_key=content.kms_key,
    )
    for info in owned.get(content.place, ()):
        same = info.tags.get(FINGERPRINT_TAG) == content.fingerprint
        if same and info.kms_key == content.kms_key and not info.owning_service:
            action = "restore" if info.deletion is not None else "reuse"
            return replace(plan, name=info.name, arn=info.arn, action=action)
    return plan


def secret_name(prefix: str, content: Content, taken: Iterable[str]) -> str:
    """``prefix/kind/variable-of-eight``: readable, and the same for the same value each time.

    The tail comes from the keyed fingerprint, so it tells nothing of the value. It is eight
    characters long since a name that ends in a hyphen and six of them confuses partial ARNs.
    Source: AWS Secrets Manager API reference, CreateSecret.
    """
    variable = content.variables[0][1].name if content.variables else ""
    slug = re.sub(r"[^a-z0-9]+", "-", variable.lower()).strip("-") or "value"
    seed = f"{content.fingerprint}|{content.kms_key}"
    tail = hashlib.sha256(seed.encode()).hexdigest()[:8]
    group = content.kind.secret_name or content.kind.id
    name = f"{prefix}/{group}/{slug[:80]}-{tail}"
    return name if name not in set(taken) else f"{name}-again"


def _unreadable(case: Case) -> FunctionPlan:
    assessment = case.style.assess(case.snapshot, case.facts, ())
    return FunctionPlan(
        function=case.snapshot.ref,
        runtime=case.snapshot.runtime,
        role=case.snapshot.role,
        way="none",
        why="its environment could not be read",
        variables=(),
        policy_name="",
        policy="",
        sizes=Sizes(0, 0, 0, case.style.limit),
        environment=(),
        proof="none",
        proof_text="nothing will be written",
        blockers=assessment.blockers,
        revision=case.snapshot.revision,
        rest_digest=case.snapshot.rest_digest,
    )


def _function(
    case: Case,
    variables: tuple[VariablePlan, ...],
    secrets: Mapping[str, SecretPlan],
    catalogue: Catalogue,
    options: Options,
) -> FunctionPlan:
    snapshot, style = case.snapshot, case.style
    names = tuple(variable.name for variable in variables)
    assessment = style.assess(snapshot, case.facts, names)
    references = tuple(reference_of(style, secrets[v.secret], v) for v in variables)
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
    grants = grants_of(style, secrets, variables)
    proof, proof_text = _proof(case, assessment.way)
    blockers = list(assessment.blockers)
    warnings = list(assessment.warnings)
    if snapshot.ref.name in options.override_owner:
        warnings += [note for note in blockers if note.code == "owner"]
        blockers = [note for note in blockers if note.code != "owner"]
    if not case.route[0]:
        blockers.append(PlanNote("network", case.route[1], "Add an interface endpoint or a NAT"))
    if sizes.peak > sizes.limit:
        blockers.append(
            PlanNote(
                "size",
                f"Plaintext and reference together need {sizes.peak} of {sizes.limit} bytes",
                "Shorten or remove other variables, or move fewer at a time with --only",
            )
        )
    if proof == "none" and assessment.way == "layer":
        name = snapshot.ref.name
        hint = f'Allow it, or set [functions."{name}"] test_event'
        blockers.append(PlanNote("no-proof", proof_text.capitalize(), hint))
    blockers += _extension(variables, catalogue)
    blockers += _came_back(case, references)
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
        policy=style.grant_document(snapshot.ref.place, (snapshot.ref.arn,), grants),
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
    )


def _proof(case: Case, way: str) -> tuple[str, str]:
    if way != "layer":
        return "none", "no proof is possible before the code reads it, so the plaintext stays"
    if case.no_twin and case.event:
        return (
            "event",
            f"{case.no_twin}, so the first proof is its own: called with its test event, its "
            "resolver must report a match",
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


def _came_back(case: Case, references: Sequence[Reference]) -> Iterable[PlanNote]:
    """A plaintext beside a reference of ours to something else: which one is right?"""
    for reference in references:
        present = case.style.present(case.snapshot, reference.name)
        ours = case.style.ours(case.snapshot, reference.name)
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


def _files(
    inputs: Inputs,
    options: Options,
    catalogue: Catalogue,
    moved: set[str],
    secrets: Sequence[SecretPlan],
) -> tuple[list[SecretPlan], list[PersonWork]]:
    """Credentials in files: code for a person, and stored if that was asked for."""
    stored: list[SecretPlan] = []
    work: list[PersonWork] = []
    for credential in credentials_of(inputs.file_findings):
        chosen = [f for f in credential.findings if options.selection.chooses(f)]
        sure = [f for f in chosen if options.selection.sure_enough(f)]
        if not sure:
            continue
        in_functions = credential.id in moved
        if options.store_files is not None and not in_functions:
            content = _file_content(credential, catalogue, options.store_files, options.kms_key)
            taken = [*secrets, *stored]
            stored.append(_secret(content, taken, inputs.owned, options.prefix))
        kind = kind_of(catalogue, credential.kind)
        work.append(
            PersonWork(
                code="in-files",
                credential=credential.id,
                kind=credential.kind,
                masked=credential.masked,
                confidence=credential.confidence,
                where=tuple(str(f.location) for f in sure),
                text=(
                    "Replace it in the code; the same value is moved out of a function by this plan"
                    if in_functions
                    else "Replace it in the code; it lies in no function that was looked at"
                ),
                snippet=file_snippet(str(sure[0].location), kind.secret_name or kind.id),
            )
        )
    return stored, work


def _file_content(
    credential: Credential, catalogue: Catalogue, place: Place, kms_key: str
) -> Content:
    finding = credential.findings[0]
    assert isinstance(finding.location, FileLocation)
    source = FileSource(finding.location, credential.fingerprint)
    return Content(
        place=place,
        kms_key=kms_key,
        kind=kind_of(catalogue, credential.kind),
        finding=finding,
        pieces=(Piece("", file=source),),
        fingerprint=Fingerprint(credential.fingerprint),
    )


def file_snippet(where: str, name: str) -> str:
    """The code that would read the secret in the language of the file."""
    path = where.split(":", 1)[0]
    if path.endswith((".js", ".ts", ".mjs", ".cjs", ".tsx")):
        return (
            'import { getSecret } from "@aws-lambda-powertools/parameters/secrets";\n'
            f'const value = await getSecret("{name}");'
        )
    if path.endswith(".tf"):
        return f'data "aws_secretsmanager_secret" "this" {{\n  name = "{name}"\n}}'
    if path.endswith((".yml", ".yaml", ".json")):
        return f"# pass the ARN of {name} as NAME_SECRET_ARN and read it at start"
    return (
        "from aws_lambda_powertools.utilities import parameters\n"
        f'value = parameters.get_secret("{name}")'
    )


def _unsure(inputs: Inputs, options: Options) -> list[PersonWork]:
    """What was found in a function but is not sure enough to be moved unattended."""
    findings = [
        finding
        for case in inputs.cases
        for finding in case.findings
        if options.selection.chooses(finding)
        and (not options.selection.sure_enough(finding) or finding.confidence is Confidence.LOW)
    ]
    return [
        PersonWork(
            code="unsure",
            credential=credential.id,
            kind=credential.kind,
            masked=credential.masked,
            confidence=credential.confidence,
            where=tuple(str(f.location) for f in credential.findings),
            text=f"Not sure enough ({credential.confidence}): look at it yourself",
        )
        for credential in credentials_of(findings)
    ]


def _held(inputs: Inputs) -> list[PersonWork]:
    """Published versions and aliases that hold plaintext which ``$LATEST`` no longer has."""
    present = {finding.credential for case in inputs.cases for finding in case.findings}
    held = [
        finding
        for case in inputs.cases
        for finding in case.held
        if finding.credential not in present
        and isinstance(finding.location, FunctionLocation)
        and finding.location.qualifier != LATEST
    ]
    return [
        PersonWork(
            code="in-versions",
            credential=credential.id,
            kind=credential.kind,
            masked=credential.masked,
            confidence=credential.confidence,
            where=tuple(str(f.location) for f in credential.findings),
            text="Published versions keep it and cannot be changed: delete them when unused",
        )
        for credential in credentials_of(held)
    ]
