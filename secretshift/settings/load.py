"""From a TOML file to the settings, refusing whatever is not understood."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ..model.confidence import Confidence
from ..model.errors import UsageProblem
from .keys import ANY_NAME, KEYS, Form, Key, called
from .looking import OWN_FILE, SHARED_FILE, there
from .types import (
    AwsSettings,
    CatalogueSettings,
    FunctionSettings,
    MigrateSettings,
    OwnFile,
    PlanSettings,
    ScanSettings,
    Settings,
    TuiSettings,
    VerifySettings,
)

TUI: Final = "tui"
MAX_BYTES: Final = 1024 * 1024

_BY_NAME: Final = {key.name: key for key in KEYS}
_TABLES: Final = tuple(dict.fromkeys(key.name.partition(".")[0] for key in KEYS))


def load(config: Path | None, cwd: Path, own: Path | None = None) -> Settings:
    """The settings of the file that was named, or of the project in cwd; defaults if there is none.

    own: the user's own file, of which [tui] is taken where the project's file says nothing. cwd is
    looked at itself, not its parents, and never a tree that is only scanned. Raises UsageProblem
    for a file that is not there or no TOML, for unknown keys and wrong values (with the nearest
    key, without quoting text), and where both files of cwd hold settings.
    """
    mine: Mapping[str, Any] = {}
    read: OwnFile | None = None
    if own is not None:
        content = _content(own) if there(own) else None
        read = OwnFile(own, stamp(content))
        mine = {} if content is None else own_values(own, content)
    path, table, named = _of_project(config, cwd)
    if path is None:
        return Settings(tui=TuiSettings(**mine), own=read)
    return replace(_Reader(path, named=named).settings(table, mine), own=read)


def stamp(content: bytes | None) -> str:
    """A digest of a file's content, "" where there is none."""
    if content is None:
        return ""
    import hashlib  # as below, for whoever has no file of settings

    return hashlib.sha256(content).hexdigest()


def own_values(path: Path, content: bytes) -> Mapping[str, Any]:
    """[tui] of the user's own file, which holds nothing else. Raises UsageProblem."""
    return _Reader(path, named=True).tui_alone(_parsed(path, content))


def _of_project(config: Path | None, cwd: Path) -> tuple[Path | None, Mapping[str, object], bool]:
    """The project's file, its table, and whether the person named it."""
    if config is not None:
        path = config if config.is_absolute() else cwd / config
        return path, _table_of(path) or {}, True
    found = [(p, t) for p in (cwd / OWN_FILE, cwd / SHARED_FILE) if (t := _found(p)) is not None]
    if len(found) > 1:
        raise UsageProblem(
            f"Both {OWN_FILE} and {SHARED_FILE} hold settings",
            resource=str(cwd),
            hint=f"Keep them in one: remove [tool.secretshift] from {SHARED_FILE}, or {OWN_FILE}",
        )
    return (*found[0], False) if found else (None, {}, False)


def _found(path: Path) -> Mapping[str, object] | None:
    return _table_of(path) if there(path) else None


def _table_of(path: Path) -> Mapping[str, object] | None:
    whole = _parsed(path, _content(path))
    if path.name != SHARED_FILE:
        return whole
    tool = whole.get("tool")
    table = tool.get("secretshift") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise UsageProblem(
            f"tool.secretshift must be a table, not {called(table)}", resource=str(path)
        )
    return table


def _parsed(path: Path, content: bytes) -> Mapping[str, object]:
    import tomllib  # the first screen is painted sooner where there is no such file

    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UsageProblem("The settings are not UTF-8", resource=str(path)) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = re.search(r"\(at line (\d+), column (\d+)\)$", str(error))
        where = f" (line {at[1]}, column {at[2]})" if at else ""
        raise UsageProblem(f"The settings are no TOML{where}", resource=str(path)) from None


def _what_is_there(path: Path) -> str:
    """Instead of a file."""
    if path.is_dir():
        return "The settings are a folder, and no file"
    if path.is_symlink() and not path.exists():
        return "The settings are a link to what is not there"
    if path.exists():
        return "The settings are no regular file"
    return "There is no such file of settings"


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise UsageProblem(_what_is_there(path), resource=str(path))
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError:
        raise UsageProblem("The settings cannot be read", resource=str(path)) from None
    if len(content) > MAX_BYTES:
        raise UsageProblem("The settings are over 1 MiB", resource=str(path))
    return content


def _merged(mine: Mapping[str, Any], of_project: Mapping[str, Any]) -> dict[str, Any]:
    """The project's file wins. It may come from somebody else, so that what protects is only
    added to: it switches no protection off."""
    merged = {**mine, **of_project}
    if "reveal_seconds" in merged:
        asked = (table.get("reveal_seconds") for table in (mine, of_project))
        merged["reveal_seconds"] = min(seconds for seconds in asked if seconds is not None)
    if "read_only" in merged:
        merged["read_only"] = bool(mine.get("read_only") or of_project.get("read_only"))
    if "production" in merged:
        accounts = (*mine.get("production", ()), *of_project.get("production", ()))
        merged["production"] = tuple(dict.fromkeys(accounts))
    if "keys" in merged:
        merged["keys"] = MappingProxyType({**mine.get("keys", {}), **of_project.get("keys", {})})
    return merged


class _Reader:
    """Takes the table of one file apart."""

    def __init__(self, path: Path, *, named: bool) -> None:
        self._path = path
        self._named = named

    def tui_alone(self, table: Mapping[str, object]) -> Mapping[str, Any]:
        for name in table:
            if name in _TABLES and name != TUI:
                raise UsageProblem(
                    f"The user's own settings hold [{TUI}] only, not {name}",
                    resource=str(self._path),
                    hint=f"Put it into the {OWN_FILE} of the project",
                    code="unknown-setting",
                )
            if name != TUI:
                raise self._unknown(name)
        return self._values(TUI, TUI, table.get(TUI, {}))

    def settings(self, table: Mapping[str, object], mine: Mapping[str, Any]) -> Settings:
        """mine: [tui] of the user's own file."""
        for name in table:
            if name not in _TABLES:
                raise self._unknown(name)
        values = {
            name: self._values(name, name, table.get(name, {}))
            for name in _TABLES
            if name != "functions"
        }
        if "keys" in values[TUI] and not self._named:
            raise UsageProblem(
                "Keys of a project are taken only if you named its file",
                resource=str(self._path),
                hint=f"Name it with --config {self._path.name}, or put [tui.keys] into your own "
                "file of settings",
            )
        if values["verify"] and not self._named:
            raise UsageProblem(
                "Whom --verify asks is taken only from a file that you named",
                resource=str(self._path),
                hint=f"Name it with --config {self._path.name}, or take [verify] out",
            )
        confidence = values["plan"].pop("min_confidence", None)
        if confidence is not None:
            values["plan"]["min_confidence"] = Confidence(confidence)
        return Settings(
            scan=ScanSettings(**values["scan"]),
            aws=AwsSettings(**values["aws"]),
            plan=PlanSettings(**values["plan"]),
            migrate=MigrateSettings(**values["migrate"]),
            catalogue=CatalogueSettings(**values["catalogue"]),
            verify=VerifySettings(**values["verify"]),
            functions=self._functions(table.get("functions", {})),
            tui=TuiSettings(**_merged(mine, values[TUI])),
            of_project=frozenset(values[TUI]),
            file=self._path,
            named=self._named,
        )

    def _values(self, name: str, form: str, table: object) -> dict[str, Any]:
        """name: of the table as it was written; form: as the list of keys writes it."""
        if not isinstance(table, Mapping):
            raise self._problem(f"{name} must be a table, not {called(table)}")
        values = {}
        for last, value in table.items():
            key = _BY_NAME.get(f"{form}.{last}")
            if key is None:
                raise self._unknown(f"{name}.{last}", form)
            why = key.problem(value)
            if why:
                raise self._problem(f"{name}.{last} {why}")
            values[last] = self._taken(key, f"{name}.{last}", value)
        return values

    def _taken(self, key: Key, name: str, value: Any) -> Any:
        if key.form is Form.TEXTS:
            return tuple(value)
        if key.form is Form.PATH:
            return self._file(name, value)
        if key.form is Form.PATHS:
            return tuple(self._file(name, item) for item in value)
        if key.form is Form.TABLE_OF_TEXT:
            return MappingProxyType(dict(value))
        if key.form is Form.TABLE:
            try:
                return json.dumps(value, allow_nan=False)
            except (TypeError, ValueError):
                raise self._problem(f"{name} holds something that JSON does not know") from None
        return value

    def _functions(self, table: object) -> Mapping[str, FunctionSettings]:
        if not isinstance(table, Mapping):
            raise self._problem(f"functions must be a table, not {called(table)}")
        functions = {}
        for function, own in table.items():
            name = f"functions.{json.dumps(function)}"
            functions[function] = FunctionSettings(**self._values(name, ANY_NAME, own))
            if len(own) > 1:
                raise self._problem(f"{name} must have test_event or test_event_file, not both")
        return MappingProxyType(functions)

    def _file(self, name: str, text: str) -> Path:
        """Relative to the file of settings. One that was not named reaches nothing outside."""
        folder = self._path.parent
        path = folder / text
        try:
            inside = path.resolve().is_relative_to(folder.resolve())
        except (OSError, ValueError, RuntimeError):
            raise self._problem(f"{name} holds a path that cannot be looked at") from None
        if not self._named and not inside:
            raise UsageProblem(
                f"{name} leads out of the project",
                resource=str(self._path),
                hint=f"Name the settings yourself: --config {self._path.name}",
            )
        return path

    def _problem(self, what: str) -> UsageProblem:
        return UsageProblem(what, resource=str(self._path))

    def _unknown(self, name: str, form: str = "") -> UsageProblem:
        known = [*_TABLES, *(k for k in _BY_NAME if not k.startswith(ANY_NAME))]
        if form == ANY_NAME:
            parent = name.rpartition(".")[0]
            known = [f"{parent}{k.removeprefix(ANY_NAME)}" for k in _BY_NAME if k.startswith(form)]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        plain = "".join(c if c.isprintable() else "�" for c in name)[:200]
        return UsageProblem(
            f"There is no setting {plain}",
            resource=str(self._path),
            hint=f"Did you mean {near[0]}?" if near else "Known tables: " + ", ".join(_TABLES),
            code="unknown-setting",
        )
