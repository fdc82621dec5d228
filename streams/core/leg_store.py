"""The legs of one queue that may still change, in packs by the minute of their first event.

A pack is warm (entries) or cold (encoded bytes, which need less memory).
"""

from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct

from schemas.millis import MINUTE
from streams.core.calls_pieces import decode_own_legs, encode_legs
from streams.core.leg import Leg
from streams.core.verdict import Verdict

COLD_AFTER_MS = 15 * MINUTE  # a pack with no open leg and no fact for so long becomes cold


class Entry(Struct, gc=False):
    """A leg with the verdict by which it is counted. Line and store share one object as long as the leg
    is warm, so that a change is made in one place.
    """

    leg: Leg
    verdict: Verdict
    targets_version: int

    @property
    def is_settled(self) -> bool:
        """Counted, closed, and no conversation goes on."""
        verdict = self.verdict
        if verdict.outcome == "open" or verdict.arrived_at is None:
            return False
        return verdict.outcome != "answered" or verdict.service_ended_at is not None


class Pack:
    """The legs whose first event is of one minute: as entries in that order, or as bytes with their ids."""

    __slots__ = ("cold", "entries", "ids", "last_at", "minute")

    def __init__(self, minute: int) -> None:
        self.minute = minute
        self.entries: list[Entry] = []
        self.cold: bytes | None = None
        self.ids: tuple[str, ...] = ()
        self.last_at = 0

    def cold_legs(self) -> list[Leg]:
        """The legs of a cold pack; empty for a warm one."""
        return decode_own_legs(self.cold) if self.cold is not None else []


class EvictedPack(NamedTuple):
    """A pack that left the state. `unplaced`: its legs whose arrival never became known."""

    minute: int
    unplaced: list[Leg]


class LegStore:
    """Finds a leg by its id; makes packs cold and evicts them."""

    def __init__(self, unwritten: set[int]) -> None:
        """The number of each minute whose pack changed or was evicted is added to `unwritten`."""
        self.packs: dict[int, Pack] = {}  # by minute
        self._unwritten = unwritten
        self.entry_of: dict[str, Entry] = {}  # by leg id
        self.cold_of: dict[str, Pack] = {}  # by leg id, of cold packs
        self._warm: set[int] = set()  # minutes of warm packs

    def add(self, entry: Entry, judged: Callable[[Leg], Entry]) -> None:
        """Add a leg that is not here yet; call `touch` as well. `judged`: as for `thaw`.

        The pack of a call that is reported over 15 minutes late may be cold: without the thaw the leg
        would not be written, and a restart would lose it.
        """
        leg = entry.leg
        minute = leg.placed_at // MINUTE
        pack = self.packs.get(minute)
        if pack is None:
            pack = self.packs[minute] = Pack(minute)
            self._warm.add(minute)
        elif pack.cold is not None:
            self.thaw(pack, judged)
        pack.entries.append(entry)
        self.entry_of[leg.leg_id] = entry

    def touch(self, leg: Leg) -> None:
        """The leg has changed: its pack will be written at the next checkpoint."""
        minute = leg.placed_at // MINUTE
        pack = self.packs[minute]
        if leg.last_at > pack.last_at:
            pack.last_at = leg.last_at
        self._unwritten.add(minute)

    def holds_placed(self, leg_id: str) -> bool:
        """Whether the leg is here and its arrival is known, as it is of every leg in a cold pack."""
        entry = self.entry_of.get(leg_id)
        if entry is None:
            return leg_id in self.cold_of
        return entry.verdict.arrived_at is not None

    def encode(self, minute: int) -> bytes | None:
        """The pack as it goes to the state topic; None when it is gone."""
        pack = self.packs.get(minute)
        if pack is None:
            return None
        if pack.cold is not None:
            return pack.cold
        return encode_legs([entry.leg for entry in pack.entries])

    def chill(self, watermark: int) -> None:
        """Make warm packs without an open leg cold."""
        before = watermark - COLD_AFTER_MS
        for minute in self._warm - self._unwritten:
            pack = self.packs[minute]
            if pack.last_at < before and all(entry.is_settled for entry in pack.entries):
                self._warm.discard(minute)
                pack.cold = self.encode(minute)
                pack.ids = tuple(entry.leg.leg_id for entry in pack.entries)
                pack.entries = []
                for leg_id in pack.ids:
                    del self.entry_of[leg_id]
                    self.cold_of[leg_id] = pack

    def thaw(self, pack: Pack, judged: Callable[[Leg], Entry]) -> None:
        """Make a cold pack warm again; `judged` gives a leg the verdict by which it was counted."""
        pack.entries = [judged(leg) for leg in pack.cold_legs()]
        pack.cold = None
        pack.ids = ()
        self._warm.add(pack.minute)
        for entry in pack.entries:
            del self.cold_of[entry.leg.leg_id]
            self.entry_of[entry.leg.leg_id] = entry

    def evict(self, older_than: int) -> list[EvictedPack]:
        """Evict packs without an open leg whose newest fact lies before `older_than`."""
        gone = []
        limit = older_than // MINUTE
        for minute in [minute for minute in self.packs if minute < limit]:
            pack = self.packs[minute]
            if pack.last_at >= older_than:
                continue
            waiting = [entry for entry in pack.entries if not entry.is_settled]
            if any(entry.verdict.arrived_at is not None for entry in waiting):
                continue
            gone.append(EvictedPack(minute, [entry.leg for entry in waiting]))
            for leg_id in pack.ids:
                del self.cold_of[leg_id]
            for entry in pack.entries:
                del self.entry_of[entry.leg.leg_id]
            del self.packs[minute]
            self._warm.discard(minute)
            self._unwritten.add(minute)
        return gone

    def is_forgotten(self, leg_id: str, older_than: int) -> bool:
        """Whether the leg left the state, or stays only because another leg keeps its pack.

        Both are treated alike: else it would depend on the other callers of the same minute whether a late
        fact is still counted.
        """
        entry = self.entry_of.get(leg_id)
        if entry is not None:
            if entry.verdict.arrived_at is not None and not entry.is_settled:
                return False
            return entry.leg.last_at < older_than
        pack = self.cold_of.get(leg_id)  # settled
        return pack is None or any(
            leg.last_at < older_than for leg in pack.cold_legs() if leg.leg_id == leg_id
        )
