"""What was promised in the period: who promised what from when, and what callers got by it."""

from msgspec.structs import replace

from streams.history.kept import LEGS_BY_ITSELF
from streams.history.paper import Section, Table
from streams.history.papers.asked import Asked
from streams.history.report import Column, Part, Row
from streams.history.reports.promises import COLUMNS, promise_rows, promises_alone
from streams.history.sentences import Seconds, Share, sentence
from streams.sinks.clickhouse.database import Reader

PROMISES = Part(
    (COLUMNS[0], Column("name", "text", "what people call it"), *COLUMNS[1:]),
    name="promises",
    kind="promise",
)
_SHOWN = (
    "name", "promised_from", "formula", "answer_within_s", "short_abandon_s", "goal", "promised_calls", "sl_promised",
    "against_goal",
)  # fmt: skip


def read_targets(reader: Reader, asked: Asked) -> list[Row]:
    question = replace(asked.question, by="queue")
    is_deleted = LEGS_BY_ITSELF.deleted(reader, question) is not None
    rows = (promises_alone if is_deleted else promise_rows)(reader, asked.catalogue, question)
    return [
        row | {"name": asked.queue_name(str(row["queue"]))}
        for row in rows
        if str(row["queue"]) in asked.catalogue.queues
    ]


def section(rows: list[Row], asked: Asked) -> Section:
    promised = [*asked.catalogue.queues.values()]
    if not promised:
        return Section("targets", sentences=(sentence("nothing_promised"),))
    goals, limits = (
        [*each] for each in ({t.goal for t in promised}, {t.answer_within_ms for t in promised})
    )
    said = sentence(
        "targets" if len(goals) > 1 or len(limits) > 1 else "one_target",
        queues=len(promised),
        goal=Share(min(goals)),
        goal_to=Share(max(goals)),
        within=Seconds(min(limits) / 1000),
        within_to=Seconds(max(limits) / 1000),
    )
    return Section(
        "targets",
        sentences=(said, sentence("no_reaching_back")),
        tables=(Table(PROMISES, rows, _SHOWN),),
    )
