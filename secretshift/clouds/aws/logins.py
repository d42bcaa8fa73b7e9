"""The logins of this machine as the SDK's own chain sees them, without asking AWS anything.

Source: "Configuration and credential file settings in the AWS CLI"; the order is that of
``botocore.credentials.create_credential_resolver``.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from secretshift.model.sources import Login

from .errors import aws_errors, quiet_sdk_loggers

Profiles = Mapping[str, Mapping[str, Any]]
"""Holds keys in plain text, as the SDK does: only names of settings leave this module."""

_SSO = ("sso_session", "sso_start_url", "sso_account_id", "sso_role_name")


@dataclass(frozen=True, slots=True)
class _Way:
    """How a profile gets its credentials. mfa: the SDK would ask for a code at the terminal."""

    how: str
    renew: str
    mfa: bool = False
    role: bool = False


def found_logins() -> tuple[Login, ...]:
    """The default credentials first, or the profile that they are, then every other profile.

    A profile that says nothing on credentials (a region, an output format) is no login of its
    own: with it the SDK takes what it takes by default. Raises UsageProblem where the
    configuration cannot be read.
    """
    import botocore.session

    quiet_sdk_loggers()
    session = botocore.session.Session()
    with aws_errors("reading the AWS configuration"):
        profiles: Profiles = session.full_config["profiles"]
        named = session.get_config_variable("profile") or ""
    return tuple(_logins(profiles, named))


def _logins(profiles: Profiles, named: str) -> Iterator[Login]:
    active = named or "default"
    ways = {name: way for name in profiles if (way := _way(name, profiles)) is not None}
    default = _default(ways.get(active), known=not named or named in profiles, named=named)
    if default is not None:
        yield default
    for name in sorted(ways, key=lambda name: name != active):
        yield _login(name, ways[name])


def _default(active: _Way | None, *, known: bool, named: str) -> Login | None:
    """None where the default credentials are those of the active profile."""
    plain = Login("aws", None, "")
    if os.environ.get("AWS_ACCESS_KEY_ID"):
        return replace(plain, how="environment variables", renew="Set the AWS_ variables anew")
    if not known:
        return replace(plain, how=f"profile {named}")
    if active is not None and active.role:
        return None
    if os.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE"):
        return replace(plain, how="web identity")
    if active is not None:
        return None
    if any(os.environ.get(f"AWS_CONTAINER_CREDENTIALS_{kind}_URI") for kind in _CONTAINER):
        return replace(plain, how="container role")
    if os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
        return None
    return replace(plain, how="role of the machine", sure=False)


_CONTAINER = ("RELATIVE", "FULL")


def _login(name: str, way: _Way) -> Login:
    if not way.mfa:
        return Login("aws", name, way.how, way.renew)
    command = f"aws configure export-credentials --profile {shlex.quote(name)} --format env"
    return Login(
        "aws",
        name,
        way.how,
        way.renew,
        asks="an MFA code",
        hint=f'Get temporary keys first: eval "$({command})"',
    )


def _way(name: str, profiles: Profiles, seen: tuple[str, ...] = ()) -> _Way | None:
    """None where the profile says nothing on credentials."""
    settings = profiles.get(name, {})
    quoted = shlex.quote(name)
    if "role_arn" in settings and "web_identity_token_file" not in settings:
        return _role(name, profiles, seen)
    if "role_arn" in settings:
        return _Way("web identity", f"Renew the token file of profile {name}")
    if any(key in settings for key in _SSO):
        return _Way("SSO", f"aws sso login --profile {quoted}")
    if "aws_access_key_id" in settings:
        kind = "temporary keys" if settings.get("aws_session_token") else "keys"
        return _Way(kind, f"aws configure --profile {quoted}")
    if "login_session" in settings:
        return _Way("console login", f"aws login --profile {quoted}")
    if "credential_process" in settings:
        return _Way("credential process", f"Log in to what gives profile {name} its credentials")
    return None


def _role(name: str, profiles: Profiles, seen: tuple[str, ...]) -> _Way:
    """A role is renewed where the credentials come from that assume it."""
    settings = profiles[name]
    source = str(settings.get("source_profile", ""))
    behind = None
    if source and source != name and source not in seen:
        behind = _way(source, profiles, (*seen, name))
    return _Way(
        how=f"a role, by profile {source}" if source else "a role",
        renew=behind.renew if behind is not None else f"Check profile {name} in ~/.aws/config",
        mfa="mfa_serial" in settings or (behind is not None and behind.mfa),
        role=True,
    )
