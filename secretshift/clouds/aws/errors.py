"""Errors of the SDK as errors of ours, by code and never by text.

A message of AWS or of the SDK may quote the request, and with it a variable or a secret
(``ParamValidationError`` prints the offending value). What leaves here holds the action, the
resource's name and AWS's error code; it holds neither the message nor the exception, not even
as ``__context__``, since a crash report may walk there.
"""

from __future__ import annotations

import difflib
import logging
import re
from types import TracebackType

from secretshift.model.errors import SecretshiftError, Unavailable

from .error_codes import AWS_CODES, LOST_LINE, SDK_ERRORS, UNKNOWN, Meaning


class ProgramFault(RuntimeError):
    """A mistake of ours that the SDK noticed before anything was sent. Its text holds no value."""


_OURS_TO_FIX = ("ParamValidationError", "MissingParametersError", "ValidationError")
_SAFE_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,80}")


class aws_errors:  # noqa: N801  # read at the place of use as a phrase, as suppress is
    """While AWS does `action` to `resource`, turn what the SDK raises into our families.

    A class and not a generator: the error of ours has to leave without the SDK's as its context,
    and its traceback without a frame that holds it.
    """

    def __init__(self, action: str, resource: str = "") -> None:
        self._action = action
        self._resource = resource

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        _type: type[BaseException] | None,
        exc: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        error = None if exc is None else _translated(exc, self._action, self._resource)
        exc = _type = _traceback = None
        if error is None:
            return
        try:
            raise error from None
        finally:
            error.__context__ = None


def error_code(exc: BaseException) -> str:
    """AWS's code in a ClientError, "" where it is none or looks like a text."""
    response = getattr(exc, "response", None)
    if not isinstance(response, dict):
        return ""
    code = str(response.get("Error", {}).get("Code", ""))
    # a JSON error may carry its namespace: com.amazonaws.service#Code
    code = code.rsplit("#", 1)[-1].split(":", 1)[0]
    return code if _SAFE_CODE.fullmatch(code) else ""


def is_aws_error(exc: BaseException) -> bool:
    return any(
        base.__name__ in {"BotoCoreError", "ClientError", "ResponseParserError"}
        and base.__module__.startswith("botocore.")
        for base in type(exc).__mro__
    )


def nearest(name: str, known: list[str]) -> str:
    """The known name that is most like the one given, "" if none is."""
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.5)), "")


def _translated(
    exc: BaseException, action: str, resource: str
) -> SecretshiftError | ProgramFault | None:
    if not is_aws_error(exc):
        return None
    names = [base.__name__ for base in type(exc).__mro__]
    if "ClientError" in names:
        return _of_code(error_code(exc), action, resource)
    for name in names:
        if name in _OURS_TO_FIX:
            return ProgramFault(f"The SDK rejected the parameters of {action} before sending")
        meaning = SDK_ERRORS.get(name)
        if meaning is not None:
            # The SDK tried more than once: one of the requests may have arrived.
            lost = issubclass(meaning.family, Unavailable) and meaning.code == "unreachable"
            verb = "gave no answer to" if lost else "was not asked for"
            return _built(meaning, f"AWS {verb} {action}: {_words(names)}", resource)
    return _built(UNKNOWN, f"The SDK gave up on {action}: {names[0]}", resource)


def _words(names: list[str]) -> str:
    """names: of the error's classes, its own first. What happened on the line, in words; the
    class's name where it says what is to be set right."""
    return next((LOST_LINE[name] for name in names if name in LOST_LINE), names[0])


def _of_code(code: str, action: str, resource: str) -> SecretshiftError:
    meaning = AWS_CODES.get(code, UNKNOWN)
    verb = "failed at" if issubclass(meaning.family, Unavailable) else "refused"
    return _built(meaning, f"AWS {verb} {action}: {code or 'no error code'}", resource)


def _built(meaning: Meaning, what: str, resource: str) -> SecretshiftError:
    return meaning.family(what, resource=resource, hint=meaning.hint, code=meaning.code)


def quiet_sdk_loggers() -> None:
    """Keep the SDK's loggers at INFO or above: at DEBUG botocore prints whole requests."""
    for name in ("botocore", "boto3", "urllib3", "s3transfer"):
        logger = logging.getLogger(name)
        if logger.level < logging.INFO:
            logger.setLevel(logging.INFO)
