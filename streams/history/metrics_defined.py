"""The register of user-defined metrics: which definition held from when until when; declared like a report of `history`."""

from zoneinfo import ZoneInfo

from schemas.millis import iso
from streams.history.catalogue import Catalogue
from streams.history.own_metrics import COLUMNS as VALUES
from streams.history.own_metrics import definition_row, read_metrics
from streams.history.question import Question
from streams.history.report import Column, Part, Report, Row
from streams.sinks.clickhouse.database import Reader

LINE = "Which metrics users defined: each formula, and from when until when it is valid."
_OF_VALUES = {column.name: column for column in VALUES}
COLUMNS: tuple[Column, ...] = (
    *(
        _OF_VALUES[name]
        for name in ("metric", "title", "unit", "metric_formula", "no_value_when", "metric_goal")
    ),
    Column("direction", "text", "which values are good: `higher` or `lower` ones"),
    Column(
        "valid_from",
        "time",
        "from when on it is computed so, on the clock of the default zone",
        "from the beginning",
    ),
    Column("valid_until", "time", "until when, not in it", "until now"),
    _OF_VALUES["metric_version"],
)


def definitions(reader: Reader, catalogue: Catalogue, _: Question) -> list[Row]:
    clock = ZoneInfo(catalogue.default_zone)
    return [
        definition_row(held)
        | {
            "direction": held.metric.direction,
            "valid_from": iso(held.start, clock) if held.start else None,
            "valid_until": None if held.end is None else iso(held.end, clock),
        }
        for held in read_metrics(reader).held()
    ]


REPORT = Report(options=(), parts=(Part(COLUMNS),), ask=definitions, reads=(), examples=("",))
