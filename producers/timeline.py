"""A finished file as a live source would have sent it: in order, with ticks in between.

Rule 1: a tick means that everything up to its time was sent, so it comes after the events of that time.
Rule 2: no event and no tick has a time after now.
Rule 3: of what is long past nobody watches each step, so a partition gets two kinds of ticks alone: each whole minute,
and right before an event. Nothing happens in it between these, and the stream decides every boundary that a tick passes,
one after the other: the same as with a tick each 5 seconds (tests/property/test_ticks_in_leaps.py). With states of agents,
which come by another topic, each boundary is ticked.
"""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from producers.event_order import TimedEvent
from schemas.agents import AgentState
from schemas.calls import EndOfInput, Restarted, Tick
from schemas.millis import DAY, MINUTE
from schemas.timing import LONGEST_WINDOW_MS, STEP_MS, WAITING_CAP_MS

TICK_EVERY_MS = STEP_MS
# After this time without events the longest window is empty, and its last minutes are cut and frozen.
TAIL_MS = LONGEST_WINDOW_MS + 5 * MINUTE
# No caller can wait longer, so from here on nothing changes within a minute.
IDLE_AFTER_MS = WAITING_CAP_MS
IDLE_TICK_EVERY_MS = MINUTE
WATCHED_MS = 10 * MINUTE  # what is older is sent in leaps
LONGEST_SILENCE_MS = DAY  # a longer gap gets one tick at its end: a platform may be off for weeks


class QueueTick(Struct, frozen=True):
    """A tick for the partition of one queue."""

    queue: str
    tick: Tick

    @property
    def at(self) -> int:
        return self.tick.at


Item = TimedEvent | Tick | QueueTick | EndOfInput


class Marks(Struct, frozen=True):
    """Makes the marks of one source."""

    source: str
    replay: bool = False

    def tick(self, at: int) -> Tick:
        return Tick(
            event_id=f"{self.source}:tick:{at}", at=at, source=self.source, replay=self.replay
        )

    def end(self, at: int) -> EndOfInput:
        return EndOfInput(
            event_id=f"{self.source}:end_of_input:{at}",
            at=at,
            source=self.source,
            replay=self.replay,
        )


def with_ticks(
    events: Iterable[TimedEvent], marks: Marks, now: Callable[[], int]
) -> Iterator[Item]:
    """`events` (in order) with ticks between them, 65 minutes of ticks after them, and the end."""
    last: int | None = None
    ticked = 0
    has_agents = False
    told: dict[str, int] = {}  # by queue: the newest tick that its partition got alone
    for event in events:
        has_agents |= isinstance(event, AgentState)
        before = (event.at - 1) // TICK_EVERY_MS * TICK_EVERY_MS
        if last is None:
            # Before the first event, so that every partition knows the source from then on.
            ticked = before
            yield marks.tick(ticked)
        else:
            leaps_to = 0 if has_agents else now() - WATCHED_MS
            for ticked in quiet_ticks(ticked, last, event.at - 1, leaps_to):  # noqa: B020 - continues from the last tick
                yield marks.tick(ticked)
            if isinstance(event, AgentState | Restarted):  # of no queue, so of every partition
                if before > ticked:
                    ticked = before
                    yield marks.tick(ticked)
            elif before > max(ticked, told.get(event.queue, 0)):
                told[event.queue] = before
                yield QueueTick(event.queue, marks.tick(before))
        last = event.at
        yield event
    if last is None:
        return
    leaps_to = 0 if has_agents else now() - WATCHED_MS
    end = max(last, min(last + TAIL_MS, now()))
    for ticked in quiet_ticks(ticked, last, end, leaps_to):  # noqa: B020 - as above
        yield marks.tick(ticked)
    if (newest := end // TICK_EVERY_MS * TICK_EVERY_MS) > ticked:
        yield marks.tick(newest)
    yield marks.end(end)


def quiet_ticks(ticked: int, quiet_since: int, until: int, leaps_to: int = 0) -> Iterator[int]:
    """Times of ticks after `ticked` up to `until`; fewer ticks if nothing happens for long, and up to `leaps_to`."""
    at = ticked
    while (at := _next_tick(at, quiet_since, until, leaps_to)) <= until:
        yield at


def _next_tick(at: int, quiet_since: int, until: int, leaps_to: int) -> int:
    silence = at - quiet_since
    if silence >= LONGEST_SILENCE_MS:
        return max(at + TICK_EVERY_MS, until // TICK_EVERY_MS * TICK_EVERY_MS)
    minute = (at // IDLE_TICK_EVERY_MS + 1) * IDLE_TICK_EVERY_MS
    return minute if silence >= IDLE_AFTER_MS or minute <= leaps_to else at + TICK_EVERY_MS
