"""Whole journeys with known values, and then a search of every byte that was left or shown."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.contract.ports.fault_proxy import Fault, FaultProxy
from tests.journeys.clouds import forked_aws
from tests.journeys.program import Answer, Program, Running, git
from tests.journeys.world import NEAR, World

from .sweep import Sweep, Watch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

ODD = "say \"no\" to 'yes'\nzwölf Übel & 100 % 𝄞 \\ $HOME"
PEM = "\n".join(
    (
        "-----BEGIN " + "PRIVATE KEY-----",
        *(base64.b64encode(bytes(range(at, at + 48))).decode() for at in range(48, 168, 24)),
        "-----END " + "PRIVATE KEY-----",
    )
)
CANARIES = {
    "password": "kanarie-" + "Vogel!8831",
    "url-password": "gelb#Feder/42 %&x",
    "token": "tok-" + "Qw83hdkVpe71" + "Ln52xbqSe94",
    "json-field": "zwitscher=" + "Lied+5520",
    "odd": ODD,
    "pem": PEM,
    "file-token": "tok-" + "Hm66trwZya30" + "Cd18vfkUo27",
    "moved-token": "tok-" + "Bs47jgpXei85" + "Nu09lzqMa61",
    # Not a credential that is found, and a value all the same: a plan and a journal hold none.
    "harmless": "table-of-" + "Orders-7719",
}
FUNCTIONS: Mapping[str, Mapping[str, str]] = {
    "api": {
        "DB_PASSWORD": CANARIES["password"],
        "DATABASE_URL": f"postgresql://shop:{quote(CANARIES['url-password'], safe='')}"
        "@db.internal:5432/orders",
    },
    "mail": {
        "API_TOKEN": CANARIES["token"],
        "SMTP_LOGIN": json.dumps({"username": "shop", "password": CANARIES["json-field"]}),
    },
    "sign": {"MY_PASSWORD": ODD, "SIGNING_KEY": PEM},
}
# Lines of a PEM block that are no part of its value.
SWEEP = Sweep(
    {
        **{name: value for name, value in CANARIES.items() if name != "pem"},
        **{f"pem-{number}": line for number, line in enumerate(PEM.splitlines()[1:-1])},
    }
)


MISFORMED = """
import sys
from botocore.client import BaseClient
from botocore.exceptions import ParamValidationError
real = BaseClient._make_api_call
def call(self, operation, given):
    if operation == "{operation}":
        sys.stderr.write("refused " + operation + "\\n")
        raise ParamValidationError(report="value: " + repr(given))
    return real(self, operation, given)
BaseClient._make_api_call = call
"""


@dataclass
class Observed:
    """A program all of whose bytes are kept, and swept in the end."""

    program: Program
    world: World
    said: Path
    gits: Path
    proxy: FaultProxy
    answers: list[Answer] = field(default_factory=list)
    processes: list[bytes] = field(default_factory=list)

    def start(
        self, *arguments: str, env: Mapping[str, str] | None = None, anew: bool = False
    ) -> Running:
        """At its most talkative, in one form of the log after the other."""
        form = ("json", "text")[len(self.answers) % 2]
        return self.program.start(*arguments, "-vvv", "--log-format", form, env=env, anew=anew)

    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> Answer:
        return self.keep(self.start(*arguments, env=env))

    def run_watched(self, *arguments: str) -> Answer:
        """With a look at the processes that it starts, and at its own arguments."""
        running = self.start(*arguments, anew=True)
        watch = Watch(running.process.pid)
        watch.start()
        try:
            return self.keep(running)
        finally:
            self.processes.append(watch.stop())

    def keep(self, running: Running) -> Answer:
        answer = running.end()
        self.answers.append(answer)
        number = len(self.answers)
        (self.said / f"{number}.out").write_text(answer.out)
        (self.said / f"{number}.err").write_text(answer.err)
        return answer

    def swept(self) -> dict[str, list[str]]:
        """Everything that was written, said, or shown in the list of processes."""
        folders = (self.program.folder, self.said, self.gits)
        found = SWEEP.below(*folders)
        for number, content in enumerate(self.processes):
            if what := SWEEP.of(content):
                found[f"processes {number}"] = what
        return found


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The sample repository, which holds the values and is not swept."""
    where = tmp_path / "tree"
    where.mkdir()
    git(where, "init", "-q")
    (where / "settings.py").write_text(f"DB_PASSWORD = {CANARIES['password']!r}\n")
    (where / "deploy.pem").write_text(PEM + "\n")
    git(where, "add", ".")
    git(where, "commit", "-qm", "start")
    (where / "new.py").write_text(f"API_TOKEN = {CANARIES['file-token']!r}\n")
    return where


@pytest.fixture
def observed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Observed]:
    """The program before a cloud with functions, at its most talkative."""
    for name in [key for key in os.environ if key.startswith("AWS_")]:
        monkeypatch.delenv(name)
    said, gits, tools = tmp_path / "said", tmp_path / "gits", tmp_path / "tools"
    for folder in (said, gits, tools):
        folder.mkdir()
    # A git that first writes down how it was called.
    real = shutil.which("git")
    spy = tools / "git"
    spy.write_text(
        f'#!/bin/sh\ncat /proc/$$/cmdline /proc/$$/environ > {gits}/$$\nexec {real} "$@"\n'
    )
    spy.chmod(0o755)
    with forked_aws() as aws:
        for name, value in aws.environment.items():
            monkeypatch.setenv(name, value)
        world = World(aws, tmp_path)
        for name, secret in FUNCTIONS.items():
            world.function(name, secret, {"TABLE_NAME": CANARIES["harmless"]})
        with FaultProxy(aws.endpoint) as proxy:
            cloud = {
                name: proxy.endpoint if name.startswith("AWS_ENDPOINT_URL") else value
                for name, value in aws.environment.items()
            }
            cloud["PATH"] = f"{tools}:/usr/local/bin:/usr/bin:/bin"
            program = Program(tmp_path / "program", cloud)
            program.take_the_first_match()
            yield Observed(program, world, said, gits, proxy)
            program.close()


def plaintexts(world: World) -> set[str]:
    """Variables of the samples that are still there."""
    return {
        f"{name}.{variable}"
        for name, secret in FUNCTIONS.items()
        for variable in secret
        if variable in world.variables(name)
    }


@pytest.mark.timeout(400)
def test_journeys_that_go_well_leave_no_value_anywhere(observed, tree):
    run, world = observed.run, observed.world
    for form in ("table", "csv", "sarif", "junit"):
        assert observed.run_watched("scan", str(tree), "--aws", "--format", form).code == 1
    assert observed.run_watched("scan", str(tree), "--history").code == 1
    assert [path.name for path in observed.program.folder.rglob("searches.db")]
    assert run("baseline", str(tree), "--aws", "-o", "known.json").code == 0
    assert run("scan", str(tree), "--aws", "--baseline", "known.json").code == 0
    assert run("scan", str(tree), "--aws", "-o", "findings.json", "--format", "json").code == 1
    for options in (["-o", "plan.json"], ["--format", "json"]):
        assert run("plan", str(tree), "--aws", *options).code == 0
    busy = {"times": 2, "status": 400, "code": "ThrottlingException", "message": "slow down"}
    observed.proxy.faults += [Fault("CreateSecret", **busy), Fault("GetSecretValue", **busy)]
    migrated = observed.run_watched(
        "migrate", str(tree), "--aws", "--store-files", "--region", NEAR, "--yes", "--label", "all"
    )
    assert migrated.code == 0, migrated
    assert plaintexts(world) == set() and world.all_answer()
    for command in (["show", "last"], ["show", "last", "--format", "json"], ["runs"]):
        assert run(*command).code == 0
    assert run("resume", "last", "--yes").code == 0
    undone = run("undo", "last", "--yes")
    assert undone.code == 0, undone
    assert world.all_answer()
    assert run("undo", "last", "--yes").code == 0

    assert observed.swept() == {}
    calls = [file.read_bytes() for file in observed.gits.iterdir()]
    assert calls and not any(b"\0AWS_" in call for call in calls)
    key = world.aws.environment["AWS_SECRET_ACCESS_KEY"]
    operator = Sweep({"the operator's key": key})
    assert operator.below(observed.program.folder, observed.said, observed.gits) == {}
    plan = observed.program.here / "plan.json"
    assert stat.S_IMODE(plan.stat().st_mode) == 0o600
    # Nor does the log hold the statements of the database, and with them the plan.
    assert not any("INSERT INTO" in answer.err for answer in observed.answers)


@pytest.mark.timeout(400)
def test_journeys_that_fail_leave_no_value_anywhere(observed, tree, tmp_path):
    run, world = observed.run, observed.world
    faults = observed.proxy.faults
    assert run("plan", "--aws", "-o", "plan.json").code == 0

    # The SDK itself refuses, and quotes what it was given.
    patch = tmp_path / "patch"
    patch.mkdir()

    def misformed(operation: str) -> None:
        (patch / "sitecustomize.py").write_text(MISFORMED.format(operation=operation))
        failed = run("migrate", "--aws", "--yes", env={"PYTHONPATH": str(patch)})
        assert failed.code in (3, 70), (operation, failed)
        assert f"refused {operation}" in failed.err

    misformed("CreateSecret")

    # AWS refuses, and quotes what it was sent.
    for action, code, status in (
        ("CreateSecret", "InvalidRequestException", 400),
        ("PUT /2015-03-31/functions", "InvalidParameterValueException", 400),
        ("SimulatePrincipalPolicy", "AccessDenied", 403),
        ("PutRolePolicy", "MalformedPolicyDocument", 400),
        ("GetSecretValue", "DecryptionFailure", 400),
    ):
        quoted = "; ".join(CANARIES[name] for name in ("password", "token", "json-field"))
        fault = Fault(action, 9, status, code, f"1 validation error: value '{quoted}' is wrong")
        faults.append(fault)
        failed = run("migrate", "--aws", "--yes")
        assert failed.code == 3, (action, failed)
        assert fault.times < 9, f"{action} was not called"
        faults.remove(fault)
    misformed("UpdateFunctionConfiguration")
    assert run("undo", "last", "--yes").code == 0
    assert world.all_answer()

    # The world moved on since it was planned.
    world.edit("mail", lambda v: v.update({"API_TOKEN": CANARIES["moved-token"]}))
    assert run("migrate", "--plan", "plan.json", "--yes").code == 3

    # Files that are no plan, and settings that are none, with values where none belongs.
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    plan = json.loads((observed.program.here / "plan.json").read_text())
    token = CANARIES["token"]
    contents = {
        "no.json": token,
        "schema.json": json.dumps({**plan, "schema": token}),
        "more.json": json.dumps({**plan, "note": token}),
        "type.json": json.dumps({**plan, "functions": token}),
        "deep.json": json.dumps({**plan, "functions": [{"function": {"name": token}}]}),
    }
    for name, content in contents.items():
        (wrong / name).write_text(content)
        assert run("migrate", "--plan", str(wrong / name), "--yes").code == 2, name
    for number, line in enumerate(
        (f'[migrate]\nrecovery_days = "{token}"\n', f'[plan]\nkms_key = ["{token}"]\n', token)
    ):
        settings = wrong / f"{number}.toml"
        settings.write_text(line)
        assert run("scan", "--config", str(settings)).code == 2, number
    assert observed.swept() == {}


def test_a_crash_in_the_middle_leaves_no_value_and_no_core(observed):
    """Killed with a signal that makes others write their memory down, and ended by a defect."""
    world = observed.world
    reached, go = threading.Event(), threading.Event()

    def wait() -> None:
        reached.set()
        go.wait(60)

    observed.proxy.faults.append(Fault("CreateSecret", after=wait))
    running = observed.start("migrate", "--aws", "--yes")
    assert reached.wait(60)
    running.signal(signal.SIGABRT)
    crashed = observed.keep(running)
    go.set()
    assert crashed.code == -signal.SIGABRT

    patch = observed.said.parent / "patch"
    patch.mkdir()
    (patch / "sitecustomize.py").write_text(
        "from secretshift.changes.create_secret import CreateSecret\n"
        "def apply(self, ctx, intent):\n"
        f"    value = {CANARIES['token']!r}\n"
        "    try:\n"
        "        raise ValueError(value)\n"
        "    except ValueError as error:\n"
        "        raise RuntimeError('no place for ' + value) from error\n"
        "CreateSecret.apply = apply\n"
    )
    broken = observed.run("resume", "last", "--yes", env={"PYTHONPATH": str(patch)})
    assert broken.code == 70 and "RuntimeError" in broken.err, broken
    assert observed.run("resume", "last", "--yes").code == 0
    assert plaintexts(world) == set() and world.all_answer()
    assert observed.swept() == {}
    assert [p.name for p in observed.program.folder.rglob("core*") if p.is_file()] == []


# The sweep can fail


def test_the_sweep_finds_what_the_sdk_would_say(observed):
    """The program with the SDK's own log let through, and with a journal that tells too much."""
    patch = observed.said.parent / "patch"
    patch.mkdir()
    (patch / "sitecustomize.py").write_text(
        "import logging\n"
        "import secretshift.logs as logs\n"
        "import secretshift.clouds.aws.connections as connections\n"
        "logs.configure = lambda *given, **named: logging.basicConfig(level=1)\n"
        "connections.quiet_sdk_loggers = lambda: None\n"
        "from secretshift.state.journal import Journal\n"
        "write = Journal.write\n"
        "def telling(self, run, key, **more):\n"
        f"    write(self, run, key, **{{**more, 'error': {CANARIES['token']!r}.encode().hex()}})\n"
        "Journal.write = telling\n"
    )
    answer = observed.run(
        "migrate", "--aws", "--yes", "--only", "function:mail", env={"PYTHONPATH": str(patch)}
    )
    assert answer.code == 0, answer
    found = observed.swept()
    said = found[str(observed.said / "1.err")]
    assert {"token (plain)", "harmless (plain)"} <= set(said)
    journals = [what for file, what in found.items() if "/workspace/" in file]
    assert any("token (hex)" in what for what in journals), found


@pytest.mark.parametrize("form", ["plain", "url", "json", "repr", "hex", "utf-16"])
@pytest.mark.parametrize("name", CANARIES)
def test_the_sweep_finds_every_form(tmp_path, name, form):
    value = PEM.splitlines()[2] if name == "pem" else CANARIES[name]
    wanted = "pem-1" if name == "pem" else name
    planted = {
        "plain": value.encode(),
        "url": quote(value, safe="").encode(),
        "json": json.dumps({"outer": json.dumps({"inner": value})}).encode(),
        "repr": repr({"value": value}).encode(),
        "hex": value.encode().hex().encode(),
        "utf-16": value.encode("utf-16-le"),
    }[form]
    (tmp_path / "deep").mkdir()
    file = tmp_path / "deep" / "file.db-wal"
    file.write_bytes(b"\0junk" + planted + b"junk\xff")
    found = Sweep({wanted: value}).below(tmp_path)
    assert list(found) == [str(file)]
    assert all(what.startswith(wanted) for what in found[str(file)])
    assert SWEEP.of(file.read_bytes()), "and so does the sweep of the journeys"


@pytest.mark.parametrize("before", range(7))
@pytest.mark.parametrize("after", range(3))
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_the_sweep_finds_base64_wherever_the_value_begins(before, after, encode):
    for name, value in CANARIES.items():
        text = encode(b"x" * before + value.encode() + b"y" * after)
        assert Sweep({name: value}).of(b"<" + text + b">") == [f"{name} (base64)"]


def test_the_sweep_finds_a_value_in_the_name_of_a_file_and_in_a_child(tmp_path):
    value = CANARIES["token"]
    (tmp_path / f"cache-{value}").touch()
    assert list(Sweep({"token": value}).below(tmp_path).values()) == [["token (plain)"]]

    script = f"import subprocess; subprocess.run(['cat'], env={{'LEAK': {value!r}}})"
    process = subprocess.Popen(
        [sys.executable, "-c", "exec(input())"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    watch = Watch(process.pid)
    watch.start()
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(script.encode() + b"\nhere\n")
        process.stdin.flush()
        # Only the child answers: the script itself reads one line.
        deadline = time.monotonic() + 30
        while not (found := Sweep({"token": value}).of(watch.noted())):
            assert time.monotonic() < deadline
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
        watch.stop()
    assert found == ["token (plain)"]
