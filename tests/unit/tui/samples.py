"""Fabricated credentials for screens: no value, nothing that any cloud knows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from secretshift.model.decisions import Choice, Decision
from secretshift.model.findings import (
    Confidence,
    Credential,
    FileLocation,
    Finding,
    FunctionLocation,
    Location,
    ScanReport,
    SourceError,
    credential_id,
    finding_id,
)
from secretshift.model.secret_value import MASK, Fingerprint
from secretshift.workflow.credentials import CredentialRow, Status

ACCOUNT, REGION = "111122223333", "eu-central-1"
SCANNED = datetime(2026, 11, 25, 12, 2, tzinfo=UTC)


def fingerprint(seed: str) -> Fingerprint:
    return Fingerprint(hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest())


def in_function(name: str, variable: str, qualifier: str = "$LATEST") -> FunctionLocation:
    return FunctionLocation("aws", ACCOUNT, REGION, name, qualifier, variable)


def in_file(path: str, line: int = 4, root: str = "/home/sam/shop") -> FileLocation:
    return FileLocation(root, path, line, 1)


def finding(
    seed: str,
    location: Location,
    *,
    kind: str = "stripe-secret-key",
    confidence: Confidence = Confidence.HIGH,
    reasons: Sequence[str] = ("own prefix and checksum",),
    masked: str = MASK,
) -> Finding:
    mark = fingerprint(seed)
    return Finding(
        finding_id(mark, location),
        credential_id(mark),
        mark,
        kind,
        confidence,
        tuple(reasons),
        masked,
        location,
    )


def credential_row(
    seed: str,
    *locations: Location,
    title: str = "Stripe secret key",
    status: Status = Status.FOUND,
    kind: str = "stripe-secret-key",
    confidence: Confidence = Confidence.HIGH,
    reasons: Sequence[str] = ("own prefix and checksum",),
    masked: str = MASK,
    siblings: Sequence[str] = (),
) -> CredentialRow:
    """A row with one finding for each of the locations."""
    findings = tuple(
        finding(seed, at, kind=kind, confidence=confidence, reasons=reasons, masked=masked)
        for at in locations
    )
    functions = [at for at in locations if isinstance(at, FunctionLocation)]
    latest = {at.function for at in functions if at.qualifier == "$LATEST"}
    files = {at.path for at in locations if isinstance(at, FileLocation)}
    mark = fingerprint(seed)
    return CredentialRow(
        credential=Credential(credential_id(mark), mark, kind, confidence, masked, findings),
        title=title,
        status=status,
        decision=None,
        functions=len(latest),
        versions=sum(1 for at in functions if at.qualifier != "$LATEST"),
        files=len(files),
        rotation="Rolled by a person in the dashboard; two keys work at once.",
        revoke_url="https://dashboard.stripe.com/apikeys",
        instead="",
        siblings=tuple(siblings),
    )


def decided(row: CredentialRow, choice: Choice, reason: str, until: str = "") -> CredentialRow:
    return replace(
        row,
        decision=Decision(
            row.credential.id, row.credential.fingerprint, choice, reason, until, "sam", SCANNED
        ),
    )


def credential_rows() -> tuple[CredentialRow, ...]:
    """Each status once, and what a list has to be able to show."""
    low = Confidence.LOW
    database = credential_row(
        "postgres",
        in_function("orders-api", "DATABASE_PASSWORD"),
        title="PostgreSQL password",
        kind="postgres-password",
        confidence=Confidence.MEDIUM,
        reasons=("password of a connection",),
    )
    user = credential_row(
        "user", in_function("orders-api", "DATABASE_USER"), title="Database user", kind="user"
    )
    return (
        credential_row(
            "stripe",
            in_function("billing-api", "STRIPE_KEY"),
            in_function("billing-api", "STRIPE_KEY", "12"),
            in_function("billing-api", "STRIPE_KEY", "13"),
            in_function("billing-api", "STRIPE_KEY", "live"),
            in_function("invoice-worker", "STRIPE_KEY"),
            in_file(".env.production"),
            masked=f"sk_live_{MASK}",
        ),
        replace(database, siblings=(user.credential.id,)),
        replace(user, siblings=(database.credential.id,), status=Status.PLANNED),
        credential_row(
            "storage",
            in_function("legacy-cron", "STORAGE_KEY"),
            title="Storage account key",
            status=Status.BLOCKED,
            kind="azure-storage-key",
        ),
        credential_row(
            "seed",
            in_function("auth", "SIGNING_SEED"),
            title="JWT signing key",
            status=Status.LOOK,
            kind="jwt-secret",
            confidence=low,
            reasons=("long, random, telling name",),
        ),
        credential_row("file", in_file("config/mail.yml", 12), title="SendGrid key", kind="sg"),
        decided(
            credential_row(
                "aws",
                in_function("report", "AWS_KEY"),
                title="AWS access key",
                status=Status.REFUSED,
                masked=f"AKIA{MASK}",
            ),
            Choice.REFUSED,
            "rolled in May",
        ),
        decided(
            credential_row(
                "kept", in_function("intern", "TOKEN"), title="Slack token", status=Status.ACCEPTED
            ),
            Choice.ACCEPTED,
            "sandbox only",
            "2026-12-31",
        ),
        decided(
            credential_row(
                "example",
                in_file("tests/sample.py", 3),
                title="name that tells",
                status=Status.FALSE_POSITIVE,
            ),
            Choice.FALSE_POSITIVE,
            "an example in a test",
        ),
        credential_row(
            "mysql",
            in_function("shop", "MYSQL_PASSWORD"),
            title="MySQL password",
            status=Status.MOVED,
        ),
    )


def report(rows: Sequence[CredentialRow], errors: Sequence[SourceError] = ()) -> ScanReport:
    return ScanReport(
        tuple(f for row in rows for f in row.credential.findings),
        tuple(errors),
        ("git history: only the files of the work tree were read",),
        (("files", 61204), ("functions", 312)),
    )


DENIED = SourceError(
    "access-denied",
    "eu-south-1",
    "lambda:ListFunctions is denied for you",
    "Ask for the policy that reads",
)


def foreign_row(text: str) -> CredentialRow:
    """A row with this in every field that comes from outside."""
    places = in_function(text, text, text), in_file(text, root=text)
    found = credential_row("h", *places, title=text, kind=text, reasons=(text,), masked=text)
    row = decided(found, Choice.ACCEPTED, text)
    return replace(row, rotation=text, revoke_url=text, instead=text)
