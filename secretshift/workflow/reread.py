"""A place of a finding, looked at again: values are re-read, never carried."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from secretshift.model.errors import Moved, Refused, SecretshiftError, UsageProblem
from secretshift.model.findings import (
    FileLocation,
    Finding,
    FunctionLocation,
    HistoryLocation,
    SourceError,
)
from secretshift.model.functions import LATEST, FunctionSnapshot
from secretshift.model.journeys import CancelToken
from secretshift.model.ports import Cloud
from secretshift.model.secret_value import SecretValue
from secretshift.sources.blobs import Blobs, MissingBlob
from secretshift.sources.git_command import run_git
from secretshift.sources.text import text_of

from .remembered import last_scan
from .scan import find_in_file, judged_variables
from .services import Services

MOST_BYTES: Final = 256 * 1024 * 1024
"""Of one version of a file that is read again."""
_OBJECT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def file_text(services: Services, location: FileLocation) -> str:
    """The file as it is now. Raises Moved where it is gone, SecretshiftError where it cannot be
    read."""
    path = Path(location.root, location.path)
    try:
        source = services.open_source(path, ())
    except UsageProblem:
        raise gone(os.fspath(path)) from None
    for item in source.files(CancelToken()):
        if isinstance(item, SourceError):
            raise Refused(item.what, resource=item.source, hint=item.hint, code=item.code)
        return item.text
    raise gone(os.fspath(path))


def blob_text(location: HistoryLocation) -> str:
    """The version of the file that the finding is in.

    Raises Moved where the repository no longer has it, Refused where git does not open the
    repository.
    """
    root = Path(location.root)
    if not _OBJECT.fullmatch(location.blob) or not root.is_dir():
        raise gone(str(location))
    there = run_git(root, "cat-file", "-e", location.blob, also=(1,))
    if there.code != 0:
        raise gone(str(location))
    try:
        with Blobs(root) as blobs:
            size, content = blobs.read(location.blob, MOST_BYTES)
    except MissingBlob:
        raise gone(str(location)) from None
    text = text_of(content) if size <= MOST_BYTES else None
    if text is None:
        raise Refused(
            "This version is too large to be shown, or no text",
            resource=str(location),
            hint=f"At most {MOST_BYTES // 1024 // 1024} MiB are read at once",
            code="too-large",
        )
    return text


def snapshot_of(services: Services, location: FunctionLocation) -> FunctionSnapshot:
    """The function as it is now: ``$LATEST``, the version, or the version of the alias.

    Raises SecretshiftError: Moved for a version or an alias that is gone, Refused where none of
    the logins belongs to the account.
    """
    region = _cloud_of(services, location.account).region(location.region)
    latest = region.functions.read(region.functions.locate(location.function))
    if location.qualifier == LATEST:
        return latest
    wanted = {location.qualifier, *region.functions.aliases(latest.ref).get(location.qualifier, ())}
    if LATEST in wanted:
        return latest
    for version in region.functions.versions(latest.ref):
        if version.version in wanted:
            return version
    raise gone(str(location))


def variables_of(services: Services, location: FunctionLocation) -> Mapping[str, SecretValue]:
    """Every variable of that configuration. Raises Refused where they cannot be decrypted."""
    snapshot = snapshot_of(services, location)
    if snapshot.environment is None:
        raise Refused(
            f"Its environment could not be decrypted ({snapshot.environment_error})",
            resource=str(location),
            hint="Allow kms:Decrypt on the function's key to whoever looks",
            code="environment-unreadable",
        )
    return snapshot.variables


def value_of(services: Services, finding: Finding) -> SecretValue:
    """The value of a finding, read again and checked by its fingerprint. Raises Moved if that
    place no longer holds it."""
    location = finding.location
    if isinstance(location, FileLocation):
        try:
            return find_in_file(services, location, finding.fingerprint)
        except UsageProblem:
            raise gone(os.fspath(Path(location.root, location.path))) from None
    if isinstance(location, HistoryLocation):
        for verdict in services.detector.text(location.path, blob_text(location)):
            if services.fingerprint(verdict.secret) == finding.fingerprint:
                return verdict.secret
        raise gone(str(location))
    snapshot = snapshot_of(services, location)
    variables_of(services, location)
    for verdict in services.detector.environment(judged_variables(snapshot)):
        if verdict.name != location.variable:
            continue
        if services.fingerprint(verdict.secret) == finding.fingerprint:
            return verdict.secret
    raise gone(str(location))


def gone(where: str) -> Moved:
    return Moved(
        "It no longer holds what the scan found there",
        resource=where,
        hint="Somebody changed it meanwhile; scan again",
        code="source-moved",
    )


def _cloud_of(services: Services, account: str) -> Cloud:
    """By the profiles of the last scan, then by those of the settings and the default login."""
    last = last_scan(services)
    choices = dict.fromkeys(
        [last.sources.profiles if last is not None else (), services.settings.aws.profiles, ()]
    )
    problem: SecretshiftError | None = None
    for profiles in choices:
        try:
            for cloud in services.clouds(profiles):
                if cloud.caller().account == account:
                    return cloud
        except SecretshiftError as error:
            problem = problem or error
    raise problem or Refused(
        "None of the logins belongs to the account of the function",
        resource=account,
        hint="Name the right --profile in a scan first",
        code="other-account",
    )
