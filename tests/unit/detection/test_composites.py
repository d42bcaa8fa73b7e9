"""Rules that the engine lets match only beside something else: a key is one by itself."""

from __future__ import annotations

import random
import sys

import pytest

from secretshift import builtin_rules
from secretshift.detection import Detector
from secretshift.detection.engines.composites import _COMPOSITES, _OVER_LINES, by_themselves
from secretshift.detection.engines.kingfisher import counts
from secretshift.model.secret_value import SecretValue

LETTERS = "abcdefghkmnpqrstuvwxyzABCDEFGHKMNPQRSTUVWXYZ23456789"


def made(size: int, letters: str = LETTERS, seed: int = 1) -> str:
    rng = random.Random(seed)
    return "".join(rng.choice(letters) for _ in range(size))


def in_hexadecimal(size: int) -> str:
    """Each digit as often as the others, for the rules measure how even they are."""
    digits = list("0123456789abcdef" * (size // 16 + 1))
    random.Random(1).shuffle(digits)
    return "".join(digits[:size])


KEYS = [
    ("ALGOLIA_ADMIN={}", in_hexadecimal(32)),
    ("AUTH0_CLIENT_SECRET=-{}", made(63)),
    ("x = '{}'", "cn" + "vca" + made(51)),
    ("x = '{}'", "psc" + "ale_tkn_" + made(43)),
    ("see {} there", "sk-" + "lf-" + "-".join(in_hexadecimal(n) for n in (8, 4, 4, 4, 12))),
    ("amplitude_access: '{}'", in_hexadecimal(32)),
]


def test_they_are_the_ones_of_the_engine() -> None:
    rules = builtin_rules.built_in().rules
    counted = {str(one["id"]) for one in rules.metadata() if one["visible"]}
    told = {rule: rules.detail(rule) for rule in counted if counts(rule)}
    wants = {
        rule
        for rule, detail in told.items()
        if any("within" in one and not one["optional"] for one in detail["depends_on_rule"])
    }
    assert wants == set(_COMPOSITES)
    over = {
        rule
        for rule, detail in told.items()
        if any(form in detail["pattern"] for form in (r"(?:.|[\n\r])", r"[\s\S]", "(?s)"))
        # Of files with a certain name, which the engine is not told.
        and not detail["path"]
    }
    assert over - wants == set(_OVER_LINES)


def test_what_is_not_there_in_another_version_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "secretshift.detection.engines.composites.REMADE", {_COMPOSITES[0], "betterleaks.no-such"}
    )
    assert len(by_themselves(builtin_rules.built_in().rules).rules) == 1


@pytest.mark.parametrize(("line", "key"), KEYS)
def test_a_key_without_the_id_of_its_account_is_found(
    detector: Detector, line: str, key: str
) -> None:
    text = line.format(key) + "\n"
    assert any(key in one.secret.reveal() for one in detector.text("a.env", text))


def test_in_a_function_it_does_not_matter_what_else_there_is(detector: Detector) -> None:
    key = "psc" + "ale_tkn_" + made(43)
    alone = detector.environment({"DATABASE": SecretValue(key)})
    assert [one.secret.reveal() for one in alone] == [key]


def test_with_the_id_it_is_found_once(detector: Detector) -> None:
    key = in_hexadecimal(32)
    text = f"ALGOLIA_APP_ID=I2M53TU1QY\nALGOLIA_ADMIN={key}\n"
    assert [one.secret.reveal() for one in detector.text("a.env", text)] == [key]


@pytest.mark.parametrize("between", ["\n  ", " \n    '", '\n\n  "'])
def test_a_value_may_stand_alone_below_its_name(detector: Detector, between: str) -> None:
    key = made(40)
    quote = between[-1:].strip()
    (one,) = detector.text("a.yml", f"cloudflare_token:{between}{key}{quote}\n")
    assert one.secret.reveal() == key


def test_no_rule_reaches_over_a_line_but_to_a_value_alone(detector: Detector) -> None:
    """In a history that line may be of another version."""
    assert detector.text("a.yml", f"of amplitude\nthe key {in_hexadecimal(32)}\n") == ()


@pytest.mark.parametrize(
    "line",
    [
        "algolia-search-1.2.tar.gz: {}", '"icons/algolia.svg": "{}"', "clark,{}",
        "('casimiro', '{}')", '"js/miro.min.js": "{}"', "zoho-1: {}", '"starlark": "{}"',
    ],
)  # fmt: skip
def test_a_checksum_beside_the_name_of_a_service_is_none(detector: Detector, line: str) -> None:
    for size in (32, 42):
        assert detector.text("a.txt", line.format(in_hexadecimal(size)) + "\n") == ()


def test_no_folder_has_to_be_there_to_write_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_how: object, **_more: object) -> str:
        raise FileNotFoundError(2, "No usable temporary directory")

    if sys.platform != "linux":
        pytest.skip("NOTHING IS TESTED HERE: this system keeps no file in memory")
    monkeypatch.setattr("tempfile.mkdtemp", refused)
    assert len(by_themselves(builtin_rules.built_in().rules).rules) > 20
