"""A published version of the targets as rows: one for each queue, and one for what is said of no queue. Pure."""

from schemas.codec import encode
from schemas.metrics_book import body_of_metrics
from schemas.millis import SECOND
from schemas.tables import TABLES
from schemas.targets import TargetsVersion
from streams.sinks.clickhouse.database import Row


def target_rows(version: TargetsVersion) -> list[Row]:
    """One row for each queue; `body` holds all of its targets, opening hours included.

    What is said of no queue stands in a row with an empty queue: user-defined metrics. A version without queues has that
    row, too: without it, the archive would not know that the version removed every queue.
    """
    of_no_queue = [] if version.queues and not version.metrics else [_row_of_no_queue(version)]
    return of_no_queue + [
        (
            queue.queue,
            version.version,
            version.valid_from,
            version.published_at // SECOND,
            version.published_at,
            version.default_zone,
            queue.name,
            queue.centre,
            queue.centre_name,
            queue.department,
            queue.department_name,
            queue.time_zone,
            queue.answer_within_ms,
            queue.short_abandon_ms,
            queue.goal,
            queue.formula,
            encode(queue).decode(),
        )
        for queue in version.queues
    ]


def _row_of_no_queue(version: TargetsVersion) -> Row:
    row = dict.fromkeys(TABLES["targets"], "") | {
        "version": version.version,
        "valid_from_ms": version.valid_from,
        "published_at": version.published_at // SECOND,
        "published_at_ms": version.published_at,
        "default_zone": version.default_zone,
        "answer_within_ms": 0,
        "short_abandon_ms": 0,
        "goal": 0.0,
        "body": body_of_metrics(version.metrics),
    }
    return tuple(row.values())
