"""How the extensions reach into MiniStack: one way, and loudly when something is not there."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any


def replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Put `make(original)` in the place of `owner.name`.

    Raises AttributeError if there is nothing to replace: MiniStack is another version then, and an
    extension that silently does nothing would let a wrong test pass.
    """
    setattr(owner, name, make(getattr(owner, name)))


def replace_item(table: MutableMapping[str, Any], key: str, make: Callable[[Any], Any]) -> None:
    """Put `make(original)` in the place of `table[key]`.

    Raises AttributeError if there is nothing to replace, as `replace` does.
    """
    if key not in table:
        raise AttributeError(f"MiniStack does not know {key}")
    table[key] = make(table[key])
