"""`--rebuild-state`: rebuilds a unit of `calls` or `reports` from its input topic, before the unit is installed."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

from aiokafka import TopicPartition

from schemas.targets import TargetsVersion
from streams.core.unit import Checkpoint
from streams.plumbing.topic_reading import begin, reader
from streams.wiring.logs import REPEAT_EVERY_S
from streams.wiring.reading import FETCH_WAIT_MS, POLL_MS, SLICE
from streams.wiring.targets_feed import TargetsFeed
from streams.wiring.units import OwnedUnit

log = logging.getLogger(__name__)


class Rebuilder(Protocol):
    """Makes the pieces of state from the records (streams.core.rebuild, streams.core.rebuild_reports)."""

    @property
    def damaged(self) -> list[str]: ...

    def load(self, key: bytes, value: bytes | None) -> None: ...

    def begin(
        self, versions: list[TargetsVersion], first_offset: int, *, is_whole: bool = True
    ) -> int | None: ...

    def apply(self, records: list[Any]) -> None: ...

    def pieces(self) -> list[tuple[bytes, bytes | None]]: ...


async def rebuild(
    bootstrap: str,
    owned: OwnedUnit,
    rebuilder: Rebuilder,
    targets: TargetsFeed,
    given_up: Callable[[], bool],
) -> bool:
    """Replay the input up to the cursor, write the pieces in one transaction, load them into the unit.

    False if `given_up()` before. A crash on the way leaves the former state as it was.
    """
    source = TopicPartition(owned.partition.topic, owned.partition.number)
    async with reader(bootstrap, fetch_wait_ms=FETCH_WAIT_MS) as consumer:
        topics = targets.topics
        counted_from = topics.counted_from_at(owned.name, owned.partition.number)
        first = max((await consumer.beginning_offsets([source]))[source], counted_from)
        until = rebuilder.begin(
            targets.versions, first, is_whole=owned.name not in topics.counted_from
        )
        if until is None:
            return True  # no state was ever written: the empty unit is correct
        log.info("rebuilding %s from offset %d to %d", owned.partition, first, until)
        until = min(until, (await consumer.end_offsets([source]))[source])
        await begin(consumer, [source])
        consumer.seek(source, first)
        if not await _replay(consumer, source, rebuilder, until, given_up):
            return False
    pieces = rebuilder.pieces()
    if owned.writer is not None:
        await owned.writer.write(Checkpoint(pieces, []))
    for key, value in pieces:
        if value is not None:
            owned.unit.load(key, value)
    kind = "queue" if owned.name == "calls" else "piece"
    for name in rebuilder.damaged:
        log.warning("the former state of %s was damaged: it begins with the log", f"{kind} {name}")
    log.info("rebuilt %s: %d pieces of state", owned.partition, len(pieces))
    return True


async def _replay(
    consumer: Any,
    source: TopicPartition,
    rebuilder: Rebuilder,
    until: int,
    given_up: Callable[[], bool],
) -> bool:
    logged_at = time.monotonic()
    while (position := await consumer.position(source)) < until:
        if given_up():
            return False
        if time.monotonic() - logged_at > REPEAT_EVERY_S:
            logged_at = time.monotonic()
            log.info("rebuilding %s-%d: at offset %d of %d", *source, position, until)
        fetched = await consumer.getmany(timeout_ms=POLL_MS, max_records=SLICE)
        records = [record for record in fetched.get(source, ()) if record.offset < until]
        if records:
            rebuilder.apply(records)
        await asyncio.sleep(0)
    return True
