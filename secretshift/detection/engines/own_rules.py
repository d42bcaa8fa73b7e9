"""Rules of one's own, compiled by kingfisher beside the built-in ones and matched in process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from secretshift.model.errors import Unavailable, UsageProblem

from ..grammars.telling import LONGEST_LINE
from .kingfisher import Match
from .rule_files import RuleFile, check_together, each_rule, files_of, read, unmet

if TYPE_CHECKING:
    import kingfisher_sdk


class OwnRules:
    """Reads, checks and compiles the files at once.

    Raises UsageProblem, naming file and rule, for what cannot be taken: a rule that is silently
    not there would make a clean result of what was never looked for. alone: what the files say of
    each other is not looked at. Safe to use from several threads.
    """

    def __init__(self, paths: Sequence[Path], *, alone: bool = False) -> None:
        self.files: tuple[RuleFile, ...] = tuple(read(path) for path in files_of(paths))
        check_together(self.files, alone=alone)
        self._scanner = _compiled(self.files) if self.files else None
        self._reaching = frozenset(
            rule.id for file in self.files for rule in file.rules if rule.over_lines
        )

    def scanner(self) -> kingfisher_sdk.Scanner | None:
        """For several threads at once; None where there is no file."""
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

    @property
    def has_reaching(self) -> bool:
        """Whether there are rules whose match may depend on more than a line."""
        return bool(self._reaching)

    def reach(self, data: bytes) -> bool:
        """Whether one of those matches whose match depends on more than a line, and of which that
        line alone tells nothing. Raises Unavailable."""
        alone: dict[bytes, set[tuple[str, str]]] = {}
        for finding in self._found(data):
            if finding.rule_id not in self._reaching:
                continue
            start, stop = finding.location["start_offset"], finding.location["end_offset"]
            floor, ceiling = max(0, start - LONGEST_LINE), min(len(data), stop + LONGEST_LINE)
            begin = data.rfind(b"\n", floor, start) + 1 or floor
            end = data.find(b"\n", stop, ceiling)
            line = data[begin : ceiling if end < 0 else end]
            if line not in alone:
                alone[line] = {(one.rule_id, one.secret) for one in self._found(line)}
            if (finding.rule_id, finding.secret) not in alone[line]:
                return True
        return False

    def _found(self, data: bytes, *, hidden: bool = False) -> list[kingfisher_sdk.Finding]:
        """hidden: with what rules match that only help others."""
        if self._scanner is None:
            return []
        try:
            findings = self._scanner.scan(data)
        except (RuntimeError, ValueError, TimeoutError):
            raise Unavailable(
                "The rules of one's own could not be run on a text", code="scan-failed"
            ) from None
        return [finding for finding in findings if hidden or finding.visible]

    def problems(self) -> Iterator[tuple[Path, str]]:
        """Rules that do not keep to their own examples: the file, and a sentence without them."""
        for file in self.files:
            found = {
                rule.id: [
                    frozenset(one.rule_id for one in self._found(text.encode(), hidden=True))
                    for text in (*rule.examples, *rule.negative_examples)
                ]
                for rule in file.rules
            }
            for sentence in unmet(file, found):
                yield file.path, sentence


def _compiled(files: Sequence[RuleFile]) -> kingfisher_sdk.Scanner:
    """Raises UsageProblem."""
    made = _scanner_of([file.path for file in files])
    if made is not None:
        return made
    for file in files:
        if _scanner_of([file.path]) is None:
            raise _uncompiled(file)
    where = ", ".join(str(file.path) for file in files)
    raise UsageProblem(
        "The rule files cannot be compiled together", resource=where, code="rules-file"
    )


def _scanner_of(paths: Sequence[Path], *, keep: bool = True) -> kingfisher_sdk.Scanner | None:
    """None where the engine does not take something of it. keep: what was compiled.

    confidence="low" takes every rule: with the engine's own default those marked low would be left
    out without a word.
    """
    import kingfisher_sdk

    try:
        rules = kingfisher_sdk.Rules([os.fspath(path) for path in paths], builtins=False,
                                     confidence="low", cache=keep)  # fmt: skip
        return kingfisher_sdk.Scanner(rules, base64=False)
    except (RuntimeError, ValueError, OSError):
        return None


def _uncompiled(file: RuleFile) -> UsageProblem:
    """Which rule it is, and what of it. What the engine says itself may quote the file."""
    for whole, what, hint in (
        (
            False,
            "has a pattern that cannot be compiled",
            "The engine knows neither looking around, (?=…) and (?<!…), nor \\1",
        ),
        (
            True,
            "holds something beside its pattern that cannot be taken",
            "Look at its validation and the types of its values",
        ),
    ):
        for rule, text in each_rule(file.path, whole=whole):
            if not _is_taken(text):
                where = str(file.path)
                return UsageProblem(
                    f"Rule {rule} {what}", resource=where, hint=hint, code="rules-file"
                )
    return UsageProblem(
        "The rule file cannot be compiled", resource=str(file.path), code="rules-file"
    )


def _is_taken(text: str) -> bool:
    """Whether the engine takes a file with this text."""
    with tempfile.TemporaryDirectory(prefix="secretshift-") as folder:
        path = Path(folder, "one.yml")
        path.write_text(text, "utf-8")
        return _scanner_of([path], keep=False) is not None
