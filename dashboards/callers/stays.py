"""The stays of single callers of the last 26 hours, by call and by caller. Pure: records of topic `legs` are passed in.

A partition of the stream knows its own queues alone, so no unit of it could say what a caller went through in others;
topic `legs` has the newest version of each stay of every queue within 0.25 s. Nothing is added to the stream's state.
"""

from collections.abc import Iterator

from msgspec import Struct

from schemas.calls import Channel, Direction
from schemas.codec import decode_as
from schemas.identity import leg_key
from schemas.legs import LegRow, Outcome
from schemas.millis import HOUR
from schemas.timing import AHEAD_OF_BROKER_MS

REACH_MS = 26 * HOUR  # a business day of 25 hours, when clocks change, and what was told late
MOST = 300_000  # about 150 MB; of a busier day the oldest are forgotten, and `known_since` says so

Key = tuple[str, str, str, int]  # queue and LegKey (schemas.identity)
Call = tuple[str, str] | Key  # node and contact; of a stay that tells no contact, the stay


class Stay(Struct, frozen=True, gc=False):
    """One stay of one caller in one queue, as its newest version tells it. `known_at`: the broker's time of that."""

    key: Key
    contact_id: str
    caller: str
    channel: Channel
    direction: Direction
    outcome: Outcome
    reason: str
    arrived_at: int
    left_at: int | None
    wait_ms: int | None
    missed_offers: int
    short: bool
    out_of_hours: bool
    version: int
    known_at: int

    @property
    def queue(self) -> str:
        return self.key[0]

    @property
    def call(self) -> Call:
        """Stays of one node and contact are one call."""
        return (self.key[2], self.contact_id) if self.contact_id else self.key

    @property
    def is_call_in(self) -> bool:
        """Whether the caller rang us: neither did we ring, nor is it a call back."""
        return self.direction == "inbound" and self.channel == "voice"


class Stays:
    """`known_since`: every stay that began since then is known; None while the topic is being read."""

    def __init__(self) -> None:
        self.known_since: int | None = None
        self._forget_all()

    def _forget_all(self) -> None:
        self._stays: dict[Key, Stay] = {}  # the one told of longest ago first
        self._of_caller: dict[str, dict[Key, None]] = {}
        self._of_call: dict[Call, dict[Key, None]] = {}
        self._of_leg: dict[tuple[str, str], dict[Key, None]] = {}
        self._abandoned: dict[str, dict[Key, None]] = {}

    def __len__(self) -> int:
        return len(self._stays)

    def begin(self) -> None:
        """The topic is read again from some time on."""
        self.known_since = None
        self._forget_all()

    def whole(self, since: int) -> None:
        """All records since then are read. What they tell may lie a little ahead of their own time."""
        if self.known_since is None:
            self.known_since = since + AHEAD_OF_BROKER_MS

    def take(self, value: bytes) -> bool:
        """Take one record; True when it changed something. UndecodableError.

        What is sent in as history tells of no caller of now.
        """
        row = decode_as(LegRow, value)
        if row.feed != "live":
            return False
        key = (row.queue, *leg_key(row.leg_id, row.source, row.key_at))
        old = self._stays.get(key)
        if old is not None:
            if old.version > row.version:
                return False
            self._remove(old)
        self._add(_stay(key, row))
        return True

    def forget(self, now: int) -> None:
        """Forget what was told of longest ago, where it is too old or too much."""
        before = now - REACH_MS
        while self._stays:
            oldest = next(iter(self._stays.values()))
            is_too_much = len(self._stays) > MOST
            if oldest.known_at >= before and not is_too_much:
                break
            self._remove(oldest)
            if is_too_much:
                before = max(before, oldest.known_at + 1)
        if self.known_since is not None:
            self.known_since = max(self.known_since, before + AHEAD_OF_BROKER_MS)

    def of_leg(self, queue: str, leg_id: str, arrived_at: int) -> Stay | None:
        """The stay that a snapshot names; None if it is not known, or if two nodes use the id at once."""
        keys = self._of_leg.get((queue, leg_id), ())
        found = [self._stays[key] for key in keys if self._stays[key].arrived_at == arrived_at]
        return found[0] if len(found) == 1 else None

    def of_call(self, stay: Stay) -> list[Stay]:
        """All stays of its call, this one too, in order of arrival."""
        return self._sorted(self._of_call[stay.call])

    def of_caller(self, caller: str) -> list[Stay]:
        """All stays of the token, in order of arrival; of an unknown caller ("") none."""
        return self._sorted(self._of_caller.get(caller, {}))

    def abandoned(self, queue: str) -> Iterator[Stay]:
        """Stays of the queue whose caller hung up."""
        return (self._stays[key] for key in self._abandoned.get(queue, ()))

    def _sorted(self, keys: dict[Key, None]) -> list[Stay]:
        return sorted(
            (self._stays[key] for key in keys), key=lambda each: (each.arrived_at, each.key)
        )

    def _add(self, stay: Stay) -> None:
        self._stays[stay.key] = stay
        for index, name in self._indexes(stay):
            index.setdefault(name, {})[stay.key] = None

    def _remove(self, stay: Stay) -> None:
        del self._stays[stay.key]
        for index, name in self._indexes(stay):
            del index[name][stay.key]
            if not index[name]:
                del index[name]

    def _indexes(self, stay: Stay) -> Iterator[tuple[dict[object, dict[Key, None]], object]]:
        """Where the stay is found, each with the name under which."""
        indexes: list[tuple[object, object]] = [
            (self._of_call, stay.call),
            (self._of_leg, (stay.queue, stay.key[1])),
        ]
        if stay.caller:
            indexes.append((self._of_caller, stay.caller))
        if stay.outcome == "abandoned":
            indexes.append((self._abandoned, stay.queue))
        yield from indexes  # type: ignore[misc]  # dicts of several kinds of names


def _stay(key: Key, row: LegRow) -> Stay:
    return Stay(
        key=key,
        contact_id=row.contact_id,
        caller=row.caller,
        channel=row.channel,
        direction=row.direction,
        outcome=row.outcome,
        reason=row.reason,
        arrived_at=row.arrived_at,
        left_at=row.left_at,
        wait_ms=row.wait_ms,
        missed_offers=row.missed_offers,
        short=row.short,
        out_of_hours=row.out_of_hours,
        version=row.version,
        known_at=row.known_at,
    )
