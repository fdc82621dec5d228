"""The piece of state that says where a unit of `calls` stands."""

import msgspec
from msgspec import Struct

from streams.core.watermark import SourceClock


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


encode_cursor = msgspec.msgpack.Encoder().encode
decode_cursor = msgspec.msgpack.Decoder(Cursor).decode
