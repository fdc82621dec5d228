"""Where a caller has waited as of a moment, told in any order."""

from itertools import permutations

from schemas.millis import LATEST, MINUTE
from schemas.reports import Stay
from streams.core.journeys import FOLLOWS_WITHIN_MS, Journey, Stop, contact_of
from tests.support.builders import clock
from tests.support.passing import stay

AT = clock("09:20")
# Five minutes each in three queues, then she waits in a fourth one.
THREE = (
    stay("ada", "meters", "09:00", "09:05", on="09:05"),
    stay("ada", "accounts", "09:06", "09:11", on="09:12"),
    stay("ada", "billing", "09:13"),
)


def journey(*stays: Stay) -> Journey:
    found = Journey()
    for each in stays:
        found.tell(each)
    return found


def route(found: Journey, at: int = AT) -> list[Stop]:
    (present,) = found.waits(at)
    return found.stops(present, at)


def test_waits_are_added_and_ways_between_are_not() -> None:
    wanted = [Stop("meters", 5 * MINUTE), Stop("accounts", 5 * MINUTE), Stop("billing", 7 * MINUTE)]
    for order in permutations(THREE):
        assert route(journey(*order)) == wanted


def test_a_talk_is_no_wait() -> None:
    talked = stay("ada", "meters", "09:00", "09:02", on="09:12")
    assert route(journey(talked, THREE[2]))[0] == Stop("meters", 2 * MINUTE)


def test_what_happens_later_has_not_happened_yet() -> None:
    found = journey(*THREE)
    assert route(found, clock("09:04")) == [Stop("meters", 4 * MINUTE)]
    assert found.waits(clock("09:05:30")) == []
    assert route(found, clock("09:08")) == [
        Stop("meters", 5 * MINUTE),
        Stop("accounts", 2 * MINUTE),
    ]
    assert found.waits(clock("08:00")) == []


def test_stays_that_were_not_sent_on_are_not_in_it() -> None:
    hung_up = stay("ada", "meters", "09:00", "09:05")
    assert route(journey(hung_up, THREE[2])) == [Stop("billing", 7 * MINUTE)]


def test_who_comes_back_much_later_came_by_herself() -> None:
    early = stay("ada", "meters", "08:40", "08:45", on="08:45")
    late = stay("ada", "billing", "09:00:00")
    assert late.at - (early.sent_on_at or 0) == FOLLOWS_WITHIN_MS
    assert len(route(journey(early, late))) == 2
    later = stay("ada", "billing", "09:00:00.001")
    assert len(route(journey(early, later))) == 1


def test_a_queue_that_takes_her_back_at_once_is_one_stop_and_two_after_another_one() -> None:
    again = stay("ada", "meters", "09:05", "09:06", on="09:06", leg="again")
    assert route(journey(THREE[0], again, stay("ada", "accounts", "09:07"))) == [
        Stop("meters", 6 * MINUTE), Stop("accounts", 13 * MINUTE),
    ]  # fmt: skip
    back = stay("ada", "meters", "09:13", leg="back")
    assert [stop.queue for stop in route(journey(*THREE[:2], back))] == [
        "meters",
        "accounts",
        "meters",
    ]


def test_two_queues_at_a_time_are_one_wait() -> None:
    first = stay("ada", "meters", "09:00", "09:10", on="09:10")
    second = stay("ada", "billing", "09:04")
    assert route(journey(first, second)) == [
        Stop("meters", 4 * MINUTE),
        Stop("billing", 16 * MINUTE),
    ]


def test_a_queue_to_which_she_came_later_is_not_on_the_way_to_this_one() -> None:
    waits = stay("ada", "billing", "09:00")
    found = journey(waits, stay("ada", "meters", "09:05", "09:06", on="09:06"))
    assert route(found) == [Stop("billing", 20 * MINUTE)]


def test_who_is_sent_on_in_the_moment_in_which_she_came_was_there() -> None:
    for queue in ("accounts", "meters"):  # whichever name comes first
        at_once = stay("ada", queue, "09:13", "09:13", on="09:13")
        assert route(journey(at_once, THREE[2])) == [Stop(queue, 0), Stop("billing", 7 * MINUTE)]


def test_a_consultation_that_becomes_a_transfer_follows_the_talk() -> None:
    talking = stay("ada", "meters", "09:00", "09:05")
    asked = stay("ada", "billing", "09:10")
    found = journey(talking, asked)
    assert len(route(found)) == 1
    found.tell(stay("ada", "meters", "09:00", "09:05", on="09:12"))
    assert len(route(found)) == 2


def test_a_stay_that_is_told_again_replaces_itself_and_can_be_taken_back() -> None:
    found = journey(THREE[0], stay("ada", "meters", "09:00", "09:05"))
    assert [each.sent_on_at for each in found.stays] == [None]
    found.tell(stay("ada", "meters", "09:00", taken_back=True))
    assert found.stays == []


def test_two_stays_are_in_order_of_arrival_in_whatever_order_they_are_told() -> None:
    assert journey(THREE[1], THREE[0]).stays == [THREE[0], THREE[1]]


def test_what_nothing_can_need_is_forgotten() -> None:
    sent_on, open_ = THREE[0], THREE[2]
    hung_up = stay("ada", "accounts", "09:06", "09:11")
    found = journey(sent_on, hung_up, open_)
    kept = [sent_on, hung_up, open_]
    for gone, at in (
        (hung_up, clock("09:11") + 1),
        (sent_on, clock("11:05")),
        (open_, clock("33:13")),
    ):
        assert found.forget_from() == at
        found.forget(at - 1)
        assert found.stays == kept
        found.forget(at)
        kept.remove(gone)
        assert found.stays == kept
    assert found.forget_from() == LATEST


def test_she_may_wait_after_she_was_sent_on_from_a_moment_that_is_known() -> None:
    found = journey(THREE[0], stay("ada", "accounts", "09:06", "09:11"))
    assert found.waits_from(0) == clock("09:06") + 1
    assert found.waits_from(clock("09:11")) == clock("09:11")
    assert found.waits_from(clock("09:11") + 1) is None  # she has left every queue
    found.tell(THREE[2])
    assert found.waits_from(clock("09:12")) == clock("09:13") + 1
    assert found.waits_from(clock("20:00")) == clock("20:00")


def test_who_was_never_sent_on_or_waits_before_it_raises_nothing() -> None:
    assert journey(stay("ada", "meters", "09:00"), stay("ada", "billing", "09:01")).waits_from(0) is None  # fmt: skip
    talked = stay("ada", "meters", "09:00", "09:02", on="09:12")
    early = stay("ada", "billing", "09:05", "09:10")
    assert journey(talked, early).waits_from(0) is None
    assert journey(talked, stay("ada", "billing", "09:05")).waits_from(0) == clock("09:12") + 1


def test_a_call_is_that_of_a_node() -> None:
    here, there = stay("ada", "meters", "09:00"), stay("ada", "meters", "09:00", node="other")
    assert contact_of(here) == ("node", "ada")
    assert contact_of(here) != contact_of(there)


def test_a_moment_is_the_end_of_what_was_before_it() -> None:
    """What happens at a boundary belongs to the time after it, as in every window."""
    waits = stay("ada", "billing", "09:13", "09:20")
    assert journey(waits).waits(clock("09:20")) == [waits]
    assert journey(waits).waits(clock("09:20:00.001")) == []
    assert journey(waits).waits(clock("09:13")) == []
    assert journey(waits).waits(clock("09:13:00.001")) == [waits]
    talked = stay("ada", "meters", "09:00", "09:02", on="09:15")
    both = journey(talked, waits)
    assert len(route(both, clock("09:15"))) == 1
    assert len(route(both, clock("09:15:00.001"))) == 2


def test_a_journey_begins_where_she_came_by_herself() -> None:
    talked_for_an_hour = stay("ada", "meters", "08:00", "08:01", on="09:10")
    gone = stay("ada", "accounts", "08:30", "08:31", on="08:31")
    assert route(journey(talked_for_an_hour, gone, THREE[2])) == [Stop("billing", 7 * MINUTE)]
