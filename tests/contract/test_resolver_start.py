"""What a start of the function does, with real interpreters behind the real wrapper.

S1 only listed names; S2 observe, then rely; S7 isolation; S8 exact values; wrapper chaining.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secretshift.resolver.protocol import references_digest
from tests.unit.resolver.harness import (
    DUMP_NODE,
    DUMP_PYTHON,
    FakeSecretsManager,
    Function,
    arn,
    node_interpreters,
    python_interpreters,
    unpack_layer,
)

SHELLS = {"dash": ("dash",), "bash": ("bash", "--posix")}
HOSTILE = "it's \"$(touch /tmp/x)\" `id` $HOME \\ %s é😀\t'\\''\n#\n_secretshift_end='ok'\n\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("function")
    unpack_layer(folder / "opt")
    (folder / "dump.py").write_text(DUMP_PYTHON)
    (folder / "dump.cjs").write_text(DUMP_NODE)
    return folder


def function_of(folder: Path, family: str, shell: str = "") -> Function:
    interpreter = (python_interpreters() if family == "python" else node_interpreters())[0]
    return Function(folder / "opt", folder, family, interpreter, SHELLS.get(shell, ()))


@pytest.fixture(params=["python", "node"])
def function(request: pytest.FixtureRequest, folder: Path) -> Function:
    return function_of(folder, request.param)


@pytest.fixture
def manager() -> Iterator[FakeSecretsManager]:
    with FakeSecretsManager() as manager:
        yield manager


# --- S1 ---------------------------------------------------------------------------------------


def test_only_listed_names_are_resolved(function: Function, manager: FakeSecretsManager) -> None:
    manager.secrets[arn("a")] = "value-of-a"
    manager.denied.add(arn("foreign"))
    env = {
        **manager.env(),
        "SECRETSHIFT_VARS": "A",
        "A_SECRET_ARN": arn("a"),
        "X_SECRET_ARN": arn("foreign"),
    }
    outcome = function.start(env)
    assert outcome.started
    assert outcome.env["A"] == "value-of-a"
    assert "X" not in outcome.env
    assert outcome.outcomes == {"A": "resolved"}
    assert [question["SecretId"] for question in manager.asked] == [arn("a")]


def test_without_a_list_nothing_is_asked(function: Function, manager: FakeSecretsManager) -> None:
    outcome = function.start({**manager.env(), "A_SECRET_ARN": arn("a")})
    assert outcome.started
    assert outcome.outcomes == {}
    assert manager.asked == []


def test_a_secret_that_two_variables_use_is_read_once(
    function: Function, manager: FakeSecretsManager
) -> None:
    manager.secrets[arn("j")] = json.dumps({"user": "u", "password": "p"})
    env = {
        **manager.env(),
        "SECRETSHIFT_VARS": "A,B",
        "A_SECRET_ARN": arn("j") + ":user::",
        "B_SECRET_ARN": arn("j") + ":password::",
    }
    outcome = function.start(env)
    assert (outcome.env["A"], outcome.env["B"]) == ("u", "p")
    assert len(manager.asked) == 1


# --- S2 ---------------------------------------------------------------------------------------


def test_while_the_plaintext_is_there_it_is_only_compared(
    function: Function, manager: FakeSecretsManager
) -> None:
    manager.secrets |= {arn("same"): "plain-1", arn("other"): "rotated-2"}
    manager.denied.add(arn("denied"))
    env = {
        **manager.env(),
        "SECRETSHIFT_VARS": "SAME,OTHER,DENIED,GONE,NONE,BROKEN",
        "SAME": "plain-1",
        "SAME_SECRET_ARN": arn("same"),
        "OTHER": "plain-2",
        "OTHER_SECRET_ARN": arn("other"),
        "DENIED": "plain-3",
        "DENIED_SECRET_ARN": arn("denied"),
        "GONE": "plain-4",
        "GONE_SECRET_ARN": arn("gone"),
        "NONE": "plain-5",
        "BROKEN": "plain-6",
        "BROKEN_SECRET_ARN": "db/broken",
    }
    outcome = function.start(env)
    assert outcome.started
    assert outcome.status == 0
    assert {name: outcome.env[name] for name in env} == env
    assert outcome.outcomes == {
        "SAME": "match",
        "OTHER": "mismatch",
        "DENIED": "error:AccessDenied",
        "GONE": "error:ResourceNotFound",
        "NONE": "error:NoReference",
        "BROKEN": "error:Malformed",
    }
    assert not re.search("plain-|rotated-", outcome.stderr)


def test_a_match_is_exact(function: Function, manager: FakeSecretsManager) -> None:
    manager.secrets |= {arn("a"): "x", arn("b"): "", arn("c"): HOSTILE}
    env = {
        **manager.env(),
        "SECRETSHIFT_VARS": "A,B,C",
        "A": "x\n",
        "A_SECRET_ARN": arn("a"),
        "B": "",
        "B_SECRET_ARN": arn("b"),
        "C": HOSTILE,
        "C_SECRET_ARN": arn("c"),
    }
    outcomes = function.start(env).outcomes
    assert outcomes == {"A": "mismatch", "B": "match", "C": "match"}


@pytest.mark.parametrize("present", [True, False])
def test_a_variable_that_is_gone_and_cannot_be_read_stops_the_start(
    function: Function, manager: FakeSecretsManager, present: bool
) -> None:
    manager.secrets[arn("b")] = "value-of-b"
    manager.denied.add(arn("a"))
    env = {
        **manager.env(),
        "SECRETSHIFT_VARS": "A,B",
        "A_SECRET_ARN": arn("a"),
        "B_SECRET_ARN": arn("b"),
        **({"A": "plain"} if present else {}),
    }
    outcome = function.start(env)
    assert outcome.started is present
    assert outcome.status == (0 if present else 1)
    assert outcome.outcomes == {"A": "error:AccessDenied", "B": "resolved"}
    assert "value-of-b" not in outcome.stderr


@pytest.mark.parametrize(
    ("value", "reference", "code"),
    [
        ("a\0b", "", "Unrepresentable"),
        ("a\ud83d", "", "Unrepresentable"),
        (b"binary", "", "NotAString"),
        ('{"k":[1]}', ":k::", "NotAString"),
        ('{"k":1}', ":other::", "MissingKey"),
        ("no json", ":k::", "Malformed"),
        ("'" * 65_536, "", "resolved"),
    ],
)
def test_values_that_a_variable_cannot_hold(
    function: Function, manager: FakeSecretsManager, value: str, reference: str, code: str
) -> None:
    manager.secrets[arn("a")] = value
    env = {**manager.env(), "SECRETSHIFT_VARS": "A", "A_SECRET_ARN": arn("a") + reference}
    outcome = function.start(env)
    assert outcome.started is (code == "resolved")
    assert outcome.outcomes == {"A": code if outcome.started else f"error:{code}"}
    assert not outcome.started or outcome.env["A"] == value


def test_a_value_that_grows_too_long_for_linux_is_refused(
    function: Function, manager: FakeSecretsManager
) -> None:
    manager.secrets[arn("a")] = json.dumps({"k": "é" * 30_000})
    env = {
        **manager.env(),
        "SECRETSHIFT_VARS": "A",
        "A_SECRET_ARN": arn("a"),
        "A_SECRET_TEMPLATE": "{k|urlencode}",
    }
    outcome = function.start(env)
    assert not outcome.started
    assert outcome.outcomes == {"A": "error:TooLarge"}


@pytest.mark.parametrize("name", ["$(touch pwned)", "A;touch pwned", "É", "1A", "A-B"])
def test_hostile_names_are_refused_and_not_repeated(
    function: Function, manager: FakeSecretsManager, name: str
) -> None:
    outcome = function.start({**manager.env(), "SECRETSHIFT_VARS": f"{name},A", "A": "x"})
    assert not outcome.started
    assert outcome.status == 1
    assert outcome.outcomes == {"?": "error:BadName", "A": "error:NoReference"}
    assert "pwned" not in outcome.stderr
    assert not list(function.folder.glob("pwned*"))


def test_names_that_would_steer_the_start_are_refused(
    function: Function, manager: FakeSecretsManager
) -> None:
    manager.secrets[arn("a")] = "/tmp/evil.so"
    env = {
        **manager.env(),
        "SECRETSHIFT_VARS": "LD_PRELOAD,UID",
        "LD_PRELOAD_SECRET_ARN": arn("a"),
        "UID_SECRET_ARN": arn("a"),
    }
    outcome = function.start(env)
    assert not outcome.started
    assert outcome.outcomes == dict.fromkeys(("LD_PRELOAD", "UID"), "error:ReservedName")


def test_the_line_names_function_version_and_references(
    function: Function, manager: FakeSecretsManager
) -> None:
    manager.secrets[arn("a")] = '{"k":"v"}'
    env = {
        **manager.env(),
        "SECRETSHIFT_VARS": "B,A",
        "A": "é=v",
        "A_SECRET_ARN": arn("a"),
        "A_SECRET_TEMPLATE": "é={k}",
        "B": "x",
    }
    line = function.start(env).line
    assert (line.function, line.version) == ("orders", "$LATEST")
    assert line.refs == references_digest([("A", arn("a"), "é={k}"), ("B", "", "")])
    assert list(line.outcomes.items()) == [("B", "error:NoReference"), ("A", "match")]


# --- a resolver that breaks -------------------------------------------------------------------


def spoil(text: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        path.write_text(text)

    return change


BREAKAGES: dict[str, Callable[[Path], None]] = {
    "missing": Path.unlink,
    "no syntax": spoil(")("),
    "status": spoil("exit = typeof process === 'undefined'; process.exit(1)"),
    "silent": spoil(""),
}
CUT_OFF = {
    "python": "print(\"_secretshift_begin='ok'\\nexport A='x\\n_secretshift_end=\")",
    "node": "console.log(\"_secretshift_begin='ok'\\nexport A='x\\n_secretshift_end=\")",
}
WHOLE_TEXT = "_secretshift_begin='ok'\\nexport A='of a failure'\\n_secretshift_end='ok'"
FAILED = {
    "python": f'print("{WHOLE_TEXT}", flush=True); import os; os._exit(3)',
    "node": f'require("fs").writeSync(1, "{WHOLE_TEXT}\\n"); process.exit(3)',
}
KILLED = {
    "python": "import os; os.kill(os.getpid(), 9)",
    "node": "process.kill(process.pid, 'SIGKILL')",
}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("family", ["python", "node"])
@pytest.mark.parametrize("breakage", [*BREAKAGES, "cut off", "failed", "killed"])
def test_a_broken_resolver_stops_only_a_start_that_needs_it(
    folder: Path, tmp_path: Path, family: str, shell: str, breakage: str
) -> None:
    shutil.copytree(folder / "opt", tmp_path / "opt")
    resolver = tmp_path / "opt/secretshift" / f"resolver.{'py' if family == 'python' else 'cjs'}"
    texts = {"cut off": CUT_OFF[family], "failed": FAILED[family], "killed": KILLED[family]}
    change = spoil(texts[breakage]) if breakage in texts else BREAKAGES[breakage]
    change(resolver)
    whole = function_of(folder, family, shell)
    function = Function(tmp_path / "opt", folder, family, whole.interpreter, whole.shell)

    env = {"SECRETSHIFT_VARS": " A ,B", "A": "", "B": "plain", "A_SECRET_ARN": arn("a")}
    outcome = function.start(env)
    assert outcome.started
    assert outcome.outcomes == {"A": "error:Crash", "B": "error:Crash"}
    assert {name: outcome.env[name] for name in env} == env
    assert not [name for name in outcome.env if name.startswith("_secretshift")]

    del env["A"]
    outcome = function.start(env)
    assert not outcome.started
    assert outcome.status == 1
    assert outcome.outcomes == {"A": "error:Crash", "B": "error:Crash"}

    outcome = function.start({"SECRETSHIFT_VARS": "$(touch pwned),B", "B": "plain"})
    assert not outcome.started
    assert outcome.outcomes == {"?": "error:BadName", "B": "error:Crash"}
    assert not list(folder.glob("pwned*"))


# --- other runtimes ---------------------------------------------------------------------------


def other_runtime(folder: Path) -> list[str]:
    program = folder / "java"
    program.write_text(f'#!/bin/sh\nexec {python_interpreters()[0]} {folder}/dump.py "$@"\n')
    program.chmod(0o755)
    return [str(program), "-cp", "a b"]


def without_python(folder: Path, tmp_path: Path) -> Function:
    shutil.copytree(folder / "opt", tmp_path / "opt")
    wrapper = tmp_path / "opt/secretshift/wrapper"
    text = wrapper.read_text()
    assert "/var/lang/bin/python3 /usr/bin/python3" in text
    wrapper.write_text(text.replace("bin/python3", "bin/no-such-python3"))
    return Function(tmp_path / "opt", folder, "java", "")


@pytest.mark.skipif(not os.access("/usr/bin/python3", os.X_OK), reason="needs /usr/bin/python3")
def test_another_runtime_uses_the_python_of_the_image(
    folder: Path, manager: FakeSecretsManager
) -> None:
    manager.secrets[arn("a")] = HOSTILE
    env = {**manager.env(), "SECRETSHIFT_VARS": "A", "A_SECRET_ARN": arn("a")}
    function = Function(folder / "opt", folder, "java", "")
    outcome = function.start(env, command=other_runtime(folder))
    assert outcome.env["A"] == HOSTILE
    assert outcome.argv == ["-cp", "a b"]


def test_another_runtime_without_python_starts_only_with_its_plaintext(
    folder: Path, tmp_path: Path
) -> None:
    function = without_python(folder, tmp_path)
    env = {"SECRETSHIFT_VARS": "A", "A_SECRET_ARN": arn("a")}
    outcome = function.start({**env, "A": "plain"}, command=other_runtime(folder))
    assert outcome.started
    assert outcome.outcomes == {"A": "error:NoInterpreter"}
    outcome = function.start(env, command=other_runtime(folder))
    assert not outcome.started
    assert outcome.status == 1


def test_an_interpreter_that_does_not_exist_is_a_crash(folder: Path) -> None:
    function = Function(folder / "opt", folder, "python", "")
    outcome = function.start({"SECRETSHIFT_VARS": "A"}, command=["/no/such/python3"])
    assert outcome.status == 1
    assert outcome.outcomes == {"A": "error:Crash"}


# --- S7 ---------------------------------------------------------------------------------------


def test_python_settings_reach_the_runtime_and_not_the_resolver(
    folder: Path, manager: FakeSecretsManager, tmp_path: Path
) -> None:
    function = function_of(folder, "python")
    manager.secrets[arn("a")] = "value-of-a"
    seen = tmp_path / "seen"
    for name in ("json", "socket", "sitecustomize", "usercustomize"):
        (tmp_path / f"{name}.py").write_text(
            f"import os\nwith open({str(seen)!r}, 'a') as f: f.write('{name} {os.getpid()} ')\n"
        )
    runtime = tmp_path / "runtime.py"
    runtime.write_text(
        "import os, sys\nsys.path = [p for p in sys.path if not p.startswith(os.getcwd())]\n"
        "sys.path = [p for p in sys.path if p != os.environ['PYTHONPATH']]\n"
        "sys.path = [p for p in sys.path if p != os.path.dirname(__file__)]\n" + DUMP_PYTHON
    )
    env = {
        **manager.env(),
        "SECRETSHIFT_VARS": "A",
        "A_SECRET_ARN": arn("a"),
        "PYTHONPATH": str(tmp_path),
        "PYTHONSTARTUP": str(tmp_path / "json.py"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    outcome = function.start(env, command=[function.interpreter, str(runtime)])
    assert outcome.outcomes == {"A": "resolved"}
    assert outcome.env["PYTHONPATH"] == str(tmp_path)
    # Once, by the runtime: the hostile folder was real, and the resolver did not look there.
    assert seen.read_text().split()[::2] == ["sitecustomize"]


def test_a_foreign_module_beside_the_function_is_not_the_resolvers(
    folder: Path, manager: FakeSecretsManager, tmp_path: Path
) -> None:
    """The working folder is the function's own, /var/task."""
    (tmp_path / "json.py").write_text("raise SystemExit('json of the function')\n")
    manager.secrets[arn("a")] = "value-of-a"
    env = {**manager.env(), "SECRETSHIFT_VARS": "A", "A_SECRET_ARN": arn("a"), "PATH": "/usr/bin"}
    whole = function_of(folder, "python")
    printing = [whole.interpreter, "-I", "-c", "import os; print(os.environ['A'])"]
    done = subprocess.run(
        [str(whole.wrapper), *printing], env=env, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout == "value-of-a\n"


def test_node_settings_reach_the_runtime_and_not_the_resolver(
    folder: Path, manager: FakeSecretsManager, tmp_path: Path
) -> None:
    function = function_of(folder, "node")
    manager.secrets[arn("a")] = "value-of-a"
    seen = tmp_path / "seen"
    spy = tmp_path / "spy.cjs"
    spy.write_text(f"require('fs').appendFileSync({str(seen)!r}, process.argv[1] + '\\n');\n")
    (tmp_path / "package.json").write_text('{"type":"module"}')
    env = {
        **manager.env(),
        "SECRETSHIFT_VARS": "A",
        "A_SECRET_ARN": arn("a"),
        "NODE_OPTIONS": f"--require {spy}",
        "NODE_PATH": str(tmp_path),
        "NODE_DEBUG": "http,net,tls",
        "NODE_TLS_REJECT_UNAUTHORIZED": "0",
    }
    outcome = function.start(env)
    assert outcome.outcomes == {"A": "resolved"}
    assert {name: outcome.env[name] for name in env} == env
    assert seen.read_text() == f"{folder}/dump.cjs\n"
    assert outcome.stderr.count("\n") <= 2
    assert manager.keys.token not in outcome.stderr


def test_a_package_json_of_another_layer_does_not_change_the_resolver(
    folder: Path, manager: FakeSecretsManager, tmp_path: Path
) -> None:
    shutil.copytree(folder / "opt", tmp_path / "opt")
    (tmp_path / "opt/package.json").write_text('{"type":"module"}')
    manager.secrets[arn("a")] = "value-of-a"
    function = Function(tmp_path / "opt", folder, "node", node_interpreters()[0])
    env = {**manager.env(), "SECRETSHIFT_VARS": "A", "A_SECRET_ARN": arn("a")}
    assert function.start(env).env["A"] == "value-of-a"


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_a_preloaded_library_is_in_the_runtime_and_not_in_the_resolver(
    function: Function, manager: FakeSecretsManager, tmp_path: Path
) -> None:
    source, library, seen = (tmp_path / name for name in ("spy.c", "spy.so", "seen"))
    source.write_text(
        "#include <stdio.h>\n#include <unistd.h>\n"
        "__attribute__((constructor)) static void spy(void) {\n"
        '  char program[4096] = {0}; ssize_t n = readlink("/proc/self/exe", program, 4000);\n'
        f'  FILE *f = fopen("{seen}", "a");\n'
        '  if (n > 0 && f) { fprintf(f, "%d %s\\n", getpid(), program); fclose(f); }\n}\n'
    )
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    manager.secrets[arn("a")] = "value-of-a"
    env = {
        **manager.env(),
        "SECRETSHIFT_VARS": "A",
        "A_SECRET_ARN": arn("a"),
        "LD_PRELOAD": str(library),
    }
    outcome = function.start(env)
    assert outcome.env["A"] == "value-of-a"
    assert outcome.env["LD_PRELOAD"] == str(library)
    programs = [line.split(" ", 1) for line in seen.read_text().splitlines()]
    interpreter = os.path.realpath(function.interpreter)
    # The shell and the runtime are one process; the resolver was another and is not in the list.
    assert [program for _, program in programs].count(interpreter) == 1
    assert len({process for process, _ in programs}) == 1


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_told_to_trace_or_export_everything_does_neither(
    folder: Path, manager: FakeSecretsManager, shell: str
) -> None:
    manager.secrets[arn("a")] = "value-of-a"
    env = {
        **manager.env(),
        "SECRETSHIFT_VARS": "A",
        "A_SECRET_ARN": arn("a"),
        "SHELLOPTS": "xtrace:verbose:allexport:errexit:noglob",
    }
    outcome = function_of(folder, "python", shell).start(env)
    assert outcome.env["A"] == "value-of-a"
    assert "value-of-a" not in outcome.stderr
    assert not [name for name in outcome.env if "_secretshift" in name]


# --- S8 ---------------------------------------------------------------------------------------

TEXT = st.text(
    st.one_of(
        st.sampled_from("'\"\\`$(){}|%#!~*?\n\r\t é中😀\u2028\x01\x7f"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=40,
)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("family", ["python", "node"])
def test_any_value_and_any_argument_arrives_as_it_is(folder: Path, family: str, shell: str) -> None:
    function = function_of(folder, family, shell)
    with FakeSecretsManager() as manager:

        @given(values=st.lists(TEXT, min_size=1, max_size=12), arguments=st.lists(TEXT, max_size=3))
        @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        def arrives(values: list[str], arguments: list[str]) -> None:
            values = [*values, HOSTILE, "\n", "'", "$(id)\n\n\n", ""]
            fields = {f"k{index}": value for index, value in enumerate(values)}
            manager.secrets[arn("all")] = json.dumps(fields)
            env = {
                **manager.env(),
                "SECRETSHIFT_VARS": ",".join(f"V{i}" for i in range(len(values))),
            }
            env |= {f"V{i}_SECRET_ARN": f"{arn('all')}:k{i}::" for i in range(len(values))}
            env |= {f"W{index}": value for index, value in enumerate(values)}
            outcome = function.start(env, *arguments)
            assert [outcome.env[f"V{i}"] for i in range(len(values))] == values
            assert [outcome.env[f"W{i}"] for i in range(len(values))] == values
            assert list(outcome.argv) == arguments
            assert set(outcome.outcomes.values()) == {"resolved"}

        arrives()
        assert manager.wrong_signatures == 0


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("family", ["python", "node"])
def test_the_runtime_gets_its_environment_and_the_resolved_names_only(
    folder: Path, manager: FakeSecretsManager, family: str, shell: str
) -> None:
    manager.secrets[arn("a")] = "value-of-a"
    env = {
        **manager.env(),
        "SECRETSHIFT_VARS": "A",
        "A_SECRET_ARN": arn("a"),
        "LC_CTYPE": "C.UTF-8",
        "EMPTY": "",
    }
    given_env = function_of(folder, family, shell).start(env).env
    added = set(given_env) - set(env)
    set_by_shells = {"PWD", "OLDPWD", "SHLVL", "_"}
    of_the_start = {"PATH", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION"}
    assert added - set_by_shells - of_the_start == {"A"}
    assert {name: given_env[name] for name in env} == env


def test_no_value_is_written_to_a_file_or_given_as_an_argument(
    function: Function, manager: FakeSecretsManager, tmp_path: Path
) -> None:
    if shutil.which("strace") is None:
        pytest.skip("needs strace")
    manager.secrets[arn("a")] = "canary-4711"
    env = {**manager.env(), "SECRETSHIFT_VARS": "A", "A_SECRET_ARN": arn("a"), "PATH": "/usr/bin"}
    trace = tmp_path / "trace"
    watched = ["strace", "-f", "-s", "4096", "-e", "trace=openat,execve", "-o", str(trace)]
    subprocess.run(
        [*watched, str(function.wrapper), *function.command()],
        env=env,
        check=True,
        capture_output=True,
    )
    text = trace.read_text()
    assert "execve(" in text
    writing = [line for line in text.splitlines() if re.search("O_(WRONLY|RDWR|CREAT)", line)]
    assert [line for line in writing if '"/dev/' not in line] == []
    assert "canary-4711" not in text


# --- chaining ---------------------------------------------------------------------------------


def former_wrapper(folder: Path) -> Path:
    path = folder / "otel instrument"
    path.write_text('#!/bin/sh\nexport SEEN="$A" TRACED=1\nexec "$@"\n')
    path.chmod(0o755)
    return path


def test_the_former_wrapper_comes_after_the_secrets(
    function: Function, manager: FakeSecretsManager, tmp_path: Path
) -> None:
    manager.secrets[arn("a")] = HOSTILE.rstrip("\n")
    env = {
        **manager.env(),
        "SECRETSHIFT_VARS": "A",
        "A_SECRET_ARN": arn("a"),
        "SECRETSHIFT_WRAPPER": str(former_wrapper(tmp_path)),
    }
    outcome = function.start(env, "one two", "")
    assert outcome.env["TRACED"] == "1"
    assert outcome.env["SEEN"] == outcome.env["A"] == HOSTILE.rstrip("\n")
    assert list(outcome.argv) == ["one two", ""]


@pytest.mark.parametrize("kind", ["missing", "folder", "not executable"])
def test_a_former_wrapper_that_cannot_be_run_ends_with_127_and_says_so(
    function: Function, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "former"
    if kind == "folder":
        path.mkdir()
    if kind == "not executable":
        path.write_text("#!/bin/sh\n")
    outcome = function.start({"SECRETSHIFT_WRAPPER": str(path)})
    assert not outcome.started
    assert outcome.status == 127
    assert "SECRETSHIFT_WRAPPER does not name a program" in outcome.stderr


def test_our_own_wrapper_as_the_former_one_does_not_go_round_in_circles(
    function: Function,
) -> None:
    outcome = function.start({"SECRETSHIFT_WRAPPER": str(function.wrapper)})
    assert outcome.started


def test_no_command_is_an_error(folder: Path) -> None:
    done = subprocess.run([str(folder / "opt/secretshift/wrapper")], capture_output=True)
    assert done.returncode == 127
