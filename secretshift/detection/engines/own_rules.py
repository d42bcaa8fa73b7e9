"""Rules of one's own, compiled by kingfisher beside the built-in ones and matched in process."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from secretshift.model.errors import Unavailable, UsageProblem

from .kingfisher import Match
from .rule_files import RuleFile, check_together, files_of, read, unmet

if TYPE_CHECKING:
    import kingfisher_sdk


class OwnRules:
    """Reads and checks the files at once, compiles them when the first text comes.

    Raises UsageProblem for a file that cannot be taken: a rule that is silently not there would
    make a clean result of what was never looked for. alone: what the files say of each other is
    not looked at. Safe to use from several threads.
    """

    def __init__(self, paths: Sequence[Path], *, alone: bool = False) -> None:
        self.files: tuple[RuleFile, ...] = tuple(read(path) for path in files_of(paths))
        check_together(self.files, alone=alone)
        self._lock = threading.Lock()
        self._scanner: kingfisher_sdk.Scanner | None = None

    def scanner(self) -> kingfisher_sdk.Scanner:
        """Raises UsageProblem, naming the file, where the engine cannot compile a rule."""
        with self._lock:
            if self._scanner is None:
                self._scanner = compiled([file.path for file in self.files])
            return self._scanner

    def matches(self, text: str) -> Iterator[Match]:
        """Every match, in the order the engine reports them. Raises Unavailable."""
        data = text.encode("utf-8", "replace")
        for finding in self._found(data):
            place, secret = finding.location, finding.secret
            start = len(data[: place["start_offset"]].decode("utf-8", "ignore"))
            if text[start : start + len(secret)] != secret:
                start = text.find(secret, max(0, start - 8), start + 8 + len(secret) * 2)
                if start < 0:
                    continue
            yield Match(finding.rule_id, secret, start, start + len(secret), False)

    def points(self, data: bytes) -> Iterator[int]:
        """Offsets in bytes at which a rule matches. Raises Unavailable."""
        for finding in self._found(data):
            yield finding.location["start_offset"]

    def _found(self, data: bytes) -> list[kingfisher_sdk.Finding]:
        if not self.files:
            return []
        try:
            findings = self.scanner().scan(data)
        except (RuntimeError, ValueError, TimeoutError):
            raise Unavailable(
                "The rules of one's own could not be run on a text", code="scan-failed"
            ) from None
        return [finding for finding in findings if finding.visible]

    def problems(self) -> Iterator[tuple[Path, str]]:
        """Rules that do not keep to their own examples: the file, and a sentence without them."""
        for file in self.files:
            scanner = self.scanner()
            found = {
                rule.id: [
                    frozenset(one.rule_id for one in scanner.scan(text.encode()))
                    for text in (*rule.examples, *rule.negative_examples)
                ]
                for rule in file.rules
            }
            for sentence in unmet(file, found):
                yield file.path, sentence


def compiled(paths: Sequence[Path]) -> kingfisher_sdk.Scanner:
    """confidence="low" takes every rule: with the engine's own default those marked low would be
    left out without a word."""
    import kingfisher_sdk

    try:
        rules = kingfisher_sdk.Rules([os.fspath(path) for path in paths], builtins=False,
                                     confidence="low")  # fmt: skip
        return kingfisher_sdk.Scanner(rules, base64=False)
    except (RuntimeError, ValueError, OSError):
        bad = _the_bad_one(paths) if len(paths) > 1 else str(paths[0])
        raise UsageProblem(
            "The rule file cannot be compiled",
            resource=bad,
            hint="Look at its patterns, its validation and the types of its values",
            code="rules-file",
        ) from None


def _the_bad_one(paths: Sequence[Path]) -> str:
    for path in paths:
        try:
            compiled([path])
        except UsageProblem:
            return str(path)
    return ", ".join(str(path) for path in paths)
