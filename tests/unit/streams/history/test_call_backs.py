"""Requests and attempts: what belongs together, what is one contact, and what is left apart."""

from typing import Any

from schemas.millis import DAY
from streams.history.call_backs import MATCHED_WITHIN_MS, CallBacks, CallLeg, Request
from tests.support.builders import clock

ADA, BOB = "0000000a." + 32 * "a", "0000000b." + 32 * "b"


def asked(
    at: str, contact: str = "", caller: str = "", queue: str = "billing", **more: Any
) -> CallLeg:
    """A caller who waited for a minute and then asked to be rung back."""
    left_at = clock(at)
    leg = CallLeg(
        queue,
        contact,
        caller,
        "voice",
        "inbound",
        "callback",
        left_at - 60_000,
        left_at,
        60_000,
        False,
    )
    return leg._replace(**more)


def rung(
    at: str,
    contact: str = "",
    caller: str = "",
    outcome: str = "answered",
    queue: str = "billing",
    **more: Any,
) -> CallLeg:
    """An attempt that arrived at that time and was over ten seconds later."""
    arrived_at = clock(at)
    over_at = None if outcome == "open" else arrived_at + 10_000
    leg = CallLeg(
        queue, contact, caller, "callback", "inbound", outcome, arrived_at, over_at, 10_000, False
    )
    return leg._replace(**more)


def the_one(*legs: CallLeg) -> Request:
    (request,) = CallBacks(legs).requests
    return request


def test_a_request_and_its_attempts_are_one_contact_by_contact_id() -> None:
    legs = [
        rung("11:00:00", "c1", outcome="answered"),
        asked("09:00:00", "c1", ADA),
        rung("10:00:00", "c1", outcome="abandoned", queue="outbound", direction="outbound"),
    ]
    found = CallBacks(legs)
    (request,) = found.requests
    assert [leg.arrived_at for leg in request.attempts] == [clock("10:00"), clock("11:00")]
    assert request.time_to_reach_ms() == clock("11:00:10") - clock("09:00:00")
    assert (request.is_open(), found.repeats, found.unmatched) == (False, [], [])


def test_without_a_contact_id_caller_and_queue_decide() -> None:
    legs = [asked("09:00:00", "", ADA), asked("09:01:00", "", BOB), rung("09:30:00", "", ADA)]
    ada, bob = CallBacks(legs).requests
    assert (ada.reached_at, bob.reached_at, bob.is_open()) == (clock("09:30:10"), None, True)
    found = CallBacks([asked("09:00:00", "", ADA), rung("09:30:00", "", ADA, queue="cards")])
    assert [len(found.requests[0].attempts), len(found.unmatched)] == [0, 1]


def test_a_call_back_with_a_contact_id_of_its_own_is_found_by_its_caller() -> None:
    assert the_one(asked("09:00:00", "c1", ADA), rung("09:30:00", "c2", ADA)).reached_at


def test_of_two_requests_that_fit_none_is_guessed() -> None:
    """Two people behind one number, each with a contact of its own."""
    legs = [asked("09:00:00", "c1", ADA), asked("09:05:00", "c2", ADA), rung("09:30:00", "", ADA)]
    found = CallBacks(legs)
    assert ([request.is_open() for request in found.requests], len(found.unmatched)) == (
        [True, True],
        1,
    )
    certain = CallBacks([*legs, rung("09:20:00", "c1", ADA)])  # then one alone is left
    assert [request.reached_at for request in certain.requests] == [
        clock("09:20:10"), clock("09:30:10"),
    ]  # fmt: skip


def test_who_asks_again_before_he_was_reached_is_one_contact() -> None:
    legs = [
        asked("09:00:00", "c1"), asked("09:40:00", "c1", queue="cards"), rung("10:00:00", "c1"),
        asked("15:00:00", "c1"),
    ]  # fmt: skip
    found = CallBacks(legs)
    first, second = found.requests
    assert first.time_to_reach_ms() == clock("10:00:10") - clock("09:00:00")
    assert [leg.queue for leg in found.repeats] == ["cards"]
    assert second.is_open()  # a new matter, after he was reached
    by_caller = CallBacks([asked("09:00:00", "", ADA), asked("09:40:00", "", ADA)])
    assert (len(by_caller.requests), len(by_caller.repeats)) == (1, 1)


def test_a_call_back_that_asks_to_be_rung_later_is_an_attempt_and_a_repeat() -> None:
    legs = [
        asked("09:00:00", "c1"),
        rung("09:30:00", "c1", outcome="callback"),
        rung("12:00:00", "c1"),
    ]
    found = CallBacks(legs)
    (request,) = found.requests
    assert (len(request.attempts), len(found.repeats)) == (2, 1)
    assert request.time_to_reach_ms() == clock("12:00:10") - clock("09:00:00")
    alone = CallBacks([rung("09:30:00", "c1", outcome="callback")])
    assert (len(alone.requests), len(alone.unmatched)) == (1, 1)  # never an attempt of its own


def test_without_contact_and_caller_nobody_knows_what_became_of_it() -> None:
    found = CallBacks([asked("09:00:00"), rung("09:30:00"), asked("09:40:00")])
    assert [(r.is_known(), r.is_open()) for r in found.requests] == [(False, False)] * 2
    assert len(found.unmatched) == 1


def test_an_attempt_that_goes_on_leaves_the_request_open() -> None:
    missed = [asked("09:00:00", "c1"), rung("09:30:00", "c1", outcome="abandoned")]
    assert not the_one(*missed).is_open()
    assert the_one(*missed, rung("10:00:00", "c1", outcome="open")).is_open()
    assert not the_one(*missed, rung("10:00:00", "c1", outcome="ghost")).is_open()


def test_an_attempt_belongs_to_no_later_request() -> None:
    found = CallBacks([rung("09:00:00", "c1", ADA), asked("09:30:00", "c1", ADA)])
    assert ([r.is_open() for r in found.requests], len(found.unmatched)) == ([True], 1)
    going_on = rung("09:00:00", "c1", ADA, outcome="open")  # since before the request arrived
    assert len(CallBacks([going_on, asked("09:30:00", "c1", ADA)]).unmatched) == 1


def test_a_platform_may_tell_the_first_arrival_as_that_of_the_call_back() -> None:
    kept_place = rung("09:30:00", "c1", arrived_at=clock("08:59:00"))
    assert the_one(asked("09:00:00", "c1"), kept_place).time_to_reach_ms() == 1_810_000


def test_after_seven_days_an_attempt_is_no_more_of_that_request() -> None:
    request = asked("09:00:00", "c1", ADA)
    last = (request.left_at or 0) + MATCHED_WITHIN_MS
    assert MATCHED_WITHIN_MS == 7 * DAY
    for late, unmatched in ((0, 0), (1, 1)):
        attempt = rung("09:00:00", "c1", ADA, arrived_at=last + late, left_at=last + late)
        assert len(CallBacks([request, attempt]).unmatched) == unmatched
    again = asked("09:00:00", "c1", left_at=last + 1)
    assert len(CallBacks([request, again]).requests) == 2


def test_where_nobody_told_when_it_asked_there_is_no_time_to_reach() -> None:
    request = the_one(asked("09:00:00", "c1", wait_ms=None), rung("09:30:00", "c1"))
    assert (request.reached_at, request.time_to_reach_ms()) == (clock("09:30:10"), None)


def test_outbound_legs_that_end_as_callback_ask_for_nothing() -> None:
    assert CallBacks([asked("09:00:00", "c1", direction="outbound")]).requests == []
