"""Keys of other accounts: what their policies say cannot be read from here, so no right on them can
be told before the first write."""

from __future__ import annotations

from collections.abc import Iterable

from secretshift.model.functions import Place
from secretshift.model.plans import PlanNote


def foreign_key(key: str, place: Place) -> bool:
    """key: an ARN, or in another form, which names a key of the own account; "" for none."""
    if not key.startswith("arn:"):
        return False
    parts = key.split(":")
    return len(parts) < 6 or (parts[1], parts[4]) != (place.partition, place.account)


def foreign_key_notes(keys: Iterable[str], place: Place) -> list[PlanNote]:
    """Why a function that needs these keys is left as it is."""
    return [
        PlanNote(
            "foreign-key",
            f"Its key belongs to another account, whose rights cannot be told from here: {key}",
            "Put it under a key of its own account, or name such a one in plan.kms_key",
        )
        for key in dict.fromkeys(keys)
        if foreign_key(key, place)
    ]
