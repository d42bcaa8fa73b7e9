"""What a function's process writes, complete at any moment."""

from __future__ import annotations

import os
import select
import threading
from typing import IO

_CHUNK = 65_536
_KEPT_BYTES = 1_048_576
_CHECK_MILLISECONDS = 500


class ProcessOutput:
    """Collects stdout and stderr of one process from one pipe.

    A process writes its lines before it reports its result, so when the result is here the lines
    are in the pipe: `take` empties the pipe itself and needs no waiting time. The thread only
    keeps the pipe from filling up while nobody asks. The oldest bytes go when more than 1 MiB
    are waiting.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._bytes = bytearray()
        self._ended = False
        os.set_blocking(stream.fileno(), False)
        self._thread = threading.Thread(target=self._pump, name="function-output", daemon=True)
        self._thread.start()

    def take(self) -> str:
        """Everything written since the last call."""
        with self._lock:
            self._empty_pipe()
            text = self._bytes.decode("utf-8", "replace")
            self._bytes.clear()
        return text.rstrip("\n")

    def close(self) -> None:
        """Stop reading; what was read can still be taken."""
        with self._lock:
            self._empty_pipe()
            self._end()
        if self._thread is not threading.current_thread():
            self._thread.join(1.0)

    def _pump(self) -> None:
        waiting = select.poll()
        waiting.register(self._stream.fileno(), select.POLLIN | select.POLLHUP)
        while not self._ended:
            if waiting.poll(_CHECK_MILLISECONDS):
                with self._lock:
                    self._empty_pipe()

    def _empty_pipe(self) -> None:
        while not self._ended:
            try:
                chunk = os.read(self._stream.fileno(), _CHUNK)
            except BlockingIOError:
                return
            except OSError:
                chunk = b""
            if not chunk:
                self._end()
                return
            self._bytes += chunk
            if len(self._bytes) > _KEPT_BYTES:
                del self._bytes[:-_KEPT_BYTES]

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._stream.close()
