"""One row for each queue or group and interval; an interval in opening hours without calls has zeros, if it has begun."""

from schemas.millis import from_iso
from streams.history.call_figures import COLUMNS, PART, call_figures
from streams.history.catalogue import Catalogue
from streams.history.options import AS_OF, BASIS, BY_GROUP, CHANNEL, EVERY, QUEUE, RANGE
from streams.history.question import Question
from streams.history.report import Report, Row
from streams.sinks.clickhouse.database import Reader

_COUNTS = tuple(column.name for column in COLUMNS if column.unit == "legs")


def begun_intervals(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    """Without the empty intervals that nothing has reached yet: 0 calls of tomorrow would be a figure that nobody knows.

    A platform's clock may be ahead of ours, and a day may be played back: up to the last call, all intervals have begun.
    """
    rows = call_figures(reader, catalogue, question)
    asked = min((at for at in (question.now, question.as_of) if at is not None), default=None)
    if asked is None:
        return rows
    called = (_start(row) for row in rows if any(row[name] for name in _COUNTS))
    until = max([asked, *called])
    return [row for row in rows if _start(row) <= until]


def _start(row: Row) -> int:
    return from_iso(str(row["start"]))


REPORT = Report(
    options=(*RANGE, QUEUE, CHANNEL, BY_GROUP, BASIS, AS_OF, EVERY),
    parts=(PART,),
    ask=begun_intervals,
    examples=("--from 2026-11-02 --to 2026-11-03 --every 15m --queue billing",),
)
