"""What the interface is measured on: a workspace that remembers a great scan, and a work tree that
takes long to scan."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Final

from secretshift import wiring
from secretshift.model.findings import (
    Confidence,
    FileLocation,
    Finding,
    FunctionLocation,
    Location,
    ScanReport,
    credential_id,
    finding_id,
)
from secretshift.model.secret_value import MASK, Fingerprint
from secretshift.settings import Settings
from secretshift.workflow.remembered import remember
from secretshift.workflow.services import Sources

KINDS: Final = ("password", "stripe-secret-key", "sendgrid-api-key", "postgresql-url", "secret")
SERVICES: Final = ("billing", "orders", "auth", "invoice", "search", "mail", "refund", "stock")
REGIONS: Final = ("eu-central-1", "eu-west-1", "us-east-1", "ap-southeast-2")


def findings(number: int) -> tuple[Finding, ...]:
    """Each is a value of its own: as many rows as findings."""
    dice = random.Random(7)
    made = []
    for at in range(number):
        fingerprint = Fingerprint(hashlib.sha256(f"value {at}".encode()).hexdigest())
        service = f"{dice.choice(SERVICES)}-{at % 4000}"
        where: Location
        if at % 5 < 3:
            where = FunctionLocation(
                "aws", "111122223333", dice.choice(REGIONS), service, "$LATEST", f"KEY_{at % 30}"
            )
        else:
            where = FileLocation("/srv/shop", f"{service}/config/app.yaml", at % 300 + 1, 9)
        made.append(
            Finding(
                id=finding_id(fingerprint, where),
                credential=credential_id(fingerprint),
                fingerprint=fingerprint,
                kind=dice.choice(KINDS),
                confidence=dice.choice(tuple(Confidence)),
                reasons=("long and random", "a telling name"),
                masked=MASK,
                location=where,
            )
        )
    return tuple(made)


def workspace(folder: Path, tree: Path, number: int) -> None:
    """A workspace whose last scan found so many; the same scan can be made again on tree."""
    services = wiring.services(Settings(), workspace=folder)
    report = ScanReport(findings=findings(number), counts=(("files", 5000),))
    remember(services, Sources(paths=(str(tree),)), report)


def work_tree(folder: Path, megabytes: int) -> None:
    """A git work tree of the interpreter's own library, over and over, with passwords in it."""
    folder.mkdir(parents=True)
    library = Path(sysconfig.get_path("stdlib"))
    names = [
        path
        for path in sorted(library.rglob("*.py"))
        if "site-packages" not in path.parts and path.stat().st_size < 200_000
    ]
    dice = random.Random(11)
    size, at = 0, 0
    while size < megabytes * 1_000_000:
        source = names[at % len(names)]
        target = folder / f"part{at // len(names)}" / source.relative_to(library)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        if at % 10 == 0:
            word = "".join(
                dice.choices("abcdefghkmnpqrstuvwxyzABCDEFGHKLMNPQRSTUVWXYZ23456789", k=20)
            )
            target.with_suffix(".env").write_text(f"DB_PASSWORD={word}\n")
        size += target.stat().st_size
        at += 1
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.com", "-C", str(folder)]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
        subprocess.run([*git, *arguments], check=True, stdout=subprocess.DEVNULL)


def environment(home: Path) -> dict[str, str]:
    """No login of this machine, no network: nothing but the program is measured."""
    home.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
