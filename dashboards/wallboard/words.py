"""Times and shares as text of the board."""

from zoneinfo import ZoneInfo

from schemas.millis import MINUTE, SECOND, to_datetime

NO_VALUE = "\N{EN DASH}"


def clock(at: int, zone: str, now: int) -> str:
    """`14:03:05` in the zone; with its date when it is not of the day of `now`."""
    local, today = to_datetime(at, ZoneInfo(zone)), to_datetime(now, ZoneInfo(zone))
    text = local.strftime("%H:%M:%S")
    return text if local.date() == today.date() else f"{local.day} {local:%b %Y} {text}"


def day(at: int, zone: str) -> str:
    """`1 Aug 2010`."""
    local = to_datetime(at, ZoneInfo(zone))
    return f"{local.day} {local:%b %Y}"


def behind(duration: int) -> str:
    """`45 s`, `12 min`, `3 h 20 min`, `5 days`."""
    if duration < MINUTE:
        return f"{duration // SECOND} s"
    hours, whole = divmod(duration // MINUTE, 60)
    if hours >= 48:  # noqa: PLR2004  from two days on, hours are of no use
        return f"{hours // 24} days"
    return f"{hours} h {whole} min" if hours else f"{whole} min"


def percent(share: float | None, goal: float | None = None) -> str:
    """Whole percent without the sign, rounded; a share below `goal` is not rounded up to it: 79.6 is 79."""
    if share is None:
        return NO_VALUE
    nearest = round(share * 100)
    missed = goal is not None and share < goal <= nearest / 100
    return str(int(share * 100) if missed else nearest)
