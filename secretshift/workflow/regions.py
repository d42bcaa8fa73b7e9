"""Which regions of which accounts a journey looks at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from secretshift.model.errors import SecretshiftError, UsageProblem
from secretshift.model.findings import SourceError

from .services import Sources

if TYPE_CHECKING:
    from secretshift.model.ports import Cloud, Region


def choose_regions(
    sources: Sources, clouds: Sequence[Cloud]
) -> tuple[tuple[Region, ...], list[str], list[SourceError]]:
    """The regions to look at, sentences on those that are left out, and the logins that failed.

    Raises UsageProblem for a region that an account does not have.
    """
    errors: list[SourceError] = []
    regions: list[Region] = []
    gaps: list[str] = []
    for cloud in clouds:
        label = f"{cloud.name} {cloud.label}".strip()
        try:
            cloud.caller()
            everywhere = cloud.regions()
            wanted = sources.regions or (
                everywhere if sources.all_regions else (cloud.default_region,)
            )
            chosen = []
            for name in wanted:
                if name in sources.exclude_regions:
                    continue
                if sources.regions and everywhere and name not in everywhere:
                    raise UsageProblem(
                        f"This account has no region {name}",
                        resource=label,
                        hint="Switched on are " + ", ".join(everywhere),
                    )
                chosen.append(cloud.region(name))
        except UsageProblem:
            raise
        except SecretshiftError as error:
            errors.append(SourceError(error.code, label, str(error), error.hint))
            continue
        regions += [region for region in chosen if region.place not in {r.place for r in regions}]
        looked = {region.place.region for region in chosen}
        left = [name for name in everywhere if name not in looked]
        if cloud.regions_note:
            gaps.append(cloud.regions_note)
        if left:
            what = "1 other region" if len(left) == 1 else f"{len(left)} other regions"
            gaps.append(f"{what} of {label}: {_some(left)}")
    return tuple(regions), gaps, errors


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:6])
    return shown + (f" and {len(names) - 6} more" if len(names) > 6 else "")
