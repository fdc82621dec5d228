"""How it went over time: the period beside those before it, its days (of a day its half hours), its week by half hours."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from schemas.millis import iso, to_datetime
from schemas.targets import Targets
from streams.history.annotated import ANNOTATED
from streams.history.consistency import HalfHour
from streams.history.counted_groups import Counted, counted_groups
from streams.history.intervals import EVERY
from streams.history.known_range import lacks
from streams.history.paper import Chart, Section, Table
from streams.history.papers.asked import Asked
from streams.history.period import SHOWN_BEFORE, Period
from streams.history.promises_kept import NO_SHARE, Kept, shares
from streams.history.report import Column, Part, Row
from streams.history.sentences import Sentence, Share, Span, sentence
from streams.history.together import FIGURES, figures
from streams.sinks.clickhouse.database import Reader

_FIGURES = (
    Column("called", "legs", "legs in opening hours, refused callers too"),
    Column("answered", "legs", "legs that were answered"),
    Column("gave_up", "legs", "abandons that were not short"),
    Column("rejected", "legs", "callers who were refused before queueing"),
    Column("promised_calls", "legs", "legs in the denominator of their own queue's formula"),
    Column("sl_promised", "share", "served as each queue promised", NO_SHARE),
    Column("goal", "share", "the promised service level of those legs", NO_SHARE),
    Column("against_goal", "text", "`met`, `missed` or `few calls`", NO_SHARE),
)
PERIODS = Part(
    (Column("period", "text", "the month, week or day, as it is asked for"),
     Column("start", "time", "its start"), *_FIGURES),
    name="periods", kind="period",
)  # fmt: skip
STEPS = Part(
    (Column("start", "time", "start of the day or half hour"), *_FIGURES), name="steps", kind="step"
)
WEEK = Part(
    (
        Column("weekday", "number", "1 is Monday"),
        Column("half_hour", "text", "its start on the clock of the zone"),
        Column("promised_calls", "legs", "legs of all such half hours in the denominator of their own queue's formula"),
        Column("sl_promised", "share", "served as each queue promised", NO_SHARE),
        Column("goal", "share", "the promised service level of those legs", NO_SHARE),
    ),
    name="week", kind="half hour of the week",
)  # fmt: skip
_SHOWN = (
    "start",
    "called",
    "answered",
    "gave_up",
    "rejected",
    "sl_promised",
    "goal",
    "against_goal",
)
_NOTED = ("number", "planned", "began", "ended", "reason", "about")


class Trend(Struct, frozen=True):
    periods: list[Row]
    steps: list[Row]
    spans: list[tuple[Span, float | None]]  # of each whole period its service level
    in_part: tuple[str, ...] = ()  # periods with calls of which the archive has only a part


def read_trend(reader: Reader, asked: Asked, known: tuple[int, int] | None) -> Trend:
    """All queues of the paper together, by arrival, on the clock of the default zone. `known`: streams.history.reach.ends.

    A period of which the archive has one day is neither the best nor the worst of them.
    """
    of = asked.period
    periods = [of.before(count) for count in range(SHOWN_BEFORE[of.length], 0, -1)] + [of]
    whole = replace(asked.question, by="all", every_ms=EVERY["1d"], start=periods[0].start)
    days = counted_groups(reader, asked.catalogue, whole, FIGURES)
    every = "30m" if of.length == "day" else "1d"
    steps = (
        counted_groups(
            reader,
            asked.catalogue,
            replace(asked.question, by="all", every_ms=EVERY[every]),
            FIGURES,
        )
        if of.length == "day"
        else [each for each in days if of.start <= each.start < of.end]
    )
    rows = [_period_row(each, days) for each in periods]
    known = known and (known[0], min(known[1], asked.known_at))
    are_whole = whole_periods(periods, known, asked.catalogue.queues.values())
    return Trend(
        rows,
        [row for row in (_step_row(each, of.zone) for each in steps) if row["called"]],
        [
            (Span(of.length, each.start, of.zone), _share(row))
            for each, row in zip(periods, rows, strict=True)
            if each.text in are_whole
        ],
        tuple(
            each.text
            for each, row in zip(periods, rows, strict=True)
            if row["called"] and each.text not in are_whole
        ),
    )


def whole_periods(
    periods: Iterable[Period], known: tuple[int, int] | None, queues: Iterable[Targets]
) -> set[str]:
    """Those of which the archive knows every hour in which one of the queues was open."""
    asked = tuple(queues)
    return {each.text for each in periods if not lacks(known, each.range, asked, each.zone)}


def _step_row(each: Counted, zone: str) -> Row:
    return {"start": _start(each.start, zone)} | figures([each.record])


def _period_row(period: Period, days: Sequence[Counted]) -> Row:
    records = [each.record for each in days if period.start <= each.start < period.end]
    row: Row = {"period": period.text, "start": _start(period.start, period.zone)}
    return row | figures(records)


def week_rows(half_hours: Iterable[HalfHour], zone: str) -> list[Row]:
    """By weekday and half hour, as sums of all half hours of that name; those without a promised call are not there."""
    clock, found = ZoneInfo(zone), dict[tuple[int, str], Kept]()
    for each in half_hours:
        local = to_datetime(each.start, clock)
        key = local.isoweekday(), f"{local:%H:%M}"
        found[key] = found.get(key, Kept()) + each.kept
    return [_week_row(weekday, start, kept) for (weekday, start), kept in sorted(found.items())]


def _week_row(weekday: int, start: str, kept: Kept) -> Row:
    row: Row = {"weekday": weekday, "half_hour": start, "promised_calls": kept.due}
    return row | {name: value for name, value in shares(kept).items() if name != "against_goal"}


def section(trend: Trend, week: list[Row], notes: list[Row], asked: Asked) -> Section:
    """`notes` are rows of `ANNOTATED`, with whose numbers the steps are marked."""
    length = asked.period.length
    shown = [row for row in trend.periods if row["called"]]
    charts = [
        Chart(
            "lines",
            "steps",
            "start",
            ("sl_promised",),
            "goal",
            name="steps",
            notes="annotated" if notes else "",
        )
    ]
    of_week: list[Table] = []
    if length != "day" and week:
        charts.append(
            Chart("heatmap", "week", "half_hour", ("weekday", "sl_promised", "promised_calls"), "goal", name="week")
        )  # fmt: skip
        of_week.append(Table(WEEK, week, first=0))
    of_notes = [Table(ANNOTATED, notes, _NOTED)] if notes else []
    return Section(
        "trend",
        sentences=tuple(_said(trend)),
        charts=tuple(charts),
        tables=(
            *of_notes,
            Table(PERIODS, shown, _SHOWN),
            Table(STEPS, trend.steps, _SHOWN),
            *of_week,
        ),
    )


def _said(trend: Trend) -> Iterable[Sentence]:
    if trend.in_part:
        yield sentence("periods_in_part", periods=", ".join(trend.in_part))
    known = [(share, span) for span, share in trend.spans if share is not None]
    if len(known) < 2:  # noqa: PLR2004 - nothing to compare with
        yield sentence("no_trend")
        return
    low, high = (choose(known, key=lambda each: each[0]) for choose in (min, max))
    yield sentence(
        "trend", periods=len(known), high=Share(high[0]), best=high[1], low=Share(low[0]), worst=low[1]
    )  # fmt: skip


def _share(row: Row) -> float | None:
    share = row.get("sl_promised")
    return None if share is None else float(share)


def _start(at: int, zone: str) -> str:
    return iso(at, ZoneInfo(zone))
