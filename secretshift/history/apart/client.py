"""The search's end in the program that asks. It loads no rules."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final, cast

from ...detection.apart import wire
from ...detection.apart.polled import Polled
from ...detection.apart.process import detection_ended, endless, group_ended, started, was_ended
from ...model.journeys import CancelToken
from ..objects import facts_of
from .items import Item, item_of

_SERVER: Final = "secretshift.history.apart.server"


class HistoryApart:
    """Answers as ``History`` does, from a process of its own and those that it starts.

    They are there while ``findings`` is asked, are closed to other processes as this one is, get
    no credential of a cloud, and end together: at the end, on a wish to stop, when the iteration
    is given up, and when this process ends, however that comes. announce gets sentences for the
    person who waits.
    """

    def __init__(
        self,
        folder: Path,
        *,
        unreachable: bool = False,
        kinds: Sequence[Path] = (),
        plugin_paths: Sequence[Path] = (),
        rule_paths: Sequence[Path] = (),
        announce: Callable[[str], None] | None = None,
        count: int | None = None,
        at_once: bool = False,
    ) -> None:
        """count: of the processes that share the work; at_once: as of ``History``.

        Raises NotFound (``no-repository``) and what else ``run_git`` raises.
        """
        self._root = str(facts_of(folder).root)
        self._question = {
            "folder": str(folder.absolute()),
            "unreachable": unreachable,
            "count": count,
            "at_once": at_once,
            **wire.setup(kinds, plugin_paths, rule_paths),
        }
        self._announce = announce
        self._plugins = tuple(plugin_paths)
        self._counts: Mapping[str, int] = {}
        self._gaps: tuple[str, ...] = ()
        self._seen = 0

    @property
    def root(self) -> str:
        return self._root

    @property
    def counts(self) -> Mapping[str, int]:
        return MappingProxyType(self._counts)

    @property
    def not_searched(self) -> tuple[str, ...]:
        return self._gaps

    @property
    def seen(self) -> int:
        return self._seen

    @property
    def order(self) -> None:
        """Of commits, which are known in the other process alone."""

    def begin(self) -> None:
        """Nothing: the other process begins when it is asked."""

    def findings(self, progress: Callable[[int, int], None], cancel: CancelToken) -> Iterator[Item]:
        """As of ``History``. Raises also what making a detector raises, and Unavailable
        (``detection-ended``, ``detector-endless``) if the process ends before the search does."""
        cancel.check()
        try:
            process = started(_SERVER, leads=True)
        except OSError:
            raise detection_ended() from None
        try:
            for said in self._said(process, cancel):
                item = item_of(said)
                if item is not None:
                    yield item
                    continue
                self._counts, self._gaps = said["counts"], tuple(said["gaps"])
                self._seen = said.get("seen", 0)
                if "end" in said:
                    return
                progress(*said["progress"])
        finally:
            group_ended(process)

    def _said(
        self, process: subprocess.Popen[bytes], cancel: CancelToken
    ) -> Iterator[wire.Message]:
        """Whatever is no note, without an end."""
        pipe = Polled(cast(BinaryIO, process.stdout).fileno(), cancel)
        with contextlib.suppress(EOFError, OSError, ValueError):
            wire.send(cast(BinaryIO, process.stdin), self._question)
        while True:
            yield self._answer(process, pipe)

    def _answer(self, process: subprocess.Popen[bytes], pipe: Polled) -> wire.Message:
        # ValueError: what came is not what the other end says.
        with contextlib.suppress(EOFError, OSError, ValueError):
            return wire.answer(pipe, self._announce)
        if was_ended(process):
            raise endless(f"history of {self._question['folder']}", self._plugins)
        raise detection_ended()
