"""The resolver with hostile values, settings, wrappers and a slow store.

S5 slow answers; S7 OpenSSL's configuration; S8 every character; the wrappers of OpenTelemetry and
Datadog before and behind ours.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.resolver.harness import (
    DUMP_NODE,
    DUMP_PYTHON,
    PATIENCE,
    FakeSecretsManager,
    Function,
    arn,
    node_interpreters,
    python_interpreters,
    unpack_layer,
)

SECRET_BYTES = 60_000
"""A secret has 65,536 bytes; two of three names of a variable fit beside it."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("function")
    unpack_layer(folder / "opt")
    (folder / "dump.py").write_text(DUMP_PYTHON)
    (folder / "dump.cjs").write_text(DUMP_NODE)
    return folder


@pytest.fixture(params=["python", "node"])
def function(request: pytest.FixtureRequest, folder: Path) -> Function:
    interpreters = python_interpreters() if request.param == "python" else node_interpreters()
    return Function(folder / "opt", folder, request.param, interpreters[0])


@pytest.fixture
def manager() -> Iterator[FakeSecretsManager]:
    with FakeSecretsManager() as manager:
        manager.secrets[arn("a")] = "value-of-a"
        yield manager


LISTED = {"SECRETSHIFT_VARS": "A", "A_SECRET_ARN": arn("a")}


# --- S8: every character --------------------------------------------------------------------


def every_character() -> list[str]:
    """All of the first plane and the ends of the others, but U+0000 and half characters, in texts
    that a secret can hold."""
    points = [*range(1, 0xD800), *range(0xE000, 0x10000)]
    points += [plane * 0x10000 + end for plane in range(1, 17) for end in (0, 0xFFFF)]
    texts, text, size = [], [], 0
    for character in map(chr, points):
        size += len(character.encode())
        text.append(character)
        if size > SECRET_BYTES - 4:
            texts.append("".join(text))
            text, size = [], 0
    return [*texts, "".join(text)]


def test_every_character_arrives_and_matches(
    function: Function, manager: FakeSecretsManager
) -> None:
    texts = every_character()
    names = [f"V{number}" for number in range(len(texts))]
    manager.secrets |= {arn(name): text for name, text in zip(names, texts, strict=True)}
    env = {**manager.env(), "SECRETSHIFT_VARS": ",".join(names)}
    env |= {f"{name}_SECRET_ARN": arn(name) for name in names}
    outcome = function.start(env)
    assert [outcome.env[name] for name in names] == texts
    assert set(outcome.outcomes.values()) == {"resolved"}
    present = function.start({**env, **dict(zip(names, texts, strict=True))})
    assert set(present.outcomes.values()) == {"match"}


# --- S7: settings of interpreters and of the loader ------------------------------------------

DROPPED = (
    *("LD_PRELOAD", "LD_AUDIT", "LD_DEBUG", "LD_PROFILE", "SSLKEYLOGFILE", "GCONV_PATH"),
    *("OPENSSL_CONF", "OPENSSL_MODULES", "OPENSSL_ENGINES"),
    *("NODE_OPTIONS", "NODE_PATH", "NODE_DEBUG", "NODE_DEBUG_NATIVE", "NODE_V8_COVERAGE"),
    *("NODE_TLS_REJECT_UNAUTHORIZED", "NODE_USE_ENV_PROXY", "NODE_COMPILE_CACHE"),
    *("NODE_REDIRECT_WARNINGS", "NODE_USE_SYSTEM_CA", "NODE_PRESERVE_SYMLINKS_MAIN"),
)


def test_what_could_steer_the_resolver_is_gone_for_it_alone(
    function: Function, tmp_path: Path
) -> None:
    """The programs here are shells: some of these settings would stop a real interpreter."""
    layer, seen, command = unpack_layer(tmp_path / "opt"), tmp_path / "seen", tmp_path / "bin"
    command.mkdir()
    program = command / ("python3" if function.family == "python" else "node")
    program.write_text(
        '#!/bin/sh\ncase "$*" in *resolver.*) env >' + f"{seen}; echo \"_secretshift_begin='ok'\"; "
        "echo \"_secretshift_end='ok'\" ;; *) env ;; esac\n"
    )
    program.chmod(0o755)
    env = {"PATH": "/usr/bin:/bin", "KEPT": "x", **dict.fromkeys(DROPPED, "")}
    done = subprocess.run(
        [layer / "secretshift" / "wrapper", program], env=env, capture_output=True, text=True
    )

    def names(text: str) -> set[str]:
        return {line.partition("=")[0] for line in text.splitlines()}

    assert names(seen.read_text()) & {*DROPPED, "KEPT"} == {"KEPT"}
    assert names(done.stdout) >= {*DROPPED, "KEPT"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PYTHONHOME", "/nowhere"),
        ("PYTHONPLATLIBDIR", "nowhere"),
        ("PYTHONINSPECT", "1"),
        ("PYTHONVERBOSE", "1"),
        ("PYTHONDEVMODE", "1"),
        ("PYTHONWARNINGS", "error"),
        ("PYTHONMALLOC", "nonsense"),
        ("PYTHONIOENCODING", "nonsense"),
        ("PYTHONUTF8", "nonsense"),
        ("PYTHONHASHSEED", "nonsense"),
    ],
)
def test_no_setting_of_python_reaches_the_resolver(
    folder: Path, manager: FakeSecretsManager, name: str, value: str
) -> None:
    interpreter = python_interpreters()[0]
    function = Function(folder / "opt", folder, "python", interpreter)
    env = {**manager.env(), **LISTED, name: value}
    outcome = function.start(env, command=[interpreter, "-E", str(folder / "dump.py")])
    assert outcome.outcomes == {"A": "resolved"}
    assert (outcome.env["A"], outcome.env[name]) == ("value-of-a", value)
    assert outcome.stderr.count("\n") == 1


def test_what_lies_in_the_interpreters_own_packages_does_not_run_in_the_resolver(
    folder: Path, manager: FakeSecretsManager, tmp_path: Path
) -> None:
    """Packages of a layer or an image may bring a sitecustomize or a .pth file."""
    venv.create(tmp_path / "own", symlinks=True)
    seen = tmp_path / "seen"
    (packages,) = (tmp_path / "own").glob("lib/python3*/site-packages")
    (packages / "agent.pth").write_text(
        f"import sys; open({str(seen)!r}, 'a').write(' '.join(sys.orig_argv) + '\\n')\n"
    )
    interpreter = str(tmp_path / "own/bin/python3")
    function = Function(folder / "opt", folder, "python", interpreter)
    outcome = function.start({**manager.env(), **LISTED})
    assert outcome.env["A"] == "value-of-a"
    (program,) = set(seen.read_text().splitlines())
    assert "dump.py" in program


# --- S7: OpenSSL ----------------------------------------------------------------------------

SPY = """
#include <stdio.h>
#include <unistd.h>
__attribute__((constructor)) static void spy(void) {
  char line[4096] = {0};
  FILE *command = fopen("/proc/self/cmdline", "r"), *seen = fopen("%s", "a");
  size_t n = command ? fread(line, 1, 4000, command) : 0;
  for (size_t i = 0; i < n; i++) if (!line[i]) line[i] = ' ';
  if (seen) { fprintf(seen, "%%s\\n", line); fclose(seen); }
}
static const struct { int number; void *function; } nothing[] = {{0, 0}};
int OSSL_provider_init(void *handle, void *in, const void **out, void **context) {
  *out = nothing; *context = (void *)nothing; return 1;
}
"""
CONFIGURATION = """
openssl_conf = start
nodejs_conf = start
[start]
providers = both
[both]
default = usual
spy = foreign
[usual]
activate = 1
[foreign]
module = {library}
activate = 1
"""


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_a_library_that_openssl_is_told_to_load_is_not_in_the_resolver(
    function: Function, manager: FakeSecretsManager, tmp_path: Path
) -> None:
    source, library, seen = (tmp_path / name for name in ("spy.c", "spy.so", "seen"))
    source.write_text(SPY % seen)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    settings = tmp_path / "openssl.cnf"
    settings.write_text(CONFIGURATION.format(library=library))
    hostile = {"OPENSSL_CONF": str(settings), "OPENSSL_MODULES": str(tmp_path)}
    started = function.command()
    if function.family == "python":
        # The runtime has to use OpenSSL as well, or the trap would prove nothing.
        started = [
            function.interpreter,
            "-c",
            "import ssl; ssl.create_default_context()\n" + DUMP_PYTHON,
        ]
    outcome = function.start({**manager.env(), **LISTED, **hostile}, command=started)
    assert outcome.env["A"] == "value-of-a"
    assert {name: outcome.env[name] for name in hostile} == hostile
    programs = seen.read_text().splitlines()
    assert programs, "the trap is real: the runtime fell into it"
    assert not [line for line in programs if "resolver." in line]


# --- S5: a store that takes its time ----------------------------------------------------------


@pytest.mark.parametrize("present", [True, False])
def test_answers_that_are_slow_but_in_time_are_waited_for_side_by_side(
    function: Function, manager: FakeSecretsManager, present: bool
) -> None:
    """No question is answered before all are asked: one after the other would end in nothing."""
    names = [f"S{number}" for number in range(8)]
    manager.secrets |= {arn(name): name.lower() for name in names}
    answer, together = manager.answer, threading.Barrier(len(names))

    def slowly(*about: object) -> tuple[int, bytes]:
        together.wait(PATIENCE)
        return answer(*about)  # type: ignore[arg-type]

    manager.answer = slowly  # type: ignore[method-assign]
    env = {**manager.env(), "SECRETSHIFT_VARS": ",".join(names)}
    env |= {f"{name}_SECRET_ARN": arn(name) for name in names}
    if present:
        env |= {name: name.lower() for name in names}
    outcome = function.start(env)
    assert outcome.outcomes == dict.fromkeys(names, "match" if present else "resolved")
    assert outcome.line.milliseconds < PATIENCE * 1000


# --- the wrappers of others -------------------------------------------------------------------

OPENTELEMETRY = {
    # aws-otel-python-instrumentation, scripts/otel-instrument, cut down to how it starts.
    "python": """#!/bin/bash
set -e -o pipefail
export LAMBDA_LAYER_PKGS_DIR="{traps}"
export PYTHONPATH="$LAMBDA_LAYER_PKGS_DIR:$PYTHONPATH"
export OTEL_TRACES_EXPORTER="${{OTEL_TRACES_EXPORTER:-otlp}}"
export SEEN_BY_OTEL="$A"
export ORIG_HANDLER="$_HANDLER"; export _HANDLER="otel_wrapper.lambda_handler"
exec "{program}" "{launcher}" "$@"
""",
    # opentelemetry-lambda, nodejs/packages/layer/scripts/otel-handler.
    "node": """#!/bin/bash
export NODE_OPTIONS="${{NODE_OPTIONS}} --require {traps}/spy.cjs"
export OTEL_SERVICE_NAME="${{OTEL_SERVICE_NAME:-$AWS_LAMBDA_FUNCTION_NAME}}"
export SEEN_BY_OTEL="$A"
export ORIG_HANDLER="$_HANDLER"; export _HANDLER="otel_wrapper.lambda_handler"
exec "$@"
""",
}
# datadog-lambda-layer, scripts/datadog_wrapper: one script for all runtimes.
DATADOG = """#!/bin/bash
args=("$@")
export DD_TRACE_ENABLED="${{DD_TRACE_ENABLED:-true}}"
export DD_LAMBDA_HANDLER="$_HANDLER"; export _HANDLER="datadog_lambda.handler.handler"
export SEEN_BY_DATADOG="$A"
if [[ "${{args[0]}}" == *python* ]]; then
  export PYTHONPATH="{traps}:$PYTHONPATH"
else
  export NODE_OPTIONS="--require {traps}/spy.cjs $NODE_OPTIONS"
fi
exec "${{args[@]}}"
"""
LAUNCHER = """
import os, sys
os.environ["PYTHONPATH"] = os.environ["PYTHONPATH"] + ":/instrumented"
os.execv(sys.argv[1], sys.argv[1:])
"""


def agents(tmp_path: Path, function: Function) -> tuple[Path, dict[str, Path]]:
    """What the agents leave behind in the environment, and their wrappers; the file that the
    agents' code writes to."""
    traps, seen = tmp_path / "agent", tmp_path / "seen"
    traps.mkdir()
    (traps / "sitecustomize.py").write_text(
        f"import sys\nopen({str(seen)!r}, 'a').write(' '.join(sys.orig_argv) + '\\n')\n"
    )
    (traps / "spy.cjs").write_text(
        f"require('fs').appendFileSync({str(seen)!r}, process.argv.join(' ') + '\\n');\n"
    )
    launcher = tmp_path / "launcher.py"
    launcher.write_text(LAUNCHER)
    made = {"otel": OPENTELEMETRY[function.family], "datadog": DATADOG}
    paths = {}
    for name, text in made.items():
        paths[name] = tmp_path / name
        program = python_interpreters()[0]
        paths[name].write_text(text.format(traps=traps, launcher=launcher, program=program))
        paths[name].chmod(0o755)
    return seen, paths


def variable_of(agent: str) -> str:
    return {"otel": "SEEN_BY_OTEL", "datadog": "SEEN_BY_DATADOG"}[agent]


HANDLER = {"_HANDLER": "app.handler"}
HOSTILE = 'it\'s "$(touch pwned)" `id` $A \\ é\n'


@pytest.mark.parametrize("agent", ["otel", "datadog"])
def test_an_agents_wrapper_comes_after_ours_and_finds_the_value(
    function: Function, manager: FakeSecretsManager, tmp_path: Path, agent: str
) -> None:
    """As a migration leaves it: ours is the exec wrapper, the agent's is the one that we start."""
    manager.secrets[arn("a")] = HOSTILE
    seen, wrappers = agents(tmp_path, function)
    env = {**manager.env(), **LISTED, **HANDLER, "SECRETSHIFT_WRAPPER": str(wrappers[agent])}
    outcome = function.start(env, "one two", "")
    assert outcome.env["A"] == outcome.env[variable_of(agent)] == HOSTILE
    assert outcome.env["_HANDLER"] != "app.handler", "the agent is in place"
    assert list(outcome.argv) == ["one two", ""]
    assert outcome.outcomes == {"A": "resolved"}
    assert seen.read_text() and "resolver." not in seen.read_text()


@pytest.mark.parametrize("agent", ["otel", "datadog"])
def test_ours_behind_an_agents_wrapper_is_not_instrumented(
    function: Function, manager: FakeSecretsManager, tmp_path: Path, agent: str
) -> None:
    """As somebody may chain by hand: what the agent exports would run in the resolver."""
    manager.secrets[arn("a")] = HOSTILE
    seen, wrappers = agents(tmp_path, function)
    front = (
        Function(
            function.layer,
            function.folder,
            function.family,
            function.interpreter,
            ("bash", str(wrappers[agent])),
        )
        if agent == "datadog" or function.family == "node"
        else None
    )
    if front is None:
        pytest.skip("this agent starts Python itself, so nothing can stand behind it")
    outcome = front.start({**manager.env(), **LISTED, **HANDLER}, "one two")
    assert outcome.env["A"] == HOSTILE
    assert outcome.outcomes == {"A": "resolved"}
    assert "resolver." not in (seen.read_text() if seen.exists() else "")
    assert list(outcome.argv) == ["one two"]


def test_both_agents_in_a_row_behind_ours(
    function: Function, manager: FakeSecretsManager, tmp_path: Path
) -> None:
    manager.secrets[arn("a")] = HOSTILE
    _seen, wrappers = agents(tmp_path, function)
    both = tmp_path / "both"
    both.write_text(f'#!/bin/sh\nexec {wrappers["datadog"]} {wrappers["otel"]} "$@"\n')
    both.chmod(0o755)
    env = {**manager.env(), **LISTED, **HANDLER, "SECRETSHIFT_WRAPPER": str(both)}
    outcome = function.start(env, "x")
    assert {outcome.env[name] for name in ("A", "SEEN_BY_OTEL", "SEEN_BY_DATADOG")} == {HOSTILE}
    assert json.dumps(list(outcome.argv)) == '["x"]'
