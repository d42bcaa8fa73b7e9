"""What gives this machine its credentials may fail and say anything: none of it is passed on."""

from __future__ import annotations

import secrets
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from secretshift.clouds.aws.accounts import AwsCloud
from secretshift.clouds.aws.logins import found_logins
from secretshift.clouds.aws.rates import RateLimits
from secretshift.model.errors import SecretshiftError

from .sweep import Sweep

VALUE = "kanarie-" + secrets.token_hex(16)
SWEEP = Sweep({"value": VALUE})
PROGRAMS = {
    "fails": f"echo {VALUE} >&2; exit 1",
    "says no JSON": f"echo '{{ {VALUE}'",
    "says other JSON": f'echo \'{{"Version": 7, "SecretAccessKey": "{VALUE}"}}\'',
    "says half of it": f'echo \'{{"Version": 1, "SecretAccessKey": "{VALUE}"}}\'',
    "says a list": f"echo '[\"{VALUE}\"]'",
}
SETTINGS = {
    "a broken file": f"[profile p\n{VALUE}",
    "half a key": f"[profile p]\naws_secret_access_key = {VALUE}\naws_access_key_id =\n",
    "no such source": f"[profile p]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = {VALUE}\n",
    "a token that is not there": "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/r\n"
    f"web_identity_token_file = /nowhere/{VALUE}\n",
    "sso of nowhere": "[profile p]\nsso_session = s\nsso_role_name = r\n"
    f"sso_account_id = {VALUE}\n",
}


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Writes the configuration of AWS that is then in force, without anything of this machine."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "config"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    def write(text: str) -> None:
        file.write_text(text)

    yield write


def chain_of(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__cause__ or one.__context__


def check(error: SecretshiftError) -> None:
    for one in chain_of(error):
        said = f"{one!s} {one!r} {one.args!r} {vars(one)!r}"
        assert SWEEP.of(said.encode()) == [], type(one)
    assert SWEEP.of("".join(traceback.format_exception(error)).encode()) == []


def asked(profile: str = "p") -> SecretshiftError:
    with pytest.raises(SecretshiftError) as caught:
        AwsCloud(profile, limits=RateLimits()).caller()
    return caught.value


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_for_credentials_is_not_quoted(
    configured: Callable[[str], None], tmp_path: Path, program: str
) -> None:
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\n{PROGRAMS[program]}\n")
    script.chmod(0o755)
    configured(f"[profile p]\ncredential_process = {script}\n")
    check(asked())


@pytest.mark.parametrize("settings", SETTINGS)
def test_settings_of_the_sdk_are_not_quoted(
    configured: Callable[[str], None], settings: str
) -> None:
    configured(SETTINGS[settings])
    check(asked())
    try:
        found_logins()
    except SecretshiftError as error:
        check(error)
