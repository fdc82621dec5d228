from schemas.millis import HOUR, MINUTE, SECOND, from_iso
from streams.history.sweep import LegTimes, State, sweep
from tests.support.legs import made_up_legs
from tests.support.recount import Recorded, minute

START = from_iso("2026-05-01T08:00:00Z")


def times(leg: Recorded) -> LegTimes:
    wait = None if leg.left_at is None else leg.left_at - leg.arrived_at
    return LegTimes(
        leg.outcome, leg.arrived_at, leg.left_at, leg.ended_at, wait,
        None if wait is None or leg.target_ms is None else wait <= leg.target_ms,
        None if wait is None or leg.short_ms is None else wait < leg.short_ms,
        "short_abandons_ignored", leg.channel,
    )  # fmt: skip


def test_equals_the_naive_recount_at_every_minute() -> None:
    legs = made_up_legs(7, START, START + 3 * HOUR, ["billing"], 300)
    counted = [
        leg for leg in legs
        if leg.direction == "inbound" and not leg.out_of_hours and leg.outcome != "rejected"
    ]  # fmt: skip
    counted.sort(key=lambda leg: leg.arrived_at)
    moments = range(START, START + 5 * HOUR, MINUTE)
    for window in (MINUTE, 15 * MINUTE, 60 * MINUTE):
        states = sweep([times(leg) for leg in counted], moments, window, 1000 * HOUR)
        for at, state in zip(moments, states, strict=True):
            expected = minute(legs, at, window)
            assert state.waiting == expected["waiting"]
            assert (state.oldest_wait_ms or 0) / 1000 == expected["oldest_wait_s"]
            assert state.in_service == expected["in_service"]
            for counter in ("offered", "answered", "abandoned", "answered_in_target"):
                assert getattr(state.counts, counter) == expected[counter], (at, counter)


def test_the_end_of_the_minute_is_not_in_it() -> None:
    leg = LegTimes(
        "answered", START, START + MINUTE, START + 2 * MINUTE, MINUTE, False, False, "", "voice"
    )
    states = list(sweep([leg], range(START, START + 4 * MINUTE, MINUTE), 30 * MINUTE, HOUR))
    assert [state.waiting for state in states] == [0, 1, 0, 0]  # left at the minute: still there
    assert [state.in_service for state in states] == [0, 0, 1, 0]
    assert [state.counts.offered for state in states] == [0, 1, 1, 1]


def test_a_window_forgets_what_lies_before_it() -> None:
    leg = LegTimes("abandoned", START, START + SECOND, None, SECOND, True, True, "", "voice")
    states = list(sweep([leg], [START + MINUTE, START + MINUTE + 1], MINUTE, HOUR))
    assert [(s.counts.offered, s.counts.short_abandoned) for s in states] == [(1, 1), (0, 1)]


def test_an_answer_without_an_end_leaves_at_the_cap() -> None:
    leg = LegTimes("answered", START, START, None, 0, True, False, "", "voice")
    moments = [START + HOUR, START + HOUR + MINUTE]
    assert [s.in_service for s in sweep([leg], moments, MINUTE, HOUR)] == [1, 0]


def test_no_legs_are_zeros() -> None:
    assert list(sweep([], [START], MINUTE, HOUR)) == [State()]
