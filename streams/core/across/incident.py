"""Decides `incident`: streams.core.incidents, and its pieces of state.

The pieces have the names that they had when there was no other rule across queues.
"""

import msgspec
from msgspec import Struct

from schemas.codec import decode_as, encode
from schemas.reports import Report, Told
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
            self.baseline = _decode_baseline(value).baseline
        elif key == _PENDING and value is not None:
            self.pending = _decode_pending(value).reports


DECIDER = IncidentDecider
