"""The account's root must sign its requests, as everybody else.

MiniStack takes any 12-digit access key for root and does not look at the signature. Whoever
reaches the port, another user of the machine or a web page in a browser, could then create a
function and run code as the operator.
AWS: "Signature Version 4 for API requests" (IAM User Guide, reference_sigv).
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from ministack.core import iam_evaluator

from secretshift.demo.extensions.patching import replace

_pinning: ContextVar[bool] = ContextVar("secretshift_pinning", default=False)


def apply() -> None:
    replace(iam_evaluator, "_is_root_key", _root_counts_as_any_key_while_pinning)
    replace(iam_evaluator, "pin_signed_request", _pinning_every_key)
    # The application holds the function by name.
    from ministack import app

    replace(app, "pin_signed_request", lambda _: iam_evaluator.pin_signed_request)


def _root_counts_as_any_key_while_pinning(original: Any) -> Any:
    def is_root_key(access_key_id: str) -> bool:
        return not _pinning.get() and bool(original(access_key_id))

    return is_root_key


def _pinning_every_key(original: Any) -> Any:
    def pin(*args: Any, **kwargs: Any) -> None:
        token = _pinning.set(True)
        try:
            original(*args, **kwargs)
        finally:
            _pinning.reset(token)

    return pin
