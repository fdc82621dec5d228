"""Stays of callers for tests: rows of topic `legs` in one word, and the memory that follows."""

from typing import Any

from dashboards.callers.stays import Stay, Stays
from schemas.codec import encode
from schemas.legs import LegRow, Outcome
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.snapshots import QueueSnapshot, WaitingCaller
from tests.support.floors import snapshot
from tests.support.walls import NOW

DAY_BEGAN = NOW - 14 * HOUR
ANN, BO = "0a1b2c3d." + "a" * 32, "0a1b2c3d." + "b" * 32
QUEUE, OTHER = "burst-pipes", "payroll"


def came(
    leg_id: str,
    outcome: Outcome = "open",
    *,
    before: int = MINUTE,
    wait: int | None = None,
    **changes: Any,
) -> LegRow:
    """A stay that arrived `before` NOW; it left after `wait` unless it is open."""
    arrived_at = NOW - before
    wait = 30 * SECOND if wait is None else wait
    values: dict[str, Any] = {
        "queue": QUEUE, "leg_id": leg_id, "version": 1, "key_at": arrived_at,
        "known_at": arrived_at, "feed": "live", "source": "node-1", "outcome": outcome,
        "arrived_at": arrived_at, "caller": ANN,
    }  # fmt: skip
    if outcome != "open":
        values |= {"left_at": arrived_at + wait, "wait_ms": wait}
    return LegRow(**(values | changes))


def stays_of(*rows: LegRow, known_since: int | None = DAY_BEGAN) -> Stays:
    """What is known after these rows; `known_since` None: while the topic is still being read."""
    stays = Stays()
    for row in rows:
        stays.take(encode(row))
    stays.known_since = known_since
    return stays


def stay_of(stays: Stays, row: LegRow) -> Stay:
    found = stays.of_leg(row.queue, row.leg_id, row.arrived_at)
    assert found is not None
    return found


def line(*rows: LegRow, **changes: Any) -> QueueSnapshot:
    """The queue in which these stays are in line."""
    waiting = tuple(WaitingCaller(row.leg_id, row.arrived_at) for row in rows)
    oldest = min((row.arrived_at for row in rows), default=None)
    values: dict[str, Any] = {
        "waiting": len(rows), "callers": waiting, "oldest_arrived_at": oldest,
        "today_started_at": DAY_BEGAN,
    }  # fmt: skip
    return snapshot(NOW, **(values | changes))
