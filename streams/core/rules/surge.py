"""Alert rule: many more calls come than usual."""

from typing import Annotated

from msgspec import Meta

from schemas.alerts import NotEvaluated
from schemas.counters import positions
from schemas.millis import MINUTE
from streams.core.expected_calls import BIN_MS, ExpectedCalls, level_of_day
from streams.core.line import Line
from streams.core.queue_view import QueueView
from streams.core.rule import ALWAYS, HoldingTimes, Measured, Rule, not_evaluated
from streams.core.surge_cusum import PER_EXPECTED, TIMES, cusum, limit, rarer
from streams.core.windows import Windows

LOOKED_BACK = 11  # bins: as many whole ones as the windows keep at every minute
_LATELY = 3  # bins that say whether it goes on
_BUSIEST = 1.5  # so that a surge of hours never becomes what is usual

(_OFFERED,) = positions(("offered",))
Positive = Annotated[float, Meta(gt=0)]


class SurgeTable(HoldingTimes, frozen=True, kw_only=True):
    """Raise while the cumulative sum of the last 55 minutes, in calls, is at least `threshold`, and 10 more for each 1 of
    the profile's dispersion above 1; calm once less than `clear_below` times the usual calls came in the last 15 minutes.

    `threshold` makes one false alarm in 2,016 looks (5 minutes each); it is higher where the queue is open for more than that in
    `weeks` weeks.
    """

    threshold: Positive = 9.0
    weeks: Positive = 8.0
    clear_below: Positive = 1.5
    clear_hold_ms: int = 5 * MINUTE

    def __post_init__(self) -> None:
        if self.clear_below > TIMES:
            raise ValueError(f"clear_below: must not exceed {TIMES}")


class Surge(Rule[SurgeTable]):
    """The sum begins anew 55 minutes ago at each look, so that late calls and a replay give the same figure and nothing is
    kept. It only looks at whole 5 minutes.
    """

    name = "surge"
    title = "many more calls than usual"
    severity = "page"
    unit = "number"
    tuned_to = "1 false alert in 8 weeks"
    table = SurgeTable
    example = Measured(
        31, 26.3, 31, raised=True, calm=False,
        cause="in 10 minutes, 12 expected at this time of the week",
    )  # fmt: skip
    reads_profile = True
    each_minute = True
    every_minutes = BIN_MS // MINUTE  # it looks at whole bins: nothing is new in between
    answer_cannot_raise = True
    idle_cannot_raise = True

    def measure(self, table: SurgeTable, view: QueueView) -> Measured:
        expected, at = view.expected, view.passed
        if expected is None:
            return not_evaluated("no profile", table.threshold)
        raised_from = _limit(table, expected)
        if not expected.is_open(at):
            return Measured(0, raised_from, 0, raised=False, calm=True)
        if not expected.is_known(at):
            return not_evaluated("no profile", raised_from)
        bins = _bins(expected, view, at)
        run = cusum(bins)
        calm = _is_usual(bins[-_LATELY:], table.clear_below)
        raised = run.score >= raised_from and not calm
        cause = f"in {run.bins * BIN_MS // MINUTE} minutes, {in_short(run.expected)} expected at this time of the week"
        return Measured(
            run.calls,
            round(raised_from + PER_EXPECTED * run.expected, 1),
            run.calls,
            raised=raised,
            calm=calm,
            cause="" if calm else cause,
        )

    def lacks(self, table: SurgeTable, view: QueueView) -> NotEvaluated | None:
        expected, at = view.expected, view.passed
        if expected is None:
            return "no profile"
        if not expected.is_open(at):
            return None
        return None if expected.is_known(at) else "no profile"

    def lacks_until(self, table: SurgeTable, view: QueueView) -> int:
        return ALWAYS if view.expected is None else view.expected.same_until(view.passed)

    def sentence(self, queue_name: str, measured: Measured) -> str:
        if measured.calm:
            return f"{queue_name}: about as many calls as usual come again, or it is closed"
        return f"{queue_name}: {measured.n} calls {measured.cause}".rstrip()

    def cannot_be_raised(self, table: SurgeTable, view: QueueView) -> bool:
        """Where the last bins are as usual on a day that is not busier: the level of the day only adds to what is usual."""
        expected, at = view.expected, view.passed
        if expected is None or not expected.is_open(at):
            return True
        first = at // BIN_MS * BIN_MS - _LATELY * BIN_MS
        calls, usual = 0, 0.0
        for number, arrived in enumerate(view.rolling.arrived(first, BIN_MS, _LATELY)):
            expected_then = expected.of_bin(first + number * BIN_MS)
            if expected_then is not None:
                calls, usual = calls + arrived, usual + expected_then
        return calls == 0 or calls < table.clear_below * usual

    def quiet_until(self, table: SurgeTable, line: Line, windows: Windows) -> int:
        return ALWAYS

    def arrival_cannot_raise_for_ms(self, table: SurgeTable) -> int:
        return ALWAYS


Bins = list[tuple[int, float | None]]


def _limit(table: SurgeTable, expected: ExpectedCalls) -> float:
    dispersion = expected.profile.dispersion
    at_random = limit(table.threshold, dispersion)
    return round(at_random + rarer(expected.bins_a_week * table.weeks, dispersion), 2)


def _bins(expected: ExpectedCalls, view: QueueView, at: int) -> Bins:
    """(calls, expected on a day like this one)."""
    end = at // BIN_MS * BIN_MS
    first = end - LOOKED_BACK * BIN_MS
    busy = _level(expected, view, first)
    found: Bins = []
    for number, calls in enumerate(view.rolling.arrived(first, BIN_MS, LOOKED_BACK)):
        usual = expected.of_bin(first + number * BIN_MS)
        found.append((calls, None if usual is None else busy * usual))
    return found


def _level(expected: ExpectedCalls, view: QueueView, before: int) -> float:
    """How many times as many calls as usual the day has had before: busy days are no surge. Quiet ones do not make the
    rule more sensitive.
    """
    day, so_far = view.day_so_far
    offered = so_far[_OFFERED] - view.rolling.arrived_since(before)
    level = level_of_day(offered, expected.within(day, before))
    return min(max(level, 1.0), _BUSIEST)


def _is_usual(bins: Bins, times: float) -> bool:
    known = [(calls, usual) for calls, usual in bins if usual is not None]
    calls = sum(calls for calls, _ in known)
    return calls == 0 or calls < times * sum(usual for _, usual in known)


def in_short(calls: float) -> str:
    """`12`, and one decimal of a number below 10: `2.5`."""
    return f"{calls:.0f}" if calls >= 10 else f"{calls:.1f}"  # noqa: PLR2004


RULE = Surge()
