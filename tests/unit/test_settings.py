"""Settings: what is not understood is refused, with the nearest key and the file."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from secretshift.model.errors import UsageProblem
from secretshift.model.findings import Confidence
from secretshift.settings import Settings, TuiSettings
from secretshift.settings.keys import describe
from secretshift.settings.load import load
from secretshift.settings.reference import render

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "configuration.md"

EVERYTHING = """
[scan]
exclude = ["vendor/", "*.min.js"]
plugins = ["detectors/own.py"]
[aws]
profiles = ["a", "b"]
regions = ["eu-central-1"]
exclude_regions = ["us-east-1"]
[plan]
min_confidence = "high"
secret_prefix = "team/a"
kms_key = "arn:aws:kms:eu-west-1:111122223333:key/own"
override_owner = ["f"]
grant_to_role = ["g"]
[migrate]
concurrency = 8
recovery_days = 7
steady_seconds = 20
[catalogue]
extra = ["kinds/own.toml"]
[tui]
theme = "contrast"
glyphs = "ascii"
linear = true
read_only = true
reveal_seconds = 3
animations = true
production = ["111122223333", "acme-prod"]
[functions."order-intake"]
test_event = { a = [1, 2.5], b = { c = true } }
[functions.other]
test_event_file = "events/other.json"
"""


def refused(folder: Path, text: str, file: str = "secretshift.toml") -> UsageProblem:
    (folder / file).write_text(text)
    with pytest.raises(UsageProblem) as caught:
        load(None, folder)
    assert caught.value.resource == str(folder / file)
    return caught.value


def test_nothing_set_is_the_defaults(tmp_path: Path) -> None:
    settings = load(None, tmp_path)
    assert settings == Settings()
    assert settings.plan.secret_prefix == "secretshift" and settings.file is None
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert load(None, tmp_path) == Settings()


def test_everything_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "secretshift.toml").write_text(EVERYTHING)
    settings = load(None, tmp_path)
    assert settings.scan.exclude == ("vendor/", "*.min.js")
    assert settings.scan.plugins == (tmp_path / "detectors/own.py",)
    assert settings.aws.profiles == ("a", "b") and settings.aws.exclude_regions == ("us-east-1",)
    assert settings.plan.min_confidence is Confidence.HIGH
    assert (settings.plan.secret_prefix, settings.plan.kms_key) == (
        "team/a",
        "arn:aws:kms:eu-west-1:111122223333:key/own",
    )
    assert settings.plan.override_owner == ("f",)
    assert settings.plan.grant_to_role == ("g",)
    assert (settings.migrate.concurrency, settings.migrate.recovery_days) == (8, 7)
    assert settings.migrate.steady_seconds == 20
    assert settings.catalogue.extra == (tmp_path / "kinds/own.toml",)
    assert settings.tui == TuiSettings(
        "contrast", "ascii", True, True, 3, True, ("111122223333", "acme-prod")
    )
    assert settings.functions["order-intake"].payload() == b'{"a": [1, 2.5], "b": {"c": true}}'
    assert settings.functions["other"].test_event_file == tmp_path / "events/other.json"
    assert settings.file == tmp_path / "secretshift.toml" and not settings.named


def test_settings_are_frozen(tmp_path: Path) -> None:
    settings = load(None, tmp_path)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.plan.kms_key = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.functions["f"] = None  # type: ignore[index]


def test_the_table_in_pyproject_is_read_as_well(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.secretshift.aws]\nregions = ['eu-west-1']\n")
    assert load(None, tmp_path).aws.regions == ("eu-west-1",)
    (tmp_path / "pyproject.toml").write_text(
        "[tool.secretshift.scan]\ninclude = ['src/']\nfail_on = 'high'\n"
    )
    scan = load(None, tmp_path).scan
    assert (scan.include, scan.fail_on) == (("src/",), "high")
    problem = refused(tmp_path, "[tool.secretshift.aws]\nregion = ['x']\n", "pyproject.toml")
    assert problem.hint == "Did you mean aws.regions?"
    problem = refused(tmp_path, "[tool]\nsecretshift = 1\n", "pyproject.toml")
    assert "must be a table" in problem.what


def test_settings_in_both_files_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.secretshift]\n")
    (tmp_path / "secretshift.toml").write_text("")
    with pytest.raises(UsageProblem, match="Both"):
        load(None, tmp_path)


def test_only_the_current_folder_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "secretshift.toml").write_text("[plan]\nsecret_prefix = 'foreign'\n")
    below = tmp_path / "below"
    below.mkdir()
    assert load(None, below) == Settings()


def test_a_named_file_is_read_instead(tmp_path: Path) -> None:
    (tmp_path / "secretshift.toml").write_text("[plan]\nsecret_prefix = 'own'\n")
    (tmp_path / "other.toml").write_text("[plan]\nsecret_prefix = 'other'\n")
    for name in (Path("other.toml"), tmp_path / "other.toml"):
        settings = load(name, tmp_path)
        assert settings.plan.secret_prefix == "other" and settings.named
    with pytest.raises(UsageProblem, match="no such file"):
        load(Path("missing.toml"), tmp_path)
    with pytest.raises(UsageProblem, match="a folder"):
        load(Path(), tmp_path)


def test_what_stands_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    file = tmp_path / "secretshift.toml"
    file.symlink_to("gone.toml")
    with pytest.raises(UsageProblem, match="a link to what is not there"):
        load(None, tmp_path)
    file.unlink()
    file.mkdir()
    with pytest.raises(UsageProblem, match="a folder"):
        load(None, tmp_path)


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("[scna]\n", "scna", "Did you mean scan?"),
        ("[scan]\nexcludes = []\n", "scan.excludes", "Did you mean scan.exclude?"),
        ("[plan]\nmin_confidance = 'low'", "plan.min_confidance", "plan.min_confidence?"),
        ("zzzzzz = 1\n", "zzzzzz", "Known tables: scan, aws"),
        ("[tui]\ntehme = 'dark'\n", "tui.tehme", "Did you mean tui.theme?"),
        (
            '[functions."a b"]\ntestevent = {}\n',
            'functions."a b".testevent',
            'Did you mean functions."a b".test_event?',
        ),
    ],
)
def test_an_unknown_key_names_the_nearest(tmp_path: Path, text: str, said: str, hint: str) -> None:
    problem = refused(tmp_path, text)
    assert said in problem.what and hint in problem.hint
    assert problem.code == "unknown-setting"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("scan = 1", "scan must be a table, not a whole number"),
        ("[scan]\nexclude = 'x'", "scan.exclude must be a list of text, not text"),
        ("[scan]\nexclude = [1]", "must be a list of text, not a list of something else"),
        ("[scan]\nexclude = ['']", "must not hold an empty text"),
        ("[scan]\nfail_on = 'sure'", "must be one of high, medium, low, none"),
        ("[scan]\ninclude = ['']", "must not hold an empty text"),
        ("[aws]\nprofiles = true", "must be a list of text, not true or false"),
        ("[plan]\nkms_key = 1979-05-27", "must be a text, not a date or time"),
        ("[plan]\nmin_confidence = 'sure'", "must be one of high, medium, low"),
        ("[plan]\nsecret_prefix = '/x'", "plan.secret_prefix must fit"),
        ("[plan]\nsecret_prefix = ''", "plan.secret_prefix must fit"),
        ("[migrate]\nconcurrency = 0", "must be from 1 to 32, not 0"),
        ("[migrate]\nconcurrency = true", "must be a whole number, not true or false"),
        ("[migrate]\nconcurrency = 1.0", "must be a whole number, not a number with a fraction"),
        ("[migrate]\nrecovery_days = 6", "must be from 7 to 30, not 6"),
        ("[migrate]\nrecovery_days = 31", "must be from 7 to 30, not 31"),
        ("[tui]\nlinear = 1", "tui.linear must be true or false, not a whole number"),
        ("[tui]\ntheme = 'black'", "must be one of dark, light, contrast, ansi"),
        ("[tui]\nreveal_seconds = 11", "must be from 1 to 10, not 11"),
        ("[tui]\nreveal_seconds = true", "must be a whole number, not true or false"),
        ("[tui]\nproduction = [111122223333]", "a list of text, not a list of something else"),
        ("[tui]\nproduction = ['1111-2222-3333']", "tui.production must hold only what fits"),
        ("[tui.keys]\nrun = 1", "tui.keys must hold text only"),
        ("[tui]\nkeys = 1", "tui.keys must be a table of text, not a whole number"),
        ("[tui.keys]\nrun = ''", "tui.keys must not hold an empty text"),
        ("functions = []", "functions must be a table"),
        ("[functions]\nf = 1", 'functions."f" must be a table'),
        ("[functions.f]\ntest_event = 'x'", "must be a table, not text"),
        ("[functions.f]\ntest_event = { a = 1979-05-27 }", "JSON does not know"),
        ("[functions.f]\ntest_event = { a = nan }", "JSON does not know"),
        ("[functions.f]\ntest_event = {}\ntest_event_file = 'x'", "not both"),
        ("[functions.f]\ntest_event_file = ''", "must not be empty"),
    ],
)
def test_a_wrong_value_names_what_is_expected(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, text).what


def test_no_problem_quotes_a_text(tmp_path: Path) -> None:
    canary = "canary-Ab12-value"
    for text in (
        f"[scan]\nexclude = '{canary}'",
        f"[plan]\nmin_confidence = '{canary}'",
        f"[plan]\nsecret_prefix = '{canary} '",
        f"[plan]\nkms_key = '{canary}",
        f"x = {canary}",
        f"[functions.f]\ntest_event = '{canary}'",
    ):
        problem = refused(tmp_path, text)
        assert canary not in problem.what + problem.hint
    (tmp_path / "secretshift.toml").write_text(f"[functions.f]\ntest_event = {{ a = '{canary}' }}")
    assert canary not in repr(load(None, tmp_path))


def test_a_broken_file_says_where(tmp_path: Path) -> None:
    assert "(line 2, column" in refused(tmp_path, "[scan]\nexclude = [\x01]\n").what
    (tmp_path / "secretshift.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageProblem, match="UTF-8"):
        load(None, tmp_path)
    refused(tmp_path, "a = " + "[" * 5000)
    refused(tmp_path, "#" * (1024 * 1024 + 1))


def test_a_folder_or_dangling_link_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "secretshift.toml").symlink_to("nowhere")
    with pytest.raises(UsageProblem):
        load(None, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "[scan]\nplugins = ['../evil.py']",
        "[scan]\nplugins = ['/tmp/evil.py']",
        "[catalogue]\nextra = ['link/x.toml']",
        "[functions.f]\ntest_event_file = '../../.ssh/id_ed25519'",
    ],
)
def test_a_file_that_was_only_found_reaches_nothing_outside(tmp_path: Path, text: str) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "link").symlink_to(tmp_path)
    problem = refused(tmp_path / "project", text)
    assert "leads out" in problem.what and "--config" in problem.hint
    assert load(Path("secretshift.toml"), tmp_path / "project").named


def test_a_test_event_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "secretshift.toml").write_text("[functions.f]\ntest_event_file = 'e.json'")
    function = load(None, tmp_path).functions["f"]
    with pytest.raises(UsageProblem, match="cannot be read"):
        function.payload()
    (tmp_path / "e.json").write_text("{'canary")
    with pytest.raises(UsageProblem, match="no JSON") as caught:
        function.payload()
    assert "canary" not in str(caught.value)
    (tmp_path / "e.json").write_text('{"a": 1}')
    assert function.payload() == b'{"a": 1}'
    with (tmp_path / "e.json").open("wb") as file:
        file.truncate(6 * 1024 * 1024 + 1)
    with pytest.raises(UsageProblem, match="6 MiB"):
        function.payload()


def plain(value: object) -> object:
    """As TOML writes it."""
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value


def test_every_setting_is_described_with_its_true_default() -> None:
    described = {d.key: d for d in describe()}
    settings = Settings()
    for group in ("scan", "aws", "plan", "migrate", "catalogue", "verify", "tui"):
        for field in dataclasses.fields(getattr(settings, group)):
            value = getattr(getattr(settings, group), field.name)
            entry = described.pop(f"{group}.{field.name}")
            assert tomllib.loads(f"x = {entry.default}")["x"] == plain(value) and entry.doc
    assert set(described) == {
        'functions."NAME".test_event',
        'functions."NAME".test_event_file',
    }


def test_the_page_of_the_reference_is_current() -> None:
    assert PAGE.read_text() == render(), (
        "run: python -m secretshift.settings.reference > docs/reference/configuration.md"
    )


def test_whom_to_verify_with_is_taken_only_from_a_file_that_was_named(tmp_path: Path) -> None:
    path = tmp_path / "secretshift.toml"
    path.write_text('[verify.endpoints]\n"api.github.com" = "https://github.example.com"\n')
    with pytest.raises(UsageProblem) as told:
        load(None, tmp_path)
    assert "--config secretshift.toml" in told.value.hint
    assert load(path, tmp_path).verify.endpoints == {"api.github.com": "https://github.example.com"}
