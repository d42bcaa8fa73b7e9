"""Rule files of one's own in kingfisher's YAML format: read, checked, and tried on their examples.

Source of the format: kingfisher, docs/RULES.md, "Rule Schema". The engine itself drops what it
does not know without a word, keeps the last of two rules of one id, and says of a broken file only
that it is broken. So everything is checked here first.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from secretshift.model.errors import UsageProblem

from ..late import late
from .expression_size import LARGEST, LARGEST_OF_ALL, size_of

SUFFIXES: Final = (".yml", ".yaml")
MAX_BYTES: Final = 1024 * 1024
CONFIDENCES: Final = ("low", "medium", "high")
KEYS: Final = (
    "confidence",
    "depends_on_rule",
    "examples",
    "id",
    "min_entropy",
    "name",
    "negative_examples",
    "pattern",
    "pattern_requirements",
    "references",
    "tls_mode",
    "validation",
    "visible",
)
UNUSED: Final = ("revocation",)
"""Keys that are no mistake, and of which nothing is used here."""

_ID: Final = late(r"[A-Za-z0-9]+([._/-][A-Za-z0-9]+)*")
_OVER_LINES: Final = late(r"\\[nrsWD]|\\[pPx]|\[\^|\[\[:|\(\?[a-zA-Z]*s|\n")
"""What of a pattern may match the end of a line; it does no harm to take too many for such."""
_PATTERN_KEYS: Final = ("id", "name", "pattern")
_BUILT_IN: Final = ("betterleaks.", "veles.", "kingfisher.")


@dataclass(frozen=True, slots=True)
class Rule:
    """examples: texts that it has to match; negative_examples: texts that it must not match;
    needs: ids of the rules that it depends on; over_lines: whether it matches by what stands on
    more than one line; visible: False for a rule that only helps others; size: of its pattern, in
    characters with repetitions written out."""

    id: str
    name: str
    examples: tuple[str, ...] = ()
    negative_examples: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    over_lines: bool = False
    visible: bool = True
    size: int = 0


@dataclass(frozen=True, slots=True)
class RuleFile:
    path: Path
    rules: tuple[Rule, ...]


def files_of(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files that paths, folders and patterns such as ``rules/*.yml`` stand for, each once.

    Raises UsageProblem (``rules-unreadable``) for a path or pattern at which there is none.
    """
    found: dict[Path, None] = {}
    for path in paths:
        files = _files(path)
        if not files:
            raise UsageProblem(
                "There is no rule file",
                resource=str(path),
                hint="Name a YAML file, a folder of such files, or a pattern such as rules/*.yml",
                code="rules-unreadable",
            )
        found.update(dict.fromkeys(files))
    return tuple(found)


def _files(path: Path) -> list[Path]:
    try:
        if path.is_dir():
            return sorted(file for file in path.iterdir() if file.suffix in SUFFIXES)
        if path.exists():
            return [path]
        if any(sign in path.name for sign in "*?["):
            return sorted(file for file in path.parent.glob(path.name) if file.is_file())
    except (OSError, ValueError):
        return []
    return []


def read(path: Path) -> RuleFile:
    """Raises UsageProblem, naming the file and the rule, for whatever is not as the format says."""
    import yaml  # only who has rules pays for it

    if path.suffix not in SUFFIXES:
        _refuse(path, "", "is not named .yml or .yaml")
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        text = content.decode()
    except (OSError, UnicodeDecodeError):
        raise UsageProblem(
            "The rule file cannot be read",
            resource=str(path),
            hint="It has to be YAML in UTF-8",
            code="rules-unreadable",
        ) from None
    if len(content) > MAX_BYTES:
        _refuse(path, "", "is over 1 MiB")
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        at = f" (line {mark.line + 1}, column {mark.column + 1})" if mark is not None else ""
        _refuse(path, "", f"is no YAML{at}")
    rules = document.get("rules") if isinstance(document, Mapping) else None
    if not isinstance(rules, list) or not rules:
        _refuse(path, "", "needs a list of rules under the key 'rules'")
    if isinstance(document, Mapping) and (others := [str(k) for k in document if k != "rules"]):
        _refuse(path, "", f"has the unknown key {_shown(others[0])}")
    return RuleFile(path, tuple(_rule(path, number, one) for number, one in enumerate(rules, 1)))


def _rule(path: Path, number: int, table: object) -> Rule:
    if not isinstance(table, Mapping):
        _refuse(path, f"number {number}", "is no table")
    rule_id = table.get("id")
    if not isinstance(rule_id, str) or not rule_id:
        _refuse(path, f"number {number}", "lacks an id", hint="For instance id: custom.acme-token")
    if _ID.fullmatch(rule_id) is None:
        _refuse(
            path, f"number {number}", "has an id with other signs than letters, digits and ._/-"
        )
    if rule_id.startswith(_BUILT_IN):
        _refuse(path, rule_id, "has an id that belongs to the built-in rules")
    for key in table:
        if key not in KEYS and key not in UNUSED:
            near = difflib.get_close_matches(str(key), KEYS, n=1)
            hint = f"Did you mean {near[0]}?" if near else "Known keys: " + ", ".join(KEYS)
            _refuse(path, rule_id, f"has the unknown key {_shown(key)}", hint=hint)
    for key in ("name", "pattern"):
        if not isinstance(table.get(key), str) or not str(table[key]).strip():
            _refuse(path, rule_id, f"needs a text for {key!r}")
    if table.get("confidence", "medium") not in CONFIDENCES:
        _refuse(path, rule_id, f"needs one of {', '.join(CONFIDENCES)} for 'confidence'")
    if not isinstance(table.get("visible", True), bool):
        _refuse(path, rule_id, "needs true or false for 'visible'")
    if not _is_number(table.get("min_entropy", 0)):
        _refuse(path, rule_id, "needs a number for 'min_entropy'")
    if not isinstance(table.get("references", []), list):
        _refuse(path, rule_id, "needs a list for 'references'")
    return Rule(
        id=rule_id,
        name=str(table["name"]),
        examples=_texts(path, rule_id, "examples", table),
        negative_examples=_texts(path, rule_id, "negative_examples", table),
        needs=_needs(path, rule_id, table.get("depends_on_rule", [])),
        over_lines=_is_over_lines(table),
        visible=bool(table.get("visible", True)),
        size=_size(path, rule_id, str(table["pattern"])),
    )


def _is_over_lines(table: Mapping[Any, Any]) -> bool:
    """By its pattern, or by what another rule matches near it: without ``within`` the engine does
    not look for that before it matches."""
    others = table.get("depends_on_rule", [])
    rows = others if isinstance(others, list) else [others]
    return _OVER_LINES.search(str(table["pattern"])) is not None or any(
        "within" in one for one in rows
    )


def _size(path: Path, rule: str, pattern: str) -> int:
    try:
        size = size_of(pattern)
    except ValueError:
        _refuse(path, rule, "has signs in its pattern that the engine does not know: \\Q or (?#")
    if size > LARGEST:
        _refuse(
            path,
            rule,
            "has a pattern that is too large: with its repetitions written out it comes to more "
            f"than {LARGEST:,} characters",
            hint="Repeat less often, or leave the upper bound out: {20,} in place of {20,9999}",
        )
    return size


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _texts(path: Path, rule: str, key: str, table: Mapping[Any, Any]) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        _refuse(path, rule, f"needs a list of texts for {key!r}")
    return tuple(value)


def _needs(path: Path, rule: str, value: object) -> tuple[str, ...]:
    rows = value if isinstance(value, list) else [value]
    ids = [row.get("rule_id") if isinstance(row, Mapping) else None for row in rows]
    if not all(isinstance(one, str) for one in ids):
        _refuse(path, rule, "needs a 'rule_id' in each 'depends_on_rule'")
    return tuple(str(one) for one in ids)


def each_rule(path: Path, *, whole: bool) -> Iterator[tuple[str, str]]:
    """Id and text of a file of its own for each rule of a file that was read, without its examples;
    whole: with more of it than its pattern. Nothing where it cannot be read any more."""
    import yaml

    left_out = ("examples", "negative_examples")
    try:
        for rule in yaml.safe_load(path.read_text("utf-8"))["rules"]:
            keys = [key for key in rule if key not in left_out] if whole else _PATTERN_KEYS
            own = {key: rule[key] for key in keys}
            yield str(rule["id"]), yaml.safe_dump({"rules": [own]}, allow_unicode=True)
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        # It was another file a moment ago.
        return


def check_together(files: Sequence[RuleFile], *, alone: bool = False) -> None:
    """Raises UsageProblem where two rules claim one id, one depends on a rule that no file has, or
    their patterns are too large together. alone: the other files are not there, so that it does
    not count what a rule depends on."""
    owners: dict[str, Path] = {}
    size = 0
    for file in files:
        for rule in file.rules:
            size += rule.size
            if size > LARGEST_OF_ALL:
                what = (
                    "has a pattern that is too large together with those before it: with all "
                    f"repetitions written out they come to more than {LARGEST_OF_ALL:,} characters"
                )
                _refuse(file.path, rule.id, what, hint="Repeat less often, or take fewer rules")
            if rule.id in owners:
                other = owners[rule.id]
                where = "twice in this file" if other == file.path else f"in {other} as well"
                _refuse(file.path, rule.id, f"is there {where}", hint="Give one of them another id")
            owners[rule.id] = file.path
    for file in () if alone else files:
        for rule in file.rules:
            for needed in rule.needs:
                if needed not in owners:
                    _refuse(
                        file.path,
                        rule.id,
                        f"depends on {_shown(needed)}, which is in none of the rule files",
                        hint="Put both into files that the settings name",
                    )


def unmet(file: RuleFile, found: Mapping[str, Sequence[frozenset[str]]]) -> Iterator[str]:
    """What a rule's own examples show to be wrong, as sentences that quote none of them.

    found: by rule, the ids of the rules that matched each of its examples and, behind them, each
    of its negative examples.
    """
    for rule in file.rules:
        matched = found.get(rule.id, ())
        for number, _text in enumerate(rule.examples, 1):
            if rule.id not in matched[number - 1]:
                yield f"{rule.id} does not match its own example {number}"
        for number, _text in enumerate(rule.negative_examples, 1):
            if rule.id in matched[len(rule.examples) + number - 1]:
                yield f"{rule.id} matches its own negative example {number}"


def _shown(value: object) -> str:
    return repr("".join(c if c.isprintable() else "�" for c in str(value))[:80])


def _refuse(path: Path, rule: str, what: str, hint: str = "") -> NoReturn:
    subject = f"Rule {rule}" if rule else "The rule file"
    raise UsageProblem(f"{subject} {what}", resource=str(path), hint=hint, code="rules-file")
