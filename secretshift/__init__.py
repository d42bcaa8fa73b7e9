"""Move hardcoded credentials into a secret manager, prove it, and be able to undo it."""

__version__ = "0.1.0"
