"""Files of many languages, and what must hold for any text."""

from __future__ import annotations

import random
import string
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secretshift import catalogue
from secretshift.detection import Detector
from secretshift.model.findings import Confidence

EXAMPLE_PLUGIN = Path(__file__).parents[3] / "plugins" / "detectors"


def test_each_file_of_the_table(detector: Detector, file_table: ModuleType) -> None:
    wrong = []
    for path, text, secret in file_table.ROWS:
        found = [v.secret.reveal() for v in detector.text(path, text)]
        if found != ([] if secret is None else [secret]):
            wrong.append((path, text[:40]))
    assert wrong == []


def test_plain_forms_stand_at_their_offset(detector: Detector, file_table: ModuleType) -> None:
    for path, text, _ in file_table.ROWS:
        for verdict in detector.text(path, text):
            secret = verdict.secret.reveal()
            if secret in text:
                assert text[verdict.offset : verdict.offset + len(secret)] == secret


def test_tests_and_documents_lower_the_confidence(detector: Detector) -> None:
    text = 'password = "hunter22"\n'
    (app,) = detector.text("src/app.py", text)
    (test,) = detector.text("tests/test_app.py", text)
    assert test.confidence.rank < app.confidence.rank


@pytest.mark.parametrize(
    "line",
    [
        "APP_PASSWORD_SHA256=" + "0a1b2c3d4e5f6071" * 4,
        "htpasswd: ann_user:$2y$10$" + "Kx7vQp2mZr9Tw4Ln" * 3 + "abcde",
    ],
)
def test_the_hash_of_a_password_is_told_as_unsure(detector: Detector, line: str) -> None:
    (verdict,) = detector.text("chart/values.yaml", f"{line}\n")
    assert verdict.confidence is Confidence.LOW


@pytest.mark.parametrize(
    "comment", ["# pragma: allowlist secret", "# pragma: whitelist secret", "# kingfisher:ignore"]
)
def test_a_comment_silences_its_line(detector: Detector, comment: str) -> None:
    assert detector.text("app.py", f'password = "hunter22"  {comment}\n') == ()


def test_offsets_after_characters_of_several_bytes(detector: Detector) -> None:
    text = "ä" * 50 + "😀\n" + 'token = "gh' + "p_" + 'x9K2mQ7vL4sT1wY8zR3bN6cF5hJ0dG2aE7uP"\n'
    (verdict,) = detector.text("app.py", text)
    assert text[verdict.offset :].startswith("gh" + "p_")


def test_example_plugin_and_a_broken_one(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise RuntimeError('no')\n")
    missing = tmp_path / "missing.py"
    detector = Detector(catalogue.load(), plugin_paths=[broken, missing, EXAMPLE_PLUGIN])
    token = "acme_deploy_" + "Zx81Kq" * 5 + "Zx"
    (verdict,) = detector.text("deploy.cfg", f"run with {token} now\n")
    assert verdict.secret.reveal() == token
    assert {problem.plugin for problem in detector.problems} == {str(broken), str(missing)}


_PIECES = st.sampled_from(
    [
        "password", "PASSWORD=", "token: ", '"', "'", "\\", "\n", "://", "a:b@c",
        "{", "}", "=", ";",
        "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", "Bearer ", "Basic ",
        "pwd=", "jdbc:", "name: ", "value: ", "<password>", "</", "summer24", "ß", "İ", "\ud800",
        "\x00", "\u2028", "${X}", "AccountKey=", "0123456789abcdef" * 3,
    ]
)  # fmt: skip


_FIXTURES = [HealthCheck.function_scoped_fixture]


@settings(max_examples=150, deadline=None, suppress_health_check=_FIXTURES)
@given(
    st.lists(st.one_of(_PIECES, st.text(max_size=12)), max_size=40).map("".join),
    st.sampled_from(["a.py", "a.yml", ".env", "a.json", "a.xml", "README.md", "x/test/a.js"]),
)
def test_any_text(detector: Detector, text: str, path: str) -> None:
    for verdict in detector.text(path, text):
        assert 0 <= verdict.offset < len(text)
        assert not verdict.secret.is_empty()
        assert verdict.reasons


def test_a_minified_line_is_bounded_work(detector: Detector) -> None:
    line = 'a.token="x",b.password=c,' * 40_000
    assert all(v.confidence is not Confidence.HIGH for v in detector.text("app.min.js", line))


@pytest.mark.parametrize("name", ["DB_PASSWORD", "API_KEY"])
@given(st.integers(0, 1 << 64))
@settings(max_examples=150, deadline=None, suppress_health_check=_FIXTURES)
def test_what_a_machine_made_is_not_taken_for_something_else(
    detector: Detector, name: str, seed: int
) -> None:
    """An option, a property, a row of letters: random ones may begin like any of them."""
    rng = random.Random(seed)
    letters = string.ascii_letters + string.digits
    made = "".join(rng.choice(letters + "-_") for _ in range(24))
    value = rng.choice(["-", "--", "@", ".", ""]) + made + rng.choice(letters[-10:])
    assert [v.secret.reveal() for v in detector.text("app.py", f'{name} = "{value}"\n')] == [value]


@pytest.mark.parametrize(("lines", "kind"), [(3, "mysql-password"), (60, "database-password")])
def test_only_what_stands_nearby_says_whose_a_password_is(
    detector: Detector, lines: int, kind: str
) -> None:
    """A part of a long file that is judged by itself says the same as all of it."""
    between = "# nothing that would tell anything\n" * lines
    address = 'DB_CREDENTIALS_URL = "mysql://app:Winter2024!@db.acme.io/app"\n'
    text = f'{address}{between}DB_PASSWORD = "Summer2025!"\n'
    *_, found = detector.text("settings.py", text)
    assert (found.secret.reveal(), found.kind) == ("Summer2025!", kind)
