"""The reference page of the command line, made from what ``--help`` prints.

Renew it with: python -m secretshift.cli.reference > docs/reference/cli.md
"""

from __future__ import annotations

import sys

import click

from secretshift.model.errors import ExitCode

from .root import COMMANDS, cli

WIDTH = 90
_MEANING = {
    ExitCode.DONE: "All was done, or nothing was found in what a scan reads; "
    "what it passes over is told.",
    ExitCode.FINDINGS: "`scan` found plaintext credentials that nobody decided to leave.",
    ExitCode.USAGE: "The command or the settings are wrong, or nobody could be asked; "
    "nothing was changed.",
    ExitCode.INCOMPLETE: "Something failed, is blocked or could not be read; the rest was done.",
    ExitCode.BUG: "A defect of secretshift; stderr says what to report.",
    ExitCode.INTERRUPTED: "Stopped on request, or not confirmed; a run can be resumed.",
}
_INTRODUCTION = """# The command line

This page is made from `--help`; a test holds it current.

Data goes to stdout, talk to stderr: `secretshift scan --format json > findings.json` gives a
clean file. Options of every command may stand before or after the command's name. Colour and
progress bars appear on a terminal only, and never with `--no-color` or `NO_COLOR`. Files written
with `-o` are complete or not there, and readable by their owner only. The forms of `--format
json` are described in [json.md](json.md).

Where `migrate`, `resume` and `undo` would ask and there is no terminal, they end with code 2
before anything is changed, unless `--yes` was given. The first Ctrl-C finishes the change in hand
and leaves a run that can be resumed; so does the second, which says so; the third stops at once.
"""


def reference() -> str:
    """The whole page, as Markdown."""
    parts = [_INTRODUCTION, "## Exit codes\n\n| code | meaning |\n| --- | --- |"]
    parts += [f"| {code.value} | {_MEANING[code]} |" for code in ExitCode]
    root = click.Context(
        cli, info_name="secretshift", terminal_width=WIDTH, help_option_names=["-h", "--help"]
    )
    parts.append(f"\n## secretshift\n\n```text\n{cli.get_help(root)}\n```")
    for name in COMMANDS:
        command = cli.get_command(root, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=root, terminal_width=WIDTH)
        parts.append(f"\n## secretshift {name}\n\n```text\n{command.get_help(inner)}\n```")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
