"""Recording rules of Prometheus: what boards and alert rules both ask stands here once, by level:metric:operations.

`deploy/prometheus/rules/pipeline.yml` records them; a test holds both together. Where that file is not loaded,
the tiles that ask them have no data.
"""

from msgspec import Struct


class Recorded(Struct, frozen=True):
    """One series that Prometheus computes; `expr` asks series of schemas.series only."""

    name: str
    expr: str


STALE_BY_QUEUE = "queue:callcentre_queue_source_stale:max"
UNEXPLAINED_BY_QUEUE = "queue:callcentre_unexplained_legs:max_abs"
LAST_EVENT_BY_SOURCE = "source:queuewatch_source_last_event_timestamp_seconds:max"
LAG_BY_JOB = "job:queuewatch_lag_records:sum"

# `max`, not `sum`: while a partition moves two workers export the same queue or source.
RECORDED: tuple[Recorded, ...] = (
    Recorded(STALE_BY_QUEUE, "max by (queue) (callcentre_queue_source_stale)"),
    Recorded(UNEXPLAINED_BY_QUEUE, "max by (queue) (abs(callcentre_unexplained_legs))"),
    Recorded(
        LAST_EVENT_BY_SOURCE,
        "max by (source) (queuewatch_source_last_event_timestamp_seconds)",
    ),
    Recorded(LAG_BY_JOB, 'sum by (job) (queuewatch_lag_records{job=~"stream|archive"})'),
)
