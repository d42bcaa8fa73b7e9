"""What was added to the program is named, with the reason where it is not there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from secretshift.detection.apart import DetectorApart
from secretshift.model.journeys import Note
from secretshift.settings import Settings
from secretshift.settings.load import load
from secretshift.wiring import services
from secretshift.workflow.plugins import Plugin, installed

DETECTOR = Path(__file__).parents[3] / "plugins/detectors/acme_deploy_token.py"
KIND = """[[kind]]
id = "{id}"
title = "Acme token"
what = "Lets its holder deploy."
names = ["{name}"]
rotation = "By a person."
rotation_way = "person"
source = "https://acme.example/tokens (read 2025-11)"
[[kind.example]]
name = "{name}"
value = "made-up-7fk2"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("kinds", "detectors"):
        (tmp_path / folder).mkdir()
    (tmp_path / "secretshift.toml").write_text(
        "[catalogue]\nextra = ['kinds']\n[scan]\nplugins = ['detectors']\n"
    )
    return tmp_path


@pytest.fixture
def only_detectors(project: Path) -> Path:
    (project / "secretshift.toml").write_text("[scan]\nplugins = ['detectors']\n")
    return project


def found(project: Path, *, named: bool = True) -> dict[str, Plugin]:
    settings = load(Path("secretshift.toml") if named else None, project)
    return {plugin.name: plugin for plugin in installed(settings).plugins}


def test_nothing_was_added() -> None:
    assert installed(Settings()).plugins == ()
    assert installed(Settings()).exit_code == 0


def test_a_broken_file_is_named_and_stops_no_other(project: Path) -> None:
    kinds = project / "kinds"
    (kinds / "good.toml").write_text(KIND.format(id="acme-token", name="ACME_TOKEN"))
    (kinds / "bad.toml").write_text("[[kind]]\nid = 'x'\n")
    (kinds / "notes.txt").write_text("not one of them")
    (project / "detectors" / "acme.py").write_text(DETECTOR.read_text())
    plugins = found(project)
    assert set(plugins) == {"good", "bad", "acme"}
    assert plugins["good"].loaded and plugins["good"].reason == "acme-token"
    assert plugins["bad"].state == "failed" and "lacks the key" in plugins["bad"].reason
    assert plugins["bad"].where == str(kinds / "bad.toml")
    assert "bad.toml" in plugins["bad"].sentence and "lacks the key" in plugins["bad"].sentence
    settings = load(Path("secretshift.toml"), project)
    assert installed(settings).exit_code == 3
    (kinds / "bad.toml").unlink()
    assert installed(settings).exit_code == 0


def test_files_that_claim_the_same_are_named_together(project: Path) -> None:
    for name in ("a", "b"):
        (project / "kinds" / f"{name}.toml").write_text(KIND.format(id="acme-token", name="ACME"))
    plugins = found(project)
    assert plugins["a"].loaded and plugins["b"].loaded
    clash = plugins["together"]
    assert clash.state == "failed" and "acme-token" in clash.reason
    assert "a.toml" in clash.where and "b.toml" in clash.where


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "secretshift.toml").write_text("[catalogue]\nextra = ['kinds']\n")
    (plugin,) = found(tmp_path).values()
    assert plugin.state == "failed" and plugin.where == str(tmp_path / "kinds")


def test_detectors_are_loaded_from_a_named_file_only(only_detectors: Path) -> None:
    detectors, ran = only_detectors / "detectors", only_detectors / "ran"
    (detectors / "acme.py").write_text(DETECTOR.read_text())
    (detectors / "broken.py").write_text("raise LookupError('made-up-text')\n")
    (detectors / "empty.py").write_text(f"open({str(ran)!r}, 'w').close()\n")
    (detectors / "_shared.py").write_text("raise LookupError\n")
    unnamed = found(only_detectors, named=False)
    assert {plugin.state for plugin in unnamed.values()} == {"left out"}
    assert all("--config" in plugin.reason for plugin in unnamed.values())
    assert not ran.exists()

    plugins = found(only_detectors)
    assert ran.exists()
    assert set(plugins) == {"acme", "broken", "empty"}
    assert plugins["acme"].loaded and plugins["acme"].kind == "detector"
    assert plugins["broken"].state == "failed" and "LookupError" in plugins["broken"].reason
    assert "made-up-text" not in plugins["broken"].reason
    assert plugins["empty"].state == "failed"


def test_what_an_open_detector_met_is_told_without_loading_anything(project: Path) -> None:
    ran = project / "ran"
    file = project / "detectors" / "acme.py"
    file.write_text(f"open({str(ran)!r}, 'w').close()\n")
    settings = load(Path("secretshift.toml"), project)

    class Problem:
        def __init__(self, plugin: str) -> None:
            self.plugin, self.reason = plugin, "failed and was left out: KeyError"

    met = [Problem(str(file)), Problem("SomeDetector")]
    plugins = {plugin.name: plugin for plugin in installed(settings, met).plugins}
    assert plugins["acme"].state == "failed" and plugins["SomeDetector"].state == "failed"
    assert not ran.exists()


def test_installed_packages_are_named_and_their_code_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    info = site / "acme_vault-0.4.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-vault\nVersion: 0.4\n")
    (info / "entry_points.txt").write_text(
        "[secretshift.stores]\nvault = acme_vault:Store\n[console_scripts]\nx = acme_vault:main\n"
    )
    (site / "acme_vault.py").write_text("raise LookupError\n")
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])
    (plugin,) = installed(Settings()).plugins
    assert (plugin.kind, plugin.name, plugin.version) == ("store", "vault", "0.4")
    assert plugin.where == "acme-vault" and plugin.state == "left out" and plugin.reason
    assert installed(Settings()).exit_code == 0


def test_rule_files_are_named_with_what_is_wrong(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (tmp_path / "secretshift.toml").write_text("[scan]\nrules = ['rules/*.yml', 'gone.yml']\n")
    head = "rules:\n  - name: Acme\n    pattern: '(acmekey_[a-z0-9]{20})'\n    id: "
    (rules / "good.yml").write_text(f"{head}custom.a\n")
    (rules / "broken.yml").write_text("rules: [\n")
    (rules / "deaf.yml").write_text(f"{head}custom.b\n    examples: ['made-up-text']\n")
    (rules / "twin.yml").write_text(f"{head}custom.a\n")
    plugins = found(tmp_path, named=False)

    assert {plugin.kind for plugin in plugins.values()} == {"rules"}
    assert plugins["good"].loaded and plugins["good"].reason == "custom.a"
    assert "is no YAML" in plugins["broken"].reason
    assert plugins["deaf"].reason == "custom.b does not match its own example 1"
    assert plugins["gone"].state == "failed" and plugins["gone"].where.endswith("gone.yml")
    assert "custom.a is there in" in plugins["together"].reason
    assert not any("made-up-text" in plugin.sentence for plugin in plugins.values())


OWN = """[[kind]]
id = "{id}"
title = "Acme token"
what = "Lets its holder deploy."
names = ["ACME_{name}_TOKEN"]
rotation = "By a person."
rotation_way = "person"
source = "https://acme.example/tokens (read 2025-11)"
example = [
  {{ name = "ACME_{name}_TOKEN", value = "{{alnum:24}}" }},
  {{ name = "{other}", value = "{value}" }},
]
counter_example = [
  {{ name = "ACME_{name}_TTL", value = "30", why = "a duration" }},
  {{ name = "{counter}", value = "{{alnum:24}}", why = "made up" }},
]
"""


def own_kind(name: str, other: str = "", value: str = "{alnum:24}", counter: str = "X") -> str:
    other = other or f"ACME_{name}_TOKEN"
    id_ = f"acme-{name.lower()}"
    return OWN.format(id=id_, name=name, other=other, value=value, counter=counter)


@pytest.mark.parametrize("open_", [False, True])
def test_kinds_are_tried_on_their_examples(project: Path, open_: bool) -> None:
    kinds = project / "kinds"
    (kinds / "good.toml").write_text(own_kind("GOOD"))
    (kinds / "deaf.toml").write_text(own_kind("DEAF", other="ACME_ELSEWHERE_TTL"))
    (kinds / "greedy.toml").write_text(own_kind("GREEDY", counter="ACME_GREEDY_TOKEN"))
    (kinds / "odd.toml").write_text(own_kind("ODD", value="{nothing:3}"))
    (kinds / "huge.toml").write_text(own_kind("HUGE", value="{alnum:9999999999}"))
    settings = load(Path("secretshift.toml"), project)
    made = DetectorApart(kinds=[kinds]) if open_ else None
    problems = () if open_ else None
    result = installed(settings, problems, made)
    if made is not None:
        made.close()

    told = {plugin.name: plugin for plugin in result.plugins}
    assert told["good"].loaded and told["good"].reason == "acme-good"
    assert told["deaf"].reason == "acme-deaf is not found in its own example 2"
    assert told["greedy"].reason == "acme-greedy is found in its own counter-example 2"
    assert told["odd"].reason == "the value of example 2 of acme-odd is no pattern"
    assert told["huge"].reason == "the value of example 2 of acme-huge is no pattern"
    assert all(told[one].state == "failed" for one in ("deaf", "greedy", "odd", "huge"))
    assert result.exit_code == 3


ENDS = """import os
from detect_secrets.plugins.base import BasePlugin
class Ends(BasePlugin):
    secret_type = "Ends"
    def analyze_string(self, string):
        os._exit(0)
"""


def test_what_a_detector_does_with_its_process_is_told_of_the_kinds(project: Path) -> None:
    (project / "kinds" / "good.toml").write_text(own_kind("GOOD"))
    (project / "detectors" / "ends.py").write_text(ENDS)
    good = found(project)["good"]
    assert good.state == "failed" and "could not be tried" in good.reason


def test_a_detector_that_ends_its_process_is_told_and_does_not_end_the_program(
    project: Path,
) -> None:
    (project / "detectors" / "ends.py").write_text("import os\nos._exit(0)\n")
    (project / "detectors" / "acme.py").write_text(DETECTOR.read_text())
    plugins = found(project)
    assert plugins["acme"].loaded
    assert plugins["ends"].state == "failed" and "has ended" in plugins["ends"].reason


def test_an_empty_folder_of_detectors_is_named(only_detectors: Path) -> None:
    (only_detectors / "detectors" / "_shared.py").write_text("x = 1\n")
    (plugin,) = found(only_detectors).values()
    assert plugin.state == "failed" and plugin.where == str(only_detectors / "detectors")
    assert "no file of a detector" in plugin.reason


def test_all_that_can_be_copied_loads() -> None:
    settings = load(DETECTOR.parents[1] / "secretshift.toml", Path.cwd())
    result = installed(settings)
    assert {plugin.kind for plugin in result.plugins} == {"kinds", "detector", "rules"}
    assert all(plugin.loaded for plugin in result.plugins) and result.exit_code == 0


def test_kinds_that_are_none_are_named(tmp_path: Path) -> None:
    for folder in ("nothing", "notes", "empty"):
        (tmp_path / folder).mkdir()
    (tmp_path / "notes" / "kinds.txt").write_text(KIND.format(id="acme-token", name="ACME"))
    (tmp_path / "empty" / "later.toml").write_text("# none yet\n")
    paths = ["nothing", "notes", "notes/kinds.txt", "empty"]
    (tmp_path / "secretshift.toml").write_text(f"[catalogue]\nextra = {paths}\n")
    plugins = found(tmp_path)
    assert {plugin.state for plugin in plugins.values()} == {"failed"}
    assert {Path(plugin.where).name: plugin.reason for plugin in plugins.values()} == {
        "nothing": "holds no TOML file",
        "notes": "holds no TOML file",
        "kinds.txt": "is not named .toml",
        "later.toml": "holds no [[kind]]",
    }


def test_kinds_that_are_none_are_said_of_by_every_command(tmp_path: Path) -> None:
    for folder in ("nothing", "kinds"):
        (tmp_path / folder).mkdir()
    kind = KIND.format(id="acme-token", name="ACME")
    (tmp_path / "kinds" / "acme.toml").write_text(kind)
    (tmp_path / "kinds" / "later.toml").write_text("")
    (tmp_path / "secretshift.toml").write_text("[catalogue]\nextra = ['kinds', 'nothing']\n")
    settings = load(Path("secretshift.toml"), tmp_path)
    said: list[object] = []
    services(settings, workspace=tmp_path / "workspace", emit=said.append)
    (note,) = [one for one in said if isinstance(one, Note)]
    assert note.level == "warning" and note.sentence == (
        f"[catalogue] extra adds no kind: {tmp_path / 'nothing'} holds no TOML file"
    )
