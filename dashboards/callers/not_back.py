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
    gone = [each for each in stays.gone(queue) if since <= (each.left_at or 0) <= at]
    found = sorted(
        (each for each in gone if each.caller), key=lambda each: (-(each.left_at or 0), each.key)
    )
    return NotBack(
        since=since,
        n=len(found),
        unknown=len(gone) - len(found),
        callers=tuple(_line(stays, each, day_began_at) for each in found[:CALLERS_SHOWN]),
    )


def _line(stays: Stays, stay: Stay, day_began_at: int | None) -> HungUp:
    hung_up_at = stay.left_at or 0
    tried = [
        each
        for each in stays.of_caller(stay.caller)
        if each.outcome != "rejected"
        and not each.with_us_until
        and (each.left_at is None or each.left_at > hung_up_at)
    ]
    return HungUp(
        leg_id=stay.key[1],
        caller=shown_token(stay.caller),
        left_at=hung_up_at,
        wait_ms=stay.wait_ms,
        rang_today=rang_since(stays, stay, day_began_at),
        tried=len(tried),
    )
