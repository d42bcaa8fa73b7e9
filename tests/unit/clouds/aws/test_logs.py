"""Of a log only the resolver's own words are kept."""

from __future__ import annotations

import json

import pytest

from secretshift.clouds.aws.logs import resolver_lines

CANARY = "canary-VALUE-91x"
OWN = 'secretshift {"names": ["DB"], "result": "match"}'


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        (OWN, OWN),
        (f"START RequestId\n{OWN}\nprinted {CANARY}\n", OWN),
        (f"2026-01-01 INFO {OWN} and then {CANARY}", OWN),
        (f"{OWN}\r\n{OWN}", f"{OWN}\n{OWN}"),
        (json.dumps({"level": "INFO", "message": f"{OWN} {CANARY}", "x": CANARY}), OWN),
        (f'secretshift {{"cut off by the tail: "{CANARY}', ""),
        (f"secretshift {CANARY}", ""),
        (f'{{"message": 7, "secretshift {{": "{CANARY}"', ""),
        (f"secretshift {{}}{CANARY}", "secretshift {}"),
    ],
)
def test_marker_and_its_object_and_nothing_else(text: str, kept: str) -> None:
    assert resolver_lines(text) == kept
