"""E22: a change of T, s or the name is valid from an instant on and restates nothing."""

import pytest

from schemas.millis import SECOND
from tests.support.builders import clock, targets
from tests.support.retold import check
from tests.support.story import Story


def test_e22_a_change_of_the_target_at_noon_judges_arrivals_from_noon_on() -> None:
    day = Story(answer_within_ms=20 * SECOND)
    day.at("11:59:50").queued("before")
    day.at("12:00:20").answered("before")
    day.publish(targets(answer_within_ms=60 * SECOND, name="Renamed"), valid_from="12:00")
    day.at("12:00:00").queued("after")
    day.at("12:00:30").answered("after")
    legs = day.legs()
    assert [(legs[leg].in_target, legs[leg].answer_within_ms) for leg in ("before", "after")] == [
        (False, 20 * SECOND), (True, 60 * SECOND),
    ]  # fmt: skip
    assert [legs[leg].targets_version for leg in ("before", "after")] == [1, 2]
    assert day.today().answered_in_target == 1
    assert day.snapshot().answer_within_ms == 60 * SECOND
    check(day)


def test_e22_a_caller_who_came_before_noon_keeps_her_target_however_late_she_is_answered() -> None:
    day = Story(answer_within_ms=20 * SECOND, short_abandon_ms=5 * SECOND)
    day.at("11:59:59.999").queued("ada")
    day.at("11:59:59.999").queued("eve")
    day.publish(
        targets(answer_within_ms=60 * SECOND, short_abandon_ms=30 * SECOND), valid_from="12:00"
    )
    day.at("12:00:10").abandoned("eve")  # after 10 s: not short by the old limit
    day.at("12:00:30").answered("ada")
    legs = day.legs()
    assert (legs["ada"].in_target, legs["eve"].short, legs["eve"].in_target) == (False, False, True)
    assert (day.today().answered_in_target, day.today().short_abandoned) == (0, 0)
    check(day)


def test_e22_minutes_carry_the_target_of_their_own_time() -> None:
    day = Story(answer_within_ms=20 * SECOND)
    day.publish(targets(answer_within_ms=60 * SECOND), valid_from="12:00")
    day.at("11:58:30").queued("ada")
    day.tick("12:01:10")
    assert {at: row.answer_within_ms for at, row in day.minutes().items()} == {
        clock("11:59"): 20 * SECOND, clock("12:00"): 60 * SECOND, clock("12:01"): 60 * SECOND,
    }  # fmt: skip
    check(day)


def test_e22_a_version_that_says_the_same_of_a_queue_changes_nothing_for_it() -> None:
    day = Story(answer_within_ms=20 * SECOND)
    day.at("11:59:50").queued("ada")
    day.at("12:00:05").answered("ada")
    row, version = day.legs()["ada"], day.legs()["ada"].version
    day.publish(targets(), targets("repairs"), valid_from="11:00")
    assert (day.legs()["ada"], day.legs()["ada"].version) == (row, version)
    check(day)


def test_e22_a_queue_taken_out_of_the_file_is_counted_without_targets_from_then_on() -> None:
    day = Story(answer_within_ms=20 * SECOND)
    day.publish(targets("repairs"), valid_from="12:00")
    for leg, at in (("before", "11:59:00"), ("after", "12:00:00")):
        day.at(at).queued(leg)
        day.at(f"{at[:6]}10").answered(leg)
    legs = day.legs()
    assert (legs["before"].in_target, legs["before"].goal) == (True, 0.8)
    assert (legs["after"].in_target, legs["after"].goal) == (False, None)
    assert (day.today().answered, day.today().answered_in_target) == (2, 1)
    assert not day.snapshot().configured
    check(day)


@pytest.mark.parametrize("is_cold", [False, True])
def test_e22_the_first_targets_of_a_queue_hold_from_the_beginning(is_cold: bool) -> None:
    """Also for legs that lie packed in the state: they were counted without targets."""
    day = Story(configured=False)
    day.at("09:00:00").queued("ada")
    day.at("09:00:10").answered("ada")
    day.at("09:01:00").ended("ada")
    if is_cold:
        for minute in range(2, 40):
            day.tick(f"09:{minute:02}:00")
            day.legs()  # a checkpoint: only what is written may turn cold
        assert all(
            p.cold is not None for p in day.unit.monitors["billing"].legs.store.packs.values()
        )
    assert (day.today().answered, day.today().answered_in_target) == (1, 0)
    assert not day.snapshot().configured
    day.publish(targets())
    assert (day.today().answered, day.today().answered_in_target) == (1, 1)
    assert (day.legs()["ada"].in_target, day.legs()["ada"].goal) == (True, 0.8)
    check(day)
