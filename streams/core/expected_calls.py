"""How many calls a queue expects, by its profile and its opening hours.

Rule 1: 5 minutes that are not whole in opening hours expect nothing, and neither do those without a profile.
Rule 2: closed hours separate. What is summed up begins anew when the queue opens.
"""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas.millis import DAY, HOUR, MINUTE, to_datetime
from schemas.opening import is_open, unchanging
from schemas.profiles import SLOT_MINUTES, SLOT_MS, Profile, calls_a_week
from schemas.targets import Targets

BIN_MS = 5 * MINUTE
_AHEAD_MS = 2 * HOUR  # so far is looked ahead at once
_KEPT_BINS = 3 * DAY // BIN_MS
PRIOR_CALLS = 33.0  # calls whose chance is as large as the differences between days (17.5 %)
_KEPT_SUMS = 4  # rules ask again and again from the beginning of one day
_SURELY = 1e-6  # sums of another order differ by less


class Span(NamedTuple):
    """Expected calls since `begin`."""

    calls: float
    begin: int


class LastHour(NamedTuple):
    """Usual calls: in the 5 minutes that begin now, None where rule 1 says that nothing is expected; in the hour before now,
    as far as it was open; and from the beginning of the day to that hour.
    """

    now: float | None
    usual: float
    usual_before: float


class ExpectedCalls:
    """Of one queue, by the profile and the targets that hold at one moment. Times are whole minutes."""

    __slots__ = (
        "_bins",
        "_last_hour",
        "_now",
        "_sums",
        "_zone",
        "a_week",
        "bins_a_week",
        "profile",
        "targets",
    )

    def __init__(self, profile: Profile, targets: Targets) -> None:
        self.profile = profile
        self.a_week = calls_a_week(profile)
        slots = sum(calls is not None for day in profile.days for calls in day)
        self.bins_a_week = slots * SLOT_MS // BIN_MS
        self.targets = targets
        self._zone = ZoneInfo(profile.time_zone)
        # Screens ask several times a second, mostly the same.
        self._bins: dict[int, float | None] = {}
        self._sums: dict[
            int, list[float]
        ] = {}  # by the first bin: what 0, 1, 2 … bins from it on hold
        self._now = (-1, False, False)  # a time, whether it is open and known then
        self._last_hour: tuple[int, int, LastHour] | None = None  # a time and a day, of these

    def holds(self, profile: Profile | None, targets: Targets) -> bool:
        """Whether it was made of these."""
        return self.profile is profile and self.targets is targets

    def is_open(self, at: int) -> bool:
        return self._at(at)[1]

    def is_known(self, at: int) -> bool:
        """Whether the profile says anything of the time of the week that holds `at`."""
        return self._at(at)[2]

    def same_until(self, at: int) -> int:
        """Up to when `is_open` and `is_known` say the same as at `at`."""
        changes = unchanging(self.targets.opening, self.targets.time_zone, at)[1]
        return min(changes, at - at % SLOT_MS + SLOT_MS)  # clocks differ by whole slots

    def _at(self, at: int) -> tuple[int, bool, bool]:
        if self._now[0] != at:
            self._now = at, self._is_open(at), self._slot(at) is not None
        return self._now

    def _is_open(self, at: int) -> bool:
        return is_open(self.targets.opening, self.targets.time_zone, at)

    def of_bin(self, start: int) -> float | None:
        """In the 5 minutes from `start`; None where rule 1 says that nothing is expected."""
        if start not in self._bins:
            if len(self._bins) > _KEPT_BINS:
                self._bins.clear()
            self._bins[start] = self._of_bin(start)
        return self._bins[start]

    def _of_bin(self, start: int) -> float | None:
        if not (self._is_open(start) and self._is_open(start + BIN_MS - 1)):
            return None
        calls = self._slot(start)
        return None if calls is None else calls * BIN_MS / SLOT_MS

    def within(self, start: int, end: int) -> float:
        """In all whole bins of the range."""
        first = -(-start // BIN_MS) * BIN_MS
        bins = max(0, end - first) // BIN_MS
        if first not in self._sums and len(self._sums) >= _KEPT_SUMS:
            self._sums.clear()
        sums = self._sums.setdefault(first, [0.0])
        for number in range(len(sums) - 1, bins):
            sums.append(sums[-1] + (self.of_bin(first + number * BIN_MS) or 0.0))
        return sums[bins]

    def since(self, since: int, at: int) -> Span:
        """Up to `at`, since `since` or since the queue opened, for a day at most."""
        total, here, bins = 0.0, at, self._bins
        since = max(since, at - DAY)
        while here > since:
            start = (here - 1) // BIN_MS * BIN_MS
            calls = bins[start] if start in bins else self.of_bin(start)
            if calls is None:
                break
            if start < since:
                start = since  # of the first bin a part
            total += calls * (here - start) / BIN_MS
            here = start
        return Span(total, here)

    def last_hour(self, day: int, at: int) -> LastHour:
        """As of `at`, on the day that began at `day`. Rules ask several times for one minute."""
        kept = self._last_hour
        if kept is None or kept[0] != at or kept[1] != day:
            now, since = self.of_bin(at // BIN_MS * BIN_MS), at - HOUR
            usual = 0.0 if now is None else self.since(since, at).calls
            before = 0.0 if now is None else self._before(day, since)
            kept = self._last_hour = at, day, LastHour(now, usual, before)
        return kept[2]

    def _before(self, day: int, since: int) -> float:
        """From the beginning of the day on, to the minute: five minutes left out of an hour would make a busy day."""
        if since <= day:
            return 0.0
        whole = since // BIN_MS * BIN_MS
        return self.within(day, whole) + self.since(max(day, whole), since).calls

    def reach(self, limit: float, since: int, at: int) -> int:
        """The first whole minute from `at` on at which `limit` calls may be expected since `since`; not later than the
        end of what is looked ahead.
        """
        total = self.since(since, at).calls
        if total >= limit - _SURELY:
            return at
        for start in range(at // BIN_MS * BIN_MS, at + _AHEAD_MS, BIN_MS):
            calls = self.of_bin(start)
            if calls is None:
                total = 0.0
                if total >= limit - _SURELY:
                    return max(start, at) + MINUTE
                continue
            for minute in range(max(start, at), start + BIN_MS, MINUTE):
                total += calls * MINUTE / BIN_MS
                if total >= limit - _SURELY:
                    return minute + MINUTE
        return at + _AHEAD_MS

    def _slot(self, at: int) -> float | None:
        local = to_datetime(at, self._zone)
        slot = (local.hour * 60 + local.minute) // SLOT_MINUTES
        return self.profile.days[local.weekday()][slot]


def level_of_day(offered: int, expected: float) -> float:
    """How many times as many calls as usual a day has that was offered so many where so many were expected, as far as
    these calls can tell.
    """
    return (PRIOR_CALLS + offered) / (PRIOR_CALLS + expected)
