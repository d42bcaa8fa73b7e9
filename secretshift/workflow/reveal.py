"""Show one value to the person who asks, and keep that it was shown."""

from __future__ import annotations

from secretshift.model.decisions import Reveal
from secretshift.model.findings import CredentialId, Finding
from secretshift.model.secret_value import SecretValue

from .reread import value_of
from .services import Services


def reveal(services: Services, finding: Finding) -> SecretValue:
    """The value of a finding, read again and checked by its fingerprint.

    That it was shown is on disk before this returns. Raises Moved if the place no longer holds
    it; then nothing was shown and nothing is written.
    """
    value = value_of(services, finding)
    shown = Reveal(
        credential=finding.credential,
        place=str(finding.location),
        who=services.who(),
        time=services.now(),
    )
    services.reveals().append(shown, finding.fingerprint)
    return value


def reveals(services: Services, credential: CredentialId) -> tuple[Reveal, ...]:
    """When the value of a credential was shown, oldest first."""
    return services.reveals().of(credential)
