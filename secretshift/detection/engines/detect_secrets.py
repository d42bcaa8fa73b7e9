"""detect-secrets' detectors, and drop-in ones in its plugin format, on single values and lines.

A drop-in detector is asked of every line, as detect-secrets does; one that goes by expressions
alone only of lines on which one of them matches. ``verify`` is never called: it would talk to the
issuer, and a scan never does.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from .drop_ins import DropIn, Unfit, drop_ins, line_starts, matched_lines
from .failures import Asked, Failures, Problem
from .watch import LETTERS, LINE, LOAD, TICK, Call, TookTooLong, Watch, unwatched

_BUILT_IN = {
    "azure_storage_key": ("AzureStorageKeyDetector", "azure-storage-key"),
    "discord": ("DiscordBotTokenDetector", ""),
    "github_token": ("GitHubTokenDetector", ""),
    "gitlab_token": ("GitLabTokenDetector", ""),
    "mailchimp": ("MailchimpDetector", ""),
    "npm": ("NpmDetector", ""),
    "openai": ("OpenAIDetector", ""),
    "pypi_token": ("PypiTokenDetector", ""),
    "sendgrid": ("SendGridDetector", ""),
    "slack": ("SlackDetector", ""),
    "square_oauth": ("SquareOAuthDetector", ""),
    "stripe": ("StripeDetector", ""),
    "telegram_token": ("TelegramBotTokenDetector", ""),
}
"""Those that go by a format. The others go by entropy or by a word nearby, as our judge does, or
report ids that are no secrets."""


class Hit(NamedTuple):
    detector: str
    text: str
    custom: bool


class DetectSecrets:
    """Loaded on first use; a detector that cannot be loaded, or fails, is named among the problems.

    watch: over drop-in detectors; None lets them take as long as they want. One that took too long
    is asked of nothing any more."""

    def __init__(self, plugin_paths: Sequence[Path], watch: Watch | None = None) -> None:
        self._within = unwatched if watch is None else watch.within
        self._paths = tuple(plugin_paths)
        self._lock = threading.Lock()
        self._built_in: list[Any] | None = None
        self._custom: list[DropIn] = []
        self._problems: list[Problem] = []
        self._failures = Failures()
        if self._paths:
            self._load_custom()

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (*self._problems, *self._failures.problems())

    def count_long(self, lines: Iterable[int], text: str, longest: int) -> None:
        """As of ``custom``, of lines that begin at offsets."""
        if self._asks_all:
            for at in lines:
                end = text.find("\n", at, at + longest + 1)
                if end < 0 and len(text) - at > longest:
                    self._failures.pass_over(Asked())

    def not_asked(self, longest: int) -> tuple[str, ...]:
        """As of ``Failures.not_asked``."""
        return self._failures.not_asked(longest)

    def failures_taken(self) -> list[tuple[str, str, int]]:
        """As of ``Failures.taken``."""
        return self._failures.taken()

    @property
    def has_custom(self) -> bool:
        return bool(self._custom)

    def _load_custom(self) -> None:
        for path in self._files():
            try:
                own = self._within(LOAD, partial(drop_ins, path), Call(str(path)))
            except TookTooLong:
                why = f"it took more than {LOAD * TICK:.0f} seconds"
                self._problems.append(Problem(str(path), f"could not be loaded: {why}"))
                continue
            except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code
                why = str(error) if isinstance(error, Unfit) else type(error).__name__
                self._problems.append(Problem(str(path), f"could not be loaded: {why}"))
                continue
            if not own:
                self._problems.append(
                    Problem(str(path), "holds no detector in detect-secrets' format")
                )
            self._custom.extend(own)

    def _files(self) -> Iterator[Path]:
        for path in self._paths:
            if path.is_dir():
                files = sorted(p for p in path.glob("*.py") if not p.name.startswith("_"))
                if not files:
                    why = "could not be loaded: the folder holds no file of a detector (*.py)"
                    self._problems.append(Problem(str(path), why))
                yield from files
            else:
                yield path

    def _loaded(self) -> list[Any]:
        with self._lock:
            if self._built_in is None:
                self._built_in = list(self._load_built_in())
            return self._built_in

    def _load_built_in(self) -> Iterator[Any]:
        from importlib import import_module

        for module, (name, _) in _BUILT_IN.items():
            try:
                yield getattr(import_module(f"detect_secrets.plugins.{module}"), name)()
            except (ImportError, AttributeError, TypeError) as error:
                self._problems.append(Problem(name, f"could not be loaded: {type(error).__name__}"))

    def formats(self, text: str, variable: str = "") -> list[Hit]:
        """What any detector recognises in a value. variable: its name."""
        return [*self._built_in_hits(text), *self._hits_of_all(text, Asked(variable=variable))]

    def custom(
        self, text: str, path: str = "", number: int = 0, *, is_long: bool = False
    ) -> list[Hit]:
        """What drop-in detectors alone recognise in one line, which is of a file and has a number;
        0 for one that is not known. is_long: ask only those that go by expressions alone; that
        others were not asked is counted."""
        if is_long and self._asks_all:
            self._failures.pass_over(Asked(path, number))
        return self._hits_of_all(text, Asked(path, number), is_long=is_long)

    def _hits_of_all(self, text: str, about: Asked, *, is_long: bool = False) -> list[Hit]:
        some = [asked for asked in self._custom if not (is_long and asked.of_all)]
        return [hit for asked in some for hit in self._hits(asked, text, about)]

    @property
    def _asks_all(self) -> bool:
        return any(asked.of_all for asked in self._custom)

    def custom_lines(self, text: str, path: str = "") -> Iterator[int]:
        """Offsets on the lines of which a drop-in detector has to be asked, in no order."""
        if self._asks_all:
            yield from line_starts(text)
            return
        ticks = LINE + len(text) // LETTERS
        for asked in tuple(self._custom):
            try:
                for pattern in asked.patterns:
                    within = partial(self._within, ticks, of=Call(asked.name, str(Asked(path))))
                    yield from matched_lines(pattern, text, within)
            except TookTooLong:
                self._leave_out(asked, Asked(path))

    def _leave_out(self, asked: DropIn, about: Asked) -> None:
        self._custom = [one for one in self._custom if one is not asked]
        why = f"it took more than {LINE * TICK:.0f} seconds, and was asked of nothing after that"
        self._failures.add(asked.name, why, about)

    def _built_in_hits(self, text: str) -> Iterator[Hit]:
        for plugin in self._loaded():
            for found in sorted({str(hit) for hit in plugin.analyze_string(text)}):
                if len(found) >= _LEAST:
                    yield Hit(str(plugin.secret_type), found, False)

    def _hits(self, asked: DropIn, text: str, about: Asked) -> Iterator[Hit]:
        try:
            hits, named = self._within(
                LINE, partial(asked.asked, text, about), Call(asked.name, str(about))
            )
        except TookTooLong:
            self._leave_out(asked, about)
            return
        except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code
            # It stays: what one line holds must not decide what is found in the others.
            self._failures.add(asked.name, _kind(error), about)
            return
        for hit in sorted(hits):
            if len(hit) >= _LEAST:
                yield Hit(named, hit, True)


_LEAST = 6
"""Characters of what a detector may report."""


def _kind(error: BaseException) -> str:
    """Its text may quote the line."""
    return type(error).__name__
