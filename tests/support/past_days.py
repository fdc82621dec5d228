"""Days by half hour that nobody has to count: an ordinary yesterday and week before, and a today that went wrong at 10:00."""

from math import exp
from zoneinfo import ZoneInfo

from dashboards.wallboard.past import ArchiveSilentError
from schemas.half_hours import HalfHour, MinuteOfQueue, PastDay, PastDays
from schemas.millis import DAY, MINUTE, to_datetime
from schemas.opening import business_day
from schemas.past_figures import PastAsked, PastTold
from tests.support.past_figures import CENTRES, told_of

HALF = 30 * MINUTE


def day(
    start: int, end: int, zone: str, *, busy: float = 1.0, worse_from: str = "", now: int = 0
) -> PastDay:
    """From 07:00 to 19:00; half hours after `now` are not there, the one of now is not whole."""
    last = min(end, now or end)
    halves = tuple(_half(at, zone, busy, worse_from, last) for at in range(start, last, HALF))
    return PastDay(f"{to_datetime(start, ZoneInfo(zone)):%Y-%m-%d}", halves)


def _half(start: int, zone: str, busy: float, worse_from: str, last: int) -> HalfHour:
    clock = f"{to_datetime(start, ZoneInfo(zone)):%H:%M}"
    whole = HalfHour(start, start + HALF, clock, start + HALF <= last)
    if not "07:00" <= clock < "19:00":
        return whole
    hour = int(clock[:2]) + int(clock[3:]) / 60
    calls = round(
        busy * (8 + 60 * exp(-((hour - 10.5) ** 2) / 5) + 34 * exp(-((hour - 15) ** 2) / 6))
    )
    calls = calls if whole.is_whole else calls // 3
    share = 0.54 if worse_from and clock >= worse_from else 0.84 - 0.001 * calls
    n = max(0, calls - 1)
    return HalfHour(
        start, start + HALF, clock, whole.is_whole, calls, calls // 12, round(n * share), n
    )


def days(
    now: int, zone: str = "Africa/Johannesburg", *, worse_from: str = "10:00", busy: float = 1.2
) -> PastDays:
    first, end = business_day(now, zone, 0)
    return PastDays(
        now, zone, day(first, end, zone, busy=busy, worse_from=worse_from, now=now),
        day(first - DAY, first, zone), day(first - 7 * DAY, end - 7 * DAY, zone, busy=0.95), now,
    )  # fmt: skip


def minutes(queues: tuple[str, ...], now: int) -> list[MinuteOfQueue]:
    """The hour before `now`; of ten of its minutes nothing is known."""
    end = now // MINUTE * MINUTE
    return [
        MinuteOfQueue(queue, end - back * MINUTE, (back * 7) % 11 // 3 + (60 - back) // 20, 50 + back % 9, 70)
        for queue in queues for back in range(1, 61) if not 20 <= back < 30
    ]  # fmt: skip


class Told:
    """An archive of these days, whatever is asked; `is_away` makes it one that does not answer."""

    def __init__(
        self, queues: tuple[str, ...], today: int, centres: tuple[str, ...] = CENTRES
    ) -> None:
        self._queues = queues
        self._centres = centres
        self._today = today
        self.is_away = False

    def past_days(self, _: tuple[str, ...], __: int) -> PastDays:
        if self.is_away:
            raise ArchiveSilentError
        return days(self._today)

    def figures(self, asked: PastAsked, now: int) -> PastTold:
        if self.is_away:
            raise ArchiveSilentError
        return told_of(asked, now, self._centres)

    def last_minutes(self, now: int) -> list[MinuteOfQueue]:
        if self.is_away:
            raise ArchiveSilentError
        return minutes(self._queues, now)
