"""Which record caused a version of a leg, found in table `events` by partition, append time and offset."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from schemas.millis import SECOND
from schemas.topics import is_decision, offset_of
from streams.sinks.clickhouse.database import Reader, quoted

TARGETS = "targets"
WITHDRAWN = "withdrawn"
NOT_ARCHIVED = "not archived"  # the record is a tick, which is never archived, or it was purged
_AT_ONCE = 1_000  # places asked for in one query


class Cause(Struct, frozen=True):
    """`at` is when it happened by the source's clock; None if no record was found."""

    type: str
    offset: int | None = None
    place: str = ""  # topic and partition
    event_id: str = ""
    at: int | None = None
    source: str = ""


Key = tuple[str, int, int]  # queue, append time, offset


def key_of(version: Mapping[str, Any]) -> Key:
    return version["queue"], version["known_at_ms"], offset_of(version["version"])


def causes(reader: Reader, versions: Sequence[Mapping[str, Any]]) -> list[Cause]:
    """One cause for each version; these must have queue, version and known_at_ms."""
    caused = [version for version in versions if not is_decision(version["version"])]
    found = _events(reader, {key_of(version) for version in caused})
    return [_cause(version, found) for version in versions]


def _cause(version: Mapping[str, Any], found: Mapping[Key, Cause]) -> Cause:
    offset = offset_of(version["version"])
    if is_decision(version["version"]):
        return Cause(TARGETS, offset)
    return found.get(key_of(version)) or Cause(NOT_ARCHIVED, offset)


def _events(reader: Reader, keys: set[Key]) -> dict[Key, Cause]:
    places = _places(reader, keys)
    wanted = sorted(
        {(place, at, offset) for queue, at, offset in keys for place in places.get(queue, ())}
    )
    by_place: dict[tuple[str, int, int], Cause] = {}
    for first in range(0, len(wanted), _AT_ONCE):
        listed = ", ".join(
            f"({quoted(place)}, {at}, {offset})"
            for place, at, offset in wanted[first : first + _AT_ONCE]
        )
        answer = reader.execute(
            "SELECT topic_partition, appended_at_ms, `offset`, type, event_id, at_ms, source FROM events"
            f" WHERE (topic_partition, appended_at_ms, `offset`) IN ({listed})"
        )
        for place, at, offset, kind, event_id, happened_at, source in answer.rows:
            by_place[place, at, offset] = Cause(kind, offset, place, event_id, happened_at, source)
    return {
        (queue, at, offset): by_place[place, at, offset]
        for queue, at, offset in keys
        for place in places.get(queue, ())
        if (place, at, offset) in by_place
    }


def _places(reader: Reader, keys: Iterable[Key]) -> dict[str, list[str]]:
    """The partitions of the queues. A version may be caused by any record of the partition: a mark, or an
    event of another queue.
    """
    listed = list(keys)
    if not listed:
        return {}
    queues = ", ".join(quoted(queue) for queue in sorted({queue for queue, _, _ in listed}))
    seconds = [at // SECOND for _, at, _ in listed]
    day = 86_400  # within a day of a version its queue has events of its own in the partition
    answer = reader.execute(
        "SELECT DISTINCT queue, topic_partition FROM events"
        f" WHERE appended_at >= toDateTime({max(0, min(seconds) - day)})"
        f" AND appended_at <= toDateTime({max(seconds) + day}) AND queue IN ({queues})"
    )
    places: dict[str, list[str]] = {}
    for queue, place in answer.rows:
        places.setdefault(queue, []).append(place)
    return places
