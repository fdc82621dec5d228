"""Topic `quarantine`: what could not be counted, with its bytes (masked), its place and the reason."""

from typing import Literal, get_args

from msgspec import Struct

DecodeReason = Literal[
    "not_json", "too_large", "unknown_type", "missing_field", "wrong_type", "out_of_range",
]  # fmt: skip
StreamReason = Literal[
    "ahead_of_broker", "too_old", "internal_error",
]  # fmt: skip
InputReason = Literal["bad_row", "unknown_line"]  # refused by a producer before sending
ArchiveReason = Literal["refused_by_archive"]
Reason = DecodeReason | StreamReason | InputReason | ArchiveReason
REASONS: tuple[str, ...] = (
    *get_args(DecodeReason), *get_args(StreamReason), *get_args(InputReason), *get_args(ArchiveReason),
)  # fmt: skip


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
