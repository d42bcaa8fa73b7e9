"""What became of chosen values: moved, another one there, or none that is known."""

from __future__ import annotations

from typing import Any

from secretshift.clouds.aws.references import LambdaReferences
from secretshift.model.findings import ScanReport
from secretshift.model.functions import FunctionRef, FunctionSnapshot, Place
from secretshift.model.ports import Region
from secretshift.model.secret_value import SecretValue
from secretshift.tui.views.plan_words import replaced_sentence
from secretshift.workflow.chosen import Replaced, places_of, replaced
from secretshift.workflow.notebook import FoundFunction
from secretshift.workflow.scan import ScanResult
from tests.unit.tui.samples import ACCOUNT, REGION, finding, in_file, in_function

PLACE = Place("aws", ACCOUNT, REGION)
KEY = in_function("billing-api", "STRIPE_KEY")
OLD, NEW = finding("old", KEY), finding("new", KEY)
STORED = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:stripe-AbCdEf"


def scanned(*findings: Any, **variables: str) -> ScanResult:
    """A scan that saw one function, with these variables."""
    ref = FunctionRef(
        PLACE, "billing-api", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:billing-api"
    )
    held = {name: SecretValue(text) for name, text in variables.items()}
    snapshot = FunctionSnapshot(ref, "$LATEST", "python3.12", "Zip", ("arm64",), "role", held)
    nothing: Any = None
    region = Region(PLACE, nothing, nothing, nothing, LambdaReferences())
    return ScanResult(ScanReport(findings=findings), (FoundFunction(region, snapshot),))


def after(result: ScanResult, *chosen: Any) -> tuple[Replaced, ...]:
    places = places_of([one.credential for one in chosen], chosen, {})
    return replaced(places, result)


def test_a_value_that_is_found_as_before_is_not_replaced():
    assert after(scanned(OLD, STRIPE_KEY="x"), OLD) == ()


def test_another_value_in_its_place_is_named():
    (one,) = after(scanned(NEW, STRIPE_KEY="y"), OLD)
    assert one == Replaced(KEY, NEW.credential)
    said = replaced_sentence([one])
    assert said.startswith("STRIPE_KEY of billing-api holds another value now (#")
    assert said.endswith("3 shows what is there now; mark it there and press p.")


def test_what_a_reference_stands_for_is_moved():
    moved = scanned(SECRETSHIFT_VARS="STRIPE_KEY", STRIPE_KEY_SECRET_ARN=STORED)
    assert after(moved, OLD) == ()


def test_a_variable_that_is_gone_or_holds_nothing_known_is_not_moved():
    for result in (scanned(), scanned(STRIPE_KEY="none")):
        (one,) = after(result, OLD)
        assert one == Replaced(KEY)
        said = replaced_sentence([one])
        assert said.startswith("STRIPE_KEY of billing-api no longer holds the value that was")
        assert "3 shows" not in said


def test_a_file_is_named_and_a_published_version_does_not_count():
    version = finding("old", in_function("billing-api", "STRIPE_KEY", "12"))
    (one,) = after(scanned(), finding("old", in_file(".env")), version)
    assert replaced_sentence([one]).startswith(".env no longer holds the value")


def test_where_it_lay_last_is_remembered_over_plans_that_do_not_find_it():
    first = places_of([OLD.credential], [OLD], {})
    again = places_of([OLD.credential], [NEW], first)
    assert again == {OLD.credential: [KEY]}
    assert places_of([NEW.credential], [NEW], again) == {NEW.credential: [KEY]}


def test_many_places_are_counted():
    many = [Replaced(in_function(f"f{number}", "KEY")) for number in range(5)]
    said = replaced_sentence(many)
    assert "KEY of f1" in said and "KEY of f2" not in said
    assert "So it is with 3 more places." in said
