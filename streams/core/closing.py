"""Legs that no fact of theirs closes: what a restart, a platform snapshot and sheer age make of them.

Each function returns the leg as closed, or None where it stays as it is. Facts that come after all
win over such a conclusion (streams.core.verdict); so the leg is kept for them as long as any other,
counted from the closing: a conversation given up after twelve hours would be gone at once.
"""

from msgspec.structs import replace

from schemas.targets import Targets
from schemas.targets_book import Judged
from schemas.timing import SERVICE_CAP_MS, WAITING_CAP_MS
from streams.core.leg import Leg, arrival, last_sign
from streams.core.leg_store import Entry

_GIVEN_UP = ("dropped", "ghost")  # where a fact says so, that stands


def at_restart(entry: Entry, at: int, *, is_late: bool = False) -> Leg | None:
    """What was open at the source when it restarted is gone: a waiting caller, or a conversation's end.

    A fact of the very same instant belongs before the restart, unless it came after it (`is_late`).
    What we gave up later than this restart is closed by it when a late fact puts it before both.
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
    """The same for a fact that comes after its source restarted, perhaps more than once: the first
    restart after what the fact tells of has ended it.
    """
    return next(
        (closed for at in restarts if (closed := at_restart(entry, at, is_late=True))), None
    )


def with_restart(restarts: list[int], at: int, kept_ms: int) -> list[int]:
    """The restarts of one source in order, less those that no fact can come before any more."""
    found = sorted({*restarts, at})
    return [each for each in found if each >= found[-1] - kept_ms]


def _after(closed_at: int | None, at: int) -> bool:
    return closed_at is not None and closed_at > at


def by_platform_snapshot(entry: Entry, began_at: int) -> Leg | None:
    """A complete platform snapshot did not name the leg; None for one that came after it began."""
    arrived_at = entry.verdict.arrived_at
    if arrived_at is None or arrived_at >= began_at or last_sign(entry.leg) >= began_at:
        return None
    return _given_up(entry.leg, began_at, "ghost", "snapshot")


def by_age(entry: Entry, targets: Targets | None, watermark: int) -> Leg | None:
    """Nobody waits for two hours in truth, and no conversation lasts twelve."""
    leg, verdict = entry.leg, entry.verdict
    if verdict.arrived_at is None:
        return None
    if verdict.outcome == "open":
        cap = targets.waiting_cap_ms if targets else WAITING_CAP_MS
        at = max(verdict.arrived_at, last_sign(leg)) + cap
        return _given_up(leg, at, "ghost", "waiting_cap") if at <= watermark else None
    at = (verdict.left_at or 0) + (targets.service_cap_ms if targets else SERVICE_CAP_MS)
    return _conversation_over(leg, at) if at <= watermark else None


def least_cap(history: list[Judged]) -> int:
    """No leg is closed by its age before this; asking each leg at each minute would be dear."""
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
