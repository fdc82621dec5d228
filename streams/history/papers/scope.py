"""What the paper is about and what is not in it: queues, range, clock, knowledge, and what nobody monitors."""

from msgspec.structs import replace

from streams.history.losses import losses, strangers
from streams.history.paper import Section, Table
from streams.history.papers.asked import Asked
from streams.history.report import Column, Part, Row
from streams.history.sentences import Moment, Sentence, sentence
from streams.sinks.clickhouse.database import Reader

STRANGERS = Part(
    (Column("queue", "text", "id of the queue, as its platform calls it"), Column("calls", "legs", "calls of the period")),
    name="not_configured", kind="not configured",
)  # fmt: skip
ROWS_ON_PAPER = 12


def read_strangers(reader: Reader, asked: Asked) -> list[Row]:
    """Queues that had calls and that nobody configured, whatever the department; the most calls first."""
    found = strangers(reader, asked.known, asked.question)
    return [{"queue": queue, "calls": calls} for queue, calls in found]


def read_out_of_hours(reader: Reader, asked: Asked) -> int:
    found = losses(reader, asked.catalogue, replace(asked.question, by="queue"))
    return sum(each.out_of_hours for each in found)


def lines(asked: Asked, queues_with_calls: int) -> tuple[Sentence, ...]:
    """What stands at the head of page one."""
    period, catalogue = asked.period, asked.catalogue
    whose = (
        sentence("about_all", queues=len(catalogue.queues), called=queues_with_calls)
        if asked.department is None
        else sentence(
            "about_department",
            department=asked.department_name,
            queues=len(catalogue.queues),
            called=queues_with_calls,
            others=len(asked.known.queues) - len(catalogue.queues),
        )
    )
    return (
        whose,
        sentence(
            "range",
            start=Moment(period.start, period.zone, dated=True),
            end=Moment(period.end, period.zone, dated=True),
            zone=period.zone,
            known=Moment(asked.known_at, period.zone, dated=True),
        ),
    )


def section(strangers: list[Row], out_of_hours: int) -> Section:
    calls = sum(int(str(row["calls"])) for row in strangers)
    said = (
        sentence("outside", out_of_hours=out_of_hours),
        sentence("not_configured", queues=len(strangers), calls=calls)
        if strangers
        else sentence("all_configured"),
        sentence("nobody_monitors"),
    )
    tables = (Table(STRANGERS, strangers, first=ROWS_ON_PAPER),) if strangers else ()
    return Section("scope", sentences=said, tables=tables)
