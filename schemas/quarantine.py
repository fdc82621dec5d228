"""Topic `quarantine`: what could not be counted, with its bytes (masked), its place and the reason.

Rule 1: a record in quarantine is never changed or deleted; a second record says what was done about it.
Rule 2: `origin`, `position` and `reason` identify an entry; a replay that fails again has the same three.
"""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

from msgspec import Struct

DecodeReason = Literal[
    "not_json",
    "too_large",
    "unknown_type",
    "missing_field",
    "wrong_type",
    "out_of_range",
    "caller_in_clear",
]
StreamReason = Literal[
    "ahead_of_broker",
    "too_old",
    "too_many_queues",
    "too_many_sources",
    "internal_error",
]
InputReason = Literal["bad_row", "unknown_line"]  # refused by a producer before sending
ArchiveReason = Literal["refused_by_archive"]
Reason = DecodeReason | StreamReason | InputReason | ArchiveReason
REASONS: tuple[str, ...] = (
    *get_args(DecodeReason),
    *get_args(StreamReason),
    *get_args(InputReason),
    *get_args(ArchiveReason),
)


REPLAY_HEADER = "queuewatch-replay"  # header of a record that was sent again: its first place
_PLACE = re.compile(rb"([a-z]+-\d{1,9}):(\d{1,18})")


class Handled(Struct, frozen=True, gc=False, omit_defaults=True):
    """What somebody did about an entry, and when."""

    what: Literal["replayed", "dropped"]
    at: int
    note: str = ""  # why it was dropped
    # The offset of the replay in the input topic: a refusal at or after it is a newer one.
    sent_as: int = -1


class Quarantined(Struct, frozen=True, gc=False, omit_defaults=True):
    """`origin` is `topic-partition` or a file's name; `position` the offset or the line number."""

    origin: str
    position: int
    reason: Reason
    detail: str
    known_at: int
    original: str  # masked text, cut at 4,000 characters; bytes that are not UTF-8 are escaped
    original_key: str = ""
    source: str = ""
    delivery: str = ""  # the delivery of the file that it is a row of (schemas.deliveries)
    live: bool = False  # a line of a platform that is followed: somebody may mend it now
    sent_as: int = -1  # the offset of the replay that was refused; -1 if it is no replay
    handled: Handled | None = None  # set in the second record of an entry: what was done about it


class FirstPlace(NamedTuple):
    """Where a record was when it first went to quarantine. `sent_as`: offset of a replay, else -1."""

    origin: str
    position: int
    sent_as: int


def first_place(origin: str, offset: int, headers: Iterable[tuple[str, bytes]]) -> FirstPlace:
    """The place that identifies a refused record; of a replay the place of the original record."""
    for name, value in headers:
        told = _PLACE.fullmatch(value) if name == REPLAY_HEADER else None
        if told and told[1].decode() == origin:  # a replay stays in its partition
            return FirstPlace(origin, int(told[2]), offset)
    return FirstPlace(origin, offset, -1)
