"""The server as a process: what reaches it, what it leaves behind, and how it fails."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from secretshift.demo import embedded_aws, samples
from secretshift.demo.embedded_aws import EmbeddedAws
from secretshift.demo.errors import DemoProblem

from .conftest import Cloud

pytestmark = pytest.mark.embedded

PID = "import os\ndef handler(event, context):\n    return os.getpid()\n"
ENVIRONMENT = "import os\ndef handler(event, context):\n    return dict(os.environ)\n"
linux_only = pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")


def until(true: Callable[[], bool], seconds: float = 8.0) -> bool:
    """Whether it becomes true; a process that is not our child has no event to wait for."""
    deadline = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z"


def server_pid(aws: EmbeddedAws) -> int:
    assert aws._process is not None
    return aws._process.pid


def test_nothing_of_the_operator_s_environment_reaches_a_function(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    canaries = {
        "AWS_ACCESS_KEY_ID": "canary-key-id",
        "AWS_SECRET_ACCESS_KEY": "canary-key",
        "AWS_SESSION_TOKEN": "canary-token",
        "AWS_PROFILE": "canary-profile",
        "GITHUB_TOKEN": "canary-github",
        "PYTHONPATH": "/canary-path",
        "HOME": "/canary-home",
    }
    for name, value in canaries.items():
        monkeypatch.setenv(name, value)
    with EmbeddedAws(state_dir=tmp_path) as aws:
        if Path("/proc").exists():
            server = Path(f"/proc/{server_pid(aws)}/environ").read_text()
            assert "canary" not in server
        cloud = Cloud(aws)
        found: dict[str, str] = cloud.invoke(cloud.function(ENVIRONMENT)).payload
        text = repr(found)
        assert "canary" not in text
        assert "AWS_PROFILE" not in found
        assert "GITHUB_TOKEN" not in found
    assert list(tmp_path.iterdir()) == []


def test_its_variables_lead_there_whatever_the_operator_has_set(
    embedded: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = {
        "AWS_PROFILE": "production",
        "AWS_DEFAULT_PROFILE": "production",
        "AWS_SESSION_TOKEN": "token",
        "AWS_SECURITY_TOKEN": "token",
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
    }
    program = (
        "import boto3\n"
        "print(boto3.client('sts').get_caller_identity()['Account'])\n"
        "print(boto3.client('secretsmanager').list_secrets()['ResponseMetadata']['HTTPStatusCode'])"
    )
    for name, value in operator.items():
        monkeypatch.setenv(name, value)
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **embedded.environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.stdout.split() == [embedded.account, "200"], done.stderr[-500:]


def test_stop_ends_the_server_and_every_function_process() -> None:
    aws = EmbeddedAws()
    aws.start()
    server, endpoint = server_pid(aws), aws.endpoint
    cloud = Cloud(aws)
    functions = [cloud.invoke(cloud.function(PID)).payload for _ in range(2)]
    assert not any(gone(pid) for pid in (server, *functions))
    aws.stop()
    assert all(until(lambda pid=pid: gone(pid)) for pid in (server, *functions))
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", int(endpoint[-5:])), 1):
        pass
    aws.stop()
    with pytest.raises(DemoProblem):
        _ = aws.endpoint


@pytest.mark.parametrize("change", ["update", "delete"])
def test_processes_of_a_former_configuration_end(cloud: Cloud, change: str) -> None:
    name, client = cloud.function(PID), cloud.client("lambda")
    process = cloud.invoke(name).payload
    assert not gone(process)
    if change == "update":
        client.update_function_configuration(FunctionName=name, MemorySize=512)
    else:
        client.delete_function(FunctionName=name)
    assert until(lambda: gone(process))


def test_stop_ends_a_function_in_the_middle_of_its_work(tmp_path: Path) -> None:
    source = (
        "import os, pathlib, time\ndef handler(event, context):\n"
        "    pathlib.Path(event).write_text(str(os.getpid()))\n    time.sleep(60)\n"
    )
    begun = tmp_path / "begun"
    with EmbeddedAws() as aws:
        cloud = Cloud(aws)
        name = cloud.function(source, Timeout=60)
        cloud.client("lambda").invoke(
            FunctionName=name, InvocationType="Event", Payload=json.dumps(str(begun))
        )
        assert until(lambda: begun.exists() and bool(begun.read_text()))
        function = int(begun.read_text())
        assert not gone(function)
    assert until(lambda: gone(function))


@linux_only
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "terminated"])
def test_the_server_does_not_outlive_its_parent(how: signal.Signals) -> None:
    program = (
        "import sys\n"
        "from secretshift.demo.embedded_aws import EmbeddedAws\n"
        "aws = EmbeddedAws()\naws.start()\nprint(aws._process.pid, aws._dir, flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    assert parent.stdin is not None
    printed, folder = parent.stdout.readline().split()
    server = int(printed)
    assert not gone(server)
    assert Path(folder).exists()
    parent.send_signal(how)
    parent.wait(5)
    parent.stdout.close()
    parent.stdin.close()
    assert until(lambda: gone(server))
    assert not Path(folder).exists()


def test_a_thread_that_started_it_may_end() -> None:
    import threading

    aws = EmbeddedAws()
    starter = threading.Thread(target=aws.start)
    starter.start()
    starter.join()
    try:
        assert Cloud(aws).client("sts").get_caller_identity()["Account"] == aws.account
        time.sleep(0.3)  # a signal on the thread's death would need a moment
        assert Cloud(aws).client("sts").get_caller_identity()["Account"] == aws.account
    finally:
        aws.stop()


@linux_only
def test_it_listens_on_the_loopback_address_only_and_dumps_no_core(embedded: EmbeddedAws) -> None:
    pid = server_pid(embedded)
    files = [str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()]
    sockets = {name[8:-1] for name in files if name.startswith("socket:[")}
    listening = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in sockets:
                listening.append(fields[1].rpartition(":")[0])
    assert listening
    assert set(listening) == {"0100007F"}
    limits = Path(f"/proc/{pid}/limits").read_text()
    (core,) = [line for line in limits.splitlines() if line.startswith("Max core file size")]
    assert core.split()[4:6] == ["0", "0"]


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(DemoProblem) as caught:
            EmbeddedAws(port=port).start()
    assert str(port) in caught.value.resource
    assert "cannot be used" in caught.value.hint


def test_the_wanted_port_is_used() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    with EmbeddedAws(port=port) as aws:
        assert aws.endpoint == f"http://127.0.0.1:{port}"


def test_another_version_of_ministack_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_aws, "MINISTACK_VERSION", "0.0.1")
    with pytest.raises(DemoProblem, match=r"needs ministack 0\.0\.1") as caught:
        EmbeddedAws().start()
    assert "ministack==0.0.1" in caught.value.hint


def test_two_of_them_are_apart() -> None:
    with EmbeddedAws() as one, EmbeddedAws() as two:
        assert one.endpoint != two.endpoint
        assert one.account != two.account
        Cloud(one).client("secretsmanager").create_secret(Name="only-here", SecretString="x")
        assert Cloud(two).client("secretsmanager").list_secrets()["SecretList"] == []
        crossed = boto3.client(
            "sts",
            region_name="eu-west-1",
            endpoint_url=two.endpoint,
            aws_access_key_id=one.account,
            aws_secret_access_key=one.environment["AWS_SECRET_ACCESS_KEY"],
        )
        with pytest.raises(crossed.exceptions.ClientError):
            crossed.get_caller_identity()


def exports(lines: list[str]) -> dict[str, str]:
    found = {}
    for line in lines:
        (word, assignment) = shlex.split(line)
        assert word == "export"
        name, _, value = assignment.partition("=")
        found[name] = value
    return found


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["interrupt", "terminate"])
def test_serve_prints_what_a_shell_needs_and_ends_cleanly(how: signal.Signals) -> None:
    program = (
        "import sys\nfrom secretshift.demo.serve import serve\n"
        "serve(empty=True, port=None, out=sys.stdout)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = []
    while (line := process.stdout.readline()) and line != "# ready\n":
        lines.append(line)
    given = exports(lines)
    client = boto3.client(
        "lambda",
        region_name=given["AWS_REGION"],
        endpoint_url=given["AWS_ENDPOINT_URL"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
    )
    assert client.list_functions()["Functions"] == []
    process.send_signal(how)
    assert process.wait(8) == 0
    process.stdout.close()


def test_the_samples_answer_and_notice_a_wrong_value(tmp_path: Path) -> None:
    with EmbeddedAws(state_dir=tmp_path) as aws:
        functions = samples.fill(aws, seed=7)
        cloud: Any = Cloud(aws)
        assert len(functions) >= 12
        assert {function.region for function in functions} == {"eu-west-1", "us-east-1"}
        assert set(samples.answers(aws, functions).values()) == {200}
        made = samples.values(7)
        written = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
        assert len(written) > len(functions)
        for name, value in made.items():
            assert not [content for content in written if value.encode() in content], name
        for function in functions:
            client = cloud.client("lambda", function.region)
            log = cloud.invoke(function.name, function.event, region=function.region).log
            assert not [name for name, value in made.items() if value in log]
            configuration = client.get_function_configuration(FunctionName=function.name)
            variables = configuration["Environment"]["Variables"]
            assert set(function.variables) <= set(variables)
            wrong = {
                name: value + "x" if name in function.variables else value
                for name, value in variables.items()
            }
            client.update_function_configuration(
                FunctionName=function.name, Environment={"Variables": wrong}
            )
        for function in functions:
            cloud.settled(function.name, function.region)
        after = samples.answers(aws, functions)
        assert {name for name, status in after.items() if status == 200} == {
            function.name for function in functions if not function.variables
        }
