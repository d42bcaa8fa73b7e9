"""Detectors of the user's own: one that does not work must not pass for one that found nothing."""

from __future__ import annotations

from collections.abc import Sequence

from secretshift.model.errors import UsageProblem

from .services import PluginProblem, Services


def own_problems(services: Services) -> Sequence[PluginProblem]:
    """What has gone wrong with them until now. None are loaded from settings that nobody named.
    Raises UsageProblem for a rule file that cannot be taken."""
    chosen = services.settings.scan
    # Asking for them also tells what is wrong with a rule file, before anything is read.
    if not chosen.rules and not (chosen.plugins and services.settings.named):
        return ()
    return services.detector.problems


def own_gaps(services: Services) -> Sequence[str]:
    """What they were not asked of, in sentences."""
    settings = services.settings
    return services.detector.not_asked if settings.scan.plugins and settings.named else ()


def refuse_broken(services: Services) -> None:
    """Raises UsageProblem for the first one that cannot be loaded, and for such a rule file."""
    for problem in own_problems(services):
        if problem.ran:
            continue
        raise UsageProblem(
            f"A detector of your own {problem.reason}",
            resource=problem.plugin,
            hint="Mend it, or take it out of [scan] plugins; `secretshift plugins` tries all",
            code="broken-detector",
        )
