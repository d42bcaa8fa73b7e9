"""Comments that say that a line holds no secret, in the manners of many languages."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

import pytest

from secretshift.detection import Detector

PAGE = Path(__file__).parents[3] / "docs/how-to/pre-commit.md"
WORDS = (
    "pragma: allowlist secret",
    "pragma: whitelist secret",
    "kingfisher:ignore",
    "gitleaks:allow",
    "trufflehog:ignore",
    "noqa: secret",
)
MANNERS = {
    "app.py": ('password = "{}"', "# {}"),
    "app.js": ('const password = "{}";', "// {}"),
    "app.xml": ("<password>{}</password>", "<!-- {} -->"),
    "app.sql": ("password := '{}';", "-- {}"),
    "app.ini": ("password = {}", "; {}"),
    "app.c": ('char *password = "{}";', "/* {} */"),
    "app.bat": ("set password={}", ":: {}"),
    "app.tex": ('password = "{}"', "% {}"),
}


def value() -> str:
    return f"Hx4!{secrets.token_hex(5)}Rw"


@pytest.mark.parametrize("path", MANNERS)
def test_any_manner_of_comment_is_understood(detector: Detector, path: str) -> None:
    line, comment = MANNERS[path]
    text = line.format(value())
    assert detector.text(path, f"{text}\n"), "nothing would be silenced"
    for word in WORDS:
        marked = f"{text}  {comment.format(word)}\n"
        assert detector.text(path, marked) == (), word
        assert len(detector.text(path, f"{marked}{text}\n")) == 1, "only its own line"
    before = f"{comment.format('pragma: allowlist nextline secret')}\n"
    assert detector.text(path, f"{before}{text}\n") == ()
    assert len(detector.text(path, f"{before}{text}\n{line.format(value())}\n")) == 1


@pytest.mark.parametrize(
    "before",
    [
        "x = 1  # {}",
        'log("# {}")',
        '"# {}"',
        "/* {} */ x = 1;",
        "<!-- {} --><a>",
        "{}",
        "x = '" + "y" * 500 + "'  # {}",
        "y" * 362 + " # {}",
    ],
)
def test_only_a_line_that_is_a_comment_speaks_of_the_next(detector: Detector, before: str) -> None:
    comment = before.format("pragma: allowlist nextline secret")
    line = f'password = "{value()}"\n'
    assert len(detector.text("app.py", f"{comment}\n{line}")) == 1
    assert len(detector.text("app.py", f"a = 1\n{comment}\n{line}")) == 1


@pytest.mark.parametrize(
    "before",
    ["    # {}", "\t// {}: of a test", "## {}", "/** {} */", " * {}", "<!--{}-->", "{{# {} #}}"],
)
def test_a_comment_of_its_own_speaks_of_the_next_line(detector: Detector, before: str) -> None:
    comment = before.format("pragma: whitelist nextline secret")
    line = f'password = "{value()}"'
    for end in ("\n", "\r\n"):
        assert detector.text("app.py", f"a = 1{end}{comment}{end}{line}{end}") == ()


def test_what_is_known_by_its_format_is_silenced_as_well(detector: Detector) -> None:
    token = "gh" + "p_" + "x9K2mQ7vL4sT1wY8zR3bN6cF5hJ0dG2aE7uP"
    dashes = "-" * 5
    body = "\n".join(secrets.token_hex(32) for _ in range(8))
    key = f"{dashes}BEGIN RSA PRIVATE KEY{dashes}\n{body}\n{dashes}END RSA PRIVATE KEY{dashes}\n"
    address = f"postgresql://shop:{value()}@db.internal/orders"
    for text in (f"run with {token} now\n", key, f"{address}\n"):
        assert detector.text("notes.txt", text)
        first, _, rest = text.partition("\n")
        for comment in ("# pragma: allowlist secret", "// kingfisher:ignore"):
            assert detector.text("notes.txt", f"{first} {comment}\n{rest}") == ()
        nextline = "# pragma: allowlist nextline secret\n"
        assert detector.text("notes.txt", f"{nextline}{text}") == ()


def test_the_page_shows_comments_that_work(detector: Detector) -> None:
    text = PAGE.read_text("utf-8").split("```text\n")[1].split("```")[0]
    assert detector.text("page.conf", text) == ()
    unmarked = re.sub("|".join((*WORDS, "pragma: allowlist nextline secret")), "", text)
    assert len(detector.text("page.conf", unmarked)) == text.count("hunter22") == 7
