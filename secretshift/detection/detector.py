"""The detector: candidates from every engine, judged, one verdict a secret."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from secretshift.model.findings import Sighting, Verdict
from secretshift.model.secret_value import SecretValue

from .candidate import Candidate, Evidence, Place
from .engines.detect_secrets import DetectSecrets
from .engines.drop_ins import one_line
from .engines.failures import Problem
from .engines.issuers_look import IssuersLook
from .engines.kingfisher import Kingfisher, Match
from .engines.marks_look import MarksLook
from .engines.own_rules import OwnRules
from .engines.pieces import MOST_RAW, Ration
from .engines.watch import Watch
from .grammars import credential_files, issued, pem
from .grammars.lines import last_name
from .grammars.pragmas import is_ignored, without_marks
from .grammars.telling import LONGEST_LINE, around_telling
from .grammars.unwrap import unwrap
from .judge import judge
from .kinds import KindBook
from .late import late
from .looks import Look, look
from .merging import Judged, merged
from .named_places import MOST, in_line, named, with_siblings
from .names import Sense, sense
from .passwords import is_exact
from .paths import FileSense, file_sense
from .short_values import is_too_short
from .values import is_public_jwk

LEFT_OUT: Final = (
    f"It holds more than {MOST:,} places that could be credentials; the rest was not judged"
)
_PART: Final = 600
"""Characters from which on a line that was cut out of a long one is a long one itself."""
_MOST_OF_A_VARIABLE: Final = 16_384
_SURE: Final = 2
"""The strength of a name under which almost every value is a credential."""
_REST = late(r"[A-Za-z0-9_-]{0,400}")
"""Issuers lengthen their tokens: what goes on after a format still belongs to the token."""
_ARN: Final = late(r"arn:aws[a-z-]{0,12}:[a-z0-9-]{2,40}:[a-z0-9-]{0,20}:\d{0,12}:\S{1,1000}")
"""What a name of a resource holds is none, whatever it looks like."""
_NUMBERED: Final = late(r"(?:[a-z]{2,3}\d?-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What some issuers put behind their prefix: a UUID, after the region that it is of."""


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
        watch: Watch | None = None,
    ) -> None:
        """watch: over detectors of the user's; None lets them take as long as they want."""
        self._book = catalogue
        self._kingfisher = Kingfisher(announce)
        self._issuers_look = IssuersLook()
        self._marks_look = MarksLook()
        self._detect_secrets = DetectSecrets(plugin_paths, watch)
        self._left: dict[str, str] = {}
        self._own_rules = OwnRules(rule_paths)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Plugins that could not be loaded or failed, with the reason."""
        return self._detect_secrets.problems

    @property
    def not_asked(self) -> tuple[str, ...]:
        """What plugins were not asked of, in sentences."""
        return self._detect_secrets.not_asked(LONGEST_LINE)

    @property
    def asks_others(self) -> bool:
        """Whether detectors of the user's are asked as well."""
        return self._detect_secrets.has_custom

    def failures_taken(self) -> list[tuple[str, str, int]]:
        """What plugins failed on since this was asked last, for whoever counts it himself: plugin,
        kind and number. It is none of the problems any more."""
        return self._detect_secrets.failures_taken()

    def load(self) -> None:
        """The rules now, for whoever will share them with other processes. Raises Unavailable."""
        self._kingfisher.load()
        self._issuers_look.load()
        self._marks_look.load()

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
        if is_public_jwk(text) or _ARN.fullmatch(text) is not None:
            return
        outer = Candidate(name, text, 0, len(text))
        parts = list(unwrap(outer))
        inner = {part.name: part.text for part in parts if part.name != name}
        around = {**siblings, **inner} if inner else siblings
        yield from self._judged(parts, around)
        yield from self._judged(self._prefixed(name, text), around)
        for start, end, told in issued.tokens(text[:_MOST_OF_A_VARIABLE]):
            token = text[start:end]
            kind = told or self._kind_of(token)
            candidate = Candidate(name, token, start, end, evidence=Evidence.FORMAT, kind=kind)
            yield from self._judged([candidate], around)
        names_of = {part.text: part.name for part in parts}
        for match in formats:
            named = names_of.get(match.text, name)
            yield from self._judged((match.with_(name=named),), around)
        if text and len(text) <= _MOST_OF_A_VARIABLE:
            for hit in self._detect_secrets.formats(text, name):
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
        if look(text[start:]) is Look.RANDOM or _NUMBERED.fullmatch(text, start) is not None:
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

    def _matches(self, text: str, ration: Ration | None = None) -> Iterator[Match]:
        yield from self._kingfisher.matches(text, ration)
        yield from self._own_rules.matches(text)

    def format_points(self, data: bytes, *, hurry: bool = True) -> Iterator[int]:
        """Offsets in bytes at which a format or a drop-in detector matches; data: any encoding;
        hurry: whether something in it makes the rules slow."""
        yield from self._kingfisher.points(data, hurry=hurry)
        yield from self._own_rules.points(data)
        if self._detect_secrets.has_custom:
            # One byte is one character, so that offsets are the same.
            text = data.decode("latin-1")
            lines = list(self._detect_secrets.custom_lines(text))
            self._detect_secrets.count_long(lines, text, LONGEST_LINE)
            yield from lines

    @property
    def has_reaching_rules(self) -> bool:
        """Whether there are rules of the user's that may depend on more than a line."""
        return self._own_rules.has_reaching

    def rules_reach(self, data: bytes) -> bool:
        """Whether a rule of the user's matches that depends on more than a line, so that a text has
        to be judged as a whole. data: any encoding. Raises Unavailable."""
        return self._own_rules.reach(data)

    def text(self, path: str, text: str, *, either: bool = False) -> tuple[Verdict, ...]:
        """Verdicts on a file's text, in the order of their offsets. either: where the
        path is that of an example, take in as well what counts only where it is none."""
        found = self._in_text(path, text, MOST, either=either)
        self._left.pop(path, None)
        if found.left:
            self._left[path] = LEFT_OUT
        return tuple(merged(found.judged))

    def amid(self, path: str, part: str, *, either: bool = False) -> tuple[Verdict, ...]:
        """Verdicts on a part of a line without an end, as ``text`` reads such a line."""
        return tuple(merged(self._in_text(path, part, MOST, _PART, either=either).judged))

    def assigned(self, path: str, line: str, *, either: bool = False) -> tuple[Verdict, ...]:
        """Verdicts on what one line assigns to telling names or puts into addresses, and on
        nothing else: a part of what ``text`` finds, for whoever asks of many lines."""
        kind = file_sense(path)
        found = [
            one
            for candidate in in_line(line, kind)
            for one in self._judged(_wrapped(candidate), {}, either=either)
        ]
        return tuple(merged(found))

    def around(self, part: str, last: int) -> list[tuple[int, int]]:
        """What of a part of a line without an end stands around the telling words and addresses that
        begin up to an offset, in order."""
        return around_telling(part, last, lambda lowered: self._marks_look.of(lowered).telling)

    def left_out(self, path: str) -> str:
        """What of a file was left out when it was looked at last, in words; "" if nothing was."""
        return self._left.get(path, "")

    def sightings(self, path: str, text: str) -> tuple[Sighting, ...]:
        """Everything in a file's text that any engine takes for a secret, for whoever has to hide
        it: overlapping spans are all there, and so is what a comment calls no secret. A telling
        name makes the literal beside it doubtful even where the judge took it for none."""
        unmarked = without_marks(text)
        found = [
            Sighting(one.verdict.offset, one.verdict.end, one.verdict.secret)
            for one in self._in_text(path, unmarked, None).judged
        ]
        doubtful = named(unmarked, file_sense(path), None).candidates if text else ()
        return (*found, *(Sighting(one.start, one.end) for one in doubtful if one.name))

    def _in_text(
        self,
        path: str,
        text: str,
        most: int | None,
        longest: int = LONGEST_LINE,
        *,
        either: bool = False,
    ) -> _Found:
        """most: how many candidates of each sort to judge, None for all; longest: characters from
        which on a line is read only around its telling words; either: as of ``text``."""
        if not text:
            return _Found([], False)
        kind = file_sense(path)
        by_name = named(text, kind, most, longest, self._marks_look.of)
        candidates = by_name.candidates
        if kind.captions:
            candidates = [one for one in candidates if not _is_said(one.text)]
        found = [
            one
            for candidate, siblings in with_siblings(text, candidates)
            if not is_too_short(candidate.text, sense(candidate.name), beside=bool(siblings))
            for one in self._judged(_wrapped(candidate), siblings, either=either)
        ]
        left = not by_name.all
        ration = Ration() if most is None else Ration(MOST_RAW)
        matches = self._matches(text, ration)
        found.extend(self._formatted(text, kind, islice(matches, most)))
        sorts = [
            self._armoured(text, kind), self._kept(path, text, kind), self._issued(text, kind),
        ]  # fmt: skip
        if self._detect_secrets.has_custom:
            sorts.append(self._dropped_in(path, text, kind))
        for sort in sorts:
            found.extend(islice(sort, most))
        if most is not None and not left:
            left = any(next(rest, None) is not None for rest in (matches, *sorts)) or ration.spent
        return _Found(found, left)

    def _formatted(self, text: str, file: FileSense, matches: Iterable[Match]) -> Iterator[Judged]:
        for match in matches:
            near = max(0, match.start - 400)
            begin = max(near, text.rfind("\n", near, match.start) + 1)
            if is_ignored(text, begin, match.end) or _is_amid_data(text, match):
                continue
            name = _name_before(text, begin, match.start)
            candidate = _candidate_of(match, name, file.place, file.example, 0)
            if candidate is not None:
                yield from self._judged((candidate,), {})

    def _armoured(self, text: str, file: FileSense) -> Iterator[Judged]:
        if pem.BEGIN not in text:
            return
        for found in pem.blocks(text):
            # The comment that ends a line without an end is not looked for anew at each block.
            near = max(0, found.start() - LONGEST_LINE)
            begin = max(near, text.rfind("\n", near, found.start()) + 1)
            if not pem.has_body(found[2]) or is_ignored(text, begin, found.start()):
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

    def _issued(self, text: str, file: FileSense) -> Iterator[Judged]:
        if not self._issuers_look.may_hold(text):
            return
        for start, end, told in issued.tokens(text):
            begin = text.rfind("\n", max(0, start - LONGEST_LINE), start) + 1
            if is_ignored(text, begin, end):
                continue
            yield from self._judged(
                [
                    Candidate(
                        _name_before(text, begin, start), text[start:end], start, end, file.place,
                        Evidence.FORMAT, told or self._kind_of(text[start:end]),
                        example_path=file.example,
                    )
                ],
                {},
            )  # fmt: skip

    def _kind_of(self, token: str) -> str:
        kind = self._book.by_prefix(token)
        return kind.id if kind is not None else "generic-token"

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

    def _dropped_in(self, path: str, text: str, file: FileSense) -> Iterator[Judged]:
        seen: set[int] = set()
        for at in self._detect_secrets.custom_lines(text, path):
            begin = text.rfind("\n", 0, at) + 1
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            if begin in seen or is_ignored(text, begin, end):
                continue
            seen.add(begin)
            number = text.count("\n", 0, begin) + 1
            line, is_long = one_line(text, begin), end - begin > LONGEST_LINE
            for hit in self._detect_secrets.custom(line, path, number, is_long=is_long):
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
        self, candidates: Iterable[Candidate], siblings: Mapping[str, str], *, either: bool = False
    ) -> Iterator[Judged]:
        for candidate in candidates:
            verdict = judge(candidate, siblings, book=self._book)
            if verdict is None and either and sense(candidate.name).strength == _SURE:
                # Only under such names something counts everywhere but in examples.
                other = candidate.with_(example_path=False)
                verdict = judge(other, siblings, book=self._book)
            if verdict is not None:
                yield Judged(candidate, verdict)


class _Found(NamedTuple):
    judged: list[Judged]
    left: bool


def _wrapped(candidate: Candidate) -> Iterator[Candidate]:
    """What is inside; an address found in a line counts only for what it carries."""
    for part in unwrap(candidate):
        if part.name or part.evidence is not Evidence.NAME:
            yield part


_ESCAPED: Final = late(r"\\u([0-9A-Fa-f]{4})")


def _is_said(text: str) -> bool:
    """Whether it is what an interface says of a password, and not one."""
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if sum(not sign.isascii() for sign in text) > len(text) / 2:
        return True
    return " " in text.strip() or look(text) is Look.WORDS or not any(c.isdigit() for c in text)


_DATA: Final = 64
_CODED: Final = late(rf"[A-Za-z0-9+/]{{{_DATA}}}")


def _is_amid_data(text: str, match: Match) -> bool:
    """Whether it is a piece of a long text in base64, in which any short format occurs by chance."""
    before = match.start - _DATA
    return before >= 0 and _CODED.fullmatch(text, before, match.start) is not None


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
    return last_name(text[max(begin, at - 200) : at])
