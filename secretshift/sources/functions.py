"""The environments of the functions of one place."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.errors import Interrupted, LoginExpired, SecretshiftError
from ..model.findings import SourceError
from ..model.functions import LATEST, FunctionSnapshot
from ..model.journeys import CancelToken
from ..model.ports import Region

ENVIRONMENT_UNREADABLE = "environment-unreadable"


def read_place(region: Region, cancel: CancelToken) -> Iterator[FunctionSnapshot | SourceError]:
    """``$LATEST`` of every function, each followed by its published versions, oldest first.

    A function or version whose environment could not be decrypted comes as a SourceError
    (``environment-unreadable``) in place of its snapshot. Where the versions of one function
    cannot be listed, that is an error and the next function follows; where the functions cannot
    be listed further, or the login has expired, that is the last thing that comes.
    Raises Interrupted.
    """
    inventory = region.functions
    try:
        for latest in inventory.functions():
            cancel.check()
            yield _judged(latest)
            try:
                versions = inventory.versions(latest.ref)
            except (Interrupted, LoginExpired):
                raise
            except SecretshiftError as error:
                yield _error(error, str(latest.ref), "Its versions could not be listed")
                continue
            for version in versions:
                cancel.check()
                yield _judged(version)
    except Interrupted:
        raise
    except SecretshiftError as error:
        yield _error(error, str(region.place), "Not all functions could be listed")


def _judged(snapshot: FunctionSnapshot) -> FunctionSnapshot | SourceError:
    if snapshot.environment is not None and not snapshot.environment_error:
        return snapshot
    at = "" if snapshot.version == LATEST else f":{snapshot.version}"
    why = snapshot.environment_error or "no reason given"
    return SourceError(
        code=ENVIRONMENT_UNREADABLE,
        source=f"{snapshot.ref}{at}",
        what=f"The cloud did not decrypt its environment ({why})",
        hint="Allow kms:Decrypt on the function's key",
    )


def _error(error: SecretshiftError, source: str, what: str) -> SourceError:
    return SourceError(code=error.code, source=source, what=f"{what}: {error}", hint=error.hint)
