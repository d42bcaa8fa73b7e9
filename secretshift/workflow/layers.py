"""Layer versions of the resolver: who uses them, and the deletion of those that nobody uses.

Undo leaves layer versions where they are, since a deleted one can never be attached again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from secretshift.model.errors import ExitCode, LoginExpired, SecretshiftError
from secretshift.model.findings import SourceError
from secretshift.model.journeys import CancelToken, Emit, Looking, Step
from secretshift.model.ports import Region

from .regions import choose_regions
from .services import Services, Sources


@dataclass(frozen=True, slots=True)
class LayerUse:
    """One version. users: functions and published versions that list it; deleted: just now."""

    arn: str
    region: str
    users: tuple[str, ...]
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class LayersResult:
    layers: tuple[LayerUse, ...]
    errors: tuple[SourceError, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.INCOMPLETE if self.errors else ExitCode.DONE


def layers(
    services: Services, sources: Sources, emit: Emit, cancel: CancelToken, *, delete: bool = False
) -> LayersResult:
    """List the versions of these regions. With delete, those that no function and no published
    version lists are deleted, each looked at again just before. Raises LoginExpired, Interrupted.
    """
    clouds = services.clouds(sources.profiles)
    regions, _gaps, errors = choose_regions(sources, clouds)
    found: list[LayerUse] = []
    for number, region in enumerate(regions):
        cancel.check()
        emit(Looking(str(region.place), number, len(regions), len(found), "regions"))
        try:
            found += _of_region(services, region, emit, cancel, delete)
        except LoginExpired:
            raise
        except SecretshiftError as error:
            errors.append(SourceError(error.code, str(region.place), str(error), error.hint))
    return LayersResult(tuple(found), tuple(errors))


def _of_region(
    services: Services, region: Region, emit: Emit, cancel: CancelToken, delete: bool
) -> Sequence[LayerUse]:
    arns = region.functions.layer_versions(services.layer.name)
    if not arns:
        return ()
    users = _users(region)
    found = []
    for arn in arns:
        cancel.check()
        use = LayerUse(arn, region.place.region, users.get(arn, ()))
        if delete and not use.users and not _users(region).get(arn):
            region.functions.delete_layer(arn)
            emit(Step("delete-layer", arn, "done", f"Deleted {arn}"))
            use = LayerUse(arn, region.place.region, (), deleted=True)
        found.append(use)
    return found


def _users(region: Region) -> dict[str, tuple[str, ...]]:
    users: dict[str, tuple[str, ...]] = {}
    for latest in region.functions.functions():
        for snapshot in (latest, *region.functions.versions(latest.ref)):
            name = f"{snapshot.ref.name}:{snapshot.version}"
            for layer in snapshot.layers:
                users[layer.arn] = (*users.get(layer.arn, ()), name)
    return users
