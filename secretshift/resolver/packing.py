"""The archives that go to Lambda, the same bytes on every machine.

Lambda reports a layer's CodeSha256; it is compared with ours before a layer version is used
(Lambda API Reference, "LayerVersionContentOutput"). So nothing in an archive may depend on where
it was built: entries are sorted, carry no time, and are stored without compression, because
builds of zlib differ in what they produce.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from pathlib import Path
from typing import Literal

LAYER_NAME = "secretshift-resolver"
WRAPPER_PATH = "/opt/secretshift/wrapper"

ProbeFamily = Literal["python", "nodejs"]

_SOURCES = Path(__file__).parent
_LAYER_FILES = ("resolver.cjs", "resolver.py", "wrapper")
_PROBES: dict[ProbeFamily, str] = {"python": "probe.py", "nodejs": "probe.js"}
_EARLIEST_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


def layer_zip() -> bytes:
    """The layer; Lambda unpacks it under /opt."""
    return _archive({f"secretshift/{name}": _SOURCES / "layer" / name for name in _LAYER_FILES})


def layer_sha256() -> str:
    """The layer's digest in the form of Lambda's CodeSha256."""
    return base64.b64encode(hashlib.sha256(layer_zip()).digest()).decode("ascii")


def resolver_version() -> str:
    """A short name for exactly this layer, for descriptions and reports."""
    return hashlib.sha256(layer_zip()).hexdigest()[:12]


def probe_zip(family: ProbeFamily) -> tuple[bytes, str]:
    """The code of a probe function and its handler."""
    name = _PROBES[family]
    return _archive({name: _SOURCES / "probe" / name}), "probe.handler"


def _archive(files: dict[str, Path]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EARLIEST_TIME)
            entry.create_system = _UNIX
            mode = 0o755 if path.name == "wrapper" else 0o644
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()
