"""What a person chose for a plan: names and shapes of secrets, and what is left out. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from secretshift.model.findings import CredentialId


@dataclass(frozen=True, slots=True)
class Edit:
    """What the secret of one credential is called, and how it is stored.

    name: "" for the name that the plan would give it. shape: "" as the catalogue has it, "plain"
    for this value alone as text, "json" for an object with what belongs to it.
    """

    credential: CredentialId
    name: str = ""
    shape: str = ""
