"""CPU and memory that the resolver adds to a cold start (S6), of its own process.

Over TLS to a server on this machine. "system": the authorities are the system's, as in a plain
function. "configured": a bundle of the same size in AWS_CA_BUNDLE, which has to be read whole.
The gate is 100 ms on a full core; a function of 128 MB has a fraction of one.
"""

from __future__ import annotations

import contextlib
import os
import re
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from secretshift.resolver.protocol import parse_lines
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
MEMORY_GATE = 72.0
"""MiB that are in memory at once: a function of 128 MB has the rest for the wrapper's shell."""
ROUNDS = 15
SHARE = 128 / 1769
"""Of one core, at 128 MB (Lambda developer guide, "Configure Lambda function memory")."""
PERIOD = 20_000
"""Microseconds after which a share is given anew."""
SECRETS = 5


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


@contextlib.contextmanager
def limited_cpu(share: float) -> Iterator[Path]:
    """The file to which a process writes its id to get no more than this share of one core."""
    name, quota = f"secretshift-{os.getpid()}", int(share * PERIOD)
    old, new = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")
    group = (old if old.is_dir() else new) / name
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"NOT MEASURED: no control group can be made here ({error.strerror})")
    try:
        if old.is_dir():
            (group / "cpu.cfs_period_us").write_text(str(PERIOD))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
        elif (group / "cpu.max").exists():
            (group / "cpu.max").write_text(f"{quota} {PERIOD}")
        else:
            pytest.skip("NOT MEASURED: the control groups of this machine do not limit CPU")
        yield group / "cgroup.procs"
    finally:
        group.rmdir()


def highest_memory(child: subprocess.Popen[bytes]) -> float:
    """MiB that the process had in memory at most. Not from its usage: that begins with what this
    process has, from which it was forked."""
    highest = 0
    while child.poll() is None:
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{child.pid}/status").read_text()
            if (peak := re.search(r"VmHWM:\s+(\d+) kB", status)) and "sh" not in status.split()[
                1:2
            ]:
                highest = max(highest, int(peak[1]))
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(0.005)
    return highest / 1024


@pytest.mark.parametrize(
    ("family", "interpreter"), INTERPRETERS, ids=[path.split("/")[-1] for _, path in INTERPRETERS]
)
def test_time_and_memory_of_a_function_of_128_mb(
    manager: FakeSecretsManager,
    certificates: Certificates,
    tmp_path: Path,
    family: str,
    interpreter: str,
) -> None:
    """Several secrets over TLS at that function's share of a core, within the deadline."""
    roots = bundle(tmp_path, certificates)
    layer = unpack_layer(tmp_path / "opt")
    if family == "python":
        with_system_bundle(layer, roots)
    names = [f"S{number}" for number in range(SECRETS)]
    manager.secrets |= {arn(name): name for name in names}
    env = {**manager.env(), "PATH": "/usr/bin:/bin", "SECRETSHIFT_VARS": ",".join(names)}
    env |= {f"{name}_SECRET_ARN": arn(name) for name in names}
    if family == "node":
        env["NODE_EXTRA_CA_CERTS"] = str(certificates.authority)
    ask = [interpreter, str(layer / "secretshift" / "resolver.cjs")]
    if family == "python":
        ask = [interpreter, "-I", "-S", "-B", str(layer / "secretshift" / "resolver.py")]
    with limited_cpu(SHARE) as group, (tmp_path / "said").open("w+") as said:
        command = ["/bin/sh", "-c", 'echo $$ >"$0" && exec "$@"', str(group), *ask]
        child = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=said)
        memory = highest_memory(child)
        said.seek(0)
        (line,) = parse_lines(said.read())
    print(f"\n{interpreter}: {line.milliseconds} ms at {SHARE:.1%}, {memory:.0f} MiB")
    assert child.returncode == 0
    assert dict(line.outcomes) == dict.fromkeys(names, "resolved")
    assert line.milliseconds < 2500
    assert memory < MEMORY_GATE
