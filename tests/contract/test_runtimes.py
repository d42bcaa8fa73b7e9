"""Every runtime of the allow-list is tried, with the interpreters that this machine has.

S9. docs/reference/runtimes.md says with which versions that was done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from secretshift.clouds.aws.preflight import TRIED_ON, WITH_RESOLVER
from tests.unit.resolver.harness import (
    DUMP_NODE,
    DUMP_PYTHON,
    FakeSecretsManager,
    Function,
    arn,
    make_certificates,
    unpack_layer,
    with_time_for_an_emulator,
)
from tests.unit.resolver.interpreters import VARIABLE, Interpreter, found

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "runtimes.md"
HOSTILE = "it's \"$(touch /tmp/x)\" `id` $HOME \\ %s é😀\t'\\''\n#\n_secretshift_end='ok'\n\n"
RUNTIMES = sorted(WITH_RESOLVER, key=lambda name: [int(n) for n in re.findall(r"\d+", name)])


@pytest.fixture(scope="module")
def interpreters() -> Mapping[tuple[str, str], Interpreter]:
    return found()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("function")
    unpack_layer(folder / "opt")
    (folder / "dump.py").write_text(DUMP_PYTHON)
    (folder / "dump.cjs").write_text(DUMP_NODE)
    agent = folder / "agent"
    agent.write_text('#!/bin/sh\nexport SEEN="$A"\nexec "$@"\n')
    agent.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def store(folder: Path) -> Iterator[FakeSecretsManager]:
    made = make_certificates(folder, ["localhost"])
    with FakeSecretsManager(made.server_context()) as manager:
        manager.secrets[arn("a")] = HOSTILE
        yield manager


@pytest.mark.parametrize("machine", sorted(TRIED_ON, reverse=True))
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_it_starts_through_the_layer(
    interpreters: Mapping[tuple[str, str], Interpreter],
    folder: Path,
    store: FakeSecretsManager,
    runtime: str,
    machine: str,
) -> None:
    one = interpreters.get((runtime, machine))
    if one is None:
        pytest.skip(f"NOT TRIED: {runtime} on {machine}; name its interpreter in {VARIABLE}")
    layer, patience = folder / "opt", 20
    if one.emulated:
        layer, patience = with_time_for_an_emulator(unpack_layer(folder / "slow")), 300
    function = Function(layer, folder, one.family, one.program, patience=patience)
    trust = {"AWS_CA_BUNDLE": str(folder / "ca.pem")}
    env = {**store.env(), **trust, "SECRETSHIFT_VARS": "A", "A_SECRET_ARN": arn("a")}
    # By itself, with the value only in the store.
    outcome = function.start(env, "x y")
    assert outcome.outcomes == {"A": "resolved"}
    assert (outcome.env["A"], outcome.argv) == (HOSTILE, ["x y"])
    # Through another wrapper, with the plaintext still there.
    chained = {**env, "A": HOSTILE, "SECRETSHIFT_WRAPPER": str(folder / "agent")}
    outcome = function.start(chained, "x y")
    assert outcome.outcomes == {"A": "match"}
    assert (outcome.env["SEEN"], outcome.argv) == (HOSTILE, ["x y"])
    # With neither, it must not start.
    refused = function.start({**env, "A_SECRET_ARN": arn("gone")})
    assert not refused.started and refused.outcomes == {"A": "error:ResourceNotFound"}
    assert store.wrong_signatures == 0


def documented() -> dict[str, list[str]]:
    rows = re.findall(r"^\| `([a-z0-9.]+)` \|(.*)\|$", DOCUMENT.read_text(), re.M)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}


def test_the_document_says_of_every_runtime_what_was_tried() -> None:
    rows = documented()
    assert list(rows) == RUNTIMES
    for runtime, (*versions, _note) in rows.items():
        number = runtime.removeprefix("python").removeprefix("nodejs").removesuffix(".x")
        on_x86_64, on_arm64 = versions
        assert on_x86_64.startswith(f"{number}."), runtime
        assert on_arm64 == "not tried" or on_arm64.startswith(f"{number}."), runtime
    for family in ("python", "nodejs"):
        tried = [cells[1] for name, cells in rows.items() if name.startswith(family)]
        assert any(version != "not tried" for version in tried), "each family on each machine"
