"""An asyncio process that works until it is told to stop."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import Any


async def until_signal(work: Coroutine[Any, Any, None]) -> None:
    """Do `work` until it ends, or until SIGTERM or Ctrl-C cancels it; its errors are raised here."""
    task = asyncio.create_task(work)

    def stop() -> None:
        if not task.cancelling():  # a second signal must not interrupt the clean-up
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    with contextlib.suppress(asyncio.CancelledError):
        await task
