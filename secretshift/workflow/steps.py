"""The changes of a run before it begins, for the views."""

from __future__ import annotations

from secretshift.execution.steps import PlannedStep, planned_steps, undo_steps

__all__ = ["PlannedStep", "planned_steps", "undo_steps"]
