"""The tail watchdog seeks where nothing moves, and only there."""

from faust.types import TP

from streams.wiring.watchdogs import PATIENCE, TailWatchdog

QUIET, BUSY = TP("calls", 0), TP("calls", 1)


async def test_a_partition_that_stands_before_its_end_is_fetched_again() -> None:
    sought: list[tuple[TP, int]] = []

    async def seek(tp: TP, offset: int) -> None:
        sought.append((tp, offset))

    watchdog = TailWatchdog({QUIET: 10, BUSY: 1_000}.get, seek)
    for look in range(PATIENCE + 1):
        await watchdog.look({QUIET: 7, BUSY: look})
    assert sought == [(QUIET, 7)]
    assert watchdog.seeks == 1


async def test_a_partition_at_its_end_or_revoked_is_left_alone() -> None:
    sought: list[tuple[TP, int]] = []

    async def seek(tp: TP, offset: int) -> None:
        sought.append((tp, offset))

    watchdog = TailWatchdog({QUIET: 7, BUSY: None}.get, seek)
    for _ in range(3 * PATIENCE):
        await watchdog.look({QUIET: 7, BUSY: 5})
    await watchdog.look({})
    assert sought == []
