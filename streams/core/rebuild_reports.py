"""Rebuilds the state of the unit of `reports` from the records that the topic still holds (a day).

Rule 1: outputs up to the former cursor are dropped, since they were written before. Alerts that were open at the cursor
stay as they were; none is decided again.
Rule 2: what the log cannot tell is kept where it can be read: what is ordinary was learned in weeks, and calls from
before the log belong to alerts that go on.
"""

from typing import Any

from schemas.codec import UndecodableError, decode_as
from schemas.millis import LATEST
from schemas.reports import Passed, ReportsRecord
from schemas.targets import TargetsVersion
from streams.core.rebuild import DamagedError
from streams.core.reports_unit import PREFIX, ReportsUnit
from streams.core.unit import Record, UnreadablePieceError


class RebuildReports:
    """Life as that of streams.core.rebuild.Rebuild. `unit` and `former` are empty units."""

    def __init__(self, unit: ReportsUnit, former: ReportsUnit) -> None:
        self._unit = unit
        self._former = former
        self._keys: set[bytes] = set()
        self._unreadable: dict[bytes, str] = {}  # former pieces, with what is wrong
        self._log_begins_at = LATEST  # the first call that it tells

    @property
    def damaged(self) -> list[str]:
        return [key.decode("utf-8", "backslashreplace") for key in self._unreadable]

    def load(self, key: bytes, value: bytes | None) -> None:
        if not key.startswith(PREFIX):
            return
        self._unreadable.pop(key, None)
        if value is None:
            self._keys.discard(key)
        else:
            self._keys.add(key)
        try:
            self._former.load(key, value)
        except UnreadablePieceError as error:
            self._unreadable[key] = str(error)

    def begin(
        self,
        versions: list[TargetsVersion],
        first_offset: int,
        *,
        is_whole: bool = True,  # noqa: ARG002 - the topic has one partition
    ) -> int | None:
        """The offset up to which records are to be applied; None when there is no state yet."""
        if not self._keys:
            return None
        if self._former.next_offset is None:
            why = "; ".join(self._unreadable.values()) or "it is gone"
            raise DamagedError(
                f"the cursor of reports-{self._unit.partition} is damaged: {why}; up to where it was decided is lost with"
                " it: delete topic `state`, and all that `calls` and `reports` hold is counted anew"
            )
        self._unit.set_targets(versions)
        self._unit.start(first_offset)
        return self._former.next_offset

    def apply(self, records: list[Record]) -> None:
        for record in records:
            self._log_begins_at = min(self._log_begins_at, _arrival(record))
        self._unit.apply(records)

    def pieces(self) -> list[tuple[bytes, bytes | None]]:
        """What the state topic is to hold, former pieces that are gone as None; the cursor last."""
        unit, former = self._unit, self._former
        unit.next_offset = former.next_offset
        unit.results, unit.reasons = former.results, former.reasons
        for name, decider in unit.deciders.items():
            decider.rebuilt(
                former.deciders[name], self._log_begins_at, is_damaged=bool(self._unreadable)
            )
        checkpoint = unit.checkpoint()
        pieces = [] if checkpoint is None else checkpoint.pieces
        gone = self._keys - {key for key, _ in pieces}
        return [*((key, None) for key in sorted(gone)), *pieces]


def _arrival(record: Record) -> int:
    try:
        told: Any = decode_as(ReportsRecord, record.value or b"")  # type: ignore[arg-type]  # a union of structs
    except UndecodableError:
        return LATEST
    return LATEST if isinstance(told, Passed) else told.at
