"""Decides `incident`: streams.core.incidents, and its pieces of state.

The pieces have the names that they had when there was no other rule across queues.
"""

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from schemas.codec import decode_as, encode
from schemas.reports import Report, Told
from streams.core.alerting import Progress
from streams.core.incident_baseline import Baseline
from streams.core.incident_cell import Cell
from streams.core.incidents import Incidents
from streams.core.state_format import FORMAT, encode_piece, format_of

_BASELINE = b"baseline"
_PENDING = b"pending"
_CELL = b"cell|"


class _BaselinePiece(Struct, gc=False):
    format: int
    baseline: Baseline


class _PendingPiece(Struct, gc=False):
    format: int
    reports: list[Report]


class _CellPiece(Struct, gc=False):
    format: int
    cell: Cell


_decode_baseline = msgspec.msgpack.Decoder(_BaselinePiece).decode
_decode_pending = msgspec.msgpack.Decoder(_PendingPiece).decode
_decode_cell = msgspec.msgpack.Decoder(_CellPiece).decode


class IncidentDecider(Incidents):
    """Satisfies streams.core.decider.Decider."""

    told: type[Told] = Report

    def take(self, told: Told) -> None:
        if not isinstance(told, Report):
            raise TypeError(f"no report: {told}")
        super().take(told)

    def rebuilt(self, former: "IncidentDecider", log_begins_at: int, *, is_damaged: bool) -> None:
        """What is ordinary was learned in weeks, and calls from before the log belong to alerts that go on."""
        self.boundary = former.boundary if self.boundary is None else self.boundary
        if former.baseline.hours or former.baseline.watched_from is not None:
            self.baseline = former.baseline
        for place in {*self.cells, *former.cells}:
            made, known = self.cells.get(place), former.cells.get(place)
            if known is None and made is not None and not is_damaged:
                made = replace(made, progress=Progress(), since=0, queue="", told=0)
            cell = made if known is None else _merged(made, known, log_begins_at)
            self.restore_cell(place, cell)
            self.changed.add(place)
        self.is_baseline_changed = self.is_pending_changed = True

    def pieces(self) -> list[tuple[bytes, bytes | None]]:
        found: list[tuple[bytes, bytes | None]] = []
        for place in sorted(self.changed):
            cell = self.cells.get(place)
            value = None if cell is None else encode_piece(_CellPiece(FORMAT, cell))
            found.append((_CELL + encode(place), value))
        if self.is_baseline_changed:
            found.append((_BASELINE, encode_piece(_BaselinePiece(FORMAT, self.baseline))))
        if self.is_pending_changed:
            found.append((_PENDING, encode_piece(_PendingPiece(FORMAT, self.pending))))
        return found

    def load(self, key: bytes, value: bytes | None) -> None:
        if value is not None and (key.startswith(_CELL) or key in {_BASELINE, _PENDING}):
            format_of(value)
        if key.startswith(_CELL):
            place = decode_as(tuple[str, str], key[len(_CELL) :])
            self.restore_cell(place, None if value is None else _decode_cell(value).cell)
        elif key == _BASELINE and value is not None:
            met = self.baseline.queues
            self.baseline = _decode_baseline(value).baseline
            self.baseline.remember({queue: known.first for queue, known in met.items()})
        elif key == _PENDING and value is not None:
            self.pending = _decode_pending(value).reports


def _merged(made: Cell | None, former: Cell, log_begins_at: int) -> Cell | None:
    """Calls as the log tells them, and the alert as it was."""
    told = [] if made is None else made.calls
    older = [each for each in former.calls if each.at < log_begins_at]
    if not older and not told and not former.is_open:
        return None
    return replace(former, calls=[*older, *told])


DECIDER = IncidentDecider
