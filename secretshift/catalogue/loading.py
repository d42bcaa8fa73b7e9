"""Read the catalogue's files, and refuse whatever is not exactly what the schema says.

The schema (``schema.json``) is for editors and for the tests; a program that starts must not pay
for a validator, so the same rules stand here in code. A test holds that both name the same keys.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from pathlib import Path

from secretshift.model.errors import UsageProblem
from secretshift.model.kinds import Companion, Kind

from .name_forms import Unknown, name_forms
from .search import GENERAL_FAMILIES, Catalogue, Entry, Example, VendorForm

TEXTS = frozenset(
    {
        "id",
        "title",
        "what",
        "secret_key",
        "engine",
        "shape",
        "secret_name",
        "rotation",
        "rotation_way",
        "revoke_url",
        "extension",
        "instead",
        "source",
    }
)
LISTS = frozenset({"names", "rules", "schemes", "prefixes", "alike"})
TABLES = {
    "companions": ({"key", "names"}, {"key", "names"}),
    "example": ({"name", "value", "rule"}, {"name", "value"}),
    "counter_example": ({"name", "value", "why"}, {"name", "value", "why"}),
}
"""Lists of tables: (keys that may be there, keys that must)."""
REQUIRED = frozenset({"id", "title", "what", "rotation", "rotation_way", "source", "example"})
ROTATION_WAYS = frozenset({"aws-function", "issuer-api", "person", "application", "none"})
SHAPES = frozenset({"string", "json"})

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PAGE = r"https://[^\s,]+(?: \(read \d{4}-\d{2}\))?"
_SOURCE = re.compile(rf"{_PAGE}(?:, {_PAGE})*")
_VARIABLE = re.compile(r"[A-Z0-9]+(_[A-Z0-9]+)*")
_COMPANION_HINT = (
    'Write whole names in upper case with underscores, such as "{stem}_HOST": {stem} stands for '
    "what comes before the secret's own word (ACME in ACME_KEY)"
)
_SECRET_NAME = re.compile(r"[a-z0-9]+([/-][a-z0-9]+)*")


class _Bad(Exception):
    """What is wrong with an entry; the file and the entry are added where they are known."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.hint = hint


def load(extra: Sequence[Path] = ()) -> Catalogue:
    """The catalogue, with the kinds of ``extra`` added: TOML files, or folders of them.

    Kinds of the user are tried first by name. Raises UsageProblem where a file cannot be read, an
    entry is not as the schema says, or two entries claim the same id, rule, scheme or prefix.
    """
    return _load(tuple(Path(folder).absolute() for folder in extra))


@lru_cache(maxsize=8)
def _load(extra: tuple[Path, ...]) -> Catalogue:
    entries: list[Entry] = []
    for folder in extra:
        for name, text in _user_files(folder):
            own = list(_entries(name, text))
            entries.extend(_with_forms(entry, name) for entry in own)
    for name, text in _built_in_files():
        entries.extend(_entries(name, text))
    _refuse_clashes(entries)
    _refuse_strangers(entries)
    return Catalogue(entries)


def without_kinds(extra: Sequence[Path]) -> Mapping[Path, str]:
    """Those of ``extra`` that add nothing, with why. Raises UsageProblem as ``load`` does."""
    having = {entry.file for entry in load(extra).entries}
    idle: dict[Path, str] = {}
    for path in extra:
        names = [name for name, _text in _user_files(path.absolute())]
        if not names:
            is_folder = path.is_dir()
            idle[path] = "holds no TOML file" if is_folder else "is not named .toml"
        elif having.isdisjoint(names):
            idle[path] = "holds no [[kind]]"
    return idle


def _built_in_files() -> Iterator[tuple[str, str]]:
    """The families in the order of their names, the general ones last: they take what is left."""
    folder = resources.files(__package__) / "data"
    files = {Path(file.name).stem: file for file in folder.iterdir() if file.name.endswith(".toml")}
    special = sorted(files.keys() - set(GENERAL_FAMILIES))
    for family in (*special, *GENERAL_FAMILIES):
        yield files[family].name, files[family].read_text("utf-8")


def _user_files(folder: Path) -> Iterator[tuple[str, str]]:
    try:
        found = [folder] if folder.is_file() else folder.iterdir()
        files = sorted(file for file in found if file.suffix == ".toml")
        for file in files:
            yield str(file), file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageProblem(
            "The additional kinds cannot be read",
            resource=str(folder),
            hint="Name a TOML file in UTF-8, or a folder of such files",
            code="catalogue-unreadable",
        ) from None


def _entries(file: str, text: str) -> Iterator[Entry]:
    family = Path(file).stem
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise _problem(file, "", "is not valid TOML") from None
    unknown = sorted(set(document) - {"kind"})
    tables = document.get("kind", [])
    if unknown:
        raise _problem(file, "", f"has the unknown key {unknown[0]!r}")
    if not isinstance(tables, list):
        raise _problem(file, "", "needs its entries as [[kind]]")
    for number, table in enumerate(tables, start=1):
        name = table.get("id") if isinstance(table, dict) else None
        label = name if isinstance(name, str) else f"number {number}"
        if not isinstance(table, dict):
            raise _problem(file, label, "is no table")
        try:
            yield _entry(table, family, file)
        except _Bad as bad:
            raise _problem(file, label, str(bad), bad.hint) from None


def _problem(file: str, entry: str, what: str, hint: str = "") -> UsageProblem:
    subject = f"Entry {entry} of the catalogue" if entry else "A file of the catalogue"
    return UsageProblem(f"{subject} {what}", resource=file, hint=hint, code="catalogue-entry")


def _entry(table: Mapping[str, object], family: str, file: str) -> Entry:
    allowed = TEXTS | LISTS | TABLES.keys() | {"vendor_form"}
    for key in sorted(table.keys() - allowed):
        raise _Bad(f"has the unknown key {key!r}")
    for key in sorted(REQUIRED - table.keys()):
        raise _Bad(f"lacks the key {key!r}")
    texts = {key: _text(key, table[key]) for key in sorted(TEXTS & table.keys())}
    lists = {key: _texts(key, table[key]) for key in sorted(LISTS & table.keys())}
    rows = {key: list(_rows(key, table[key])) for key in TABLES if key in table}
    _check_words(texts, lists)
    kind = Kind(
        id=texts["id"],
        title=texts["title"],
        what=texts["what"],
        family=family,
        names=lists.get("names", ()),
        rules=lists.get("rules", ()),
        schemes=lists.get("schemes", ()),
        prefixes=lists.get("prefixes", ()),
        alike=lists.get("alike", ()),
        companions=tuple(
            Companion(_text("key", row["key"]), _texts("names", row["names"]))
            for row in rows.get("companions", ())
        ),
        secret_key=texts.get("secret_key", "value"),
        engine=texts.get("engine", ""),
        shape=texts.get("shape", "string"),
        secret_name=texts.get("secret_name", ""),
        rotation=texts["rotation"],
        rotation_way=texts["rotation_way"],
        revoke_url=texts.get("revoke_url", ""),
        extension=texts.get("extension", ""),
        instead=texts.get("instead", ""),
        source=texts["source"],
    )
    _check_kind(kind)
    return Entry(
        kind=kind,
        examples=tuple(_example(row) for row in rows["example"]),
        counter_examples=tuple(_example(row) for row in rows.get("counter_example", ())),
        vendor_form=_vendor_form(table.get("vendor_form"), kind),
        file=file,
    )


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise _Bad(f"needs a text for {key!r}")
    return value


def _texts(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise _Bad(f"needs a list of texts for {key!r}")
    if len(set(value)) != len(value):
        raise _Bad(f"has something twice in {key!r}")
    return tuple(value)


def _rows(key: str, value: object) -> Iterator[Mapping[str, object]]:
    allowed, required = TABLES[key]
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise _Bad(f"needs a list of tables for {key!r}")
    for row in value:
        for unknown in sorted(row.keys() - allowed):
            raise _Bad(f"has the unknown key {unknown!r} in {key!r}")
        for missing in sorted(required - row.keys()):
            raise _Bad(f"lacks the key {missing!r} in {key!r}")
        yield row


def _example(row: Mapping[str, object]) -> Example:
    return Example(**{key: _text(key, value) for key, value in row.items()})


def _vendor_form(value: object, kind: Kind) -> VendorForm | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not {"variable", "holds"} <= value.keys():
        raise _Bad("needs 'variable' and 'holds' in 'vendor_form'")
    if value.keys() - {"variable", "holds", "json_key"}:
        raise _Bad("has an unknown key in 'vendor_form'")
    if not kind.extension:
        raise _Bad("has a 'vendor_form' without an 'extension'")
    form = VendorForm(**{key: _text(key, item) for key, item in value.items()})
    if form.holds not in {"arn", "name"}:
        raise _Bad('needs "arn" or "name" for \'holds\'')
    return form


def _check_words(texts: Mapping[str, str], lists: Mapping[str, tuple[str, ...]]) -> None:
    checks: tuple[tuple[str, bool], ...] = (
        ("id", _ID.fullmatch(texts["id"]) is not None),
        ("title", 0 < len(texts["title"]) <= 60),
        ("what", bool(texts["what"])),
        ("rotation", bool(texts["rotation"])),
        ("rotation_way", texts["rotation_way"] in ROTATION_WAYS),
        ("shape", texts.get("shape", "string") in SHAPES),
        ("source", _SOURCE.fullmatch(texts["source"]) is not None),
        ("secret_name", _SECRET_NAME.fullmatch(texts.get("secret_name", "x")) is not None),
        ("revoke_url", texts.get("revoke_url", "https://").startswith("https://")),
        ("schemes", all(scheme == scheme.lower() for scheme in lists.get("schemes", ()))),
    )
    for key, right in checks:
        if not right:
            raise _Bad(f"has a {key!r} that is not allowed")


def _with_forms(entry: Entry, file: str) -> Entry:
    """Of a user's entry; those of the catalogue are held by a test, and compiled when they are
    needed."""
    try:
        return replace(entry, forms=name_forms(entry.kind.names))
    except Unknown as unknown:
        raise _problem(file, entry.kind.id, f"has a name that {unknown}") from None


def _check_kind(kind: Kind) -> None:
    if kind.companions and kind.shape != "json":
        raise _Bad('has companions, so its shape must be "json"')
    keys = [companion.key for companion in kind.companions]
    if len({*keys, kind.secret_key, "engine"}) != len(keys) + 2:
        raise _Bad("has two parts under the same JSON key")
    for companion in kind.companions:
        _check_companion(companion)
    if not (kind.names or kind.rules or kind.schemes or kind.prefixes):
        raise _Bad("has nothing by which it is recognised")


def _check_companion(companion: Companion) -> None:
    """A name that is written otherwise would be that of no variable, in silence."""
    if not companion.key or not companion.names:
        raise _Bad("has a companion without a key or without names", _COMPANION_HINT)
    for name in companion.names:
        if not _VARIABLE.fullmatch(name.replace("{stem}", "STEM", 1)):
            raise _Bad(
                f"has a name of the companion {companion.key!r} that no variable can have: "
                f"{name[:80]!r}",
                _COMPANION_HINT,
            )


def _refuse_clashes(entries: Sequence[Entry]) -> None:
    claims: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        for claim in _claims(entry.kind):
            other = claims.setdefault(claim, entry)
            if other is not entry:
                what, word = claim
                raise UsageProblem(
                    f"Kinds {other.kind.id} and {entry.kind.id} claim the same {what} {word}",
                    resource=f"{other.file}, {entry.file}",
                    hint="Choose another one; a kind of the catalogue cannot be replaced",
                    code="catalogue-clash",
                )


def _refuse_strangers(entries: Sequence[Entry]) -> None:
    known = {entry.kind.id for entry in entries}
    for entry in entries:
        for other in entry.kind.alike:
            if other not in known or other == entry.kind.id:
                raise _problem(entry.file, entry.kind.id, f"is alike {other!r}, which is no other")


def _claims(kind: Kind) -> Iterable[tuple[str, str]]:
    yield "id", kind.id
    for what, words in (("rule", kind.rules), ("scheme", kind.schemes), ("prefix", kind.prefixes)):
        for word in words:
            yield what, word
