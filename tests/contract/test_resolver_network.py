"""How the resolver reaches Secrets Manager: signatures, deadline, retries, TLS, proxies, keys.

S5 one deadline for all of it; S9 container credentials; S12 endpoints, proxies, private CAs.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.unit.resolver.harness import (
    DUMP_NODE,
    DUMP_PYTHON,
    LAYER,
    PATIENCE,
    REGION,
    Certificates,
    ConnectProxy,
    ContainerCredentials,
    FakeSecretsManager,
    Function,
    Outcome,
    arn,
    black_hole,
    make_certificates,
    node_interpreters,
    python_interpreters,
    unpack_layer,
    with_system_bundle,
)

AWS_HOST = f"secretsmanager.{REGION}.amazonaws.com"
THROTTLED = (400, b'{"__type":"ThrottlingException","message":"Rate exceeded"}')
LISTED = {"SECRETSHIFT_VARS": "A", "A_SECRET_ARN": arn("a")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("function")
    unpack_layer(folder / "opt")
    (folder / "dump.py").write_text(DUMP_PYTHON)
    (folder / "dump.cjs").write_text(DUMP_NODE)
    return folder


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"), ["localhost", AWS_HOST])


@pytest.fixture(params=["python", "node"])
def function(request: pytest.FixtureRequest, folder: Path) -> Function:
    interpreters = python_interpreters() if request.param == "python" else node_interpreters()
    return Function(folder / "opt", folder, request.param, interpreters[0])


@pytest.fixture
def manager() -> Iterator[FakeSecretsManager]:
    with FakeSecretsManager() as manager:
        manager.secrets[arn("a")] = "value-of-a"
        yield manager


@pytest.fixture
def secure(certificates: Certificates) -> Iterator[FakeSecretsManager]:
    with FakeSecretsManager(certificates.server_context()) as manager:
        manager.secrets[arn("a")] = "value-of-a"
        yield manager


def code_of(outcome: Outcome) -> str:
    assert "value-of-a" not in outcome.stderr
    return outcome.outcomes["A"]


# --- the call ---------------------------------------------------------------------------------


def test_the_signature_is_the_sdks(function: Function, manager: FakeSecretsManager) -> None:
    outcome = function.start({**manager.env(), **LISTED})
    assert code_of(outcome) == "resolved"
    assert manager.wrong_signatures == 0
    assert manager.asked == [{"SecretId": arn("a")}]


def test_the_signature_covers_a_path_and_the_judge_is_awake(
    function: Function, manager: FakeSecretsManager
) -> None:
    env = {**manager.env(), **LISTED}
    env["AWS_ENDPOINT_URL_SECRETS_MANAGER"] += "/stage%20one/x"
    assert code_of(function.start(env)) == "resolved"
    env["AWS_SECRET_ACCESS_KEY"] += "x"
    assert code_of(function.start(env)) == "error:InvalidSignature"
    assert manager.wrong_signatures == 1


def test_stage_and_version_are_asked_for(function: Function, manager: FakeSecretsManager) -> None:
    version = "0a1b2c3d-0a1b-4a1b-8a1b-0a1b2c3d4e5f"
    manager.labelled = {
        (arn("a"), "AWSPREVIOUS"): '{"k":"older"}',
        (arn("a"), version): '{"k":"exact"}',
    }
    env = {
        **manager.env(),
        "SECRETSHIFT_VARS": "A,B",
        "A_SECRET_ARN": arn("a") + ":k:AWSPREVIOUS:",
        "B_SECRET_ARN": arn("a") + f":k::{version}",
    }
    outcome = function.start(env)
    assert (outcome.env["A"], outcome.env["B"]) == ("older", "exact")
    expected = [{"VersionStage": "AWSPREVIOUS"}, {"VersionId": version}]
    found = [{k: v for k, v in asked.items() if k != "SecretId"} for asked in manager.asked]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_a_template_is_filled_from_one_secret(
    function: Function, manager: FakeSecretsManager
) -> None:
    manager.secrets[arn("db")] = (
        '{"username":"o\'neil","password":"p@ss/é:?","host":"db.internal","port":5432,"dbname":"x"}'
    )
    env = {
        **manager.env(),
        "SECRETSHIFT_VARS": "URL",
        "URL_SECRET_ARN": arn("db"),
        "URL_SECRET_TEMPLATE": (
            "postgresql://{username|urlencode}:{password|urlencode}@{host}:{port}/{dbname}?o={{}}"
        ),
    }
    expected = "postgresql://o%27neil:p%40ss%2F%C3%A9%3A%3F@db.internal:5432/x?o={}"
    assert function.start(env).env["URL"] == expected
    assert function.start({**env, "URL": expected}).outcomes == {"URL": "match"}
    broken = {**env, "URL": expected, "URL_SECRET_TEMPLATE": "{user}"}
    assert function.start(broken).outcomes == {"URL": "error:MissingKey"}
    both = {**env, "URL": expected, "URL_SECRET_ARN": arn("db") + ":host::"}
    assert function.start(both).outcomes == {"URL": "error:Malformed"}


def test_a_chunked_answer(function: Function, manager: FakeSecretsManager) -> None:
    manager.chunked = True
    manager.secrets[arn("a")] = "é\n" * 4_000
    assert function.start({**manager.env(), **LISTED}).env["A"] == "é\n" * 4_000


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((302, b"http://127.0.0.1:1/elsewhere"), "Http302"),
        ((200, b"<html>a captive portal</html>"), "Malformed"),
        ((200, b'{"SecretString":["x"]}'), "Malformed"),
        ((200, b'{"SecretString":"\xff"}'), "Malformed"),
        ((200, b'{"Name":"x"}'), "NotAString"),
        ((200, b'{"SecretString":"' + b"x" * 600_000 + b'"}'), "Malformed"),
        ((400, b'{"__type":"DecryptionFailure"}'), "DecryptionFailure"),
        ((400, b'{"__type":"valueofa"}'), "Http400"),
        (
            (400, b'{"__type":"ResourceNotFoundException","message":"value-of-a"}'),
            "ResourceNotFound",
        ),
        ((403, b"value-of-a"), "Http403"),
    ],
)
def test_answers_that_end_the_attempt(
    function: Function, manager: FakeSecretsManager, answer: tuple[int, bytes], code: str
) -> None:
    manager.first = [answer]
    outcome = function.start({**manager.env(), **LISTED})
    assert code_of(outcome) == f"error:{code}"
    assert not outcome.started
    assert len(manager.asked) == 1


# --- retries and the deadline -----------------------------------------------------------------


@pytest.mark.parametrize(
    "burst",
    [
        [THROTTLED] * 4,
        [(429, b"")] * 2,
        [(500, b'{"__type":"InternalServiceError"}'), (503, b""), (502, b"<html>")],
        ["reset"] * 3,
        ["reset", THROTTLED, (500, b"")],
    ],
    ids=["throttled", "429", "5xx", "reset", "mixed"],
)
def test_a_burst_of_passing_failures_still_starts(
    function: Function, manager: FakeSecretsManager, burst: list[tuple[int, bytes] | str]
) -> None:
    manager.first = list(burst)
    outcome = function.start({**manager.env(), **LISTED})
    assert code_of(outcome) == "resolved"
    assert outcome.env["A"] == "value-of-a"
    assert len(manager.asked) == len(burst) + 1


def test_endless_throttling_ends_at_the_deadline(
    function: Function, manager: FakeSecretsManager
) -> None:
    manager.first = [THROTTLED] * 1000
    outcome = function.start({**manager.env(), **LISTED})
    assert code_of(outcome) == "error:Throttled"
    assert not outcome.started
    assert len(manager.asked) < 20
    assert outcome.line.milliseconds < PATIENCE * 1000


def test_a_black_hole_ends_at_one_deadline_for_all(function: Function) -> None:
    names = [f"A{index}" for index in range(8)]
    with black_hole() as port:
        env = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            "SECRETSHIFT_VARS": ",".join(names),
            **{f"{name}_SECRET_ARN": arn(name) for name in names},
        }
        began = time.monotonic()
        outcome = function.start({**env, **dict.fromkeys(names, "plain")})
        assert time.monotonic() - began < PATIENCE
    assert outcome.started
    assert outcome.outcomes == dict.fromkeys(names, "error:Timeout")
    assert 2000 < outcome.line.milliseconds < PATIENCE * 1000


def test_silence_anywhere_ends_at_the_deadline(
    function: Function, manager: FakeSecretsManager
) -> None:
    with black_hole() as port, ThreadPoolExecutor() as pool:
        endpoint = "AWS_ENDPOINT_URL_SECRETS_MANAGER"
        hole = f"http://127.0.0.1:{port}"
        env = {**manager.env(), **LISTED}
        keyless = {name: value for name, value in env.items() if name != "AWS_ACCESS_KEY_ID"}
        silent = {
            "handshake": {**env, endpoint: f"https://localhost:{port}"},
            "proxy": {**env, endpoint: "https://aws.example", "HTTPS_PROXY": hole},
            "credentials": {**keyless, "AWS_CONTAINER_CREDENTIALS_FULL_URI": hole},
        }
        outcomes = dict(zip(silent, pool.map(function.start, silent.values()), strict=True))
    for where, outcome in outcomes.items():
        assert code_of(outcome) == "error:Timeout", where
        assert not outcome.started
        assert outcome.line.milliseconds < PATIENCE * 1000


def test_an_answer_drop_by_drop_does_not_stretch_the_deadline(function: Function) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        env = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{listener.getsockname()[1]}",
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            **LISTED,
        }
        child = subprocess.Popen(
            [str(function.wrapper), *function.command()],
            env={**env, "PATH": "/usr/bin"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        began = time.monotonic()
        connection, _ = listener.accept()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        with connection, contextlib.suppress(OSError):
            while child.poll() is None and time.monotonic() - began < 2 * PATIENCE:
                connection.sendall(b"x")
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(0.1)
        _, stderr = child.communicate(timeout=PATIENCE)
    assert child.returncode == 1
    assert '"A":"error:Timeout"' in stderr


def test_a_refused_connection_is_named(function: Function, manager: FakeSecretsManager) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        env = {**manager.env(), **LISTED}
        env["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = f"http://127.0.0.1:{unused.getsockname()[1]}"
        assert code_of(function.start(env)) == "error:Network"


@pytest.mark.parametrize("family", ["python", "node"])
def test_a_name_lookup_that_hangs_is_left_behind(tmp_path: Path, family: str) -> None:
    """A lookup cannot be interrupted; opening a pipe that nobody writes to stands in for it.

    In Node.js exit() would join its thread, so the resolver ends itself.
    """
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    stuck = tmp_path / "stuck.cjs"
    stuck.write_text(
        "require('node:dns').promises.lookup = () =>"
        f" require('node:fs').promises.open({json.dumps(str(pipe))});\n"
    )
    python = (
        f"import runpy, socket; socket.getaddrinfo = lambda *_, **__: open({str(pipe)!r});"
        f" runpy.run_path({str(LAYER / 'resolver.py')!r}, run_name='__main__')"
    )
    commands = {
        "python": [sys.executable, "-c", python],
        "node": [node_interpreters()[0], "-r", str(stuck), str(LAYER / "resolver.cjs")],
    }
    done = subprocess.run(
        commands[family],
        env={**LISTED, "A": "plain", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"},
        capture_output=True,
        timeout=2 * PATIENCE,
        text=True,
    )
    assert done.returncode == (0 if family == "python" else -9)
    assert done.stdout == "_secretshift_begin='ok'\n_secretshift_end='ok'\n"
    assert '"A":"error:Timeout"' in done.stderr


@pytest.mark.parametrize("present", [True, False])
@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_the_wrapper_accepts_a_resolver_that_ended_itself_after_its_last_word(
    folder: Path, tmp_path: Path, shell: str, present: bool
) -> None:
    layer = unpack_layer(tmp_path / "opt")
    marks = (
        "_secretshift_begin='ok'\\n_secretshift_end='ok'"
        if present
        else "_secretshift_refused='ok'"
    )
    (layer / "secretshift/resolver.cjs").write_text(
        f'require("fs").writeSync(1, "{marks}\\n"); process.kill(process.pid, "SIGKILL");'
    )
    function = Function(layer, folder, "node", node_interpreters()[0], (shell,))
    outcome = function.start({"SECRETSHIFT_VARS": "A"})
    assert outcome.started is present
    assert outcome.status == (0 if present else 1)
    # dash remarks on the signal; the shell of Amazon Linux, bash, does not.
    assert outcome.stderr.replace("Killed\n", "") == ""


# --- TLS, proxies -----------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"])
def test_a_private_authority_is_honoured(
    function: Function, secure: FakeSecretsManager, certificates: Certificates, variable: str
) -> None:
    if variable == "NODE_EXTRA_CA_CERTS" and function.family != "node":
        pytest.skip("a variable of Node.js")
    env = {**secure.env(), **LISTED, variable: str(certificates.authority)}
    assert code_of(function.start(env)) == "resolved"
    assert secure.wrong_signatures == 0


def test_an_unknown_authority_is_refused(function: Function, secure: FakeSecretsManager) -> None:
    env = {**secure.env(), **LISTED, "NODE_TLS_REJECT_UNAUTHORIZED": "0"}
    assert code_of(function.start(env)) == "error:Tls"
    assert secure.asked == []


@pytest.mark.parametrize(
    ("authority", "handshakes"), [("Amazon Test CA", 1), ("Somebody Else", 2), (None, 2)]
)
def test_the_systems_authorities_are_believed_the_usual_ones_first(
    folder: Path, tmp_path: Path, authority: str | None, handshakes: int
) -> None:
    usual = make_certificates(new_folder(tmp_path / "usual"), ["x.example"], "Amazon Other CA")
    served = make_certificates(new_folder(tmp_path / "ca"), ["localhost"], authority or "Unknown")
    bundle = tmp_path / "system.pem"
    roots = [usual.authority, *([served.authority] if authority else [])]
    bundle.write_text("# Roots\n" + "\n# next\n".join(path.read_text() for path in roots))
    layer = unpack_layer(tmp_path / "opt")
    with_system_bundle(layer, bundle)
    function = Function(layer, folder, "python", python_interpreters()[0])
    with (
        FakeSecretsManager(served.server_context()) as manager,
        ConnectProxy(manager.port) as proxy,
    ):
        manager.secrets[arn("a")] = "value-of-a"
        env = {**manager.env(), **LISTED, "HTTPS_PROXY": f"http://{proxy.address}"}
        assert code_of(function.start(env)) == ("resolved" if authority else "error:Tls")
        assert len(proxy.targets) == handshakes


def new_folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_a_certificate_for_another_name_is_refused(
    function: Function, secure: FakeSecretsManager, certificates: Certificates
) -> None:
    env = {**secure.env(), **LISTED, "AWS_CA_BUNDLE": str(certificates.authority)}
    env["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = f"https://127.0.0.1:{secure.port}"
    assert code_of(function.start(env)) == "error:Tls"
    assert secure.asked == []


def test_a_bundle_that_cannot_be_read_is_named(
    function: Function, secure: FakeSecretsManager, tmp_path: Path
) -> None:
    env = {**secure.env(), **LISTED, "AWS_CA_BUNDLE": str(tmp_path / "none.pem")}
    assert code_of(function.start(env)) == "error:CaBundle"
    assert secure.asked == []


def test_plain_http_leaves_this_machine_never(
    function: Function, manager: FakeSecretsManager
) -> None:
    env = {**manager.env(), **LISTED}
    env["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = f"http://{AWS_HOST}"
    assert code_of(function.start(env)) == "error:InsecureEndpoint"


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
def test_the_arns_own_endpoint_through_a_proxy(
    function: Function, secure: FakeSecretsManager, certificates: Certificates, variable: str
) -> None:
    authorization = "Basic " + base64.b64encode(b"user:p@ss").decode()
    with ConnectProxy(secure.port, authorization) as proxy:
        env = {
            **secure.keys.env(),
            **LISTED,
            "AWS_CA_BUNDLE": str(certificates.authority),
            variable: f"http://user:p%40ss@{proxy.address}",
        }
        assert code_of(function.start(env)) == "resolved"
        assert proxy.targets == [f"{AWS_HOST}:443"]
    assert secure.wrong_signatures == 0


def test_no_proxy_is_honoured(
    function: Function, secure: FakeSecretsManager, certificates: Certificates
) -> None:
    with ConnectProxy(secure.port) as proxy:
        env = {
            **secure.env(),
            **LISTED,
            "AWS_CA_BUNDLE": str(certificates.authority),
            "HTTPS_PROXY": f"http://{proxy.address}",
        }
        assert code_of(function.start(env)) == "resolved"
        assert len(proxy.targets) == 1
        assert code_of(function.start({**env, "NO_PROXY": "localhost"})) == "resolved"
        assert len(proxy.targets) == 1


@pytest.mark.parametrize("status", [403, 407])
def test_a_proxy_that_refuses_is_named(
    function: Function, secure: FakeSecretsManager, status: int
) -> None:
    with ConnectProxy(secure.port, status=status) as proxy:
        env = {**secure.env(), **LISTED, "HTTPS_PROXY": f"http://{proxy.address}"}
        assert code_of(function.start(env)) == "error:Proxy"
        assert len(proxy.targets) == 1


# --- keys -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["variable", "file"])
def test_container_credentials(
    function: Function, manager: FakeSecretsManager, tmp_path: Path, form: str
) -> None:
    with ContainerCredentials(manager.keys, "opaque token") as container:
        env = {
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": manager.url,
            **LISTED,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": container.url,
        }
        if form == "variable":
            env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "opaque token"
        else:
            (tmp_path / "token").write_text("opaque token\n")
            env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = str(tmp_path / "token")
        assert code_of(function.start(env)) == "resolved"
        env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "wrong"
        env.pop("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", None)
        assert code_of(function.start(env)) == "error:NoCredentials"


@pytest.mark.parametrize(
    ("env", "code"),
    [
        ({}, "NoCredentials"),
        ({"AWS_ACCESS_KEY_ID": "x"}, "NoCredentials"),
        ({"AWS_ACCESS_KEY_ID": "x\r\ny: z", "AWS_SECRET_ACCESS_KEY": "x"}, "NoCredentials"),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://10.0.0.1/"}, "InsecureEndpoint"),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "file:///etc/passwd"}, "NoCredentials"),
    ],
)
def test_keys_that_are_none(
    function: Function, manager: FakeSecretsManager, env: dict[str, str], code: str
) -> None:
    env = {"AWS_ENDPOINT_URL": manager.url, **LISTED, **env}
    assert code_of(function.start(env)) == f"error:{code}"
    assert manager.asked == []
