"""Builds the native part of the search of histories, where there is a compiler for C.

Without one everything works the same, and a first search of a long history takes longer.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path("secretshift/history/_native.c")
BUILT = SOURCE.with_name("_native.abi3.so")


class NativePart(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def initialize(self, _version: str, build_data: dict[str, Any]) -> None:
        made = built(Path(self.root))
        if made is None:
            self.app.display_info("Built without its native part: there is no compiler for C")
            return
        build_data["artifacts"].append(f"/{BUILT}")
        build_data["pure_python"] = False
        build_data["infer_tag"] = True


def built(root: Path) -> Path | None:
    """What was built, whole or not at all; None where it cannot be."""
    compiler = (
        os.environ.get("CC", "").split()
        or [name for name in ("cc", "gcc", "clang") if shutil.which(name)][:1]
    )
    target = root / BUILT
    target.unlink(missing_ok=True)
    if not compiler:
        return None
    source = root / SOURCE
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    linking = (
        ["-bundle", "-undefined", "dynamic_lookup"] if sys.platform == "darwin" else ["-shared"]
    )
    made = target.with_suffix(f".{os.getpid()}.tmp")
    try:
        subprocess.run(
            [
                *compiler, "-O2", "-std=c11", "-fPIC", *linking, f'-DNATIVE_SOURCE="{digest}"',
                f"-I{sysconfig.get_path('include')}", str(source), "-o", str(made),
            ],
            check=True,
            capture_output=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        # No headers of Python, most often.
        made.unlink(missing_ok=True)
        return None
    return made.replace(target)
