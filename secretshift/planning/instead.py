"""Which of the chosen credentials need not be stored at all, since something better is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from secretshift.catalogue import Catalogue
from secretshift.model.findings import Finding, credentials_of
from secretshift.model.kinds import Kind
from secretshift.model.plans import Instead

from .contents import kind_of


def instead_of_storing(
    chosen: Iterable[Finding], told: Mapping[str, Kind], catalogue: Catalogue
) -> tuple[Instead, ...]:
    """An offer for every chosen credential of whose kind the catalogue knows a better way.

    chosen: what the plan is about, blocked functions and files included. told: by credential, the
    kind that its secret has, where it says more than the finding does.
    """
    offers = []
    for credential in credentials_of(chosen):
        kind = told.get(credential.id) or kind_of(catalogue, credential.kind)
        if kind.instead:
            offers.append(
                Instead(
                    credential=credential.id,
                    kind=kind.id,
                    title=kind.title,
                    masked=credential.masked,
                    where=tuple(str(finding.location) for finding in credential.findings),
                    text=kind.instead,
                )
            )
    return tuple(offers)
