"""Undo says which value lies in plain again and since when, and every report says the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from secretshift.changes.prove_match import ProveMatch
from secretshift.clouds.aws.functions import AwsFunctions
from secretshift.execution import put_back
from secretshift.model.errors import Refused
from secretshift.model.journeys import Consent
from secretshift.workflow.runs import show

from .world import NEAR

TOKEN = "tok-Vw83hdkQpe71"
PASSWORD = "kirsche-Mond-17"


def names(items) -> set[tuple[str, str]]:
    return {(item.function, item.variable) for item in items}


def test_an_undo_and_every_later_look_say_since_when(world):
    world.function("api", {"API_TOKEN": TOKEN, "DB_PASSWORD": PASSWORD})
    made = world.services()
    run = world.migrate(made).run
    assert show(made, run).in_plain == ()
    begun = datetime.now(UTC)
    undone = world.undo(made, run)
    assert names(undone.in_plain) == {(f"{NEAR}/api", "API_TOKEN"), (f"{NEAR}/api", "DB_PASSWORD")}
    assert all(begun <= item.since <= datetime.now(UTC) for item in undone.in_plain)
    assert show(made, run).in_plain == undone.in_plain
    assert world.undo(made, run).in_plain == undone.in_plain


def test_what_never_left_the_function_is_not_said_to_be_back(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    run = world.migrate(made, consent=Consent.SWITCH).run
    undone = world.undo(made, run)
    assert (undone.status, undone.in_plain) == ("undone", ())


def test_a_function_that_is_gone_holds_nothing_in_plain(world):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    run = world.migrate(made).run
    world.client("lambda").delete_function(FunctionName="api")
    del world.functions["api"]
    undone = world.undo(made, run)
    assert (undone.status, undone.in_plain) == ("undone", ())


def test_a_value_that_is_back_is_said_to_be_back_although_the_undo_failed(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    run = world.migrate(made).run

    def fails(*_given):
        raise Refused("It fails on its test event", code="event-failed")

    with monkeypatch.context() as patch:
        patch.setattr(put_back, "_prove", fails)
        failed = world.undo(made, run)
    assert failed.status == "partly-undone"
    assert names(failed.in_plain) == {(f"{NEAR}/api", "API_TOKEN")}
    undone = world.undo(made, run)
    assert undone.status == "undone"
    assert undone.in_plain == failed.in_plain, "of the write that did it, not of a later look"


class Killed(BaseException):
    """Stands for SIGKILL inside this process."""


def test_what_a_killed_undo_had_put_back_is_known(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    run = world.migrate(made).run
    real = AwsFunctions.write

    def write(self, ref, written):
        real(self, ref, written)
        raise Killed

    begun = datetime.now(UTC)
    with monkeypatch.context() as patch:
        patch.setattr(AwsFunctions, "write", write)
        with pytest.raises(Killed):
            world.undo(made, run)
    killed = datetime.now(UTC)
    assert show(made, run).in_plain == ()
    undone = world.undo(made, run)
    assert undone.status == "undone"
    assert names(undone.in_plain) == {(f"{NEAR}/api", "API_TOKEN")}
    assert begun <= undone.in_plain[0].since <= killed


def test_a_write_that_was_refused_put_nothing_back(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    run = world.migrate(made).run

    def write(self, ref, written):
        raise Refused("Access was denied", code="access-denied")

    with monkeypatch.context() as patch:
        patch.setattr(AwsFunctions, "write", write)
        failed = world.undo(made, run)
    assert (failed.status, failed.in_plain) == ("partly-undone", ())
    assert names(world.undo(made, run).in_plain) == {(f"{NEAR}/api", "API_TOKEN")}


def test_a_value_that_goes_again_is_no_longer_said_to_be_in_plain(world, monkeypatch):
    """The last proof fails, the plaintext comes back, and the resumed run takes it away again."""
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    real = ProveMatch.apply

    def apply(self, ctx, intent):
        if self.wanted == "resolved":
            raise Refused("The resolver reports nothing", code="no-report")
        return real(self, ctx, intent)

    with monkeypatch.context() as patch:
        patch.setattr(ProveMatch, "apply", apply)
        run = world.migrate(made).run
    assert world.variables("api")["API_TOKEN"] == TOKEN
    assert names(show(made, run).in_plain) == {(f"{NEAR}/api", "API_TOKEN")}
    assert world.resume(made, run).status == "done"
    assert "API_TOKEN" not in world.variables("api")
    assert show(made, run).in_plain == ()
