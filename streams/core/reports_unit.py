"""The partition of `reports`: rules that look at the calls of all queues at once are decided here.

The topic has one partition: whichever queues the calls about one thing come to, they meet in one place, and what
is ordinary is learned from all of them. Its records come in transactions, so offsets are missing between them.
"""

from collections import defaultdict

import msgspec
from msgspec import Struct

from schemas.alerts import NotEvaluated
from schemas.codec import UndecodableError, decode_as, encode
from schemas.identity import node_of
from schemas.millis import HOUR, LATEST, MINUTE
from schemas.quarantine import Reason
from schemas.reports import Passed, ReportsRecord, Told
from schemas.targets import Targets, TargetsVersion
from schemas.targets_book import TargetsBook
from schemas.timing import DISORDER_MS
from schemas.topics import DECISION_BITS, version_of
from streams.core.across_queues import ToldAcross
from streams.core.decider import Asked, Decider
from streams.core.decider_catalogue import deciders
from streams.core.quarantining import quarantined
from streams.core.state_format import FORMAT, encode_piece, format_of
from streams.core.unit import Cause, Checkpoint, Output, Record, reading_piece
from streams.core.watermark import Clocks, SourceClock
from streams.core.windows import floor_step

PREFIX = b"reports|"
_CURSOR = PREFIX + b"cursor"
_FIRST_RULE = "incident"  # when it was the only one, the cursor had one boundary

# A clock that stays so far behind the newest one is not waited for any more: its source catches up after a long
# outage, and what happens now must not wait for that. Partitions that are read in turn are together again in seconds.
FAR_BEHIND_MS = HOUR
WAITED_FOR_MS = 5 * MINUTE  # by the broker's clock


class Cursor(Struct, gc=False):
    """The piece `reports|cursor`. Clocks by `PARTITION/SOURCE`."""

    format: int
    next_offset: int
    epoch: int
    results: dict[str, int]
    reasons: dict[str, int]
    clocks: dict[str, SourceClock]
    appended_at: int
    boundary: int | None  # of `incident`, for a former release
    waits_since: int | None = None  # for a clock that is far behind, by the broker's clock
    boundaries: dict[str, int] = {}  # by rule
    is_committed: bool = (
        False  # the place stands in the group of the topic, too; a former release left it out
    )


_decode_cursor = msgspec.msgpack.Decoder(Cursor).decode


class ReportsUnit:
    """Satisfies streams.core.unit.Unit."""

    def __init__(self, partition: int, epoch: int) -> None:
        self.partition = partition
        self.epoch = epoch
        self._first_version = version_of(epoch, 0)  # a version is this and a shifted offset
        self.next_offset: int | None = None
        self.results = {"applied": 0, "duplicate": 0, "quarantined": 0}
        self.reasons: dict[str, int] = {}
        self._book = TargetsBook()
        self._clocks = Clocks()
        self._waits_since: int | None = None
        self._outputs: list[Output] = []
        self._durable_next: int | None = None
        self._told_across = ToldAcross()
        self._heard: dict[str, int | None] | None = None  # by node; None: to be asked anew
        self.deciders = deciders(Asked(self._targets_at, self.heard_since))
        self._told: dict[type[Told], list[Decider]] = defaultdict(list)  # by what they take
        for decider in self.deciders.values():
            self._told[decider.told].append(decider)

    def _targets_at(self, queue: str, moment: int) -> Targets | None:
        return self._book.at(queue, moment)[0]

    def heard_since(self, node: str) -> int | None:
        """Its first clock in any partition; LATEST: none was told, None: a former release knew."""
        if self._heard is None:
            self._heard = _heard_nodes(self._clocks.sources)
        return self._heard.get(node, LATEST)

    def apply(self, records: list[Record]) -> None:
        for record in records:
            result = "applied"
            try:
                self._apply_one(record)
            except UndecodableError as error:
                result = self._set_aside(record, error.reason, error.detail)
            except Exception as error:  # noqa: BLE001 - a bug in one cell must not stop the unit
                detail = f"{type(error).__name__}: {error}"
                result = self._set_aside(record, "internal_error", detail)
            self.results[result] += 1
        self.next_offset = records[-1].offset + 1

    def _apply_one(self, record: Record) -> None:
        told: ReportsRecord = decode_as(ReportsRecord, record.value or b"")  # type: ignore[arg-type]  # a union of structs
        if not isinstance(told, Passed):
            for decider in self._told[type(told)]:
                decider.take(told)
            return
        clocks, name = self._clocks, f"{told.partition}/{told.source}"
        if told.since is not None or name not in clocks.sources:
            self._heard = None
        clocks.observe(name, told.at, record.timestamp, replay=told.replay)
        clocks.heard(name, told.since)
        version = self._first_version + (record.offset << DECISION_BITS)
        held_up = self._advance(self._passed(), Cause(version, record.timestamp))
        if told.ended:  # only then: its last clock has often not been told before
            clocks.end(name)
        if held_up:
            self._set_aside(record, "internal_error", f"counted, but {'; '.join(held_up)}")

    def _advance(self, target: int | None, cause: Cause) -> list[str]:
        """What went wrong, by rule: a bug in one must not stop the others."""
        held_up = []
        for name, decider in self.deciders.items():
            try:
                decider.advance(target, cause)
            except Exception as error:  # noqa: BLE001 - as above
                held_up.append(f"{name}: {type(error).__name__}: {error}")
        return held_up

    def _passed(self) -> int | None:
        """The boundary that all clocks have passed, but stale ones and those that stay far behind."""
        clocks = self._clocks
        going = [each.clock for name, each in clocks.sources.items() if not clocks.is_stale(name)]
        if not going:
            return None
        newest, least = max(going), min(going)
        if newest - least <= FAR_BEHIND_MS:
            self._waits_since = None
        elif self._waits_since is None:
            self._waits_since = clocks.appended_at
        elif clocks.appended_at - self._waits_since > WAITED_FOR_MS:
            least = min(clock for clock in going if newest - clock <= FAR_BEHIND_MS)
        return floor_step(least - DISORDER_MS)

    def _set_aside(self, record: Record, reason: Reason, detail: str) -> str:
        row = quarantined(f"reports-{self.partition}", record, reason, detail)
        self._outputs.append(Output("quarantine", record.key or b"", encode(row)))
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        return "quarantined"

    # ---- state out and in --------------------------------------------------------------------

    @property
    def is_pressing(self) -> bool:
        return True  # nearly each record that it reads moves a boundary, which boards are told

    def checkpoint(self) -> Checkpoint | None:
        if self.next_offset is None or self.next_offset == self._durable_next:
            return None
        pieces: list[tuple[bytes, bytes | None]] = []
        outputs, self._outputs = self._outputs, []
        alerts = [alert for each in self.deciders.values() for alert in each.alerts.values()]
        outputs += [Output("alerts", each.alert_id.encode(), encode(each)) for each in alerts]
        outputs += self._told_across.take(alerts, self._boundaries(), self._lacking())
        for decider in self.deciders.values():
            pieces += [(PREFIX + key, value) for key, value in decider.pieces()]
            decider.written()
        pieces.append((_CURSOR, self._cursor(self.next_offset)))
        self._durable_next = self.next_offset
        return Checkpoint(pieces, outputs)

    def _boundaries(self) -> dict[str, int]:
        """By rule, of those that have decided anything."""
        known = ((name, decider.boundary) for name, decider in self.deciders.items())
        return {name: boundary for name, boundary in known if boundary is not None}

    def _lacking(self) -> dict[str, NotEvaluated]:
        asked = ((name, decider.lacking()) for name, decider in self.deciders.items())
        return {name: why for name, why in asked if why is not None}

    def _cursor(self, next_offset: int) -> bytes:
        boundaries = self._boundaries()
        return encode_piece(
            Cursor(
                FORMAT,
                next_offset,
                self.epoch,
                self.results,
                self.reasons,
                self._clocks.sources,
                self._clocks.appended_at,
                boundaries.get(_FIRST_RULE),
                self._waits_since,
                boundaries,
                is_committed=True,
            )
        )

    def load(self, key: bytes, value: bytes | None) -> None:
        if not key.startswith(PREFIX):
            return
        with reading_piece(key):
            if key != _CURSOR:
                for decider in self.deciders.values():
                    decider.load(key.removeprefix(PREFIX), value)
            elif value is not None:
                self._restore(_read_cursor(value))

    def _restore(self, cursor: Cursor) -> None:
        self.next_offset = cursor.next_offset
        # Else nothing is written before a record comes: a worker whose partitions are being taken over would end at it.
        if cursor.is_committed:
            self._durable_next = cursor.next_offset
        self.results, self.reasons = cursor.results, cursor.reasons
        self._clocks = Clocks(cursor.clocks, cursor.appended_at)
        self._heard = None
        self._waits_since = cursor.waits_since
        former = {} if cursor.boundary is None else {_FIRST_RULE: cursor.boundary}
        for name, boundary in (cursor.boundaries or former).items():
            if name in self.deciders:
                self.deciders[name].boundary = boundary

    def start(self, first_offset: int) -> None:
        if self.next_offset is None:
            self.next_offset = first_offset

    def set_targets(self, versions: list[TargetsVersion]) -> None:
        self._book = TargetsBook(versions)

    def commit_done(self) -> None:
        """Nothing to do: no figure of these rules is shown as of the last commit."""


def _heard_nodes(clocks: dict[str, SourceClock]) -> dict[str, int | None]:
    """Since when, in any partition: a source tells its clock in all of them."""
    found: dict[str, int | None] = {}
    for name, known in clocks.items():
        node = node_of(name.partition("/")[2])
        before = found.get(node, LATEST)
        is_known = before is not None and known.since is not None
        found[node] = min(before or 0, known.since or 0) if is_known else None
    return found


def _read_cursor(value: bytes) -> Cursor:
    format_of(value)
    return _decode_cursor(value)
