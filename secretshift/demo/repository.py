"""Makes a sample git repository that holds some of the sample credentials, and some decoys."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from secretshift.demo.errors import DemoProblem

_WHO = {
    "GIT_AUTHOR_NAME": "Sam Sample",
    "GIT_AUTHOR_EMAIL": "sam@northwind.example",
    "GIT_COMMITTER_NAME": "Sam Sample",
    "GIT_COMMITTER_EMAIL": "sam@northwind.example",
}
_FIRST, _SECOND = "2026-01-05T09:00:00+0000", "2026-01-12T15:30:00+0000"
_SECONDS = 30


def create(path: Path, values: Mapping[str, str]) -> Path:
    """A work tree with two commits at `path`, which must not exist or be empty.

    values: what `samples.values` made. In plain: `.env`, `config/settings.py`,
    `docker-compose.yml`, `infra/main.tf`, `assets/logo.bin`, an ignored `local/notes.txt` and an
    untracked `scratch.py`. Decoys: placeholders in README.md, dummy values in tests.
    Raises DemoProblem if there is something already, or if git fails.
    """
    if path.exists() and any(path.iterdir()):
        raise DemoProblem(
            "There is something at the place of the sample repository", resource=str(path)
        )
    path.mkdir(parents=True, exist_ok=True)
    _git(path, "init", "--quiet", "--template=", "--initial-branch=main")
    _write(path, _first(values))
    _git(path, "add", "--all")
    _git(path, "commit", "--quiet", "--message=A shop", date=_FIRST)
    _write(path, _second(values))
    _git(path, "add", "--all")
    _git(path, "commit", "--quiet", "--message=Infrastructure and a container", date=_SECOND)
    _write(path, _outside(values))
    return path


def _first(values: Mapping[str, str]) -> dict[str, str | bytes]:
    return {
        ".gitignore": "local/\n*.log\n",
        "README.md": _README,
        ".env": (
            "LOG_LEVEL=info\n"
            f"DATABASE_URL={values['orders_url']}\n"
            f"STRIPE_SECRET_KEY={values['stripe_key']}\n"
            "PORT=8080\n"
        ),
        "config/settings.py": (
            '"""Settings of the shop."""\n\nimport os\n\n'
            'DEBUG = False\nTABLE = os.environ.get("TABLE_NAME", "orders")\n'
            f'SENDGRID_API_KEY = "{values["sendgrid_key"]}"\n'
            'ARCHIVE_URL = "https://archive.northwind.example/invoices"\n'
        ),
        "tests/test_login.py": (
            "def test_login(client):\n"
            '    assert client.login("alice", password="changeme").status == 200\n'
            '    assert client.login("alice", password="wrong-password").status == 401\n'
        ),
    }


def _second(values: Mapping[str, str]) -> dict[str, str | bytes]:
    return {
        "docker-compose.yml": (
            "services:\n  ledger:\n    image: northwind/ledger:4\n    environment:\n"
            "      LEDGER_DB_USER: ledger\n"
            f"      LEDGER_DB_PASSWORD: '{values['ledger_password']}'\n"
            "      REDIS_PASSWORD: ${REDIS_PASSWORD}\n"
        ),
        "infra/main.tf": _terraform(values),
        # A picture with a token in its comment: found by nobody who skips binary files.
        "assets/logo.bin": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00token="
        + values["github_token"].encode()
        + bytes(range(256)),
    }


def _outside(values: Mapping[str, str]) -> dict[str, str | bytes]:
    return {
        "local/notes.txt": f"slack bot: {values['slack_token']}\n",
        "scratch.py": f'CHECKOUT_API_TOKEN = "{values["checkout_token"]}"\n',
    }


def _terraform(values: Mapping[str, str]) -> str:
    return (
        'resource "aws_lambda_function" "release_bot" {\n'
        '  function_name = "release-bot"\n  handler       = "release_bot.handler"\n'
        '  runtime       = "nodejs24.x"\n\n  environment {\n    variables = {\n'
        f'      GITHUB_TOKEN      = "{values["github_token"]}"\n'
        '      GITHUB_REPOSITORY = "northwind/shop"\n    }\n  }\n}\n\n'
        'variable "db_password" {\n  type      = string\n  sensitive = true\n}\n'
    )


_README = """\
# Shop

Copy `.env.sample` to `.env` and fill it in:

    DATABASE_URL=postgresql://orders:password@localhost:5432/orders
    STRIPE_SECRET_KEY=<your key>
    SENDGRID_API_KEY=SG.xxxxxxxxxxxxxxxx
"""


def _write(path: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        place = path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)


def _git(path: Path, *arguments: str, date: str = _FIRST) -> None:
    """Run git in `path` with nothing of the operator's: no configuration, hooks or signing."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(path),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_DATE": date,
        **_WHO,
    }
    try:
        done = subprocess.run(
            ["git", "-C", str(path), "-c", "core.hooksPath=", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
    except FileNotFoundError:
        raise DemoProblem("git is not installed", resource="git") from None
    if done.returncode:
        raise DemoProblem(f"git {arguments[0]} ended with {done.returncode}", resource=str(path))
