"""The kinds of credentials, as data: one TOML file a family, a schema, a strict loader."""

from .loading import load, without_kinds
from .names import normalised, siblings
from .search import Catalogue, Entry, Example, VendorForm

__all__ = [
    "Catalogue",
    "Entry",
    "Example",
    "VendorForm",
    "load",
    "normalised",
    "siblings",
    "without_kinds",
]
