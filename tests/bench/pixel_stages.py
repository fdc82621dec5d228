"""What becomes of an event on its way to the screen, stage by stage.

Each stage tells when it first had a caller or a later one: a stage that skips a number for a newer one shows both with it.
All are on one machine, so their clocks are one.
"""

import re
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from kafka import KafkaConsumer, TopicPartition
from msgspec import Struct

from schemas.calls import Queued
from schemas.codec import decode_as, decode_call
from schemas.snapshots import QueueSnapshot
from schemas.topics import DEFAULT_PARTITIONS, topic_name
from streams.plumbing.partitions import partition_of
from tests.bench.peers.reading import percentile_of_all_ms, told_ms

Moments = Mapping[int, int]  # number of a caller -> ms since 1970
STAGES = (
    "in_kafka", "snapshot_made", "snapshot_read", "board_made", "page_sent", "page_heard", "page_changed", "painted",
)  # fmt: skip
TOLD = {
    "in_kafka": "said → in Kafka",
    "snapshot_made": "→ counted, its snapshot made",
    "snapshot_read": "→ a reader of `snapshots` has it",
    "board_made": "→ the board is made of it",
    "page_sent": "→ a client in Python has the page",
    "page_heard": "→ the browser has the page",
    "page_changed": "→ its elements are changed",
    "painted": "→ two frames later",
}
# Its number in a page as it is sent, where quotes are escaped, by the page. Not beyond its row or cell: where her queue has no figure, one
# that looks on takes another queue's, or seconds to find none, here and in the browser.
_OF_ROW = r'data-queue=\\"{queue}\\"(?:(?!</tr).)*?<td class=\\"waiting\\"(?:(?!</td).)*?class=\\"figure[^>]*>(\d+)<'
_OF_PAGE = r'<div class=\\"waiting\\">(?:(?!</dd).)*?class=\\"figure[^>]*>(\d+)<'
_MADE_AT = re.compile(r'data-now=\\"(\d+)\\"')


class Stage(Struct, frozen=True):
    """From the stage before to this one; `share` is that of the mean of the whole way."""

    name: str
    p50_ms: float | None
    p99_ms: float | None
    share: float


def number_in(page: str, queue: str) -> str:
    """A pattern that finds the callers of `queue` in `page` as it is sent."""
    return _OF_PAGE if page.startswith("/queue/") else _OF_ROW.format(queue=re.escape(queue))


def stages_of(said: Moments, moments: Mapping[str, Moments]) -> list[Stage]:
    """Of the callers that came to the end of the way; the first one is left out, she was there when the measurement began."""
    had = [said, *(moments[name] for name in STAGES)]
    ways = [[first_at(each, number) for each in had] for number in said if number > 1]
    whole = [[at for at in way if at is not None] for way in ways]
    whole = [way for way in whole if len(way) == len(had)]
    total = sum(way[-1] - way[0] for way in whole)
    found = []
    for place, name in enumerate(STAGES, start=1):
        waits = [way[place] - way[place - 1] for way in whole]
        p50, p99 = (percentile_of_all_ms(waits, 0, percent) for percent in (50, 99))
        found.append(Stage(name, p50, p99, sum(waits) / total if total else 0.0))
    return found


def stage_rows(stages: list[Stage]) -> Iterator[tuple[str, str, str]]:
    for each in stages:
        yield (
            f"  {TOLD[each.name]}, p50",
            told_ms(each.p50_ms),
            f"{each.share:.0%} of the way; p99 {told_ms(each.p99_ms)}",
        )


def first_at(moments: Moments, number: int) -> int | None:
    """When that caller or a later one was there first; None: never."""
    return min((at for each, at in moments.items() if each >= number), default=None)


class Followed:
    """A page that is followed without a browser, by a thread: when its board was made and when it came, by the number in it."""

    def __init__(self, url: str, page: str, queue: str) -> None:
        self.made: dict[int, int] = {}
        self.came: dict[int, int] = {}
        self.pages = self.bytes = 0
        self._number = re.compile(number_in(page, queue))
        self._answer = urllib.request.urlopen(f"{url}/events?page={quote(page, safe='')}&lang=en")
        threading.Thread(target=self._follow, daemon=True).start()

    def close(self) -> None:
        self._answer.close()

    def _follow(self) -> None:
        try:
            for line in self._answer:
                self._take(line.decode(), time.time_ns() // 1_000_000)
        except (OSError, ValueError, AttributeError):
            return  # closed

    def _take(self, line: str, now: int) -> None:
        if not line.startswith("data:"):
            return
        self.pages += 1
        self.bytes = len(line)
        number, made = self._number.search(line), _MADE_AT.search(line)
        if number and made:
            self.came.setdefault(int(number[1]), now)
            self.made.setdefault(int(number[1]), int(made[1]))


class Snapshots:
    """Reads that queue's partition of `snapshots`, by a thread: when its snapshot was made and when a reader has it."""

    def __init__(self, bootstrap: str, namespace: str, queue: str) -> None:
        self.made: dict[int, int] = {}
        self.read: dict[int, int] = {}
        self._key = queue.encode()
        self._client = _client(bootstrap, fetch_max_wait_ms=50)
        place = _place(namespace, "snapshots", queue)
        self._client.assign([place])
        self._client.seek_to_end(place)
        self._client.position(place)  # now, not at the first poll
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()
        self._client.close()

    def _follow(self) -> None:
        while not self._is_over.is_set():
            polled = self._client.poll(timeout_ms=200)
            now = time.time_ns() // 1_000_000
            for record in (each for records in polled.values() for each in records):
                if record.key == self._key and record.value is not None:
                    snapshot = decode_as(QueueSnapshot, record.value)
                    self.made.setdefault(snapshot.waiting, snapshot.published_at)
                    self.read.setdefault(snapshot.waiting, now)


def in_kafka(bootstrap: str, namespace: str, queue: str) -> dict[int, int]:
    """When the broker had each caller of that queue, by the order of their coming."""
    client, place = _client(bootstrap), _place(namespace, "calls", queue)
    client.assign([place])
    client.seek_to_beginning(place)
    end = client.end_offsets([place])[place]
    found: list[int] = []
    while client.position(place) < end:
        for record in client.poll(timeout_ms=1_000).get(place, ()):
            event = decode_call(record.value)
            if isinstance(event, Queued) and event.queue == queue:
                found.append(record.timestamp)
    client.close()
    return dict(enumerate(found, start=1))


def _client(bootstrap: str, **options: Any) -> Any:
    return KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False, **options)  # fmt: skip


def _place(namespace: str, topic: str, queue: str) -> TopicPartition:
    return TopicPartition(
        topic_name(topic, namespace), partition_of(queue.encode(), DEFAULT_PARTITIONS)
    )
