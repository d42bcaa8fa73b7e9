"""The program's commands, by name: a command's module is imported when it is called."""

from __future__ import annotations

import difflib
import importlib
from typing import Any, Final

import click

from .command import Sectioned, global_options

COMMANDS: Final = {
    "open": (
        "secretshift.cli.interface:interface",
        "Open the terminal interface; the same without any command.",
    ),
    "serve": (
        "secretshift.cli.serve:serve",
        "Open the terminal interface in a browser on this machine.",
    ),
    "scan": (
        "secretshift.cli.scan:scan",
        "Find plaintext credentials in files and Lambda functions.",
    ),
    "plan": (
        "secretshift.cli.plan:plan",
        "Show what moving the credentials would change, and change nothing.",
    ),
    "migrate": (
        "secretshift.cli.migrate:migrate",
        "Move the credentials into Secrets Manager, prove it, remove the plaintext.",
    ),
    "resume": ("secretshift.cli.resume:resume", "Go on with a run that was stopped."),
    "undo": ("secretshift.cli.undo:undo", "Put back everything that a run changed."),
    "baseline": (
        "secretshift.cli.baseline:baseline",
        "Write down what is found now, for scan --baseline to leave out.",
    ),
    "decide": (
        "secretshift.cli.decide:decide",
        "Say what is to become of credentials: plans and scans go by it.",
    ),
    "decisions": (
        "secretshift.cli.decide:decisions",
        "List what was decided about credentials in this workspace.",
    ),
    "reveal": (
        "secretshift.cli.reveal:reveal",
        "Show the value of a credential, on a terminal only, for ten seconds.",
    ),
    "layers": (
        "secretshift.cli.layers:layers",
        "List the resolver's layer versions, and delete those that nothing uses.",
    ),
    "runs": ("secretshift.cli.runs:runs", "List the runs of this workspace."),
    "show": ("secretshift.cli.show:show", "Show one run: its changes and its log."),
    "doctor": (
        "secretshift.cli.doctor:doctor",
        "Say whether this machine, this workspace and these logins are fit for the work.",
    ),
    "proof": (
        "secretshift.cli.proof:proof",
        "Show what a run proved, and what it leaves for a person.",
    ),
    "kinds": ("secretshift.cli.kinds:kinds", "List the kinds of credentials that are known."),
    "plugins": (
        "secretshift.cli.plugins:plugins",
        "List what was added to the program, and why something did not load.",
    ),
    "demo": ("secretshift.cli.demo:demo", "Try it on an AWS that runs on this machine."),
    "completion": ("secretshift.cli.completion:completion", "Print a shell's completion script."),
}
"""Name: (module:attribute, the sentence of its help)."""


class Commands(Sectioned, click.Group):
    """Knows its commands by name only."""

    examples = (
        "secretshift                         the terminal interface, guided",
        "secretshift scan                    look through the current folder",
        "secretshift plan --aws              what would change in this account and region",
        "secretshift migrate --aws           do it, after asking",
        "secretshift undo last               take it back",
    )

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"There is no command {name!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


def _root(**_options: Any) -> None:
    """Find plaintext credentials and move them into AWS Secrets Manager, with proof and undo."""


cli = Commands(
    "secretshift",
    callback=_root,
    help=_root.__doc__,
    params=list(global_options(root=True)),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
