"""What a finished change proved, in words, from what the journal keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_SECRETS: Final[Mapping[str, str]] = {
    "created": "created, read back, fingerprint equal",
    "reused": "it was there; read, fingerprint equal",
    "restored": "restored, read back, fingerprint equal",
}
_MATCHES: Final[Mapping[str, str]] = {
    "event": "answered its test event, and its resolver reports these values",
    "observed": "its own resolver reports these values, after a twin got them",
    "probe": "a twin got these values; secret, grant and references are as proved",
}
_OTHERS: Final[Mapping[str, str]] = {
    "publish-layer": "its hash is that of this program's build",
    "grant-read": "written, read back; a simulation allows it",
    "probe": "a twin with its role, runtime and network got exactly this value",
    "grant-role": "denied with the condition on its ARN; without it a twin got exactly this value",
    "remove-plaintext": "LastUpdateStatus Successful, read back",
    "swap-reference": "LastUpdateStatus Successful, read back",
}


def proof_of(change: str, before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """change: type of a change that is done; before, after: as they are journaled."""
    if change == "create-secret":
        return _SECRETS.get(str(after.get("made", "")), "read back, fingerprint equal")
    if change == "add-reference":
        found = before.get("found") is True
        how = "it was there already" if found else "LastUpdateStatus Successful"
        return f"{how}, read back"
    if change == "prove":
        how = str(after.get("how", ""))
        return _MATCHES.get(how, how)
    return _OTHERS.get(change, "")
