"""What detect-secrets itself would find in a line, by its own detectors and default settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

_OF_A_SCAN: Final[Mapping[str, dict[str, Any]]] = {
    "detect_secrets.filters.common.is_baseline_file": {"filename": ".secrets.baseline"},
    "detect_secrets.filters.common.is_ignored_due_to_verification_policies": {"min_level": 2},
}
"""What its own command adds to the filters of a baseline that it writes."""


class LineTypes:
    """detect-secrets with its default settings, which are global: one at a time."""

    def __init__(self, plugins: list[Any], head: Mapping[str, Any]) -> None:
        self._plugins = plugins
        self.head = head
        """The keys of a baseline without its results: version, plugins_used, filters_used."""

    def of(self, path: str, line: str, number: int) -> tuple[tuple[str, str], ...]:
        """(type, value) of what its detectors find; none of them is let talk to an issuer."""
        found: dict[tuple[str, str], None] = {}
        for plugin in self._plugins:
            for hit in plugin.analyze_line(filename=path, line=line, line_number=number) or ():
                found[(str(hit.type), str(hit.secret_value))] = None
        return tuple(found)


@contextmanager
def line_types() -> Iterator[LineTypes]:
    from detect_secrets.__version__ import VERSION
    from detect_secrets.settings import default_settings, get_plugins

    with default_settings() as settings:
        settings.filters.update(_OF_A_SCAN)
        yield LineTypes(list(get_plugins()), {"version": VERSION, **settings.json()})
