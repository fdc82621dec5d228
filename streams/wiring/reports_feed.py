"""Feeds the unit of `reports`, which belongs to whichever worker owns the first partition of `calls`.

Its input is written in transactions: markers occupy offsets, so a missing offset means nothing, and the consumer
of the group, which checks that none is missing, cannot read it. A reader of its own goes by positions, from the
cursor of the unit on, and loses nothing in between.
"""

import asyncio

from aiokafka import TopicPartition

from streams.plumbing.fetch_wait import FetchWait
from streams.plumbing.topic_reading import reader
from streams.wiring.consumer import Partition
from streams.wiring.options import REPORTS, StreamOptions
from streams.wiring.reading import FETCH_WAIT_MS, SLICE
from streams.wiring.telemetry import Telemetry
from streams.wiring.units import OwnedUnit, Units

POLL_MS = 500  # records end a turn at once; a unit that is new is seen after one without any


class ReportsFeed:
    """`behind`: committed records that the unit has not applied, as of the newest fetch."""

    def __init__(self, options: StreamOptions, units: Units, telemetry: Telemetry) -> None:
        self._options = options
        self._units = units
        self._telemetry = telemetry
        self._partition = Partition(options.topic(REPORTS), 0)
        self._input = TopicPartition(self._partition.topic, self._partition.number)
        self.behind = 0

    async def run(self) -> None:
        """Read until cancelled; whenever the unit is another object, from its cursor on."""
        async with reader(self._options.bootstrap, fetch_wait_ms=FETCH_WAIT_MS) as consumer:
            followed: OwnedUnit | None = None
            wait = FetchWait(FETCH_WAIT_MS)
            while True:
                owned = self._units.get(self._partition)
                if owned is None:
                    followed, self.behind = None, 0
                    await asyncio.sleep(POLL_MS / 1000)
                    continue
                if owned is not followed:
                    # No await in between: aiokafka would reset the position.
                    consumer.assign([self._input])
                    consumer.seek(self._input, owned.next_offset)
                    followed = owned
                fetched = await consumer.getmany(timeout_ms=POLL_MS, max_records=SLICE)
                records = fetched.get(self._input, [])
                wait.took(consumer, len(records))
                if records and self._units.get(self._partition) is owned:
                    owned.apply_committed(records)
                    self._telemetry.count_chunk(owned.name, len(records), len(records))
                    await self._units.checkpoint_early(owned)
                end = consumer.last_stable_offset(self._input) or 0
                self.behind = max(0, end - await consumer.position(self._input))
