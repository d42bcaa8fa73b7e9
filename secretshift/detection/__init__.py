"""Finds plaintext credentials: candidates from every engine, and one judge over them.

Other folders use :class:`Detector`; :func:`judge` is pure and needs no engine.
"""

from .candidate import Candidate, Evidence, Place
from .detector import Detector
from .engines.failures import Problem
from .judge import judge
from .kinds import KindBook

__all__ = ["Candidate", "Detector", "Evidence", "KindBook", "Place", "Problem", "judge"]
