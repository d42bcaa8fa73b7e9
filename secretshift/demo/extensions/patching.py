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


def refuse_writes(lambda_svc: Any, refusal: Callable[[dict[str, Any]], Any]) -> None:
    """Let `refusal` look at each creation and each change of a function's configuration first: what
    it answers is the answer, and None lets the request through."""

    def creating(original: Any) -> Any:
        def create(data: dict[str, Any]) -> Any:
            return refusal(data) or original(data)

        return create

    def updating(original: Any) -> Any:
        def update(name: str, data: dict[str, Any]) -> Any:
            return refusal(data) or original(name, data)

        return update

    replace(lambda_svc, "_create_function", creating)
    replace(lambda_svc, "_update_config", updating)
