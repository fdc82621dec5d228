"""Rebuilds the state of one partition of `calls` from the records that the topic still holds.

Rule 1: outputs up to the former cursor are dropped, since they were written before. Alerts that were open
at the cursor stay as they were; none is decided again.
Rule 2: totals never decrease. If the log is complete they come from it, but are at least what was exported;
if its beginning has expired the former totals are kept.
Rule 3: legs get the versions that they had before, also those that were judged again by new targets.
"""

from msgspec import DecodeError
from msgspec.structs import replace

from schemas.targets import TargetsVersion
from schemas.topics import is_decision, offset_of
from streams.core.calls_pieces import (
    CURSOR,
    LEGS,
    PREFIX,
    QUEUE,
    Cursor,
    Piece,
    encode_legs,
    keep,
    known_names,
    read_cursor,
    read_legs,
    read_queue,
)
from streams.core.calls_unit import CallsUnit
from streams.core.leg import key_of
from streams.core.state_format import Names, NewerFormatError, encode_piece
from streams.core.unit import Record

_UNREADABLE = (DecodeError, NewerFormatError, ValueError)


class DamagedError(Exception):
    """The cursor cannot be read, so it is not known which outputs were written. The text is one line."""


class Rebuild:
    """Life: construct, `load` every former piece, `begin`, `apply` records up to `until`, `pieces`."""

    def __init__(self, unit: CallsUnit) -> None:
        self._unit = unit
        self._former: dict[bytes, bytes] = {}
        self._made: dict[bytes, bytes] = {}
        self._cursor: Cursor | None = None
        self._is_whole = True
        self.damaged: list[str] = []  # former pieces of queues that could not be read

    def load(self, key: bytes, value: bytes | None) -> None:
        if key.startswith(PREFIX):
            keep(self._former, key, value)

    def begin(
        self, versions: list[TargetsVersion], first_offset: int, *, is_whole: bool = True
    ) -> int | None:
        """The offset up to which records are to be applied; None when there is no state yet.

        `is_whole`: false where earlier records of these queues are in other partitions.
        """
        if CURSOR not in self._former:
            return None
        try:
            self._cursor = read_cursor(self._former[CURSOR])
        except DecodeError as error:
            raise DamagedError(
                f"the cursor of calls-{self._unit.partition} is damaged: {error}; up to where it was"
                " counted is lost with it: delete topic `state`, and all that `calls` holds is counted"
                " and written anew"
            ) from None
        self._is_whole = is_whole and first_offset == 0
        self._unit.set_targets(versions)
        self._unit.start(first_offset)
        return self._cursor.next_offset

    def apply(self, records: list[Record]) -> None:
        self._unit.apply(records)
        self._take()

    def pieces(self) -> list[Piece]:
        """What the state topic is to hold, former pieces that are gone as None; the cursor last."""
        self._take()
        self._made[CURSOR] = self._cursor_piece()
        names = {**self._former_names(), **known_names(self._made)}
        for key, value in self._former.items():
            if key.startswith(QUEUE):
                self._carry_queue(key, value, names)
            elif key.startswith(LEGS) and key in self._made:
                self._made[key] = _with_decisions(self._made[key], value, names)
        gone: list[Piece] = [(key, None) for key in self._former.keys() - self._made.keys()]
        cursor = self._made.pop(CURSOR)
        return [*gone, *self._made.items(), (CURSOR, cursor)]

    def _take(self) -> None:
        checkpoint = self._unit.checkpoint()
        if checkpoint is None:
            return
        for key, value in checkpoint.pieces:
            keep(self._made, key, value)
        self._unit.commit_done()

    def _cursor_piece(self) -> bytes:
        former = self._cursor
        if former is None:
            raise RuntimeError("pieces are asked of a rebuild that did not begin")
        cursor = read_cursor(self._made[CURSOR])  # a unit that has just started writes one
        return encode_piece(replace(cursor, results=former.results, reasons=former.reasons))

    def _former_names(self) -> Names:
        """Empty if they are damaged: then the pieces that refer to them cannot be read either."""
        try:
            return known_names(self._former)
        except _UNREADABLE:
            return {}

    def _carry_queue(self, key: bytes, value: bytes, names: Names) -> None:
        try:
            former = read_queue(value, names)
        except _UNREADABLE:
            self.damaged.append(key[len(QUEUE) :].decode())
            return
        if key not in self._made:  # the log has no event of this queue any more
            empty = replace(former, waiting=0, in_service=0, progress={})
            self._made[key] = encode_piece(empty)
            return
        made = read_queue(self._made[key], names)
        added, taken_back = former.added, former.reversed
        if self._is_whole:
            net = [a - r for a, r in zip(made.added, made.reversed, strict=True)]
            added = [max(pair) for pair in zip(former.added, made.added, strict=True)]
            taken_back = [a - n for a, n in zip(added, net, strict=True)]
        self._made[key] = encode_piece(
            replace(made, added=added, reversed=taken_back, progress=former.progress)
        )


def _with_decisions(made: bytes, former: bytes, names: Names) -> bytes:
    """The pack, in which legs that were judged again keep their former versions: the log has no record of
    that judgement.
    """
    try:
        held = {key_of(leg): leg for leg in read_legs(former, names)}
    except _UNREADABLE:
        return made
    legs = read_legs(made, names)
    for leg in legs:
        before = held.get(key_of(leg))
        if (
            before is not None
            and is_decision(before.version)
            and offset_of(before.version) >= offset_of(leg.version)
        ):
            leg.version, leg.known_at = before.version, before.known_at
    return encode_legs(legs)
