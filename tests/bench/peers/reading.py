"""What a system tells, as a reader of `read_committed` gets it: counts by queue and minute, and when each event showed."""

import json
import math
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from kafka import KafkaConsumer
from msgspec import Struct

from schemas.codec import decode_as
from schemas.legs import LegRow
from schemas.snapshots import QueueSnapshot
from streams.admin.broker import partitions_of
from tests.bench.peers.task import Counted, Key
from tests.support.recount import nearest_rank_s

Said = tuple[str, int]  # of an event: its queue and `at`


class Result(Struct):
    """What a program of `programs/` tells: [offered, answered, abandoned, in target] of the window that ends at `at`."""

    queue: str
    at: int
    counts: list[int]
    newest: int  # `at` of the newest event in it


class Received(Struct):
    """Queue, the moment up to which it is told, and when that was received (ms)."""

    queue: str
    upto: int
    at: int


class Reader:
    """Reads topics from now on and keeps what it gets, undecoded: decoding would delay the next one."""

    def __init__(self, hosts: str, topics: Sequence[str]) -> None:
        self.records: list[tuple[str, int, bytes]] = []  # topic, received at, value
        self._client: Any = KafkaConsumer(
            bootstrap_servers=hosts, group_id=None, enable_auto_commit=False,
            isolation_level="read_committed", fetch_max_wait_ms=50, max_poll_records=5_000,
        )  # fmt: skip
        partitions = [each for topic in topics for each in partitions_of(self._client, topic)]
        self._client.assign(partitions)
        self._client.seek_to_end(*partitions)
        for partition in partitions:
            self._client.position(partition)  # now, not at the first poll

    def poll(self, timeout_ms: int = 50) -> list[tuple[str, int, bytes]]:
        """What came just now."""
        polled = self._client.poll(timeout_ms=timeout_ms)
        at = time.time_ns() // 1_000_000
        new = [(place.topic, at, record.value) for place, records in polled.items() for record in records]  # fmt: skip
        self.records += new
        return new

    def until(self, done: Callable[[list[tuple[str, int, bytes]]], bool], within_s: float) -> bool:
        """Poll until `done` with what came last is true; False after `within_s`."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if done(self.poll()):
                return True
        return False

    def close(self) -> None:
        self._client.close()


def counted(values: Iterable[bytes]) -> dict[Key, Counted]:
    """By queue and minute; a later result replaces an earlier one."""
    decode = msgspec.json.Decoder(Result).decode
    return {(each.queue, each.at): Counted(*each.counts) for value in values for each in [decode(value)]}  # fmt: skip


def of_results(records: Iterable[tuple[str, int, bytes]]) -> list[Received]:
    decode = msgspec.json.Decoder(Result).decode
    return [Received(each.queue, each.newest, at) for _, at, value in records for each in [decode(value)]]  # fmt: skip


def of_legs(records: Iterable[tuple[str, int, bytes]]) -> list[Received]:
    """A leg tells of its newest event, and, since a partition keeps the order, of all before it in its queue."""
    rows = ((decode_as(LegRow, value), at) for _, at, value in records)
    return [
        Received(leg.queue, max(leg.arrived_at, leg.answered_at or 0, leg.left_at or 0), at)
        for leg, at in rows
    ]


def of_snapshots(records: Iterable[tuple[str, int, bytes]]) -> list[Received]:
    rows = ((decode_as(QueueSnapshot, value), at) for _, at, value in records)
    return [Received(each.queue, each.as_of, at) for each, at in rows]


def waits_ms(said: Iterable[Said], received: Iterable[Received]) -> list[int]:
    """From each event to the first result that has it; ValueError if one never showed."""
    waits, missing = waits_and_missing(said, received)
    if missing:
        raise ValueError(f"{missing} events never showed")
    return waits


def waits_and_missing(said: Iterable[Said], received: Iterable[Received]) -> tuple[list[int], int]:
    """The same, and how many never showed."""
    told: dict[str, tuple[list[int], list[int]]] = {}
    for each in received:
        moments, times = told.setdefault(each.queue, ([], []))
        if not moments or each.upto > moments[-1]:
            moments.append(each.upto)
            times.append(each.at)
    waits, missing = [], 0
    for queue, at in said:
        moments, times = told.get(queue, ([], []))
        place = bisect_right(moments, at - 1)
        if place < len(times):
            waits.append(times[place] - at)
        else:
            missing += 1
    return waits, missing


def percentile_ms(waits: Sequence[int], percent: int) -> float:
    """By nearest rank."""
    return (nearest_rank_s(list(waits), percent) or 0) * 1000


def percentile_of_all_ms(waits: list[int], unshown: int, percent: int) -> float | None:
    """By nearest rank; an event that was never shown waits longer than all others."""
    rank = math.ceil((len(waits) + unshown) * percent / 100)
    return float(sorted(waits)[rank - 1]) if 0 < rank <= len(waits) else None


def told_ms(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.0f} ms"


def scraped(said: Iterable[tuple[str, int]], scrapes: Sequence[tuple[int, Mapping[str, int]]]) -> list[int]:  # fmt: skip
    """From each arrival `(queue, at)` to the first answer of /metrics that counts it; `scrapes` are (received at, offered by queue)."""
    number: dict[str, int] = {}
    waits: list[int] = []
    place_of: dict[str, int] = {}
    for queue, at in said:
        number[queue] = number.get(queue, 0) + 1
        place = place_of.get(queue, 0)
        while place < len(scrapes) and scrapes[place][1].get(queue, 0) < number[queue]:
            place += 1
        place_of[queue] = place
        if place == len(scrapes):
            raise ValueError(f"{queue}: an arrival was never in /metrics")
        waits.append(scrapes[place][0] - at)
    return waits


def said_of(text: str) -> tuple[list[tuple[str, str, int]], float]:
    """What `tests.bench.peers.steady` printed: (queue, type, at) of each event, and how late it was at worst (s)."""
    *events, last = text.splitlines()
    return [tuple(json.loads(line)) for line in events], float(json.loads(last)["latest_s"])
