"""A detector that is made when the first text comes: a look that reads nothing needs none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from secretshift.model.findings import Sighting, Verdict
from secretshift.model.secret_value import SecretValue

from .services import Detector, PluginProblem


@dataclass(frozen=True, slots=True)
class LateDetector:
    """made: gives the same one each time. Whatever making it raises comes with the first text."""

    made: Callable[[], Detector]

    @property
    def problems(self) -> Sequence[PluginProblem]:
        return self.made().problems

    @property
    def not_asked(self) -> Sequence[str]:
        return self.made().not_asked

    def environment(self, variables: Mapping[str, SecretValue]) -> tuple[Verdict, ...]:
        return self.made().environment(variables)

    def text(self, path: str, text: str) -> tuple[Verdict, ...]:
        return self.made().text(path, text)

    def left_out(self, path: str) -> str:
        return self.made().left_out(path)

    def sightings(self, path: str, text: str) -> tuple[Sighting, ...]:
        return self.made().sightings(path, text)
