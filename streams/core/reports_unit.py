"""The partition of `reports`: rules that look at the calls of all queues at once are decided here.

The topic has one partition: whichever queues the calls about one thing come to, they meet in one place, and what
is ordinary is learned from all of them. Its records come in transactions, so offsets are missing between them.
"""

import msgspec
from msgspec import Struct

from schemas.codec import UndecodableError, decode_as, encode
from schemas.millis import HOUR, MINUTE
from schemas.quarantine import Reason
from schemas.reports import Passed, Report, ReportsRecord
from schemas.targets import Targets, TargetsVersion
from schemas.targets_book import TargetsBook
from schemas.timing import DISORDER_MS
from schemas.topics import DECISION_BITS, version_of
from streams.core.across_queues import ToldAcross
from streams.core.incident_baseline import Baseline
from streams.core.incident_cell import Cell
from streams.core.incidents import Incidents
from streams.core.quarantining import quarantined
from streams.core.state_format import FORMAT, encode_piece, format_of
from streams.core.unit import Cause, Checkpoint, Output, Record, reading_piece
from streams.core.watermark import Clocks, SourceClock
from streams.core.windows import floor_step

PREFIX = b"reports|"
_CURSOR = PREFIX + b"cursor"
_BASELINE = PREFIX + b"baseline"
_PENDING = PREFIX + b"pending"
_CELL = PREFIX + b"cell|"

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
    boundary: int | None
    waits_since: int | None = None  # for a clock that is far behind, by the broker's clock


class _BaselinePiece(Struct, gc=False):
    format: int
    baseline: Baseline


class _PendingPiece(Struct, gc=False):
    format: int
    reports: list[Report]


class _CellPiece(Struct, gc=False):
    format: int
    cell: Cell


_decode_cursor = msgspec.msgpack.Decoder(Cursor).decode
_decode_baseline = msgspec.msgpack.Decoder(_BaselinePiece).decode
_decode_pending = msgspec.msgpack.Decoder(_PendingPiece).decode
_decode_cell = msgspec.msgpack.Decoder(_CellPiece).decode


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
        self.incidents = Incidents(self._targets_at)

    def _targets_at(self, queue: str, moment: int) -> Targets | None:
        return self._book.at(queue, moment)[0]

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
        told: Report | Passed = decode_as(ReportsRecord, record.value or b"")  # type: ignore[arg-type]  # a union of structs
        if isinstance(told, Report):
            self.incidents.take(told)
            return
        clocks, name = self._clocks, f"{told.partition}/{told.source}"
        clocks.observe(name, told.at, record.timestamp, replay=told.replay)
        version = self._first_version + (record.offset << DECISION_BITS)
        self.incidents.advance(self._passed(), Cause(version, record.timestamp))
        if told.ended:  # only then: its last clock has often not been told before
            clocks.end(name)

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

    def checkpoint(self) -> Checkpoint | None:
        if self.next_offset is None or self.next_offset == self._durable_next:
            return None
        incidents = self.incidents
        pieces: list[tuple[bytes, bytes | None]] = []
        for place in sorted(incidents.changed):
            cell = incidents.cells.get(place)
            value = None if cell is None else encode_piece(_CellPiece(FORMAT, cell))
            pieces.append((_CELL + encode(place), value))
        if incidents.is_baseline_changed:
            pieces.append((_BASELINE, encode_piece(_BaselinePiece(FORMAT, incidents.baseline))))
        if incidents.is_pending_changed:
            pieces.append((_PENDING, encode_piece(_PendingPiece(FORMAT, incidents.pending))))
        outputs, self._outputs = self._outputs, []
        outputs += [
            Output("alerts", alert.alert_id.encode(), encode(alert))
            for alert in incidents.alerts.values()
        ]
        outputs += self._told_across.take(
            incidents.alerts.values(), incidents.boundary, incidents.lacking()
        )
        incidents.written()
        pieces.append((_CURSOR, self._cursor(self.next_offset)))
        self._durable_next = self.next_offset
        return Checkpoint(pieces, outputs)

    def _cursor(self, next_offset: int) -> bytes:
        return encode_piece(
            Cursor(
                FORMAT,
                next_offset,
                self.epoch,
                self.results,
                self.reasons,
                self._clocks.sources,
                self._clocks.appended_at,
                self.incidents.boundary,
                self._waits_since,
            )
        )

    def load(self, key: bytes, value: bytes | None) -> None:
        if not key.startswith(PREFIX):
            return
        incidents = self.incidents
        with reading_piece(key):
            if key.startswith(_CELL):
                place = decode_as(tuple[str, str], key[len(_CELL) :])
                incidents.restore_cell(place, None if value is None else _read_cell(value))
            elif value is None:
                return
            elif key == _CURSOR:
                self._restore(_read_cursor(value))
            elif key == _BASELINE:
                incidents.baseline = _read_baseline(value)
            elif key == _PENDING:
                incidents.pending = _read_pending(value)

    def _restore(self, cursor: Cursor) -> None:
        self.next_offset = (
            cursor.next_offset
        )  # the first checkpoint tells again what other processes may lack
        self.results, self.reasons = cursor.results, cursor.reasons
        self._clocks = Clocks(cursor.clocks, cursor.appended_at)
        self.incidents.boundary, self._waits_since = cursor.boundary, cursor.waits_since

    def start(self, first_offset: int) -> None:
        if self.next_offset is None:
            self.next_offset = first_offset

    def set_targets(self, versions: list[TargetsVersion]) -> None:
        self._book = TargetsBook(versions)

    def commit_done(self) -> None:
        """Nothing to do: no figure of incidents is shown as of the last commit."""


def _read_cursor(value: bytes) -> Cursor:
    format_of(value)
    return _decode_cursor(value)


def _read_baseline(value: bytes) -> Baseline:
    format_of(value)
    return _decode_baseline(value).baseline


def _read_pending(value: bytes) -> list[Report]:
    format_of(value)
    return _decode_pending(value).reports


def _read_cell(value: bytes) -> Cell:
    format_of(value)
    return _decode_cell(value).cell
