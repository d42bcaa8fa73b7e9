"""Rules of the user's whose match depends on more than a line, in a history, of which only what is
new is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from secretshift import catalogue
from secretshift.detection import Detector

from .looks import search
from .repositories import Change, made, packed

RULES = {
    "another rule": r"""rules:
  - id: custom.acme-account
    name: An account
    pattern: '\bacme-account-([0-9]{6})\b'
    visible: false
  - id: custom.acme-key
    name: A key
    pattern: '\b(acme_[a-z0-9]{20})\b'
    depends_on_rule: [{rule_id: custom.acme-account, variable: ACCOUNT, within: 5L}]
""",
    "the line before": r"""rules:
  - id: custom.acme-key
    name: A key
    pattern: 'acme-account-[0-9]{6}[^\n]*\n[^\n]*\b(acme_[a-z0-9]{20})\b'
""",
}
RULES["signs of any line"] = r"""rules:
  - {id: custom.acme-key, name: A key, pattern: 'acme-account[^"]{0,40}(acme_[a-z0-9]{20})'}
"""


@pytest.mark.parametrize("wants", RULES)
@pytest.mark.parametrize("is_packed", [True, False])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_key_that_is_changed_beside_what_stays_is_found(
    tmp_path: Path, wants: str, is_packed: bool, end: str
) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(RULES[wants])
    detector = Detector(catalogue.load(), rule_paths=[rules])
    keys = ["acme_k4hnu7fer29stegx7q01", "acme_9vwm2tz8rkd5y3hx6pq4"]
    around = [f"line {number} of no use\n" * 3 for number in range(60)]
    changes = [
        Change(
            "refs/heads/main",
            (number - 1,) if number else (),
            {
                b"a.txt": "".join(
                    [*around[:30], f"acme-account-123456\n  {key}\n", *around]
                ).encode()
            },
        )
        for number, key in enumerate(keys)
    ]
    folder = made(tmp_path / "repository", changes)
    if is_packed:
        packed(folder)
    assert {*search(folder, detector).places} == {*keys}


def test_without_what_it_wants_it_is_none(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(RULES["another rule"])
    detector = Detector(catalogue.load(), rule_paths=[rules])
    folder = made(
        tmp_path / "repository",
        [Change("refs/heads/main", (), {b"a.txt": b"x acme_k4hnu7fer29stegx7q01\n"})],
    )
    assert search(folder, detector).places == {}


def test_for_a_rule_of_one_line_nothing_is_judged_as_a_whole(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text("rules:\n  - {id: custom.a, name: A, pattern: '\\b(acme_[a-z0-9]{20})\\b'}\n")
    detector = Detector(catalogue.load(), rule_paths=[rules])
    line = b"acme_k4hnu7fer29stegx7q01\n"
    assert [*detector.format_points(line)] == [0]
    assert not detector.rules_reach(line)
