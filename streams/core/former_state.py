"""What release 0.1.0 wrote as state: lists by position, without a header. Read, never written.

The names are those of that release, and must not follow later changes of the structs.
"""

from typing import Any

import msgspec
from msgspec import Struct

from schemas.agents import RosterEntry
from streams.core.alerting import AlertStage

COUNTERS: tuple[str, ...] = (
    "offered", "answered", "abandoned", "exited", "transferred", "callback", "dropped", "ghost",
    "answered_in_target", "abandoned_in_target", "short_abandoned", "rejected", "out_of_hours",
    "missed_offers", "service_ended", "service_timed", "wrap_timed", "answer_wait_ms",
    "abandon_wait_ms", "talk_hold_ms", "wrap_ms",
)  # fmt: skip
LEG_FIELDS: tuple[str, ...] = (
    "leg_id", "placed_at", "source", "key_at", "version", "known_at", "last_at", "contact_id",
    "channel", "direction", "caller", "topic", "area", "priority", "replay", "queued_at",
    "derived_arrival_at", "answered_at", "agent", "answer_wait_ms", "exits", "resumed_at", "ended_at",
    "ended_by", "end_wait_ms", "talk_ms", "hold_ms", "held", "unheld", "wrap_started_at",
    "wrap_ended_at", "offers", "missed", "missed_extra", "cancelled", "disposition", "disposition_at",
    "closed_at", "closed_as", "closed_reason", "service_closed_at", "overtaken", "conflict", "seen_at",
)  # fmt: skip


class FormerSourceClock(Struct, array_like=True):
    clock: int
    appended_at: int
    ended: bool = False
    replay: bool = False


class FormerCursor(Struct, array_like=True):
    """The piece `calls|cursor`."""

    next_offset: int
    epoch: int
    appended_at: int
    sources: dict[str, FormerSourceClock]
    reconciling: dict[str, tuple[int, list[str]]]
    results: dict[str, int]
    reasons: dict[str, int]
    targets_version: int
    restarts: dict[str, list[int] | int]  # a single number: only the newest restart was kept
    passed: dict[str, int] = {}


class FormerDay(Struct, array_like=True):
    start: int
    end: int
    counts: list[int]


class FormerProgress(Struct, array_like=True):
    stage: AlertStage = "inactive"
    onset_at: int = 0
    fired_at: int = 0
    calm_since: int | None = None


class FormerQueue(Struct, array_like=True):
    """A piece `calls|queue|QUEUE`."""

    sources: list[str]
    added: list[int]
    reversed: list[int]
    boundary: int | None
    waiting: int
    in_service: int
    days: list[FormerDay]
    progress: dict[str, FormerProgress]
    cut_at: int | None
    cut_emitted: bool
    cut_stale: bool
    replay: bool
    replay_shift_ms: int = 0


class FormerAgentsCursor(Struct, array_like=True):
    """The piece `agents|cursor`."""

    next_offset: int
    epoch: int
    results: dict[str, int]
    reasons: dict[str, int]


decode_agent = msgspec.msgpack.Decoder(RosterEntry).decode  # a map by names already in 0.1.0
decode_cursor = msgspec.msgpack.Decoder(FormerCursor).decode
decode_queue = msgspec.msgpack.Decoder(FormerQueue).decode
decode_buckets = msgspec.msgpack.Decoder(dict[int, list[int]]).decode
decode_legs = msgspec.msgpack.Decoder(list[list[Any]]).decode
decode_agents_cursor = msgspec.msgpack.Decoder(FormerAgentsCursor).decode
