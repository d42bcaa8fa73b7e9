"""The table of runtimes that AWS ends."""

from __future__ import annotations

from datetime import date

from secretshift.clouds.aws.preflight import WITH_RESOLVER
from secretshift.clouds.aws.runtime_dates import RUNTIME_DATES, runtime_dates
from secretshift.model.runtimes import RuntimeDates


def test_every_runtime_that_gets_a_twin_has_its_dates_in_their_order():
    for runtime in WITH_RESOLVER:
        dates = runtime_dates(runtime)
        assert dates.deprecated and dates.create_blocked and dates.update_blocked, runtime
        assert dates.deprecated < dates.create_blocked < dates.update_blocked, runtime


def test_no_runtime_takes_updates_for_a_shorter_time_than_new_functions():
    for runtime, dates in RUNTIME_DATES.items():
        if dates.create_blocked and dates.update_blocked:
            assert dates.create_blocked <= dates.update_blocked, runtime


def test_what_is_not_known_is_left_out():
    assert runtime_dates("python4.0") == runtime_dates("") == RuntimeDates()
    assert runtime_dates("java17.al2023") == RuntimeDates(
        date(2029, 6, 30), None, date(2029, 8, 31)
    )
