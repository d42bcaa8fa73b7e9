"""CPU that the resolver adds to a cold start (S6): user and system time of its own process.

Over TLS to a server on this machine. "system": the authorities are the system's, as in a plain
function. "configured": a bundle of the same size in AWS_CA_BUNDLE, which has to be read whole.
The gate is 100 ms on a full core; a function of 128 MB has a fraction of one.
"""

from __future__ import annotations

import os
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.unit.resolver.harness import (
    Certificates,
    FakeSecretsManager,
    arn,
    make_certificates,
    node_interpreters,
    python_interpreters,
    unpack_layer,
    with_system_bundle,
)

pytestmark = pytest.mark.bench
GATE = 100.0
ROUNDS = 15


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"), ["localhost"], "Amazon Test CA")


@pytest.fixture
def manager(certificates: Certificates) -> Iterator[FakeSecretsManager]:
    with FakeSecretsManager(certificates.server_context()) as manager:
        manager.secrets[arn("a")] = "value-of-a"
        yield manager


def bundle(folder: Path, certificates: Certificates) -> Path:
    """The machine's roots with the test's own among them, named like one of AWS's."""
    system = [Path("/etc/pki/tls/certs/ca-bundle.crt"), Path("/etc/ssl/certs/ca-certificates.crt")]
    roots = next((path.read_bytes() for path in system if path.exists()), b"")
    path = folder / "bundle.pem"
    path.write_bytes(roots + certificates.authority.read_bytes())
    return path


def cpu_of(command: list[str], env: dict[str, str]) -> float:
    """Milliseconds of user and system time of one process."""
    with Path(os.devnull).open("w") as nowhere:
        child = subprocess.Popen(command, env=env, stdout=nowhere, stderr=nowhere)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return (usage.ru_utime + usage.ru_stime) * 1000


def interpreter_alone(interpreter: str, family: str) -> list[str]:
    return (
        [interpreter, "-I", "-S", "-c", "pass"] if family == "python" else [interpreter, "-e", "0"]
    )


INTERPRETERS = [("python", path) for path in python_interpreters()]
INTERPRETERS += [("node", path) for path in node_interpreters()]


@pytest.mark.parametrize("trust", ["system", "configured"])
@pytest.mark.parametrize(
    ("family", "interpreter"), INTERPRETERS, ids=[path.split("/")[-1] for _, path in INTERPRETERS]
)
def test_cpu_of_the_resolver(
    benchmark: BenchmarkFixture,
    manager: FakeSecretsManager,
    certificates: Certificates,
    tmp_path: Path,
    family: str,
    interpreter: str,
    trust: str,
) -> None:
    roots = bundle(tmp_path, certificates)
    layer = unpack_layer(tmp_path / "opt")
    env = {**manager.env(), "PATH": "/usr/bin", "SECRETSHIFT_VARS": "A", "A_SECRET_ARN": arn("a")}
    if trust == "configured":
        env["AWS_CA_BUNDLE"] = str(roots)
    elif family == "node":
        env["NODE_EXTRA_CA_CERTS"] = str(certificates.authority)
    command = [interpreter, str(layer / "secretshift" / "resolver.cjs")]
    if family == "python":
        command = [interpreter, "-I", "-S", "-B", str(with_system_bundle(layer, roots))]
    alone = [cpu_of(interpreter_alone(interpreter, family), env) for _ in range(ROUNDS)]
    spent: list[float] = []
    benchmark.pedantic(lambda: spent.append(cpu_of(command, env)), rounds=ROUNDS, warmup_rounds=1)
    whole, start = statistics.median(spent), statistics.median(alone)
    benchmark.extra_info |= {"cpu_ms": whole, "interpreter_ms": start}
    print(f"\n{interpreter}, {trust}: {whole:.0f} ms CPU, the interpreter's start {start:.0f} ms")
    assert manager.wrong_signatures == 0
    assert len(manager.asked) == ROUNDS + 1
    if trust == "system":
        assert whole < GATE
