"""Where a finding is, as SARIF says it."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import PurePath
from typing import Any, Final, assert_never
from urllib.parse import quote

from secretshift.model.findings import FileLocation, Finding, FunctionLocation, HistoryLocation
from secretshift.model.functions import LATEST
from secretshift.model.identity import name_of

from .terminal import safe

BASE: Final = "SRCROOT"
FUNCTIONS: Final = "FUNCTIONS"


class Places:
    """Locations of one run: gathers what their URIs are relative to, and counts what is alike.

    here: the current folder. Files below it are named from it, as in a job that works on a
    checkout; others from the root of their work tree or folder.
    """

    def __init__(self, here: PurePath) -> None:
        self._here = here
        self._ids: dict[str, str] = {}
        self._bases: dict[str, tuple[str, str]] = {}
        self._functions = False
        self._seen: Counter[str] = Counter()

    def told(self, finding: Finding) -> dict[str, Any]:
        """A SARIF location. A function has none in a file, which GitHub asks for, so that its path
        is made of its names."""
        location = finding.location
        match location:
            case FileLocation():
                base, path = self._file(location)
                return _physical(path, base, location.line, location.column)
            case HistoryLocation():
                base, path = self._file(location)
                return _physical(path, base, location.line, 1)
            case FunctionLocation():
                self._functions = True
                return {
                    **_physical(_function_path(location), FUNCTIONS, 1, 1),
                    "logicalLocations": [
                        {
                            "name": safe(location.variable),
                            "fullyQualifiedName": safe(
                                f"{location.cloud}:{location.account}:{location.region}:"
                                f"{location.function}:{location.qualifier}:{location.variable}"
                            ),
                            "kind": "variable",
                        }
                    ],
                }
            case _:
                assert_never(location)

    def fingerprint(self, finding: Finding) -> str:
        """The same on every machine and after lines have moved: it is made from place, kind, name
        and number, and from no value. Called once for each finding, in their order."""
        location = finding.location
        match location:
            case FileLocation():
                where = self._file(location)[1]
            case HistoryLocation():
                where = self._file(location)[1]
            case FunctionLocation():
                where = _function_path(location)
            case _:
                assert_never(location)
        seed = "\0".join((location.type, where, finding.kind, name_of(finding)))
        digest = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        self._seen[digest] += 1
        return f"{digest}:{self._seen[digest]}"

    def bases(self) -> dict[str, Any]:
        """What the ids of the locations so far stand for."""
        found: dict[str, Any] = {
            name: {"uri": _folder_uri(root)} for root, name in self._ids.items()
        }
        if self._functions:
            found[FUNCTIONS] = {
                "description": {"text": "No folder: a path is cloud, account, region and function."}
            }
        return found

    def _file(self, location: FileLocation | HistoryLocation) -> tuple[str, str]:
        path = location.path
        if isinstance(location, HistoryLocation) and not path:
            path = location.blob
        name, below = self._base(location.root)
        return name, uri_path(below + path)

    def _base(self, root: str) -> tuple[str, str]:
        """The id of what a path of this root is told from, and what comes before it."""
        if root not in self._bases:
            whole, below = PurePath(root), ""
            if whole.is_relative_to(self._here):
                below = whole.relative_to(self._here).as_posix()
                whole, below = self._here, "" if below == "." else f"{below}/"
            number = len(self._ids) + 1
            first = BASE if number == 1 else f"{BASE}-{number}"
            self._bases[root] = self._ids.setdefault(str(whole), first), below
        return self._bases[root]


def _function_path(location: FunctionLocation) -> str:
    """``aws/123456789012/eu-west-1/pay/3``; $LATEST, which is the function itself, is left out."""
    parts = [location.cloud, location.account, location.region, location.function]
    if location.qualifier != LATEST:
        parts.append(location.qualifier)
    return "/".join(uri_path(part).replace("/", "%2F") for part in parts)


def _physical(path: str, base: str, line: int, column: int) -> dict[str, Any]:
    """The region is one character: where it ends would tell how long the value is."""
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": path, "uriBaseId": base},
            "region": {
                "startLine": line,
                "startColumn": column,
                "endLine": line,
                "endColumn": column + 1,
            },
        }
    }


def uri_path(path: str) -> str:
    """Percent-encoded. A byte that is no UTF-8 stays that byte."""
    try:
        content = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        content = path.encode("utf-8", "backslashreplace")
    return quote(content, safe="/~")


def _folder_uri(root: str) -> str:
    return f"file://{uri_path(root if root.startswith('/') else f'/{root}').rstrip('/')}/"
