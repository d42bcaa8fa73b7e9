"""The engines that are measured: each gives the lines it complains of, and ours says how sure."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import kingfisher_sdk
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

from secretshift import catalogue
from secretshift.detection import Detector
from secretshift.model.secret_value import SecretValue

from .quality_set import File, Function

OURS: Final = "secretshift"


@dataclass(frozen=True, slots=True)
class Hit:
    """unit: the variable's number or the line, from 0; start, end: characters of the value or
    text where the engine says them, otherwise -1."""

    unit: int
    confidence: str
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Engine:
    name: str
    function: Callable[[Function], list[Hit]]
    file: Callable[[File], list[Hit]]


def engines() -> tuple[Engine, ...]:
    detector = Detector(catalogue.load())
    rules = kingfisher_sdk.Scanner(kingfisher_sdk.Rules())
    return (
        Engine(
            OURS,
            lambda function: _our_variables(detector, function),
            lambda file: _our_lines(detector, file),
        ),
        _line_engine("kingfisher's rules alone", lambda path, text: _rules(rules, text)),
        _line_engine("detect-secrets alone", _detect_secrets),
    )


def _our_variables(detector: Detector, function: Function) -> list[Hit]:
    numbers = {variable.name: n for n, variable in enumerate(function.variables)}
    values = {v.name: SecretValue(v.made.text) for v in function.variables}
    return [
        Hit(numbers[one.name], one.confidence.value, one.offset, one.end)
        for one in detector.environment(values)
    ]


def _our_lines(detector: Detector, file: File) -> list[Hit]:
    text = file.made.text
    return [
        Hit(text.count("\n", 0, one.offset), one.confidence.value, one.offset, one.end)
        for one in detector.text(file.path, text)
    ]


def _line_engine(name: str, lines: Callable[[str, str], Iterator[int]]) -> Engine:
    """An engine that knows files only: a function is a dotenv file to it, a variable a line."""

    def function(one: Function) -> list[Hit]:
        rows = [f"{v.name}={v.made.text}".replace("\n", "\\n") for v in one.variables]
        return [Hit(line, "any") for line in lines("function.env", "\n".join(rows) + "\n")]

    def file(one: File) -> list[Hit]:
        return [Hit(line, "any") for line in lines(one.path, one.made.text)]

    return Engine(name, function, file)


def _rules(scanner: kingfisher_sdk.Scanner, text: str) -> Iterator[int]:
    for found in scanner.scan(text.encode()):
        if found.visible:
            yield int(found.location["line"]) - 1


def _detect_secrets(path: str, text: str) -> Iterator[int]:
    with tempfile.TemporaryDirectory() as folder, default_settings():
        file = Path(folder, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        secrets = SecretsCollection(root=folder)
        secrets.scan_file(path)
        for _, one in secrets:
            yield one.line_number - 1
