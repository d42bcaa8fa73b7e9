"""The command line with journeys that answer what a test says, and without an account."""

from __future__ import annotations

import importlib.util
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from secretshift.cli import program as entry
from secretshift.model.plans import Plan
from secretshift.settings import Settings
from tests import compiled_rules
from tests.starts import program as starts
from tests.starts.program import PROGRAM

__all__ = ["PROGRAM"]

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


@dataclass
class World:
    """What the command line reaches, and what it did there."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    settings: Settings = field(default_factory=Settings)
    opened: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, Any]] = field(default_factory=list)
    logging: list[tuple[Any, ...]] = field(default_factory=list)
    journal: Any = None

    def answer(self, journey: str, result: Any) -> None:
        """Let a journey (``scan.scan``) give this result, or raise it."""
        name = journey.partition(".")[2]

        def fake(_services: object, request: Any = None, *_rest: object, **_named: object) -> Any:
            self.calls.append((name, request))
            if isinstance(result, BaseException):
                raise result
            return result

        self.monkeypatch.setattr(f"secretshift.workflow.{journey}", fake)

    def run(self, *arguments: str) -> Answer:
        self.capsys.readouterr()
        code = entry.run(list(arguments))
        captured = self.capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    def called(self, name: str) -> list[Any]:
        return [request for called, request in self.calls if called == name]


@pytest.fixture
def world(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> World:
    made = World(monkeypatch, capsys)

    def services(_settings: Settings, **options: Any) -> Any:
        made.opened.append(options)
        return SimpleNamespace(
            settings=made.settings,
            catalogue=SimpleNamespace(kinds=()),
            journal=lambda: made.journal,
        )

    monkeypatch.chdir(tmp_path)
    for name in ("SECRETSHIFT_HOME", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    # The process of the tests is not hardened and its logs stay as they are.
    monkeypatch.setattr(entry, "harden_process", lambda: None)
    monkeypatch.setattr("secretshift.logs.configure", lambda *given: made.logging.append(given))
    monkeypatch.setattr("secretshift.wiring.services", services)
    monkeypatch.setattr("secretshift.wiring.load_settings", lambda _config: made.settings)
    return made


@pytest.fixture(scope="session")
def picture_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make", ROOT / "docs/pictures/make.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def made_up_plan(picture_script: ModuleType) -> Plan:
    plan: Plan = picture_script.made_up_plan()
    return plan


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """The installed program as a process of its own, with a workspace of its own."""
    compiled_rules.lay_below(tmp_path)

    def run(
        arguments: Sequence[str], *, cwd: Path = tmp_path, **more: str
    ) -> subprocess.CompletedProcess[bytes]:
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **more}
        environment.setdefault("SECRETSHIFT_HOME", str(tmp_path / "workspace"))
        return starts.run(arguments, cwd=cwd, env=environment, timeout=60)

    return run
