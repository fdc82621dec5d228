"""Finds partitions that make no progress although records are ahead, and fetches these again."""

import logging
from collections.abc import Awaitable, Callable

from streams.wiring.consumer import Partition

CHECK_EVERY_S = 1.0
CHECKS_BEFORE_SEEK = 5  # under a backlog a partition waits some seconds for its turn

log = logging.getLogger(__name__)


class TailWatchdog:
    """Needed for a fetch that is lost at the end of a log: no later record shows the hole."""

    def __init__(
        self,
        highwater: Callable[[Partition], int | None],
        seek: Callable[[Partition, int], Awaitable[None]],
    ) -> None:
        self._highwater = highwater
        self._seek = seek
        # The next offset at the newest check, and how many checks in a row found no progress there.
        self._stalled: dict[Partition, tuple[int, int]] = {}
        self.seeks = 0

    @property
    def stalled_s(self) -> float:
        """Seconds without progress of the partition that has stalled longest."""
        checks = max((checks for _, checks in self._stalled.values()), default=0)
        return checks * CHECK_EVERY_S

    async def check(self, positions: dict[Partition, int]) -> None:
        """Call it every `CHECK_EVERY_S`. `positions` are next offsets; empty while no seek is allowed."""
        self._stalled = {
            partition: (offset, self._checks(partition, offset))
            for partition, offset in positions.items()
        }
        for partition, (offset, checks) in list(self._stalled.items()):
            if checks and checks % CHECKS_BEFORE_SEEK == 0:
                self.seeks += 1
                log.info(
                    "%s: records ahead and no progress: fetching from %d again", partition, offset
                )
                await self._seek(partition, offset)

    def _checks(self, partition: Partition, offset: int) -> int:
        if (self._highwater(partition) or 0) <= offset:
            return 0
        before, checks = self._stalled.get(partition, (-1, 0))
        return checks + 1 if before == offset else 0
