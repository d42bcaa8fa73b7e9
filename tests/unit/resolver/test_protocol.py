"""The operator's side: lines out of logs, digests, templates."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.resolver import protocol
from secretshift.resolver.protocol import ResolverLine, parse_lines, references_digest
from tests.unit.resolver.harness import LAYER


def record(**changes: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "function": "orders",
        "version": "$LATEST",
        "refs": "0123456789abcdef",
        "ms": 123,
        "vars": {"DB_PASSWORD": "match"},
        **changes,
    }


def line(**changes: Any) -> str:
    return "secretshift " + json.dumps(record(**changes), separators=(",", ":"))


EXPECTED = ResolverLine("orders", "$LATEST", "0123456789abcdef", 123, {"DB_PASSWORD": "match"})


def test_a_line_among_the_noise_of_a_log() -> None:
    text = "\n".join(
        [
            "INIT_START Runtime Version: python:3.12.v1",
            line(),
            "START RequestId: 1 Version: $LATEST",
            "secretshift is mentioned {here}",
            line(version="7", vars={"A": "error:Timeout"}) + "\r",
            "REPORT RequestId: 1\tDuration: 2 ms",
        ]
    )
    assert parse_lines(text) == (
        EXPECTED,
        ResolverLine("orders", "7", "0123456789abcdef", 123, {"A": "error:Timeout"}),
    )


@pytest.mark.parametrize(
    "wrapped",
    [
        json.dumps({"timestamp": "2026-01-01T00:00:00Z", "level": "INFO", "message": line()}),
        json.dumps({"timestamp": "2026-01-01T00:00:00Z", "message": line() + "\n"}),
        json.dumps({"time": "2026-01-01T00:00:00Z", "type": "function", "record": line()}),
        json.dumps({"type": "function", "record": {"level": "INFO", "message": line()}}),
        "2026-01-01T00:00:00.000Z " + line(),
        "2026-01-01T00:00:00+00:00 2026/01/01/[$LATEST]0a1b " + line(),
        "\t" + line(),
    ],
)
def test_a_line_that_a_log_format_has_wrapped(wrapped: str) -> None:
    assert parse_lines(f"before\n{wrapped}\nafter") == (EXPECTED,)


@pytest.mark.parametrize(
    "hostile",
    [
        line(v=2),
        line(v=True),
        line(v="1"),
        line(function="or\u001b[31mders"),
        line(function=None),
        line(version="latest"),
        line(refs="0123"),
        line(refs="0123456789ABCDEF"),
        line(ms=-1),
        line(ms=True),
        line(ms="1"),
        line(vars=[]),
        line(vars={"$(id)": "match"}),
        line(vars={"A": "hunter2"}),
        line(vars={"A": "error:hunter"}),
        line(vars={"A": "error:Http20"}),
        line(vars={"A": ["match"]}),
        line(vars={f"A{i}": "match" for i in range(protocol.MOST_VARIABLES + 1)}),
        line()[:-1],
        line() + " and more",
        "GET /?q=" + line(),
        "user said " + line(),
        "secretshift " + "[" * 30_000 + "{}",
        "secretshift {" + '"a":{' * 9_000 + "}" * 9_001,
        '{"message": ["' + "secretshift {" + '"]}',
        "secretshift {" + " " * protocol.LONGEST_LINE + line()[13:],
        "secretshift {NaN}",
    ],
)
def test_hostile_and_broken_lines_are_passed_over(hostile: str) -> None:
    assert parse_lines(f"{hostile}\n{line()}\n{hostile}") == (EXPECTED,)


def test_an_endless_log_is_read_from_its_end() -> None:
    text = line(version="1") + "\n" + "x" * protocol.LONGEST_TEXT + "\n" + line()
    assert parse_lines(text) == (EXPECTED,)


@settings(deadline=None)
@given(st.text())
def test_no_text_makes_the_reader_fail(text: str) -> None:
    parse_lines(text)
    parse_lines("secretshift {" + text + "}")


def test_a_parsed_line_cannot_be_changed() -> None:
    (found,) = parse_lines(line())
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.function = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        found.outcomes["A"] = "match"  # type: ignore[index]


def test_every_code_of_the_layer_is_known() -> None:
    """A word that is missing here would make the whole line unreadable."""
    layer = "".join(path.read_text("utf-8") for path in LAYER.iterdir() if path.is_file())
    used = set(re.findall(r"Failure\(['\"]([A-Za-z]+)['\"]", layer))
    used |= set(re.findall(r"_secretshift_code=([A-Z][A-Za-z]+)", layer))
    used |= set(re.findall(r"""(?:return|\?) ['"]((?:Bad|Reserved)Name)['"]""", layer))
    used |= set(re.findall(r"""Exception['"](?::|,) ['"]([A-Za-z]+)['"]""", layer))
    used |= {"DecryptionFailure", "ServiceError", "Throttled"}
    assert used == protocol.ERROR_CODES


def test_the_digest_does_not_depend_on_the_order_but_on_every_part() -> None:
    references = [("A", "arn:1", ""), ("AB", "arn:2", "{x}")]
    found = references_digest(references)
    assert found == references_digest(references[::-1])
    assert re.fullmatch("[0-9a-f]{16}", found)
    others = [
        [("A", "arn:1", "")],
        [("A", "arn:1", "{x}"), ("AB", "arn:2", "")],
        [("A", "arn:2", ""), ("AB", "arn:1", "{x}")],
    ]
    assert len({found, *map(references_digest, others)}) == 4


def test_the_digest_is_what_the_contract_says() -> None:
    # printf 'A\tarn:1\t\nB\tarn:2\t{x}' | sha256sum
    assert references_digest([("B", "arn:2", "{x}"), ("A", "arn:1", "")]) == "70e7fdabdaa1c0c5"
