"""Names that AWS Secrets Manager takes for a secret.

Source: AWS Secrets Manager API reference, CreateSecret, parameter Name.
"""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 512
_OTHER: Final = re.compile(r"[^A-Za-z0-9/_+=.@-]")
_LIKE_AN_ARN: Final = re.compile(r"-[A-Za-z0-9]{6}\Z")


def name_problem(name: str) -> str:
    """Why this is no name for a secret, as a sentence; "" if it is one."""
    if not name:
        return "A secret needs a name."
    if len(name) > LONGEST:
        return f"A secret's name has at most {LONGEST} characters; this one has {len(name):,}."
    if _OTHER.search(name):
        return "A secret's name is made of the letters a to z, digits and /_+=.@- only."
    if _LIKE_AN_ARN.search(name):
        return (
            "A secret's name must not end in a hyphen and six letters or digits: "
            "the end of an ARN looks like that."
        )
    return ""
