"""One row for each queue or group and interval; an interval in opening hours without calls has zeros, if it has begun."""

from streams.history.call_figures import COLUMNS, PART, figures_of
from streams.history.catalogue import Catalogue
from streams.history.counted_groups import counted_groups
from streams.history.kept import COUNTED
from streams.history.options import AS_OF, BASIS, BY_GROUP, CHANNEL, EVERY, QUEUE, RANGE
from streams.history.question import Question
from streams.history.report import Column, Part, Report, Row
from streams.sinks.clickhouse.database import Reader

_COUNTS = tuple(column.name for column in COLUMNS if column.unit == "legs")


def begun_intervals(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    """Without the empty intervals that nothing has reached yet: 0 calls of tomorrow would be a figure that nobody knows. The one that
    goes on is marked: its figures are not those of the whole.

    A platform's clock may be ahead of ours, and a day may be played back: up to the last call, all intervals have begun.
    """
    counted = counted_groups(reader, catalogue, question)
    rows = [figures_of(each, question) for each in counted]
    asked = min((at for at in (question.now, question.as_of) if at is not None), default=None)
    if asked is None:
        return rows
    named = list(zip(counted, rows, strict=True))
    called = (each.start for each, row in named if any(row[name] for name in _COUNTS))
    until = max([asked, *called])
    return [row | {"running": int(each.end > until)} for each, row in named if each.start <= until]


_RUNNING = Column(
    "running",
    "yes = 1",
    "the interval goes on: its figures are of a part of it",
    "nobody said as of when",
)
_PART = Part(
    (COLUMNS[0], _RUNNING, *COLUMNS[1:]), in_table=("start", "running", *PART.in_table[1:])
)

REPORT = Report(
    options=(*RANGE, QUEUE, CHANNEL, BY_GROUP, BASIS, AS_OF, EVERY),
    parts=(_PART,),
    ask=begun_intervals,
    only_where_known=True,
    reads=COUNTED,
    examples=("--from 2026-11-02 --to 2026-11-03 --every 15m --queue billing",),
)
