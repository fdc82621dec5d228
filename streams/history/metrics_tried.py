"""A formula tried on what the archive has, before it is published; declared like a report of `history`."""

from schemas.metric_formula import read_formula, unit_of
from schemas.metrics import Metric
from schemas.metrics_book import MetricsBook
from schemas.targets import TargetsVersion
from streams.history.catalogue import Catalogue
from streams.history.kept import COUNTED
from streams.history.options import BY_GROUP, CHANNEL, FORMULA, NO_VALUE_WHEN, QUEUE, RANGE
from streams.history.own_metrics import COLUMNS, rows, values
from streams.history.question import Question
from streams.history.report import Part, Report, Row
from streams.sinks.clickhouse.database import Reader

LINE = "Compute a FORMULA of your own for past calls, before you publish it as a metric."
TRIED = "tried"
_IN_TABLE = ("start", "until", "queue", "value", "unit", "divisor", "no_value")


def tried(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    unit = unit_of(read_formula(question.formula))
    metric = Metric(TRIED, question.formula, unit, no_value_when=question.no_value_when)
    book = MetricsBook([TargetsVersion(0, 0, 0, catalogue.default_zone, metrics=(metric,))])
    return list(rows(values(reader, catalogue, question, book)))


REPORT = Report(
    options=(FORMULA, *RANGE, NO_VALUE_WHEN, QUEUE, CHANNEL, BY_GROUP),
    parts=(Part(COLUMNS, in_table=_IN_TABLE),),
    ask=tried,
    only_where_known=True,
    reads=COUNTED,
    examples=(
        '"(answered_in_20_s + short_abandoned) / (offered - short_abandoned)" --from 2026-11-01 --to 2026-12-01',
    ),
)
