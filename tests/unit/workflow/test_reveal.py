"""A value is shown after it is kept that it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from secretshift.model.errors import Moved, Unavailable
from secretshift.model.secret_value import SecretValue
from secretshift.workflow.reveal import reveal, reveals
from tests.security.sweep import Sweep

VALUE = "kanarie-" + "Vogel!8831"


@pytest.fixture
def finding(desk):
    desk.write("app.env", f"# top\nDATABASE_URL=postgresql://shop:{VALUE}@db/orders\n")
    (found,) = desk.credential().findings
    return found


def test_the_innermost_value_is_given_and_who_saw_it_is_kept(desk, finding):
    value = reveal(desk.services(), finding)
    assert value == SecretValue(VALUE)
    (kept,) = reveals(desk.services(), finding.credential)
    assert (kept.credential, kept.who, kept.time) == (finding.credential, "robin", desk.now)
    assert kept.place.startswith("app.env:2:")
    assert not Sweep({"value": VALUE}).below(desk.workspace)


def test_a_value_that_changed_is_not_shown_and_nothing_is_kept(desk, finding):
    desk.write("app.env", "DATABASE_URL=postgresql://shop:another-Fink!4402@db/orders\n")
    with pytest.raises(Moved):
        reveal(desk.services(), finding)
    assert not reveals(desk.services(), finding.credential)


def test_a_file_that_is_gone_has_moved(desk, finding):
    (desk.folder / "app.env").unlink()
    with pytest.raises(Moved):
        reveal(desk.services(), finding)


def test_where_it_cannot_be_kept_nothing_is_shown(desk, finding):
    class Full:
        def append(self, _reveal, _fingerprint):
            raise Unavailable("The disk of the workspace is full")

    with pytest.raises(Unavailable):
        reveal(replace(desk.services(), reveals=Full), finding)
