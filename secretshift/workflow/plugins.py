"""What was added to the program from outside, and why something of it is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Final

from secretshift.catalogue import Entry, load, without_kinds
from secretshift.detection import Problem
from secretshift.detection.apart import DetectorApart
from secretshift.detection.engines.own_rules import OwnRules
from secretshift.detection.engines.rule_files import files_of
from secretshift.model.errors import ExitCode, SecretshiftError
from secretshift.settings import Settings

from .own_kinds import Asked, misfits
from .services import PluginProblem, Services

GROUPS = {
    "secretshift.stores": "store",
    "secretshift.sources": "source",
    "secretshift.detectors": "detector",
    "secretshift.reports": "report",
}
"""Entry points by which installed packages offer something: (group, what it is)."""


_TOGETHER: Final = "together"
"""In place of a name, for what is wrong between files that are right by themselves."""

Tried = Callable[[Sequence[Entry]], Mapping[str, Sequence[str]]]


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
    try:
        problems = services.detector.problems
    except SecretshiftError:
        # Of a rule file, which is told of the file.
        return installed(services.settings, ())
    return installed(services.settings, problems, services.detector)


def installed(
    settings: Settings,
    problems: Sequence[PluginProblem] | None = None,
    detector: Asked | None = None,
) -> PluginsResult:
    """The same where nothing is open. problems: None loads the files of detectors to see; detector:
    the one that tries kinds on their examples, where problems are known."""
    detectors, rules = tuple(_detectors(settings, problems)), tuple(_rules(settings))
    try_kinds = partial(
        misfits,
        opened=detector,
        detectors=[Path(one.where) for one in detectors if one.loaded],
        rules=[] if _clash(rules) else [Path(one.where) for one in rules if one.loaded],
    )
    is_tried = problems is None or detector is not None
    kinds = _kinds(settings, try_kinds if is_tried else None)
    return PluginsResult((*kinds, *detectors, *rules, *_offered()))


def _clash(rules: Sequence[Plugin]) -> bool:
    return any(one.name == _TOGETHER and not one.loaded for one in rules)


def _kinds(settings: Settings, tried: Tried | None) -> Iterator[Plugin]:
    """tried: says what is wrong with them by their examples, None for those that are not tried."""
    for path in settings.catalogue.extra:
        # An empty folder has no file of which it could be said.
        if path.is_dir() and not _files(path, ".toml"):
            reason = without_kinds([path]).get(path, "")
            yield Plugin("kinds", path.name, "", str(path), PluginState.FAILED, reason)
    files = [file for path in settings.catalogue.extra for file in _files(path, ".toml")]
    before = {kind.id for kind in load().kinds}
    loaded: dict[Path, str] = {}
    failed: dict[Path, str] = {}
    for file in files:
        try:
            own = [kind.id for kind in load(extra=(file,)).kinds if kind.id not in before]
            idle = without_kinds([file]).get(file, "")
        except SecretshiftError as error:
            failed[file] = _with_hint(error)
            continue
        if idle:
            failed[file] = idle
        else:
            loaded[file] = ", ".join(own)
    clash: SecretshiftError | None = None
    try:
        entries = [one for one in load(extra=tuple(loaded)).entries if one.kind.id not in before]
        wrong = tried(entries) if tried is not None and entries else {}
    except SecretshiftError as error:
        # Each is right by itself, and two of them claim the same.
        clash, wrong = error, {}
    for file in files:
        state, reason = PluginState.FAILED, failed.get(file, "")
        if not reason:
            reason = "; ".join(wrong.get(str(file.absolute()), ()))
        if not reason:
            state, reason = PluginState.LOADED, loaded[file]
        yield Plugin("kinds", file.stem, "", str(file), state, reason)
    if clash is not None:
        yield Plugin("kinds", _TOGETHER, "", clash.resource, PluginState.FAILED, clash.what)


def _detectors(settings: Settings, problems: Sequence[PluginProblem] | None) -> Iterator[Plugin]:
    files = [file for path in settings.scan.plugins for file in _files(path, ".py")]
    if not settings.named:
        reason = "It is code; trust it by naming the settings with --config"
        for file in files:
            yield Plugin("detector", file.stem, "", str(file), PluginState.LEFT_OUT, reason)
        return
    if problems is None:
        problems = list(_problems(files))
    reasons = {problem.plugin: problem.reason for problem in problems}
    for file in files:
        reason = reasons.pop(str(file), "")
        state = PluginState.FAILED if reason else PluginState.LOADED
        yield Plugin("detector", file.stem, "", str(file), state, reason)
    for name, reason in reasons.items():
        yield Plugin("detector", name, "", "", PluginState.FAILED, reason)


def _problems(files: Sequence[Path]) -> Iterator[PluginProblem]:
    """With loading them, in a process of its own. Where one ends that, each is loaded alone."""
    if not files:
        return
    detector = DetectorApart(plugin_paths=files)
    try:
        yield from detector.problems
    except SecretshiftError as error:
        if len(files) == 1:
            yield Problem(str(files[0]), f"could not be loaded: {error.what}")
        else:
            for file in files:
                yield from _problems([file])
    finally:
        detector.rest()


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
        yield Plugin("rules", _TOGETHER, "", error.resource, PluginState.FAILED, reason)


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
    if suffix == ".py":
        # An empty one cannot be loaded, which is told of itself.
        return [file for file in files if not file.name.startswith("_")] or [path]
    return files
