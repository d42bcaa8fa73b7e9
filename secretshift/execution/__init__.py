"""Runs a plan and takes it back: order, journal, resume, undo."""
