"""One partition of `agents`: each agent's newest state for the roster, and closed spells."""

import msgspec
from msgspec import Struct

from schemas.agents import AgentState, RosterEntry, Spell, shown_state
from schemas.calls import Tick
from schemas.codec import UndecodableError, decode_agent, encode
from schemas.millis import format_duration
from schemas.quarantine import Reason
from schemas.targets import TargetsVersion
from schemas.timing import AHEAD_OF_BROKER_MS
from schemas.topics import DECISION_BITS, version_of
from streams.core import former_state
from streams.core.quarantining import quarantined
from streams.core.state_format import FORMAT, encode_piece, format_of
from streams.core.unit import Checkpoint, Output, Record, reading_piece

_PREFIX = b"agents|"
CURSOR = _PREFIX + b"cursor"
AGENT = _PREFIX + b"agent|"


class _SpellFacts(Struct, frozen=True, gc=False):
    """An open spell. It has a row only if it is still open at the checkpoint; most end before."""

    entry: RosterEntry
    version: int
    known_at: int


class Cursor(Struct, gc=False):
    """The piece `agents|cursor`."""

    format: int
    next_offset: int
    epoch: int
    results: dict[str, int]
    reasons: dict[str, int]


class _AgentPiece(Struct, gc=False):
    """A piece `agents|agent|ID`."""

    format: int
    entry: RosterEntry


_decode_cursor = msgspec.msgpack.Decoder(Cursor).decode
_decode_agent = msgspec.msgpack.Decoder(_AgentPiece).decode


class AgentsUnit:
    """Satisfies streams.core.unit.Unit. A state older than the one known is a late duplicate."""

    def __init__(self, partition: int, epoch: int) -> None:
        self.partition = partition
        self.epoch = epoch
        self._first_version = version_of(epoch, 0)  # a version is this and a shifted offset
        self.next_offset: int | None = None
        self.results = {"applied": 0, "duplicate": 0, "quarantined": 0}
        self.reasons: dict[str, int] = {}
        self._entries: dict[str, RosterEntry] = {}
        self._touched: dict[str, RosterEntry] = {}
        self._spells: dict[str, _SpellFacts] = {}  # begun since the last checkpoint, by agent
        self._outputs: list[Output] = []
        self._heard = False  # anything but ticks since the last checkpoint
        self._durable_next: int | None = None

    def apply(self, records: list[Record]) -> None:
        for record in records:
            try:
                result = self._apply_one(record)
            except Exception as error:  # noqa: BLE001 - a bug in one event must not stop the unit
                result = self._set_aside(
                    record, "internal_error", f"{type(error).__name__}: {error}"
                )
            self.results[result] += 1
        self.next_offset = records[-1].offset + 1

    def _apply_one(self, record: Record) -> str:
        try:
            event = decode_agent(record.value or b"")
        except UndecodableError as error:
            return self._set_aside(record, error.reason, error.detail)
        ahead = event.at - record.timestamp
        if ahead > AHEAD_OF_BROKER_MS:
            detail = f"{format_duration(ahead)} ahead of the broker's clock"
            return self._set_aside(record, "ahead_of_broker", detail, event.source)
        self._heard |= not isinstance(event, Tick)
        if not isinstance(event, AgentState):
            return "applied"
        return "applied" if self._state(event, record) else "duplicate"

    def _state(self, event: AgentState, record: Record) -> bool:
        agent, since, known_at = event.agent, event.since, record.timestamp
        version = self._first_version + (record.offset << DECISION_BITS)
        known = self._entries.get(agent)
        entry = RosterEntry(
            agent,
            version,
            event.source,
            event.routing_state,
            event.activity,
            event.reason,
            since,
            event.at,
            event.queues,
            event.replay,
            event.not_ready_queues,
        )
        if known is not None and _is_late(entry, known):
            return False
        if known is not None and _is_same(known, entry):
            entry = msgspec.structs.replace(entry, since=known.since)
        else:
            if known is not None:
                self._end(known, version, known_at, since)
            self._spells[agent] = _SpellFacts(entry, version, known_at)
        self._entries[agent] = self._touched[agent] = entry
        return True

    def _end(self, entry: RosterEntry, version: int, known_at: int, at: int) -> None:
        """Write the last row of a spell at once: made at the checkpoint, it took four times as long.

        A spell of no length gets no row: the next spell begins at the same instant and replaces it.
        """
        if entry.since != at:
            self._outputs.append(_row(entry, version, known_at, at))

    def _set_aside(self, record: Record, reason: Reason, detail: str, source: str = "") -> str:
        row = quarantined(f"agents-{self.partition}", record, reason, detail, source)
        self._outputs.append(Output("quarantine", record.key or b"", encode(row)))
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        return "quarantined"

    @property
    def is_pressing(self) -> bool:
        return bool(self._heard or self._outputs or self._touched)

    def checkpoint(self) -> Checkpoint | None:
        if self.next_offset is None or self.next_offset == self._durable_next:
            return None
        pieces: list[tuple[bytes, bytes | None]] = []
        outputs, self._outputs, self._heard = self._outputs, [], False
        for agent, entry in self._touched.items():
            key = agent.encode()
            pieces.append((AGENT + key, encode_piece(_AgentPiece(FORMAT, entry))))
            outputs.append(Output("roster", key, encode(entry)))
        outputs += [
            _row(facts.entry, facts.version, facts.known_at, None)
            for facts in self._spells.values()
        ]
        self._touched, self._spells = {}, {}
        cursor = Cursor(FORMAT, self.next_offset, self.epoch, self.results, self.reasons)
        pieces.append((CURSOR, encode_piece(cursor)))
        self._durable_next = self.next_offset
        return Checkpoint(pieces, outputs)

    def commit_done(self) -> None:
        """Nothing to do: no figure of agents is shown as of the last commit."""

    def load(self, key: bytes, value: bytes | None) -> None:
        if value is None or not key.startswith(_PREFIX):
            return
        with reading_piece(key):
            if key == CURSOR:
                cursor = read_cursor(value)
                self.next_offset = self._durable_next = cursor.next_offset
                self.results, self.reasons = cursor.results, cursor.reasons
            elif key.startswith(AGENT):
                self._entries[key[len(AGENT) :].decode()] = _read_agent(value)

    def start(self, first_offset: int) -> None:
        if self.next_offset is None:
            self.next_offset = first_offset

    def set_targets(self, versions: list[TargetsVersion]) -> None:
        """Nothing to do: agents have no targets."""


def read_cursor(value: bytes) -> Cursor:
    if format_of(value) > 1:
        return _decode_cursor(value)
    former = former_state.decode_agents_cursor(value)
    return Cursor(FORMAT, former.next_offset, former.epoch, former.results, former.reasons)


def _read_agent(value: bytes) -> RosterEntry:
    if format_of(value) > 1:
        return _decode_agent(value).entry
    return former_state.decode_agent(value)


def _is_late(entry: RosterEntry, known: RosterEntry) -> bool:
    """Whether the entry is older than the known one, or a repetition of it.

    Two different states with the same time are both taken, in the order in which they come.
    """
    if entry.at != known.at:
        return entry.at < known.at
    return (
        _is_same(known, entry)
        and entry.queues == known.queues
        and entry.not_ready_queues == known.not_ready_queues
    )


def _is_same(known: RosterEntry, entry: RosterEntry) -> bool:
    return (
        known.routing_state == entry.routing_state
        and known.activity == entry.activity
        and known.reason == entry.reason
    )


def _row(entry: RosterEntry, version: int, known_at: int, ended_at: int | None) -> Output:
    spell = Spell(
        entry.agent,
        entry.since,
        version,
        entry.source,
        shown_state(entry.routing_state, entry.activity),
        entry.routing_state,
        entry.activity,
        entry.reason,
        known_at,
        ended_at,
        entry.queues,
    )
    return Output("spells", entry.agent.encode(), encode(spell))
