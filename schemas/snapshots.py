"""Topic `snapshots`: a queue right now. Best effort; the newest holds; its reader computes ages."""

from msgspec import Struct

from schemas.attention import Attention
from schemas.counters import Counts
from schemas.formulas import FormulaName
from schemas.millis import AnyMoment
from schemas.timing import FRESH_MS

CALLERS_SHOWN = 50


class WaitingCaller(Struct, frozen=True, gc=False, omit_defaults=True):
    """One waiting leg; its age is the reader's now less `arrived_at`."""

    leg_id: str
    arrived_at: int
    doubtful: bool = False
    ringing: bool = False
    priority: int = 0


class QueueSnapshot(Struct, frozen=True, gc=False, omit_defaults=True):
    """Counts are as of `as_of`, the queue's event time: the earliest clock of its live sources.

    `windows[w]` covers the w minutes that end at the first 5-second boundary at or after `as_of`.
    `waiting_past_target` belongs to the live service level (schemas.formulas.ratio). Snapshots of an
    earlier release have no `attention`.
    """

    queue: str
    as_of: AnyMoment
    version: int  # epoch and next offset of the partition
    published_at: int  # wall clock of the stream
    configured: bool = True
    source_stale: bool = False  # every source of this queue is stale
    replay: bool = False
    replay_shift_ms: AnyMoment = 0  # of a replay: it really happened this much earlier
    waiting: int = 0
    oldest_arrived_at: int | None = None  # of the waiting, the doubtful ones included
    doubtful: int = 0
    waiting_past_target: int = 0
    out_of_hours_waiting: int = 0
    in_service: int = 0
    callers: tuple[WaitingCaller, ...] = ()  # the CALLERS_SHOWN oldest
    windows: dict[int, Counts] = {}  # by length in minutes
    today: Counts | None = None
    today_started_at: int | None = None
    agents: dict[str, int] = {}  # by shown state; empty: not measured
    unexplained_legs: int = 0  # must be 0: else a leg was lost or counted twice
    answer_within_ms: int | None = None
    short_abandon_ms: int | None = None
    goal: float | None = None
    formula: FormulaName | None = None
    targets_version: int = 0
    partition: int = 0
    uncalled: bool = False  # no call yet: it is shown since agents serve it
    # Alert rules that are switched on, by name, with why. Text: another release may have other reasons, and its row must not stand still.
    not_evaluated: dict[str, str] = {}
    attention: Attention | None = None  # as of `published_at`, for a replay as of `as_of`


def is_judged(snapshot: QueueSnapshot, now: int) -> bool:
    """Whether its `attention` holds at `now`: the figures are current, or of a replay that goes on."""
    if snapshot.attention is None or snapshot.source_stale:
        return False
    return snapshot.replay or now - snapshot.as_of < FRESH_MS


class QueueTotals(Struct, frozen=True, gc=False):
    """Cumulative counts of a queue as of the last committed checkpoint; neither ever decreases.

    `added` counts what happened, `reversed` what a later fact took back; the difference is the count that
    holds. Prometheus counters are made from these.
    """

    queue: str
    added: Counts
    reversed: Counts
