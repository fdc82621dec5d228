"""Waits, before a file is sent, until history knows what was sent before it.

What the archive has not read yet is new to `AskArchive`: a file that leaves a column out would take it back, as if nobody had told it.
"""

from functools import partial
from typing import TextIO

from producers.handing_over import WallClock
from schemas.counted import counted
from schemas.millis import SECOND
from streams.admin.broker import AdminError
from streams.admin.drain import Stage, stage_of_archive, stage_of_stream, wait_while_it_reads

_STILL_S = 20.0  # of a reader that reads nothing: it is stopped, or cannot write
_FIRST_TOLD_MS = 2 * SECOND  # a stream and an archive that keep up are never further behind
_TOLD_EVERY_MS = 20 * SECOND


def wait_until_landed(bootstrap: str, namespace: str, clock: WallClock, stream: TextIO) -> str:
    """What lags and has not moved for 20 s; empty once the archive has what was sent before. `stream` is told when it takes longer
    than a moment, and when it cannot be learnt: then nothing is waited for.
    """
    told = _Told(clock, stream)
    try:
        for stage in _stages(namespace):
            tell = partial(told.lag, stage.reader)
            if behind := wait_while_it_reads(bootstrap, stage, _STILL_S, tell):
                return str(behind)
    except AdminError as error:
        print(
            "queuewatch: whether history knows what was sent before could not be learnt, so it was not waited for:"
            f" {error}",
            file=stream,
        )
    return ""


class _Told:
    """Says now and then how much there still is: a large file before this one takes minutes."""

    def __init__(self, clock: WallClock, stream: TextIO) -> None:
        self._clock, self._stream = clock, stream
        self._next_at = clock.now() + _FIRST_TOLD_MS

    def lag(self, reader: str, before: int) -> None:
        if not before or self._clock.now() < self._next_at:
            return
        self._next_at = self._clock.now() + _TOLD_EVERY_MS
        lag = f"{reader} lags by {counted(before, 'records')}"
        print(
            f"queuewatch: waiting until history knows what was sent before: {lag}",
            file=self._stream,
        )


def _stages(namespace: str) -> tuple[Stage, ...]:
    """The stream is first: what it writes is there once it has committed what it read. A withdrawal changes what history knows, too."""
    return (
        stage_of_stream(namespace, ("calls",)),
        stage_of_archive(namespace, ("legs", "deliveries")),
    )
