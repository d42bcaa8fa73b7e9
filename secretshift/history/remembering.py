"""A search that begins where the last one of the repository ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol

from .. import builtin_rules
from ..model.errors import Damaged
from ..model.findings import Finding, HistoryLocation, SourceError, Spotted, Verdict
from ..model.identity import finding_of
from ..model.journeys import CancelToken
from ..model.secret_value import Fingerprinter
from . import catching_up
from .ahead import Ahead
from .commits import CommitLog
from .gaps import gaps
from .growth import MOST_JUDGED, Growth, Judge, Now, now_of
from .known import Basis, Found, basis_from, basis_of, found_of, text_of
from .objects import facts_of
from .tips import Tips, boundary_of, digest_of, head_of, order_of, tips_of

Progress = Callable[[int, int], None]


class Whole(Protocol):
    """A search of everything that refs reach."""

    @property
    def root(self) -> str: ...
    @property
    def counts(self) -> Mapping[str, int]: ...
    @property
    def not_searched(self) -> tuple[str, ...]: ...
    @property
    def seen(self) -> int: ...
    @property
    def order(self) -> CommitLog | None:
        """Of commits, as of ``order_of``; None where that is not known here."""
        ...

    def begin(self) -> None:
        """Whatever of a search needs no answer, ahead of it."""
        ...

    def findings(
        self, progress: Progress, cancel: CancelToken, /
    ) -> Iterator[tuple[Verdict, HistoryLocation] | Finding | Spotted | SourceError]: ...


class KeptSearch(Protocol):
    """refs: a digest over what all refs named then; found, basis: texts."""

    @property
    def refs(self) -> str: ...
    @property
    def found(self) -> str: ...
    @property
    def basis(self) -> str: ...


class Shelf(Protocol):
    """Searches by repository and rules. What it cannot give, it has not."""

    def of(self, repository: str, rules: str, /) -> KeptSearch | None: ...
    def refs_of(self, repository: str, /) -> str:
        """What all refs named when the repository was searched last, under whatever rules; "" if
        it was not."""
        ...

    def keep(self, repository: str, rules: str, refs: str, found: str, basis: str, /) -> None: ...


class _Opened(NamedTuple):
    """rules: "" where nothing may be kept; refs: a digest over what they name now; basis: of what
    is kept, and now: where they named something else then."""

    rules: str
    refs: str
    kept: KeptSearch | None
    basis: Basis | None = None
    now: Now | None = None


class RememberedHistory:
    """Answers as ``History`` does, with findings in place of verdicts.

    whole: opens the search of everything; judge: for what is new; rules: a text that changes with
    whatever decides, "" where nothing may be kept; anew: search everything, and keep that.
    Only what a search found that could read everything is kept. What is kept is looked at as soon
    as this is made, beside whatever the program does until it asks.
    """

    def __init__(
        self,
        folder: Path,
        whole: Callable[[], Whole],
        judge: Callable[[], Judge],
        fingerprint: Fingerprinter,
        shelf: Shelf,
        rules: Callable[[], str],
        *,
        limit: int,
        anew: bool = False,
    ) -> None:
        """Raises NotFound (``no-repository``) and what else ``run_git`` raises."""
        self._folder = folder
        self._facts = facts_of(folder)
        self._whole, self._judge, self._fingerprint = whole, judge, fingerprint
        self._shelf, self._rules = shelf, rules
        self._limit, self._anew = limit, anew
        self._counts: Mapping[str, int] = {}
        self._gaps: tuple[str, ...] = ()
        self._searching: Whole | None = None
        self._opened = Ahead(self._open)
        self._begun: Ahead[Whole | None] | None = None

    def begin(self) -> None:
        """Begin with a search of everything, where there will be one, beside whatever the program
        does until it asks. For one history at a time."""
        if self._begun is None:
            self._begun = Ahead(self._begin)

    def _begin(self) -> Whole | None:
        if self._opened.result().kept is not None:
            return None
        whole = self._whole()
        whole.begin()
        return whole

    def _open(self) -> _Opened:
        """What is kept, and what the judge needs where something will be judged."""
        refs = digest_of(self._folder, self._facts)
        before = "" if self._anew else self._shelf.refs_of(self.root)
        if not before:
            # Everything will be searched.
            builtin_rules.begin()
        moved = bool(refs) and before not in ("", refs)
        rules = refs and self.rules()
        if not rules:
            return _Opened("", "", None)
        if moved:
            catching_up.wait()
        kept = None if self._anew else self._shelf.of(self.root, rules)
        if kept is None or kept.refs == refs:
            return _Opened(rules, refs, kept)
        try:
            basis = basis_from(kept.basis)
        except (Damaged, ValueError):
            # It is what another program wrote, or a broken disk.
            return _Opened(rules, refs, None)
        asked = Ahead(lambda: now_of(self._folder, self._facts, basis))
        self._judge().text("", "x")
        return _Opened(rules, refs, kept, basis, asked.result())

    def catch_up(self) -> None:
        """Keep what a search would find now, where few commits came since the last one."""
        opened = self._opened.result()
        if opened.now is not None:
            most = catching_up.MOST_VERSIONS
            self._remembered(opened, lambda _done, _of: None, CancelToken(), most)

    @property
    def root(self) -> str:
        return str(self._facts.root)

    @property
    def counts(self) -> Mapping[str, int]:
        """Also of a search that is not over, or was stopped."""
        searching = self._searching
        return MappingProxyType(self._counts) if searching is None else searching.counts

    @property
    def not_searched(self) -> tuple[str, ...]:
        return self._gaps

    @property
    def seen(self) -> int:
        """As of ``History``; of what is kept, nothing."""
        return 0 if self._searching is None else self._searching.seen

    def rules(self) -> str:
        """What decides, and what hides a part of the history; "" where nothing may be kept."""
        rules = self._rules()
        return rules and f"{rules} {boundary_of(self._facts)}"

    def findings(
        self, progress: Progress, cancel: CancelToken
    ) -> Iterator[Finding | Spotted | SourceError]:
        """As of ``History``."""
        opened = self._opened.result()
        found = self._remembered(opened, progress, cancel)
        if found is None:
            yield from self._searched(opened, progress, cancel)
            return
        self._counts = dict(found.counts)
        self._gaps = gaps(self._facts, self._counts, self._limit)
        yield from found.findings

    def _remembered(
        self, opened: _Opened, progress: Progress, cancel: CancelToken, most: int = MOST_JUDGED
    ) -> Found | None:
        """What was found then, or then and since; None where that cannot be told."""
        rules, refs, kept, basis, now = opened
        if kept is None:
            return None
        try:
            found = found_of(kept.found)
        except (Damaged, ValueError):
            # It is what another program wrote, or a broken disk.
            return None
        if basis is None or now is None:
            return found
        growth = Growth(
            self._folder, self._facts, self._judge(), self._fingerprint, self._limit, most
        )
        grown = growth.grown(found, basis, now, progress, cancel)
        if grown is None or digest_of(self._folder, self._facts) != refs:
            return None
        self._keep(rules, refs, grown.found, grown.basis)
        return grown.found

    def _searched(
        self, opened: _Opened, progress: Progress, cancel: CancelToken
    ) -> Iterator[Finding | Spotted | SourceError]:
        begun = None if self._begun is None else self._begun.result()
        whole = self._searching = begun or self._whole()
        findings: list[Finding] = []
        complete = bool(opened.rules)
        # Refs that move while it is searched are met at the end.
        there = Ahead(self._there) if complete else None
        for item in whole.findings(progress, cancel):
            if isinstance(item, SourceError):
                complete = False
                yield item
                continue
            if isinstance(item, Spotted):
                yield item
                continue
            found = item if isinstance(item, Finding) else self._finding(*item)
            findings.append(found)
            yield found
        self._gaps = whole.not_searched
        if complete and there is not None:
            counts = tuple(sorted(whole.counts.items()))
            every = Found(tuple(findings), counts)
            self._remember(opened, every, whole.order, *there.result())

    def _finding(self, verdict: Verdict, location: HistoryLocation) -> Finding:
        return finding_of(verdict, location, self._fingerprint(verdict.secret))

    def _there(self) -> tuple[Tips, Mapping[str, str]]:
        """Where the history begins, and the files of HEAD."""
        return tips_of(self._folder, self._facts), head_of(self._folder)

    def _remember(
        self,
        opened: _Opened,
        found: Found,
        order: CommitLog | None,
        tips: Tips,
        head: Mapping[str, str],
    ) -> None:
        """Unless a ref moved while it was searched, or just before."""
        if order is None:
            order = order_of(self._folder)
        if not order.newest() <= tips.commits <= set(order.names):
            return
        basis = basis_of(tips, order, found, head)
        if digest_of(self._folder, self._facts) == opened.refs:
            self._keep(opened.rules, opened.refs, found, basis)

    def _keep(self, rules: str, refs: str, found: Found, basis: Basis) -> None:
        self._shelf.keep(self.root, rules, refs, text_of(found), text_of(basis))
