"""What can go wrong with the embedded cloud."""

from __future__ import annotations

from typing import ClassVar

from secretshift.model.errors import SecretshiftError


class DemoProblem(SecretshiftError):
    """The embedded cloud or its samples could not be set up."""

    default_code: ClassVar[str] = "demo"
