"""Waits until the stream has judged every leg that it holds by a version of the targets.

The cursor of each partition in topic `state` says by which version; the same transaction wrote the legs that were judged
again.
"""

import time

from msgspec import DecodeError

from schemas.topics import topic_name
from streams.admin.broker import AdminError, consumer, partitions_of
from streams.core.calls_pieces import CURSOR, read_cursor
from streams.core.state_format import NewerFormatError

_POLL_MS = 200


def wait_until_taken(bootstrap: str, namespace: str, version: int, timeout_s: float) -> None:
    """AdminError if a partition is not there within that time."""
    topic = topic_name("state", namespace)
    deadline = time.monotonic() + timeout_s
    with consumer(bootstrap) as client:
        partitions = partitions_of(client, topic)
        taken = dict.fromkeys(partitions, -1)
        client.assign(partitions)
        client.seek_to_beginning(*partitions)
        while min(taken.values()) < version:
            for partition, records in client.poll(timeout_ms=_POLL_MS).items():
                for record in records:
                    if record.key == CURSOR and record.value is not None:
                        taken[partition] = _version(record.value, topic)
            if time.monotonic() > deadline:
                missing = sum(each < version for each in taken.values())
                raise AdminError(
                    f"the stream has not taken version {version} of the targets within"
                    f" {timeout_s:g} s ({missing} of {len(taken)} partitions): is `queuewatch stream`"
                    " running?"
                )


def _version(value: bytes, topic: str) -> int:
    try:
        return read_cursor(value).targets_version
    except (DecodeError, NewerFormatError) as error:
        raise AdminError(f"{topic}: {error}") from None
