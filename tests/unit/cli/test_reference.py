"""The help of every command, and the page that is made from it."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from secretshift.cli.reference import reference
from secretshift.cli.root import COMMANDS, cli

PAGE = Path(__file__).parents[3] / "docs/reference/cli.md"


def test_the_page_is_current():
    assert PAGE.read_text("utf-8") == reference(), (
        "renew it with: python -m secretshift.cli.reference > docs/reference/cli.md"
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_sentence_and_examples(name):
    command = cli.get_command(click.Context(cli), name)
    first = (command.help or "").split("\n\n")[0]
    assert first.endswith(".")
    assert command.examples
    assert all("secretshift" in example for example in command.examples)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_the_command_says(name):
    command = cli.get_command(click.Context(cli), name)
    first = " ".join((command.help or "").split("\n\n")[0].split())
    assert COMMANDS[name][1].rstrip(".") in first


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_does(name):
    command = cli.get_command(click.Context(cli), name)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert (parameter.help or "").endswith(".")


@pytest.mark.parametrize("name", COMMANDS)
def test_no_option_takes_a_value_of_a_secret(name):
    """What stands on a command line is in the history of the shell and in the process list."""
    command = cli.get_command(click.Context(cli), name)
    words = ("secret", "password", "value", "token", "key")
    for parameter in command.params:
        assert not any(word in opt for opt in parameter.opts for word in words)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(world, shell):
    answer = world.run("completion", shell)
    assert answer.code == 0
    assert "_SECRETSHIFT_COMPLETE" in answer.out


def test_completion_knows_the_commands(program):
    done = program(
        ["irrelevant"],
        _SECRETSHIFT_COMPLETE="bash_complete",
        COMP_WORDS="secretshift re",
        COMP_CWORD="1",
    )
    assert done.stdout == b"plain,resume\nplain,reveal\n"
