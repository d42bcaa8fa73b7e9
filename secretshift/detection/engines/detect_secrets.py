"""detect-secrets' detectors, and drop-in ones in its plugin format, on single values and lines.

A drop-in detector is asked of every line, as detect-secrets does; one that goes by expressions
alone only of lines on which one of them matches. ``verify`` is never called: it would talk to the
issuer, and a scan never does.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from .failures import Asked, Failures, Problem
from .watch import LETTERS, LINE, LOAD, TICK, TookTooLong, Watch, unwatched

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


Within = Callable[[Callable[[], re.Match[str] | None]], re.Match[str] | None]


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
        self._custom: list[_DropIn] = []
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
                own = self._within(LOAD, partial(_drop_ins, path))
            except TookTooLong:
                why = f"it took more than {LOAD * TICK:.0f} seconds"
                self._problems.append(Problem(str(path), f"could not be loaded: {why}"))
                continue
            except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code
                why = str(error) if isinstance(error, _Unfit) else type(error).__name__
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
                    yield from _matched_lines(pattern, text, partial(self._within, ticks))
            except TookTooLong:
                self._leave_out(asked, Asked(path))

    def _leave_out(self, asked: _DropIn, about: Asked) -> None:
        self._custom = [one for one in self._custom if one is not asked]
        why = f"it took more than {LINE * TICK:.0f} seconds, and was asked of nothing after that"
        self._failures.add(asked.name, why, about)

    def _built_in_hits(self, text: str) -> Iterator[Hit]:
        for plugin in self._loaded():
            for found in sorted({str(hit) for hit in plugin.analyze_string(text)}):
                if len(found) >= _LEAST:
                    yield Hit(str(plugin.secret_type), found, False)

    def _hits(self, asked: _DropIn, text: str, about: Asked) -> Iterator[Hit]:
        try:
            hits, named = self._within(LINE, partial(asked.asked, text, about))
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
_EDGES = re.compile(r"\\[AZ]")


class _Unfit(TypeError):
    """A detector that could never find anything."""


@dataclass(frozen=True, slots=True)
class _DropIn:
    """A drop-in detector. patterns: expressions without which it finds nothing, each with whether
    it has to be tried on each line by itself; of_all: it has none, and is asked of every line."""

    plugin: Any
    name: str
    patterns: tuple[_Pattern, ...]
    of_all: bool
    whole_lines: bool

    def asked(self, line: str, about: Asked) -> tuple[set[str], str]:
        """What it finds, and what it calls that."""
        if not self.whole_lines:
            hits = {str(hit) for hit in self.plugin.analyze_string(line)}
        else:
            found = self.plugin.analyze_line(
                filename=about.path, line=line, line_number=about.number or 1
            )
            hits = {str(secret.secret_value) for secret in found if secret.secret_value}
        return hits, str(self.plugin.secret_type)


class _Pattern(NamedTuple):
    form: re.Pattern[str]
    alone: bool


def _drop_ins(path: Path) -> list[_DropIn]:
    """The detectors of a file. Raises whatever its code raises, and _Unfit."""
    from detect_secrets.core.plugins.util import get_plugins_from_file

    classes: list[Any] = list(get_plugins_from_file(str(path)))
    return [
        _asked_of(plugin())
        for plugin in classes
        if not plugin.__module__.startswith("detect_secrets.")
    ]


def _asked_of(plugin: Any) -> _DropIn:
    """Raises _Unfit."""
    from detect_secrets.plugins.base import BasePlugin, RegexBasedDetector

    # Where a class's own analyze_line goes on to the one of detect-secrets, that may verify.
    plugin.verify = _never
    made = type(plugin)
    forms = getattr(plugin, "denylist", None)
    compiled = all(isinstance(form, re.Pattern) for form in forms or ())
    if isinstance(plugin, RegexBasedDetector) and not compiled:
        raise _Unfit("its denylist holds something else than compiled expressions")
    whole_lines = made.analyze_line is not BasePlugin.analyze_line
    by_forms = (
        not whole_lines
        and isinstance(plugin, RegexBasedDetector)
        and made.analyze_string is RegexBasedDetector.analyze_string
    )
    patterns = tuple(map(_pattern, forms or ())) if by_forms else ()
    return _DropIn(plugin, made.__name__, patterns, not by_forms, whole_lines)


def _never(*_args: object, **_kwargs: object) -> Any:
    from detect_secrets.constants import VerifiedResult

    return VerifiedResult.UNVERIFIED


def _pattern(form: re.Pattern[str]) -> _Pattern:
    """In a whole text an expression's ends of a line are those of all lines."""
    alone = _EDGES.search(form.pattern) is not None
    return _Pattern(re.compile(form.pattern, form.flags | re.MULTILINE), alone)


def _matched_lines(pattern: _Pattern, text: str, within: Within) -> Iterator[int]:
    """Raises TookTooLong. within: watches over one search."""
    search = pattern.form.search
    if pattern.alone or "\r" in text:
        for at in line_starts(text):
            if within(partial(search, one_line(text, at))) is not None:
                yield at
        return
    at = 0
    # A match may go on over the ends of lines: what begins on the next one counts as well.
    while (found := within(partial(search, text, at))) is not None:
        yield found.start()
        end = text.find("\n", found.start())
        if end < 0:
            return
        at = end + 1


def line_starts(text: str) -> Iterator[int]:
    """Where each line of a text begins."""
    at = 0
    while at < len(text):
        yield at
        end = text.find("\n", at)
        at = len(text) if end < 0 else end + 1


def one_line(text: str, at: int) -> str:
    """The line that begins at an offset, without what ends it."""
    end = text.find("\n", at)
    return text[at : len(text) if end < 0 else end].removesuffix("\r")


def _kind(error: BaseException) -> str:
    """Its text may quote the line."""
    return type(error).__name__
