"""detect-secrets' detectors, and drop-in ones in its plugin format, on single values and lines.

Only ``analyze_string`` is called: ``verify`` would talk to the issuer, and a scan never does.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

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


class Problem(NamedTuple):
    """A plugin that could not be loaded or run: where it is and why, without any scanned text."""

    plugin: str
    reason: str


class Hit(NamedTuple):
    detector: str
    text: str
    custom: bool


class DetectSecrets:
    """Loaded on first use; a detector that fails is left out and named among the problems."""

    def __init__(self, plugin_paths: Sequence[Path]) -> None:
        self._paths = tuple(plugin_paths)
        self._lock = threading.Lock()
        self._built_in: list[Any] | None = None
        self._custom: list[Any] = []
        self._problems: list[Problem] = []
        if self._paths:
            self._load_custom()

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(self._problems)

    @property
    def has_custom(self) -> bool:
        return bool(self._custom)

    def _load_custom(self) -> None:
        from detect_secrets.core.plugins.util import get_plugins_from_file

        for path in self._files():
            try:
                classes: list[Any] = list(get_plugins_from_file(str(path)))
                found = [plugin() for plugin in classes]
            except Exception as error:  # noqa: BLE001 - anything may happen in foreign code
                self._problems.append(
                    Problem(str(path), f"could not be loaded: {type(error).__name__}")
                )
                continue
            own = [p for p in found if not type(p).__module__.startswith("detect_secrets.")]
            if not own:
                self._problems.append(
                    Problem(str(path), "holds no detector in detect-secrets' format")
                )
            self._custom.extend(own)

    def _files(self) -> Iterator[Path]:
        for path in self._paths:
            if path.is_dir():
                yield from sorted(p for p in path.glob("*.py") if not p.name.startswith("_"))
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

    def formats(self, text: str) -> list[Hit]:
        """What any detector recognises in a value or a line."""
        return [*self._run(self._loaded(), text, False), *self._run(self._custom, text, True)]

    def custom(self, text: str) -> list[Hit]:
        """What drop-in detectors alone recognise."""
        return list(self._run(self._custom, text, True))

    def custom_lines(self, text: str) -> Iterator[int]:
        """Offsets at which a drop-in detector's expression matches: its lines are candidates."""
        for plugin in self._custom:
            for pattern in getattr(plugin, "denylist", ()):
                if isinstance(pattern, re.Pattern):
                    yield from (found.start() for found in pattern.finditer(text))

    def _run(self, plugins: list[Any], text: str, custom: bool) -> Iterator[Hit]:
        for plugin in list(plugins):
            try:
                hits = {str(hit) for hit in plugin.analyze_string(text)}
            except Exception as error:  # noqa: BLE001 - anything may happen in foreign code
                plugins.remove(plugin)
                self._problems.append(
                    Problem(
                        type(plugin).__name__, f"failed and was left out: {type(error).__name__}"
                    )
                )
                continue
            for hit in sorted(hits):
                if len(hit) >= 6:
                    yield Hit(str(plugin.secret_type), hit, custom)
