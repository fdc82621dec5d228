"""The stays of single callers of the last 26 hours, by call and by caller. Pure: records of topic `legs` are passed in.

A partition of the stream knows its own queues alone, so no unit of it could say what a caller went through in others;
topic `legs` has the newest version of each stay of every queue within 0.25 s. Nothing is added to the stream's state.
"""

from collections.abc import Iterator
from sys import intern

from msgspec import Struct

from schemas.calls import Channel, Direction
from schemas.codec import decode_as
from schemas.identity import leg_key
from schemas.legs import LegRow, Outcome
from schemas.millis import HOUR
from schemas.timing import AHEAD_OF_BROKER_MS

REACH_MS = 26 * HOUR  # a business day of 25 hours, when clocks change, and what was told late
MOST = 100_000  # about 100 MB; of a busier day the oldest are forgotten, and `known_since` says so
_NEVER = 2**62

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

    @property
    def is_gave_up(self) -> bool:
        """Whether somebody may want to be rung back: rang us in opening hours, and hung up, but not at once."""
        return (
            self.outcome == "abandoned"
            and self.is_call_in
            and not (self.short or self.out_of_hours)
            and self.left_at is not None
        )

    @property
    def with_us_until(self) -> int:
        """Until when the caller was with us by this stay: still is, or rang us, or was reached; 0 if none of it.

        Being refused at the door helps nobody, and neither does ringing back in vain.
        """
        if self.outcome == "rejected" or not (self.is_call_in or self.outcome == "answered"):
            return 0
        return _NEVER if self.left_at is None else self.left_at


class Stays:
    """`known_since`: every stay that began since then is known; None while the topic is being read."""

    def __init__(self) -> None:
        self.known_since: int | None = None
        self._forget_all()

    def _forget_all(self) -> None:
        self._stays: dict[Key, Stay] = {}  # the one told of longest ago first
        # Tuples of keys: nearly all hold one, and a dict for each took three times the memory.
        self._of_caller: dict[str, tuple[Key, ...]] = {}
        self._of_contact: dict[str, tuple[Key, ...]] = {}
        self._of_leg: dict[str, tuple[Key, ...]] = {}
        # By queue, those who gave up there and were not with us since: kept, since looking through all callers for
        # each board would take longer than the time between two boards.
        self._gone: dict[str, dict[Key, None]] = {}

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
        key = (intern(row.queue), *leg_key(row.leg_id, intern(row.source), row.key_at))
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
        found = [
            stay
            for stay in self._those(self._of_leg.get(leg_id, ()))
            if stay.queue == queue and stay.arrived_at == arrived_at
        ]
        return found[0] if len(found) == 1 else None

    def of_call(self, stay: Stay) -> list[Stay]:
        """All stays of its call, this one too, in order of arrival."""
        if not stay.contact_id:
            return [stay]
        node = stay.key[2]
        alike = self._those(self._of_contact.get(stay.contact_id, ()))
        return [each for each in alike if each.key[2] == node]

    def of_caller(self, caller: str) -> list[Stay]:
        """All stays of the token, in order of arrival; of an unknown caller ("") none."""
        return self._those(self._of_caller.get(caller, ()))

    def gone(self, queue: str) -> Iterator[Stay]:
        """Stays of the queue whose caller gave up there and was not with us since, in any queue; and those of callers
        who are not known.
        """
        return (self._stays[key] for key in self._gone.get(queue, ()))

    def _those(self, keys: tuple[Key, ...]) -> list[Stay]:
        found = [self._stays[key] for key in keys]
        if len(found) > 1:
            found.sort(key=lambda each: (each.arrived_at, each.key))
        return found

    def _add(self, stay: Stay) -> None:
        key = stay.key
        self._stays[key] = stay
        self._of_leg[key[1]] = (*self._of_leg.get(key[1], ()), key)
        if stay.contact_id:
            self._of_contact[stay.contact_id] = (*self._of_contact.get(stay.contact_id, ()), key)
        if stay.caller:
            self._of_caller[stay.caller] = (*self._of_caller.get(stay.caller, ()), key)
            self._look_for_gone(stay.caller)
        elif stay.is_gave_up:
            self._gone.setdefault(stay.queue, {})[key] = None

    def _remove(self, stay: Stay) -> None:
        key = stay.key
        del self._stays[key]
        self._gone.get(stay.queue, {}).pop(key, None)
        _drop(self._of_leg, key[1], key)
        _drop(self._of_contact, stay.contact_id, key)
        _drop(self._of_caller, stay.caller, key)
        if stay.caller:
            self._look_for_gone(stay.caller)

    def _look_for_gone(self, caller: str) -> None:
        """Whoever was with us after giving up is not gone: so it is the last of a caller's stays, if any."""
        stays = [self._stays[key] for key in self._of_caller.get(caller, ())]
        last = max((each.with_us_until for each in stays), default=0)
        for each in stays:
            if each.is_gave_up and each.left_at == last:
                self._gone.setdefault(each.queue, {})[each.key] = None
            elif each.outcome == "abandoned":
                self._gone.get(each.queue, {}).pop(each.key, None)


def _drop(index: dict[str, tuple[Key, ...]], name: str, key: Key) -> None:
    if not name:
        return
    left = tuple(each for each in index[name] if each != key)
    if left:
        index[name] = left
    else:
        del index[name]


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
