"""What a person sets once for a project: ``secretshift.toml`` or ``[tool.secretshift]``."""

from .looking import look_up, own_path
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
    VerifySettings,
)

__all__ = [
    "AwsSettings",
    "CatalogueSettings",
    "FunctionSettings",
    "MigrateSettings",
    "OwnFile",
    "PlanSettings",
    "ScanSettings",
    "Settings",
    "TuiSettings",
    "VerifySettings",
    "look_up",
    "own_path",
]
