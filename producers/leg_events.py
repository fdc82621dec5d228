"""A finished leg as the events that a live platform would have sent. Pure.

Times that the row does not contain are chosen so that no figure changes: missed offers are spread
evenly over the wait, hold is put at the end of the conversation.
"""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from schemas import calls
from schemas.calls import FinishedLeg, LegFact, Queued


def leg_events(leg: FinishedLeg | Queued) -> Iterator[LegFact]:
    """The live events of one leg, in order; an open leg has only its Queued."""
    if isinstance(leg, Queued):
        yield leg
        return
    if leg.wait_unknown:  # no live event says that; the finished leg is sent instead
        yield replace(leg, feed="live", visit_at=leg.arrived_at)
        return
    if leg.outcome == "rejected":
        yield calls.Rejected(
            reason=leg.reason,  # type: ignore[arg-type] # the reader checks the words
            direction=leg.direction,
            caller=leg.caller,
            wait_ms=leg.wait_ms,
            **_named(leg, "rejected", leg.at),
        )
        return
    yield calls.Queued(
        channel=leg.channel,
        direction=leg.direction,
        caller=leg.caller,
        topic=leg.topic,
        area=leg.area,
        priority=leg.priority,
        **_named(leg, "queued", leg.arrived_at),
    )
    for number in range(1, leg.missed_offers + 1):
        at = leg.arrived_at + number * (leg.at - leg.arrived_at) // (leg.missed_offers + 1)
        yield calls.OfferMissed(**_named(leg, "offer_missed", at, f":{number}"))
    if leg.outcome == "answered":
        yield from _service(leg)
    else:
        yield _exit(leg)
    if leg.disposition:
        at = leg.wrap_ended_at or leg.ended_at or leg.at
        yield calls.Disposition(code=leg.disposition, **_named(leg, "disposition", at))


def _service(leg: FinishedLeg) -> Iterator[LegFact]:
    yield calls.Answered(agent=leg.agent, wait_ms=leg.wait_ms, **_named(leg, "answered", leg.at))
    if leg.ended_at is None:
        return
    if leg.hold_ms:
        held_at = max(leg.at, leg.ended_at - leg.hold_ms)
        yield calls.Held(**_named(leg, "held", held_at))
        yield calls.Unheld(**_named(leg, "unheld", leg.ended_at))
    yield calls.Ended(**_named(leg, "ended", leg.ended_at))
    if leg.wrap_ended_at is not None:
        yield calls.WrapStarted(agent=leg.agent, **_named(leg, "wrap_started", leg.ended_at))
        yield calls.WrapEnded(agent=leg.agent, **_named(leg, "wrap_ended", leg.wrap_ended_at))


def _exit(leg: FinishedLeg) -> LegFact:
    wait: dict[str, Any] = {"wait_ms": leg.wait_ms}
    match leg.outcome:
        case "abandoned":
            return calls.Abandoned(**wait, **_named(leg, "abandoned", leg.at))
        case "exited":
            return calls.Exited(reason=leg.reason, **wait, **_named(leg, "exited", leg.at))  # type: ignore[arg-type] # as above
        case "transferred":
            return calls.Transferred(
                to_queue=leg.reason, **wait, **_named(leg, "transferred", leg.at)
            )
        case "callback":
            return calls.CallbackRequested(**wait, **_named(leg, "callback_requested", leg.at))
        case "dropped":
            return calls.Dropped(reason=leg.reason, **wait, **_named(leg, "dropped", leg.at))
        case _:
            # There is no live event for a ghost: the finished leg is sent instead.
            return calls.FinishedLeg(
                outcome="ghost",
                reason=leg.reason,
                arrived_at=leg.arrived_at,
                left_at=leg.at,
                channel=leg.channel,
                direction=leg.direction,
                caller=leg.caller,
                topic=leg.topic,
                area=leg.area,
                priority=leg.priority,
                **wait,
                **_named(leg, "leg", leg.at),
            )


def _named(leg: FinishedLeg, kind: str, at: int, ordinal: str = "") -> dict[str, Any]:
    return {
        "event_id": f"{leg.leg_id}:{kind}:{at}{ordinal}",
        "at": at,
        "source": leg.source,
        "queue": leg.queue,
        "leg_id": leg.leg_id,
        "visit_at": leg.arrived_at,
        "contact_id": leg.contact_id,
    }
