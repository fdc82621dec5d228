"""Pieces of state of a unit of `calls`: their keys, their content, and how they are read.

`calls|cursor`; `calls|queue|QUEUE`; `calls|buckets|QUEUE|MINUTE` and `calls|legs|QUEUE|MINUTE`;
`calls|names|TAG` (streams.core.state_format).
"""

from collections.abc import Mapping

import msgspec
from msgspec import Struct, field

from schemas.counters import COUNTERS
from streams.core import former_state
from streams.core.agent_minutes import AgentMinutes
from streams.core.alerting import Progress
from streams.core.leg import Leg
from streams.core.queue_days import Day
from streams.core.state_format import (
    FORMAT,
    Names,
    encode_names,
    encode_piece,
    format_of,
    names_under,
    read_names,
    rearranged,
    tag_of,
)
from streams.core.watermark import SourceClock
from streams.core.windows import Bucket

PREFIX = b"calls|"
CURSOR = PREFIX + b"cursor"
QUEUE = PREFIX + b"queue|"
BUCKETS = PREFIX + b"buckets|"
LEGS = PREFIX + b"legs|"
NAMES = PREFIX + b"names|"

Piece = tuple[bytes, bytes | None]  # None deletes it

_LEG_FIELDS: tuple[str, ...] = Leg.__struct_fields__
_LEG_DEFAULTS = (None,) * (
    len(_LEG_FIELDS) - len(Leg.__struct_defaults__)
) + Leg.__struct_defaults__
_ZEROS = (0,) * len(COUNTERS)
_COUNTERS_TAG, _LEG_TAG = tag_of(COUNTERS), tag_of(_LEG_FIELDS)
OWN_NAMES: Names = {_COUNTERS_TAG: COUNTERS, _LEG_TAG: _LEG_FIELDS}


class Cursor(Struct, gc=False):
    """The piece `calls|cursor`: the next input offset, and what is known of the sources."""

    format: int
    next_offset: int
    epoch: int
    appended_at: int
    sources: dict[str, SourceClock]
    # By source, of those that began and are not complete: since when, and the legs named so far.
    platform_snapshots: dict[str, tuple[int, list[str]]]
    results: dict[str, int]  # applied, duplicate, quarantined: records since the state began
    reasons: dict[str, int]  # quarantined records by reason
    targets_version: int  # the newest version by which legs in state were counted
    restarts: dict[str, list[int]]
    passed: dict[str, int]  # by queue: the boundary up to which time passed with nothing computed
    # By queue, of those that are idle and whose boundary is not that of their clock: it is in no other piece.
    boundaries: dict[str, int] = {}


class QueueState(Struct, gc=False):
    """The piece `calls|queue|QUEUE`: the state of a queue without its legs and buckets."""

    format: int
    counters: int  # tag of the names of all counts in this piece
    sources: list[str]
    added: list[int]
    reversed: list[int]
    boundary: int | None
    waiting: int
    in_service: int
    days: list[Day]
    progress: dict[str, Progress]
    cut_at: int | None
    cut_emitted: bool
    cut_stale: bool
    replay: bool
    replay_shift_ms: int
    agent_minutes: AgentMinutes = field(default_factory=AgentMinutes)
    ends: dict[str, list[int]] = {}  # by rule: when its alert ended lately
    arrived_before: int | None = None  # former releases did not keep it
    knows_topics: bool = False
    knows_callers: bool = False
    knows_contacts: bool = False


class _BucketsPiece(Struct, gc=False):
    format: int
    counters: int
    buckets: dict[int, Bucket]


class _LegsPiece(Struct, gc=False):
    format: int
    fields: int
    legs: msgspec.Raw


class _OwnLegs(Struct, gc=False):
    """The same with the fields of this release: its legs are decoded in one pass."""

    format: int
    fields: int
    legs: list[Leg]


_decode_cursor = msgspec.msgpack.Decoder(Cursor).decode
_decode_queue = msgspec.msgpack.Decoder(QueueState).decode
_decode_buckets = msgspec.msgpack.Decoder(_BucketsPiece).decode
_decode_legs_piece = msgspec.msgpack.Decoder(_LegsPiece).decode
_decode_own_legs = msgspec.msgpack.Decoder(_OwnLegs).decode
_decode_rows = msgspec.msgpack.Decoder(list[list[object]]).decode


# How these pieces of this release begin, up to their content: such a one is decoded in one pass.
_OWN_LEGS = encode_piece(_OwnLegs(FORMAT, _LEG_TAG, []))[:-1]
_OWN_BUCKETS = encode_piece(_BucketsPiece(FORMAT, _COUNTERS_TAG, {}))[:-1]


def names_pieces() -> list[Piece]:
    """The lists of names that pieces of this release refer to."""
    return [(NAMES + b"%d" % tag, encode_names(names)) for tag, names in OWN_NAMES.items()]


def known_names(pieces: Mapping[bytes, bytes]) -> dict[int, tuple[str, ...]]:
    """The lists of names among these pieces, and those of this release."""
    found = {tag_of(names): names for names in map(read_names, _under(pieces, NAMES))}
    return {**found, **OWN_NAMES}


def _under(pieces: Mapping[bytes, bytes], prefix: bytes) -> list[bytes]:
    return [value for key, value in pieces.items() if key.startswith(prefix)]


def read_cursor(value: bytes) -> Cursor:
    if format_of(value) > 1:
        return _decode_cursor(value)
    former = former_state.decode_cursor(value)
    return Cursor(
        format=FORMAT,
        next_offset=former.next_offset,
        epoch=former.epoch,
        appended_at=former.appended_at,
        sources={
            name: SourceClock(each.clock, each.appended_at, each.ended, each.replay)
            for name, each in former.sources.items()
        },
        platform_snapshots=former.reconciling,
        results=former.results,
        reasons=former.reasons,
        targets_version=former.targets_version,
        restarts={
            source: known if isinstance(known, list) else [known]
            for source, known in former.restarts.items()
        },
        passed=former.passed,
    )


def encode_queue(  # noqa: PLR0913 - the parts of a queue, each with its name
    *,
    sources: list[str],
    added: list[int],
    reversed: list[int],  # noqa: A002 - a counter's word
    boundary: int | None,
    waiting: int,
    in_service: int,
    days: list[Day],
    progress: dict[str, Progress],
    cut_at: int | None,
    cut_emitted: bool,
    cut_stale: bool,
    replay: bool,
    replay_shift_ms: int,
    agent_minutes: AgentMinutes,
    ends: dict[str, list[int]],
    arrived_before: int | None,
    knows_topics: bool,
    knows_callers: bool,
    knows_contacts: bool,
) -> bytes:
    return encode_piece(
        QueueState(
            FORMAT,
            _COUNTERS_TAG,
            sources,
            added,
            reversed,
            boundary,
            waiting,
            in_service,
            days,
            progress,
            cut_at,
            cut_emitted,
            cut_stale,
            replay,
            replay_shift_ms,
            agent_minutes,
            ends,
            arrived_before,
            knows_topics,
            knows_callers,
            knows_contacts,
        )
    )


def read_queue(value: bytes, names: Names) -> QueueState:
    """The piece with its counts in this release's order."""
    if format_of(value) == 1:
        return _former_queue(value)
    state = _decode_queue(value)
    if state.counters != _COUNTERS_TAG:
        written = names_under(state.counters, names)
        state.added, state.reversed = (
            _counts(state.added, written),
            _counts(state.reversed, written),
        )
        for day in state.days:
            day.counts = _counts(day.counts, written)
        state.counters = _COUNTERS_TAG
    return state


def _former_queue(value: bytes) -> QueueState:
    former, written = former_state.decode_queue(value), former_state.COUNTERS
    return QueueState(
        format=FORMAT,
        counters=_COUNTERS_TAG,
        sources=former.sources,
        added=_counts(former.added, written),
        reversed=_counts(former.reversed, written),
        boundary=former.boundary,
        waiting=former.waiting,
        in_service=former.in_service,
        days=[Day(each.start, each.end, _counts(each.counts, written)) for each in former.days],
        progress={
            rule: Progress(each.stage, each.onset_at, each.fired_at, each.calm_since)
            for rule, each in former.progress.items()
        },
        cut_at=former.cut_at,
        cut_emitted=former.cut_emitted,
        cut_stale=former.cut_stale,
        replay=former.replay,
        replay_shift_ms=former.replay_shift_ms,
    )


def encode_buckets(buckets: dict[int, Bucket]) -> bytes:
    return encode_piece(_BucketsPiece(FORMAT, _COUNTERS_TAG, buckets))


def read_buckets(value: bytes, names: Names) -> dict[int, Bucket]:
    """The buckets of one minute by their start, counts in this release's order."""
    if value.startswith(_OWN_BUCKETS):
        return _decode_buckets(value).buckets
    if format_of(value) == 1:
        buckets, written = former_state.decode_buckets(value), former_state.COUNTERS
    else:
        piece = _decode_buckets(value)
        buckets, written = piece.buckets, names_under(piece.counters, names)
    return {start: _counts(bucket, written) for start, bucket in buckets.items()}


def _counts(values: list[int], written: tuple[str, ...]) -> list[int]:
    return rearranged(values, written, COUNTERS, _ZEROS)


def encode_legs(legs: list[Leg]) -> bytes:
    return encode_piece(_OwnLegs(FORMAT, _LEG_TAG, legs))


def decode_own_legs(value: bytes) -> list[Leg]:
    """The legs from bytes that `encode_legs` of this process made."""
    return _decode_own_legs(value).legs


def own_legs(value: bytes) -> bytes | None:
    """The piece where `decode_own_legs` can read it, too: a pack may stay as it is."""
    return value if value.startswith(_OWN_LEGS) else None


def read_legs(value: bytes, names: Names) -> list[Leg]:
    """The legs of one minute, whichever release wrote them."""
    if value.startswith(_OWN_LEGS):
        return _decode_own_legs(value).legs
    if format_of(value) == 1:
        rows, written = former_state.decode_legs(value), former_state.LEG_FIELDS
    else:
        piece = _decode_legs_piece(value)
        rows, written = _decode_rows(piece.legs), names_under(piece.fields, names)
    return [
        msgspec.convert(rearranged(row, written, _LEG_FIELDS, _LEG_DEFAULTS), Leg) for row in rows
    ]


def keep(pieces: dict[bytes, bytes], key: bytes, value: bytes | None) -> None:
    """Keep the newest value of each piece while the records of the state topic are read in order."""
    if value is None:
        pieces.pop(key, None)
    else:
        pieces[key] = value
