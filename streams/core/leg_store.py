"""The legs of one queue that may still change, in packs by the minute of their first event.

A pack is warm (entries) or cold (encoded bytes, which need less memory).
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from msgspec import Struct

from schemas.calls import FinishedLeg, LegFact, Queued
from schemas.identity import LegKey, leg_key, node_of
from schemas.millis import MINUTE, SECOND
from streams.core.calls_pieces import decode_own_legs, encode_legs
from streams.core.leg import Leg, arrival, key_of
from streams.core.verdict import Verdict, is_over

COLD_AFTER_MS = 15 * MINUTE  # a pack with no open leg and no fact for so long becomes cold


class Entry(Struct, gc=False):
    """A leg with the verdict by which it is counted. Line and store share one object as long as the leg
    is warm, so that a change is made in one place.
    """

    leg: Leg
    verdict: Verdict
    targets_version: int
    key: LegKey  # of the leg; computed once, as it is asked for several times an event

    @property
    def is_settled(self) -> bool:
        """Counted, closed, and no conversation goes on."""
        verdict = self.verdict
        if verdict.outcome == "open" or verdict.arrived_at is None:
            return False
        return verdict.outcome != "answered" or verdict.service_ended_at is not None


def entry_of(leg: Leg, verdict: Verdict, targets_version: int) -> Entry:
    return Entry(leg, verdict, targets_version, key_of(leg))


class Pack:
    """The legs whose first event is of one minute: as entries in that order, or as bytes with their keys."""

    __slots__ = ("cold", "entries", "keys", "last_at", "minute")

    def __init__(self, minute: int) -> None:
        self.minute = minute
        self.entries: list[Entry] = []
        self.cold: bytes | None = None
        self.keys: tuple[LegKey, ...] = ()
        self.last_at = 0

    def cold_legs(self) -> list[Leg]:
        """The legs of a cold pack; empty for a warm one."""
        return decode_own_legs(self.cold) if self.cold is not None else []


class EvictedPack(NamedTuple):
    """A pack that left the state, with the keys of its legs. `unplaced`: those whose arrival never became known."""

    minute: int
    keys: tuple[LegKey, ...]
    unplaced: list[Leg]


class LegStore:
    """Finds the leg of an event; makes packs cold and evicts them."""

    def __init__(self, unwritten: set[int]) -> None:
        """The number of each minute whose pack changed or was evicted is added to `unwritten`."""
        self.packs: dict[int, Pack] = {}  # by minute
        self._unwritten = unwritten
        self.entry_of: dict[LegKey, Entry] = {}
        self.cold_of: dict[LegKey, Pack] = {}  # of cold packs
        self._nodes: set[str] = set()  # that began a leg here
        self._visited_nodes: set[str] = set()  # that began one with a visit
        # The keys with a visit, by id; made when it is first asked for, since most sources tell visits always or never.
        self._visited: dict[str, set[LegKey]] | None = None
        self.node_of: dict[str, str] = {}  # by source, of those that were asked for
        self._warm: set[int] = set()  # minutes of warm packs

    def add(self, entry: Entry, judged: Callable[[Leg], Entry]) -> None:
        """Add a leg that is not here yet: its pack will be written at the next checkpoint. `judged`: as for `thaw`.

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
        if leg.last_at > pack.last_at:
            pack.last_at = leg.last_at
        self._unwritten.add(minute)
        self._note_key(entry)

    def restore(self, legs: list[Leg], piece: bytes | None, judged: Callable[[Leg], Entry]) -> None:
        """Legs of one minute from the state; `piece` as for `QueueMonitor.restore_legs`. Call `thaw_since` when all are in.

        A pack of calls that are over stays bytes: to judge all calls of an hour was a third of the time until figures were live.
        """
        minute = legs[0].placed_at // MINUTE if legs else 0
        is_one = all(leg.placed_at // MINUTE == minute for leg in legs) and minute not in self.packs
        if piece is None or not is_one or not all(map(is_over, legs)):
            for leg in legs:
                self.add(judged(leg), judged)
            return
        pack = self.packs[minute] = Pack(minute)
        pack.cold, pack.keys = piece, tuple(map(key_of, legs))
        pack.last_at = max((leg.last_at for leg in legs), default=0)
        for key in pack.keys:
            self.cold_of[key] = pack
            self._note_nodes(key)

    def thaw_since(self, last_at: int, judged: Callable[[Leg], Entry]) -> None:
        """Make the packs warm of which the newest fact is of that time or later: facts come for them, and the line shows them."""
        for pack in self.packs.values():
            if pack.cold is not None and pack.last_at >= last_at:
                self.thaw(pack, judged)

    def move_to_node_of(self, entry: Entry, leg: Leg) -> None:
        """The leg, begun by what another source told, is of the node of `leg`, its next state. It is warm: its arrival
        was not known.
        """
        del self.entry_of[entry.key]
        self._forget_key(entry.key)
        entry.key = key_of(leg)
        self._note_key(entry)

    def _note_key(self, entry: Entry) -> None:
        self.entry_of[entry.key] = entry
        self._note_nodes(entry.key)

    def _note_nodes(self, key: LegKey) -> None:
        leg_id, node, visit = key
        self._nodes.add(node)
        if visit:
            self._visited_nodes.add(node)
            if self._visited is not None:
                self._visited.setdefault(leg_id, set()).add(key)

    def _forget_key(self, key: LegKey) -> None:
        if self._visited is not None and key[2]:
            keys = self._visited[key[0]]
            keys.discard(key)
            if not keys:
                del self._visited[key[0]]

    def touch(self, leg: Leg) -> None:
        """The leg has changed: its pack will be written at the next checkpoint."""
        minute = leg.placed_at // MINUTE
        pack = self.packs[minute]
        if leg.last_at > pack.last_at:
            pack.last_at = leg.last_at
        self._unwritten.add(minute)

    def find(self, event: LegFact) -> LegKey:
        """The key of the leg that the event is about: of one that is here, else of the one that it begins.

        Several sources may tell of one call (a telephone system and its agents' desktops). What a source
        says of an id that it has not said to queue is about the only leg that another source knows by it.
        """
        node = self.node_of.get(event.source) or self._noted_node(event.source)
        own = self._key_at(event, node)
        if self._holds(own) or isinstance(event, FinishedLeg):
            return own
        found = [self._key_at(event, each) for each in self._nodes if each != node]
        found = [key for key in found if self._holds(key)]
        if isinstance(event, Queued):
            found = [
                key for key in found if all(leg.queued_at is None for leg in self._legs_of(key))
            ]
        return found[0] if len(found) == 1 else own

    def is_unknown(self, key: LegKey) -> bool:
        """Whether no leg that is here can be the one which `queued` begins under this key, of whichever node it is."""
        leg_id, own, visit = key
        nodes = self._nodes
        if not visit and len(nodes) == 1 and own in nodes:  # mostly; the rest says the same
            return key not in self.entry_of and key not in self.cold_of
        for node in nodes:
            plain = leg_id, node, 0
            if plain in self.entry_of or plain in self.cold_of:
                return False
            if visit and self._holds((leg_id, node, visit)):
                return False
        return True

    def _noted_node(self, source: str) -> str:
        """The node of a source, kept: a source tells of many legs."""
        node = self.node_of[source] = node_of(source)
        return node

    def _key_at(self, event: LegFact, node: str) -> LegKey:
        """The key of the event's leg if that is of this node."""
        if event.visit_at is not None:
            key = (event.leg_id, node, event.visit_at // SECOND)
            if self._holds(key):
                return key
            # A leg that was begun without a visit: by a former release, or by another event of the call.
            plain = (event.leg_id, node, 0)
            return plain if key[2] in self._visits_of(plain) else key
        plain = (event.leg_id, node, 0)
        if isinstance(event, Queued | FinishedLeg) or self._holds(plain):
            return plain
        return self._present_visit(event, node) or plain

    def _present_visit(self, event: LegFact, node: str) -> LegKey | None:
        """The key of the one visit that an event without a visit can be about: agents' desktops seldom know of visits.

        It is the only stay of that id which still waits or talks; if none does, the only one of which something was told in
        the last 15 minutes. None where there are several: nothing is guessed.
        """
        if node not in self._visited_nodes:
            return None
        if self._visited is None:
            self._visited = {}
            for key in (*self.entry_of, *self.cold_of):
                if key[2]:
                    self._visited.setdefault(key[0], set()).add(key)
        going, lately = [], []
        for key in self._visited.get(event.leg_id, ()):
            entry = self.entry_of.get(key)
            if key[1] != node:
                continue
            if entry is not None and not entry.is_settled:
                going.append(key)
            elif any(event.at - leg.last_at < COLD_AFTER_MS for leg in self._legs_of(key)):
                lately.append(key)
        found = going or lately
        return found[0] if len(found) == 1 else None

    def _holds(self, key: LegKey) -> bool:
        return key in self.entry_of or key in self.cold_of

    def holds_placed(self, event: FinishedLeg) -> bool:
        """Whether the live feed has told of this finished leg already, and its arrival is known.

        A leg without a visit is the same if the two stays overlap: one call waits once at a time.
        """
        key = leg_key(event.leg_id, event.source, began_at(event))
        plain = (key[0], key[1], 0)
        for each in (key, plain):
            entry = self.entry_of.get(each)
            if entry is not None and not entry.is_settled:
                return entry.verdict.arrived_at is not None
        if self._holds(key):
            return True
        return any(overlaps(leg, event) for leg in self._legs_of(plain))

    def _visits_of(self, key: LegKey) -> list[int]:
        return [leg.key_at // SECOND for leg in self._legs_of(key)]

    def _legs_of(self, key: LegKey) -> list[Leg]:
        """The leg of that key; in a cold pack it is decoded for the question."""
        if (entry := self.entry_of.get(key)) is not None:
            return [entry.leg]
        pack = self.cold_of.get(key)
        return [] if pack is None else [leg for leg in pack.cold_legs() if key_of(leg) == key]

    def encode(self, minute: int) -> bytes | None:
        """The pack as it goes to the state topic; None when it is gone."""
        pack = self.packs.get(minute)
        if pack is None:
            return None
        if pack.cold is not None:
            return pack.cold
        return encode_legs([entry.leg for entry in pack.entries])

    def warm_entries(self) -> Iterator[Entry]:
        """Every leg with a fact of the last 15 minutes, and some more; those that began last come first, by the minute."""
        for minute in sorted(self._warm, reverse=True):
            yield from self.packs[minute].entries

    def chill(self, watermark: int) -> None:
        """Make warm packs without an open leg cold."""
        before = watermark - COLD_AFTER_MS
        for minute in self._warm - self._unwritten:
            pack = self.packs[minute]
            if pack.last_at < before and all(entry.is_settled for entry in pack.entries):
                self._warm.discard(minute)
                pack.cold = self.encode(minute)
                pack.keys = tuple(entry.key for entry in pack.entries)
                pack.entries = []
                for key in pack.keys:
                    del self.entry_of[key]
                    self.cold_of[key] = pack

    def thaw(self, pack: Pack, judged: Callable[[Leg], Entry]) -> None:
        """Make a cold pack warm again; `judged` gives a leg the verdict by which it was counted."""
        pack.entries = [judged(leg) for leg in pack.cold_legs()]
        pack.cold = None
        pack.keys = ()
        self._warm.add(pack.minute)
        for entry in pack.entries:
            del self.cold_of[entry.key]
            self.entry_of[entry.key] = entry

    def cold_packs(self, node: str, upto: int) -> list[Pack]:
        """The cold packs with a leg of that node of which the first event lies before `upto` (ms)."""
        return [
            pack
            for pack in self.packs.values()
            if pack.cold is not None
            and pack.minute * MINUTE < upto
            and any(key[1] == node for key in pack.keys)
        ]

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
            keys = pack.keys or tuple(entry.key for entry in pack.entries)
            gone.append(EvictedPack(minute, keys, [entry.leg for entry in waiting]))
            found = self.entry_of if pack.cold is None else self.cold_of
            for key in keys:
                del found[key]
                self._forget_key(key)
            del self.packs[minute]
            self._warm.discard(minute)
            self._unwritten.add(minute)
        return gone

    def is_forgotten(self, key: LegKey, older_than: int) -> bool:
        """Whether the leg left the state, or stays only because another leg keeps its pack.

        Both are treated alike: else it would depend on the other callers of the same minute whether a late
        fact is still counted.
        """
        entry = self.entry_of.get(key)
        if entry is not None:
            if entry.verdict.arrived_at is not None and not entry.is_settled:
                return False
            return entry.leg.last_at < older_than
        legs = self._legs_of(key)  # settled
        return not legs or any(leg.last_at < older_than for leg in legs)


def began_at(event: LegFact) -> int:
    """When the stay began that the event is about; of an event of one moment, that moment at the latest."""
    if event.visit_at is not None:
        return event.visit_at
    return event.arrived_at if isinstance(event, FinishedLeg) else event.at


def overlaps(leg: Leg, event: FinishedLeg) -> bool:
    """Whether the stay of a placed leg and that of a finished one share a moment."""
    arrived_at = arrival(leg)
    return arrived_at is not None and arrived_at <= event.at and event.arrived_at <= leg.last_at
