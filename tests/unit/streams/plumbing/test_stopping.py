"""A process that works until it is told to stop."""

import asyncio
import os
import signal

import pytest

from streams.plumbing.stopping import until_signal


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_cancels_the_work_and_waits_for_its_end(number: signal.Signals) -> None:
    seen: list[str] = []

    async def work() -> None:
        try:
            os.kill(os.getpid(), number)
            await asyncio.sleep(60)
        finally:
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.05)
            seen.append("tidied up")

    await until_signal(work())
    assert seen == ["tidied up"]


async def test_an_error_of_the_work_is_raised() -> None:
    async def work() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await until_signal(work())
