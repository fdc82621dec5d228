"""Names of series: every counter has its own, and a name that was released stays."""

from schemas.counters import COUNTERS
from schemas.series import SERIES, exported, total_series, window_series


def test_every_counter_is_a_gauge_of_windows_and_two_counters() -> None:
    names = {each.name for each in SERIES}
    for counter in COUNTERS:
        assert {window_series(counter), *total_series(counter)} <= names


def test_released_names_stay() -> None:
    assert window_series("answered_in_target") == "callcentre_window_answered_in_target_legs"
    assert window_series("missed_offers") == "callcentre_window_missed_offers_legs"
    assert window_series("out_of_hours") == "callcentre_window_outside_opening_legs"
    assert window_series("answer_wait_ms") == "callcentre_window_answer_wait_seconds"
    assert total_series("out_of_hours") == (
        "callcentre_legs_outside_opening_total",
        "callcentre_legs_outside_opening_reversed_total",
    )


def test_sums_are_told_in_seconds() -> None:
    assert total_series("talk_hold_ms") == (
        "callcentre_talk_hold_seconds_total",
        "callcentre_talk_hold_reversed_seconds_total",
    )
    assert (exported("talk_hold_ms", 1_500), exported("answered", 1_500)) == (1.5, 1_500)
