"""The labelled set: functions put together from groups of variables, and files.

Each part was written in a batch of its own, and put together from a seed of its own. The detector
was improved on "a". Then "b" was measured, and looked at only after that; then "c" and "d" in the
same way. Of "e" nothing but the totals was ever looked at. "f" and "g" were written by others, who
had not seen the program, and looked at only after they were measured.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from . import (
    quality_env_a,
    quality_env_b,
    quality_env_c,
    quality_env_d,
    quality_env_e,
    quality_env_f,
    quality_env_g,
    quality_files_a,
    quality_files_b,
    quality_files_c,
    quality_files_e,
    quality_files_f,
    quality_files_g,
)
from .quality_values import Made, Maker

PARTS: Final = ("a", "b", "c", "d", "e", "f", "g")
FUNCTIONS: Final = 170
"""Of each part."""
_SEEDS: Final = {
    "a": 20_241,
    "b": 77_003,
    "c": 40_417,
    "d": 91_552,
    "e": 63_800,
    "f": 58_217,
    "g": 36_905,
}
_GROUPS: Final = {
    "a": quality_env_a.GROUPS,
    "b": quality_env_b.GROUPS,
    "c": quality_env_c.GROUPS,
    "d": quality_env_d.GROUPS,
    "e": quality_env_e.GROUPS,
    "f": quality_env_f.GROUPS,
    "g": quality_env_g.GROUPS,
}
_FILES: Final = {
    "a": quality_files_a.FILES,
    "b": quality_files_b.FILES,
    "c": quality_files_c.FILES,
    "d": "",
    "e": quality_files_e.FILES,
    "f": quality_files_f.FILES,
    "g": quality_files_g.FILES,
}
"""Part d has functions only."""
_AMBIENT: Final = quality_env_b.AMBIENT.strip().splitlines()


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    made: Made


@dataclass(frozen=True, slots=True)
class Function:
    """A function's variables, by name."""

    name: str
    variables: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class File:
    path: str
    made: Made


def functions(part: str) -> list[Function]:
    """Each group of variables stands in some of them, beside others and under other habits of
    naming."""
    maker = Maker(_SEEDS[part])
    groups = _groups(_GROUPS[part])
    ambient = _AMBIENT[PARTS.index(part) % 2 :: 2]
    made: list[Function] = []
    queue: list[str] = []
    while len(made) < FUNCTIONS:
        if len(queue) < 3:
            names = list(groups)
            maker.random.shuffle(names)
            queue += names
        chosen = [queue.pop(0) for _ in range(maker.random.choice((1, 1, 2, 2, 3)))]
        rows = [row for name in dict.fromkeys(chosen) for row in groups[name]]
        rows += maker.random.sample(ambient, maker.random.randint(1, 5))
        habit = maker.random.choice(_HABITS)
        variables: dict[str, Variable] = {}
        for row in rows:
            name, _, value = row.partition(" = ")
            name = habit(name)
            variables[name] = Variable(name, maker.made(value))
        made.append(Function(f"{part}{len(made)}-{'+'.join(chosen)}", tuple(variables.values())))
    return made


def files(part: str) -> list[File]:
    maker = Maker(_SEEDS[part] + 1)
    parts = re.split(r"^=== (\S+)\n", _FILES[part].lstrip("\n"), flags=re.MULTILINE)[1:]
    return [
        File(path, maker.made(text)) for path, text in zip(parts[::2], parts[1::2], strict=True)
    ]


def _groups(text: str) -> dict[str, list[str]]:
    parts = re.split(r"^\[(\w+)\]\n", text.lstrip("\n"), flags=re.MULTILINE)[1:]
    return {
        name: list(_rows(rows)) for name, rows in zip(parts[::2], parts[1::2], strict=True)
    }  # fmt: skip


def _rows(text: str) -> Iterator[str]:
    return (row for row in text.splitlines() if row)


def _camel(name: str) -> str:
    first, *rest = name.lower().split("_")
    return first + "".join(word.title() for word in rest)


_HABITS: Final[tuple[Callable[[str], str], ...]] = (
    *[lambda name: name] * 8,
    lambda name: f"ORDERS_{name}",
    lambda name: f"{name}_PROD",
    lambda name: f"APP_{name}",
    str.lower,
    _camel,
)
