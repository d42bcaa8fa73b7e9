"""Where settings may be. What reads them is imported only where there are some."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from .types import OwnFile, Settings

OWN_FILE: Final = "secretshift.toml"
SHARED_FILE: Final = "pyproject.toml"


def own_path() -> Path:
    """Where the user's own settings are, by the custom of the system."""
    from platformdirs import user_config_path

    return user_config_path("secretshift", appauthor=False) / OWN_FILE


def look_up(config: Path | None, cwd: Path, own: Path | None = None) -> Settings:
    """As ``load.load``, which says what the arguments are and what is raised; the defaults at once
    where there is no file."""
    places = [cwd / OWN_FILE, cwd / SHARED_FILE, *([own] if own is not None else ())]
    if config is None and not any(there(path) for path in places):
        return Settings(own=OwnFile(own) if own is not None else None)
    from .load import load as read

    return read(config, cwd, own)


def there(path: Path) -> bool:
    """True for what cannot be looked at, too: reading it says why."""
    try:
        return path.exists() or path.is_symlink()
    except OSError:
        return True
