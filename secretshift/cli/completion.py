"""``secretshift completion``"""

from __future__ import annotations

import click

from secretshift.model.errors import ExitCode, UsageProblem

from .command import command, pass_invocation
from .invocation import Invocation

VARIABLE = "_SECRETSHIFT_COMPLETE"


@command(
    "completion",
    'eval "$(secretshift completion bash)"             in ~/.bashrc',
    'eval "$(secretshift completion zsh)"              in ~/.zshrc',
    "secretshift completion fish > ~/.config/fish/completions/secretshift.fish",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]), metavar="bash|zsh|fish")
@pass_invocation
def completion(invocation: Invocation, shell: str) -> ExitCode:
    """Print a shell's completion script."""
    from click.shell_completion import get_completion_class

    from .root import cli

    made = get_completion_class(shell)
    if made is None:
        raise UsageProblem("There is no completion for this shell", resource=shell)
    template = made(cli, {}, "secretshift", VARIABLE)
    invocation.screen.data(template.source_template % template.source_vars())
    return ExitCode.DONE
