"""The table of counters: what a declaration may say, and what follows from it."""

import pytest

from schemas.counters import (
    COUNTER,
    COUNTERS,
    LEFT_OUTCOMES,
    Counter,
    Moment,
    When,
    positions,
    sql_condition,
)


def test_the_released_counters_keep_their_places() -> None:
    """State of former releases holds plain lists in this order."""
    assert COUNTERS[:21] == (
        "offered", "answered", "abandoned", "exited", "transferred", "callback", "dropped", "ghost",
        "answered_in_target", "abandoned_in_target", "short_abandoned", "rejected", "out_of_hours",
        "missed_offers", "service_ended", "service_timed", "wrap_timed", "answer_wait_ms",
        "abandon_wait_ms", "talk_hold_ms", "wrap_ms",
    )  # fmt: skip
    assert COUNTERS[1:8] == LEFT_OUTCOMES
    assert positions(("offered", "abandoned")) == (0, 2)


def test_units_follow_from_what_is_counted() -> None:
    units = {name: COUNTER[name].unit for name in COUNTERS}
    assert {name for name, unit in units.items() if unit == "ms"} == {
        name for name in COUNTERS if name.endswith("_ms")
    }
    assert units["missed_offers"] == "offers"
    assert units["offered"] == units["callback_answered"] == "legs"


def test_a_condition_is_written_as_sql() -> None:
    assert sql_condition(Counter("arrival", "all")) == "outcome != 'rejected'"
    assert sql_condition(Counter("leaving", "all")) == "outcome NOT IN ('open', 'rejected')"
    assert sql_condition(Counter("arrival", "all", When(out_of_hours=True))) == "1"
    late = Counter("leaving", "late", When("answered", in_target=False, channel="callback"))
    assert sql_condition(late) == (
        "outcome = 'answered' AND in_target = 0 AND isNotNull(answer_within_ms)"
        " AND isNotNull(wait_ms) AND channel = 'callback'"
    )
    assert sql_condition(COUNTER["callback_left"]) == (
        "outcome NOT IN ('open', 'rejected') AND outcome != 'ghost' AND channel = 'callback'"
    )
    assert sql_condition(COUNTER["service_timed"]) == (
        "outcome = 'answered' AND isNotNull(talk_hold_ms) AND isNotNull(ended_at_ms)"
    )
    assert sql_condition(COUNTER["abandoned_wait_unknown"]) == (
        "outcome = 'abandoned' AND isNull(wait_ms)"
    )
    assert sql_condition(COUNTER["wrap_ms"]) == "outcome = 'answered' AND isNotNull(wrap_ms)"


@pytest.mark.parametrize("moment", ["arrival", "missed offer", "leaving"])
def test_what_is_known_after_the_answer_counts_at_its_own_moment(moment: Moment) -> None:
    with pytest.raises(ValueError, match="talks: talk and wrap-up are not known"):
        Counter(moment, "talks", When("answered", measured="talk_hold_ms"))
    with pytest.raises(ValueError, match="unknown talks: talk and wrap-up are not known"):
        Counter(moment, "unknown talks", When("answered", unknown="talk_hold_ms"))
    with pytest.raises(ValueError, match="wraps: talk and wrap-up are not known"):
        Counter(moment, "wraps", When("answered"), "wrap_ms")


def test_nobody_has_waited_at_his_arrival() -> None:
    with pytest.raises(ValueError, match="waits: the wait is not known at arrival"):
        Counter("arrival", "waits", sums="wait_ms")
