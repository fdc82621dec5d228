"""Ctrl-C and SIGTERM end a long-running producer cleanly: it delivers what it has and prints a summary."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from producers.pace import StoppableClock


@contextmanager
def stopped_by_signals(clock: StoppableClock) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM stops `clock`; a second one ends the process at once."""
    before: dict[signal.Signals, Any] = {}

    def stop(_number: int, _frame: object) -> None:
        clock.stop()
        for number in before:
            signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
