"""The metrics that users defined: of all queues together and of each centre, each with its formula beside it."""

from collections.abc import Sequence

from msgspec.structs import replace

from schemas.metrics_book import Held
from streams.history.catalogue import ALL
from streams.history.language import Definition, Language
from streams.history.own_metrics import COLUMNS, Value, read_metrics, row_of, values
from streams.history.paper import Section, Table
from streams.history.papers.asked import Asked
from streams.history.report import Column, Part, Row
from streams.history.sentences import sentence
from streams.sinks.clickhouse.database import Reader

OWN_METRICS = Part(
    (
        Column("of_whom", "text", "what people call the group; `ALL`: all queues of the paper"),
        *COLUMNS,
    ),
    name="own_metrics",
    kind="own metric",
)
_SHOWN = (
    "title",
    "of_whom",
    "value",
    "metric_goal",
    "against_goal",
    "divisor",
    "no_value",
    "metric_formula",
)
_WHERE_CHANGED = ("start",)
OF_ALL, OF_CENTRES = "all", "centre"


def read_own_metrics(reader: Reader, asked: Asked) -> list[Value]:
    """Of all queues together, then of each centre that anybody called; none where no metric is defined."""
    book = read_metrics(reader, asked.as_of)
    if not book.held():
        return []
    found = [
        each
        for by in (OF_ALL, OF_CENTRES)
        for each in values(reader, asked.catalogue, replace(asked.question, by=by), book)
        if by == OF_ALL or not each.is_empty
    ]
    return sorted(found, key=lambda each: (each.held.metric.name, each.start))  # stays by group


def section(found: Sequence[Value], asked: Asked) -> Section:
    if not found:
        return Section("own_metrics")
    rows = [_row(each, asked) for each in found]
    spans = {(row["start"], row["until"]) for row in rows}
    shown = (*_SHOWN, *_WHERE_CHANGED) if len(spans) > 1 else _SHOWN
    titles = {each.held.metric.name: each.held.metric.titles for each in found}
    return Section(
        "own_metrics",
        sentences=(sentence("own_metrics"),),
        tables=(Table(OWN_METRICS, rows, shown, titles=titles),),
    )


def _row(of: Value, asked: Asked) -> Row:
    row = row_of(of)
    return row | {"of_whom": ALL if of.group == ALL else asked.centre_name(of.group)}


def definitions(found: Sequence[Value]) -> tuple[Held, ...]:
    """Each definition once, in the order of the table."""
    return tuple({(each.held.metric.name, each.held.version): each.held for each in found}.values())


def explained(of: Section, language: Language) -> list[Definition]:
    """Our own figures, then those of users."""
    return [
        *(language.definition(name) for name in of.definitions),
        *(_explained(held, language) for held in of.metrics),
    ]


def _explained(held: Held, language: Language) -> Definition:
    metric = held.metric
    name = "own_metric_when" if metric.no_value_when else "own_metric"
    text = language.text(name).format(
        formula=language.formula(metric.formula),
        condition=language.formula(metric.no_value_when),
        version=language.number(held.version),
    )
    return Definition(language.name(metric.title(language.code)), text)
