"""The loader takes exactly what the schema allows and says what is wrong with anything else."""

from __future__ import annotations

import json
import tomllib
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from secretshift.catalogue import load, loading
from secretshift.catalogue.document import PAGE, page
from secretshift.model.errors import UsageProblem

ROOT = Path(__file__).parents[3]
DATA = resources.files("secretshift.catalogue") / "data"
SCHEMA = json.loads((resources.files("secretshift.catalogue") / "schema.json").read_text("utf-8"))
FAMILIES = sorted(file.name for file in DATA.iterdir())

ACME = {
    "id": "acme-key",
    "title": "Acme key",
    "what": "Orders anvils.",
    "names": ["ACME_KEY"],
    "rotation": "A person makes a new one.",
    "rotation_way": "person",
    "source": "https://acme.example/keys (read 2026-11)",
    "example": [{"name": "ACME_KEY", "value": "{alnum:24}"}],
}


def toml(*entries: dict[str, object]) -> str:
    def value(item: object) -> str:
        if isinstance(item, dict):
            return "{" + ", ".join(f"{key} = {value(part)}" for key, part in item.items()) + "}"
        if isinstance(item, list):
            return "[" + ", ".join(value(part) for part in item) + "]"
        return json.dumps(item)

    lines = []
    for entry in entries:
        lines.append("[[kind]]")
        lines += [f"{key} = {value(item)}" for key, item in entry.items()]
    return "\n".join(lines)


def written(folder: Path, text: str) -> Path:
    (folder / "acme.toml").write_text(text, "utf-8")
    return folder


def test_a_user_adds_a_kind_which_goes_first(tmp_path: Path) -> None:
    own = {**ACME, "names": ["ACME_KEY", "GITHUB_TOKEN"]}
    catalogue = load([written(tmp_path, toml(own))])
    assert len(catalogue) == len(load()) + 1
    kind = catalogue.by_name("GITHUB_TOKEN")
    assert kind is not None
    assert (kind.id, kind.family) == ("acme-key", "acme")
    assert load().get("acme-key") is None


@pytest.mark.parametrize("family", FAMILIES)
def test_the_data_follow_the_schema(family: str) -> None:
    document = tomllib.loads((DATA / family).read_text("utf-8"))
    jsonschema.validate(document, SCHEMA)


def test_schema_and_loader_name_the_same_keys() -> None:
    kind = SCHEMA["$defs"]["kind"]
    allowed = loading.TEXTS | loading.LISTS | loading.TABLES.keys() | {"vendor_form"}
    assert set(kind["properties"]) == allowed
    assert set(kind["required"]) == loading.REQUIRED
    assert set(kind["properties"]["rotation_way"]["enum"]) == loading.ROTATION_WAYS
    assert set(kind["properties"]["shape"]["enum"]) == loading.SHAPES
    for key, (allowed_in_row, required) in loading.TABLES.items():
        row = kind["properties"][key]["items"]
        assert (set(row["properties"]), set(row["required"])) == (allowed_in_row, required)


WRONG: list[tuple[dict[str, object], str]] = [
    ({"colour": "red"}, "unknown key 'colour'"),
    ({"title": 3}, "text for 'title'"),
    ({"names": "ACME"}, "list of texts for 'names'"),
    ({"names": ["A", "A"]}, "twice in 'names'"),
    ({"names": ["("]}, "no regular expression"),
    ({"id": "Acme Key"}, "'id' that is not allowed"),
    ({"rotation_way": "often"}, "'rotation_way' that is not allowed"),
    ({"shape": "xml"}, "'shape' that is not allowed"),
    ({"source": "somewhere"}, "'source' that is not allowed"),
    ({"revoke_url": "http://acme.example"}, "'revoke_url' that is not allowed"),
    ({"secret_name": "Acme Key"}, "'secret_name' that is not allowed"),
    ({"schemes": ["ACME"]}, "'schemes' that is not allowed"),
    ({"names": []}, "nothing by which it is recognised"),
    ({"companions": [{"key": "id", "names": ["{stem}_ID"]}]}, "shape must be"),
    (
        {"shape": "json", "companions": [{"key": "value", "names": ["A"]}]},
        "two parts under the same JSON key",
    ),
    ({"shape": "json", "companions": [{"key": "id", "names": []}]}, "without names"),
    ({"companions": [{"key": "id"}]}, "lacks the key 'names'"),
    ({"example": [{"name": "A", "value": "B", "x": "C"}]}, "unknown key 'x' in 'example'"),
    ({"vendor_form": {"variable": "A", "holds": "arn"}}, "without an 'extension'"),
    ({"extension": "Acme", "vendor_form": {"variable": "A"}}, "needs 'variable' and 'holds'"),
    ({"extension": "Acme", "vendor_form": {"variable": "A", "holds": "x"}}, "'holds'"),
]


@pytest.mark.parametrize(("change", "what"), WRONG)
def test_a_wrong_entry_is_refused_with_file_and_entry(
    tmp_path: Path, change: dict[str, object], what: str
) -> None:
    with pytest.raises(UsageProblem) as problem:
        load([written(tmp_path, toml({**ACME, **change}))])
    assert what in problem.value.what
    assert problem.value.resource.endswith("acme.toml")
    if "id" not in change:
        assert "Entry acme-key" in problem.value.what


@pytest.mark.parametrize(
    "name",
    ["{stem}_host", "{stem}-HOST", "{stam}_HOST", "{stem_HOST", "{stem.x}_HOST", "{0}_HOST", "{}",
     "_HOST", "{stem}_{stem}", ".*_HOST", "{stem}_(HOST|ADDR)", " {stem}_HOST"],
)  # fmt: skip
def test_a_name_of_a_companion_that_no_variable_has_is_refused(tmp_path: Path, name: str) -> None:
    companions = [{"key": "host", "names": ["{stem}_ADDR", name]}]
    entry = {**ACME, "shape": "json", "companions": companions}
    with pytest.raises(UsageProblem, match="companion 'host'") as problem:
        load([written(tmp_path, toml(entry))])
    assert "Entry acme-key" in problem.value.what and repr(name) in problem.value.what
    assert problem.value.resource.endswith("acme.toml") and "{stem}_HOST" in problem.value.hint


def test_names_of_companions_that_variables_have_are_taken(tmp_path: Path) -> None:
    names = ["{stem}", "{stem}_HOST", "{stem}HOST", "ACME_HOST", "MY_{stem}_HOST_2"]
    entry = {**ACME, "shape": "json", "companions": [{"key": "host", "names": names}]}
    kind = load([written(tmp_path, toml(entry))]).get("acme-key")
    assert kind is not None and list(kind.companions[0].names) == names
    jsonschema.validate(tomllib.loads(toml(entry)), SCHEMA)


@pytest.mark.parametrize("key", sorted(loading.REQUIRED))
def test_a_missing_key_is_named(tmp_path: Path, key: str) -> None:
    entry = {name: value for name, value in ACME.items() if name != key}
    with pytest.raises(UsageProblem, match=f"lacks the key '{key}'"):
        load([written(tmp_path, toml(entry))])


@pytest.mark.parametrize(
    "claim",
    [
        {"id": "stripe-secret-key"},
        {"rules": ["betterleaks.stripe-access-token"]},
        {"schemes": ["postgres"]},
        {"prefixes": ["sk_test_"]},
    ],
)
def test_a_clash_names_both_kinds_and_files(tmp_path: Path, claim: dict[str, object]) -> None:
    with pytest.raises(UsageProblem, match="claim the same") as problem:
        load([written(tmp_path, toml({**ACME, **claim}))])
    assert problem.value.code == "catalogue-clash"
    assert "acme.toml" in problem.value.resource


@pytest.mark.parametrize("text", ["[[kind", "colour = 1", "kind = 1", "kind = [1]"])
def test_what_is_no_family_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageProblem) as problem:
        load([written(tmp_path, text)])
    assert problem.value.resource.endswith("acme.toml")


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem) as problem:
        load([tmp_path / "none"])
    assert problem.value.code == "catalogue-unreadable"


def test_loading_twice_gives_the_same_catalogue() -> None:
    assert load() is load()


def test_the_reference_page_is_up_to_date() -> None:
    assert (ROOT / PAGE).read_text("utf-8") == page(load())
