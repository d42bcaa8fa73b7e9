"""What git histories hold is never moved: a plan says that it has to be rotated."""

from __future__ import annotations

from dataclasses import replace

import pytest

from secretshift.model.decisions import Choice, Decision
from secretshift.model.findings import Confidence, HistoryLocation, credential_id
from secretshift.model.proofs import FunctionProof, Proved
from secretshift.model.secret_value import SecretValue
from secretshift.planning.inputs import Options
from secretshift.planning.selection import Selection
from secretshift.workflow.todos import todos

from .conftest import fingerprint
from .test_edits import in_file

TOKEN = "tok-Vw83hdkQpe71"


def in_history(text: str, world, path: str = "app.env"):
    found = in_file(text, world)
    mark = fingerprint(SecretValue(text))
    at = HistoryLocation("/repo", path, 3, "b" * 40, "c" * 40, "d" * 40)
    return replace(found, credential=credential_id(mark), fingerprint=mark, location=at)


def test_what_only_a_history_has_is_left_to_a_person(world):
    found = (in_history(TOKEN, world), in_history(TOKEN, world, "old.env"))
    plan = world.plan(history_findings=found)
    (work,) = plan.work
    assert (work.code, work.credential) == ("in-history", found[0].credential)
    assert work.where == ("dddddddddddd:app.env:3", "dddddddddddd:old.env:3")
    assert work.text.startswith("Only a git history has it")
    assert plan.nothing_to_do and not plan.secrets and not plan.functions


def test_what_is_moved_and_in_a_history_is_moved_and_still_to_be_rotated(world):
    found = (in_history(TOKEN, world),)
    plan = world.function("api", {"API_TOKEN": TOKEN}).plan(history_findings=found)
    (work,) = plan.work
    assert "whatever is moved" in work.text
    assert [secret.credential for secret in plan.secrets] == [found[0].credential]


def test_its_rotation_waits_for_no_history(world):
    """A history is no place that could be switched first."""
    plan = world.function("api", {"API_TOKEN": TOKEN}).plan(
        history_findings=(in_history(TOKEN, world),)
    )
    proof = FunctionProof(str(plan.functions[0].function), Proved.MOVED, "proved")
    found = todos("r-1", plan, [proof], {}, [], world.catalogue)
    assert [one.id.rpartition("-")[0] for one in found] == ["in-history", "rotate"]
    assert "other places" not in found[-1].hint


def test_what_lies_in_a_file_as_well_is_told_of_both(world):
    plan = world.plan(
        file_findings=(in_file(TOKEN, world),), history_findings=(in_history(TOKEN, world),)
    )
    codes = {work.code: work.text for work in plan.work}
    assert codes.keys() == {"in-files", "in-history"}
    assert codes["in-history"].startswith("A git history has it too")


@pytest.mark.parametrize("why", ["unsure", "other kind", "decided"])
def test_what_was_not_chosen_is_not_told(world, why):
    found = in_history(TOKEN, world)
    selection = Selection()
    if why == "unsure":
        found = replace(found, confidence=Confidence.LOW)
    elif why == "other kind":
        selection = Selection(only=("kind:stripe-*",))
    else:
        decision = Decision(found.credential, found.fingerprint, Choice.REFUSED, "since May")
        selection = Selection(decisions={found.credential: decision})
    plan = world.plan(Options(selection=selection), history_findings=(found,))
    assert not plan.work
