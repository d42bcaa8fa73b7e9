"""The detector: candidates from every engine, judged, one verdict a secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from secretshift.model.findings import Sighting, Verdict
from secretshift.model.secret_value import SecretValue

from .candidate import Candidate, Evidence, Place
from .engines.detect_secrets import DetectSecrets, Problem
from .engines.kingfisher import Kingfisher, Match
from .engines.own_rules import OwnRules
from .grammars import credential_files, kubernetes, lines, pem, placed
from .grammars.literals import Assignment
from .grammars.unwrap import unwrap
from .judge import judge
from .kinds import KindBook
from .looks import Look, look
from .merging import Judged, merged
from .names import Sense, sense
from .passwords import is_exact
from .paths import FileSense, file_sense

_NEARBY = 12
"""Assignments before and after that count as siblings of one in a file."""


_AROUND = 600
_REST = re.compile(r"[A-Za-z0-9_-]{0,400}")
"""Issuers lengthen their tokens: what goes on after a format still belongs to the token."""
_KEY_ID = re.compile(r"(?<![A-Z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Z0-9])")


class Detector:
    """Finds plaintext credentials in variables and in the text of files.

    Engines are loaded on first use. announce gets one sentence while the rules are compiled, which
    happens the first time on a machine. Safe to use from several threads. Raises UsageProblem for
    a rule file that cannot be taken.
    """

    def __init__(
        self,
        catalogue: KindBook,
        *,
        plugin_paths: Sequence[Path] = (),
        rule_paths: Sequence[Path] = (),
        announce: Callable[[str], None] | None = None,
    ) -> None:
        self._book = catalogue
        self._kingfisher = Kingfisher(announce)
        self._detect_secrets = DetectSecrets(plugin_paths)
        self._own_rules = OwnRules(rule_paths)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Plugins that could not be loaded or failed, with the reason."""
        return self._detect_secrets.problems

    def environment(self, variables: Mapping[str, SecretValue]) -> tuple[Verdict, ...]:
        """Verdicts on a function's variables, in their order; offsets are within the value."""
        texts = {name: value.reveal() for name, value in variables.items()}
        formats = self._formats_of(texts)
        result: list[Verdict] = []
        for name, text in texts.items():
            siblings = {other: value for other, value in texts.items() if other != name}
            found = list(self._of_variable(name, text, siblings, formats.get(name, ())))
            result.extend(replace(verdict, name=name) for verdict in merged(found))
        return tuple(result)

    def _of_variable(
        self, name: str, text: str, siblings: Mapping[str, str], formats: Iterable[Candidate]
    ) -> Iterator[Judged]:
        outer = Candidate(name, text, 0, len(text))
        parts = list(unwrap(outer))
        inner = {part.name: part.text for part in parts if part.name != name}
        around = {**siblings, **inner} if inner else siblings
        yield from self._judged(parts, around)
        yield from self._judged(self._prefixed(name, text), around)
        names_of = {part.text: part.name for part in parts}
        for match in formats:
            named = names_of.get(match.text, name)
            yield from self._judged((match.with_(name=named),), around)
        if text and len(text) <= 16384:
            for hit in self._detect_secrets.formats(text):
                at = text.find(hit.text)
                if at >= 0:
                    end = at + len(hit.text)
                    if not hit.custom:
                        end = _REST.match(text, end).end()  # type: ignore[union-attr]
                    yield from self._judged(
                        [
                            Candidate(
                                name, text[at:end], at, end, evidence=Evidence.FORMAT,
                                kind="generic-token",
                            )
                        ],
                        siblings,
                    )  # fmt: skip

    def _prefixed(self, name: str, text: str) -> Iterator[Candidate]:
        """A value that begins as an issuer's tokens do and goes on as if made by a machine."""
        kind = self._book.by_prefix(text)
        if kind is None or len(text) > 512:
            return
        prefix = max((p for p in kind.prefixes if text.startswith(p)), key=len, default="")
        if kind.family in ("crypto", "generic") and not prefix.endswith("_"):
            return
        start = len(prefix)
        if look(text[start:]) is Look.RANDOM:
            yield Candidate(name, text, 0, len(text), evidence=Evidence.FORMAT, kind=kind.id)

    def _formats_of(self, texts: Mapping[str, str]) -> dict[str, list[Candidate]]:
        """One pass of the rules over all variables, each on its own line under its name."""
        pieces: list[str] = []
        spans: list[tuple[str, int, int]] = []
        at = 0
        for name, text in texts.items():
            pieces.append(f"{name}={text}\n\n")
            spans.append((name, at + len(name) + 1, at + len(name) + 1 + len(text)))
            at += len(pieces[-1])
        found: dict[str, list[Candidate]] = {}
        for match in self._matches("".join(pieces)):
            for name, start, end in spans:
                if start <= match.start and match.end <= end:
                    if match.by_context and _is_a_piece(match, name, texts[name]):
                        continue
                    candidate = _candidate_of(match, name, Place.ENVIRONMENT, False, start)
                    if candidate is not None:
                        found.setdefault(name, []).append(candidate)
        return found

    def _matches(self, text: str) -> Iterator[Match]:
        yield from self._kingfisher.matches(text)
        yield from self._own_rules.matches(text)

    def text(self, path: str, text: str) -> tuple[Verdict, ...]:
        """Verdicts on a file's text, in the order of their offsets."""
        return tuple(merged(self._in_text(path, text)))

    def sightings(self, path: str, text: str) -> tuple[Sighting, ...]:
        """Everything in a file's text that any engine takes for a secret, for whoever has to hide
        it: overlapping spans are all there, and so is what a comment calls no secret. A telling
        name makes the literal beside it doubtful even where the judge took it for none."""
        unmarked = lines.without_marks(text)
        found = [
            Sighting(one.verdict.offset, one.verdict.end, one.verdict.secret)
            for one in self._in_text(path, unmarked)
        ]
        doubtful = self._candidates(unmarked, file_sense(path)) if text else ()
        return (*found, *(Sighting(one.start, one.end) for one in doubtful if one.name))

    def _in_text(self, path: str, text: str) -> list[Judged]:
        if not text:
            return []
        kind = file_sense(path)
        found = list(self._assigned(text, kind))
        found.extend(self._formatted(text, kind))
        found.extend(self._armoured(text, kind))
        found.extend(self._kept(path, text, kind))
        if self._detect_secrets.has_custom:
            found.extend(self._dropped_in(text, kind))
        return found

    def _candidates(self, text: str, file: FileSense) -> list[Candidate]:
        """Literals beside telling names, and addresses."""
        candidates: list[Candidate] = []
        lowered = lines.small(text)
        for begin, end in lines.telling_lines(text, lowered):
            here = [
                *lines.assignments(text, begin, end, file.place, file.markup),
                *lines.urls(text, begin, end),
            ]
            if not here or lines.is_ignored(text, begin, end):
                continue
            for item in here:
                candidates.append(
                    Candidate(
                        item.name, item.text, item.start, item.end, file.place,
                        quoted=item.quoted, example_path=file.example, compared=item.compared,
                    )
                )  # fmt: skip
        candidates.extend(self._placed(text, lowered, file))
        candidates.sort(key=lambda one: one.start)
        return candidates

    def _placed(self, text: str, lowered: str, file: FileSense) -> Iterator[Candidate]:
        """Literals whose place in a statement says what they are."""
        for begin, end, item in placed.assignments(text, lowered, file.place):
            if not lines.is_ignored(text, begin, end):
                yield Candidate(
                    item.name, item.text, item.start, item.end, file.place,
                    quoted=item.quoted, example_path=file.example,
                )  # fmt: skip

    def _assigned(self, text: str, file: FileSense) -> Iterator[Judged]:
        candidates = self._candidates(text, file)
        coded = list(kubernetes.values(text)) if file.place is not Place.CODE else []
        if coded:
            candidates = [
                *(one for one in candidates if not any(_meet(one, item) for item in coded)),
                *(
                    Candidate(
                        item.name, item.text, item.start, item.end, file.place,
                        quoted=True, example_path=file.example,
                    )
                    for item in coded
                ),
            ]  # fmt: skip
        has_key_id = "AKIA" in text or "ASIA" in text
        for position, candidate in enumerate(candidates):
            near = candidates[max(0, position - _NEARBY) : position + _NEARBY + 1]
            siblings = {other.name: other.text for other in near if other is not candidate}
            if has_key_id:
                around = text[max(0, candidate.start - _AROUND) : candidate.end + _AROUND]
                siblings.update((f"id {n}", key) for n, key in enumerate(_KEY_ID.findall(around)))
            yield from self._judged(_wrapped(candidate), siblings)

    def _formatted(self, text: str, file: FileSense) -> Iterator[Judged]:
        for match in self._matches(text):
            begin = text.rfind("\n", 0, match.start) + 1
            if lines.is_ignored(text, max(begin, match.start - 400), match.end):
                continue
            name = _name_before(text, begin, match.start)
            candidate = _candidate_of(match, name, file.place, file.example, 0)
            if candidate is not None:
                yield from self._judged((candidate,), {})

    def _armoured(self, text: str, file: FileSense) -> Iterator[Judged]:
        if pem.BEGIN not in text:
            return
        for found in pem.KEY_BLOCK.finditer(text):
            begin = text.rfind("\n", 0, found.start()) + 1
            if not pem.has_body(found[2]) or lines.is_ignored(text, begin, found.start()):
                continue
            yield from self._judged(
                [
                    Candidate(
                        _name_before(text, begin, found.start()), pem.real_lines(found[0]),
                        found.start(), found.end(), file.place, Evidence.PEM, "private-key",
                        example_path=file.example,
                    )
                ],
                {},
            )  # fmt: skip

    def _kept(self, path: str, text: str, file: FileSense) -> Iterator[Judged]:
        for item in credential_files.passwords(path, text):
            yield from self._judged(
                [
                    Candidate(
                        item.name, item.text, item.start, item.end, file.place, Evidence.PAIR,
                        example_path=file.example,
                    )
                ],
                {},
            )  # fmt: skip

    def _dropped_in(self, text: str, file: FileSense) -> Iterator[Judged]:
        seen: set[int] = set()
        for at in self._detect_secrets.custom_lines(text):
            begin = text.rfind("\n", 0, at) + 1
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            if (
                begin in seen
                or end - begin > lines.LONGEST_LINE
                or lines.is_ignored(text, begin, end)
            ):
                continue
            seen.add(begin)
            for hit in self._detect_secrets.custom(text[begin:end]):
                start = text.find(hit.text, begin, end)
                if start >= 0:
                    yield from self._judged(
                        [
                            Candidate(
                                _name_before(text, begin, start), hit.text, start,
                                start + len(hit.text), file.place, Evidence.FORMAT, "generic-token",
                                example_path=file.example,
                            )
                        ],
                        {},
                    )  # fmt: skip

    def _judged(
        self, candidates: Iterable[Candidate], siblings: Mapping[str, str]
    ) -> Iterator[Judged]:
        for candidate in candidates:
            verdict = judge(candidate, siblings, book=self._book)
            if verdict is not None:
                yield Judged(candidate, verdict)


def _wrapped(candidate: Candidate) -> Iterator[Candidate]:
    """What is inside; an address found in a line counts only for what it carries."""
    for part in unwrap(candidate):
        if part.name or part.evidence is not Evidence.NAME:
            yield part


def _meet(one: Candidate, item: Assignment) -> bool:
    return one.start < item.end and item.start < one.end


def _is_a_piece(match: Match, name: str, text: str) -> bool:
    """Whether the words around it made a rule match a part of what is one password."""
    return match.text != text.strip() and is_exact(Candidate(name, text), sense(name))


def _candidate_of(
    match: Match, name: str, place: Place, example: bool, base: int
) -> Candidate | None:
    """A format's match as a candidate. Where only the words around it matched, the name must not
    speak against it."""
    claim = sense(name)
    if match.by_context and claim.sense is Sense.HARMLESS:
        return None
    return Candidate(
        name, match.text, match.start - base, match.end - base, place,
        Evidence.FORMAT, "", rule=match.rule, example_path=example,
    )  # fmt: skip


def _name_before(text: str, begin: int, at: int) -> str:
    """The name to which the line assigns what stands at an offset, "" if it says none."""
    return lines.last_name(text[max(begin, at - 200) : at])
