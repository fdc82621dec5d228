"""The metrics that users defined in queues.toml, of each queue or group, each by the formula that was valid then.

Computed from the sums of the group, never from figures of its parts. By arrival. A range in which a formula changed has a row
for each formula.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from streams.history.catalogue import Catalogue
from streams.history.kept import COUNTED
from streams.history.options import AS_OF, BY_GROUP, CHANNEL, EVERY, QUEUE, RANGE
from streams.history.own_metrics import COLUMNS, read_metrics, rows, values
from streams.history.question import HistoryError, Question
from streams.history.report import ForPeople, Part, Report, Row
from streams.sinks.clickhouse.database import Reader

NONE_DEFINED = "no metric is defined in this range: `[[metrics]]` of queues.toml, then `queuewatch queues publish`"


def metric_rows(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    book = read_metrics(reader, question.as_of)
    found = values(reader, catalogue, question, book)
    if not found and not book.held():
        raise HistoryError(NONE_DEFINED)
    return list(rows(found))


def _in_units(rows: Sequence[Row]) -> ForPeople:
    """Below them the formulas, once each."""
    formulas = {
        f"{row['metric']} (version {row['metric_version']}) = {row['metric_formula']}"
        + (f"; no value when {row['no_value_when']}" if row["no_value_when"] else ""): None
        for row in rows
    }
    return ForPeople(rows, "\n".join(formulas))


_IN_TABLE = (
    "start", "queue", "metric", "value", "unit", "divisor", "metric_goal", "against_goal", "no_value", "metric_version",
)  # fmt: skip
REPORT = Report(
    options=(*RANGE, QUEUE, CHANNEL, BY_GROUP, replace(EVERY, default=None), AS_OF),
    parts=(Part(COLUMNS, in_table=_IN_TABLE, arrange=_in_units),),
    ask=metric_rows,
    only_where_known=True,
    reads=COUNTED,
    examples=(
        "--from 2026-11-01 --to 2026-12-01 --by centre",
        "--from 2026-11-02 --to 2026-11-03 --by all --every 30m --format csv",
    ),
)
