"""Which logins a machine has: read from its configuration by the SDK's own rules."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from secretshift.clouds.aws.connections import Connections
from secretshift.clouds.aws.logins import found_logins
from secretshift.model.errors import LoginExpired, UsageProblem
from secretshift.model.sources import Login

KEY_ID, SECRET = "AKI" + "A" + "EXAMPLE7EXAMPLE7", "made-up/" + "0123456789abcdef" * 2
KEYS = f"aws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"


class Machine:
    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch
        for name in [key for key in os.environ if key.startswith("AWS_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        self.files("", "")

    def files(self, config: str, credentials: str = "") -> None:
        for name, variable, text in (
            ("config", "AWS_CONFIG_FILE", config),
            ("credentials", "AWS_SHARED_CREDENTIALS_FILE", credentials),
        ):
            (self._folder / name).write_text(text)
            self.set(variable, str(self._folder / name))

    def set(self, name: str, value: str) -> None:
        self._monkeypatch.setenv(name, value)

    def found(self) -> list[tuple[str | None, str]]:
        return [(login.profile, login.how) for login in found_logins()]

    def one(self, profile: str) -> Login:
        (login,) = [login for login in found_logins() if login.profile == profile]
        return login


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_nothing_is_set_up(machine: Machine) -> None:
    assert machine.found() == []


def test_a_machine_in_the_cloud_may_have_a_role_and_only_an_attempt_tells(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    (login,) = found_logins()
    assert login.profile is None and not login.sure
    machine.set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2")
    (login,) = found_logins()
    assert login.how == "container role" and login.sure


def test_profiles_of_both_files_and_how_each_gets_its_credentials(machine: Machine) -> None:
    machine.files(
        "[profile sso]\nsso_session = acme\nsso_account_id = 111122223333\nsso_role_name = r\n"
        "[sso-session acme]\nsso_start_url = https://acme.example\nsso_region = eu-west-1\n"
        "[profile console]\nlogin_session = arn:aws:iam::111122223333:user/u\n"
        "[profile program]\ncredential_process = /opt/vault get\n"
        "[profile web]\nrole_arn = arn:aws:iam::111122223333:role/r\n"
        "web_identity_token_file = /run/token\n"
        "[profile region-only]\nregion = eu-west-1\noutput = json\n",
        f"[keys]\n{KEYS}[short]\n{KEYS}aws_session_token = x\n",
    )
    assert machine.found() == [
        ("sso", "SSO"),
        ("console", "console login"),
        ("program", "credential process"),
        ("web", "web identity"),
        ("keys", "keys"),
        ("short", "temporary keys"),
    ]
    assert machine.one("sso").renew == "aws sso login --profile sso"
    assert machine.one("console").renew == "aws login --profile console"


def test_the_active_profile_is_first_and_is_not_named_twice(machine: Machine) -> None:
    machine.files("", f"[a]\n{KEYS}[default]\n{KEYS}[b]\n{KEYS}")
    assert machine.found() == [("default", "keys"), ("a", "keys"), ("b", "keys")]
    machine.set("AWS_PROFILE", "b")
    assert [profile for profile, _how in machine.found()] == ["b", "a", "default"]


def test_variables_that_win_over_the_profile_are_a_login_of_their_own(machine: Machine) -> None:
    machine.files("", f"[default]\n{KEYS}")
    machine.set("AWS_WEB_IDENTITY_TOKEN_FILE", "/run/token")
    assert machine.found() == [(None, "web identity"), ("default", "keys")]
    machine.set("AWS_ACCESS_KEY_ID", KEY_ID)
    machine.set("AWS_SECRET_ACCESS_KEY", SECRET)
    assert machine.found() == [(None, "environment variables"), ("default", "keys")]


def test_a_role_is_renewed_where_its_credentials_come_from(machine: Machine) -> None:
    role = "role_arn = arn:aws:iam::111122223333:role/r\n"
    machine.files(
        f"[profile top]\n{role}source_profile = middle\n"
        f"[profile middle]\n{role}source_profile = my sso\n"
        "[profile 'my sso']\nsso_start_url = https://acme.example\n"
        f"[profile instance]\n{role}credential_source = Ec2InstanceMetadata\n"
        f"[profile lost]\n{role}source_profile = nowhere\n"
        f"[profile ring]\n{role}source_profile = ring2\n"
        f"[profile ring2]\n{role}source_profile = ring\n"
    )
    top = machine.one("top")
    assert top.how == "a role, by profile middle"
    assert top.renew == "aws sso login --profile 'my sso'"
    assert "instance" in machine.one("instance").renew
    assert {"lost", "ring", "ring2"} <= {login.profile for login in found_logins()}


def test_a_login_that_would_ask_for_a_code_says_so_and_what_to_do(machine: Machine) -> None:
    role = "role_arn = arn:aws:iam::111122223333:role/r\n"
    machine.files(
        f"[profile mfa]\n{role}source_profile = keys\nmfa_serial = arn:aws:iam::1:mfa/me\n"
        f"[profile behind]\n{role}source_profile = mfa\n",
        f"[keys]\n{KEYS}mfa_serial = arn:aws:iam::1:mfa/me\n",
    )
    for profile in ("mfa", "behind"):
        login = machine.one(profile)
        assert login.asks == "an MFA code"
        assert f"export-credentials --profile {profile}" in login.hint
    # the SDK looks at it together with a role only
    assert machine.one("keys").asks == ""


def test_a_profile_that_is_named_and_not_there_is_a_login_that_will_fail(
    machine: Machine,
) -> None:
    machine.files("", f"[dev]\n{KEYS}")
    machine.set("AWS_PROFILE", "devv")
    assert machine.found() == [(None, "profile devv"), ("dev", "keys")]


def test_no_key_leaves_the_configuration(machine: Machine) -> None:
    machine.files("", f"[dev]\n{KEYS}aws_session_token = made-up-token\n")
    said = repr(found_logins())
    assert not any(text in said for text in (KEY_ID, SECRET, "made-up-token"))


def test_a_configuration_that_cannot_be_read_is_the_persons_to_mend(machine: Machine) -> None:
    machine.files("[profile x\n")
    with pytest.raises(UsageProblem) as caught:
        found_logins()
    assert caught.value.code == "aws-configuration"


@pytest.mark.parametrize(
    "settings",
    [
        "credential_process = /not/there/at-all get",
        "credential_process = /bin/echo {not-json",
        "role_arn = arn:aws:iam::111122223333:role/r\nweb_identity_token_file = /not/there",
        f"{KEYS.splitlines()[0]}\n",
    ],
)
def test_what_a_profile_names_and_is_not_there_is_a_usage_problem(
    machine: Machine, settings: str
) -> None:
    machine.files(f"[profile x]\nregion = eu-west-1\n{settings}\n")
    with pytest.raises(UsageProblem) as caught:
        Connections("x", None).check_credentials()
    assert caught.value.hint and SECRET not in str(caught.value)


def test_a_login_without_a_token_has_expired(machine: Machine) -> None:
    machine.files(
        "[profile sso]\nregion = eu-west-1\nsso_start_url = https://not-logged-in.example\n"
        "sso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = r\n"
    )
    with pytest.raises(LoginExpired):
        Connections("sso", None).check_credentials()
