"""The resolver's layer versions as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from secretshift.model.findings import SourceError

from .lines import Line, Style, counted, line


class LayerUse(Protocol):
    @property
    def arn(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def users(self) -> tuple[str, ...]: ...
    @property
    def deleted(self) -> bool: ...


def layers_lines(layers: Sequence[LayerUse], errors: Sequence[SourceError]) -> list[Line]:
    """A line a version, then what could not be looked at."""
    lines: list[Line] = []
    for layer in layers:
        if layer.deleted:
            state = ("deleted", Style.REMOVE)
        elif layer.users:
            state = (f"used by {counted(len(layer.users), 'configuration')}", Style.GOOD)
        else:
            state = ("unused", Style.WARNING)
        lines.append(line(f"{layer.arn}  ", state))
        lines += [line(f"    {user}") for user in layer.users[:10]]
    for error in errors:
        lines.append(line(("error: ", Style.BAD), f"{error.source}: {error.what}"))
        if error.hint:
            lines.append(line(f"  do: {error.hint}"))
    return lines or [line("There is no layer version of the resolver here")]


def layers_data(layers: Sequence[LayerUse], errors: Sequence[SourceError]) -> dict[str, object]:
    """The documented JSON form."""
    return {
        "schema": 1,
        "layers": [
            {
                "arn": layer.arn,
                "region": layer.region,
                "users": list(layer.users),
                "deleted": layer.deleted,
            }
            for layer in layers
        ],
        "errors": [
            {"code": e.code, "source": e.source, "what": e.what, "hint": e.hint} for e in errors
        ],
    }
