"""The embedded AWS's server process.

Called as `python -m secretshift.demo.server PORT [FOLDER [STRICTNESS]]`.

It binds a socket, prints `{"port": N}` as one line, serves until its standard input ends or it is
asked to terminate, and takes every function process with it.

The end of standard input stands for the death of the parent. Linux has PR_SET_PDEATHSIG for that,
but its signal also comes when the *thread* ends that started the process, and a terminal
interface starts the demo from a worker thread.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import resource
import shutil
import signal
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path

from secretshift.demo.strictness import USUAL, Strictness

MINISTACK_VERSION = "1.5.33"
HEALTH_PATH = "/_ministack/health"
FOLDER_PREFIX = "secretshift-aws-"

_GRACE_SECONDS = 2.0


def main() -> None:
    """Serve; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY hold the account's id and secret key.

    FOLDER, if given, is for this server's temporary files alone, and is gone afterwards.
    STRICTNESS is the JSON of a `Strictness`; without it the default holds.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What is imported stays; looking through it for unreachable circles would slow the start.
    gc.set_threshold(20_000, 10, 10)
    listener = _listen(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    port = listener.getsockname()[1]
    os.environ.update(_settings(port))
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)

    # Imported only now: MiniStack reads its settings from the environment while it is imported.
    from secretshift.demo import extensions

    extensions.apply(Strictness.from_json(sys.argv[3]) if len(sys.argv) > 3 else USUAL)
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()
    try:
        asyncio.run(_serve(listener))
    finally:
        # The parent does this too, unless it was killed.
        if len(sys.argv) > 2 and Path(sys.argv[2]).name.startswith(FOLDER_PREFIX):
            shutil.rmtree(sys.argv[2], ignore_errors=True)
        # The last act, for this process and every function process in its group.
        with suppress(ProcessLookupError):
            if os.getpgrp() == os.getpid():
                os.killpg(os.getpgrp(), signal.SIGKILL)


def _settings(port: int) -> dict[str, str]:
    return {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        # MiniStack prints what a function printed at INFO, and that may be anything.
        "LOG_LEVEL": "WARNING",
        # No such socket: MiniStack would remove its own containers from the operator's Docker.
        "DOCKER_HOST": "unix:///nonexistent/docker.sock",
    }


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        sys.exit(f"127.0.0.1:{port} cannot be used: {error.strerror}")
    listener.set_inheritable(False)
    return listener


async def _serve(listener: socket.socket) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app

    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.loglevel = "WARNING"
    config.keep_alive_timeout = 75
    config.graceful_timeout = _GRACE_SECONDS
    config.shutdown_timeout = _GRACE_SECONDS

    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)

    def watch_parent() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=watch_parent, name="watch-parent", daemon=True).start()
    await serve(app.app, config, shutdown_trigger=ended.wait)


if __name__ == "__main__":
    main()
