"""Closes legs of which no fact reports the end: by a restart, a platform snapshot or their age.

Each function returns the leg as closed, or None where it stays as it is. A fact that comes later takes
precedence over such a conclusion (streams.core.verdict). So the leg is kept in state as long as any
other, counted from the closing: a conversation given up after twelve hours would else be evicted at once.
"""

from msgspec.structs import replace

from schemas.millis import LATEST
from schemas.targets import Targets
from schemas.targets_book import Judged
from schemas.timing import SERVICE_CAP_MS, WAITING_CAP_MS
from streams.core.leg import Leg, arrival, last_sign
from streams.core.leg_store import Entry

_GIVEN_UP = ("dropped", "ghost")  # an outcome that a fact reported is not changed here


def at_restart(entry: Entry, at: int, *, is_late: bool = False) -> Leg | None:
    """Close a leg that was open at its source when that restarted: the caller is gone, and the end of a
    conversation is not known.

    A fact at the instant of the restart belongs before it, unless it was read after it (`is_late`).
    A leg that was given up at a later time is closed by this restart instead, when a late fact shows that
    it was open then.
    """
    leg, verdict = entry.leg, entry.verdict
    newest = at - 1 if is_late else at
    if verdict.outcome == "open" or (verdict.outcome in _GIVEN_UP and _after(leg.closed_at, at)):
        came = arrival(leg)
        if (leg.placed_at if came is None else came) <= newest and last_sign(leg) < at:
            return _given_up(leg, at, "dropped", "restart")
        return None
    talks = _is_talking(entry) or (leg.ended_at is None and _after(leg.service_closed_at, at))
    return _conversation_over(leg, at) if talks and (verdict.left_at or 0) <= newest else None


def at_restarts(entry: Entry, restarts: list[int]) -> Leg | None:
    """The same for a fact that is read after restarts of its source: the first restart later than the
    fact closes the leg.
    """
    return next(
        (closed for at in restarts if (closed := at_restart(entry, at, is_late=True))), None
    )


def with_restart(restarts: list[int], at: int, kept_ms: int) -> list[int]:
    """The restarts of one source in order, without those that are too old for any fact to precede."""
    found = sorted({*restarts, at})
    return [each for each in found if each >= found[-1] - kept_ms]


def was_given_up_after(leg: Leg, at: int) -> bool:
    """Whether its wait or its conversation was given up at a later time, without a fact."""
    return _after(leg.closed_at, at) or _after(leg.service_closed_at, at)


def _after(closed_at: int | None, at: int) -> bool:
    return closed_at is not None and closed_at > at


def by_platform_snapshot(entry: Entry, began_at: int) -> Leg | None:
    """Close a leg that a complete platform snapshot did not name; None if it arrived after its begin."""
    arrived_at = entry.verdict.arrived_at
    if arrived_at is None or arrived_at >= began_at or last_sign(entry.leg) >= began_at:
        return None
    return _given_up(entry.leg, began_at, "ghost", "snapshot")


def by_age(entry: Entry, targets: Targets | None, watermark: int) -> Leg | None:
    """Close a leg whose wait or conversation exceeds the cap of its targets (2 h and 12 h by default)."""
    at = cap_reached_at(entry, targets)
    if at > watermark:
        return None
    if entry.verdict.outcome == "open":
        return _given_up(entry.leg, at, "ghost", "waiting_cap")
    return _conversation_over(entry.leg, at)


def cap_reached_at(entry: Entry, targets: Targets | None) -> int:
    """When the wait or the conversation of an open leg is longer than its cap; LATEST where its arrival is not known."""
    verdict = entry.verdict
    if verdict.arrived_at is None:
        return LATEST
    if verdict.outcome == "open":
        cap = targets.waiting_cap_ms if targets else WAITING_CAP_MS
        return max(verdict.arrived_at, last_sign(entry.leg)) + cap
    return (verdict.left_at or 0) + (targets.service_cap_ms if targets else SERVICE_CAP_MS)


def least_cap(history: list[Judged]) -> int:
    """The least age, in ms, at which a leg may be closed: younger ones need not be checked each minute."""
    caps = [WAITING_CAP_MS, SERVICE_CAP_MS]
    for targets, _ in history:
        caps += [targets.waiting_cap_ms, targets.service_cap_ms] if targets else []
    return min(caps)


def _given_up(leg: Leg, at: int, outcome: str, reason: str) -> Leg:
    newest = max(leg.last_at, at)
    return replace(leg, last_at=newest, closed_at=at, closed_as=outcome, closed_reason=reason)


def _conversation_over(leg: Leg, at: int) -> Leg:
    return replace(leg, last_at=max(leg.last_at, at), service_closed_at=at)


def _is_talking(entry: Entry) -> bool:
    return entry.verdict.outcome == "answered" and entry.verdict.service_ended_at is None
