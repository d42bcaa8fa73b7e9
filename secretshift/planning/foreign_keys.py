"""Keys of other accounts: what their policies say cannot be read from here, so no right on them can
be told before the first write."""

from __future__ import annotations

from collections.abc import Iterable

from secretshift.model.functions import Place
from secretshift.model.plans import PlanNote

_BECAUSE = "{} under a key of another account, whose rights cannot be told from here"


def foreign_key(key: str, place: Place) -> bool:
    """key: an ARN, or in another form, which names a key of the own account; "" for none."""
    if not key.startswith("arn:"):
        return False
    parts = key.split(":")
    return len(parts) < 6 or (parts[1], parts[4]) != (place.partition, place.account)


def foreign_key_notes(own: str, keys: Iterable[str], place: Place) -> list[PlanNote]:
    """Why a function that needs these keys is left as it is. own: the key of its environment, ""
    for none; keys: those of its secrets, which are its own or the one of the settings."""
    notes = []
    if foreign_key(own, place):
        notes.append(
            PlanNote(
                "foreign-key",
                f"{_BECAUSE.format('Its environment is')}: {own}",
                "Set the function's KMSKeyArn to a key of its own account, or to none for the "
                "default key, then plan again. Or move it by hand, together with whoever keeps "
                "that key",
            )
        )
    for key in dict.fromkeys(keys):
        if key != own and foreign_key(key, place):
            notes.append(
                PlanNote(
                    "foreign-key",
                    f"{_BECAUSE.format('Its secret would be')}: {key}",
                    "Name a key of this account in plan.kms_key, or none for the default key",
                )
            )
    return notes
