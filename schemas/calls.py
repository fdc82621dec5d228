"""Topic `calls`: what a platform says about legs, one tagged union; a leg is one stay in one queue.

Rule 1: a fact carries the time at which it happened; the order in which events arrive changes nothing.
Rule 2: `live` events change walls and alerts; a `history` leg is one event with all of its times.
Rule 3: marks concern a source, not a leg, and are sent to every partition.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.millis import EARLIEST, LATEST, DurationMillis, Millis
from schemas.privacy import CALLER_PATTERN

Identifier = Annotated[str, Meta(min_length=1, max_length=200)]
ShortText = Annotated[str, Meta(max_length=200)]
Token = Annotated[str, Meta(pattern=CALLER_PATTERN)]  # of a caller; a number is refused
ShiftMillis = Annotated[
    int, Meta(ge=0, lt=LATEST - EARLIEST)
]  # up to a century: the shifted time is still in range
Priority = Annotated[
    int, Meta(ge=-1_000_000, le=1_000_000)
]  # greater ones cannot be encoded in state
LAST_POSITION = 1_000_000  # a caller who stands further back is told as this one
Position = Annotated[int, Meta(ge=0, le=LAST_POSITION)]
Feed = Literal["live", "history"]
Direction = Literal["inbound", "outbound", "internal"]
Channel = Literal["voice", "callback"]
ClosedOutcome = Literal[
    "answered", "abandoned", "exited", "transferred", "callback", "dropped", "ghost", "rejected"
]
LegOutcome = Literal[
    "open",
    "answered",
    "abandoned",
    "exited",
    "transferred",
    "callback",
    "dropped",
    "ghost",
    "rejected",
]
ExitReason = Literal["timeout", "key", "empty", "full", "withdrawn", "overflow", "unknown"]


class Event(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag_field="type"):
    """The fields of every event: who reports it, and when it happened by that source's clock."""

    event_id: Identifier  # the same fact read or sent twice has the same id
    at: Millis
    source: Identifier  # one platform node
    feed: Feed = "live"
    replay: bool = False  # old traffic shown again: boards mark it, with its date
    replay_shift_ms: ShiftMillis = 0  # of a replay: it really happened this much earlier than `at`


class LegEvent(Event, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """An event of one leg. `wait_ms` is the platform's own wait: if present, it is the wait that counts.

    `visit_at` is the moment at which this stay in the queue began, the same in all of its events: it tells
    stays with one id apart (schemas.identity). Without it, all events of an id are one leg.
    """

    queue: Identifier
    leg_id: Identifier
    visit_at: Millis | None = None
    contact_id: ShortText = ""
    wait_ms: DurationMillis | None = None


class Queued(LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="queued"):
    """The caller entered the queue."""

    channel: Channel = "voice"
    direction: Direction = "inbound"
    caller: Token = ""
    topic: ShortText = ""
    area: ShortText = ""
    priority: Priority = 0
    position: Position = 0  # in the platform's line at entry, 1 is the first; 0: not told
    told_alike: bool = False  # as in `FinishedLeg`, of a file


class Resumed(LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="resumed"):
    """The same leg waits again after it had been given up: abandons up to `at` no longer count."""


class Offered(LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="offered"):
    """The call rings at an agent; the caller still waits."""

    agent: ShortText = ""


class OfferMissed(
    LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="offer_missed"
):
    """The agent did not pick up; the caller keeps place and arrival time."""

    agent: ShortText = ""


class OfferCancelled(
    LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="offer_cancelled"
):
    """Ringing ended without the agent's fault (caller gone, offered elsewhere, agent's leg dropped)."""

    agent: ShortText = ""


class Answered(LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="answered"):
    """An agent and the caller are connected. The first answer of a leg counts."""

    agent: ShortText = ""


class Held(LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="held"):
    """The agent put the caller on hold."""


class Unheld(LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="unheld"):
    """The caller is off hold."""


class Ended(LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="ended"):
    """The conversation ended. `talk_ms` is the platform's own figure, holds included."""

    by: Literal["agent", "caller", "transfer", "system", "unknown"] = "unknown"
    talk_ms: DurationMillis | None = None


class Abandoned(LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="abandoned"):
    """The caller hung up while waiting."""


class Exited(LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="exited"):
    """A rule took the waiting caller out of the queue."""

    reason: ExitReason = "unknown"


class Transferred(
    LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="transferred"
):
    """The waiting caller was moved to another queue (a new leg); not answered, not abandoned."""

    to_queue: ShortText = ""


class Dropped(LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="dropped"):
    """The platform lost the waiting call."""

    reason: ShortText = ""


class Rejected(LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="rejected"):
    """The caller was refused before queueing; never part of offered."""

    reason: Literal["full", "closed", "no_agents", "unknown"] = "unknown"
    direction: Direction = "inbound"
    caller: Token = ""


class CallbackRequested(
    LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="callback_requested"
):
    """The waiting caller asked to be rung back; ends the leg without an abandon."""


class WrapStarted(
    LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="wrap_started"
):
    """After-call work began."""

    agent: ShortText = ""


class WrapEnded(
    LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="wrap_ended"
):
    """After-call work ended."""

    agent: ShortText = ""


class Disposition(
    LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="disposition"
):
    """The result that the agent gave the contact."""

    code: ShortText


class Present(LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="present"):
    """Seen waiting by a platform snapshot (between `snapshot_begin` and `snapshot_end`)."""


class FinishedLeg(LegEvent, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="leg"):
    """A whole leg in one event; `at` is the moment at which it left the queue.

    `goes_on`: the caller still waited (outcome `open`, and `at` is the arrival) or talked when the file
    ended. Only feed `history` has such legs; the next file brings the end. `delivery` is that of the file
    (schemas.deliveries). `says_less`: when it was sent, history knew all of it and more; `corrects`: history said otherwise.
    `told_alike`: a row before it in its file, which has no ids, says the same: another call, or this one twice.
    """

    outcome: LegOutcome
    goes_on: bool = False
    arrived_at: Millis
    answered_at: Millis | None = None
    left_at: Millis | None = None
    ended_at: Millis | None = None
    wrap_ended_at: Millis | None = None
    hold_ms: DurationMillis | None = None
    reason: ShortText = ""
    agent: ShortText = ""
    channel: Channel = "voice"
    direction: Direction = "inbound"
    caller: Token = ""
    topic: ShortText = ""
    area: ShortText = ""
    priority: Priority = 0
    missed_offers: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    disposition: ShortText = ""
    wait_unknown: bool = False  # nobody told when it left the queue: `at` is its arrival
    delivery: ShortText = ""
    says_less: bool = False
    corrects: bool = False
    told_alike: bool = False


class Mark(Event, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """An event of a source as a whole."""


class Tick(Mark, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="tick"):
    """The source has reported everything up to `at`: event time goes on even if nobody calls."""


class Restarted(Mark, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="restarted"):
    """The platform restarted: all calls and conversations that were open there are gone."""


class Disconnected(
    Mark, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="disconnected"
):
    """The adapter lost the platform."""


class SnapshotBegin(
    Mark, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="snapshot_begin"
):
    """A platform snapshot follows: one `present` for each waiting leg."""


class SnapshotEnd(
    Mark, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="snapshot_end"
):
    """The snapshot is complete: waiting legs of this source that it did not name are ghosts."""


class EndOfInput(Mark, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="end_of_input"):
    """The file or replay is finished: no more events of this source follow."""


class Probe(Event, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="probe"):
    """Asks whether an alert would reach people; `at`, by the clock of who asks, names it. It concerns no source, and
    is in no figure: the stream answers it in topic `alerts`, and the archive keeps nothing of it.
    """


LegFact = (
    Queued
    | Resumed
    | Offered
    | OfferMissed
    | OfferCancelled
    | Answered
    | Held
    | Unheld
    | Ended
    | Abandoned
    | Exited
    | Transferred
    | Dropped
    | Rejected
    | CallbackRequested
    | WrapStarted
    | WrapEnded
    | Disposition
    | Present
    | FinishedLeg
)
SourceMark = Tick | Restarted | Disconnected | SnapshotBegin | SnapshotEnd | EndOfInput
CallEvent = LegFact | SourceMark | Probe
