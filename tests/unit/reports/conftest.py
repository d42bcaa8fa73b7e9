"""Samples of what reports are made of."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from secretshift.model.findings import (
    Confidence,
    CredentialId,
    FileLocation,
    Finding,
    FunctionLocation,
    HistoryLocation,
    Location,
    ScanReport,
    SourceError,
)
from secretshift.model.plans import Plan
from secretshift.model.secret_value import Fingerprint

ROOT = Path(__file__).parents[3]
HOSTILE = "=pay\x1b[2J\x1b]0;owned\x07\u202egnp\x9b31m\x00\r\n<b>[red]& \udcff\u2028"


@pytest.fixture
def hostile() -> str:
    """A name with everything that a terminal, a spreadsheet or a page could fall for."""
    return HOSTILE


def finding(number: int, credential: int, location: Location, kind: str = "stripe") -> Finding:
    return Finding(
        id=f"f-{number:012x}",
        credential=CredentialId(f"c-{credential:012x}"),
        fingerprint=Fingerprint(f"{credential:064x}"),
        kind=kind,
        confidence=Confidence.HIGH if credential % 2 else Confidence.MEDIUM,
        reasons=("the value has the format of this issuer's credentials",),
        masked="sk_live_••••••",
        location=location,
    )


PAST = HistoryLocation(
    root="/work/shop",
    path="deploy/app.env",
    line=7,
    blob="c" * 40,
    first_commit="a" * 40,
    last_commit="b" * 40,
    first_time="2024-01-02T12:00:00+00:00",
    last_time="2025-03-04T12:00:00+00:00",
    author="Ann Example",
    refs=("refs/heads/main", "refs/tags/v1.0"),
    refs_total=9,
)
"""What a git history had from January 2024 to March 2025."""


@pytest.fixture
def report() -> ScanReport:
    """Two credentials: one in a file and a function, one in a version of another function."""
    at = FunctionLocation("aws", "123456789012", "eu-west-1", "pay", "$LATEST", "STRIPE_KEY")
    old = FunctionLocation("aws", "123456789012", "eu-west-1", "old", "3", "DB_PASSWORD")
    return ScanReport(
        findings=(
            finding(1, 2, old, "postgres-password"),
            finding(2, 1, FileLocation("/work/shop", "app/settings.py", 12, 8)),
            finding(3, 1, at),
        ),
        errors=(SourceError("access-denied", "aws 1 eu-west-2", "It was refused", "Ask for it"),),
        not_searched=("Azure and Google Cloud",),
        counts=(("binary", 2), ("files", 1), ("functions", 3)),
    )


@pytest.fixture
def hostile_report(hostile: str) -> ScanReport:
    where = FunctionLocation(hostile, hostile, hostile, hostile, hostile, hostile)
    hostile_past = replace(
        PAST,
        root=hostile,
        path=hostile,
        first_time=hostile,
        last_time=hostile,
        author=hostile,
        refs=(hostile,),
    )
    return ScanReport(
        findings=(
            finding(1, 1, where),
            finding(2, 1, FileLocation(hostile, hostile, 1, 1)),
            finding(3, 1, hostile_past),
        ),
        errors=(SourceError(hostile, hostile, hostile, hostile),),
        not_searched=(hostile,),
    )


@pytest.fixture(scope="session")
def picture_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make", ROOT / "docs/pictures/make.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def made_up_plan(picture_script: ModuleType) -> Plan:
    plan: Plan = picture_script.made_up_plan()
    return plan
