"""The detector in a process of its own, so that whoever asks it can go on with other things."""

from .client import DetectorApart

__all__ = ["DetectorApart"]
