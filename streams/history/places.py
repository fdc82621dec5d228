"""Where in the archive the rows of an id are, so that a contact costs the same whatever the years before it.

Rule 1: a place says where to look, not what is there. Every condition here is met by all rows of the ids and by few others,
so whoever reads asks for the ids as well, and a place too many changes nothing.
Rule 2: a place is written by the insert of the row it is of, inside the database (migration 0018). So none is missing.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from streams.sinks.clickhouse.database import Reader, quoted

QUARTER_S = 900  # of `event_places`
_MOST_NAMED = 200  # one by one in a query, which is answered sooner; of an id of more, the database looks itself
_MOST_SPANS = (
    50  # of a condition; an id that is used for years has more quarters, and few gaps that matter
)


def legs_sql(reader: Reader, ids: Iterable[str]) -> str:
    """A condition on rows of `legs` and `leg_versions`: where those are whose contact or leg has one of these ids."""
    places = f"leg_places WHERE {_of(ids)}"
    found = reader.execute(
        f"SELECT DISTINCT queue, toUInt32(key_at) AS key_s FROM {places} ORDER BY key_s, queue LIMIT {_MOST_NAMED + 1}"
    ).rows
    if not found:
        return "0"
    if len(found) > _MOST_NAMED:
        return f"(queue, key_at) IN (SELECT queue, key_at FROM {places})"
    named = ", ".join(f"({quoted(str(queue))}, toDateTime({at}))" for queue, at in found)
    first, last = (f"toDateTime({at})" for at in (found[0][1], found[-1][1]))
    return f"key_at >= {first} AND key_at <= {last} AND (queue, key_at) IN ({named})"


def events_sql(reader: Reader, leg_ids: Iterable[str]) -> str:
    """A condition on rows of `events`: when those became known that name one of these legs."""
    quarters = reader.execute(
        f"SELECT DISTINCT toUInt32(quarter_at) AS began FROM event_places WHERE {_of(leg_ids)} ORDER BY began"
    ).rows
    spans = spans_of([int(began) for (began,) in quarters], _MOST_SPANS)
    return " OR ".join(
        f"(appended_at >= toDateTime({start}) AND appended_at < toDateTime({end})"
        f" AND appended_at_ms >= {1000 * start} AND appended_at_ms < {1000 * end})"
        for start, end in spans
    ) or "0"  # fmt: skip


def spans_of(quarters: Sequence[int], most: int) -> list[tuple[int, int]]:
    """`[start, end)` in seconds that hold these quarter hours, in order: at most so many, joined over the smallest gaps."""
    if not quarters:
        return []
    gaps = sorted((after - before, before) for before, after in pairwise(quarters))
    kept = {
        before for gap, before in gaps[len(gaps) - min(len(gaps), most - 1) :] if gap > QUARTER_S
    }
    spans = []
    start = quarters[0]
    for before, after in pairwise(quarters):
        if before in kept:
            spans.append((start, before + QUARTER_S))
            start = after
    return [*spans, (start, quarters[-1] + QUARTER_S)]


def _of(ids: Iterable[str]) -> str:
    return f"id_hash IN ({', '.join(f'cityHash64({quoted(each)})' for each in sorted(set(ids)))})"
