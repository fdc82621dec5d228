"""Waits, before a file is sent, until history knows what was sent before it.

What the archive has not read yet is new to `AskArchive`: a file that leaves a column out would take it back, as if nobody had told it.
"""

from typing import TextIO

from producers.handing_over import WallClock
from schemas.groups import archive_group, stream_group
from schemas.millis import SECOND
from schemas.topics import topic_name
from streams.admin.broker import AdminError
from streams.admin.drain import Stage, wait_for_reader

_LANDED_WITHIN_MS = 20 * SECOND
_UNTOLD_S = 2.0  # a stream and an archive that keep up are never further behind


def wait_until_landed(bootstrap: str, namespace: str, clock: WallClock, stream: TextIO) -> str:
    """What lags after 20 s; empty once the archive has what was sent before. `stream` is told when it takes longer than a moment, and
    when it cannot be learnt: then nothing is waited for.
    """
    until = clock.now() + _LANDED_WITHIN_MS
    try:
        for stage in _stages(namespace):
            behind = wait_for_reader(bootstrap, stage, _UNTOLD_S)
            if behind is not None:
                print(
                    f"queuewatch: waiting until history knows what was sent before: {behind}",
                    file=stream,
                )
                left_s = max(0, until - clock.now()) / SECOND
                behind = wait_for_reader(bootstrap, stage, left_s)
            if behind is not None:
                return str(behind)
    except AdminError as error:
        print(
            "queuewatch: whether history knows what was sent before could not be learnt, so it was not waited for:"
            f" {error}",
            file=stream,
        )
    return ""


def _stages(namespace: str) -> tuple[Stage, ...]:
    """The stream is first: what it writes is there once it has committed what it read. A withdrawal changes what history knows, too."""

    def names(*topics: str) -> tuple[str, ...]:
        return tuple(topic_name(each, namespace) for each in topics)

    return (
        Stage("stream", stream_group(namespace), names("calls")),
        Stage("archive", archive_group(namespace), names("legs", "deliveries")),
    )
