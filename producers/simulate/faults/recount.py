"""What can be known from what was delivered: an independent recount, simple and slow.

It shares no code with the stream. Each leg keeps the accepted facts by their ids; its outcome is found
by sorting them, each time anew. An outcome without a fact (a restart, a snapshot, two hours of
waiting) is concluded in the order of delivery. All legs stay in memory, about 3 kB each. Only events
of the simulator are supported: of waits that the platform states, only those of snapshots.
"""

from msgspec import Struct, field

from producers.contract import RawRecord
from schemas import calls
from schemas.agents import AgentState
from schemas.millis import HOUR, MINUTE, SECOND

_AHEAD_MS = 5 * SECOND  # of the broker's clock: refused
_DISORDER_MS = 5 * SECOND
_STEP_MS = 5 * SECOND
_REMEMBERED_MS = 6 * HOUR
_WAITING_CAP_MS = 2 * HOUR
_SERVICE_CAP_MS = 12 * HOUR
_EXITS: dict[type[calls.LegEvent], str] = {
    calls.Abandoned: "abandoned",
    calls.Exited: "exited",
    calls.CallbackRequested: "callback",
    calls.Rejected: "rejected",
}


class Story(Struct):
    """One leg: the accepted facts, and what was concluded without a fact."""

    queue: str
    leg_id: str
    source: str
    first_at: int  # of the first fact that was delivered
    facts: dict[str, calls.LegFact] = field(default_factory=dict)
    given_up: tuple[int, str, str] | None = None  # time, outcome, reason that were concluded

    def times(self, *kinds: type[calls.LegEvent]) -> list[int]:
        return sorted(fact.at for fact in self.facts.values() if isinstance(fact, kinds))

    @property
    def arrived_at(self) -> int | None:
        if queued := self.times(calls.Queued):
            return queued[0]
        if refused := self.times(calls.Rejected):
            return refused[0]
        dated = [fact.at - fact.wait_ms for fact in self.facts.values() if fact.wait_ms is not None]
        return min(dated, default=None)

    @property
    def sign_at(self) -> int:
        """The newest time at which a snapshot contained it; 0: never."""
        return max(self.times(calls.Present), default=0)

    def outcome(self) -> tuple[str, int | None, str]:
        """(outcome, time, reason); precedence: answer, exit, end, then what was concluded without a fact."""
        if answers := self.times(calls.Answered):
            return "answered", answers[0], ""
        exits = sorted(
            (fact.at, _EXITS[type(fact)], getattr(fact, "reason", ""))
            for fact in self.facts.values()
            if type(fact) in _EXITS
        )
        if exits:
            at, outcome, reason = exits[0]
            return outcome, at, reason
        if ends := self.times(calls.Ended):
            return (
                "answered",
                ends[0],
                "",
            )  # there was a conversation, answered at this time at the latest
        if self.given_up is not None and self.given_up[0] > self.sign_at:
            at, outcome, reason = self.given_up
            return outcome, at, reason
        return "open", None, ""


class Recount:
    """Takes every record of topic `calls` in the order of delivery, with the broker's time."""

    def __init__(self) -> None:
        self.stories: dict[tuple[str, str], Story] = {}
        self.refused: dict[str, int] = {}  # by reason, as in quarantine
        self._open: dict[tuple[str, str], Story] = {}
        self._queues: dict[str, set[str]] = {}  # of each source
        self._clocks: dict[str, int] = {}
        self._watermarks: dict[str, int] = {}  # of each queue
        self._restarts: dict[str, list[int]] = {}
        self._snapshots: dict[str, tuple[int, set[str]]] = {}  # start, legs listed so far

    def delivered(
        self,
        topic: str,
        event: calls.LegFact | calls.SourceMark | AgentState | RawRecord,
        broker_at: int,
    ) -> None:
        """A record that was handed to the publisher, of any topic; our time is taken as the broker's."""
        if isinstance(event, RawRecord):
            self.refuse("malformed")
        elif topic == "calls" and not isinstance(event, AgentState):
            self.hear(event, broker_at)

    def hear(self, event: calls.LegFact | calls.SourceMark, broker_at: int) -> None:
        if event.at - broker_at > _AHEAD_MS:
            self.refuse("ahead_of_broker")
            return
        if isinstance(event, calls.Mark):
            self._mark(event)
        elif not self._fact(event):
            return
        self._time_passes(event.source, event.at)

    def refuse(self, reason: str) -> None:
        self.refused[reason] = self.refused.get(reason, 0) + 1

    def _fact(self, event: calls.LegFact) -> bool:
        place = event.queue, event.leg_id
        story = self.stories.get(place)
        oldest = self._watermarks.get(event.queue, 0) - _REMEMBERED_MS
        if event.at < oldest and (story is None or self._is_forgotten(story, oldest)):
            self.refuse("too_old")
            return False
        if story is None:
            story = self.stories[place] = Story(*place, event.source, event.at)
        story.facts.setdefault(event.event_id, event)
        self._queues.setdefault(event.source, set()).add(event.queue)
        if isinstance(event, calls.Present) and event.source in self._snapshots:
            self._snapshots[event.source][1].add(event.leg_id)
        self._sort_in(story)
        for restarted_at in self._restarts.get(
            story.source, ()
        ):  # the fact was delivered after the restart
            self._drop(story, restarted_at, newest=restarted_at - 1)
        return True

    def _mark(self, event: calls.Mark) -> None:
        source = event.source
        if isinstance(event, calls.Restarted):
            self._restarts.setdefault(source, []).append(event.at)
            for story in self._waiting_at(source):
                self._drop(story, event.at, newest=event.at)
        elif isinstance(event, calls.SnapshotBegin):
            self._snapshots[source] = event.at, set()
        elif isinstance(event, calls.SnapshotEnd):
            began_at, named = self._snapshots.pop(source, (0, set()))
            for story in self._waiting_at(source):
                arrived_at = story.arrived_at
                known_before = arrived_at is not None and arrived_at < began_at
                if known_before and story.leg_id not in named and story.sign_at < began_at:
                    self._give_up(story, began_at, "ghost", "snapshot")

    def _drop(self, story: Story, restarted_at: int, newest: int) -> None:
        came = story.arrived_at if story.arrived_at is not None else story.first_at
        is_open = story.outcome()[0] == "open"
        if is_open and came <= newest and story.sign_at < restarted_at:
            self._give_up(story, restarted_at, "dropped", "restart")

    def _give_up(self, story: Story, at: int, outcome: str, reason: str) -> None:
        story.given_up = at, outcome, reason
        self._sort_in(story)

    def _sort_in(self, story: Story) -> None:
        place = story.queue, story.leg_id
        if story.outcome()[0] == "open":
            self._open[place] = story
        else:
            self._open.pop(place, None)

    def _waiting_at(self, source: str) -> list[Story]:
        return [story for story in self._open.values() if story.source == source]

    def _time_passes(self, source: str, at: int) -> None:
        """The watermark follows the source's clock in steps of 5 s; caps are checked at whole minutes."""
        before = self._clocks.get(source, 0)
        clock = self._clocks[source] = max(before, at)
        watermark = (clock - _DISORDER_MS) // _STEP_MS * _STEP_MS
        if clock // _STEP_MS == before // _STEP_MS:
            return
        queues = self._queues.get(source, set())
        for queue in queues:
            self._watermarks[queue] = watermark
        minute = watermark // MINUTE * MINUTE
        for story in [each for each in self._open.values() if each.queue in queues]:
            arrived_at = story.arrived_at
            if arrived_at is not None:
                cap_at = max(arrived_at, story.sign_at) + _WAITING_CAP_MS
                if cap_at <= minute:
                    self._give_up(story, cap_at, "ghost", "waiting_cap")

    def _is_forgotten(self, story: Story, oldest: int) -> bool:
        """True for a leg that is over, or has no known arrival, and had no fact for six hours."""
        newest = max(fact.at for fact in story.facts.values())
        outcome, left_at, _ = story.outcome()
        if story.given_up is not None:
            newest = max(newest, story.given_up[0])
        if story.arrived_at is None or left_at is None:
            return story.arrived_at is None and newest < oldest
        if outcome == "answered" and not story.times(calls.Ended):
            gone = [at for at in self._restarts.get(story.source, ()) if at >= left_at]
            newest = max(newest, min([left_at + _SERVICE_CAP_MS, *gone]))
        return newest < oldest
