"""Reads what a rehearsal is fed with: live events in the order of the log, targets, and states of agents.

Rule: whatever the range, one question asks for a bounded number of rows.
"""

from collections.abc import Iterator

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from schemas.agents import RosterEntry
from schemas.millis import DAY, SECOND
from schemas.targets import Targets, TargetsVersion
from schemas.timing import AHEAD_OF_BROKER_MS
from streams.history.ticks_between import ArchivedEvent
from streams.sinks.clickhouse.database import Reader, quoted

ROWS_AT_ONCE = 20_000
_LIVE = "feed = 'live' AND at_ms > 0"  # also the marks of sources; `undecodable` has no time


class Reach(Struct, frozen=True):
    """The part of a range that live events cover: their first and newest event time in the whole archive, and
    when the broker had the first and the last one of the range.
    """

    start: int
    end: int
    first_appended_at: int
    last_appended_at: int


def reach(reader: Reader, start: int, end: int) -> Reach | None:
    """None if no live event lies in the range."""
    whole = reader.execute(f"SELECT min(at_ms), max(at_ms) FROM events WHERE {_LIVE}").rows
    answer = reader.execute(
        "SELECT count(), min(appended_at_ms), max(appended_at_ms) FROM events"
        f" WHERE {_in(start, end)}"
    )
    count, first, last = answer.rows[0]
    if not int(count):
        return None
    return Reach(max(start, int(whole[0][0])), min(end, int(whole[0][1])), int(first), int(last))


def partitions(reader: Reader, start: int, end: int, queue: str | None) -> dict[str, int]:
    """Each partition with events in the range (of that queue), and how many there are of all its queues."""
    of_queue = "" if queue is None else f" HAVING countIf(queue = {quoted(queue)}) > 0"
    answer = reader.execute(
        f"SELECT topic_partition, count() FROM events WHERE {_in(start, end)}"
        f" GROUP BY topic_partition{of_queue} ORDER BY topic_partition"
    )
    return {str(name): int(count) for name, count in answer.rows}


def called_queues(reader: Reader, start: int, end: int) -> set[str]:
    """The queues of which any live event lies in the range."""
    answer = reader.execute(
        f"SELECT DISTINCT queue FROM events WHERE {_in(start, end)} AND queue != ''"
    )
    return {str(queue) for (queue,) in answer.rows}


def events(reader: Reader, partition: str, start: int, end: int) -> Iterator[ArchivedEvent]:
    """The live events of one partition whose times lie in `[start, end)`, in the order of the log."""
    after = ""
    while True:
        answer = reader.execute(
            "SELECT `offset`, appended_at_ms, type, at_ms, source, body FROM events"
            f" WHERE topic_partition = {quoted(partition)} AND {_in(start, end)}{after}"
            " ORDER BY appended_at_ms, `offset` LIMIT 1 BY appended_at_ms, `offset`"
            f" LIMIT {ROWS_AT_ONCE}"
        )
        row = None
        for row in answer.rows:
            offset, appended_at, kind, at, source, body = row
            yield ArchivedEvent(int(offset), int(appended_at), kind, int(at), source, body)
        if row is None or len(answer.rows) < ROWS_AT_ONCE:
            return
        offset, appended_at = int(row[0]), int(row[1])
        after = (
            f" AND appended_at_ms >= {appended_at}"
            f" AND (appended_at_ms > {appended_at} OR `offset` > {offset})"
        )


def _in(start: int, end: int) -> str:
    since = max(0, start - AHEAD_OF_BROKER_MS) // SECOND  # no event is further ahead of the broker
    return f"{_LIVE} AND appended_at >= toDateTime({since}) AND at_ms >= {start} AND at_ms < {end}"


def versions(reader: Reader, published_to: int) -> list[TargetsVersion]:
    """The targets that were published up to that time."""
    answer = reader.execute(
        "SELECT version, valid_from_ms, published_at_ms, default_zone, queue, body FROM targets"
        f" WHERE published_at_ms <= {published_to}"
        " ORDER BY version, queue LIMIT 1 BY version, queue"
    )
    found: dict[int, tuple[int, int, str, list[Targets]]] = {}
    for version, valid_from, published_at, zone, queue, body in answer.rows:
        known = found.setdefault(int(version), (int(valid_from), int(published_at), zone, []))
        if queue:
            known[3].append(msgspec.json.decode(body, type=Targets))
    return [
        TargetsVersion(version, valid_from, published_at, zone, tuple(queues))
        for version, (valid_from, published_at, zone, queues) in found.items()
    ]


def agents_since(reader: Reader, end: int) -> dict[str, int]:
    """When an agent of the queue was first seen, by queue; a queue of which none was is no key."""
    answer = reader.execute(
        "SELECT arrayJoin(queues) AS served, min(started_at_ms) FROM spells"
        f" WHERE started_at_ms < {end} GROUP BY served"
    )
    return {str(queue): int(since) for queue, since in answer.rows}


def agents(reader: Reader, start: int, end: int) -> Iterator[RosterEntry]:
    """The states of agents, by their beginnings: those that go on at `start`, then day by day.

    A spell has the queues that its agent served last in it. Of the queues that agents served before `start` it
    is known that there were some, though all may be signed out.
    """
    known = sorted(q for q, since in agents_since(reader, end).items() if since < start)
    if known:  # of an agent without an id, so that it is nobody else
        yield RosterEntry("", 1, "", "logged_out", "idle", "", 0, 0, tuple(known))
    # A row of a spell has the version of the record that ended it, which also began the next one.
    for number, entry in enumerate(_spells_of(reader, start, end), 2):
        yield replace(entry, version=number)


def _spells_of(reader: Reader, start: int, end: int) -> Iterator[RosterEntry]:
    yield from _spells(
        reader, f"started_at_ms < {start}", f"ended_at_ms IS NULL OR ended_at_ms > {start}"
    )
    for day in range(start, end, DAY):
        until = min(day + DAY, end)
        began = (
            f"started_at >= toDateTime({day // SECOND}) AND started_at_ms >= {day}"
            f" AND started_at_ms < {until}"
        )
        yield from _spells(reader, began, "1")


def _spells(reader: Reader, began: str, condition: str) -> Iterator[RosterEntry]:
    answer = reader.execute(
        "SELECT agent, source, routing_state, activity, reason, started_at_ms, queues FROM ("
        "SELECT agent, source, routing_state, activity, reason, started_at_ms, ended_at_ms, queues"
        f" FROM spells WHERE {began}"
        " ORDER BY agent, started_at_ms, version DESC LIMIT 1 BY agent, started_at_ms"
        f") WHERE {condition} ORDER BY started_at_ms, agent"
    )
    for agent, source, routing, activity, reason, since, queues in answer.rows:
        yield RosterEntry(
            agent, 0, source, routing, activity, reason, int(since), int(since), tuple(queues)
        )
