"""Who hung up in a queue and has neither rung again nor been reached: the list for calling back. Pure."""

from msgspec import Struct

from dashboards.callers.stays import Stay, Stays
from dashboards.callers.story import rang_since, shown_token
from schemas.millis import HOUR
from schemas.snapshots import CALLERS_SHOWN

LOOKED_BACK_MS = 8 * HOUR  # a shift


class HungUp(Struct, frozen=True, omit_defaults=True):
    """Somebody who waited and hung up. `leg_id` is the platform's: by it the call is found there.

    `wait_ms` None: nobody told it. `rang_today` as in Story. `tried`: call backs since that were not answered.
    """

    leg_id: str
    caller: str
    left_at: int
    wait_ms: int | None = None
    rang_today: int | None = None
    tried: int = 0


class NotBack(Struct, frozen=True, omit_defaults=True):
    """Of those who hung up at or after `since`: `n` are not back, of whom the CALLERS_SHOWN newest are named, the
    newest first. `unknown`: so many more hung up of whom the platform does not say who they are.
    """

    since: int
    n: int = 0
    unknown: int = 0
    callers: tuple[HungUp, ...] = ()


def not_back(stays: Stays, queue: str, at: int, day_began_at: int | None) -> NotBack | None:
    """As of `at`, by the clock of the queue. None while the stays are not known."""
    if stays.known_since is None:
        return None
    since = max(at - LOOKED_BACK_MS, stays.known_since)
    unknown, found = 0, list[tuple[Stay, int]]()
    for stay in stays.abandoned(queue):
        if not is_asked_of(stay) or stay.left_at is None or not since <= stay.left_at <= at:
            continue
        if not stay.caller:
            unknown += 1
            continue
        later = [each for each in stays.of_caller(stay.caller) if _is_later(each, stay)]
        if not any(is_with_us(each) for each in later):
            found.append((stay, len(later)))
    found.sort(key=lambda each: (-(each[0].left_at or 0), each[0].key))
    return NotBack(
        since=since,
        n=len(found),
        unknown=unknown,
        callers=tuple(
            HungUp(
                leg_id=stay.key[1],
                caller=shown_token(stay.caller),
                left_at=stay.left_at or 0,
                wait_ms=stay.wait_ms,
                rang_today=rang_since(stays, stay, day_began_at),
                tried=tried,
            )
            for stay, tried in found[:CALLERS_SHOWN]
        ),
    )


def is_asked_of(stay: Stay) -> bool:
    """Whether one who hung up counts: the caller rang us in opening hours, and did not hang up at once."""
    return stay.is_call_in and not stay.short and not stay.out_of_hours


def _is_later(other: Stay, stay: Stay) -> bool:
    """Whether the other stay began, or went on, after the caller hung up; turned away at the door is none."""
    if other.key == stay.key or other.outcome == "rejected":
        return False
    hung_up_at = stay.left_at or 0
    return other.arrived_at > hung_up_at or other.left_at is None or other.left_at > hung_up_at


def is_with_us(later: Stay) -> bool:
    """Whether a later stay ends the wish to be rung back: the caller rang again, or we reached the caller."""
    return later.is_call_in or later.outcome == "answered"
