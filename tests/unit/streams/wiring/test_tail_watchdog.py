"""The tail watchdog seeks where a partition makes no progress, and only there."""

from streams.wiring.consumer import Partition
from streams.wiring.tail_watchdog import (
    CHECK_EVERY_S,
    CHECKS_BEFORE_SEEK,
    MOST_CHECKS_BEFORE_SEEK,
    TailWatchdog,
)

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


async def test_each_wait_at_one_offset_is_twice_as_long_up_to_a_bound() -> None:
    """A starved worker threw away at each seek what it had fetched, so that it never applied any of it."""
    watchdog = TailWatchdog({QUIET: 10}.get, nothing)
    assert await sought_at(watchdog, 7, 140) == [5, 15, 35, 65, 95, 125]
    assert MOST_CHECKS_BEFORE_SEEK * CHECK_EVERY_S == 125 - 95
    assert await sought_at(watchdog, 8, 17) == [5, 15]  # it has moved: as at the beginning


async def nothing(_: Partition, __: int) -> None:
    """A seek."""


async def sought_at(watchdog: TailWatchdog, offset: int, checks: int) -> list[int]:
    """The numbers of the checks in which it sought."""
    found = []
    for number in range(checks):
        before = watchdog.seeks
        await watchdog.check({QUIET: offset})
        found += [number] * (watchdog.seeks - before)
    return found
