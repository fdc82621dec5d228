"""The legs of one queue that may still change, packed by minute of their first event; cold packs stay encoded."""

from typing import NamedTuple

import msgspec
from msgspec import Struct

from schemas.millis import MINUTE
from streams.core.leg import Leg
from streams.core.verdict import Contribution, Verdict

COLD_AFTER_MS = 15 * MINUTE  # nothing open and quiet for so long: kept as bytes only

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Leg]).decode


class Entry(Struct, gc=False):
    """A leg with its verdict and with what it has been counted as.

    `moment` is the arrival by which its targets were chosen.
    """

    leg: Leg
    verdict: Verdict
    counted: tuple[Contribution, ...]
    targets_version: int
    moment: int | None

    @property
    def is_settled(self) -> bool:
        """Counted, closed, and no conversation goes on."""
        verdict = self.verdict
        if verdict.outcome == "open" or verdict.arrived_at is None:
            return False
        return verdict.outcome != "answered" or verdict.service_ended_at is not None


class Pack:
    """The legs first heard of in one minute: as entries, or as bytes with their ids."""

    __slots__ = ("cold", "entries", "ids", "last_at", "minute")

    def __init__(self, minute: int) -> None:
        self.minute = minute
        self.entries: dict[str, Entry] = {}
        self.cold: bytes | None = None
        self.ids: tuple[str, ...] = ()
        self.last_at = 0


class EvictedPack(NamedTuple):
    """A pack that left the state; legs that never could be placed are reported."""

    minute: int
    unplaced: list[Leg]


class LegStore:
    """Finds a leg by its id; says which packs changed and which may go."""

    def __init__(self) -> None:
        self.packs: dict[int, Pack] = {}
        self.touched: set[int] = set()
        self._warm: set[int] = set()  # packs that are not bytes
        self.pack_of: dict[str, Pack] = {}  # by leg id

    def put(self, entry: Entry) -> None:
        """Add or replace; a leg stays in the pack of its first event."""
        leg = entry.leg
        pack = self.pack_of.get(leg.leg_id)
        if pack is None:
            minute = leg.placed_at // MINUTE
            pack = self.packs.get(minute)
            if pack is None:
                pack = self.packs[minute] = Pack(minute)
                self._warm.add(minute)
            self.pack_of[leg.leg_id] = pack
        pack.entries[leg.leg_id] = entry
        pack.last_at = max(pack.last_at, leg.last_at)
        self.touched.add(pack.minute)

    def holds_placed(self, leg_id: str) -> bool:
        """Whether the leg is here and known to have arrived; what lies cold was counted."""
        pack = self.pack_of.get(leg_id)
        if pack is None:
            return False
        return pack.cold is not None or pack.entries[leg_id].verdict.arrived_at is not None

    def encode(self, minute: int) -> bytes | None:
        """The pack as it goes to the state topic; None when it is gone."""
        pack = self.packs.get(minute)
        if pack is None:
            return None
        if pack.cold is not None:
            return pack.cold
        return _encode([entry.leg for entry in pack.entries.values()])

    def chill(self, watermark: int) -> None:
        """Keep packs in which nothing is open any more as bytes."""
        for minute in self._warm - self.touched:
            pack = self.packs[minute]
            if pack.last_at + COLD_AFTER_MS < watermark and all(
                entry.is_settled for entry in pack.entries.values()
            ):
                pack.cold = self.encode(pack.minute)
                pack.ids = tuple(pack.entries)
                pack.entries = {}
                self._warm.discard(minute)

    def thaw(self, pack: Pack) -> list[Leg]:
        """The legs of a cold pack, to be judged again by the caller; the pack is warm afterwards."""
        legs = _decode(pack.cold or b"\x90")
        pack.cold = None
        pack.ids = ()
        self._warm.add(pack.minute)
        return legs

    def evict(self, older_than: int) -> list[EvictedPack]:
        """Drop packs with nothing open whose newest fact lies before `older_than`."""
        gone = []
        limit = older_than // MINUTE
        for minute in [minute for minute in self.packs if minute < limit]:
            pack = self.packs[minute]
            if pack.last_at >= older_than:
                continue
            waiting = [e for e in pack.entries.values() if not e.is_settled]
            if any(entry.verdict.arrived_at is not None for entry in waiting):
                continue
            gone.append(EvictedPack(minute, [entry.leg for entry in waiting]))
            for leg_id in pack.ids or tuple(pack.entries):
                del self.pack_of[leg_id]
            del self.packs[minute]
            self._warm.discard(minute)
            self.touched.add(minute)
        return gone

    def is_forgotten(self, leg_id: str, older_than: int) -> bool:
        """Whether the leg left the state, or would have if none of its minute stayed.

        Else who happened to call in the same minute would decide what a late fact still changes.
        """
        pack = self.pack_of.get(leg_id)
        if pack is None:
            return True
        entry = pack.entries.get(leg_id)
        if entry is None:  # cold: settled
            return any(
                leg.last_at < older_than
                for leg in _decode(pack.cold or b"\x90")
                if leg.leg_id == leg_id
            )
        if entry.verdict.arrived_at is not None and not entry.is_settled:
            return False
        return entry.leg.last_at < older_than

    @staticmethod
    def decode(data: bytes) -> list[Leg]:
        return _decode(data)
