"""What a visitor of the repository relies on: links, commands, versions, facts, no credentials."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import secretshift
from secretshift.model.errors import ExitCode

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
        *(ROOT / "docs").rglob("*.md"),
    ]
)


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def without_code(text: str) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


# Links


def links(path: Path) -> list[str]:
    return re.findall(r"\]\(([^)\s]+)\)", without_code(path.read_text("utf-8")))


def anchors(path: Path) -> set[str]:
    """As GitHub makes them: small letters, hyphens for blanks, no other punctuation."""
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ +(.+?) *$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def problem_of(link: str, origin: Path) -> str:
    if re.match(r"[a-z]+:", link):
        return "" if link.startswith("https://") else "is no https link"
    target, _, anchor = link.partition("#")
    path = (origin.parent / target).resolve() if target else origin
    if not path.is_relative_to(ROOT):
        return "leads out of the repository"
    if not path.exists():
        return "leads nowhere"
    return "" if not anchor or anchor in anchors(path) else "names no heading of that page"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_page_resolves(path: Path) -> None:
    broken = [f"{link} {why}" for link in links(path) if (why := problem_of(link, path))]
    assert not broken


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("docs/nothing.md", "leads nowhere"),
        ("docs/threat-model.md#no-such-heading", "names no heading of that page"),
        ("../elsewhere.md", "leads out of the repository"),
        ("http://example.com/", "is no https link"),
    ],
)
def test_a_broken_link_is_noticed(link: str, why: str) -> None:
    assert problem_of(link, ROOT / "README.md") == why


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, new = {ROOT / "README.md"}, [ROOT / "README.md"]
    while new:
        origin = new.pop()
        for link in links(origin):
            target = (origin.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.exists() and target not in reached:
                reached.add(target)
                new.append(target)
    assert set(PAGES) <= reached


# Commands and versions


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*##", page("Makefile"), flags=re.MULTILINE))


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_the_make_commands_of_a_page_exist(name: str) -> None:
    text = page(name)
    code = "\n".join(re.findall(r"`{1,3}([^`]+)`{1,3}", text))
    named = set(re.findall(r"^make ([a-z]+)", code, flags=re.MULTILINE))
    assert named
    assert named <= make_targets()


def commands(path: Path) -> Iterator[list[str]]:
    """The calls of the program in the code blocks of a page, without comments."""
    for block in re.findall(r"```(?:sh|yaml)\n(.*?)```", path.read_text("utf-8"), re.DOTALL):
        for line in block.splitlines():
            called = re.match(r"(?:- run: )?secretshift (.+)", line)
            if called is not None:
                yield shlex.split(called[1], comments=True)


def test_the_commands_of_the_pages_exist_with_their_options() -> None:
    import click

    from secretshift.cli.root import cli

    context = click.Context(cli)
    wrong, seen = [], set()
    for path in PAGES:
        for name, *arguments in commands(path):
            command = cli.get_command(context, name)
            known = set() if command is None else {o for p in command.params for o in p.opts}
            given = {word for word in arguments if word.startswith("-")}
            seen.add(name)
            if command is None or given - known:
                wrong.append(f"{path.name}: {name} {' '.join(sorted(given - known))}")
    assert not wrong
    assert {"scan", "plan", "migrate", "resume", "undo", "runs", "show"} <= seen


def test_the_readme_names_the_two_commands_to_try() -> None:
    assert "\nmake demo " in page("README.md")
    assert "\nmake test " in page("README.md")


def test_the_changelog_has_the_current_version() -> None:
    version = tomllib.loads(page("pyproject.toml"))["project"]["version"]
    assert secretshift.__version__ == version
    assert re.search(rf"^## \[{re.escape(version)}\]", page("CHANGELOG.md"), flags=re.MULTILINE)
    assert f"Version {version}" in page("README.md")


def test_ci_runs_the_commands_of_the_readme() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)
    text = script.read_text("utf-8")
    lines = [line.partition(" 2>")[0] for line in text.splitlines()]
    assert {"make test", "make demo", "make lint types layers"} <= set(lines)
    assert "- run: .ci/run" in page(".github/workflows/ci.yml")


def test_ci_waits_for_the_line_that_the_demo_ends_with() -> None:
    wanted = re.search(r"^closing_line_of_the_demo='(.+)'$", page(".ci/run"), flags=re.MULTILINE)
    assert wanted is not None
    assert wanted[1] in page("secretshift/demo/story.py")


def test_commit_hooks_come_from_this_repository_alone() -> None:
    text = page(".pre-commit-config.yaml")
    assert re.findall(r"repo: *(\S+)", text) == ["local"]
    assert "://" not in text


# Facts that the pages state


def test_the_exit_codes_are_those_of_the_program() -> None:
    rows = re.findall(r"^\| (\d+) \| ", page("docs/how-to/run-in-ci.md"), flags=re.MULTILINE)
    assert [int(row) for row in rows] == sorted(int(code) for code in ExitCode)


def test_the_architecture_names_the_layers_in_their_order() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    layers = config["importlinter:contract:layers"]["layers"].split()
    text = page("docs/architecture.md").partition("## Layers")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([a-z_]+)` \| ", text, flags=re.MULTILINE) == layers


def test_the_runtimes_of_the_readme_are_those_with_a_resolver() -> None:
    from secretshift.clouds.aws.preflight import WITH_RESOLVER

    status = page("README.md").partition("## Status")[2]
    python = [int(name[8:]) for name in WITH_RESOLVER if name.startswith("python3.")]
    node = [int(name[6:-2]) for name in WITH_RESOLVER if name.startswith("nodejs")]
    assert f"`python3.{min(python)}` to `python3.{max(python)}`" in status
    assert f"`nodejs{min(node)}.x` to `nodejs{max(node)}.x`" in status


# Permissions


def policies() -> list[dict[str, object]]:
    blocks = re.findall(r"```json\n(.*?)```", page("docs/reference/permissions.md"), re.DOTALL)
    return [json.loads(block) for block in blocks]


def actions_of(*documents: dict[str, object]) -> set[str]:
    found: set[str] = set()
    for document in documents:
        for statement in document["Statement"]:  # type: ignore[attr-defined]
            action = statement["Action"]
            found |= {action} if isinstance(action, str) else set(action)
    return found


NAMES_OF_ACTIONS = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "lambda:GetLayerVersionByArn": "lambda:GetLayerVersion",
}
"""Where the action is not called as the operation is."""


def calls() -> Iterator[tuple[str, set[str]]]:
    """Every operation that clouds/aws calls -> the actions of that name, over all services."""
    import botocore.session
    from botocore import xform_name

    session = botocore.session.Session()
    by_method: dict[str, set[str]] = {}
    services = {"lambda", "secretsmanager", "iam", "kms", "logs", "ec2", "account"}
    for service in services:
        for operation in session.get_service_model(service).operation_names:
            action = f"{service}:{operation}"
            by_method.setdefault(xform_name(operation), set()).add(
                NAMES_OF_ACTIONS.get(action, action)
            )
    for path in sorted((ROOT / "secretshift/clouds/aws").glob("*.py")):
        text = path.read_text("utf-8")
        named = re.findall(
            r"(?:client|ec2|logs|_clients\.\w+|\.network|\.accounts)\.([a-z_]+)\(", text
        )
        named += re.findall(r"(?:get_paginator\(|_pages\(\s*ec2, )\"([a-z_]+)\"", text)
        for method in named:
            if method in by_method:
                yield method, by_method[method]


def test_the_policies_allow_every_call_that_is_made() -> None:
    read, write, *_granted = policies()
    allowed = actions_of(read, write)
    made = list(calls())
    assert len(made) > 25
    assert not [method for method, actions in made if not actions & allowed]


def test_the_policies_allow_nothing_that_no_call_needs() -> None:
    read, write, *_granted = policies()
    needed = {action for _method, actions in calls() for action in actions}
    besides = {
        # for what other services do on behalf of the caller, and for tags at creation
        "iam:PassRole",
        "lambda:TagResource",
        "secretsmanager:TagResource",
        "ec2:DescribeVpcs",
        "kms:Decrypt",
        "kms:Encrypt",
        "kms:CreateGrant",
        "kms:GenerateDataKey",
    }
    assert actions_of(read, write) - needed - besides == set()


def test_the_policies_hold_every_right_that_a_run_asks_for() -> None:
    from secretshift.clouds.aws.rights import needed
    from secretshift.model.functions import FunctionRef, Place
    from secretshift.model.ports import Scope

    place = Place("aws", "111122223333", "eu-central-1")
    ref = FunctionRef(place, "f", "arn:aws:lambda:eu-central-1:111122223333:function:f")
    asked = needed(
        ref,
        Scope(
            role="arn:aws:iam::111122223333:role/r",
            layer="layer",
            secrets=(("s", "arn:aws:kms:eu-central-1:111122223333:key/k"),),
            key="arn:aws:kms:eu-central-1:111122223333:key/k",
            log_group="",
            event=True,
            twin=True,
            vpc=True,
        ),
    )
    read, write, *_granted = policies()
    assert {question.action for question in asked} <= actions_of(read, write)


def test_the_read_policy_changes_nothing() -> None:
    verbs = {action.partition(":")[2] for action in actions_of(policies()[0])}
    assert all(verb.startswith(("List", "Get", "Describe", "Decrypt")) for verb in verbs)


def test_the_shown_grants_are_those_that_we_would_write() -> None:
    from secretshift.clouds.aws.policy import parse_grant_document

    _read, _write, *granted = policies()
    forms = [parse_grant_document(json.dumps(document)) for document in granted]
    assert [bool(form and form.function_arns) for form in forms] == [True, False]
    assert all(form and form.grants for form in forms)


# Nothing that must not be here


def in_two(first: str, rest: str) -> str:
    """A sample is never written in one piece, not even here."""
    return first + rest


LIVE = {
    "aws access key": (r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", in_two("AKI", "A" + "Q7RS" * 4)),
    "github token": (r"\bgh[pousr]_[0-9A-Za-z]{36}", in_two("gh", "p_" + "a1B2" * 9)),
    "github fine-grained": (r"github_pat_[0-9A-Za-z_]{60}", in_two("github", "_pat_" + "a1B" * 20)),
    "gitlab token": (r"\bglpat-[0-9A-Za-z_-]{20}", in_two("gl", "pat-" + "a1B2c" * 4)),
    "stripe key": (r"\b[sr]k_live_[0-9A-Za-z]{20}", in_two("sk", "_live_" + "a1B2c" * 4)),
    "slack token": (r"\bxox[abprs]-[0-9A-Za-z-]{20}", in_two("xo", "xb-" + "12345" * 4)),
    "slack webhook": (
        r"hooks\.slack\.com/services/T[0-9A-Z]{8,}/B[0-9A-Z]{8,}/[0-9A-Za-z]{20}",
        in_two("hooks.slack", ".com/services/T01234567/B01234567/" + "a1B2c" * 4),
    ),
    "google api key": (r"\bAIza[0-9A-Za-z_-]{35}", in_two("AI", "za" + "a1B2c" * 7)),
    "sendgrid key": (
        r"\bSG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{40}",
        in_two("S", "G." + "a1" * 11 + "." + "a1B2" * 10),
    ),
    "npm token": (r"\bnpm_[0-9A-Za-z]{36}", in_two("np", "m_" + "a1B2" * 9)),
    "openai key": (r"\bsk-(?:proj-)?[0-9A-Za-z]{40}", in_two("sk", "-proj-" + "a1B2" * 10)),
    "private key": (
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[0-9A-Za-z+/=\s]{60}",
        in_two("-----BEGIN", " PRIVATE KEY-----\n" + "MIIa" * 20),
    ),
}
FAMOUS = (in_two("AKIAIOSFODNN7", "EXAMPLE"),)
"""Stands in AWS's documentation, and may stand here."""


def looks_live(text: str) -> list[str]:
    for sample in FAMOUS:
        text = text.replace(sample, "")
    return [name for name, (pattern, _sample) in LIVE.items() if re.search(pattern, text)]


def files() -> list[Path]:
    """Everything that is in git, or in the folder where there is no git."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=False
    )
    names = os.fsdecode(listed.stdout).split("\0") if listed.returncode == 0 else []
    found = [ROOT / name for name in names if name]
    return found or [path for path in (ROOT / "secretshift").rglob("*") if path.is_file()]


def test_no_file_holds_what_looks_like_a_live_credential() -> None:
    looked_at = [path for path in files() if path.is_file()]
    assert len(looked_at) > 50
    guilty = {
        str(path.relative_to(ROOT)): found
        for path in looked_at
        if (found := looks_live(path.read_text("utf-8", "replace")))
    }
    assert not guilty


@pytest.mark.parametrize("name", LIVE)
def test_what_looks_like_a_live_credential_is_noticed(name: str) -> None:
    assert looks_live(f"x = '{LIVE[name][1]}'\n") == [name]


def test_the_commit_hook_notices_keys_as_well() -> None:
    entry = re.search(r"entry: '(AKIA.+)'$", page(".pre-commit-config.yaml"), re.MULTILINE)
    assert entry is not None
    for name in ("aws access key", "github token", "stripe key", "slack token", "google api key"):
        assert re.search(entry[1], LIVE[name][1]), name


def test_the_lock_file_names_no_host_and_hashes_everything() -> None:
    lock = page("requirements.lock")
    assert not re.search(r"://|--(?:index-url|extra-index-url|find-links|trusted-host)| @ ", lock)
    entries = re.split(r"^(?=[a-zA-Z0-9])", lock, flags=re.MULTILINE)
    entries = [entry for entry in entries if re.match(r"[a-zA-Z0-9]", entry)]
    assert len(entries) > 20
    assert not [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]


def test_no_page_speaks_of_a_machine() -> None:
    for path in PAGES:
        assert not re.search(r"(?<![\w.])/(?:work|root|home|Users)/", path.read_text("utf-8")), path
