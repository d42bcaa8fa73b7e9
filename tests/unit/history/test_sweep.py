"""The first pass over bytes points at every line on which the detector finds something."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secretshift.detection import sweep, sweep_expressions, sweep_narrow
from secretshift.detection.sweep import Sweep, Why

from . import texts

SHARED = settings(
    max_examples=texts.LONG or 60,
    deadline=None,
    derandomize=not texts.LONG,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WHOLE = ("pgpass", "netrc", "ipynb", "userlist.txt", "sasl_passwd")
FAR = (b"PRIVATE KEY", b"AKIA", b"ASIA", b"Secret")
"""On a line with one of these a point stands for all that is around it."""


@pytest.fixture(scope="module")
def native(detector) -> Sweep:
    pytest.importorskip("hyperscan")
    return Sweep(detector)


@pytest.fixture(scope="module")
def portable(detector) -> Sweep:
    made = Sweep(detector)
    made._marked = sweep._portable()
    return made


def lines_of(data: bytes, points: Iterable[tuple[int, Why]]) -> set[int]:
    return {data.count(b"\n", 0, point) for point, _why in points}


def unseen(looking: Sweep, path: str, text: str) -> list[str]:
    """Lines with a verdict at which nothing points."""
    data = text.encode("utf-8", "surrogatepass")
    pointed = lines_of(data, looking.points(data))
    rows = data.split(b"\n")
    far = any(mark in rows[number] for number in pointed for mark in FAR)
    missed = []
    for one in looking.detector.text(path, text):
        first, last = text.count("\n", 0, one.offset), text.count("\n", 0, one.end)
        if not far and pointed.isdisjoint(range(first, last + 1)):
            missed.append("\n".join(text.split("\n")[max(0, first - 3) : last + 1]))
    return missed


def made_up(seed: int) -> tuple[str, str]:
    rng = random.Random(seed)
    text = rng.choice(texts.SNIPPETS)(rng)
    for _ in range(rng.randint(0, 3)):
        text = texts.edited(rng, text)
    path = rng.choice([one for one in texts.PATHS if not one.endswith(WHOLE)])
    return path, text


@SHARED
@given(st.integers(0, 1 << 32))
def test_each_verdict_stands_on_a_line_that_is_pointed_at(native, seed):
    path, text = made_up(seed)
    assert unseen(native, path, text) == []


@SHARED
@given(st.integers(0, 1 << 32))
def test_without_the_native_engine_too(portable, seed):
    path, text = made_up(seed)
    assert unseen(portable, path, text) == []


def test_each_file_of_the_tables(native, portable):
    missed = []
    for path, text, _secret in texts.ROWS:
        if not path.endswith(WHOLE):
            missed += unseen(native, path, text) + unseen(portable, path, text)
    assert missed == []


@SHARED
@given(st.integers(0, 1 << 32))
def test_what_the_native_engine_points_at_the_other_does_too(native, portable, seed):
    data = made_up(seed)[1].encode("utf-8", "surrogatepass")
    assert lines_of(data, native._marked(data)) <= lines_of(data, portable._marked(data))


STANDS = (
    b'@smtpPassword "x"', b'  :db-password "x"', b'(def db-token "x")', b'(setq -g my-secret "x")',
    b'storePassword "x"', b'\t\tSetEnv DB_PASSWORD "x"', b'#define API_KEY "x"', b'password @"x"',
    b"a=1&client_secret=k4hn", b"grant: token=k4hnUfer-29Stegx", b"x password=k4hn&user=app",
    b'"X-Api-Key: k4hnUfer"', b"'auth-token:k4hnUfer'",
)  # fmt: skip
STANDS_NOT = (
    b'there is no token "x"', b'return a.secret "x"', b"the key=k4hn", b"x.password=k4hnUfer",
    b"token=k4hn)", b"some key: k4hnUfer", b"{auth-token:k4hnUfer", b"f(password=k4hnUfer-29Stegx)",
)  # fmt: skip


@pytest.mark.parametrize("line", [*STANDS, *STANDS_NOT])
def test_what_stands_before_a_name_decides_whether_the_line_is_read_closely(line):
    data = b"\n" + line + b"\n"
    found = [
        counts(data, match.end())
        for broad, counts in zip(sweep_expressions.BROAD, sweep_narrow.COUNTS, strict=True)
        for match in re.finditer(broad.encode("ascii"), data, re.IGNORECASE)
    ]
    assert found, "else it says nothing of what is before"
    assert any(found) == (line in STANDS)


@pytest.mark.parametrize("line", STANDS)
def test_it_is_read_closely_by_either_engine(native, portable, line):
    data = b"\n" + line + b"\n"
    for looking in (native, portable):
        assert 1 in lines_of(data, (one for one in looking._marked(data) if one[1] is Why.ANYTHING))


@pytest.mark.parametrize(
    "line",
    [
        b"// The password for the user account to create.",
        b'"Description": "<p>The token for the next page of results.</p>",',
        b"Set a secret\tbefore it starts",
    ],
)
def test_a_word_of_a_sentence_is_no_name(native, line):
    assert not native.tells(line)


@pytest.mark.parametrize(
    "line",
    [
        b'password = "x"',
        b"The password: x",
        b'Dim password As String = "x"',
        b"ENV DB_PASSWORD hunter",
        b"run --password hunter now",
        b"machine example.org login ann password hunter",
        b"password hunter1",
        b"<password type='text'>hunter</password>",
        b'set_password("x")',
        b"the token and the api_key=abc",
    ],
)
def test_what_may_have_a_value_is_one(native, line):
    assert native.tells(line)
