"""Every kind of the catalogue is found by the detector itself, from made-up values."""

from __future__ import annotations

from pathlib import Path

import pytest

from secretshift.catalogue import Entry, load
from secretshift.catalogue.examples import made_up
from secretshift.detection import Detector
from secretshift.model.secret_value import SecretValue

ENTRIES = load().entries
SEEDS = range(3)
TO_COPY = Path(__file__).parents[3] / "plugins/kinds/acme.toml"


def of(entry: Entry) -> str:
    return entry.kind.id


def kinds_found(detector: Detector, name: str, value: str) -> set[str]:
    return {verdict.kind for verdict in detector.environment({name: SecretValue(value)})}


def test_each_has_examples_and_counter_examples() -> None:
    assert len(ENTRIES) >= 155
    assert [of(entry) for entry in ENTRIES if not entry.examples] == []
    assert [of(entry) for entry in ENTRIES if not entry.counter_examples] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=of)
def test_an_example_is_found_as_its_kind(detector: Detector, entry: Entry) -> None:
    for example in entry.examples:
        for seed in SEEDS:
            found = kinds_found(detector, example.name, made_up(example.value, seed))
            assert entry.kind.id in found, (example.name, seed)


@pytest.mark.parametrize("entry", ENTRIES, ids=of)
def test_a_counter_example_is_not(detector: Detector, entry: Entry) -> None:
    for example in entry.counter_examples:
        for seed in SEEDS:
            found = kinds_found(detector, example.name, made_up(example.value, seed))
            assert entry.kind.id not in found, (example.name, seed)


def test_the_kinds_to_copy_are_found_as_well() -> None:
    """With the rule and the detector that stand beside them."""
    catalogue = load(extra=(TO_COPY,))
    folder = TO_COPY.parents[1]
    detector = Detector(
        catalogue, plugin_paths=[folder / "detectors"], rule_paths=[folder / "rules"]
    )
    own = [entry for entry in catalogue.entries if entry.file == str(TO_COPY)]
    assert len(own) == 2
    for entry in own:
        test_an_example_is_found_as_its_kind(detector, entry)
        test_a_counter_example_is_not(detector, entry)


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("CLERK_SECRET_KEY", "{prefix:sk_live}_{alnum:32}", "clerk-secret-key"),
        ("STRIPE_SECRET_KEY", "{prefix:sk_live}_{alnum:32}", "stripe-secret-key"),
        ("PAYMENT_THING", "{prefix:sk_live}_{alnum:32}", "stripe-secret-key"),
        ("GEMINI_API_KEY", "{prefix:AIza}{alnum:35}", "gemini-api-key"),
        ("GOOGLE_MAPS_API_KEY", "{prefix:AIza}{alnum:35}", "google-api-key"),
        ("CLERK_SECRET_KEY", "{prefix:ghp_}{alnum:36}", "github-token"),
    ],
)
def test_where_values_look_the_same_the_name_decides(
    detector: Detector, name: str, value: str, kind: str
) -> None:
    assert kinds_found(detector, name, made_up(value)) == {kind}
    text = f"{name}={made_up(value)}\n"
    assert {verdict.kind for verdict in detector.text("app.env", text)} == {kind}
