"""A few unlike functions, called all the time while grants spread and requests are throttled.

`tests/bench/reliability.py` does the same with forty and writes docs/reliability.md.
"""

from __future__ import annotations

import re
from pathlib import Path

from secretshift.changes.patience import Patience
from secretshift.demo.strictness import Strictness
from tests.bench.reliability import measure

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


def test_nobody_notices_a_migration_while_grants_work_by_turns(tmp_path):
    strict = Strictness(iam_seconds=(0.5, 5.0))
    patience = Patience(grant=20.0, log=5.0, pause=0.3, steady=5.0)

    result = measure(tmp_path, 3, 40, strict, patience)

    assert result.failures == ()
    assert [phase.status for phase in result.phases] == ["done", "undone"]
    assert result.left == ()
    assert result.kept, "two writes a function there, and one back"
    assert all(phase.calls > 10 for phase in result.phases)


def test_the_page_is_of_a_run_that_held():
    rows = re.findall(r"^\| (migrate|undo) \| (\w+) \| .*$", PAGE.read_text(), re.MULTILINE)
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.read_text().splitlines()
        if line.startswith(("| migrate", "| undo"))
    ]

    assert rows == [("migrate", "done"), ("undo", "undone")]
    assert [(row[4], row[5]) for row in cells] == [("0", "2"), ("0", "1")]
    assert "| functions | 40 |" in PAGE.read_text()
