"""The generated values, the sample functions' sources, and the sample repository."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import zlib
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from secretshift.demo import repository, samples
from secretshift.demo.errors import DemoProblem
from secretshift.demo.extensions.function_environment import Tree
from secretshift.demo.sample_functions import BLUEPRINTS

ROOT = Path(__file__).parents[3]


def test_a_seed_gives_the_same_values_and_another_seed_others() -> None:
    one, again, other = samples.values(1), samples.values(1), samples.values(2)
    assert dict(one) == dict(again)
    assert set(one) == set(other)
    assert not [name for name in one if one[name] == other[name]]


def test_passwords_stand_in_the_strings_that_carry_them() -> None:
    made = samples.values(3)
    assert unquote(urlsplit(made["orders_url"]).password or "") == made["orders_password"]
    assert f"password={made['invoices_password']}&" in made["invoices_jdbc"]
    assert f"Password={made['warehouse_password']};" in made["warehouse_connection"]
    assert json.loads(made["crm_credentials"])["password"] == made["crm_password"]
    header = base64.b64decode(made["partner_header"].removeprefix("Basic ")).decode()
    assert header.partition(":")[2] == made["partner_password"]
    account = json.loads(base64.b64decode(made["service_account"]))
    assert account["private_key"] == made["service_account_key"]


def test_tokens_have_their_vendor_s_form() -> None:
    made = samples.values(4)
    assert re.fullmatch(r"sk_live_[0-9A-Za-z]{99}", made["stripe_key"])
    assert re.fullmatch(r"SG\.[\w-]{22}\.[\w-]{43}", made["sendgrid_key"])
    assert re.fullmatch(r"xoxb-\d{12}-\d{13}-[0-9A-Za-z]{24}", made["slack_token"])
    body, check = made["github_token"][4:34], made["github_token"][34:]
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    number = 0
    for character in check:
        number = number * 62 + alphabet.index(character)
    assert number == zlib.crc32(body.encode())
    for character in "\"'$`%\n":
        assert character in made["import_password"]
    assert not made["import_password"].isascii()


def test_no_value_stands_in_the_sources() -> None:
    made = samples.values()
    folders = (ROOT / "secretshift" / "demo", ROOT / "tests" / "unit" / "demo")
    for file in (file for folder in folders for file in folder.rglob("*") if file.is_file()):
        text = file.read_bytes()
        assert not [name for name, value in made.items() if value.encode() in text], file


def test_every_sample_fits_into_lambda_s_limits() -> None:
    made = samples.values()
    names = [blueprint.name for blueprint in BLUEPRINTS]
    assert len(names) == len(set(names))
    for blueprint in BLUEPRINTS:
        variables = blueprint.variables | {
            name: made[key] for name, key in blueprint.secret.items()
        }
        # Room for a reference beside each value, so that the plaintext can stay meanwhile.
        room = 200 * len(blueprint.secret)
        assert len(json.dumps(variables).encode()) + room < 4096, blueprint.name


def test_paths_are_placed_whole(tmp_path: Path) -> None:
    tree = Tree(tmp_path, tmp_path / "task", tmp_path / "opt")
    assert tree.place("/opt/a/b") == f"{tmp_path}/opt/a/b"
    assert tree.place("/opt") == f"{tmp_path}/opt"
    assert tree.place("/var/task/x") == f"{tmp_path}/task/x"
    for other in ("/optional", "opt/a", "x/opt/a", "", "/var/tasks/x"):
        assert tree.place(other) == other


def git(path: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(path), *arguments], capture_output=True, text=True, check=True
    ).stdout


def test_the_repository_holds_values_in_the_places_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Operator")
    made = samples.values()
    path = repository.create(tmp_path / "shop", made)
    monkeypatch.delenv("GIT_DIR")
    assert git(path, "status", "--short", "--ignored").split() == [
        "??",
        "scratch.py",
        "!!",
        "local/",
    ]
    assert set(git(path, "log", "--format=%an").split("\n")[:-1]) == {"Sam Sample"}
    for file, value in (
        (".env", "orders_url"),
        (".env", "stripe_key"),
        ("config/settings.py", "sendgrid_key"),
        ("docker-compose.yml", "ledger_password"),
        ("infra/main.tf", "github_token"),
        ("assets/logo.bin", "github_token"),
        ("local/notes.txt", "slack_token"),
        ("scratch.py", "checkout_token"),
    ):
        assert made[value].encode() in (path / file).read_bytes()
    assert b"\0" in (path / "assets/logo.bin").read_bytes()
    for file in ("README.md", "tests/test_login.py"):
        assert not [value for value in made.values() if value in (path / file).read_text()]
    with pytest.raises(DemoProblem):
        repository.create(path, made)
