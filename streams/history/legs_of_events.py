"""Which leg of the archive an event is about. Pure.

An event has the platform's id, its source and its time; only some have the visit (schemas.identity).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.calls import FinishedLeg, LegEvent
from schemas.identity import LegKey, node_of
from schemas.millis import SECOND

VISIT = "visit_s"
KEY_COLUMNS = ("leg_id", "node", f"toUInt32(key_at) AS {VISIT}")


def row_key(row: Mapping[str, Any]) -> LegKey:
    """The key of a row that was read with `KEY_COLUMNS`."""
    return row["leg_id"], row["node"], int(row[VISIT])


class LegsOfEvents:
    """Made from the keys of the legs of one queue."""

    def __init__(self, keys: Iterable[LegKey]) -> None:
        self._by_id: dict[str, list[LegKey]] = {}
        for key in sorted(set(keys)):
            self._by_id.setdefault(key[0], []).append(key)

    def find(self, event: LegEvent) -> LegKey | None:
        """The key of its leg; None if no leg has it.

        Without a visit it is the last stay that had begun, or the first one. An event of a source that has
        no leg of that id is about the only leg of another source.
        """
        known = self._by_id.get(event.leg_id, [])
        node = node_of(event.source)
        own = [key for key in known if key[1] == node]
        if not own:
            return known[0] if len(known) == 1 else None
        if event.visit_at is not None:
            visit = event.visit_at // SECOND
            if any(key[2] == visit for key in own):
                return event.leg_id, node, visit
        at = event.arrived_at if isinstance(event, FinishedLeg) else event.at
        begun = [key for key in own if key[2] <= at // SECOND]
        return begun[-1] if begun else own[0]
