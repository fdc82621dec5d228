"""Finds partitions that make no progress although records are ahead, and fetches these again.

A seek throws away what was fetched and not applied yet. A worker that gets too little of the processor to apply it within some
seconds would fetch the same records for ever if it sought each time, so each wait for progress at one offset is twice as long as the one before.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from streams.plumbing.backoff import pause_after
from streams.wiring.consumer import Partition

CHECK_EVERY_S = 1.0
CHECKS_BEFORE_SEEK = 5  # under a backlog a partition waits some seconds for its turn
MOST_CHECKS_BEFORE_SEEK = 30

log = logging.getLogger(__name__)


class _Stall(NamedTuple):
    """Of one partition: the next offset at the newest check, how many checks in a row found no progress there, and the seeks."""

    offset: int
    checks: int = 0
    seeks: int = 0
    seek_at: int = CHECKS_BEFORE_SEEK  # the number of checks


class TailWatchdog:
    """Needed for a fetch that is lost at the end of a log: no later record shows the hole."""

    def __init__(
        self,
        highwater: Callable[[Partition], int | None],
        seek: Callable[[Partition, int], Awaitable[None]],
    ) -> None:
        self._highwater = highwater
        self._seek = seek
        self._stalls: dict[Partition, _Stall] = {}
        self.seeks = 0

    @property
    def stalled_s(self) -> float:
        """Seconds without progress of the partition that has stalled longest."""
        checks = max((each.checks for each in self._stalls.values()), default=0)
        return checks * CHECK_EVERY_S

    async def check(self, positions: dict[Partition, int]) -> None:
        """Call it every `CHECK_EVERY_S`. `positions` are next offsets; empty while no seek is allowed."""
        self._stalls = {
            partition: self._checked(partition, offset) for partition, offset in positions.items()
        }
        for partition, stall in list(self._stalls.items()):
            if stall.checks == stall.seek_at:
                self.seeks += 1
                self._stalls[partition] = _sought(stall)
                offset = stall.offset
                log.info(
                    "%s: records ahead and no progress: fetching from %d again", partition, offset
                )
                await self._seek(partition, offset)

    def _checked(self, partition: Partition, offset: int) -> _Stall:
        before = self._stalls.get(partition)
        is_behind = (self._highwater(partition) or 0) > offset
        if before is None or not is_behind or before.offset != offset:
            return _Stall(offset)
        return before._replace(checks=before.checks + 1)


def _sought(stall: _Stall) -> _Stall:
    seeks = stall.seeks + 1
    pause = round(pause_after(seeks + 1, CHECKS_BEFORE_SEEK, MOST_CHECKS_BEFORE_SEEK))
    return stall._replace(seeks=seeks, seek_at=stall.checks + pause)
