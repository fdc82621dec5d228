"""The legs that arrived in the range, in the columns of `send records` and more."""

from schemas.millis import iso
from streams.history.catalogue import Catalogue
from streams.history.kept import LEGS
from streams.history.leg_columns import leg_columns
from streams.history.legs_sql import newest_legs
from streams.history.options import AS_OF, CHANNEL, QUEUE, RANGE
from streams.history.question import Question
from streams.history.report import Part, Record, Report, Row, Select, Value
from streams.sinks.clickhouse.database import quoted

_COLUMNS = leg_columns(
    "leg_id", "contact_id", "queue", "channel", "caller", "arrived_at", "answered_at", "left_at",
    "ended_at", "outcome", "agent", "wrap_ended_at", "wait_ms", "talk_hold_ms", "hold_ms", "wrap_ms",
    "offers", "missed_offers", "in_target", "short", "out_of_hours", "doubtful", "direction",
    "reason", "topic", "area", "priority", "disposition", "feed", "source", "replay",
    "answer_within_ms", "short_abandon_ms", "goal", "formula", "targets_version", "version",
    "known_at", "flags", "delivery",
)  # fmt: skip
# Report column -> column of the table; times are kept in ms.
_READ = {
    column.name: f"{column.name}_ms" if column.unit == "time" else column.name
    for column in _COLUMNS
}


def legs_sql(catalogue: Catalogue, question: Question) -> str:
    """Every leg that arrived in the range, by arrival; all directions and outcomes."""
    newest = newest_legs(
        tuple(_READ.values()),
        question.start,
        question.end,
        question.queue,
        question.as_of,
        former=catalogue.former,
    )
    only = "" if question.channel is None else f" AND channel = {quoted(question.channel)}"
    return (
        f"SELECT * FROM {newest} WHERE arrived_at_ms >= {question.start}"
        f" AND arrived_at_ms < {question.end}{only} ORDER BY arrived_at_ms, queue, leg_id"
    )


def leg_row(record: Record) -> Row:
    return {name: _shown(name, record[read]) for name, read in _READ.items()}


def _shown(name: str, value: object) -> Value:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    if _READ[name] != name:
        return iso(value) if isinstance(value, int) else None
    return value if isinstance(value, str | int | float) else None


REPORT = Report(
    options=(*RANGE, QUEUE, CHANNEL, AS_OF),
    parts=(Part(_COLUMNS, in_table=tuple(column.name for column in _COLUMNS[:11])),),
    ask=Select(legs_sql, leg_row),
    reads=(LEGS,),
    examples=("--from 2026-11-02 --to 2026-11-03 --format csv > legs.csv",),
)
