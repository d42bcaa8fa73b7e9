"""Detectors of the user's own: one that does not work must not pass for one that found nothing."""

from __future__ import annotations

from collections.abc import Sequence

from secretshift.model.errors import UsageProblem

from .services import PluginProblem, Services


def own_problems(services: Services) -> Sequence[PluginProblem]:
    """What has gone wrong with them until now. None are loaded from settings that nobody named."""
    settings = services.settings
    return services.detector.problems if settings.scan.plugins and settings.named else ()


def refuse_broken(services: Services) -> None:
    """Raises UsageProblem for the first one that cannot be loaded."""
    for problem in own_problems(services):
        raise UsageProblem(
            f"A detector of your own {problem.reason}",
            resource=problem.plugin,
            hint="Mend it, or take it out of [scan] plugins; `secretshift plugins` tries all",
            code="broken-detector",
        )
