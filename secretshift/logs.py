"""Structured logs on stderr: a run id in every record, never a value, no SDK at DEBUG."""

from __future__ import annotations

import _thread
import contextlib
import json
import logging
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Final, Literal, TextIO

from . import __version__
from .model.errors import SecretshiftError
from .model.secret_value import MASK, SecretValue

Format = Literal["text", "json"]

OURS: Final = "secretshift"

# Their DEBUG records quote requests, and with them secrets (botocore: the whole SecretString).
TALKATIVE: Final = (
    "azure",
    "boto3",
    "botocore",
    "git",
    "google",
    "grpc",
    "msal",
    "requests",
    "s3transfer",
    "urllib3",
)
DATABASE: Final = "sqlalchemy"
"""At INFO it says every statement with its parameters: the whole plan, each fingerprint."""

_LEVELS: Final = (logging.WARNING, logging.INFO, logging.DEBUG)
_OWN_FIELDS: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "run"}
MAX_FRAMES: Final = 60
_REPORT: Final = "https://github.com/secretshift/secretshift/issues"

_run: ContextVar[str] = ContextVar("secretshift_run", default="")
_process_run = ""
"""The run of threads that were started before, and so without, a bound one."""


def configure(
    verbosity: int,
    format: Format = "text",  # noqa: A002  as the option is called
    run_id: str = "",
    *,
    stream: TextIO | None = None,
) -> None:
    """Send logs to stderr: warnings only, INFO with one -v, DEBUG of our own with more.

    Can be called again; the last call holds. stream: instead of stderr.
    """
    global _process_run  # noqa: PLW0603  one process, one configuration of logging
    _process_run = run_id
    handler = _Handler(sys.stderr if stream is None else stream)
    handler.setFormatter(_JsonLines() if format == "json" else _TextLines())
    handler.addFilter(_quiet)
    level = _LEVELS[max(0, min(verbosity, len(_LEVELS) - 1))]
    root = logging.getLogger()
    for earlier in [h for h in root.handlers if isinstance(h, _Handler)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(max(level, logging.INFO))
    logging.getLogger(OURS).setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(level, logging.INFO))
    logging.getLogger(DATABASE).setLevel(logging.WARNING)


@contextmanager
def bind_run(run_id: str) -> Iterator[None]:
    """Give every record of this context the run's id."""
    token = _run.set(run_id)
    try:
        yield
    finally:
        _run.reset(token)


def report_uncaught() -> None:
    """From now on, tell what nobody catches as ``report_bug`` does: at the top, in a thread, in a
    finaliser. Python's own hooks print the text of an exception and of those it came from."""
    sys.excepthook = _at_the_top
    threading.excepthook = _in_a_thread
    sys.unraisablehook = _in_a_finaliser


def _at_the_top(_type: object, error: BaseException, _trace: object) -> None:
    report_bug(error)


def _in_a_thread(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None and not isinstance(failed.exc_value, SystemExit):
        report_bug(failed.exc_value)


def _in_a_finaliser(failed: sys.UnraisableHookArgs) -> None:
    if isinstance(failed.exc_value, KeyboardInterrupt):
        _interrupt_behind_this()
    elif failed.exc_value is not None:
        report_bug(failed.exc_value)


def _interrupt_behind_this() -> None:
    """Ctrl-C came while Python cleaned up, where nobody can catch it. It comes again as soon as
    that is over; if it came at once it would be lost in the hook as well."""
    held = _thread.allocate_lock()
    with held, contextlib.suppress(RuntimeError):  # the program is at its end
        _thread.start_new_thread(_interrupt, (held,))


def _interrupt(held: _thread.LockType) -> None:
    with held:
        _thread.interrupt_main()


def report_bug(error: BaseException, stream: TextIO | None = None) -> None:
    """Say that the program failed: types and places, never a text of an exception or a local.

    The text of an exception, and of those it came from, can quote a value.
    """
    out = sys.stderr if stream is None else stream
    lines = [f"This is a defect of secretshift {__version__}: {_type(error)}"]
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        if current is not error:
            lines.append(f"  raised while handling {_type(current)}")
        lines += [f"    {place}" for place in frames(current)]
        cause, context = current.__cause__, current.__context__
        current = context if cause is None and not current.__suppress_context__ else cause
    lines.append(f"Please report these lines; they hold no value of yours: {_REPORT}")
    out.write("\n".join(lines) + "\n")


def frames(error: BaseException) -> tuple[str, ...]:
    """``file:line function`` of every frame, outermost first. No source line, no local."""
    places = [
        _line(f"{frame.f_code.co_filename}:{line} {frame.f_code.co_qualname}")
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    if len(places) > MAX_FRAMES:
        half = MAX_FRAMES // 2
        places[half:-half] = [f"({len(places) - 2 * half} frames left out)"]
    return tuple(places)


class _Handler(logging.StreamHandler[TextIO]):
    """Ours, so that a second configure knows which one to replace."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's name
        """A record that cannot be written is dropped: saying why would quote it."""


class _TextLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        run = f" {_run_of()}" if _run_of() else ""
        extra = "".join(f" {name}={_line(value)}" for name, value in _extras(record).items())
        head = f"{_time(record)} {record.levelname.lower()}{run} {record.name}: "
        return head + _line(_message(record)) + extra + _line(_failure(record))


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "run": _run_of(),
            "message": _message(record) + _failure(record),
        }
        for name, value in _extras(record).items():
            said.setdefault(name, value)
        return json.dumps(said, ensure_ascii=True)


def _quiet(record: logging.LogRecord) -> bool:
    """Holds even if something lowers the level of a talkative logger later."""
    top = record.name.partition(".")[0]
    if top == DATABASE:
        return record.levelno >= logging.WARNING
    return record.levelno >= logging.INFO or top not in TALKATIVE


def _run_of() -> str:
    return _run.get() or _process_run


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _message(record: logging.LogRecord) -> str:
    """The message with masked arguments; the bare format where they do not fit it."""
    text = str(record.msg) if isinstance(record.msg, str | SecretValue) else _type(record.msg)
    if not record.args:
        return text
    args = _masked(record.args)
    try:
        return text % args
    except (TypeError, ValueError, KeyError):
        return text


def _extras(record: logging.LogRecord) -> dict[str, object]:
    """What was given as extra."""
    return {name: _masked(value) for name, value in vars(record).items() if name not in _OWN_FIELDS}


def _masked(value: object, depth: int = 0) -> object:
    """Plain data as it is; a SecretValue as the mask; of anything else, the name of its type.

    An object's own repr is not asked: one of a library can hold a value, and so can the text of
    an exception that is not ours.
    """
    if isinstance(value, SecretValue):
        return MASK
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str | PurePath | SecretshiftError | datetime):
        return str(value)
    if depth < 8:
        if isinstance(value, Mapping):
            return {str(k): _masked(v, depth + 1) for k, v in value.items()}
        if isinstance(value, tuple) and not hasattr(value, "_fields"):
            return tuple(_masked(item, depth + 1) for item in value)
        if isinstance(value, list | set | frozenset):
            return [_masked(item, depth + 1) for item in value]
    return _type(value)


def _failure(record: logging.LogRecord) -> str:
    """Type and innermost place of a record's exception; its text can quote a value."""
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    if error is None:
        return ""
    places = frames(error)
    return f" [{_type(error)} at {places[-1]}]" if places else f" [{_type(error)}]"


def _type(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")


def _line(value: object) -> str:
    """One line of printable characters: a name from outside must not write lines of its own."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in str(value))
