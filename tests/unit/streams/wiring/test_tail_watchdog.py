"""The tail watchdog seeks where a partition makes no progress, and only there."""

from streams.wiring.consumer import Partition
from streams.wiring.tail_watchdog import CHECK_EVERY_S, CHECKS_BEFORE_SEEK, TailWatchdog

QUIET, BUSY = Partition("calls", 0), Partition("calls", 1)


async def test_a_partition_that_stands_before_its_end_is_fetched_again() -> None:
    sought: list[tuple[Partition, int]] = []

    async def seek(partition: Partition, offset: int) -> None:
        sought.append((partition, offset))

    watchdog = TailWatchdog({QUIET: 10, BUSY: 1_000}.get, seek)
    for check in range(CHECKS_BEFORE_SEEK + 1):
        await watchdog.check({QUIET: 7, BUSY: check})
    assert sought == [(QUIET, 7)]
    assert watchdog.seeks == 1
    assert watchdog.stalled_s == CHECKS_BEFORE_SEEK * CHECK_EVERY_S


async def test_a_partition_at_its_end_or_revoked_is_left_alone() -> None:
    sought: list[tuple[Partition, int]] = []

    async def seek(partition: Partition, offset: int) -> None:
        sought.append((partition, offset))

    watchdog = TailWatchdog({QUIET: 7, BUSY: None}.get, seek)
    for _ in range(3 * CHECKS_BEFORE_SEEK):
        await watchdog.check({QUIET: 7, BUSY: 5})
    await watchdog.check({})
    assert sought == []
    assert watchdog.stalled_s == 0
