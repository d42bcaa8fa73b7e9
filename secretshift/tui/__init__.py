"""The terminal interface: screens and widgets, nothing else. It calls ``workflow``."""
