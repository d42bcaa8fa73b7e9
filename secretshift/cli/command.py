"""The form of every command: a sentence, its options, those of every command, examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from secretshift import __version__

from .invocation import Invocation

WORKSPACE_VARIABLE = "SECRETSHIFT_HOME"


def global_options(*, root: bool) -> list[click.Option]:
    """Options that stand before or after the command's name; what was given last holds.

    root: the program itself, where the environment is looked at.
    """
    return [
        click.Option(
            ["--workspace"],
            type=click.Path(path_type=Path, file_okay=False),
            metavar="DIR",
            envvar=WORKSPACE_VARIABLE if root else None,
            expose_value=False,
            callback=_store,
            help=f"Folder of the journal and the key (environment: {WORKSPACE_VARIABLE}).",
        ),
        click.Option(
            ["--config"],
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            expose_value=False,
            callback=_store,
            help="Settings, instead of secretshift.toml of the current folder.",
        ),
        click.Option(
            ["-v", "--verbose", "verbosity"],
            count=True,
            expose_value=False,
            callback=_store,
            help="Say more; up to three times. Values are never said.",
        ),
        click.Option(
            ["-q", "--quiet"],
            is_flag=True,
            expose_value=False,
            callback=_store,
            help="Say nothing on stderr but errors.",
        ),
        click.Option(
            ["--log-format"],
            type=click.Choice(["text", "json"]),
            metavar="text|json",
            expose_value=False,
            callback=_store,
            help="Form of the log records on stderr.",
        ),
        click.Option(
            ["--no-color", "colour"],
            is_flag=True,
            expose_value=False,
            callback=_store,
            help="No colours (environment: NO_COLOR).",
        ),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_version,
            help="Say the version and stop.",
        ),
    ]


class Sectioned(click.Command):
    """Prints its own options, those of every command, and examples as they are written."""

    examples: Sequence[str] = ()

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        names = {name for option in global_options(root=False) for name in option.opts}
        own: list[tuple[str, str]] = []
        shared: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                everywhere = bool({"--help", *names} & set(parameter.opts))
                (shared if everywhere else own).append(record)
        if own:
            with formatter.section("Options"):
                formatter.write_dl(own)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)
        with formatter.section("Options of every command"):
            formatter.write_dl(shared)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{' ' * formatter.current_indent}{example}\n")


class Command(Sectioned):
    """A command. Its function returns the exit code; None means 0."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples
        self.params += global_options(root=False)

    def invoke(self, ctx: click.Context) -> None:
        ctx.ensure_object(Invocation).begin()
        ctx.exit(int(super().invoke(ctx) or 0))


def command(name: str, *examples: str) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of a function, whose docstring is the sentence of its help."""
    return click.command(name, cls=Command, examples=examples)


pass_invocation = click.make_pass_decorator(Invocation, ensure=True)


def _store(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keep what was given; what was not given leaves the earlier one."""
    name = parameter.name or ""
    if ctx.get_parameter_source(name) in (None, click.core.ParameterSource.DEFAULT):
        return
    invocation = ctx.ensure_object(Invocation)
    if name == "verbosity":
        invocation.verbosity += value
    elif name == "colour":
        invocation.colour = not value
    else:
        setattr(invocation, name, value)


def _version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"secretshift {__version__}")
        ctx.exit()
