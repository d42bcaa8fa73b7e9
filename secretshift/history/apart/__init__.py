"""The search of a history in a process of its own, so that whoever asks can go on meanwhile.

The processes that share the work are copies of one that has loaded the rules. That must be one
without threads, which the terminal interface is not.
"""

from .client import HistoryApart

__all__ = ["HistoryApart"]
