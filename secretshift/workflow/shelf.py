"""What a plan has to know of the secrets of a place: ours, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from secretshift.changes.create_secret import MANAGED_TAG
from secretshift.model.errors import Refused, SecretshiftError, UsageProblem
from secretshift.model.findings import SourceError
from secretshift.model.functions import Place
from secretshift.model.ports import Region, SecretInfo
from secretshift.model.unread import Unread
from secretshift.planning.inputs import Case
from secretshift.planning.secret_names import Held, Wanted, names_from

from .services import Services

_RIGHT = "Grant the operator the right to read it, and to use its key"


def look_at_secrets(
    services: Services,
    regions: Sequence[Region],
    cases: Sequence[Case],
    wanted: Sequence[Wanted],
    errors: list[SourceError],
) -> Mapping[Place, Shelf]:
    """The secrets that a plan could use or that stand in its way, and what ours hold now."""
    shelves: dict[Place, Shelf] = {}
    for region in {region.place: region for region in regions}.values():
        shelf = Shelf(services, region, errors)
        shelf.look(cases, [item for item in wanted if item.place == region.place])
        shelves[region.place] = shelf
    return shelves


class Shelf:
    """The secrets of ours in one place, by ARN.

    A list "might not reflect changes from the last five minutes" (ListSecrets in the Secrets
    Manager API reference), so whatever a plan would build upon is described as well.
    """

    def __init__(self, services: Services, region: Region, errors: list[SourceError]) -> None:
        self._services = services
        self._region = region
        self._errors = errors
        self._seen: dict[str, SecretInfo | None] = {}
        self.owned: dict[str, SecretInfo] = {}
        self.held: dict[str, Held] = {}
        self.named: dict[str, SecretInfo] = {}

    def look(self, cases: Sequence[Case], wanted: Sequence[Wanted]) -> None:
        try:
            self.owned.update((info.arn, info) for info in self._region.secrets.owned())
        except SecretshiftError as error:
            self._failed(error)
        referred = dict.fromkeys(
            arn
            for case in cases
            if case.snapshot.ref.place == self._region.place
            for arn in _referred(case)
        )
        with ThreadPoolExecutor(max_workers=4) as pool:
            list(pool.map(self._recognise, referred))
            list(pool.map(self._candidates, wanted))

    def _candidates(self, want: Wanted) -> None:
        """Describe and read every secret that this content could be in, until a name is free."""
        tagged = [info.arn for info in tuple(self.owned.values()) if want.made_for(info)]
        for arn in tagged:
            self._read(self._describe(arn))
        if want.chosen:
            self._under_chosen(want)
            return
        for name in names_from(want.name):
            info = self._describe(name)
            if info is None or info.arn not in self.owned:
                return
            self._read(info)
            if want.made_for(info) and not self._rotated(info, want):
                return

    def _under_chosen(self, want: Wanted) -> None:
        """Whatever stands under a name that a person chose. Raises UsageProblem where that cannot
        be told: a name that may be taken is none to plan with."""
        try:
            info = self._see(want.name)
        except Refused as error:
            raise UsageProblem(
                f"Whether a secret of this name is there cannot be told: {error.what}",
                resource=f"{want.name} in {want.place}",
                hint="Choose another name, or ask for secretsmanager:DescribeSecret on it",
                code="name-unknown",
            ) from None
        if info is not None:
            self.named[want.name] = info
            if info.arn in self.owned:
                self._read(info)

    def _recognise(self, arn: str) -> None:
        """Other people's references are there as well, and may lead to what nobody let us see."""
        try:
            self._see(arn)
        except Refused:
            return
        except SecretshiftError as error:
            self._failed(error)

    def _describe(self, name_or_arn: str) -> SecretInfo | None:
        try:
            return self._see(name_or_arn)
        except SecretshiftError as error:
            self._failed(error)
            return None

    def _see(self, name_or_arn: str) -> SecretInfo | None:
        """A secret as it is now; one that is ours, or no longer there, corrects the list."""
        if name_or_arn in self._seen:
            return self._seen[name_or_arn]
        info = self._region.secrets.describe(name_or_arn)
        if info is None:
            self.owned.pop(name_or_arn, None)
        elif info.tags.get(MANAGED_TAG) == "true":
            self.owned[info.arn] = info
        self._seen[name_or_arn] = info
        return info

    def _read(self, info: SecretInfo | None) -> None:
        if info is None or info.deletion is not None or info.arn in self.held:
            return
        try:
            value = self._region.secrets.read(info.arn).value
        except SecretshiftError as error:
            self.held[info.arn] = Held(unread=Unread.because(error, error.what, _RIGHT))
        else:
            self.held[info.arn] = Held(self._services.fingerprint(value))

    def _rotated(self, info: SecretInfo, want: Wanted) -> bool:
        look = self.held.get(info.arn)
        return look is not None and look.unread is None and look.fingerprint != want.fingerprint

    def _failed(self, error: SecretshiftError) -> None:
        source = f"secrets of {self._region.place}"
        known = {(item.code, item.source) for item in self._errors}
        if (error.code, source) not in known:
            self._errors.append(SourceError(error.code, source, str(error), error.hint))


def _referred(case: Case) -> Iterator[str]:
    """ARNs of secrets of its place that a function refers to. Whatever else stands there is not
    sent anywhere: it may be a value."""
    style = case.style
    home, _, _ = style.foreseen(case.snapshot.ref.place, "|").partition("|")
    for name in case.snapshot.variables:
        present = style.present(case.snapshot, name)
        if present is not None and style.secret_of(present).startswith(home):
            yield style.secret_of(present)
