"""Of a log only the resolver's own words are kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from secretshift.clouds.aws.logs import PAGES, resolver_lines, resolver_log
from secretshift.model.errors import Unavailable
from secretshift.model.functions import FunctionRef, FunctionSnapshot, Place
from secretshift.resolver.protocol import parse_lines

CANARY = "canary-VALUE-91x"
OWN = (
    'secretshift {"v":1,"function":"f","version":"7","refs":"0123456789abcdef","ms":1,'
    '"vars":{"DB":"match"}}'
)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        (OWN, OWN),
        (f"START RequestId\n{OWN}\nprinted {CANARY}\n", OWN),
        (f"2026-01-01 INFO {OWN} and then {CANARY}", ""),
        (f"GET /?q={OWN}", ""),
        (f"GET /?q={OWN} 200", ""),
        (f"\x0b{OWN}\x0bx", ""),
        (f"x\u2028{OWN}\u2028x", ""),
        (f"  {OWN}  ", OWN),
        (json.dumps({"level": "INFO", "message": OWN + "\n"}), OWN),
        (json.dumps({"message": f"GET /?q={OWN}"}), ""),
        (json.dumps({"message": "x", "query": OWN}), ""),
        (f"{OWN}\r\n{OWN}", f"{OWN}\n{OWN}"),
        (json.dumps({"level": "INFO", "message": f"{OWN} {CANARY}", "x": CANARY}), ""),
        (f'secretshift {{"cut off by the tail: "{CANARY}', ""),
        (f"secretshift {CANARY}", ""),
        (f'{{"message": 7, "secretshift {{": "{CANARY}"', ""),
        (f"secretshift {{}}{CANARY}", ""),
        ("[1]", ""),
        # What a function wrote in the resolver's manner.
        (f'secretshift {{"result": "{CANARY}"}}', ""),
        (OWN.replace("match", CANARY), ""),
        (OWN.replace('"f"', f'"{CANARY}!"'), ""),
        (OWN.replace("0123456789abcdef", CANARY), ""),
        (OWN.replace('"ms"', f'"note":"{CANARY}","ms"'), OWN),
        (OWN.replace('"DB"', f'"x {CANARY}"'), ""),
    ],
)
def test_marker_and_its_object_and_nothing_else(text: str, kept: str) -> None:
    assert resolver_lines(text) == kept


@pytest.mark.parametrize("line", [f"GET /?q={OWN} 200", f"GET /?q={OWN}"])
def test_what_a_function_was_sent_is_no_report(line: str) -> None:
    assert parse_lines(resolver_lines(line)) == ()
    assert len(parse_lines(resolver_lines(OWN))) == 1


class EndlessLog:
    def __init__(self, pages: int) -> None:
        self.left = pages

    def filter_log_events(self, **_request: Any) -> dict[str, Any]:
        self.left -= 1
        page: dict[str, Any] = {"events": [{"message": OWN}]}
        return {**page, "nextToken": "more"} if self.left else page


def test_a_log_that_is_too_long_is_an_error_and_not_its_beginning() -> None:
    place = Place("aws", "111122223333", "eu-west-1")
    ref = FunctionRef(place, "f", "arn:aws:lambda:eu-west-1:111122223333:function:f")
    snapshot = FunctionSnapshot(ref, "$LATEST", "python3.12", "Zip", ("arm64",), "role", {})
    since = datetime.now(UTC)
    whole: Any = EndlessLog(PAGES)
    assert resolver_log(whole, snapshot, since).count("secretshift") == PAGES
    endless: Any = EndlessLog(PAGES + 1)
    with pytest.raises(Unavailable) as caught:
        resolver_log(endless, snapshot, since)
    assert caught.value.code == "log-too-long"
