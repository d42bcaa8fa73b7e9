"""Looks for values in every form in which they could have been written somewhere."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

SHORTEST = 8
"""A fragment below this could stand somewhere by chance."""


def forms(value: str) -> dict[str, tuple[bytes, ...]]:
    """The name of each form, and how the value looks in it."""
    plain = value.encode()
    escaped = json.dumps(value)[1:-1]
    unicode = json.dumps(value, ensure_ascii=False)[1:-1]
    urls = {quote(value, safe=""), quote(value), quote_plus(value), quote(value, safe=":@/?&=")}
    return {
        "plain": (plain,),
        "url": _bytes(urls | {text.lower() for text in urls}),
        "base64": tuple(_base64(plain)),
        "json": _bytes({escaped, unicode, json.dumps(escaped)[1:-1], json.dumps(unicode)[1:-1]}),
        "repr": _bytes({repr(value)[1:-1], ascii(value)[1:-1], repr(plain)[2:-1]}),
        "hex": (plain.hex().encode(), plain.hex().upper().encode()),
        "utf-16": (value.encode("utf-16-le"),),
    }


def _bytes(texts: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in texts)


def _base64(plain: bytes) -> Iterator[bytes]:
    """For each of the three places in which it can begin, the part that its neighbours leave as
    it is; in both alphabets."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + plain)
        first = (0, 2, 3)[before]
        left = (before + len(plain)) % 3
        last = len(text) - (0, 3, 2)[left]
        yield text[first:last]
        yield text[first:last].translate(bytes.maketrans(b"+/", b"-_"))


class Sweep:
    """values: by a name that may be said. A value of several lines is also looked for line by
    line."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._needles: dict[bytes, str] = {}
        for name, value in values.items():
            lines = [line for line in value.splitlines() if len(line) >= SHORTEST]
            for piece in dict.fromkeys([value, *lines]):
                for form, needles in forms(piece).items():
                    for needle in needles:
                        if len(needle) >= SHORTEST:
                            self._needles.setdefault(needle, f"{name} ({form})")

    def of(self, content: bytes) -> list[str]:
        """Names and forms of what is in there; never a value."""
        return sorted({what for needle, what in self._needles.items() if needle in content})

    def below(self, *folders: Path) -> dict[str, list[str]]:
        """File -> what is in it or in its name, for every file there is."""
        found: dict[str, list[str]] = {}
        for folder in folders:
            for path in [folder, *folder.rglob("*")]:
                name = str(path).encode("utf-8", "surrogateescape")
                content = path.read_bytes() if path.is_file() else b""
                if what := self.of(name + b"\0" + content):
                    found[str(path)] = what
        return found


class Watch(threading.Thread):
    """Notes the arguments and the environment of every process below one while it runs, and its
    own arguments."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._over = threading.Event()
        self._parents: dict[int, int] = {}
        self.seen: dict[tuple[int, str], set[bytes]] = {}

    def run(self) -> None:
        self._note(self._pid, "cmdline")
        while not self._over.wait(0.01):
            for pid in _below(self._pid, self._parents):
                self._note(pid, "cmdline")
                self._note(pid, "environ")

    def _note(self, pid: int, what: str) -> None:
        try:
            content = Path(f"/proc/{pid}/{what}").read_bytes()
        except OSError:
            return
        # Between fork and exec a child still shows its parent's: both are kept.
        self.seen.setdefault((pid, what), set()).add(content)

    def stop(self) -> bytes:
        """What was noted, as one text to search."""
        self._over.set()
        self.join()
        return self.noted()

    def noted(self) -> bytes:
        return b"\0".join(text for texts in list(self.seen.values()) for text in list(texts))


def _below(pid: int, parents: dict[int, int]) -> set[int]:
    """parents: of each process that was there the last time; kept up to date here. No process
    becomes a child later on, so each is looked at once."""
    there = {int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()}
    for gone in parents.keys() - there:
        del parents[gone]
    for new in there - parents.keys():
        try:
            # The name in brackets may hold anything, so count from its end.
            stat = Path(f"/proc/{new}/stat").read_text().rpartition(")")[2]
            parents[new] = int(stat.split()[1])
        except (OSError, ValueError, UnicodeDecodeError, IndexError):
            continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}
