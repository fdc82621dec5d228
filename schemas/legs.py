"""Topic `legs`: the newest version of each leg, judged by the targets that were valid at its arrival."""

from typing import get_args

from msgspec import Struct

from schemas.calls import Channel, Direction, Feed, LegOutcome
from schemas.formulas import FormulaName

Outcome = LegOutcome
JUDGED_AGAIN = "judged_again"  # flag: history was corrected by new targets, live figures were not
TOLD_ALIKE = "told_alike"  # flag: a row without an id like one before it: two calls, or one twice
OUTCOMES: tuple[str, ...] = get_args(LegOutcome)


class LegRow(Struct, frozen=True, gc=False, omit_defaults=True):
    """One version of one leg; the highest `version` of a leg (schemas.identity) holds.

    `wait_ms` is the wait that counts (None while open). `in_target` and `short` only depend on the
    wait (wait <= T, wait < s); which counter they change depends on the outcome. `offers` is 0 until
    the leg has left the queue.
    """

    queue: str
    leg_id: str
    version: int  # epoch and offset of the causing record (schemas.topics.version_of)
    key_at: int  # first arrival time emitted for the leg; never changes
    known_at: int  # broker time of the causing record
    feed: Feed
    source: str
    outcome: Outcome
    arrived_at: int
    contact_id: str = ""
    channel: Channel = "voice"
    direction: Direction = "inbound"
    caller: str = ""
    agent: str = ""
    reason: str = ""
    topic: str = ""
    area: str = ""
    priority: int = 0
    answered_at: int | None = None
    left_at: int | None = None
    ended_at: int | None = None
    wrap_ended_at: int | None = None
    wait_ms: int | None = None
    talk_hold_ms: int | None = None
    hold_ms: int | None = None
    wrap_ms: int | None = None
    offers: int = 0
    missed_offers: int = 0
    in_target: bool = False
    short: bool = False
    out_of_hours: bool = False
    doubtful: bool = False
    replay: bool = False
    answer_within_ms: int | None = None  # None: the queue is not configured
    short_abandon_ms: int | None = None
    goal: float | None = None
    formula: FormulaName | None = None
    targets_version: int = 0  # 0: not configured
    disposition: str = ""
    delivery: str = (
        ""  # the delivery that told this version (schemas.deliveries); none of the live feed
    )
    flags: tuple[str, ...] = ()  # quality flags: no_start, wait_differs, negative_wait, conflict …
