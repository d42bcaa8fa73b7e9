"""Files of every grammar, mutated: nothing breaks, and what is reported stands where it is said."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secretshift.detection import Detector
from secretshift.model.findings import Verdict
from secretshift.model.secret_value import SecretValue
from tests.bench.quality_set import File, files, functions

_SEEDS: tuple[File, ...] = (*files("a"), *files("b"))
_VARIABLES = tuple(one.variables for half in ("a", "b") for one in functions(half)[:60])
_SIGNS = st.sampled_from(
    [
        "", " ", "\n", "\t", "\r\n", '"', "'", "`", "\\", "=", ":", "://", "@", "{", "}", "[", "]",
        "(", ")", "<", ">", "</", "$", "${", "{{", "#", "//", "--", "-----BEGIN", "-----END", ";",
        ",", "|", "%", "&amp;", "\x00", "\ud800", "ß", "İ", "\u2028", "😀", "password", "Bearer ",
        "kind: Secret\ndata:\n", "IDENTIFIED BY '", "curl -u a:", "@tcp(", "jwt.sign(",
    ]
)  # fmt: skip
_CUTS = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 40), _SIGNS), max_size=6)
_SHARED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def mutated(text: str, cuts: list[tuple[int, int, str]]) -> str:
    """The text with pieces cut out and others put in their place."""
    for at, size, put in cuts:
        at %= len(text) + 1
        text = text[:at] + put + text[at + size :]
    return text


def hold(verdict: Verdict, text: str) -> None:
    assert 0 <= verdict.offset < verdict.end <= len(text)
    assert not verdict.secret.is_empty()
    assert verdict.reasons
    secret = verdict.secret.reveal()
    span = text[verdict.offset : verdict.end]
    if len(span) == len(secret):
        assert span == secret, "a plain form is not what stands at its place"


@_SHARED
@given(st.sampled_from(_SEEDS), st.sampled_from([one.path for one in _SEEDS]), st.booleans(), _CUTS)
def test_mutated_files(
    detector: Detector, seed: File, other: str, swap: bool, cuts: list[tuple[int, int, str]]
) -> None:
    text = mutated(seed.made.text, cuts)
    for verdict in detector.text(other if swap else seed.path, text):
        hold(verdict, text)
    detector.sightings(seed.path, text)


@_SHARED
@given(st.sampled_from(_VARIABLES), _CUTS, st.integers(0, 30))
def test_mutated_variables(
    detector: Detector, seed: tuple[object, ...], cuts: list[tuple[int, int, str]], at: int
) -> None:
    rows = {one.name: one.made.text for one in seed}  # type: ignore[attr-defined]
    name = list(rows)[at % len(rows)]
    rows[name] = mutated(rows[name], cuts)
    for verdict in detector.environment({n: SecretValue(text) for n, text in rows.items()}):
        hold(verdict, rows[verdict.name])


def test_every_seed_as_it_is(detector: Detector) -> None:
    for seed in _SEEDS:
        for verdict in detector.text(seed.path, seed.made.text):
            hold(verdict, seed.made.text)
