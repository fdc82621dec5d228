"""Which events are of one leg: by node, the platform's id and visit, and never by the id alone."""

import pytest

from schemas.millis import MINUTE, SECOND
from tests.support.builders import call, clock
from tests.support.story import Story

NINE = clock("09:00")


def test_two_nodes_may_use_one_id() -> None:
    day = Story()
    for node in ("north", "south"):
        day.say(call("queued", "7", NINE, source=node))
    for node, answer in (("north", 8), ("south", 31)):
        day.say(call("answered", "7", NINE + answer * SECOND, source=node))
    assert sorted((row.source, row.wait_ms) for row in day.visits()) == [
        ("north", 8 * SECOND), ("south", 31 * SECOND),
    ]  # fmt: skip
    assert (day.today().offered, day.today().answered) == (2, 2)


def test_a_caller_who_comes_back_to_the_queue_in_one_call_is_two_legs() -> None:
    day = Story()
    for minute, wait in ((0, 10), (5, 40)):
        arrived_at = NINE + minute * MINUTE
        day.say(call("queued", "7", arrived_at, visit_at=arrived_at))
        day.say(call("answered", "7", arrived_at + wait * SECOND, visit_at=arrived_at))
    assert [row.wait_ms for row in day.visits()] == [10 * SECOND, 40 * SECOND]
    assert day.restart().today().offered == 2
    late = call("ended", "7", NINE + 2 * MINUTE, visit_at=NINE)
    day.say(late, appended_at=NINE + 6 * MINUTE)
    assert [row.ended_at for row in day.visits()] == [NINE + 2 * MINUTE, None]


def test_a_second_source_tells_of_the_same_call_whoever_speaks_first() -> None:
    queued = call("queued", "7", NINE)
    answered = call("answered", "7", NINE + 5 * SECOND, agent="ann", source="desktop")
    for events in ((queued, answered), (answered, queued)):
        day = Story()
        for event in events:
            day.say(event, appended_at=NINE + 5 * SECOND)
        assert [(row.outcome, row.wait_ms) for row in day.visits()] == [("answered", 5 * SECOND)]


def test_a_second_source_decides_nothing_where_two_legs_have_that_id() -> None:
    day = Story()
    day.say(call("queued", "7", NINE, source="north"))
    day.say(call("queued", "7", NINE, source="south"))
    day.say(call("answered", "7", NINE + 5 * SECOND, source="desktop"))
    assert [row.outcome for row in day.visits()] == ["open", "open"]


def test_a_leg_that_was_begun_without_its_visit_is_found_by_its_arrival() -> None:
    day = Story()
    day.say(call("queued", "7", NINE))  # as a former release told it
    day.say(call("answered", "7", NINE + 5 * SECOND, visit_at=NINE))
    assert [row.outcome for row in day.visits()] == ["answered"]


def test_without_visits_an_id_that_is_used_again_is_one_leg_and_says_so() -> None:
    queued, left = call("queued", "7", NINE), call("abandoned", "7", NINE + 9 * SECOND)
    again = call("queued", "7", NINE + MINUTE)
    for events in ((queued, left, again), (again, left, queued), (queued, again, left)):
        day = Story()
        for event in events:
            day.say(event, appended_at=NINE + MINUTE)
        (row,) = day.visits()
        assert (row.outcome, row.flags) == ("abandoned", ("queued_after_end",))


@pytest.mark.parametrize("visit_at", [None, NINE])
def test_a_finished_leg_of_history_is_what_the_live_feed_has_told(visit_at: int | None) -> None:
    day = Story()
    day.say(call("queued", "7", NINE, visit_at=visit_at))
    day.say(call("abandoned", "7", NINE + 9 * SECOND, visit_at=visit_at))

    def whole(arrived_at: int) -> None:
        left_at = arrived_at + 9 * SECOND
        day.say(
            call("leg", "7", left_at, arrived_at=arrived_at, outcome="abandoned", feed="history"),
            appended_at=NINE + 10 * MINUTE,
        )

    whole(NINE)
    assert (len(day.visits()), day.unit.results["duplicate"]) == (1, 1)
    whole(NINE + 5 * MINUTE)
    assert [(row.feed, row.key_at) for row in day.visits()] == [
        ("live", NINE), ("history", NINE + 5 * MINUTE),
    ]  # fmt: skip


def test_a_corrected_outcome_of_history_is_the_same_leg() -> None:
    day = Story()
    for outcome in ("abandoned", "exited"):
        day.say(call("leg", "7", NINE + SECOND, arrived_at=NINE, outcome=outcome, feed="history"))
    assert [row.outcome for row in day.visits()] == ["exited"]
