"""What a person sets once for a project: ``secretshift.toml`` or ``[tool.secretshift]``."""

from .keys import Description, describe
from .load import load
from .types import (
    AwsSettings,
    CatalogueSettings,
    FunctionSettings,
    MigrateSettings,
    PlanSettings,
    ScanSettings,
    Settings,
)

__all__ = [
    "AwsSettings",
    "CatalogueSettings",
    "Description",
    "FunctionSettings",
    "MigrateSettings",
    "PlanSettings",
    "ScanSettings",
    "Settings",
    "describe",
    "load",
]
