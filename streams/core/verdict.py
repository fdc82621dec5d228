"""Judges a leg by its facts: its outcome, its wait, and the counters to which it contributes.

Counters change through `contributions` alone: on every change of a leg the difference between its new
and its old contributions is applied. So late, resumed and corrected legs need no special code.
"""

from typing import Any

from msgspec import Struct

from schemas import calls
from schemas.calls import LegFact
from schemas.legs import Outcome
from schemas.millis import SECOND
from schemas.opening import is_open
from schemas.targets import Targets
from schemas.timing import SERVICE_CAP_MS
from streams.core.counting import MOMENTS, Contribution, compiled
from streams.core.leg import NOT_TOLD, UNKNOWN, Leg, answer_time, arrival, last_sign

# So many later arrivals were answered first. With 3, 25 callers of the sample day would have been doubtful, of
# whom 24 were answered later.
DOUBTFUL_AFTER = 5
WAIT_DIFFERS_MS = SECOND  # between the platform's wait and the wait by time stamps

_OF_SERVICE: set[type[Any]] = {
    calls.Held,
    calls.Unheld,
    calls.Ended,
    calls.WrapStarted,
    calls.WrapEnded,
}
_WHOLE = compiled(*MOMENTS)
_SERVICE = compiled("end of service", "end of wrap-up")


class Verdict(Struct, gc=False, frozen=True):
    """A judged leg. `arrived_at` None: its arrival is not known yet, and it counts nowhere."""

    outcome: Outcome
    arrived_at: int | None
    left_at: int | None
    wait_ms: (
        int | None
    )  # None: still waiting, or nobody told when it left: `left_at` is its arrival
    reason: str
    in_target: bool | None  # None: no wait, or there are no targets to judge by
    short: bool | None
    out_of_hours: bool
    service_ended_at: int | None
    talk_hold_ms: int | None
    hold_ms: int | None
    wrap_ms: int | None


class Change(Struct, gc=False, frozen=True):
    """A leg that was judged again. `before` is None for a new leg, and if only its service was judged."""

    verdict: Verdict
    before: Verdict | None
    is_service_only: bool
    late_at: int | None  # the earliest time before the boundary at which counts changed


def arrived_out_of_hours(targets: Targets | None, arrived_at: int | None) -> bool:
    if targets is None or arrived_at is None:
        return False
    return not is_open(targets.opening, targets.time_zone, arrived_at)


def judged_wait(wait_ms: int | None, targets: Targets | None) -> tuple[bool | None, bool | None]:
    """(in target, short); both None without a wait, or without targets to judge by."""
    if targets is None or wait_ms is None:
        return None, None
    return wait_ms <= targets.answer_within_ms, wait_ms < targets.short_abandon_ms


def judge(leg: Leg, targets: Targets | None, *, out_of_hours: bool) -> Verdict:
    """The verdict by the targets that were valid at the leg's arrival (None: not configured)."""
    outcome, left_at, reason, told_wait_ms = _outcome(leg)
    arrived_at = arrival(leg)
    if outcome == "rejected":
        arrived_at = left_at
    wait_ms = in_target = short = None
    if arrived_at is not None and left_at is not None and outcome != "rejected":
        left_at = max(left_at, arrived_at)  # clocks may differ, but no wait is negative
        if told_wait_ms != UNKNOWN:
            wait_ms = told_wait_ms if told_wait_ms is not None else left_at - arrived_at
        in_target, short = judged_wait(wait_ms, targets)
    ended_at = talk_hold_ms = hold_ms = wrap_ms = None
    if outcome == "answered":
        ended_at, talk_hold_ms, hold_ms, wrap_ms = _service(leg, left_at or 0)
    return Verdict(
        outcome,
        arrived_at,
        left_at,
        wait_ms,
        reason,
        in_target,
        short,
        out_of_hours,
        ended_at,
        talk_hold_ms,
        hold_ms,
        wrap_ms,
    )


def counts(leg: Leg, verdict: Verdict) -> bool:
    """Whether the leg counts anywhere: inbound, and its arrival is known."""
    return verdict.arrived_at is not None and leg.direction == "inbound"


def contributions(leg: Leg, verdict: Verdict) -> tuple[Contribution, ...]:
    """What the leg adds to which counter, each at the moment at which it happened."""
    arrived_at = verdict.arrived_at
    if arrived_at is None or leg.direction != "inbound":
        return ()
    return _WHOLE[verdict.out_of_hours][verdict.outcome](leg, verdict, arrived_at)


def touches_service_only(event: LegFact, old: Verdict, before: Leg, leg: Leg) -> bool:
    """Whether the fact that made `leg` out of `before` leaves arrival, answer and wait as they were.

    Two of three facts of a call come after its answer; judging the whole leg at each of them took a
    seventh of the time of an event.
    """
    return (
        type(event) in _OF_SERVICE
        and leg.answered_at is not None
        and old.arrived_at is not None
        and leg.queued_at == before.queued_at
        and leg.derived_arrival_at == before.derived_arrival_at
        and (leg.answer_wait_ms is not None or leg.end_wait_ms == before.end_wait_ms)
    )


def judge_service(old: Verdict, leg: Leg) -> Verdict:
    """What `judge` returns for a leg for which `touches_service_only` is true, in less time."""
    return Verdict(
        "answered",
        old.arrived_at,
        old.left_at,
        old.wait_ms,
        leg.ended_by,
        old.in_target,
        old.short,
        old.out_of_hours,
        *_service(leg, old.left_at or 0),
    )


def recount_service(
    before: Leg, old: Verdict, leg: Leg, verdict: Verdict
) -> tuple[tuple[Contribution, ...], tuple[Contribution, ...]]:
    """(what is new, what is taken back) where only the service was judged again."""
    if leg.direction != "inbound":
        return (), ()
    of_service = _SERVICE[old.out_of_hours]["answered"]
    return difference(of_service(before, old, 0), of_service(leg, verdict, 0))


def difference(
    before: tuple[Contribution, ...], after: tuple[Contribution, ...]
) -> tuple[tuple[Contribution, ...], tuple[Contribution, ...]]:
    """(what is new, what is taken back) between two sets of contributions of one leg."""
    common = len(before)
    if after[:common] == before:  # the usual case: a new fact only adds
        return after[common:], ()
    rest = list(after)  # may hold the same twice: two agents missed one call at once
    minus = []
    for contribution in before:
        if contribution in rest:
            rest.remove(contribution)
        else:
            minus.append(contribution)
    return tuple(rest), tuple(minus)


def flags(leg: Leg, verdict: Verdict) -> tuple[str, ...]:
    """Quality flags of a leg: boards and reports show which legs have incomplete or contradictory facts."""
    if verdict.outcome == "open" and leg.queued_at is not None and leg.resumed_at is None:
        return ("conflict",) if leg.conflict else ()
    found = []
    if leg.queued_at is None and verdict.outcome != "rejected":
        found.append("no_start")
    if verdict.outcome == "answered" and leg.answered_at is None:
        found.append("no_answer")
    if verdict.wait_ms is not None:
        left_at = leg.answered_at if leg.answered_at is not None else _outcome(leg)[1]
        stamped = (left_at or 0) - (verdict.arrived_at or 0)
        if stamped < 0:
            found.append("negative_wait")
            stamped = 0
        if not -WAIT_DIFFERS_MS <= verdict.wait_ms - stamped <= WAIT_DIFFERS_MS:
            found.append("wait_differs")
    elif None not in (verdict.left_at, verdict.arrived_at) and verdict.outcome != "rejected":
        found.append("wait_unknown")
    if leg.conflict:
        found.append("conflict")
    if (
        leg.queued_again_at
        and verdict.outcome != "open"
        and leg.queued_again_at > _over_at(verdict)
    ):
        found.append("queued_after_end")
    if leg.resumed_at is not None:
        found.append("resumed")
    if verdict.service_ended_at is not None and leg.ended_at is None:
        found.append("end_unknown")
    is_untimed = verdict.outcome == "answered" and verdict.talk_hold_ms is None
    is_told = leg.ended_at is not None or leg.talk_ms is not None
    if is_untimed and is_told and (_told_talk(leg, verdict.left_at or 0) or 0) > SERVICE_CAP_MS:
        found.append("talk_too_long")
    return tuple(found)


def _over_at(verdict: Verdict) -> int:
    """When nothing of the leg goes on any more, as far as is known."""
    return max(verdict.left_at or 0, verdict.service_ended_at or 0)


def is_doubtful(leg: Leg, verdict: Verdict) -> bool:
    """Whether the leg still waits by its facts, but was overtaken so often that the caller may be gone."""
    return verdict.outcome == "open" and leg.overtaken >= DOUBTFUL_AFTER


def _outcome(leg: Leg) -> tuple[Outcome, int | None, str, int | None]:
    """(outcome, when, reason, the platform's own wait or UNKNOWN). Facts take precedence over our conclusions."""
    if leg.answered_at is not None:  # an agent was connected: no other fact cancels that
        told = leg.answer_wait_ms if leg.answer_wait_ms is not None else leg.end_wait_ms
        return "answered", leg.answered_at, leg.ended_by, told
    resumed = leg.resumed_at
    for at, outcome, reason, wait_ms in leg.exits:
        if resumed is None or at > resumed:
            told = None if wait_ms == NOT_TOLD else wait_ms
            return outcome, at, reason, told  # type: ignore[return-value]  # words of EXIT_OUTCOME
    if leg.ended_at is not None:  # a conversation ended, so there was an answer
        return "answered", answer_time(leg), leg.ended_by, leg.end_wait_ms
    closed_at = leg.closed_at
    # A conclusion from before the arrival, or before a newer sign of waiting, does not hold.
    if closed_at is not None and closed_at > last_sign(leg) and closed_at >= (arrival(leg) or 0):
        return leg.closed_as, closed_at, leg.closed_reason, None  # type: ignore[return-value]
    return "open", None, "", None


def is_over(leg: Leg) -> bool:
    """Whether the leg, whatever its targets are, is counted, closed, and no conversation goes on (`Entry.is_settled`)."""
    outcome, left_at, _, _ = _outcome(leg)
    if outcome in ("open", "rejected"):
        return outcome == "rejected" and left_at is not None
    if arrival(leg) is None:
        return False
    return outcome != "answered" or leg.ended_at is not None or leg.service_closed_at is not None


def _service(leg: Leg, answered_at: int) -> tuple[int | None, int | None, int | None, int | None]:
    """(end, talk with holds, holds, wrap) of an answered leg, each None if it was not measured."""
    ended_at = leg.ended_at if leg.ended_at is not None else leg.service_closed_at
    talk_hold_ms = _told_talk(leg, answered_at)
    if talk_hold_ms is not None and talk_hold_ms > SERVICE_CAP_MS:
        talk_hold_ms = None  # its end was lost: one of 30 hours would double the mean of a day
    if ended_at is not None:
        ended_at = max(ended_at, answered_at)
    hold_ms = leg.hold_ms
    if hold_ms is None and leg.held:
        hold_ms = _paired(leg.held, leg.unheld, ended_at)
    wrap_ms = None
    if leg.wrap_ended_at is not None:
        started = leg.wrap_started_at if leg.wrap_started_at is not None else leg.ended_at
        wrap_ms = max(0, leg.wrap_ended_at - started) if started is not None else None
    return ended_at, talk_hold_ms, hold_ms, wrap_ms


def _told_talk(leg: Leg, answered_at: int) -> int | None:
    """The conversation with its holds as the platform tells it, however long."""
    is_bound = leg.answered_at is None and answer_time(leg) == leg.ended_at
    if leg.talk_ms is not None or leg.ended_at is None or is_bound:
        return leg.talk_ms
    return max(0, leg.ended_at - answered_at)


def _paired(held: tuple[int, ...], unheld: tuple[int, ...], ended_at: int | None) -> int:
    """Time on hold: each hold lasts to the next release, the next hold or the end."""
    total = 0
    for place, start in enumerate(held):
        ends = [at for at in unheld if at >= start]
        ends += [held[place + 1]] if place + 1 < len(held) else []
        ends += [ended_at] if ended_at is not None and ended_at >= start else []
        total += min(ends) - start if ends else 0
    return total
