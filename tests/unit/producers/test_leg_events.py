from producers.leg_events import leg_events
from schemas import calls
from schemas.calls import FinishedLeg, Queued
from schemas.millis import SECOND

NOON = 1_700_000_000_000


def _leg(outcome: calls.ClosedOutcome, **more: object) -> FinishedLeg:
    fields: dict[str, object] = {
        "event_id": "7:leg", "at": NOON + 8 * SECOND, "source": "r", "feed": "history",
        "queue": "billing", "leg_id": "7", "contact_id": "c", "outcome": outcome, "arrived_at": NOON,
        "left_at": NOON + 8 * SECOND,
    }  # fmt: skip
    return FinishedLeg(**fields | more)  # type: ignore[arg-type]


def test_an_answered_leg_lives_from_queue_to_wrap_up() -> None:
    leg = _leg(
        "answered", answered_at=NOON + 8_000, ended_at=NOON + 60_000, wrap_ended_at=NOON + 90_000,
        hold_ms=5_000, missed_offers=3, agent="ada", disposition="solved", wait_ms=8_012,
    )  # fmt: skip
    told = list(leg_events(leg))
    assert [(type(event), event.at - NOON) for event in told] == [
        (calls.Queued, 0),
        (calls.OfferMissed, 2_000), (calls.OfferMissed, 4_000), (calls.OfferMissed, 6_000),
        (calls.Answered, 8_000), (calls.Held, 55_000), (calls.Unheld, 60_000), (calls.Ended, 60_000),
        (calls.WrapStarted, 60_000), (calls.WrapEnded, 90_000), (calls.Disposition, 90_000),
    ]  # fmt: skip
    assert len({event.event_id for event in told}) == len(told)
    assert {event.contact_id for event in told} == {"c"}
    assert {event.feed for event in told} == {"live"}
    assert told[4].wait_ms == 8_012


def test_each_way_to_leave_has_its_event() -> None:
    expected: dict[calls.ClosedOutcome, type] = {
        "abandoned": calls.Abandoned, "exited": calls.Exited, "transferred": calls.Transferred,
        "callback": calls.CallbackRequested, "dropped": calls.Dropped, "ghost": calls.FinishedLeg,
    }  # fmt: skip
    for outcome, kind in expected.items():
        assert [type(event) for event in leg_events(_leg(outcome))] == [calls.Queued, kind]


def test_reasons_travel() -> None:
    reasons = [
        list(leg_events(_leg("exited", reason="timeout")))[-1].reason,  # type: ignore[union-attr]
        list(leg_events(_leg("transferred", reason="sales")))[-1].to_queue,  # type: ignore[union-attr]
        list(leg_events(_leg("dropped", reason="power")))[-1].reason,  # type: ignore[union-attr]
    ]
    assert reasons == ["timeout", "sales", "power"]


def test_a_rejected_caller_was_never_queued() -> None:
    assert [type(event) for event in leg_events(_leg("rejected", reason="full"))] == [
        calls.Rejected
    ]


def test_a_talking_caller_has_no_end_and_an_open_leg_is_queued_only() -> None:
    assert [type(event) for event in leg_events(_leg("answered", answered_at=NOON + 8_000))] == [
        calls.Queued, calls.Answered,
    ]  # fmt: skip
    waiting = Queued(event_id="7", at=NOON, source="r", queue="q", leg_id="7")
    assert list(leg_events(waiting)) == [waiting]


def test_an_abandon_of_which_nobody_told_when_stays_a_finished_leg() -> None:
    leg = _leg("abandoned", at=NOON, left_at=None, wait_unknown=True)
    (told,) = leg_events(leg)
    assert isinstance(told, FinishedLeg)
    assert (told.feed, told.wait_unknown, told.left_at) == ("live", True, None)
