"""Where a system runs for one measurement: topics of its own on the broker, its process, and a reader of what it tells.

`OursPlace` is `queuewatch stream` with everything on: state, transactions, alert rules, minute rows, snapshots.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from schemas.calls import LegEvent
from schemas.codec import decode_as
from schemas.minutes import MinuteRow
from schemas.topics import DEFAULT_PARTITIONS, topic_name
from streams.admin.broker import admin_client, read_whole
from tests.bench.peers.reading import Reader, Received, counted, of_legs, of_results, of_snapshots
from tests.bench.peers.steady import Sender
from tests.bench.peers.systems import Mode, Peer, System
from tests.bench.peers.task import WINDOW_MS, Counted, Key, closes_at
from tests.bench.processes import cpu_s, peak_memory_mb
from tests.bench.traffic import queues_toml
from tests.support.line import Line
from tests.support.names import unique
from tests.support.services import get

CLOSED_AFTER_MS = 10_000  # more than the 5 s by which our watermark lies behind
_OFFERED = re.compile(
    r'^callcentre_legs_offered_total\{(?:.*,)?queue="([^"]+)".*\} (\S+)$', re.MULTILINE
)


class PeerPlace:
    """A peer with a topic for its input and one for its results.

    `topic` is what it reads, `told` are the topics in which it tells.
    """

    def __init__(self, system: System, hosts: str, folder: Path, mode: Mode) -> None:
        self.hosts = hosts
        name = unique("peer")
        self.topic, self.results = f"{name}.events", f"{name}.results"
        self.told = (self.results,)
        _create(hosts, {self.topic: DEFAULT_PARTITIONS, self.results: 1})
        self._peer = Peer(system, hosts, self.topic, self.results, name, folder / name, mode)

    def start(self) -> None:
        """Return when it has begun to read."""
        self._peer.start()

    def kill(self) -> None:
        """As a crash."""
        self._peer.server.kill()

    def begin_again(self) -> None:
        """Start it again and do not wait."""
        self._peer.server.begin()

    def stop(self) -> None:
        self._peer.server.kill()  # nothing of it is needed any more, and a JVM takes seconds to end

    def cpu_s(self) -> float:
        return self._peer.cpu_s()

    def peak_memory_mb(self) -> float:
        return self._peer.peak_memory_mb()

    def received(self, records: Iterable[tuple[str, int, bytes]]) -> list[Received]:
        """What a reader of `read_committed` knows by these records."""
        return of_results(records)

    def counted(self, records: Iterable[tuple[str, int, bytes]]) -> dict[Key, Counted]:
        return counted(value for _, _, value in records)


class OursPlace:
    """Our own worker, on a namespace of its own; as a `PeerPlace`."""

    def __init__(self, hosts: str, folder: Path, queues: int) -> None:
        self.hosts = hosts
        folder = folder / unique("ours")
        folder.mkdir(parents=True)
        self.line = Line(hosts, folder, queues_toml(queues), partitions=DEFAULT_PARTITIONS)
        self.topic, self.legs, self.snapshots = (
            topic_name(name, self.line.namespace) for name in ("calls", "legs", "snapshots")
        )
        self.told = (self.legs, self.snapshots)

    def start(self) -> None:
        self.line.stream.start()

    def kill(self) -> None:
        self.line.stream.kill()

    def begin_again(self) -> None:
        self.line.stream.begin()

    def stop(self) -> None:
        self.line.stream.stop()

    def cpu_s(self) -> float:
        return cpu_s(self.pid)

    def peak_memory_mb(self) -> float:
        return peak_memory_mb(self.pid)

    def received(self, records: Iterable[tuple[str, int, bytes]]) -> list[Received]:
        return of_legs(each for each in records if each[0] == self.legs)

    def shown(self, records: Iterable[tuple[str, int, bytes]]) -> list[Received]:
        """What a board knows."""
        return of_snapshots(each for each in records if each[0] == self.snapshots)

    def counted(self) -> dict[Key, Counted]:
        """By the newest row of each queue and minute."""
        newest: dict[Key, MinuteRow] = {}
        for record in read_whole(self.hosts, topic_name("minutes", self.line.namespace)):
            row = decode_as(MinuteRow, record.value or b"")
            former = newest.get((row.queue, row.at))
            if former is None or row.version > former.version:
                newest[row.queue, row.at] = row
        windows = {key: row.windows.get(WINDOW_MS // 60_000) for key, row in newest.items()}
        return {
            key: Counted(w.offered, w.answered, w.abandoned, w.answered_in_target)
            for key, w in windows.items()
            if w is not None
        }

    def offered(self) -> dict[str, int]:
        """By queue, as /metrics has it now."""
        text = (get(self.line.metrics_url) or b"").decode()
        return {queue: int(float(value)) for queue, value in _OFFERED.findall(text)}

    @property
    def pid(self) -> int:
        process = self.line.stream._process
        assert process is not None
        return process.pid


Place = OursPlace | PeerPlace


def send(place: Place, events: list[LegEvent], *, closed: bool) -> None:
    """All of it at once, acknowledged; `closed`: with the mark behind it that lets every window end."""
    sender = Sender(place.hosts, place.topic)
    for event in events:
        sender.event(event)
    if closed:
        sender.tick(closes_at(events) + CLOSED_AFTER_MS)
    sender.flush()
    sender.close()


def reader(place: Place) -> Reader:
    return Reader(place.hosts, place.told)


def _create(hosts: str, topics: dict[str, int]) -> None:
    with admin_client(hosts) as client:
        client.create_topics(
            {name: {"num_partitions": n, "replication_factor": 1} for name, n in topics.items()}
        )
        client.wait_for_topics(list(topics), timeout_ms=30_000)
