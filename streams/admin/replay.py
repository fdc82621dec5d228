"""Replay and drop of quarantine entries: sends originals again, and notes what was done.

Rule 1: an original is sent first and noted second. After a crash in between it is sent twice, which
does no harm: facts count once.
Rule 2: bytes that this version would certainly refuse again are not sent.
Rule 3: a replay goes to the original's partition (or where its queue is now, if there are more since) and carries its first place, so it stays one entry.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kafka import TopicPartition
from msgspec import Struct

from schemas.codec import UndecodableError, decode_agent, decode_call, encode
from schemas.groups import archive_group, stream_group
from schemas.millis import iso
from schemas.quarantine import REPLAY_HEADER, Quarantined
from schemas.targets import TopicsEpoch
from schemas.timing import AHEAD_OF_BROKER_MS
from schemas.topics import topic_name
from streams.admin.broker import admin_client, beginnings, consumer, producer, stable_ends
from streams.admin.drain import STREAM_INPUTS, committed_by
from streams.admin.quarantine import Entry, dropped, read, replayed, topic_and_partition
from streams.admin.topics import read_epoch
from streams.core.quarantining import mask_digits
from streams.plumbing.partitions import partition_of

_POLL_MS = 500
_DELIVERED_WITHIN_S = 30.0
_LOOK_EVERY_S = 0.2
LONGEST_NOTE = 500

Original = tuple[bytes | None, bytes]  # key and value


class NotSent(Struct, frozen=True):
    """An entry that was not sent, and why."""

    entry: Entry
    why: str


class Replay(Struct):
    """The outcome of a replay: what became of each entry."""

    sent: list[Entry]
    not_sent: list[NotSent]
    refused_again: list[Entry]
    unjudged: int = 0  # sent, but not yet read by the stream or the archive

    @property
    def complete(self) -> bool:
        """Whether none of the entries is still open."""
        return not self.refused_again and all(each.entry.state != "open" for each in self.not_sent)


def still_bad(entry: Entry, value: bytes, now: int) -> str | None:
    """Why this version would refuse these bytes again; None if only the stream can tell."""
    topic = entry.topic
    if topic not in STREAM_INPUTS:
        return None
    try:
        event = decode_call(value) if topic == "calls" else decode_agent(value)
    except UndecodableError as error:
        return f"still {error.reason}: {error.detail}"
    if event.at > now + AHEAD_OF_BROKER_MS:
        return f"still in the future: can be replayed from {iso(event.at)} on"
    return None


def original(bootstrap: str, namespace: str, entry: Entry) -> bytes | None:
    """The bytes as they came; None if the input topic no longer has them."""
    if topic_and_partition(entry) is None:
        return None
    for _, found in _originals(bootstrap, namespace, [entry]):
        return None if found is None else found[1]
    return None


def replay(
    bootstrap: str,
    namespace: str,
    entries: Sequence[Entry],
    now: int,
    timeout_s: float,
    progress: Callable[[int], None],
) -> Replay:
    """Send the originals again, note it, and wait until they were read.

    `progress` gets the number of entries done.
    """
    done = Replay([], [], [])
    placed = []
    for entry in entries:
        if entry.state != "open":
            why = f"{entry.state} already at {iso(entry.handled_at or 0)}"
            done.not_sent.append(NotSent(entry, why))
        elif topic_and_partition(entry) is None:
            place = f"line {entry.position} of {entry.origin}"
            done.not_sent.append(NotSent(entry, f"correct {place} and send the file again"))
        else:
            placed.append(entry)
    ends: dict[TopicPartition, int] = {}
    topics = read_epoch(bootstrap, namespace) if placed else None
    with producer(bootstrap) as client:
        for entry, found in _originals(bootstrap, namespace, placed):
            progress(len(done.sent) + len(done.not_sent))
            if found is None:
                gone = "its bytes are gone: the topic no longer keeps them"
                done.not_sent.append(NotSent(entry, gone))
            elif bad := still_bad(entry, found[1], now):
                done.not_sent.append(NotSent(entry, bad))
            else:
                tp = _partition(entry, namespace)
                headers = [(REPLAY_HEADER, entry.place.encode())]
                number = _present_partition(client, tp, entry, found[0], topics)
                sent = _delivered(
                    client, tp.topic, found[1], found[0], partition=number, headers=headers
                )
                _note(client, namespace, replayed(entry, now, sent.offset))
                ends[TopicPartition(tp.topic, number)] = sent.offset + 1
                done.sent.append(entry)
    done.unjudged = _wait(bootstrap, namespace, ends, timeout_s)
    names = {entry.place for entry in done.sent}
    done.refused_again = [
        entry
        for entry in (read(bootstrap, namespace, settled=True) if names else [])
        if entry.place in names and entry.state == "open"
    ]
    return done


def drop(bootstrap: str, namespace: str, entries: Sequence[Entry], now: int, note: str) -> int:
    """Note for each open entry that nothing more is to be done, and why; return how many there were.

    The note is stored masked, because people paste callers' numbers into it.
    """
    note = mask_digits(note.strip())[:LONGEST_NOTE]
    still_open = [entry for entry in entries if entry.state == "open"]
    with producer(bootstrap) as client:
        for entry in still_open:
            _note(client, namespace, dropped(entry, now, note))
    return len(still_open)


def _originals(
    bootstrap: str, namespace: str, entries: Sequence[Entry]
) -> Iterator[tuple[Entry, Original | None]]:
    """Each entry with its record, ordered by partition and offset; None if the record is gone."""
    places: dict[TopicPartition, list[Entry]] = defaultdict(list)
    for entry in entries:
        if topic_and_partition(entry) is not None:
            places[_partition(entry, namespace)].append(entry)
    with consumer(bootstrap) as client:
        for tp, wanted in sorted(places.items()):
            client.assign([tp])
            begin = beginnings(client, [tp])[tp]
            end = stable_ends(client, [tp])[tp]
            for entry in sorted(wanted, key=lambda each: each.position):
                kept = begin <= entry.position < end
                yield entry, _record(client, tp, entry) if kept else None


def _record(client: Any, tp: TopicPartition, entry: Entry) -> Original | None:
    client.seek(tp, entry.position)
    while client.position(tp) <= entry.position:
        for record in client.poll(timeout_ms=_POLL_MS, max_records=1).get(tp, []):
            # Topics that were deleted and created again hold other records at the same offsets.
            if record.offset == entry.position and record.timestamp == entry.first_at:
                return record.key, record.value or b""
            return None
    return None


def _wait(bootstrap: str, namespace: str, ends: dict[TopicPartition, int], timeout_s: float) -> int:
    """Wait until the readers have committed past the replays; return how many partitions they have not."""
    groups = {
        tp: stream_group(namespace)
        if tp.topic.removeprefix(namespace) in STREAM_INPUTS
        else archive_group(namespace)
        for tp in ends
    }
    deadline = time.monotonic() + timeout_s
    with admin_client(bootstrap) as admin:
        while True:
            committed = {group: committed_by(admin, group) for group in set(groups.values())}
            behind = [tp for tp, end in ends.items() if committed[groups[tp]].get(tp, -1) < end]
            if not behind or time.monotonic() > deadline:
                return len(behind)
            time.sleep(_LOOK_EVERY_S)


def _partition(entry: Entry, namespace: str) -> TopicPartition:
    place = topic_and_partition(entry)
    if place is None:
        raise ValueError(f"{entry.place} stands in no topic")
    return TopicPartition(topic_name(place[0], namespace), place[1])


def _present_partition(
    client: Any, tp: TopicPartition, entry: Entry, key: bytes | None, topics: TopicsEpoch | None
) -> int:
    """That of the original, unless its queue or agent has another one since (`queuewatch topics grow`)."""
    name, _ = topic_and_partition(entry) or ("", 0)
    if (
        key is None
        or topics is None
        or entry.position >= topics.counted_from_at(name, tp.partition)
    ):
        return int(tp.partition)
    return partition_of(key, len(client.partitions_for(tp.topic)))


def _note(client: Any, namespace: str, record: Quarantined) -> None:
    key = record.original_key.encode() or None
    _delivered(client, topic_name("quarantine", namespace), encode(record), key)


def _delivered(client: Any, topic: str, value: bytes, key: bytes | None, **more: Any) -> Any:
    return client.send(topic, value, key, **more).get(timeout=_DELIVERED_WITHIN_S)
