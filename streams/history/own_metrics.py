"""User-defined metrics of groups and intervals, each by the definition that held then, from exact sums.

Where a definition changes within a range, each part of the range is a row of its own: figures of two formulas are never
joined. An interval is cut there, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from schemas.counters import COUNTER, column_of, reported_as
from schemas.metric_formula import limit_of
from schemas.metrics import Computed, Metric, compute, names_of, shown
from schemas.metrics_book import Held, MetricsBook, metrics_of_body
from schemas.millis import SECOND, iso
from schemas.targets import TargetsVersion
from streams.history.catalogue import Catalogue
from streams.history.counted_groups import Counted, counted_groups
from streams.history.counting_sql import answered_in
from streams.history.quarter_hours import COUNTERS_AND_JUDGED
from streams.history.question import Question
from streams.history.report import Column, Row
from streams.sinks.clickhouse.database import Reader

_FIGURES = (*COUNTERS_AND_JUDGED, "n_open")
_JUDGED = {
    "open": "n_open",
    "served_as_promised": "n_good",
    "promised_calls": "n_due",
    "without_target": "n_untargeted",
}
COLUMNS: tuple[Column, ...] = (
    Column("start", "time", "start of what is counted, on the clock of the queue or group"),
    Column("until", "time", "its end, not in it: the end of the interval, or where another definition begins"),
    Column("queue", "text", "id of the queue, or name of the group"),
    Column("metric", "text", "name of the metric in `queues.toml`"),
    Column("title", "text", "what people call it"),
    Column("value", "own", "what the formula gives for the sums of the group, in the unit of column `unit`; a share is 0 to 1",
           "column `no_value` says why"),
    Column("unit", "text", "`share`, `s`, `legs` or `number`"),
    Column("divisor", "number", "n: what the formula divides by", "it divides by nothing, or by several things"),
    Column("metric_goal", "own", "the goal of the metric", "it has none"),
    Column("against_goal", "text", "`met`, `missed`, or `few calls` for a miss of fewer than five", "no goal, or no value"),
    Column("metric_formula", "text", "the formula by which it was computed, over columns of `summary`"),
    Column("no_value_when", "text", "the condition under which there is no value", "none but a divisor of 0"),
    Column("no_value", "text", "why there is no value: `division by 0`, `no value when` (the condition holds), `without target`"
           " (a leg was promised nothing), `not known here` (a later release knows the counter), `too large`",
           "there is one"),
    Column("metric_version", "number", "the published version of the targets that first said this definition"),
)  # fmt: skip


class Value(Struct, frozen=True):
    """One metric of one group in `[start, end)`; `zone` is the clock of the group. `is_empty`: nobody called, nothing is counted."""

    held: Held
    group: str
    start: int
    end: int
    zone: str
    computed: Computed
    is_empty: bool = False


def read_metrics(reader: Reader, as_of: int | None = None) -> MetricsBook:
    """Of the versions that were published by then, without their queues: a page asks this each time it is drawn."""
    known = "" if as_of is None else f" WHERE published_at_ms <= {as_of}"
    answer = reader.execute(
        "SELECT version, max(valid_from_ms) AS valid_from, max(published_at_ms) AS published,"
        f" any(default_zone) AS zone, anyIf(body, queue = '') AS whole FROM targets{known}"
        " GROUP BY version ORDER BY version"
    )
    return MetricsBook(
        TargetsVersion(
            int(version), int(start), int(published), str(zone), (), metrics_of_body(str(whole))
        )
        for version, start, published, zone, whole in answer.rows
    )


def values(
    reader: Reader,
    catalogue: Catalogue,
    question: Question,
    book: MetricsBook,
) -> list[Value]:
    """By metric, start and group. One question of the archive for each range in which definitions stand."""
    found: list[Value] = []
    for (start, end), held in ranges(book, question.start, question.end).items():
        limits = sorted(filter(None, (limit_of(name) for name in _names(held))))
        figures = (*_FIGURES, *map(answered_in, limits))
        asked = replace(question, start=start, end=end)
        counted = counted_groups(reader, catalogue, asked, figures)
        found += (_value(each, of) for of in counted for each in held)
    return sorted(found, key=lambda each: (each.held.metric.name, each.start, each.group))


def ranges(book: MetricsBook, start: int, end: int) -> dict[tuple[int, int], list[Held]]:
    """The definitions that hold in parts of `[start, end)`, by part."""
    found: dict[tuple[int, int], list[Held]] = {}
    for held in book.held():
        first = max(start, held.start)
        last = end if held.end is None else min(end, held.end)
        if first < last:
            found.setdefault((first, last), []).append(held)
    return found


def sums_of(record: Mapping[str, Any]) -> dict[str, Fraction]:
    """What formulas name, of a row of `counting_sql`; all 0 for an empty one."""
    sums = {
        reported_as(name): Fraction(
            int(record.get(column_of(name), 0)), SECOND if each.unit == "ms" else 1
        )
        for name, each in COUNTER.items()
    }
    return sums | {name: Fraction(int(record.get(of, 0))) for name, of in _JUDGED.items()}


def _names(held: Sequence[Held]) -> frozenset[str]:
    return frozenset(name for each in held for name in names_of(each.metric))


def _value(held: Held, counted: Counted) -> Value:
    sums = sums_of(counted.record)
    for name in names_of(held.metric):
        limit = limit_of(name)
        if limit is not None:
            sums[name] = Fraction(int(counted.record.get(answered_in(limit), 0)))
    computed = compute(held.metric, sums)
    return Value(
        held,
        counted.group,
        counted.start,
        counted.end,
        counted.zone,
        computed,
        not any(sums.values()),
    )


def row_of(of: Value, language: str = "en") -> Row:
    metric, computed = of.held.metric, of.computed
    clock = ZoneInfo(of.zone)
    return definition_row(of.held, language) | {
        "start": iso(of.start, clock),
        "until": iso(of.end, clock),
        "queue": of.group,
        "value": shown(computed.value, metric.unit),
        "divisor": shown(computed.divisor, "legs"),
        "against_goal": computed.against,
        "no_value": computed.no_value,
    }


def definition_row(held: Held, language: str = "en") -> Row:
    metric: Metric = held.metric
    return {
        "metric": metric.name,
        "title": metric.title(language),
        "unit": metric.unit,
        "metric_goal": metric.goal,
        "metric_formula": metric.formula,
        "no_value_when": metric.no_value_when or None,
        "metric_version": held.version,
    }


def rows(found: Sequence[Value], language: str = "en") -> Iterator[Row]:
    return (row_of(each, language) for each in found)
