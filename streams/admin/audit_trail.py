"""The audit as Kafka and the archive hold it, and what is wrong with its chain. Pure, except for the two readers.

What can be noticed: a record changed, removed or added in the archive or in the topic, rows missing that the archive
had committed, and by a digest that was noted elsewhere (`audit check` prints the newest) everything up to there.
What cannot: what somebody adds who may write to the topic and does as `queuewatch` does; that somebody with every right on Kafka and on the archive removed the newest records of both since a
digest was last noted, or wrote the whole chain anew. And a command that was never run through `queuewatch`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from kafka import TopicPartition
from msgspec import Struct

from schemas.audit import AuditRecord, Seen, is_repeated, seen_with, value_digest
from schemas.codec import UndecodableError, decode_as
from schemas.groups import archive_group
from schemas.millis import iso
from schemas.printable import printable
from schemas.tables import AUDIT_COLUMNS
from schemas.topics import topic_name
from streams.admin.broker import admin_client, consumer, partitions_of, walk
from streams.sinks.clickhouse.audit_rows import audit_row
from streams.sinks.clickhouse.database import Reader, Row

_ROWS = "SELECT {columns} FROM audit ORDER BY appended_at_ms, `offset`"
# After it looked a writer has written, or given up (streams/plumbing/audit_writing.py).
_WRITTEN_WITHIN_MS = 60_000
Place = tuple[int, int]  # (broker's time in ms, offset)


class Entry(Struct, frozen=True):
    """One record at its place; `record` None: it is none of ours, or its text is not held."""

    appended_at: int
    offset: int
    digest: str
    record: AuditRecord | None


class Trail(Struct, frozen=True):
    """Entries in order. `broken` has a line for each thing that is wrong; `head`: what was seen with the last entry."""

    entries: Sequence[Entry]
    broken: Sequence[str]
    heads: Mapping[int, str]
    head: Seen


class Held(Struct, frozen=True):
    """What one place holds, by place in the log, and what is wrong with it by itself."""

    entries: Mapping[Place, Entry]
    broken: Sequence[str] = ()


def held_by_topic(bootstrap: str, namespace: str) -> tuple[Held, int]:
    """And the offset that the archive has committed: before it no row may be missing there."""
    topic = topic_name("audit", namespace)
    entries = {}
    with admin_client(bootstrap) as admin, consumer(bootstrap) as client:
        for _, record in walk(client, partitions_of(client, topic)):
            entry = _entry(record.timestamp, record.offset, record.value or b"")
            entries[entry.appended_at, entry.offset] = entry
        committed = admin.list_group_offsets([archive_group(namespace)])
    return Held(entries), _committed(committed, TopicPartition(topic, 0))


def _committed(groups: Mapping[str, Mapping[TopicPartition, object]], place: TopicPartition) -> int:
    found = next(iter(groups.values()), {}).get(place)
    return max(0, int(getattr(found, "offset", 0) or 0))


def held_by_archive(reader: Reader) -> Held:
    columns = ", ".join(
        f"toUInt32({name})" if name == "appended_at" else f"`{name}`" for name in AUDIT_COLUMNS
    )
    return of_rows(reader.execute(_ROWS.format(columns=columns)).rows)


def of_rows(rows: Iterable[Row]) -> Held:
    """A row whose columns say anything else than the record that it keeps was changed."""
    entries: dict[Place, Entry] = {}
    broken = []
    at, offset_at, digest_at, body_at = map(
        AUDIT_COLUMNS.index, ("appended_at_ms", "offset", "value_digest", "body")
    )
    for row in rows:
        appended_at, offset = int(row[at]), int(row[offset_at])
        entry = _entry(appended_at, offset, str(row[body_at]).encode())
        if not row[body_at]:  # a record that is none of ours: only its digest is kept
            entry = Entry(appended_at, offset, str(row[digest_at]), None)
        elif [str(cell) for cell in row] != [
            str(cell) for cell in audit_row(offset, appended_at, str(row[body_at]).encode())
        ]:
            broken.append(f"{_place(entry)}: the row of the archive was changed")
        held = entries.setdefault((appended_at, offset), entry)
        if held != entry:
            broken.append(f"{_place(entry)}: the archive has two rows that differ")
    return Held(entries, broken)


def trail(topic: Held, archive: Held | None, committed: int) -> Trail:
    """Of what both hold; `archive` None: it was not asked."""
    broken = [*topic.broken, *(archive.broken if archive else ())]
    if archive is not None:
        for place, entry in topic.entries.items():
            kept = archive.entries.get(place)
            if kept is None and entry.offset < committed:
                broken.append(f"{_place(entry)}: its row was removed from the archive")
            elif kept is not None and kept.digest != entry.digest:
                broken.append(f"{_place(entry)}: the archive has another text than Kafka")
    places = {**(archive.entries if archive else {}), **topic.entries}
    lives = _lives([places[place] for place in sorted(places)])
    heads: dict[int, str] = {}
    entries: list[Entry] = []
    for life in lives:
        heads, found = _checked(life)
        broken += found
        entries += life
    newest = max(heads, default=-1)
    return Trail(entries, broken, heads, Seen(newest, heads.get(newest, "")))


def _lives(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Cut where the topic was made again, and its offsets began again."""
    lives: list[list[Entry]] = []
    for entry in entries:
        begins = entry.record is not None and entry.record.seen.offset == -1
        if not lives or (begins and entry.offset < lives[-1][-1].offset):
            lives.append([])
        lives[-1].append(entry)
    return [sorted(life, key=lambda entry: entry.offset) for life in lives]


def _checked(life: Sequence[Entry]) -> tuple[dict[int, str], list[str]]:
    """The digest with each offset, and what is wrong. After a mistake the next record is believed, so that each
    is named once. Digests before the first record that names one that is held are not known.
    """
    heads: dict[int, str] = {-1: ""}
    firsts: dict[
        int, str
    ] = {}  # what a forged record says later never takes the place of what was found
    broken = list(_holes(life))
    by_offset = {entry.offset: entry for entry in life}
    for entry in life:
        said = entry.record.seen if entry.record else None
        if said is not None and said.offset >= entry.offset:
            broken.append(f"{_place(entry)}: it names a record that came later")
        elif said is not None and heads.get(said.offset) != said.digest:
            if said.offset in heads:
                broken.append(
                    f"{_place(entry)}: the chain is broken: it was added or changed,"
                    f" or a record up to offset {said.offset} was"
                )
            _believe(heads, by_offset, said, entry.offset)
            for offset in range(said.offset, entry.offset):
                if offset in heads:
                    firsts.setdefault(offset, heads[offset])
        elif said is not None and _is_stale(by_offset.get(said.offset + 1), entry):
            broken.append(
                f"{_place(entry)}: it was added: it names offset {said.offset}, though later ones were there"
            )
        if entry.offset - 1 in heads:
            _add(heads, entry)
            firsts.setdefault(entry.offset, heads[entry.offset])
    return firsts, broken


def _is_stale(next_to_seen: Entry | None, entry: Entry) -> bool:
    """Whether the writer of `entry` must have seen more than it says."""
    return (
        next_to_seen is not None
        and entry.appended_at - next_to_seen.appended_at > _WRITTEN_WITHIN_MS
    )


def _believe(heads: dict[int, str], by_offset: Mapping[int, Entry], seen: Seen, end: int) -> None:
    """What a record names, and what follows from it for the records between that and itself."""
    heads[seen.offset] = seen.digest
    for offset in range(seen.offset + 1, end):
        if offset not in by_offset:
            return
        _add(heads, by_offset[offset])


def _add(heads: dict[int, str], entry: Entry) -> None:
    before = Seen(entry.offset - 1, heads[entry.offset - 1])
    heads[entry.offset] = seen_with(before, entry.offset, entry.digest).digest


def _holes(life: Sequence[Entry]) -> Iterator[str]:
    for before, after in pairwise(life):
        missing = after.offset - before.offset - 1
        if missing > 0:
            which = f"offset {before.offset + 1}"
            if missing > 1:
                which = f"offsets {before.offset + 1} to {after.offset - 1}"
            yield f"{which}: missing, between {iso(before.appended_at)} and {iso(after.appended_at)}"


def repeated(trail: Trail) -> frozenset[Place]:
    """Records that their writer wrote once more, because it got no answer: the acts are those of the first ones."""
    firsts: dict[str, AuditRecord] = {}
    found = set()
    for entry in trail.entries:
        if entry.record is not None and entry.record.record_id:
            first = firsts.setdefault(entry.record.record_id, entry.record)
            if first is not entry.record and is_repeated(entry.record, first):
                found.add((entry.appended_at, entry.offset))
    return frozenset(found)


def foreign(trail: Trail) -> int:
    """How many records are none of ours."""
    return sum(entry.record is None for entry in trail.entries)


def noted_is_held(trail: Trail, noted: Seen) -> bool:
    """Whether the chain still goes through what somebody noted."""
    held = trail.heads.get(noted.offset, "")
    return bool(noted.digest) and held.startswith(noted.digest)


def _entry(appended_at: int, offset: int, value: bytes) -> Entry:
    try:
        record = decode_as(AuditRecord, value)
    except UndecodableError:
        record = None
    return Entry(appended_at, offset, value_digest(value), record)


def _place(entry: Entry) -> str:
    who = f", {entry.record.action} by {printable(entry.record.who)}" if entry.record else ""
    return f"offset {entry.offset} ({iso(entry.appended_at)}{who})"
