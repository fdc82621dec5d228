"""Quiet hours of an owner: what is held, and until when. Pure."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from schemas.alerts import Severity
from schemas.millis import to_datetime
from schemas.opening import Opening, is_open, open_spans
from schemas.owners import Owner

_DAYS_AHEAD = 8  # a week of quiet hours without a gap ends never


def quiet_until(owner: Owner, severity: Severity, now: int) -> int | None:
    """When messages of that severity may be told again; None: they may now."""
    spans = owner.quiet.get(severity, ()) if severity in {"page", "warn"} else ()
    opening = Opening(spans)
    if not spans or not is_open(opening, owner.time_zone, now):
        return None
    until = now
    first = to_datetime(now, ZoneInfo(owner.time_zone)).date() - timedelta(days=1)
    found = sorted(
        span
        for ahead in range(_DAYS_AHEAD + 1)
        for span in open_spans(opening, owner.time_zone, first + timedelta(days=ahead))
    )
    for start, end in found:
        if start <= until < end:
            until = end
    return until
