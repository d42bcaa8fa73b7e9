"""One call of the program: harden, run the command, and turn whatever happens into an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

import click

from secretshift.hardening import harden_process
from secretshift.model.errors import ExitCode, Interrupted, SecretshiftError, UsageProblem

from .interface import answerable
from .invocation import Invocation
from .root import cli
from .screen import Screen, drop_output, prepare_streams, unwritable

NAME: Final = "secretshift"


def run(arguments: Sequence[str]) -> int:
    """The exit code for these arguments. Expected errors are said on stderr."""
    prepare_streams()
    invocation = Invocation()
    try:
        harden_process()
        code = cli.main(
            _completed(arguments),
            prog_name=NAME,
            standalone_mode=False,
            obj=invocation,
        )
        return int(code or ExitCode.DONE)
    except SecretshiftError as error:
        return _said(invocation, error)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx is not None else NAME
        hint = f"See {path} --help"
        return _said(invocation, UsageProblem(error.format_message().rstrip("."), hint=hint))
    except click.ClickException as error:
        return _said(invocation, UsageProblem(error.format_message().rstrip(".")))
    except (click.Abort, KeyboardInterrupt, EOFError):
        return _said(invocation, Interrupted("Stopped on request"))
    except BrokenPipeError:
        drop_output()
        return ExitCode.DONE
    except OSError as error:
        if not _is_of_output(error):
            return _defect(error)
        drop_output()
        return _said(invocation, unwritable(error))
    # Whatever else comes is a defect of ours. It is caught here, at the top and nowhere else, so
    # that no traceback with a value in it reaches the terminal.
    except Exception as error:  # noqa: BLE001
        return _defect(error)
    finally:
        _finish()


def _is_of_output(error: OSError) -> bool:
    """Whether the parser could not write its own text, a help for instance."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__") == "click.utils"


def _defect(error: Exception) -> int:
    from secretshift.logs import report_bug

    report_bug(error, sys.stderr)
    return ExitCode.BUG


def _completed(arguments: Sequence[str]) -> list[str]:
    """Without a command it is the interface where a person can answer, otherwise the help."""
    given = list(arguments)
    if given and _names_command(given):
        return given
    return [*given, "open"] if answerable() else [*given, "--help"]


def _names_command(arguments: Sequence[str]) -> bool:
    """Whether anything but options of every command stands there. Whatever is wrong is said by
    the parser itself."""
    takes_value = {"--workspace", "--config", "--log-format"}
    flags = {"--verbose", "--quiet", "-q", "--no-color"}
    words = iter(arguments)
    for word in words:
        name, equals, _ = word.partition("=")
        if name in takes_value:
            if not equals:
                next(words, "")
        elif word not in flags and word.strip("v") != "-":
            return True
    return False


def _said(invocation: Invocation, error: SecretshiftError) -> int:
    screen = Screen(colour=invocation.colour)
    screen.complain(error)
    return error.exit_code


def _finish() -> None:
    """Write what is left, without a complaint if nobody reads it any more."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            _to_nowhere(stream.fileno())
        except OSError:
            # Talk that cannot be written must not change the exit code when Python tries again.
            if stream is sys.stderr:
                _to_nowhere(stream.fileno())
        except ValueError:
            continue


def _to_nowhere(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
