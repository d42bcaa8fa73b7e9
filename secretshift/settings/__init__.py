"""What a person sets once for a project: ``secretshift.toml`` or ``[tool.secretshift]``."""

from .keys import Description, describe
from .load import load, own_path
from .types import (
    AwsSettings,
    CatalogueSettings,
    FunctionSettings,
    MigrateSettings,
    OwnFile,
    PlanSettings,
    ScanSettings,
    Settings,
    TuiSettings,
)

__all__ = [
    "AwsSettings",
    "CatalogueSettings",
    "Description",
    "FunctionSettings",
    "MigrateSettings",
    "OwnFile",
    "PlanSettings",
    "ScanSettings",
    "Settings",
    "TuiSettings",
    "describe",
    "load",
    "own_path",
]
