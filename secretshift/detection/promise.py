"""In which order files are read, so that something is found soon."""

from __future__ import annotations

from typing import Final

from .candidate import Place
from .paths import file_form

_SETTINGS: Final = frozenset((
    "env", "yml", "yaml", "json", "toml", "ini", "cfg", "conf", "config", "cnf", "properties", "props",
    "xml", "tf", "tfvars", "hcl", "sh", "bash", "zsh", "ps1", "bat", "cmd", "pem", "key", "netrc",
    "plist", "http", "rest", "j2", "tpl", "template", "service",
))  # fmt: skip
_LOCKS: Final = (
    ".lock", "package-lock.json", "pnpm-lock.yaml", "go.sum", "npm-shrinkwrap.json", ".min.json",
)  # fmt: skip
_FOREIGN: Final = ("node_modules/", "vendor/", "third_party/")

MOST_PROMISING: Final = 0
"""What configures something, and what has no suffix, as a script or a dotfile."""
_PLAIN: Final = 1
"""Programs, and texts for people."""
_LEAST: Final = 2
"""What others wrote or a program did, and what is of no sort that is known: most often no text."""


def promise_of(path: str) -> int:
    """The lower, the sooner it is worth to be read. path: with ``/``."""
    lowered = path.lower()
    base = lowered.rpartition("/")[2]
    if base.endswith(_LOCKS) or lowered.startswith(_FOREIGN) or "/node_modules/" in lowered:
        return _LEAST
    suffix = base.rpartition(".")[2] if "." in base[1:] else ""
    if not suffix or suffix in _SETTINGS or base.startswith(".env"):
        return MOST_PROMISING
    return _LEAST if file_form(base).place is Place.SETTING else _PLAIN
