"""The plain life of a call: it arrives, is answered or leaves the queue, and its conversation and wrap-up end.

Most facts are such facts, in this order, and each says all that its verdict needs: the leg is not judged whole, not
copied, and what it counted before is not compared with what it counts now.
Rule: what is not plain is None here, and is judged whole. Both ways give the same
(tests/property/test_plain_facts.py).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from schemas import calls
from schemas.targets import Targets
from schemas.timing import SERVICE_CAP_MS
from streams.core.counting import Adding, Compiled, Contribution, adding, compiled
from streams.core.leg import EXIT_OUTCOME, Leg
from streams.core.tally import Tally
from streams.core.verdict import Verdict

_ARRIVAL, _ARRIVAL_ADDING = compiled("arrival"), adding("arrival")
_LEAVING, _LEAVING_ADDING = compiled("leaving"), adding("leaving")


class Plain(NamedTuple):
    """How one kind of fact is judged: `judge(event, leg, its verdict, targets)` before the leg absorbs it; None if it is not
    plain. `counts`, `adds`: what the leg contributes more, and the same added at once, at the moment `at(event, verdict)`.
    `is_of_service`: arrival, answer and wait stay as they are.
    """

    judge: Callable[[Any, Leg, Verdict, Targets | None], Verdict | None]
    counts: Compiled
    adds: Adding
    at: Callable[[Any, Any], int]
    is_of_service: bool

    def contributed(self, leg: Leg, verdict: Verdict) -> tuple[Contribution, ...]:
        """What it contributes more by this verdict; the leg has absorbed the fact."""
        if leg.direction != "inbound":
            return ()
        return self.counts[verdict.out_of_hours][verdict.outcome](leg, verdict, 0)

    def count_in(self, tally: Tally, event: Any, leg: Leg, verdict: Verdict) -> int | None:
        """Count what it contributes more; the same as `Tally.count` of `contributed` returns."""
        if leg.direction != "inbound":
            return None
        closed, outcome = verdict.out_of_hours, verdict.outcome
        adds, counts = self.adds[closed][outcome], self.counts[closed][outcome]
        return tally.add_at(self.at(event, verdict), leg, verdict, adds, counts)


def begun(event: calls.Queued, version: int, known_at: int) -> Leg:
    """The leg of a caller of whom nothing was told before this event."""
    at = event.at
    # By place, in the order of the fields, down to `queued_at`: by name it costs several times as much.
    leg = Leg(
        event.leg_id, at, event.source,
        event.visit_at or at, version, known_at, at, event.contact_id, event.channel, event.direction, event.caller,
        event.topic, event.area, event.priority, event.replay, at,
    )  # fmt: skip
    if event.visit_at:
        leg.visit_at = event.visit_at
    if event.position:
        leg.position = event.position
    return leg


def begins(leg: Leg, *, out_of_hours: bool) -> Verdict:
    """The verdict of such a leg."""
    at = leg.placed_at
    return Verdict("open", at, None, None, "", None, None, out_of_hours, None, None, None, None)


def count_arrival(tally: Tally, leg: Leg, verdict: Verdict) -> int | None:
    """Count such a leg; returns as `Tally.count`."""
    if leg.direction != "inbound":
        return None
    closed = verdict.out_of_hours
    adds, counts = _ARRIVAL_ADDING[closed]["open"], _ARRIVAL[closed]["open"]
    return tally.add_at(leg.placed_at, leg, verdict, adds, counts)


def _answered(
    event: calls.Answered, leg: Leg, old: Verdict, targets: Targets | None
) -> Verdict | None:
    if not _just_waits(leg, old):
        return None
    return _left(event, "answered", leg.ended_by, old, targets)


def _exit(event: Any, leg: Leg, old: Verdict, targets: Targets | None) -> Verdict | None:
    if not _just_waits(leg, old):
        return None
    return _left(event, EXIT_OUTCOME[type(event)], getattr(event, "reason", ""), old, targets)


def _left(event: Any, outcome: Any, reason: str, old: Verdict, targets: Targets | None) -> Verdict:
    came, at = old.arrived_at or 0, event.at
    left_at = max(came, at)  # clocks may differ, but no wait is negative
    wait_ms = left_at - came if event.wait_ms is None else event.wait_ms
    in_target = short = None
    if targets is not None:  # as streams.core.verdict.judged_wait
        in_target, short = wait_ms <= targets.answer_within_ms, wait_ms < targets.short_abandon_ms
    return Verdict(
        outcome, came, left_at, wait_ms, reason, in_target, short, old.out_of_hours, None, None, None, None
    )  # fmt: skip


def _ended(event: calls.Ended, leg: Leg, old: Verdict, _: Targets | None) -> Verdict | None:
    if leg.ended_at is not None or not _is_answered(leg, old) or not _is_without_service(leg):
        return None
    if event.wait_ms is not None and leg.answer_wait_ms is None:
        return None  # it is the wait of the leg
    answered_at, at = old.left_at or 0, event.at
    ended_at = max(answered_at, at)
    talk_ms = ended_at - answered_at if event.talk_ms is None else event.talk_ms
    return _of_service(
        old, event.by, ended_at, talk_ms if talk_ms <= SERVICE_CAP_MS else None, None
    )


def _wrap_ended(
    event: calls.WrapEnded, leg: Leg, old: Verdict, _: Targets | None
) -> Verdict | None:
    if leg.ended_at is None or leg.wrap_ended_at is not None or not _is_answered(leg, old):
        return None
    started = leg.ended_at if leg.wrap_started_at is None else leg.wrap_started_at
    wrap_ms = event.at - started
    return _of_service(
        old, old.reason, old.service_ended_at, old.talk_hold_ms, max(0, wrap_ms), old.hold_ms
    )  # fmt: skip


def _of_service(
    old: Verdict, reason: str, ended_at: int | None, talk_hold_ms: int | None, wrap_ms: int | None, hold_ms: int | None = None
) -> Verdict:  # fmt: skip
    return Verdict(
        "answered", old.arrived_at, old.left_at, old.wait_ms, reason, old.in_target, old.short, old.out_of_hours,
        ended_at, talk_hold_ms, hold_ms, wrap_ms,
    )  # fmt: skip


def _just_waits(leg: Leg, old: Verdict) -> bool:
    """Whether its arrival was told and nothing of the end of its wait or of a conversation, not even what does not hold any
    more.
    """
    return (
        old.outcome == "open"
        and leg.queued_at is not None
        and not leg.exits
        and leg.closed_at is None
        and leg.resumed_at is None
        and leg.service_closed_at is None
        and leg.talk_ms is None
        and leg.hold_ms is None
        and leg.end_wait_ms is None
        and leg.wrap_ended_at is None
        and not leg.held
    )


def _is_answered(leg: Leg, old: Verdict) -> bool:
    """Whether arrival and answer were told."""
    return old.outcome == "answered" and leg.queued_at is not None and leg.answered_at is not None


def _is_without_service(leg: Leg) -> bool:
    """Whether nothing was told yet of a conversation, nor of what comes after it."""
    return (
        leg.service_closed_at is None
        and leg.talk_ms is None
        and leg.hold_ms is None
        and leg.end_wait_ms is None
        and leg.wrap_ended_at is None
        and not leg.held
    )


def _left_at(_: Any, verdict: Any) -> int:
    return verdict.left_at  # type: ignore[no-any-return]


def _over_at(_: Any, verdict: Any) -> int:
    return verdict.service_ended_at  # type: ignore[no-any-return]


def _told_at(event: Any, _: Any) -> int:
    return event.at  # type: ignore[no-any-return]


_OF_EXIT = Plain(_exit, _LEAVING, _LEAVING_ADDING, _left_at, is_of_service=False)
_ENDED = compiled("end of service"), adding("end of service"), _over_at
_WRAPPED = compiled("end of wrap-up"), adding("end of wrap-up"), _told_at
PLAIN: dict[type[Any], Plain] = {
    calls.Answered: Plain(_answered, _LEAVING, _LEAVING_ADDING, _left_at, is_of_service=False),
    calls.Abandoned: _OF_EXIT,
    calls.Exited: _OF_EXIT,
    calls.Transferred: _OF_EXIT,
    calls.CallbackRequested: _OF_EXIT,
    calls.Ended: Plain(_ended, *_ENDED, is_of_service=True),
    calls.WrapEnded: Plain(_wrap_ended, *_WRAPPED, is_of_service=True),
}
