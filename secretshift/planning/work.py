"""What only a person can do: credentials in files, doubtful ones, code and published versions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set

from secretshift.catalogue import Catalogue
from secretshift.model.errors import UsageProblem
from secretshift.model.findings import (
    Confidence,
    Credential,
    FileLocation,
    Finding,
    FunctionLocation,
    credentials_of,
)
from secretshift.model.functions import LATEST, Place
from secretshift.model.plans import FileSource, PersonWork, Piece
from secretshift.model.secret_value import Fingerprint

from .contents import Content, kind_of
from .edits import JSON
from .inputs import Case, Inputs, Options


def in_files(
    inputs: Inputs, options: Options, catalogue: Catalogue, moved: Set[str], standing: Set[str]
) -> list[PersonWork]:
    """Code for every chosen credential in files. moved: credentials that this plan moves out of
    functions; standing: those whose secret is there, and which only code still has to read."""
    work = []
    for credential, sure in chosen_in_files(inputs, options):
        kind = kind_of(catalogue, credential.kind)
        if credential.id in moved:
            text = "the same value is moved out of a function by this plan"
        elif credential.id in standing:
            text = "the same value lies in a function, beside its secret"
        else:
            text = "it lies in no function that was looked at"
        work.append(
            PersonWork(
                code="in-files",
                credential=credential.id,
                kind=credential.kind,
                masked=credential.masked,
                confidence=credential.confidence,
                where=tuple(str(f.location) for f in sure),
                text=f"Replace it in the code; {text}",
                snippet=file_snippet(str(sure[0].location), kind.secret_name or kind.id),
            )
        )
    return work


def chosen_in_files(
    inputs: Inputs, options: Options
) -> Iterator[tuple[Credential, tuple[Finding, ...]]]:
    """Credentials in files that are wanted and sure enough, with those findings."""
    for credential in credentials_of(inputs.file_findings):
        sure = tuple(
            finding
            for finding in credential.findings
            if options.selection.chooses(finding) and options.selection.sure_enough(finding)
        )
        if sure:
            yield credential, sure


def in_histories(inputs: Inputs, options: Options, moved: Set[str]) -> list[PersonWork]:
    """What git histories hold of the chosen credentials: no move takes it out of there. moved:
    credentials that this plan moves."""
    chosen = [f for f in inputs.history_findings if options.selection.chooses(f)]
    elsewhere = {f.credential for case in inputs.cases for f in (*case.findings, *case.held)}
    elsewhere |= {f.credential for f in inputs.file_findings}
    work = []
    for credential in credentials_of(chosen):
        if not any(options.selection.sure_enough(f) for f in credential.findings):
            continue
        if credential.id in moved:
            text = "A git history keeps the value whatever is moved: rotate it at its issuer"
        elif credential.id in elsewhere:
            text = "A git history has it too: rotate it at its issuer"
        else:
            text = "Only a git history has it, where nothing can be moved: rotate it at its issuer"
        work.append(
            PersonWork(
                code="in-history",
                credential=credential.id,
                kind=credential.kind,
                masked=credential.masked,
                confidence=credential.confidence,
                where=tuple(str(finding.location) for finding in credential.findings),
                text=text,
            )
        )
    return work


def in_code(case: Case, names: Collection[str], code_hint: str) -> list[PersonWork]:
    """A function whose secret, grant and reference are there, and whose code is left."""
    findings = [
        finding
        for finding in case.findings
        if isinstance(finding.location, FunctionLocation) and finding.location.variable in names
    ]
    return [
        PersonWork(
            code="in-code",
            credential=credential.id,
            kind=credential.kind,
            masked=credential.masked,
            confidence=credential.confidence,
            where=tuple(str(f.location) for f in credential.findings),
            text="Its code has to read the secret; the plaintext stays until then",
            snippet=code_hint,
        )
        for credential in credentials_of(findings)
    ]


def file_content(
    credential: Credential, catalogue: Catalogue, place: Place, options: Options
) -> Content:
    finding = credential.findings[0]
    assert isinstance(finding.location, FileLocation)
    source = FileSource(finding.location, credential.fingerprint)
    return Content(
        place=place,
        kms_key=options.kms_key,
        kind=kind_of(catalogue, credential.kind),
        finding=finding,
        pieces=(Piece("", file=source),),
        fingerprint=Fingerprint(credential.fingerprint),
    )


def refuse_json(content: Content, shapes: Mapping[str, str]) -> None:
    """Raise UsageProblem where a person chose JSON for what lies in files only. A plan does not
    read files again, so it knows the fingerprint of the value alone."""
    if shapes.get(content.finding.credential) == JSON:
        raise UsageProblem(
            "This cannot be stored as json: it lies in files only",
            resource=str(content.finding.location),
            hint="Take plain, which stores the value as it stands",
            code="secret-shape",
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


def unsure(inputs: Inputs, options: Options) -> list[PersonWork]:
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


def in_versions(inputs: Inputs, options: Options) -> list[PersonWork]:
    """Published versions and aliases that hold plaintext which ``$LATEST`` no longer has."""
    present = {finding.credential for case in inputs.cases for finding in case.findings}
    held = [
        finding
        for case in inputs.cases
        for finding in case.held
        if finding.credential not in present
        and finding.credential not in options.selection.decisions
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
