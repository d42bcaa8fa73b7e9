"""ArnEquals and ArnLike compare the six parts of an ARN one by one.

A `*` in one part does not reach over a colon into the next one.
AWS: "IAM JSON policy elements: Condition operators", section on ARN operators (IAM User Guide,
reference_policies_elements_condition_operators).
"""

from __future__ import annotations

from ministack.core import iam_evaluator

_PARTS = 6


def apply() -> None:
    for name in ("arnequals", "arnlike", "arnnotequals", "arnnotlike"):
        if name not in iam_evaluator._CONDITION_OPS:
            raise AttributeError(f"MiniStack has no operator {name}")
    iam_evaluator._CONDITION_OPS.update(
        arnequals=_matches, arnlike=_matches, arnnotequals=_differs, arnnotlike=_differs
    )


def _matches(actual: str, expected: str) -> bool:
    found, wanted = actual.split(":", _PARTS - 1), expected.split(":", _PARTS - 1)
    if len(found) != _PARTS or len(wanted) != _PARTS:
        return actual == expected or expected == "*"
    return all(
        iam_evaluator.fnmatch_iam_cs(part, pattern)
        for part, pattern in zip(found, wanted, strict=True)
    )


def _differs(actual: str, expected: str) -> bool:
    return not _matches(actual, expected)
