"""Newest inbound legs by group, as a subquery: what reports read that count something else than the counters."""

from collections.abc import Sequence

from streams.history.catalogue import ALL, NOT_CONFIGURED, Catalogue, group_of
from streams.history.legs_sql import newest_legs
from streams.history.question import Question
from streams.sinks.clickhouse.database import quoted


def grouped_legs(catalogue: Catalogue, question: Question, columns: Sequence[str]) -> str:
    """`(SELECT report_group, …)` with the inbound legs that arrived in the range of the question.

    The columns arrived_at_ms, direction, channel and out_of_hours are always there. By arrival alone.
    """
    always = ("arrived_at_ms", "direction", "channel", "out_of_hours")
    names = tuple(dict.fromkeys((*always, *columns)))
    newest = newest_legs(
        names,
        question.start,
        question.end,
        question.queue,
        question.as_of,
        former=catalogue.former,
    )
    conditions = [
        "direction = 'inbound'",
        f"arrived_at_ms >= {question.start}",
        f"arrived_at_ms < {question.end}",
        *restrictions(catalogue, question),
    ]
    return (
        f"(SELECT {group_sql(catalogue, question)} AS report_group, {', '.join(dict.fromkeys(('queue', *names)))}"
        f" FROM {newest} WHERE {' AND '.join(conditions)})"
    )


def restrictions(catalogue: Catalogue, question: Question) -> list[str]:
    """Conditions of the question on columns `queue` and `channel`, other than on time."""
    found = []
    if question.channel is not None:
        found.append(f"channel = {quoted(question.channel)}")
    if question.configured_only:
        found.append(f"queue IN ({', '.join(map(quoted, catalogue.queues)) or quoted('')})")
    return found


def group_sql(catalogue: Catalogue, question: Question) -> str:
    """The group of column `queue` (or the channel)."""
    if question.by in ("queue", "channel"):
        return question.by
    if question.by == "all":
        return quoted(ALL)
    if not catalogue.queues:
        return quoted(NOT_CONFIGURED)
    names = [group_of(question.by, targets) for targets in catalogue.queues.values()]
    keys, groups = (", ".join(map(quoted, each)) for each in (catalogue.queues, names))
    return f"transform(queue, [{keys}], [{groups}], {quoted(NOT_CONFIGURED)})"
