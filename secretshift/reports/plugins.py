"""What was added to the program from outside, as lines and as JSON data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

from .lines import Line, Style, line

SCHEMA: Final = 1
_STYLES: Final = {"loaded": Style.GOOD, "failed": Style.BAD, "left out": Style.WARNING}


class Plugin(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def reason(self) -> str: ...


def plugins_lines(plugins: Sequence[Plugin]) -> list[Line]:
    """Two lines a plugin."""
    lines: list[Line] = []
    for plugin in plugins:
        version = f" {plugin.version}" if plugin.version else ""
        named = (f"{plugin.name}{version}", Style.STRONG)
        state = (plugin.state, _STYLES[plugin.state])
        reason = f": {plugin.reason}" if plugin.reason else ""
        lines.append(line(f"{plugin.kind}  ", named, "  ", state, reason))
        if plugin.where:
            lines.append(line((f"    from {plugin.where}", Style.FAINT)))
    return lines or [line("Nothing was added to the program")]


def plugins_data(plugins: Sequence[Plugin]) -> dict[str, Any]:
    """The documented JSON form."""
    return {
        "schema": SCHEMA,
        "plugins": [
            {
                "kind": plugin.kind,
                "name": plugin.name,
                "version": plugin.version,
                "where": plugin.where,
                "state": str(plugin.state),
                "reason": plugin.reason,
            }
            for plugin in plugins
        ],
    }
