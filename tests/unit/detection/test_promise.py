"""Which files are worth to be read first."""

from __future__ import annotations

import pytest

from secretshift.detection.promise import MOST_PROMISING, promise_of


@pytest.mark.parametrize(
    "path",
    [
        ".env", ".env.production", "deploy/.npmrc", "config/database.yml", "Dockerfile", "id_rsa",
        "infra/main.tf", "Settings.JSON", "hooks/pre-push", "src/.netrc", "a.b/Makefile",
    ],
)  # fmt: skip
def test_what_configures_comes_first(path):
    assert promise_of(path) == MOST_PROMISING


@pytest.mark.parametrize(
    ("sooner", "later"),
    [
        ("app.env", "app.py"),
        ("app.py", "logo.png"),
        ("README.md", "fonts/a.woff2"),
        ("main.go", "vendor/a/b.yml"),
        ("main.js", "web/node_modules/a/package.json"),
        ("main.js", "package-lock.json"),
        ("a.rs", "Cargo.lock"),
        ("my_vendor/a.yml", "vendor/a.py"),
    ],
)
def test_what_others_or_programs_wrote_comes_last(sooner, later):
    assert promise_of(sooner) < promise_of(later)
