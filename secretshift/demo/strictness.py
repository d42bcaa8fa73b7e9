"""How strict the embedded AWS is where AWS itself is strict by degrees.

What is either refused or not, is refused always and is no setting.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Strictness:
    """iam_seconds: the least and the greatest time until a change of a policy works everywhere.

    AWS gives no number. `AWS_LIKE` has what people see; the default is short, so that a demo and
    the tests do not wait. (0, 0) lets every change work at once.
    iam_seed: which part of the cloud knows a change first; the same seed gives the same order.
    rates: how much of AWS's published rates is allowed before requests are refused; 1 is all of
    it, None refuses none.
    """

    iam_seconds: tuple[float, float] = (0.05, 0.2)
    iam_seed: int = 1
    rates: float | None = 1.0

    def to_json(self) -> str:
        """As one argument of the server's process."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Strictness:
        """What `to_json` wrote. Raises TypeError on a field that is unknown."""
        fields = json.loads(text)
        return cls(**{**fields, "iam_seconds": tuple(fields["iam_seconds"])})


USUAL = Strictness()
"""What an embedded AWS has unless it is told otherwise."""
AWS_LIKE = Strictness(iam_seconds=(5.0, 15.0))
"""A new or withdrawn grant takes 5 to 15 seconds."""
AT_ONCE = Strictness(iam_seconds=(0.0, 0.0), rates=None)
"""For tests of something else: nothing takes time, and nothing is too much."""
