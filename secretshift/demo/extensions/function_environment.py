"""The file tree and the variables of one execution environment.

Real Lambda gives each environment its own `/var/task` and `/opt`. Here many run side by side on
one machine, so each gets a folder of its own, and a variable whose value is a path under `/opt/`
or `/var/task/` names the place in that folder. A path that a layer's own script spells out
cannot be followed; `${0%/*}` and variables can.
AWS: "Defined runtime environment variables" (Lambda Developer Guide, configuration-envvars) and
"Accessing layer content from your function" (packaging-layers).
"""

from __future__ import annotations

import io
import os
import re
import secrets
import sys
import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ministack.core.lambda_runtime import _account_region_from_function_config

from secretshift.demo.extensions import function_identity

# Lambda sets these itself; CreateFunction and UpdateFunctionConfiguration refuse them.
RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)

# Variables that hold several paths or options, where a path may stand in the middle.
_LISTS = frozenset({"PATH", "PYTHONPATH", "NODE_PATH", "NODE_OPTIONS", "LD_LIBRARY_PATH"})
_IN_LIST = re.compile(r"(?<![\w./-])(/opt|/var/task)(?=/|:|$)")


@dataclass(frozen=True)
class Tree:
    """The folders of one environment: `task` stands for /var/task, `opt` for /opt."""

    root: Path
    task: Path
    opt: Path

    def place(self, path: str) -> str:
        """Where a path of Lambda's is here; any other text as it is."""
        for prefix, folder in (("/opt", self.opt), ("/var/task", self.task)):
            if path == prefix or path.startswith(f"{prefix}/"):
                return str(folder) + path[len(prefix) :]
        return path


def unpack(root: Path, code: bytes, layers: Iterable[bytes]) -> Tree:
    """Unpack the code and the layers, in their order: a later layer overwrites an earlier one."""
    tree = Tree(root, root / "task", root / "opt")
    tree.task.mkdir()
    tree.opt.mkdir()
    _extract(code, tree.task)
    for layer in layers:
        _extract(layer, tree.opt)
    return tree


def _extract(archive: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        for entry in packed.infolist():
            place = folder / entry.filename
            if not entry.is_dir() and place.is_file():
                place.unlink()
            # Path traversal is taken out by zipfile; the mode it does not restore.
            written = Path(packed.extract(entry, folder))
            mode = (entry.external_attr >> 16) & 0o777
            if mode:
                written.chmod(mode | (0o700 if entry.is_dir() else 0o600))


def variables(
    config: dict[str, Any], tree: Tree, *, runtime_api: str, stream: str
) -> dict[str, str]:
    """All variables of the function's process, and nothing of the server's own but PATH and LANG.

    config: the function's configuration; runtime_api: host:port; stream: its log stream's name.
    """
    runtime = str(config.get("Runtime", ""))
    name = str(config.get("FunctionName", ""))
    _, region = _account_region_from_function_config(config)
    logging = config.get("LoggingConfig") or {}
    own = (config.get("Environment") or {}).get("Variables") or {}
    found = {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": f"{tree.opt}/bin:{os.environ.get('PATH', os.defpath)}",
        # An SDK must not come upon the operator's own configuration files.
        "HOME": str(tree.root),
        **_search_paths(runtime, tree),
    }
    for key, value in own.items():
        if key not in RESERVED:
            found[key] = _placed(key, str(value), tree)
    found |= {
        "_HANDLER": str(config.get("Handler", "")),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": str(config.get("Version", "$LATEST")),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": str(logging.get("LogGroup") or f"/aws/lambda/{name}"),
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "LAMBDA_TASK_ROOT": str(tree.task),
        "LAMBDA_RUNTIME_DIR": str(tree.root),
        # Not Lambda's: what keeps the function's own calls inside the embedded cloud.
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_EC2_METADATA_DISABLED": "true",
        **function_identity.credentials(config),
    }
    if logging.get("LogFormat") == "JSON":
        found["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
    return found


def log_stream(version: str) -> str:
    """A log stream's name as Lambda writes it: one an execution environment."""
    return f"{time.strftime('%Y/%m/%d', time.gmtime())}/[{version}]{secrets.token_hex(16)}"


def _placed(key: str, value: str, tree: Tree) -> str:
    if key in _LISTS:
        return _IN_LIST.sub(lambda found: tree.place(found[1]), value)
    return tree.place(value)


def _search_paths(runtime: str, tree: Tree) -> dict[str, str]:
    paths = {}
    if (tree.opt / "lib").is_dir():
        paths["LD_LIBRARY_PATH"] = f"{tree.opt}/lib"
    if runtime.startswith("python"):
        declared = runtime.removeprefix("python")
        running = f"{sys.version_info.major}.{sys.version_info.minor}"
        folders = [f"{tree.opt}/python"]
        folders += [
            f"{tree.opt}/python/lib/python{version}/site-packages"
            for version in dict.fromkeys((declared, running))
        ]
        paths["PYTHONPATH"] = ":".join(folders)
    elif runtime.startswith("nodejs"):
        major = runtime.removeprefix("nodejs").partition(".")[0]
        paths["NODE_PATH"] = (
            f"{tree.opt}/nodejs/node{major}/node_modules:{tree.opt}/nodejs/node_modules"
        )
    return paths
