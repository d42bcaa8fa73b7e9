"""What was added to the program from outside, and why something of it is not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from secretshift.catalogue import load
from secretshift.detection.engines.detect_secrets import DetectSecrets
from secretshift.detection.engines.own_rules import OwnRules
from secretshift.detection.engines.rule_files import files_of
from secretshift.model.errors import ExitCode, SecretshiftError
from secretshift.settings import Settings

from .services import PluginProblem, Services

GROUPS = {
    "secretshift.stores": "store",
    "secretshift.sources": "source",
    "secretshift.detectors": "detector",
    "secretshift.reports": "report",
}
"""Entry points by which installed packages offer something: (group, what it is)."""


class PluginState(StrEnum):
    """left out: it could be loaded, and something has to be said or done first."""

    LOADED = "loaded"
    FAILED = "failed"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Plugin:
    """kind: "kinds", "detector", "rules", "store", "source" or "report"; where: the file or the
    package that it comes from; version: "" where it has none; reason: why it is not loaded, or what
    it brings."""

    kind: str
    name: str
    version: str
    where: str
    state: PluginState
    reason: str = ""

    @property
    def loaded(self) -> bool:
        return self.state is PluginState.LOADED

    @property
    def sentence(self) -> str:
        """Everything of it in one line."""
        version = f" {self.version}" if self.version else ""
        place = f" from {self.where}" if self.where else ""
        reason = f": {self.reason}" if self.reason else ""
        return f"{self.kind} {self.name}{version}{place}, {self.state}{reason}"


@dataclass(frozen=True, slots=True)
class PluginsResult:
    plugins: tuple[Plugin, ...]

    @property
    def exit_code(self) -> ExitCode:
        failed = any(plugin.state is PluginState.FAILED for plugin in self.plugins)
        return ExitCode.INCOMPLETE if failed else ExitCode.DONE


def plugins(services: Services) -> PluginsResult:
    """Files of kinds, of detectors and of rules, installed packages, in this order; with what the
    detectors that are open have met. Code of an installed package is not run."""
    return installed(services.settings, services.detector.problems)


def installed(settings: Settings, problems: Sequence[PluginProblem] | None = None) -> PluginsResult:
    """The same where nothing is open. problems: None loads the files of detectors to see."""
    return PluginsResult(
        (
            *_kinds(settings),
            *_detectors(settings, problems),
            *_rules(settings),
            *_offered(),
        ),
    )


def _kinds(settings: Settings) -> Iterator[Plugin]:
    files = [file for path in settings.catalogue.extra for file in _files(path, ".toml")]
    before = {kind.id for kind in load().kinds}
    loaded = []
    for file in files:
        try:
            own = [kind.id for kind in load(extra=(file,)).kinds if kind.id not in before]
        except SecretshiftError as error:
            yield Plugin("kinds", file.stem, "", str(file), PluginState.FAILED, error.what)
        else:
            loaded.append(file)
            text = ", ".join(own)
            yield Plugin("kinds", file.stem, "", str(file), PluginState.LOADED, text)
    try:
        load(extra=loaded)
    except SecretshiftError as error:
        # Each is right by itself, and two of them claim the same.
        yield Plugin("kinds", "together", "", error.resource, PluginState.FAILED, error.what)


def _detectors(settings: Settings, problems: Sequence[PluginProblem] | None) -> Iterator[Plugin]:
    files = [file for path in settings.scan.plugins for file in _files(path, ".py")]
    if not settings.named:
        reason = "It is code; trust it by naming the settings with --config"
        for file in files:
            yield Plugin("detector", file.stem, "", str(file), PluginState.LEFT_OUT, reason)
        return
    if problems is None:
        problems = DetectSecrets(files).problems
    reasons = {problem.plugin: problem.reason for problem in problems}
    for file in files:
        reason = reasons.pop(str(file), "")
        state = PluginState.FAILED if reason else PluginState.LOADED
        yield Plugin("detector", file.stem, "", str(file), state, reason)
    for name, reason in reasons.items():
        yield Plugin("detector", name, "", "", PluginState.FAILED, reason)


def _rules(settings: Settings) -> Iterator[Plugin]:
    """Each file by itself, with what its own examples show; then what is wrong between them."""
    loaded = []
    for path in settings.scan.rules:
        try:
            files = files_of((path,))
        except SecretshiftError as error:
            yield _rule_file(path, PluginState.FAILED, error.what)
            continue
        for file in files:
            try:
                own = OwnRules((file,), alone=True)
                problems = [sentence for _file, sentence in own.problems()]
            except SecretshiftError as error:
                yield _rule_file(file, PluginState.FAILED, _with_hint(error))
                continue
            loaded.append(file)
            if problems:
                yield _rule_file(file, PluginState.FAILED, "; ".join(problems))
            else:
                ids = ", ".join(rule.id for rule in own.files[0].rules)
                yield _rule_file(file, PluginState.LOADED, ids)
    try:
        OwnRules(loaded)
    except SecretshiftError as error:
        reason = _with_hint(error)
        yield Plugin("rules", "together", "", error.resource, PluginState.FAILED, reason)


def _rule_file(path: Path, state: PluginState, reason: str) -> Plugin:
    return Plugin("rules", path.stem, "", str(path), state, reason)


def _with_hint(error: SecretshiftError) -> str:
    return f"{error.what}. {error.hint}" if error.hint else error.what


def _offered() -> Iterator[Plugin]:
    for group, kind in GROUPS.items():
        for point in sorted(metadata.entry_points(group=group)):
            package = point.dist
            yield Plugin(
                kind=kind,
                name=point.name,
                version=package.version if package is not None else "",
                where=package.name if package is not None else point.value,
                state=PluginState.LEFT_OUT,
                reason=f"This version of secretshift uses no {kind} of another package",
            )


def _files(path: Path, suffix: str) -> list[Path]:
    """A folder's files, as those who load them take them; whatever else it is, by itself."""
    try:
        files = sorted(file for file in path.iterdir() if file.suffix == suffix)
    except OSError:
        return [path]
    return [file for file in files if suffix != ".py" or not file.name.startswith("_")]
