"""Pieces of state of a unit of `calls`: their keys, and what stands in them.

`calls|cursor`; `calls|queue|QUEUE`; `calls|buckets|QUEUE|MINUTE` and `calls|legs|QUEUE|MINUTE`.
"""

import msgspec
from msgspec import Struct

from streams.core.queue_state import QueueState
from streams.core.watermark import SourceClock

PREFIX = b"calls|"
CURSOR = PREFIX + b"cursor"
QUEUE = PREFIX + b"queue|"
BUCKETS = PREFIX + b"buckets|"
LEGS = PREFIX + b"legs|"

Piece = tuple[bytes, bytes | None]  # None deletes it


class Cursor(Struct, gc=False, array_like=True):
    """The piece `calls|cursor`: where the unit stands, and what it knows of its sources."""

    next_offset: int
    epoch: int
    appended_at: int
    sources: dict[str, SourceClock]
    reconciling: dict[str, tuple[int, list[str]]]  # platform snapshots in progress
    results: dict[str, int]  # applied, duplicate, quarantined: records since the state began
    reasons: dict[str, int]  # of the quarantined
    targets_version: int  # the newest by which legs in state were counted
    restarts: dict[str, list[int] | int]  # one number: state of 0.1.0, which kept the newest
    passed: dict[str, int]  # boundaries that quiet queues passed without a step


encode_piece = msgspec.msgpack.Encoder().encode
decode_cursor = msgspec.msgpack.Decoder(Cursor).decode
decode_queue = msgspec.msgpack.Decoder(QueueState).decode


def keep(pieces: dict[bytes, bytes], key: bytes, value: bytes | None) -> None:
    """The newest of each piece, as records of the state topic come by."""
    if value is None:
        pieces.pop(key, None)
    else:
        pieces[key] = value
