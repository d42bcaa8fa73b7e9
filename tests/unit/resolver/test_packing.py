"""The archives are the same bytes everywhere and hold what Lambda expects where it expects it."""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import re
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from secretshift.resolver import packing
from tests.unit.resolver.harness import LAYER, node_interpreters


def entries(data: bytes) -> dict[str, zipfile.ZipInfo]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {entry.filename: entry for entry in archive.infolist()}


def test_layer_holds_the_three_files_with_their_modes() -> None:
    found = {
        name: stat.S_IMODE(entry.external_attr >> 16)
        for name, entry in entries(packing.layer_zip()).items()
    }
    assert found == {
        "secretshift/resolver.cjs": 0o644,
        "secretshift/resolver.py": 0o644,
        "secretshift/wrapper": 0o755,
    }
    assert packing.WRAPPER_PATH == "/opt/" + "secretshift/wrapper"


def test_layer_does_not_depend_on_clock_order_or_the_files_times_and_modes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = packing.layer_zip()
    copy = tmp_path / "layer"
    copy.mkdir()
    for path in sorted(LAYER.glob("[rw]*"), reverse=True):
        (copy / path.name).write_bytes(path.read_bytes())
        (copy / path.name).chmod(0o600)
    monkeypatch.setattr(packing, "_SOURCES", tmp_path)
    monkeypatch.setattr(packing, "_LAYER_FILES", packing._LAYER_FILES[::-1])
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert packing.layer_zip() == first


def test_layer_is_stored_because_zlibs_differ() -> None:
    kinds = {entry.compress_type for entry in entries(packing.layer_zip()).values()}
    assert kinds == {zipfile.ZIP_STORED}


def test_layer_sha256_has_the_form_of_lambdas_code_sha256() -> None:
    digest = hashlib.sha256(packing.layer_zip()).digest()
    assert base64.b64decode(packing.layer_sha256()) == digest
    assert packing.resolver_version() == digest.hex()[:12]


@pytest.mark.parametrize(("family", "name"), [("python", "probe.py"), ("nodejs", "probe.js")])
def test_probe_has_its_handler_at_the_top(family: packing.ProbeFamily, name: str) -> None:
    data, handler = packing.probe_zip(family)
    assert list(entries(data)) == [name]
    assert handler == "probe.handler"
    assert data == packing.probe_zip(family)[0]


def sources() -> list[Path]:
    return [LAYER / "resolver.py", LAYER.parent / "probe" / "probe.py"]


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.name)
def test_what_runs_in_the_function_is_python_3_9_and_imports_only_its_library(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"), feature_version=(3, 9))
    imported = {
        alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {
        str(node.module).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
    }
    assert imported <= sys.stdlib_module_names
    # Each of these costs milliseconds of CPU at every cold start.
    assert not imported & {"http", "urllib", "random", "logging", "boto3", "botocore"}


def test_node_sources_require_only_built_in_modules() -> None:
    for path in (LAYER / "resolver.cjs", LAYER.parent / "probe" / "probe.js"):
        subprocess.run([node_interpreters()[0], "--check", str(path)], check=True)
        required = re.findall(r"require\('([^']+)'\)", path.read_text("utf-8"))
        assert required
        assert all(name.startswith("node:") for name in required)


def test_both_layers_carry_the_same_tables() -> None:
    """What is written down twice must not drift apart."""
    python, node = ((LAYER / name).read_text("utf-8") for name in ("resolver.py", "resolver.cjs"))
    words = r"COMP_WORDBREAKS.*?LAMBDA_TASK_ROOT"
    tables = [
        set(re.findall(r"[A-Z][A-Z0-9_]+|\b_\b", re.search(words, text, re.S)[0]))  # type: ignore[index]
        for text in (python, node)
    ]
    assert tables[0] == tables[1]
    codes = [set(re.findall(r"Failure\(['\"]([A-Za-z]+)['\"]", text)) for text in (python, node)]
    assert codes[0] == codes[1]
