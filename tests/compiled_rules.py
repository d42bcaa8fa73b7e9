"""The compiled detection rules of this machine.

Compiling takes eight seconds of a processor for every home that has none, so it is done once
before the tests, and the homes that tests make get a copy, as if the program had run there before.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import kingfisher_sdk

from secretshift import catalogue
from secretshift.detection import sweep, sweep_expressions
from secretshift.detection.compiled import CASE_COUNTS, CASELESS, kept_at
from secretshift.detection.detector import Detector
from secretshift.detection.engines.kingfisher import which_rules

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
_RULES = "kingfisher/rule-cache"
_OURS = (kept_at(CASELESS, sweep_expressions.PATTERNS), kept_at(CASE_COUNTS, which_rules()))
"""Read before any test moves HOME."""


def compile_once() -> None:
    if not any((_CACHE / _RULES).glob("*")):
        kingfisher_sdk.Rules()
    if not all(path.is_file() for path in _OURS):
        sweep.Sweep(Detector(catalogue.load())).warm()


def lay_below(home: Path) -> None:
    """What an earlier run of the program leaves in a home."""
    if (_CACHE / _RULES).is_dir():
        shutil.copytree(_CACHE / _RULES, home / ".cache" / _RULES)
    for path in _OURS:
        if path.is_file():
            there = home / ".cache/secretshift" / path.name
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, there)
