"""Whether the clocks of Kafka and of the processes agree with ours; nothing is written to learn it.

A clock that is ahead shows itself: a record from the future. One that is behind shows only in a probe, which
carries its sender's time into a topic that the broker stamps.
"""

from collections.abc import Iterable

from kafka import TopicPartition
from msgspec import Struct

from schemas.calls import Probe
from schemas.codec import UndecodableError, decode_call
from schemas.millis import MINUTE
from schemas.topics import topic_name
from streams.admin.broker import consumer, partitions_of, read_whole, stable_ends
from streams.admin.status import newest_reports
from streams.doctor.check import Check
from streams.doctor.finding import Finding, fail, ok, warn
from streams.doctor.system import System
from streams.plumbing.wall_clock import now_ms

_WARN_MS = 1_000
_FAIL_MS = 5_000  # events further ahead of the broker's clock than this are set aside
_RECENT_MS = 5 * MINUTE
_POLL_MS = 2_000


class Stamp(Struct, frozen=True):
    """The newest record of a partition of `calls`: the broker's time of it, and its sender's if it is a probe."""

    broker_at: int
    sent_at: int | None = None


class Clocks(Struct, frozen=True):
    """All in ms; `reports` are the newest of each process, by its name."""

    now: int
    stamps: tuple[Stamp, ...]
    reports: dict[str, int]


def ask(system: System) -> Clocks:
    stamps = tuple(_stamps(system))
    records = read_whole(system.kafka, topic_name("health", system.namespace))
    reports = {
        f"{each.process} {each.instance}": each.at
        for each in newest_reports(record.value for record in records)
    }
    return Clocks(now_ms(), stamps, reports)


def _stamps(system: System) -> Iterable[Stamp]:
    with consumer(system.kafka) as client:
        partitions = partitions_of(client, topic_name("calls", system.namespace))
        filled = {tp: end for tp, end in stable_ends(client, partitions).items() if end > 0}
        client.assign(list(filled))
        for partition, end in filled.items():
            client.seek(partition, end - 1)
        awaited: set[TopicPartition] = set(filled)
        while awaited and (batches := client.poll(timeout_ms=_POLL_MS)):
            awaited -= set(batches)
            for batch in batches.values():
                yield _stamp(batch[-1].timestamp, batch[-1].value)


def _stamp(broker_at: int, value: bytes | None) -> Stamp:
    try:
        event = decode_call(value or b"")
    except UndecodableError:
        return Stamp(broker_at)
    return Stamp(broker_at, event.at if isinstance(event, Probe) else None)


def judge(_: System, clocks: Clocks) -> Iterable[Finding]:
    found = list(_kafka(clocks))
    for name, at in clocks.reports.items():
        found += _ahead(f"the clock of {name}", at - clocks.now)
    if found:
        return found
    recent = [each for each in clocks.stamps if clocks.now - each.broker_at < _RECENT_MS]
    if not recent:
        return [ok("nothing was written in the last 5 minutes: Kafka's clock cannot be told")]
    return [ok(f"Kafka's and those of {len(clocks.reports)} processes agree with ours")]


def _kafka(clocks: Clocks) -> Iterable[Finding]:
    if not clocks.stamps:
        return
    yield from _ahead("Kafka's clock", max(each.broker_at for each in clocks.stamps) - clocks.now)
    behind = [each.sent_at - each.broker_at for each in clocks.stamps if each.sent_at is not None]
    if behind:
        yield from _ahead("the clock of notify against Kafka's", max(behind))


def _ahead(whose: str, by_ms: int) -> Iterable[Finding]:
    if by_ms < _WARN_MS:
        return
    said = f"{whose} is {by_ms / 1000:,.1f} s ahead"
    remedy = "let both machines take their time from one source (chrony, systemd-timesyncd)"
    yield fail(said, remedy) if by_ms >= _FAIL_MS else warn(said, remedy)


CHECK = Check(rank=70, ask=ask, judge=judge, needs="topics")
